"""Parquet, vector files and frames in memory as text cells."""

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from recallgeo.errors import MissingCRSError, SourceFormatError
from recallgeo.schema import WGS84

__all__ = ["frame_to_cells", "parquet_to_cells", "vector_to_cells"]

_TEXT = pa.large_string()
_WHOLE_FLOATS = 2**53
_GEOMETRY = "geometry"


def parquet_to_cells(path: Path) -> pd.DataFrame:
    """Read a Parquet file as text cells; the geometry of a GeoParquet gives the coordinates.

    Raises
    ------
    SourceFormatError
        If it is no Parquet file.
    """
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
    except (pa.ArrowInvalid, OSError) as error:
        message = f"{path.name} is no Parquet file: {error}"
        raise SourceFormatError(message) from error
    if b"geo" in (table.schema.metadata or {}):
        return _checked(frame_to_cells(gpd.read_parquet(path)), path)
    return _checked(frame_to_cells(table), path)


def vector_to_cells(path: Path, *, layer: str | None = None) -> pd.DataFrame:
    """Read a layer of a vector file as text cells; its geometry gives the coordinates.

    Parameters
    ----------
    path : Path
        Any vector file that GDAL reads.
    layer : str, optional
        Name of the layer; the first where missing.

    Raises
    ------
    SourceFormatError
        If it cannot be read or has no such layer.
    MissingCRSError
        If its geometries have no CRS.
    """
    import pyogrio

    try:
        # one bad shape is a row without a point, never a register that cannot be read
        frame = pyogrio.read_dataframe(path, layer=layer, use_arrow=True, on_invalid="fix")
    except (
        *(pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError),
        *(pyogrio.errors.FeatureError, pa.ArrowException, ValueError),
    ) as error:
        message = f"{path.name} cannot be read as a vector file: {error}"
        raise SourceFormatError(message) from error
    return _checked(frame_to_cells(frame), path)


def _checked(cells: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Refuse cells whose bytes are no text; neither GDAL nor Parquet looks at them."""
    try:
        pa.Table.from_pandas(cells).validate(full=True)
    except pa.ArrowInvalid as error:
        message = f"{path.name} holds text that is not UTF-8 ({error}); write it as UTF-8"
        raise SourceFormatError(message) from error
    return cells


def frame_to_cells(frame: pd.DataFrame | pa.Table) -> pd.DataFrame:
    """Write the cells of a table in memory as text.

    Whole numbers that are held as floats lose their ``.0``, instants are ISO text, and the
    geometry becomes ``longitude`` and ``latitude`` (of a point inside, where it is an area).

    Parameters
    ----------
    frame : DataFrame, GeoDataFrame or pyarrow Table
        Not altered; a named index is a column.

    Returns
    -------
    DataFrame of str
        The index ``source_row`` counts from 1.

    Examples
    --------
    >>> frame_to_cells(pd.DataFrame({"n": [1.0, None], "s": ["007", "8"]})).to_numpy().tolist()
    [['1', '007'], [nan, '8']]
    """
    if isinstance(frame, pa.Table):
        columns = dict(zip(frame.column_names, frame.columns, strict=True))
        size = frame.num_rows
    else:
        plain = (
            frame.reset_index() if any(name is not None for name in frame.index.names) else frame
        )
        if isinstance(plain, gpd.GeoDataFrame):
            plain = _coordinates_of(plain)
        columns = {str(name): _arrow_column(plain[name]) for name in plain.columns}
        size = len(plain)
    cells = {name: pd.array(_column_text(values), dtype="str") for name, values in columns.items()}
    return pd.DataFrame(cells, index=pd.RangeIndex(1, size + 1, name="source_row"))


def _coordinates_of(frame: gpd.GeoDataFrame) -> pd.DataFrame:
    if frame.crs is None:
        message = "the table's geometries have no CRS; state it with set_crs before reading"
        raise MissingCRSError(message)
    points = frame.geometry.to_crs(WGS84).representative_point()
    plain = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    for name, values in (("longitude", points.x), ("latitude", points.y)):
        taken = name if name not in plain.columns else f"{_GEOMETRY}_{name}"
        plain[taken] = values.to_numpy()
    return plain


def _arrow_column(values: pd.Series) -> Any:  # noqa: ANN401  # pyarrow has no types
    try:
        return pa.array(values, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        texts = [None if pd.isna(value) else str(value) for value in values]
        return pa.array(texts, _TEXT)


def _column_text(values: Any) -> Any:  # noqa: ANN401  # pyarrow has no types
    array = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    kind = array.type
    if pa.types.is_dictionary(kind):
        return _column_text(array.dictionary_decode())
    if pa.types.is_floating(kind):
        return _float_text(array)
    if pa.types.is_timestamp(kind):
        return _instant_text(array)
    try:
        return array.cast(_TEXT)
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
        texts = [None if value is None else str(value) for value in array.to_pylist()]
        return pa.array(texts, _TEXT)


def _float_text(array: Any) -> Any:  # noqa: ANN401  # pyarrow has no types
    numbers = array.to_numpy(zero_copy_only=False).astype("float64")
    known = ~np.isnan(numbers)
    whole = known & (np.abs(numbers) < _WHOLE_FLOATS) & (np.mod(numbers, 1) == 0)
    integers = pa.array(np.where(whole, numbers, 0).astype("int64")).cast(_TEXT)
    texts = pc.if_else(pa.array(whole), integers, array.cast(_TEXT))
    return pc.if_else(pa.array(known), texts, pa.scalar(None, _TEXT))


def _instant_text(array: Any) -> Any:  # noqa: ANN401  # pyarrow has no types
    texts = pc.strftime(
        array.cast(pa.timestamp("s", array.type.tz), safe=False), "%Y-%m-%dT%H:%M:%S"
    )
    texts = texts.cast(_TEXT)
    midnight = pc.replace_substring_regex(texts, "T00:00:00$", "")
    only_days = pc.all(pc.ends_with(texts, "T00:00:00"), min_count=0).as_py()
    return midnight if only_days else texts
