"""Any vector file or table of points as features in WGS84, with what was changed and dropped."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from recallgeo._crs import wgs84_error
from recallgeo.errors import (
    ConfigError,
    GeographicCRSError,
    MissingCRSError,
    SourceFormatError,
    SourceUnavailableError,
    nearest_name,
)

__all__ = ["TABLE_SUFFIXES", "VECTOR_SUFFIXES", "Features", "read_features"]

TABLE_SUFFIXES = (".csv", ".tsv", ".txt")
VECTOR_SUFFIXES = (
    *(".fgb", ".geojson", ".geoparquet", ".gml", ".gpkg", ".json", ".kml", ".parquet"),
    *(".shp", ".shp.zip"),
)
_PARQUET = (".parquet", ".geoparquet")
_COORDINATES = (
    ("longitude", "latitude"),
    ("lon", "lat"),
    ("lng", "lat"),
    ("long", "lat"),
    ("x", "y"),
)
_DELIMITERS = (",", ";", "\t", "|")
_MOST_WILD = 0.5
_MOST_LON, _MOST_LAT = 180.0, 90.0


@dataclass(frozen=True, slots=True)
class Features:
    """Features of a file under its own column names.

    Parameters
    ----------
    frame : GeoDataFrame
        WGS84; tables have every column as text.
    columns : dict of str to str
        Where the coordinates were read from, for tables.
    dropped : Counter
        Rows that are no features, by cause.
    notes : Counter
        ``converted_crs`` with the number of features that were in another CRS.
    crs : str
        CRS of the file.
    """

    frame: gpd.GeoDataFrame
    columns: dict[str, str] = field(default_factory=dict)
    dropped: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)
    crs: str = "EPSG:4326"


def read_features(
    path: str | PathLike[str],
    *,
    layer: str | None = None,
    longitude: str | None = None,
    latitude: str | None = None,
) -> Features:
    """Read the features of a vector file, or the points of a delimited table.

    Parameters
    ----------
    path : path
        GeoPackage, GeoJSON, Shapefile, FlatGeobuf, GML, KML, GeoParquet; or CSV, TSV, text with a
        delimiter, UTF-8, with columns of longitude and latitude in degrees.
    layer : str, optional
        Layer of a file that has several.
    longitude, latitude : str, optional
        Columns of a table; else ``longitude, latitude``, ``lon, lat``, ``lng, lat``, ``long, lat``
        or ``x, y`` in any letter case, in this order.

    Returns
    -------
    Features
        In the order of the file.

    Raises
    ------
    SourceUnavailableError
        If there is no such file.
    SourceFormatError
        If it cannot be read as what its name says.
    MissingCRSError
        If the file states no CRS and its format has none by standard.
    GeographicCRSError
        If coordinates that must be degrees are plainly none.
    ConfigError
        If the layer or a column does not exist.
    """
    path = Path(path)
    suffix = "".join(path.suffixes[-2:]).casefold()
    suffix = suffix if suffix in VECTOR_SUFFIXES else path.suffix.casefold()
    if not path.exists():
        message = f"{path.name}: no such file; expected a vector file or a table of points"
        raise SourceUnavailableError(message)
    if suffix in TABLE_SUFFIXES:
        table, dropped = _read_table(path)
        return _points_of(table, path.name, dropped, (longitude, latitude))
    if suffix not in VECTOR_SUFFIXES:
        known = ", ".join((*VECTOR_SUFFIXES, *TABLE_SUFFIXES, ".osm.pbf"))
        message = f"{path.name}: files of this kind are not read; expected one of {known}"
        raise SourceFormatError(message)
    if suffix not in _PARQUET:
        return _in_wgs84(_read_vector(path, layer), path)
    frame = _read_parquet(path)
    if isinstance(frame, gpd.GeoDataFrame):
        return _in_wgs84(frame, path)
    return _points_of(frame, path.name, Counter(), (longitude, latitude))


def _read_vector(path: Path, layer: str | None) -> gpd.GeoDataFrame:
    import pyogrio

    with _typed_errors(path):
        layers = pyogrio.list_layers(path)
    name = _layer_name(path, layer, [str(name) for name, shape in layers if shape is not None])
    with _typed_errors(path):
        # one bad shape is a feature without a shape, never a layer that cannot be read
        frame = pyogrio.read_dataframe(path, layer=name, on_invalid="fix")
    if isinstance(frame, gpd.GeoDataFrame):
        return frame
    crs = "EPSG:4326" if path.suffix.casefold() in {".geojson", ".json"} else None
    nowhere = gpd.GeoSeries(np.full(len(frame), None, dtype=object), index=frame.index, crs=crs)
    return gpd.GeoDataFrame(frame, geometry=nowhere)


@contextmanager
def _typed_errors(path: Path) -> Iterator[None]:
    """Turn what GDAL raises into an error that names the file."""
    import pyogrio

    try:
        yield
    except (pyogrio.errors.DataSourceError, pyogrio.errors.FeatureError, ValueError) as error:
        message = f"{path.name} cannot be read: {error}"
        raise SourceFormatError(message) from error


def _layer_name(path: Path, layer: str | None, names: list[str]) -> str | None:
    if layer is None and len(names) > 1:
        message = f"{path.name} has {len(names)} layers; give layer= one of {', '.join(names)}"
        raise ConfigError(message)
    if layer is not None and layer not in names:
        message = f"{path.name} has no layer {layer!r}; {nearest_name(layer, names)}"
        raise ConfigError(message)
    return layer if layer is not None else (names[0] if names else None)


def _read_parquet(path: Path) -> pd.DataFrame:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        if b"geo" in (pq.read_schema(path).metadata or {}):
            return gpd.read_parquet(path)
        return pd.read_parquet(path)
    except (pa.ArrowInvalid, ValueError, OSError) as error:
        message = f"{path.name} cannot be read as Parquet: {error}"
        raise SourceFormatError(message) from error


def _in_wgs84(frame: gpd.GeoDataFrame, path: Path) -> Features:
    """Bring features to WGS84, and refuse those that state no CRS or a wrong one."""
    crs = frame.crs
    if crs is None:
        message = f"{path.name} states no CRS; add the one it was surveyed in (ogr2ogr -a_srs)"
        raise MissingCRSError(message)
    frame = frame.set_geometry(frame.geometry.rename("geometry"))
    frame = frame.reset_index(drop=frame.index.name is None)
    notes: Counter[str] = Counter()
    if wgs84_error(frame) is not None:
        frame = frame.to_crs(4326)
        notes["converted_crs"] = len(frame)
    else:
        frame = frame.set_crs(4326, allow_override=True)
        _require_degrees(frame.geometry, path.name, crs.to_string())
    return Features(frame, notes=notes, crs=crs.to_string())


def _require_degrees(shapes: gpd.GeoSeries, name: str, crs: str) -> None:
    bounds = shapely.bounds(np.asarray(shapes.array, dtype=object))
    bounds = bounds[np.isfinite(bounds).all(axis=1)]
    wild = (np.abs(bounds[:, [0, 2]]) > 2 * _MOST_LON) | (np.abs(bounds[:, [1, 3]]) > _MOST_LAT)
    rows = np.asarray(wild.any(axis=1))
    if rows.size and rows.mean() > _MOST_WILD:
        x, y = bounds[rows][0, :2]
        message = (
            f"{name}: coordinates such as ({x:.1f}, {y:.1f}) are no degrees, yet the CRS is {crs} "
            "(for GeoJSON that is the standard); state the CRS they are in, or export as EPSG:4326"
        )
        raise GeographicCRSError(message)


def _read_table(path: Path) -> tuple[pd.DataFrame, Counter[str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"{path.name} is not UTF-8 (byte {error.start}); save it as UTF-8"
        raise SourceFormatError(message) from error
    delimiter = max(_DELIMITERS, key=text.partition("\n")[0].count)
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    if not rows:
        message = f"{path.name} is empty; expected a header and rows"
        raise SourceFormatError(message)
    header = [cell.strip() for cell in rows[0]]
    width = len(header)
    dropped = Counter(
        {"too_many_cells": sum(len(row) > width and any(row[width:]) for row in rows[1:])}
    )
    cells = [
        (row + [""] * (width - len(row)))[:width]
        for row in rows[1:]
        if any(row) and not any(row[width:])
    ]
    table = pd.DataFrame(cells, columns=_once(header), dtype="str")
    return table, +dropped


def _once(header: list[str]) -> list[str]:
    """Give headers that occur twice a number: ``name``, ``name#2``."""
    seen: Counter[str] = Counter()
    names = []
    for name in header:
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return names


def _points_of(
    table: pd.DataFrame, name: str, dropped: Counter[str], given: tuple[str | None, str | None]
) -> Features:
    """Turn columns of degrees into points; a cell that is no number gives no geometry."""
    lon_name, lat_name = _coordinate_columns(list(table.columns), name, given)
    lon, lat = (_degrees(table[column]) for column in (lon_name, lat_name))
    known = lon.notna() & lat.notna()
    wild = known & ((lon.abs() > 2 * _MOST_LON) | (lat.abs() > _MOST_LAT))
    if known.any() and wild.sum() > _MOST_WILD * known.sum():
        x, y = float(lon[wild].iloc[0]), float(lat[wild].iloc[0])
        swapped = " or are they swapped" if (lon.abs() <= _MOST_LAT).all() else ""
        message = (
            f"{name}: {lon_name} {x:.4f} and {lat_name} {y:.4f} are no degrees"
            f"{swapped}; name the columns of degrees: "
            "columns = {longitude = '...', latitude = '...'}"
        )
        raise GeographicCRSError(message)
    points = np.full(len(table), None, dtype=object)
    points[known] = shapely.points(lon[known], lat[known])
    frame = gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(points, index=table.index, crs=4326))
    columns = {"longitude": lon_name, "latitude": lat_name}
    return Features(frame, columns=columns, dropped=dropped)


def _coordinate_columns(
    names: list[str], source: str, given: tuple[str | None, str | None]
) -> tuple[str, str]:
    wrong = [column for column in given if column is not None and column not in names]
    if wrong:
        message = f"{source} has no column {wrong[0]!r}; {nearest_name(wrong[0], names)}"
        raise ConfigError(message)
    if given[0] is not None and given[1] is not None:
        return given[0], given[1]
    by_case: dict[str, str] = {}
    for column in names:
        by_case.setdefault(column.casefold(), column)
    for lon_name, lat_name in _COORDINATES:
        if lon_name in by_case and lat_name in by_case:
            return given[0] or by_case[lon_name], given[1] or by_case[lat_name]
    message = (
        f"{source} has no columns of longitude and latitude (it has {', '.join(names[:12])}); "
        "name them: columns = {longitude = '...', latitude = '...'}"
    )
    raise ConfigError(message)


def _degrees(values: pd.Series) -> pd.Series:
    if pd.api.types.is_numeric_dtype(values.dtype):
        return values.astype("float64")
    texts = values.astype("str").str.strip().str.replace(",", ".", regex=False)
    return pd.to_numeric(texts, errors="coerce").astype("float64")
