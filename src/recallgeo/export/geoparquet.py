"""GeoParquet 1.1 with a covering of bounding boxes, and plain Parquet, in the same bytes each time.

Points become WKB in one numpy record array. Row groups are of fixed length, nothing in the file
depends on the clock or on the number of threads. Each field carries its meaning and unit.
"""

import json
from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyproj
import shapely

from recallgeo.geodesy import require_wgs84
from recallgeo.schema import FrameSchema

__all__ = ["ROW_GROUP", "typed_columns", "write_geoparquet", "write_parquet"]

ROW_GROUP = 65_536
_LEVEL = 3
_POINT = 0
_WKB_POINT = np.dtype([("order", "u1"), ("kind", "<u4"), ("x", "<f8"), ("y", "<f8")])


def write_parquet(frame: pd.DataFrame, path: Path, *, schema: FrameSchema | None = None) -> None:
    """Write a table as Parquet; pandas reads back its index and dtypes.

    Parameters
    ----------
    frame : DataFrame
        Without geometry; not altered.
    path : Path
        The file.
    schema : FrameSchema, optional
        Contract that gives the fields their meaning and unit.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_parquet(pd.DataFrame({"units": [3]}), Path(folder, "t.parquet"))
    ...     pd.read_parquet(Path(folder, "t.parquet"))["units"].tolist()
    [3]
    """
    table = _described(pa.Table.from_pandas(typed_columns(frame), preserve_index=True), schema)
    _write(table, path, distinct={str(frame.index.name)})


def write_geoparquet(
    frame: gpd.GeoDataFrame, path: Path, *, schema: FrameSchema | None = None
) -> None:
    """Write a frame as GeoParquet 1.1 with a ``bbox`` covering, in the frame's order.

    Parameters
    ----------
    frame : GeoDataFrame
        WGS84 longitude and latitude; a missing geometry is null.
    path : Path
        The file.
    schema : FrameSchema, optional
        Contract that gives the fields their meaning and unit.

    Raises
    ------
    MissingCRSError, GeographicCRSError
        If the frame is not in WGS84.

    References
    ----------
    OGC GeoParquet 1.1.0.

    Examples
    --------
    >>> import tempfile
    >>> place = gpd.GeoDataFrame(geometry=gpd.points_from_xy([9.5], [47.1], crs=4326))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_geoparquet(place, Path(folder, "t.parquet"))
    ...     gpd.read_parquet(Path(folder, "t.parquet")).geometry[0].wkt
    'POINT (9.5 47.1)'
    """
    require_wgs84(frame)
    name = str(frame.geometry.name)
    geometry = np.asarray(frame.geometry.array, dtype=object)
    rest = typed_columns(pd.DataFrame(frame.drop(columns=name)))
    table = _described(pa.Table.from_pandas(rest, preserve_index=True), schema)
    place = len(rest.columns)
    table = table.add_column(place, name, _wkb(geometry))
    table = table.add_column(place + 1, "bbox", _boxes(geometry))
    metadata = {**(table.schema.metadata or {}), b"geo": _geo_metadata(name, geometry)}
    whole = table.replace_schema_metadata(metadata)
    _write(whole, path, distinct={str(frame.index.name), name, "bbox"})


def typed_columns(frame: pd.DataFrame) -> pd.DataFrame:
    """Turn columns of no one type, such as a user's own, into text; missing stays missing."""
    odd = [name for name in frame.columns if frame[name].dtype == object]
    return frame.astype(dict.fromkeys(odd, "str")) if odd else frame


def _write(table: pa.Table, path: Path, *, distinct: Collection[str]) -> None:
    """Write row groups of fixed length; columns of distinct values get no dictionary."""
    pq.write_table(
        table,
        path,
        row_group_size=ROW_GROUP,
        compression="zstd",
        compression_level=_LEVEL,
        use_dictionary=[name for name in table.column_names if name not in distinct],
    )


def _described(table: pa.Table, schema: FrameSchema | None) -> pa.Table:
    """Put each column's meaning and unit into its field."""
    if schema is None:
        return table
    fields = []
    for field in table.schema:
        column = schema.column(field.name)
        words = {"description": column.doc, "unit": column.unit} if column else {}
        fields.append(field.with_metadata({key: word for key, word in words.items() if word}))
    return table.cast(pa.schema(fields, metadata=table.schema.metadata))


def _wkb(geometry: npt.NDArray[Any]) -> Any:  # noqa: ANN401 - pyarrow has no types
    """Give well-known binary: one record array where all are points."""
    there = ~shapely.is_missing(geometry)
    plain = shapely.get_type_id(geometry[there]) == _POINT
    if not plain.all() or shapely.has_z(geometry[there]).any():
        return pa.array(shapely.to_wkb(geometry, flavor="iso"), pa.binary(), from_pandas=True)
    records = np.empty(int(there.sum()), dtype=_WKB_POINT)
    records["order"], records["kind"] = 1, 1
    records["x"], records["y"] = shapely.get_x(geometry[there]), shapely.get_y(geometry[there])
    offsets = np.zeros(len(geometry) + 1, dtype=np.int32)
    np.cumsum(there * _WKB_POINT.itemsize, out=offsets[1:])
    missing = None if there.all() else pa.py_buffer(np.packbits(there, bitorder="little"))
    buffers = [missing, pa.py_buffer(offsets), pa.py_buffer(records.tobytes())]
    return pa.Array.from_buffers(pa.binary(), len(geometry), buffers)


def _boxes(geometry: npt.NDArray[Any]) -> Any:  # noqa: ANN401 - pyarrow has no types
    sides = shapely.bounds(geometry).T
    missing = pa.array(np.isnan(sides[0]))
    parts = [pa.array(side, from_pandas=True) for side in sides]
    names = ["xmin", "ymin", "xmax", "ymax"]
    return pa.StructArray.from_arrays(parts, names=names, mask=missing)


def _geo_metadata(name: str, geometry: npt.NDArray[Any]) -> bytes:
    there = geometry[~shapely.is_missing(geometry)]
    kinds = sorted({_KINDS[int(kind)] for kind in np.unique(shapely.get_type_id(there))})
    column: dict[str, Any] = {
        "encoding": "WKB",
        "geometry_types": kinds,
        "crs": _crs_json(),
        "covering": {
            "bbox": {side: ["bbox", side] for side in ("xmin", "ymin", "xmax", "ymax")},
        },
    }
    filled = there[~shapely.is_empty(there)]
    if len(filled):
        column["bbox"] = [float(side) for side in shapely.total_bounds(filled)]
    data = {"version": "1.1.0", "primary_column": name, "columns": {name: column}}
    return json.dumps(data).encode()


_KINDS = {
    0: "Point",
    1: "LineString",
    2: "LinearRing",
    3: "Polygon",
    4: "MultiPoint",
    5: "MultiLineString",
    6: "MultiPolygon",
    7: "GeometryCollection",
}


@cache
def _crs_json() -> dict[str, Any]:
    return pyproj.CRS.from_epsg(4326).to_json_dict()
