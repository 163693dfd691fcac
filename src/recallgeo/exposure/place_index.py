"""Sensitive places of one kind, points and polygons mixed, ready to be asked by position."""

from collections.abc import Iterator
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from recallgeo.exposure.outlines import Outlines, unwrapped
from recallgeo.geodesy import PointTree, require_wgs84, to_ecef

__all__ = ["SEARCH_LIMIT_M", "TIE_M", "Pairs", "PlaceIndex"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]

SEARCH_LIMIT_M = 25_000.0
"""Beyond it nothing is given as nearest, metres (judgement)."""

TIE_M = 0.005
"""Places whose distances differ by no more are equally near, metres: they are given to 1 cm."""

_PAIRS = 1_000_000
_POINT = 0
_MILLIMETRE_DEGREES = 1e-8


@dataclass(frozen=True, slots=True)
class Pairs:
    """Sites and the places within their reach.

    Parameters
    ----------
    site, place : intp arrays
        Row of the site and row of the place (by place_id), ordered by both.
    distance_m : float64 array
        Geodesic metres to the point, or to the polygon's edge, 0 inside; where only bounds were
        asked for, no more than the distance to the polygon.
    """

    site: Ints
    place: Ints
    distance_m: Floats

    def take(self, rows: Ints) -> "Pairs":
        """Give some of the pairs."""
        return Pairs(self.site[rows], self.place[rows], self.distance_m[rows])


class PlaceIndex:
    """Places in trees, in the order of their ids.

    Parameters
    ----------
    places : GeoDataFrame
        PLACES or any frame of points and polygons in WGS84; rows without geometry are never found.

    Raises
    ------
    MissingCRSError, GeographicCRSError
        If the frame is not in WGS84.

    Examples
    --------
    >>> schools = gpd.GeoSeries.from_xy([0.001, 0.004], [0.0, 0.0], crs=4326).to_frame("geometry")
    >>> index = PlaceIndex(schools)
    >>> away, place = index.nearest(np.zeros(1), np.zeros(1))
    >>> away.tolist(), place.tolist()
    ([111.32], [0])
    """

    def __init__(self, places: gpd.GeoDataFrame) -> None:
        require_wgs84(places)
        order = np.argsort(places.index.astype(str).to_numpy(dtype=object), kind="stable")
        shapes = np.asarray(places.geometry.array, dtype=object)[order]
        there = ~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)
        is_point = there & (shapely.get_type_id(shapes) == _POINT)
        self.ids = pd.Series(places.index.astype(str).to_numpy(dtype=object)[order], dtype="str")
        self.names = self._text(places, "name", order)
        self.is_point = is_point
        self._point_rows: Ints = np.flatnonzero(is_point)
        self._shape_rows: Ints = np.flatnonzero(there & ~is_point)
        self.points = PointTree(gpd.GeoSeries(shapes[is_point], crs=4326))
        self.outlines = Outlines.of(_areas(shapes[self._shape_rows]))
        xy = shapely.get_coordinates(shapes[is_point])
        self.point_lonlat = np.full((len(shapes), 2), np.nan)
        self.point_lonlat[is_point] = xy
        self.shape_of: Ints = np.full(len(shapes), -1, dtype=np.intp)
        self.shape_of[self._shape_rows] = np.arange(len(self._shape_rows))
        self.middle_ecef = to_ecef(*self.point_lonlat.T)
        self.middle_ecef[self._shape_rows] = to_ecef(self.outlines.lon, self.outlines.lat)
        self._widened: dict[float, Outlines] = {}
        self._crowded: dict[tuple[float, float], Flags] = {}

    @staticmethod
    def _text(places: gpd.GeoDataFrame, column: str, order: Ints) -> pd.Series:
        if column not in places.columns:
            return pd.Series(np.nan, index=range(len(order)), dtype="str")
        return pd.Series(places[column].to_numpy(dtype=object)[order], dtype="str")

    def __len__(self) -> int:
        """Count the places that can be found."""
        return len(self._point_rows) + len(self._shape_rows)

    def widened(self, radius_m: float) -> Outlines:
        """Give all that lies within a radius of the polygons; made once for each radius."""
        if radius_m not in self._widened:
            self._widened[radius_m] = self.outlines.widened(radius_m)
        return self._widened[radius_m]

    def crowded(self, *, point_m: float, shape_m: float) -> Flags:
        """Say which places, widened by a radius for points and one for polygons, may overlap."""
        key = (point_m, shape_m)
        if key not in self._crowded:
            flags = np.zeros(len(self.is_point), dtype=bool)
            lon, lat = self.point_lonlat[self._point_rows].T
            reach = np.full(len(lon), 2 * point_m)
            meets = self.points.count_near(lon, lat, reach_m=reach) > 1
            if len(self.outlines):
                site, _, _ = self.outlines.candidates(lon, lat, reach_m=reach - point_m + shape_m)
                meets |= np.bincount(site, minlength=len(lon)) > 0
                flags[self._shape_rows] = self.outlines.crowded(
                    radius_m=shape_m, points=self.points, point_m=point_m
                )
            flags[self._point_rows] = meets
            self._crowded[key] = flags
        return self._crowded[key]

    def nearest(
        self, lon: Floats, lat: Floats, *, limit_m: float = SEARCH_LIMIT_M
    ) -> tuple[Floats, Ints]:
        """Find the nearest place to each position.

        Parameters
        ----------
        lon, lat : float64 arrays
            Degrees, none missing.
        limit_m : float
            Beyond it there is no nearest, metres.

        Returns
        -------
        distance_m : float64 array
            To 1 cm; 0 inside a polygon; NaN where nothing lies within the limit.
        place : intp array
            Row of the place; -1 where there is none. Of places equally near, the smallest id.
        """
        away, place = self.points.nearest_to(lon, lat, tie_m=TIE_M)
        place = np.where(place >= 0, self._global(self._point_rows, place), -1)
        if len(self.outlines):
            bound = np.fmin(np.minimum(self.outlines.bound_m(lon, lat), limit_m), away)
            site, shape, apart = self._outlines_within(lon, lat, bound + TIE_M)
            best = np.fmin(away, _least(apart, site, len(lon)))
            tied = apart <= best[site] + TIE_M
            rows = _smallest(self._shape_rows[shape[tied]], site[tied], len(lon))
            stays = (place >= 0) & (away <= best + TIE_M)
            rows = np.where(stays, np.minimum(rows, place), rows)
            away, place = best, np.where(rows == np.iinfo(np.intp).max, -1, rows)
        found = away <= limit_m
        return np.where(found, np.round(away, 2), np.nan), np.where(found, place, -1)

    @staticmethod
    def _global(rows: Ints, local: Ints) -> Ints:
        return rows[local] if len(rows) else local

    def count_near(self, lon: Floats, lat: Floats, *, reach_m: Floats) -> Ints:
        """Count the candidates within a reach of each position: at least the places there."""
        counts = self.points.count_near(lon, lat, reach_m=reach_m)
        if len(self.outlines):
            counts = counts + self.outlines.count_near(lon, lat, reach_m=reach_m)
        return counts

    def _outlines_within(
        self, lon: Floats, lat: Floats, reach_m: Floats, exact: Flags | None = None
    ) -> tuple[Ints, Ints, Floats]:
        site, shape, apart = self.outlines.candidates(lon, lat, reach_m=reach_m)
        asked = slice(None) if exact is None else exact[site]
        apart[asked] = self.outlines.distance_m(lon[site][asked], lat[site][asked], shape[asked])
        kept = apart <= reach_m[site]
        return site[kept], shape[kept], apart[kept]

    def blocks(
        self, lon: Floats, lat: Floats, *, reach_m: Floats, exact: Flags | None = None
    ) -> Iterator[tuple[Ints, Pairs]]:
        """Give every place within reach, some sites at a time, so that memory stays bounded.

        Parameters
        ----------
        lon, lat : float64 arrays
            Degrees, none missing.
        reach_m : float64 array
            Reach of each site, metres, boundary included.
        exact : bool array, optional
            Sites that need true distances to polygons; for others a bound is enough. All where
            missing.

        Yields
        ------
        rows : intp array
            Sites of the block.
        Pairs
            Their pairs; `Pairs.site` counts within `rows`.
        """
        expected = self.count_near(lon, lat, reach_m=reach_m)
        block = np.cumsum(expected + 1) // _PAIRS
        for rows in np.split(np.arange(len(lon)), np.flatnonzero(np.diff(block)) + 1):
            if len(rows):
                some = None if exact is None else exact[rows]
                yield rows, self._pairs(lon[rows], lat[rows], reach_m[rows], some)

    def _pairs(self, lon: Floats, lat: Floats, reach_m: Floats, exact: Flags | None) -> Pairs:
        site, point, apart = self.points.pairs_to(lon, lat, reach_m=reach_m)
        place = self._global(self._point_rows, point)
        if len(self.outlines):
            other, shape, away = self._outlines_within(lon, lat, reach_m, exact)
            site = np.concatenate([site, other])
            place = np.concatenate([place, self._shape_rows[shape]])
            apart = np.concatenate([apart, away])
        order = np.lexsort((place, site))
        return Pairs(site[order], place[order], np.round(apart[order], 2))


def _areas(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Turn lines and groups of points into their hulls, and repair what crosses itself."""
    areas = np.asarray(shapely.force_2d(shapes), dtype=object)
    other = ~np.isin(shapely.get_type_id(areas), (3, 6))
    areas[other] = shapely.convex_hull(areas[other])
    areas = unwrapped(areas)
    invalid = ~shapely.is_valid(areas)
    if invalid.any():
        areas[invalid] = shapely.make_valid(areas[invalid], method="structure")
    # what has no area, such as a wall drawn as a line, gets a millimetre of it
    thin = ~(shapely.area(areas) > 0)
    areas[thin] = shapely.buffer(areas[thin], _MILLIMETRE_DEGREES, quad_segs=1)
    return areas


def _least(values: Floats, group: Ints, size: int) -> Floats:
    """Give the least value of each group, NaN where a group has none; groups rise."""
    result = np.full(size, np.nan)
    starts = np.flatnonzero(np.diff(group, prepend=-1))
    if len(starts):
        result[group[starts]] = np.minimum.reduceat(values, starts)
    return result


def _smallest(values: Ints, group: Ints, size: int) -> Ints:
    result = np.full(size, np.iinfo(np.intp).max, dtype=np.intp)
    starts = np.flatnonzero(np.diff(group, prepend=-1))
    if len(starts):
        result[group[starts]] = np.minimum.reduceat(values, starts)
    return result
