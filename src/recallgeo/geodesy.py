"""Distances on the ellipsoid: geocentric coordinates, kd-trees, and true metres.

Points go to geocentric (ECEF) coordinates, a kd-tree searches by chord, and the chord becomes
the geodesic distance through the local radius of curvature, up to 200 km; farther pairs are
measured by `pyproj.Geod`. No projection and no zones, so the poles and the antimeridian are
ordinary places.

References
----------
WGS84 axis and flattening: NGA.STND.0036 (2014). Euler's formula for the radius of curvature in
a direction: Rapp, *Geometric Geodesy, Part I* (1991), section 3.4.
"""

from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from recallgeo._crs import wgs84_error

if TYPE_CHECKING:
    from scipy.spatial import cKDTree

__all__ = [
    "FAR_M",
    "GEOD",
    "PointTree",
    "arc_from_chord",
    "geodesic_m",
    "local_xy",
    "lonlat",
    "require_wgs84",
    "to_ecef",
]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

GEOD = pyproj.Geod(ellps="WGS84")
FAR_M = 200_000.0
_A = 6_378_137.0
_F = 1 / 298.257223563
_E2 = _F * (2 - _F)


def require_wgs84(*frames: gpd.GeoDataFrame | gpd.GeoSeries) -> None:
    """Raise unless every frame is in WGS84 longitude and latitude.

    Parameters
    ----------
    *frames : GeoDataFrame or GeoSeries
        Frames to check.

    Raises
    ------
    MissingCRSError, GeographicCRSError
        For the first frame that is unfit.

    Examples
    --------
    >>> require_wgs84(gpd.GeoSeries.from_xy([0.0], [0.0], crs=4326))
    """
    for frame in frames:
        error = wgs84_error(frame)
        if error is not None:
            raise error


def lonlat(points: gpd.GeoSeries) -> tuple[Floats, Floats]:
    """Give longitudes and latitudes of points; NaN where a geometry is missing or empty.

    Parameters
    ----------
    points : GeoSeries
        Points, WGS84 longitude and latitude; of another geometry, its representative point.

    Returns
    -------
    tuple of two float64 arrays
        Longitude and latitude in degrees.

    Examples
    --------
    >>> lon, lat = lonlat(gpd.GeoSeries.from_xy([9.5], [47.1], crs=4326))
    >>> float(lon[0]), float(lat[0])
    (9.5, 47.1)
    """
    geometry = np.asarray(points.array, dtype=object)
    kinds = shapely.get_type_id(geometry)
    other = (kinds > 0) & ~shapely.is_empty(geometry)
    if other.any():
        geometry = geometry.copy()
        geometry[other] = shapely.point_on_surface(geometry[other])
    return shapely.get_x(geometry), shapely.get_y(geometry)


def to_ecef(lon: npt.ArrayLike, lat: npt.ArrayLike) -> Floats:
    """Turn longitude and latitude into geocentric coordinates at height 0.

    Parameters
    ----------
    lon, lat : array_like
        Degrees, WGS84.

    Returns
    -------
    float64 array, shape (n, 3)
        Metres; NaN where an input is NaN.

    Examples
    --------
    >>> to_ecef([0.0], [0.0]).round(1).tolist()
    [[6378137.0, 0.0, 0.0]]
    """
    lam, phi = np.radians(np.asarray(lon, float)), np.radians(np.asarray(lat, float))
    sin_phi, cos_phi = np.sin(phi), np.cos(phi)
    normal = _A / np.sqrt(1 - _E2 * sin_phi**2)
    across = normal * cos_phi
    parts = [across * np.cos(lam), across * np.sin(lam), normal * (1 - _E2) * sin_phi]
    return np.stack(parts, axis=-1).astype(np.float64, copy=False)


def arc_from_chord(start: Floats, end: Floats) -> Floats:
    """Turn chords between geocentric points into geodesic distances.

    Good to a relative 4e-7 (or 1e-6 m) up to `FAR_M`; use `geodesic_m` for longer ones.

    Parameters
    ----------
    start, end : float64 arrays, shape (n, 3)
        Geocentric coordinates in metres, as `to_ecef` gives them.

    Returns
    -------
    float64 array, shape (n,)
        Metres along the ellipsoid.

    Examples
    --------
    >>> arc_from_chord(to_ecef([0.0], [0.0]), to_ecef([1.0], [0.0])).round(2).tolist()
    [111319.49]
    """
    chord_vector = end - start
    chord = np.sqrt(np.einsum("ij,ij->i", chord_vector, chord_vector))
    middle = (start + end) / 2
    # geodetic latitude of the chord's middle: the normal of the ellipsoid scales z by 1/(1-e2)
    across = np.hypot(middle[:, 0], middle[:, 1])
    up = middle[:, 2] / (1 - _E2)
    size = np.hypot(across, up)
    with np.errstate(invalid="ignore", divide="ignore"):
        sin_phi = np.where(size > 0, up / size, 0.0)
        east = np.where(
            across > 0,
            (-middle[:, 1] * chord_vector[:, 0] + middle[:, 0] * chord_vector[:, 1]) / across,
            chord_vector[:, 1],
        )
        sin2_azimuth = np.clip(np.where(chord > 0, (east / chord) ** 2, 0.0), 0.0, 1.0)
    w2 = 1 - _E2 * sin_phi**2
    prime_vertical = _A / np.sqrt(w2)
    meridional = _A * (1 - _E2) / w2**1.5
    radius = 1 / ((1 - sin2_azimuth) / meridional + sin2_azimuth / prime_vertical)
    arc: Floats = 2 * radius * np.arcsin(np.clip(chord / (2 * radius), 0.0, 1.0))
    return arc


def geodesic_m(
    lon: npt.ArrayLike, lat: npt.ArrayLike, other_lon: npt.ArrayLike, other_lat: npt.ArrayLike
) -> Floats:
    """Measure geodesic distances pair by pair (Karney's algorithm through PROJ).

    Parameters
    ----------
    lon, lat, other_lon, other_lat : array_like
        Degrees, WGS84; of one length.

    Returns
    -------
    float64 array
        Metres; NaN where an input is NaN.

    Examples
    --------
    >>> geodesic_m([0.0], [0.0], [1.0], [0.0]).round(2).tolist()
    [111319.49]
    """
    pairs = np.broadcast_arrays(
        *(np.atleast_1d(np.asarray(part, float)) for part in (lon, lat, other_lon, other_lat))
    )
    known = ~np.isnan(np.stack(pairs)).any(axis=0)
    distances = np.full(pairs[0].shape, np.nan)
    if known.any():
        distances[known] = GEOD.inv(*(part[known] for part in pairs))[2]
    return distances


def local_xy(lon: Floats, lat: Floats, places: Floats) -> Floats:
    """Lay places on the plane around an origin: true distance and azimuth from it, row by row.

    An azimuthal equidistant plane; lengths across the azimuth are off by a relative
    ``(distance / 6,371 km)**2 / 6``: 2.6e-6 at 25 km.

    Parameters
    ----------
    lon, lat : float64 arrays
        Origins in degrees, WGS84, one a place.
    places : float64 array, shape (n, 3)
        Geocentric coordinates in metres, as `to_ecef` gives them.

    Returns
    -------
    float64 array, shape (n, 2)
        Metres east and north of the origin.

    Examples
    --------
    >>> local_xy(np.zeros(1), np.zeros(1), to_ecef([1.0], [0.0])).round(2).tolist()
    [[111319.49, 0.0]]
    """
    lam, phi = np.radians(lon), np.radians(lat)
    origin = to_ecef(lon, lat)
    x, y, z = (places - origin).T
    outward = x * np.cos(lam) + y * np.sin(lam)
    east = y * np.cos(lam) - x * np.sin(lam)
    north = z * np.cos(phi) - outward * np.sin(phi)
    flat = np.hypot(east, north)
    with np.errstate(invalid="ignore", divide="ignore"):
        stretch = np.where(flat > 0, arc_from_chord(origin, places) / flat, 0.0)
    return np.stack([east * stretch, north * stretch], axis=-1)


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
        lon, lat = lonlat(points)
        distances = np.full(len(lon), np.nan)
        rows: Ints = np.full(len(lon), -1, dtype=np.intp)
        known = np.flatnonzero(~(np.isnan(lon) | np.isnan(lat)))
        if not len(self) or not len(known):
            return distances, rows
        candidates = min(8, len(self))
        asked = to_ecef(lon[known], lat[known])
        _, found = self._tree.query(asked, k=candidates)
        found = found.reshape(len(known), candidates)
        exact = self._measure(lon[known], lat[known], asked, found)
        best = exact.min(axis=1)
        tied = exact <= best[:, None] + 1e-6
        first = np.where(tied, self._rows[found], np.iinfo(np.intp).max).min(axis=1)
        distances[known], rows[known] = best, first
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
        lon, lat = lonlat(points)
        known = np.flatnonzero(~(np.isnan(lon) | np.isnan(lat)))
        if not len(self) or not len(known):
            none: Ints = np.array([], dtype=np.intp)
            return none, none, np.array([], dtype=float)
        asked = to_ecef(lon[known], lat[known])
        # a chord is never longer than its arc, so the radius itself bounds the search
        hits = self._tree.query_ball_point(asked, r=radius_m + 1e-6)
        sizes = np.fromiter(map(len, hits), dtype=np.intp, count=len(hits))
        left = np.repeat(np.arange(len(known)), sizes)
        right = np.fromiter(chain.from_iterable(hits), dtype=np.intp, count=int(sizes.sum()))
        if not len(left):
            return left, right, np.array([], dtype=float)
        exact = self._measure(lon[known][left], lat[known][left], asked[left], right[:, None])[:, 0]
        inside = exact <= radius_m + 1e-6
        left, right, exact = known[left[inside]], self._rows[right[inside]], exact[inside]
        order = np.lexsort((right, left))
        return left[order], right[order], exact[order]

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
