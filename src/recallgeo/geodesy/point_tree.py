"""Points in a kd-tree: nearest, pairs and counts in true metres."""

from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import numpy.typing as npt

from recallgeo.geodesy.ellipsoid import (
    FAR_M,
    Floats,
    Ints,
    arc_from_chord,
    geodesic_m,
    lonlat,
    require_wgs84,
    to_ecef,
)

if TYPE_CHECKING:
    from scipy.spatial import cKDTree

__all__ = ["PointTree"]

_CANDIDATES = 8
_SLACK_M = 1e-6


class PointTree:
    """Points in a kd-tree over geocentric coordinates.

    Parameters
    ----------
    points : GeoSeries
        Points, WGS84; missing ones are never found.

    Examples
    --------
    >>> tree = PointTree(gpd.GeoSeries.from_xy([0.0, 1.0], [0.0, 0.0], crs=4326))
    >>> distances, found = tree.nearest(gpd.GeoSeries.from_xy([0.9], [0.0], crs=4326))
    >>> found.tolist(), distances.round(2).tolist()
    ([1], [11131.95])
    """

    def __init__(self, points: gpd.GeoSeries) -> None:
        require_wgs84(points)
        lon, lat = lonlat(points)
        self._rows: Ints = np.flatnonzero(~(np.isnan(lon) | np.isnan(lat)))
        self._lon, self._lat = lon[self._rows], lat[self._rows]
        self._ecef = to_ecef(self._lon, self._lat)

    def __len__(self) -> int:
        """Count the points that can be found."""
        return len(self._rows)

    @cached_property
    def _tree(self) -> "cKDTree":
        from scipy.spatial import cKDTree

        return cKDTree(self._ecef)

    def nearest(self, points: gpd.GeoSeries) -> tuple[Floats, Ints]:
        """Find the nearest point of the tree to each given point.

        Parameters
        ----------
        points : GeoSeries
            Points, WGS84.

        Returns
        -------
        distances : float64 array
            Geodesic metres; NaN where the tree is empty or the point is missing.
        rows : intp array
            Row in the tree's series; -1 where there is none. Of equal distances (to 1e-6 m) the
            smallest row.
        """
        require_wgs84(points)
        return self.nearest_to(*lonlat(points))

    def nearest_to(self, lon: Floats, lat: Floats, *, tie_m: float = 1e-6) -> tuple[Floats, Ints]:
        """Find the nearest point as `nearest` does, from coordinates.

        Parameters
        ----------
        lon, lat : float64 arrays
            Degrees, WGS84; NaN where missing.
        tie_m : float
            Distances that differ by no more count as equal, metres.

        Returns
        -------
        distances, rows
            As `nearest` gives them.
        """
        distances = np.full(len(lon), np.nan)
        rows: Ints = np.full(len(lon), -1, dtype=np.intp)
        known = np.flatnonzero(~(np.isnan(lon) | np.isnan(lat)))
        if not len(self) or not len(known):
            return distances, rows
        candidates = min(_CANDIDATES, len(self))
        asked = to_ecef(lon[known], lat[known])
        _, found = self._tree.query(asked, k=candidates, workers=-1)
        found = found.reshape(len(known), candidates)
        exact = self._measure(lon[known], lat[known], asked, found)
        best = exact.min(axis=1)
        tied = exact <= best[:, None] + tie_m
        first = np.where(tied, self._rows[found], np.iinfo(np.intp).max).min(axis=1)
        distances[known], rows[known] = best, first
        crowded = known[tied.all(axis=1)] if candidates < len(self) else known[:0]
        if len(crowded):
            reach = distances[crowded] + tie_m
            at, row, _ = self.pairs_to(lon[crowded], lat[crowded], reach_m=reach)
            starts = np.unique(at, return_index=True)[1]
            rows[crowded] = np.minimum.reduceat(row, starts)
        return distances, rows

    def pairs_within(self, points: gpd.GeoSeries, *, radius_m: float) -> tuple[Ints, Ints, Floats]:
        """Find every pair within a geodesic radius, boundary included.

        Parameters
        ----------
        points : GeoSeries
            Points, WGS84.
        radius_m : float
            Radius in metres along the ellipsoid.

        Returns
        -------
        asked, rows : intp arrays
            Row in `points` and row in the tree's series, ordered by both.
        distances : float64 array
            Geodesic metres.
        """
        require_wgs84(points)
        return self.pairs_to(*lonlat(points), reach_m=np.full(len(points), float(radius_m)))

    def pairs_to(self, lon: Floats, lat: Floats, *, reach_m: Floats) -> tuple[Ints, Ints, Floats]:
        """Find every pair as `pairs_within` does, from coordinates and a radius for each.

        Parameters
        ----------
        lon, lat : float64 arrays
            Degrees, WGS84; NaN where missing.
        reach_m : float64 array
            Radius of each in metres along the ellipsoid, boundary included.

        Returns
        -------
        asked, rows, distances
            As `pairs_within` gives them.
        """
        known = np.flatnonzero(~(np.isnan(lon) | np.isnan(lat)))
        none: Ints = np.array([], dtype=np.intp)
        if not len(self) or not len(known):
            return none, none, np.array([], dtype=float)
        asked = to_ecef(lon[known], lat[known])
        # a chord is never longer than its arc, so the radius itself bounds the search
        reach = reach_m[known] + _SLACK_M
        hits = self._tree.query_ball_point(asked, r=reach, workers=-1, return_sorted=False)
        sizes = np.fromiter(map(len, hits), dtype=np.intp, count=len(hits))
        left = np.repeat(np.arange(len(known)), sizes)
        right = np.fromiter(chain.from_iterable(hits), dtype=np.intp, count=int(sizes.sum()))
        if not len(left):
            return none, none, np.array([], dtype=float)
        exact = self._measure(lon[known][left], lat[known][left], asked[left], right[:, None])[:, 0]
        inside = exact <= reach_m[known][left] + _SLACK_M
        left, right, exact = known[left[inside]], self._rows[right[inside]], exact[inside]
        order = np.lexsort((right, left))
        return left[order], right[order], exact[order]

    def count_near(self, lon: Floats, lat: Floats, *, reach_m: Floats) -> Ints:
        """Count the points within a chord of each position: a quick bound for planning memory."""
        counts = np.zeros(len(lon), dtype=np.intp)
        known = np.flatnonzero(~(np.isnan(lon) | np.isnan(lat)))
        if len(self) and len(known):
            asked = to_ecef(lon[known], lat[known])
            reach = reach_m[known] + _SLACK_M
            counts[known] = self._tree.query_ball_point(
                asked, r=reach, return_length=True, workers=-1
            )
        return counts

    def count_within(self, points: gpd.GeoSeries, *, radius_m: float) -> npt.NDArray[np.int64]:
        """Count the points of the tree within a geodesic radius, boundary included.

        Parameters
        ----------
        points : GeoSeries
            Points, WGS84.
        radius_m : float
            Radius in metres along the ellipsoid.

        Returns
        -------
        int64 array
            One count a point; 0 for a missing one (the caller knows which are missing).
        """
        asked, _, _ = self.pairs_within(points, radius_m=radius_m)
        return np.bincount(asked, minlength=len(points)).astype(np.int64)

    def _measure(self, lon: Floats, lat: Floats, asked: Floats, found: Ints) -> Floats:
        size = found.shape[1]
        flat = found.ravel()
        start = np.repeat(asked, size, axis=0)
        distances = arc_from_chord(start, self._ecef[flat])
        far = distances > FAR_M
        if far.any():
            distances[far] = geodesic_m(
                np.repeat(lon, size)[far],
                np.repeat(lat, size)[far],
                self._lon[flat[far]],
                self._lat[flat[far]],
            )
        return distances.reshape(found.shape)
