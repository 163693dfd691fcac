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

from recallgeo._crs import wgs84_error
from recallgeo.geodesy.ellipsoid import (
    ECCENTRICITY2,
    FAR_M,
    GEOD,
    SEMI_MAJOR_M,
    arc_from_chord,
    geodesic_m,
    lonlat,
    require_wgs84,
    to_ecef,
)
from recallgeo.geodesy.planes import LocalPlanes
from recallgeo.geodesy.point_tree import PointTree

__all__ = [
    "ECCENTRICITY2",
    "FAR_M",
    "GEOD",
    "SEMI_MAJOR_M",
    "LocalPlanes",
    "PointTree",
    "arc_from_chord",
    "geodesic_m",
    "lonlat",
    "require_wgs84",
    "to_ecef",
    "wgs84_error",
]
