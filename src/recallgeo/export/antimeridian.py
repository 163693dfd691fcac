"""Cut polygons and lines where they cross the antimeridian, as RFC 7946 section 3.1.9 asks."""

from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

__all__ = ["split_at_antimeridian"]

_HALF, _TURN = 180.0, 360.0
_WEST = shapely.box(-_HALF - _TURN, -90.0, -_HALF, 90.0)
_WORLD = shapely.box(-_HALF, -90.0, _HALF, 90.0)
_EAST = shapely.box(_HALF, -90.0, _HALF + _TURN, 90.0)


def split_at_antimeridian(geometry: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Cut what crosses longitude 180 into parts on either side; leave the rest as it is.

    Two vertices more than 180 degrees of longitude apart are taken to be joined the short way
    round. A ring that goes round a pole is closed through that pole.

    Parameters
    ----------
    geometry : array of shapely geometries
        WGS84 longitude and latitude within [-180, 180]; missing stays missing.

    Returns
    -------
    array of shapely geometries
        Of the same length.

    Examples
    --------
    >>> line = shapely.linestrings([[[179.0, 0.0], [-179.0, 0.0]]])
    >>> split_at_antimeridian(line)[0].wkt
    'MULTILINESTRING ((179 0, 180 0), (-180 0, -179 0))'
    """
    result = np.array(geometry, dtype=object)
    coordinates, owner = shapely.get_coordinates(result, return_index=True)
    steps = np.abs(np.diff(coordinates[:, 0])) > _HALF
    crossing = np.unique(owner[1:][steps & (owner[1:] == owner[:-1])])
    for row in crossing:  # a few shapes of a layer at most
        result[row] = _split(result[row])
    return result


def _split(shape: Any) -> Any:  # noqa: ANN401 - any shapely geometry
    parts = [_unwrap(part) for part in shapely.get_parts(shape)]
    whole = shapely.union_all(shapely.make_valid(np.array(parts, dtype=object)))
    pieces = [
        shapely.transform(shapely.intersection(whole, window), _shift(turn))
        for window, turn in ((_WORLD, 0.0), (_EAST, -_TURN), (_WEST, _TURN))
    ]
    kept = [piece for piece in pieces if not piece.is_empty]
    wanted = shapely.get_dimensions(shape)
    flat = shapely.get_parts(shapely.get_parts(np.array(kept, dtype=object)))
    flat = flat[shapely.get_dimensions(flat) == wanted]
    return shapely.multipolygons(flat) if wanted > 1 else shapely.multilinestrings(flat)


def _shift(turn: float) -> Any:  # noqa: ANN401 - a function for shapely.transform
    return lambda xy: xy + np.array([turn, 0.0])


def _unwrap(part: Any) -> Any:  # noqa: ANN401 - any shapely geometry
    if shapely.get_dimensions(part) < 2:  # noqa: PLR2004 - a line has dimension 1
        return shapely.linestrings(_unwrap_ring(shapely.get_coordinates(part)))
    shell = _unwrap_ring(shapely.get_coordinates(shapely.get_exterior_ring(part)))
    turns = shell[-1, 0] - shell[0, 0]
    if abs(turns) > _HALF:
        pole = 90.0 if shell[:, 1].mean() > 0 else -90.0
        corners = [[shell[-1, 0], pole], [shell[0, 0], pole], shell[0]]
        shell = np.vstack([shell, corners])
    rings = shapely.get_parts(shapely.get_rings(part))[1:]
    holes = [_near(_unwrap_ring(shapely.get_coordinates(ring)), shell) for ring in rings]
    return shapely.polygons(shell, holes=holes or None)


def _unwrap_ring(xy: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Make the longitudes run on across the antimeridian."""
    jumps = -_TURN * np.round(np.diff(xy[:, 0], prepend=xy[0, 0]) / _TURN)
    return np.column_stack([xy[:, 0] + np.cumsum(jumps), xy[:, 1]])


def _near(hole: npt.NDArray[np.float64], shell: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Move a hole by whole turns to where its shell is."""
    turns = np.round((shell[:, 0].mean() - hole[:, 0].mean()) / _TURN)
    return np.asarray(hole + np.array([turns * _TURN, 0.0]))
