"""GeoJSON after RFC 7946, written a column at a time and streamed a block of rows at a time.

Longitude and latitude in WGS84 with 7 decimals (1 cm), rings by the right-hand rule, shapes cut
at the antimeridian, one ``bbox`` for the file, and no ``crs`` member. Rows without a geometry
are left out: the caller lists them elsewhere.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import shapely

from recallgeo.export.antimeridian import split_at_antimeridian
from recallgeo.export.json_text import arrow_text, join_text, json_numbers, json_values
from recallgeo.geodesy import require_wgs84

__all__ = ["DECIMALS", "bbox_of", "write_geojson"]

DECIMALS = 7
_BLOCK = 65_536
_POINT = 0


def write_geojson(
    frame: gpd.GeoDataFrame,
    path: Path,
    *,
    columns: Sequence[str] | None = None,
    members: Mapping[str, Any] | None = None,
) -> int:
    """Write a frame as a GeoJSON feature collection, in the frame's order.

    Parameters
    ----------
    frame : GeoDataFrame
        WGS84 longitude and latitude; the index is each feature's ``id`` and its first property.
    path : Path
        The file.
    columns : sequence of str, optional
        Properties in order; every column where missing.
    members : mapping, optional
        Further members of the collection, such as ``name`` and ``attribution``; plain data.

    Returns
    -------
    int
        Features written: the rows that have a geometry.

    Raises
    ------
    MissingCRSError, GeographicCRSError
        If the frame is not in WGS84.
    ExportError
        If a number is infinite.

    References
    ----------
    RFC 7946, *The GeoJSON Format* (2016).

    Examples
    --------
    >>> import tempfile
    >>> sites = gpd.GeoDataFrame(
    ...     {"tier": pd.array([1], dtype="Int64")},
    ...     geometry=gpd.points_from_xy([9.5], [47.1], crs=4326),
    ...     index=pd.Index(["s1"], name="site_id"),
    ... )
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_geojson(sites, Path(folder, "sites.geojson"))
    ...     json.loads(Path(folder, "sites.geojson").read_text())["features"][0]["properties"]
    1
    {'site_id': 's1', 'tier': 1}
    """
    require_wgs84(frame)
    geometry = np.asarray(frame.geometry.array, dtype=object)
    there = ~(shapely.is_missing(geometry) | shapely.is_empty(geometry))
    names = [name for name in (columns or frame.columns) if name != frame.geometry.name]
    table = pd.DataFrame(frame)[names].loc[there]
    shapes = _ready(geometry[there])
    with path.open("wb") as file:
        file.write(_head(shapes, members))
        for start in range(0, len(table), _BLOCK):
            block = slice(start, start + _BLOCK)
            _write_block(file, table.iloc[block], shapes[block], first=start == 0)
        file.write(b"\n]}\n")
    return len(table)


def bbox_of(shapes: npt.NDArray[Any]) -> list[float] | None:
    """Give the bounding box of shapes; west is above east where it crosses the antimeridian.

    Parameters
    ----------
    shapes : array of shapely geometries
        WGS84.

    Returns
    -------
    list of four floats, or None
        West, south, east, north; None for no shape.

    Examples
    --------
    >>> bbox_of(shapely.points([[179.0, -17.0], [-179.0, -18.0]]))
    [179.0, -18.0, -179.0, -17.0]
    """
    if not len(shapes):
        return None
    points = (shapely.get_type_id(shapes) == _POINT).all()
    west, south, east, north = shapely.bounds(shapes if points else shapely.get_parts(shapes)).T
    box = [west.min(), south.min(), east.max(), north.max()]
    if box[2] - box[0] > 180 and (west > 0).any() and (east < 0).any():  # noqa: PLR2004 - half a turn
        split = [west[west > 0].min(), box[1], east[west <= 0].max(), box[3]]
        if split[2] < 0 and 360 - split[0] + split[2] < 180:  # noqa: PLR2004 - half a turn
            box = split
    return [float(value) for value in box]


def _ready(geometry: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Round, cut at the antimeridian, and turn rings by the right-hand rule."""
    if (shapely.get_type_id(geometry) == _POINT).all():
        return geometry
    cut = split_at_antimeridian(geometry)
    return shapely.orient_polygons(shapely.transform(cut, lambda xy: np.round(xy, DECIMALS)))


def _head(shapes: npt.NDArray[Any], members: Mapping[str, Any] | None) -> bytes:
    box = bbox_of(shapes)
    head: dict[str, Any] = {"type": "FeatureCollection", **(members or {})}
    if box is not None:
        head["bbox"] = [round(value, DECIMALS) for value in box]
    text = json.dumps(head, ensure_ascii=False, allow_nan=False)
    return (text[:-1] + ', "features": [\n').encode()


def _write_block(
    file: BinaryIO, table: pd.DataFrame, shapes: npt.NDArray[Any], *, first: bool
) -> None:
    """Write one block: the Arrow column of features is the file's own bytes."""
    identity = json_values(table.index.to_series().astype("str"))
    key = str(table.index.name or "id")
    parts = [
        pa.scalar(',\n{"type":"Feature","id":'),
        identity,
        pa.scalar(f',"properties":{{"{key}":'),
    ]
    parts.append(identity)
    for name in table.columns:
        parts += [pa.scalar(f",{json.dumps(str(name))}:"), json_values(table[name])]
    parts += [pa.scalar('},"geometry":'), _geometry_text(shapes), pa.scalar("}")]
    features = join_text(parts)
    offsets = np.frombuffer(features.buffers()[1], dtype=np.int32)
    offsets = offsets[features.offset : features.offset + len(features) + 1]
    start = int(offsets[0]) + (2 if first else 0)
    file.write(memoryview(features.buffers()[2])[start : int(offsets[-1])])


def _geometry_text(shapes: npt.NDArray[Any]) -> Any:  # noqa: ANN401 - pyarrow has no types
    if not (shapely.get_type_id(shapes) == _POINT).all():
        return arrow_text(pd.Series(shapely.to_geojson(shapes), dtype="str"))
    longitude = json_numbers(np.round(shapely.get_x(shapes), DECIMALS) + 0.0, "longitude")
    latitude = json_numbers(np.round(shapely.get_y(shapes), DECIMALS) + 0.0, "latitude")
    head, comma, tail = (
        pa.scalar('{"type":"Point","coordinates":['),
        pa.scalar(","),
        pa.scalar("]}"),
    )
    return join_text([head, longitude, comma, latitude, tail])
