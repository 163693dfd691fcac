"""The ground of the page's map: country outlines, streets, places near sites, in Web Mercator."""

from functools import cache
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from recallgeo.export.shapes import all_places, places_near
from recallgeo.geodesy import lonlat
from recallgeo.reference import demo_streets, outlines
from recallgeo.report.packing import NO_NUMBER

if TYPE_CHECKING:
    from recallgeo.export import Run

__all__ = ["LAND_UNIT_DM", "ground_columns", "mercator_dm", "unwrap_longitudes"]

_RADIUS_M = 6_378_137.0  # EPSG:3857, half the equator is pi times this
_LATITUDE_EDGE = 85.0  # Web Mercator ends near 85.05 degrees
_COARSE_DEG = 0.01  # outlines are coarser than this themselves (1:50 million)
LAND_UNIT_DM = 1_000
"""Outlines travel in hundreds of metres: finer than they are."""

_MOST_PLACES = 4_000
_TURN = 360.0
Floats = npt.NDArray[np.float64]
Shapes = npt.NDArray[np.object_]


def unwrap_longitudes(longitude: Floats) -> Floats:
    """Shift longitudes so that data on both sides of the antimeridian lie together.

    Parameters
    ----------
    longitude : array of float
        Degrees, -180 to 180; NaN stays.

    Returns
    -------
    array of float
        As given, or with 360 added to those west of the widest gap where that makes the whole
        narrower by more than a half.

    Examples
    --------
    >>> unwrap_longitudes(np.array([179.0, -179.0, np.nan])).tolist()
    [179.0, 181.0, nan]
    >>> unwrap_longitudes(np.array([-10.0, 24.0])).tolist()
    [-10.0, 24.0]
    """
    known = np.sort(longitude[np.isfinite(longitude)])
    if len(known) < 2:  # noqa: PLR2004  # a gap needs two
        return longitude
    gaps = np.diff(known)
    widest = int(gaps.argmax())
    whole, without = known[-1] - known[0], _TURN - gaps[widest]
    if without * 2 >= whole:
        return longitude
    return np.where(longitude <= known[widest], longitude + _TURN, longitude)


def mercator_dm(
    longitude: Floats, latitude: Floats
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Give Web Mercator (EPSG:3857) in whole decimetres.

    Parameters
    ----------
    longitude, latitude : array of float
        Degrees; latitudes are cut at 85; NaN gives `NO_NUMBER`.

    Returns
    -------
    x, y : array of int32
        Decimetres.

    Examples
    --------
    >>> x, y = mercator_dm(np.array([1.0, np.nan]), np.array([0.0, np.nan]))
    >>> x.tolist(), y.tolist()
    ([1113195, -2147483648], [0, -2147483648])
    """
    bounded = np.clip(latitude, -_LATITUDE_EDGE, _LATITUDE_EDGE)
    x = _RADIUS_M * np.radians(longitude)
    y = _RADIUS_M * np.log(np.tan(np.pi / 4 + np.radians(bounded) / 2))
    missing = ~(np.isfinite(x) & np.isfinite(y))
    whole = (np.round(np.where(missing, 0.0, side) * 10).astype(np.int32) for side in (x, y))
    east, north = (np.where(missing, np.int32(NO_NUMBER), side) for side in whole)
    return east.astype(np.int32), north.astype(np.int32)


def ground_columns(run: "Run", sites: gpd.GeoDataFrame) -> dict[str, Any]:
    """Give the columns of the map's ground for `pack_columns`.

    Parameters
    ----------
    run : Run
        For its layers and radii.
    sites : GeoDataFrame
        PLANNED, the sites of the page.

    Returns
    -------
    dict
        ``land_*``, ``main_*``, ``street_*``, ``rail_*`` and ``water_*`` (``x``, ``y`` as
        differences in decimetres, land in `LAND_UNIT_DM`; ``sizes`` of the lines) and
        ``place_*`` (``x, y, kind, name``). Streets are there only
        where sites stand among them.
    """
    longitude, _ = lonlat(sites.geometry)
    east = unwrap_longitudes(longitude)
    shifts = (0.0, _TURN) if (east > 180).any() else (0.0,)  # noqa: PLR2004  # the antimeridian
    columns = _land(shifts) | _streets(sites)
    return columns | _places(run, sites, over=len(shifts) > 1)


@cache
def _land(shifts: tuple[float, ...]) -> dict[str, Any]:
    land = shapely.simplify(np.asarray(outlines().geometry), _COARSE_DEG)
    return _paths("land", _rings(land), shifts, unit_dm=LAND_UNIT_DM)


def _rings(shapes: Shapes) -> Shapes:
    rings = shapely.get_exterior_ring(shapely.get_parts(shapes))
    rings = rings[~(shapely.is_missing(rings) | shapely.is_empty(rings))]
    return np.asarray(rings, dtype=object)


def _paths(
    name: str, lines: Shapes, shifts: tuple[float, ...] = (0.0,), *, unit_dm: int = 1
) -> dict[str, Any]:
    """Give lines as differences from point to point in whole units, which pack well."""
    coordinates, owner = shapely.get_coordinates(lines, return_index=True)
    sizes = np.bincount(owner, minlength=len(lines)).astype(np.uint32)
    longitude = np.concatenate([coordinates[:, 0] + shift for shift in shifts])
    latitude = np.tile(coordinates[:, 1], len(shifts))
    x, y = (np.rint(side / unit_dm) for side in mercator_dm(longitude, latitude))
    return {
        f"{name}_x": np.diff(x, prepend=0.0).astype(np.int32),
        f"{name}_y": np.diff(y, prepend=0.0).astype(np.int32),
        f"{name}_sizes": np.tile(sizes, len(shifts)),
    }


def _streets(sites: gpd.GeoDataFrame) -> dict[str, Any]:
    """Give the demo's streets where a site stands among them."""
    streets = demo_streets()
    west, south, east, north = streets.total_bounds
    longitude, latitude = lonlat(sites.geometry)
    inside = (longitude > west) & (longitude < east) & (latitude > south) & (latitude < north)
    columns: dict[str, Any] = {}
    for kind in ("water", "street", "main", "rail"):
        chosen = (streets["kind"] == kind).to_numpy(dtype=bool) & bool(inside.any())
        shapes = np.asarray(streets.geometry)[chosen]
        lines = _rings(shapes) if kind == "water" else shapes
        columns |= _paths(kind, lines)
    return columns


def _places(run: "Run", sites: gpd.GeoDataFrame, *, over: bool) -> dict[str, Any]:
    """Give the sensitive places within the widest radius of a site, and the nearest ones."""
    radius_m = float(max(run.exposure.radii_m, default=0))
    places = all_places(run.layers)
    near = places_near(places, sites, kinds=run.exposure.kinds, radius_m=radius_m)
    near = near.head(_MOST_PLACES)
    longitude, latitude = lonlat(near.geometry.representative_point())
    if over:
        longitude = np.where(longitude < 0, longitude + _TURN, longitude)
    x, y = mercator_dm(longitude, latitude)
    kind, name = near["kind"].reset_index(drop=True), near["name"].reset_index(drop=True)
    return {"place_x": x, "place_y": y, "place_kind": kind, "place_name": name.astype("str")}
