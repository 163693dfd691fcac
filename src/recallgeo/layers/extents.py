"""Where a layer was collected, what it can say at a point, and how far its edge is."""

import re
from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from recallgeo.errors import ConfigError, nearest_name
from recallgeo.geodesy import geodesic_m, lonlat, require_wgs84, to_ecef
from recallgeo.layers.layer import Layer
from recallgeo.layers.nearness import local_distance_m
from recallgeo.reference import outlines

__all__ = ["COMPLETE_SHARE", "edge_distance_m", "extent_states", "resolve_extent"]

COMPLETE_SHARE = 0.95
"""A layer declared to hold at least this share of a kind counts as complete (judgement)."""

_NEAR_M = 100_000.0
_STEP_DEG = 0.01
_MOST_VERTICES = 200_000
_CANDIDATES = 4
_COUNTRY = re.compile(r"[A-Za-z]{2}")
_REGION = re.compile(r"[A-Za-z]{2}-[A-Za-z0-9]{1,3}")

Floats = npt.NDArray[np.float64]
Shapes = npt.NDArray[np.object_]


def resolve_extent(
    extent: str | shapely.Geometry | gpd.GeoDataFrame | gpd.GeoSeries,
) -> tuple[shapely.Geometry, str]:
    """Give the area that an extent names, and in words where it comes from.

    Parameters
    ----------
    extent : str, geometry, GeoDataFrame or GeoSeries
        ISO 3166-1 alpha-2 code of a country, or a shape in WGS84.

    Returns
    -------
    geometry
        Polygon or MultiPolygon, WGS84.
    str
        ``"outline of LI"`` or ``"given shape"``.

    Raises
    ------
    ConfigError
        If a code is unknown or of a region, or a shape has no area.
    MissingCRSError, GeographicCRSError
        If a frame is not in WGS84.

    Examples
    --------
    >>> resolve_extent(shapely.box(9, 47, 10, 48))[1]
    'given shape'
    >>> resolve_extent("LI")[1]
    'outline of LI'
    """
    if isinstance(extent, str):
        code = extent.upper()
        return _country_outline(code), f"outline of {code}"
    if isinstance(extent, (gpd.GeoDataFrame, gpd.GeoSeries)):
        require_wgs84(extent)
        extent = extent.geometry.union_all()
    shape = shapely.make_valid(shapely.force_2d(extent))
    if not shapely.area(shape) > 0:
        message = f"extent is {shapely.to_wkt(extent)[:60]!r}; expected a polygon in WGS84 degrees"
        raise ConfigError(message)
    bounds = shapely.bounds(shape)
    if np.abs(bounds[[0, 2]]).max() > 360 or np.abs(bounds[[1, 3]]).max() > 90:  # noqa: PLR2004  degrees
        message = f"extent reaches to {bounds.round(1).tolist()}; expected degrees (EPSG:4326)"
        raise ConfigError(message)
    return shape, "given shape"


def _country_outline(code: str) -> shapely.Geometry:
    if _REGION.fullmatch(code):
        message = (
            f"extent {code!r} is a region; outlines are known for countries only: "
            f"give extent the path of a file with its shape, or the country {code[:2]!r}"
        )
        raise ConfigError(message)
    shapes = outlines()
    found = shapes.loc[shapes["country"] == code]
    if found.empty or not _COUNTRY.fullmatch(code):
        hint = nearest_name(code, shapes["country"].dropna())
        if not hint.startswith("did you mean"):
            hint = "expected an ISO 3166-1 alpha-2 code such as 'GB', a shape, or a file's path"
        message = f"extent {code!r} names no country with an outline; {hint}"
        raise ConfigError(message)
    shape: shapely.Geometry = shapely.make_valid(found.geometry.union_all())
    return shape


def extent_states(layers: Layer | Sequence[Layer], kind: str, points: gpd.GeoSeries) -> pd.Series:
    """Say what the layers can tell about a kind at each point.

    A layer counts where it was made to hold the kind (`Layer.kinds`), even if it found none.
    At a point, in this order:

    - ``complete``: within the extent of a layer declared to hold at least `COMPLETE_SHARE` of the
      kind;
    - ``partial``: within an extent, with a lower share declared, or none;
    - ``undeclared``: within no known extent, while a layer of the kind has no extent;
    - ``outside``: none of these, so nothing found means nothing known.

    Parameters
    ----------
    layers : Layer or sequence of Layer
        Any layers.
    kind : str
        Kind of the taxonomy.
    points : GeoSeries
        Points, WGS84.

    Returns
    -------
    Series of text, named ``<kind>_seen``
        On the index of `points`; missing where a point is missing.

    Raises
    ------
    MissingCRSError, GeographicCRSError
        If the points are not in WGS84.

    Examples
    --------
    >>> places = gpd.GeoDataFrame({"kind": []}, geometry=[], crs=4326)
    >>> town = Layer.from_places(places, kinds=["school"], extent=shapely.box(0, 0, 1, 1),
    ...                          completeness={"school": 0.97})
    >>> points = gpd.GeoSeries.from_xy([0.5, 2.0], [0.5, 0.5], crs=4326)
    >>> extent_states(town, "school", points).tolist()
    ['complete', 'outside']
    >>> extent_states(town, "hospital", points).tolist()
    ['outside', 'outside']
    """
    require_wgs84(points)
    given = np.asarray(points.array, dtype=object)
    states = np.full(len(points), "outside", dtype=object)
    relevant = _layers_of(layers, kind)
    if any(layer.extent is None for layer in relevant):
        states[:] = "undeclared"
    for wanted, state in ((False, "partial"), (True, "complete")):
        for layer in relevant:
            complete = layer.completeness.get(kind, 0.0) >= COMPLETE_SHARE
            if layer.extent is not None and complete is wanted:
                shapely.prepare(layer.extent)
                states[shapely.intersects(layer.extent, given)] = state
    seen = pd.Series(states, index=points.index, dtype="str", name=f"{kind}_seen")
    return seen.where(~_absent(points))


def edge_distance_m(layers: Layer | Sequence[Layer], kind: str, points: gpd.GeoSeries) -> pd.Series:
    """Measure how far each point is from the edge of what the layers cover.

    A place found nearer than this is certainly the nearest; farther, it is an upper bound.

    Parameters
    ----------
    layers : Layer or sequence of Layer
        Any layers; the extents of those made to hold the kind are taken together.
    kind : str
        Kind of the taxonomy.
    points : GeoSeries
        Points, WGS84.

    Returns
    -------
    Series of float64, named ``<kind>_edge_m``
        Metres, on the index of `points`; to 0.2 % up to 100 km, beyond to the nearest vertex of an
        edge cut every 1.1 km. Missing outside every extent, and where a point is missing. The
        antimeridian counts as an edge where an extent was cut there.

    Examples
    --------
    >>> places = gpd.GeoDataFrame({"kind": []}, geometry=[], crs=4326)
    >>> box = Layer.from_places(places, kinds=["school"], extent=shapely.box(-1, -1, 1, 1))
    >>> points = gpd.GeoSeries.from_xy([0.9, 2.0], [0.0, 0.0], crs=4326)
    >>> edge_distance_m(box, "school", points).round(0).tolist()
    [11132.0, nan]
    """
    require_wgs84(points)
    distances = np.full(len(points), np.nan)
    extents = [layer.extent for layer in _layers_of(layers, kind) if layer.extent is not None]
    if extents:
        together = shapely.union_all(extents)
        shapely.prepare(together)
        given = np.asarray(points.array, dtype=object)
        inside = np.flatnonzero(shapely.intersects(together, given) & ~_absent(points))
        if len(inside):
            lon, lat = lonlat(points)
            distances[inside] = _distance_to_edge(together, lon[inside], lat[inside])
    return pd.Series(distances, index=points.index, name=f"{kind}_edge_m")


def _layers_of(layers: Layer | Sequence[Layer], kind: str) -> list[Layer]:
    several = [layers] if isinstance(layers, Layer) else list(layers)
    return [layer for layer in several if kind in layer.kinds]


def _absent(points: gpd.GeoSeries) -> npt.NDArray[np.bool_]:
    return np.asarray(points.isna() | points.is_empty, dtype=bool)


def _distance_to_edge(extent: shapely.Geometry, lon: Floats, lat: Floats) -> Floats:
    from scipy.spatial import cKDTree

    edge = shapely.boundary(extent)
    step = max(_STEP_DEG, shapely.length(edge) / _MOST_VERTICES)
    lines = shapely.get_parts(shapely.segmentize(edge, step))
    vertices, line = shapely.get_coordinates(lines, return_index=True)
    tree = cKDTree(to_ecef(vertices[:, 0], vertices[:, 1]))
    size = min(_CANDIDATES, len(vertices))
    _, found = tree.query(to_ecef(lon, lat), k=size)
    found = found.reshape(len(lon), size)
    nearest = found[:, 0]
    result = geodesic_m(lon, lat, vertices[nearest, 0], vertices[nearest, 1])
    close = np.flatnonzero(result <= _NEAR_M)
    points = np.asarray(shapely.points(lon[close], lat[close]), dtype=object)
    # the nearest stretch of edge has an end among the nearest vertices; both its sides are tried
    for start in (found[close] - 1, found[close]):
        first = np.clip(start, 0, len(vertices) - 2)
        for column in range(size):
            ends = np.stack([first[:, column], first[:, column] + 1], axis=1)
            on_one_line = line[ends[:, 0]] == line[ends[:, 1]]
            stretches = np.asarray(shapely.linestrings(vertices[ends]), dtype=object)
            away = local_distance_m(points, stretches)
            result[close] = np.where(on_one_line, np.minimum(result[close], away), result[close])
    return result
