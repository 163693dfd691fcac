"""Geometry of places: points and polygons in WGS84, valid, within the world's bounds."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

__all__ = ["CleanShapes", "clean_shapes", "hull_shape"]

Shapes = npt.NDArray[np.object_]

_POINT, _POLYGON, _MULTIPOLYGON = 0, 3, 6
_HALF, _WHOLE = 180.0, 360.0


@dataclass(frozen=True, slots=True)
class CleanShapes:
    """Geometries after cleaning.

    Parameters
    ----------
    shapes : object array
        Point, Polygon or MultiPolygon; None where `causes` says why.
    causes : object array of str
        ``no_geometry``, ``bad_coordinate``, ``null_island``, or empty text where it is kept.
    notes : Counter
        What was changed and kept: ``repaired_geometry``, ``line_as_area``,
        ``wrapped_antimeridian``.
    """

    shapes: Shapes
    causes: Shapes
    notes: Counter[str]


def clean_shapes(shapes: Shapes) -> CleanShapes:
    """Make geometries fit to be places: points and polygons, valid, within the world.

    Heights are dropped; self-crossing polygons are made valid; lines and groups of points become
    their convex hull; longitudes from 180 to 360 degrees and polygons across the antimeridian are
    brought into -180 to 180. The point (0, 0) is how many files write "unknown" and is refused.

    Parameters
    ----------
    shapes : object array of geometries
        WGS84 longitude and latitude; may hold missing and empty ones.

    Returns
    -------
    CleanShapes
        Of the same length.

    Examples
    --------
    >>> bow_tie = shapely.Polygon([(1, 1), (2, 2), (2, 1), (1, 2)])
    >>> cleaned = clean_shapes(np.array([bow_tie, None, shapely.Point(200, 91)], dtype=object))
    >>> cleaned.causes.tolist(), dict(cleaned.notes)
    (['', 'no_geometry', 'bad_coordinate'], {'repaired_geometry': 1})
    """
    kept = np.asarray(shapely.force_2d(shapes), dtype=object)
    causes = np.full(len(kept), "", dtype=object)
    notes: Counter[str] = Counter()
    empty = shapely.is_missing(kept) | shapely.is_empty(kept)
    causes[empty] = "no_geometry"
    wild = ~empty & _out_of_world(kept)
    causes[wild] = "bad_coordinate"
    fit = causes == ""
    kept[~fit] = None
    _wrap(kept, notes)
    _repair(kept, notes)
    null_island = (shapely.get_type_id(kept) == _POINT) & (shapely.get_x(kept) == 0)
    null_island &= shapely.get_y(kept) == 0
    causes[null_island] = "null_island"
    kept[null_island] = None
    return CleanShapes(kept, causes, notes)


def hull_shape(shapes: Shapes) -> Shapes:
    """Give the convex hull of each geometry as a polygon, or its middle where that has no area.

    Parameters
    ----------
    shapes : object array of geometries
        Lines, groups of points, collections.

    Returns
    -------
    object array
        Polygon or Point; None where a geometry is missing or empty.

    Examples
    --------
    >>> line = shapely.LineString([(0, 0), (2, 0)])
    >>> hull_shape(np.array([line], dtype=object))[0].wkt
    'POINT (1 0)'
    """
    hulls = np.asarray(shapely.convex_hull(shapes), dtype=object)
    flat = ~shapely.is_missing(hulls) & (shapely.get_type_id(hulls) != _POLYGON)
    hulls[flat] = shapely.centroid(hulls[flat])
    hulls[shapely.is_empty(hulls)] = None
    return hulls


def _out_of_world(shapes: Shapes) -> npt.NDArray[np.bool_]:
    bounds = shapely.bounds(shapes)
    with np.errstate(invalid="ignore"):
        inside = (bounds[:, 0] >= -_WHOLE) & (bounds[:, 2] <= _WHOLE)
        inside &= (np.abs(bounds[:, 1]) <= _HALF / 2) & (np.abs(bounds[:, 3]) <= _HALF / 2)
    # bounds skip NaN, so a ring with one NaN vertex has to be asked for
    whole = np.ones(len(shapes), dtype=bool)
    coordinates, rows = shapely.get_coordinates(shapes, return_index=True)
    whole[rows[~np.isfinite(coordinates).all(axis=1)]] = False
    return ~(inside & whole)


def _wrap(shapes: Shapes, notes: Counter[str]) -> None:
    """Bring longitudes into -180 to 180; a polygon over 180 degrees wide crosses the line."""
    bounds = shapely.bounds(shapes)
    with np.errstate(invalid="ignore"):
        beyond = (bounds[:, 2] > _HALF) | (bounds[:, 0] < -_HALF)
        wide = (bounds[:, 2] - bounds[:, 0] > _HALF) & (shapely.get_type_id(shapes) == _POLYGON)
    rows = np.flatnonzero(beyond | wide)
    for row in rows:  # rare: a place on the antimeridian
        shapes[row] = _wrap_one(shapes[row])
    if len(rows):
        notes["wrapped_antimeridian"] += len(rows)


def _wrap_one(shape: shapely.Geometry) -> shapely.Geometry:
    def eastward(coordinates: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        moved = coordinates.copy()
        moved[:, 0] = np.where(moved[:, 0] < 0, moved[:, 0] + _WHOLE, moved[:, 0])
        return moved

    def westward(coordinates: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return coordinates - [_WHOLE, 0.0]

    whole = shapely.make_valid(shapely.transform(shape, eastward))
    west = shapely.intersection(whole, shapely.box(0.0, -90.0, _HALF, 90.0))
    east = shapely.intersection(whole, shapely.box(_HALF, -90.0, _WHOLE, 90.0))
    return shapely.union_all([west, shapely.transform(east, westward)])


def _repair(shapes: Shapes, notes: Counter[str]) -> None:
    """Make polygons valid and turn every other shape into a point or polygon."""
    kinds = shapely.get_type_id(shapes)
    area = (kinds == _POLYGON) | (kinds == _MULTIPOLYGON)
    broken = area & ~shapely.is_valid(shapes)
    if broken.any():
        shapes[broken] = shapely.make_valid(shapes[broken], method="structure", keep_collapsed=True)
        notes["repaired_geometry"] += int(broken.sum())
    kinds = shapely.get_type_id(shapes)
    other = (kinds > _POINT) & (kinds != _POLYGON) & (kinds != _MULTIPOLYGON)
    if other.any():
        shapes[other] = hull_shape(shapes[other])
        lines = int((other & ~broken).sum())
        if lines:
            notes["line_as_area"] += lines
