"""Pairs of places that are near each other, and names that say the same."""

import unicodedata

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

__all__ = ["local_distance_m", "name_keys", "near_pairs"]

Shapes = npt.NDArray[np.object_]
Ints = npt.NDArray[np.intp]
Floats = npt.NDArray[np.float64]

_A = 6_378_137.0
_F = 1 / 298.257223563
_E2 = _F * (2 - _F)
_METRES_PER_DEGREE = 110_500.0  # a little less than any degree of latitude: boxes err on the wide


def name_keys(names: pd.Series) -> pd.Series:
    """Give names in the form in which they are compared.

    Letter case, accents, punctuation and repeated spaces do not count; words do.

    Parameters
    ----------
    names : Series of text
        Names as written.

    Returns
    -------
    Series of text
        On the same index; missing where nothing is left of a name.

    Examples
    --------
    >>> name_keys(pd.Series(["St. Mary's  École", " - ", None])).tolist()
    ['st marys ecole', nan, nan]
    """
    distinct = names.dropna().unique()
    keys = {name: _name_key(str(name)) for name in distinct}
    return names.map(keys).astype("str")


def _name_key(name: str) -> str | None:
    plain = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(
        sign if sign.isalnum() else " "
        for sign in plain
        if not unicodedata.combining(sign) and sign not in "'\u2019`"
    )
    return " ".join(letters.split()) or None


def near_pairs(left: Shapes, right: Shapes, *, radius_m: float) -> tuple[Ints, Ints, Floats]:
    """Find every pair of shapes whose nearest parts are within a radius.

    Parameters
    ----------
    left, right : object arrays of geometries
        Points and polygons, WGS84.
    radius_m : float
        Metres, boundary included; meant for up to 1 km.

    Returns
    -------
    left_rows, right_rows : intp arrays
        Ordered by both.
    distances : float64 array
        Metres; 0 where one touches or holds the other.

    Examples
    --------
    >>> points = shapely.points([[0.0, 0.0], [0.0005, 0.0], [0.01, 0.0]])
    >>> rows, others, distances = near_pairs(points, points[:1], radius_m=100)
    >>> rows.tolist(), others.tolist(), distances.round(2).tolist()
    ([0, 1], [0, 0], [0.0, 55.66])
    """
    tree = shapely.STRtree(right)
    rows, others = tree.query(_widened_boxes(left, radius_m), predicate="intersects")
    order = np.lexsort((others, rows))
    rows, others = rows[order], others[order]
    distances = local_distance_m(left[rows], right[others])
    near = distances <= radius_m + 1e-6
    return rows[near], others[near], distances[near]


def _widened_boxes(shapes: Shapes, radius_m: float) -> Shapes:
    bounds = shapely.bounds(shapes)
    high = np.radians(np.minimum(np.abs(bounds[:, [1, 3]]).max(axis=1), 89.9))
    up = radius_m / _METRES_PER_DEGREE
    across = up / np.cos(high)
    boxes = shapely.box(
        bounds[:, 0] - across, bounds[:, 1] - up, bounds[:, 2] + across, bounds[:, 3] + up
    )
    return np.asarray(boxes, dtype=object)


def local_distance_m(left: Shapes, right: Shapes) -> Floats:
    """Measure shapes pair by pair in a metric frame around each pair.

    Each pair is stretched by the radii of curvature at its latitude: within 1 km the error is
    below 0.1 % up to 80 degrees of latitude.

    Parameters
    ----------
    left, right : object arrays of geometries
        Of one length; WGS84, points and polygons.

    Returns
    -------
    float64 array
        Metres between the nearest parts; NaN where a geometry is missing.
    """
    bounds = shapely.bounds(left)
    lon0, lat0 = (bounds[:, 0] + bounds[:, 2]) / 2, (bounds[:, 1] + bounds[:, 3]) / 2
    phi = np.radians(lat0)
    w2 = 1 - _E2 * np.sin(phi) ** 2
    per_lon = np.radians(1.0) * _A / np.sqrt(w2) * np.cos(phi)
    per_lat = np.radians(1.0) * _A * (1 - _E2) / w2**1.5
    frame = (lon0, lat0, per_lon, per_lat)
    return np.asarray(shapely.distance(_stretched(left, *frame), _stretched(right, *frame)))


def _stretched(
    shapes: Shapes, lon0: Floats, lat0: Floats, per_lon: Floats, per_lat: Floats
) -> Shapes:
    coordinates, rows = shapely.get_coordinates(shapes, return_index=True)
    east = (coordinates[:, 0] - lon0[rows] + 180.0) % 360.0 - 180.0
    metres = np.column_stack(
        [east * per_lon[rows], (coordinates[:, 1] - lat0[rows]) * per_lat[rows]]
    )
    return np.asarray(shapely.set_coordinates(shapes.copy(), metres), dtype=object)
