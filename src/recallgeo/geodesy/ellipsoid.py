"""The ellipsoid: geocentric coordinates, chords turned into arcs, and CRS at the door.

References
----------
WGS84 axis and flattening: NGA.STND.0036 (2014). Euler's formula for the radius of curvature in
a direction: Rapp, *Geometric Geodesy, Part I* (1991), section 3.4.
"""

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from recallgeo._crs import wgs84_error

__all__ = [
    "ECCENTRICITY2",
    "FAR_M",
    "GEOD",
    "SEMI_MAJOR_M",
    "Floats",
    "Ints",
    "arc_from_chord",
    "geodesic_m",
    "lonlat",
    "require_wgs84",
    "to_ecef",
]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

GEOD = pyproj.Geod(ellps="WGS84")
FAR_M = 200_000.0
SEMI_MAJOR_M = 6_378_137.0
_F = 1 / 298.257223563
ECCENTRICITY2 = _F * (2 - _F)


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
    normal = SEMI_MAJOR_M / np.sqrt(1 - ECCENTRICITY2 * sin_phi**2)
    across = normal * cos_phi
    parts = [across * np.cos(lam), across * np.sin(lam), normal * (1 - ECCENTRICITY2) * sin_phi]
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
    up = middle[:, 2] / (1 - ECCENTRICITY2)
    size = np.hypot(across, up)
    with np.errstate(invalid="ignore", divide="ignore"):
        sin_phi = np.where(size > 0, up / size, 0.0)
        east = np.where(
            across > 0,
            (-middle[:, 1] * chord_vector[:, 0] + middle[:, 0] * chord_vector[:, 1]) / across,
            chord_vector[:, 1],
        )
        sin2_azimuth = np.clip(np.where(chord > 0, (east / chord) ** 2, 0.0), 0.0, 1.0)
    w2 = 1 - ECCENTRICITY2 * sin_phi**2
    prime_vertical = SEMI_MAJOR_M / np.sqrt(w2)
    meridional = SEMI_MAJOR_M * (1 - ECCENTRICITY2) / w2**1.5
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
