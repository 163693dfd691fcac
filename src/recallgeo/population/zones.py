"""People counted in polygons: a disk takes the share of each polygon's area that it covers."""

from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import pyproj
import shapely

from recallgeo.errors import SchemaError
from recallgeo.geodesy import LocalPlanes, require_wgs84, to_ecef
from recallgeo.population.grid import Floats, Ints, curvature_radii_m

__all__ = ["Zones"]

_PAIRS = 20_000
_DEGREES = 0.05
_QUAD_SEGMENTS = 32
_HALF_TURN = 180.0


@dataclass(frozen=True)
class Zones:
    """Polygons with counts of people.

    Parameters
    ----------
    polygons : GeoSeries
        WGS84; the people of a polygon are spread evenly over its area.
    people : float64 array
        Count of each; NaN, infinite and negative counts are unknown.

    Raises
    ------
    MissingCRSError, GeographicCRSError
        Where the polygons are not in WGS84.
    SchemaError
        Where a geometry is not a polygon.

    Examples
    --------
    >>> square = gpd.GeoSeries([shapely.box(0, 0, 0.01, 0.01)], crs=4326)
    >>> zones = Zones(square, np.array([1000.0]))
    >>> people, known = zones.sum_within(np.array([0.005]), np.array([0.005]), radius_m=100)
    >>> round(float(people[0]), 1)
    25.5
    """

    polygons: gpd.GeoSeries
    people: Floats

    def __post_init__(self) -> None:
        """Check the polygons."""
        require_wgs84(self.polygons)
        kinds = set(self.polygons.geom_type.dropna()) - {"Polygon", "MultiPolygon"}
        if kinds:
            message = (
                f"population holds {min(kinds)}; expected polygons with a count each: "
                "give the areas that were counted, or a raster"
            )
            raise SchemaError(message)

    @cached_property
    def _usable(self) -> Ints:
        counted = np.isfinite(self.people) & (self.people >= 0)
        shapes = np.asarray(self.polygons.array, dtype=object)
        there = ~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)
        return np.flatnonzero(counted & there)

    @cached_property
    def _shapes(self) -> np.ndarray:
        shapes = np.asarray(self.polygons.array, dtype=object)[self._usable]
        return np.asarray(shapely.segmentize(shapely.make_valid(shapes), _DEGREES))

    @cached_property
    def _area_m2(self) -> Floats:
        # cylindrical equal area on the ellipsoid: areas are true
        way = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:6933", always_xy=True)
        flat = shapely.transform(self._shapes, lambda xy: np.stack(way.transform(*xy.T), axis=-1))
        return np.asarray(shapely.area(flat))

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self._shapes)

    @property
    def cell_m(self) -> float:
        """Side of a square of the median area, metres; NaN where there is none."""
        return float(np.sqrt(np.median(self._area_m2))) if len(self._usable) else np.nan

    def cell_m_at(self, lon: Floats, lat: Floats) -> Floats:
        """Give the side of a square of the polygon's area at each point; `cell_m` outside."""
        sizes = np.full(len(lon), self.cell_m)
        point, zone = self._zone_at(lon, lat)
        sizes[point] = np.sqrt(self._area_m2[zone])
        return sizes

    def density_km2_at(self, lon: Floats, lat: Floats) -> Floats:
        """Give people per square kilometre at each point; NaN outside the polygons."""
        density = np.full(len(lon), np.nan)
        point, zone = self._zone_at(lon, lat)
        density[point] = self.people[self._usable][zone] / self._area_m2[zone] * 1e6
        return density

    def sum_within(self, lon: Floats, lat: Floats, *, radius_m: float) -> tuple[Floats, Floats]:
        """Sum the people inside disks, and the area that the polygons cover.

        Parameters
        ----------
        lon, lat : float64 arrays
            Centres in degrees, none missing.
        radius_m : float
            Radius in metres along the ellipsoid.

        Returns
        -------
        people, known_m2 : float64 arrays
            As `recallgeo.population.scanline.sum_disks` gives them.
        """
        people, known = np.zeros(len(lon)), np.zeros(len(lon))
        disk, zone = self._candidates(lon, lat, radius_m)
        for start in range(0, len(disk), _PAIRS):
            part = slice(start, start + _PAIRS)
            covered = self._covered_m2(lon, lat, disk[part], zone[part], radius_m)
            share = covered / self._area_m2[zone[part]]
            counts = self.people[self._usable][zone[part]] * share
            people += np.bincount(disk[part], counts, len(lon))
            known += np.bincount(disk[part], covered, len(lon))
        return people, known

    def _zone_at(self, lon: Floats, lat: Floats) -> tuple[Ints, Ints]:
        """Pair points with the first polygon that holds them."""
        points, zones = self._tree.query(shapely.points(lon, lat), predicate="intersects")
        order = np.lexsort((zones, points))
        first, at = np.unique(points[order], return_index=True)
        return first, zones[order][at]

    def _candidates(self, lon: Floats, lat: Floats, radius_m: float) -> tuple[Ints, Ints]:
        high = np.degrees(radius_m / curvature_radii_m(lat)[0]) * 1.01
        cosine = np.maximum(np.cos(np.radians(np.minimum(np.abs(lat) + high, 90.0))), 1e-9)
        wide = np.minimum(
            np.degrees(radius_m / curvature_radii_m(lat)[1]) * 1.01 / cosine, _HALF_TURN
        )
        pairs = []
        for turn in (-360.0, 0.0, 360.0):
            near = (lon + turn - wide <= _HALF_TURN) & (lon + turn + wide >= -_HALF_TURN)
            rows = np.flatnonzero(near if turn else np.ones_like(near))
            x, y, w, h = lon[rows] + turn, lat[rows], wide[rows], high[rows]
            found = self._tree.query(shapely.box(x - w, y - h, x + w, y + h))
            pairs.append(np.stack([rows[found[0]], found[1]]))
        disk, zone = np.unique(np.concatenate(pairs, axis=1), axis=1)
        return disk, zone

    def _covered_m2(
        self, lon: Floats, lat: Floats, disk: Ints, zone: Ints, radius_m: float
    ) -> Floats:
        shapes = self._shapes[zone]
        corners = shapely.get_num_coordinates(shapes)
        origin, planes = np.repeat(disk, corners), LocalPlanes(lon, lat)
        flat = shapely.transform(shapes, lambda xy: planes.xy(origin, to_ecef(*xy.T)))
        # the polygon of equal area stands for the circle
        sides = 4 * _QUAD_SEGMENTS
        swell = np.sqrt(2 * np.pi / sides / np.sin(2 * np.pi / sides))
        circle = shapely.Point(0, 0).buffer(radius_m * swell, quad_segs=_QUAD_SEGMENTS)
        return np.asarray(shapely.area(shapely.intersection(flat, circle)))
