"""Columns as JSON text, a whole column at a time.

Arrow joins and casts do the work; Python touches only the few texts that need escaping.
"""

import re
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pandas.api import types

from recallgeo.errors import ExportError
from recallgeo.schema import join_list

__all__ = ["arrow_text", "join_text", "json_numbers", "json_values"]

_CONTROL = r"[\x00-\x1f\x7f]"
_NULL = "null"


def json_values(values: pd.Series) -> Any:  # noqa: ANN401 - pyarrow has no types
    r"""Give a column as JSON text, ``null`` where a value is missing.

    Parameters
    ----------
    values : Series
        Text, numbers, booleans or times; lists become text joined by ``"; "``.

    Returns
    -------
    pyarrow.StringArray
        One JSON value a row.

    Raises
    ------
    ExportError
        If a number is infinite.

    Examples
    --------
    >>> json_values(pd.Series(['say "hi"', None])).to_pylist()
    ['"say \\"hi\\""', 'null']
    >>> json_values(pd.Series([1.5, float("nan")])).to_pylist()
    ['1.5', 'null']
    """
    if types.is_bool_dtype(values.dtype):
        texts = pc.cast(pa.array(values.astype("boolean"), from_pandas=True), pa.string())
        return pc.fill_null(texts, _NULL)
    if types.is_integer_dtype(values.dtype):
        texts = pc.cast(pa.array(values.astype("Int64"), from_pandas=True), pa.string())
        return pc.fill_null(texts, _NULL)
    if types.is_float_dtype(values.dtype):
        return json_numbers(values.to_numpy(np.float64, na_value=np.nan), str(values.name))
    return _quoted(arrow_text(values))


def json_numbers(values: np.ndarray, name: str) -> Any:  # noqa: ANN401 - pyarrow has no types
    """Give numbers as JSON text in the shortest form that reads back the same.

    Parameters
    ----------
    values : float64 array
        NaN is missing.
    name : str
        What to call the column in an error.
    """
    if np.isinf(values).any():
        message = (
            f"column {name!r} holds {int(np.isinf(values).sum())} infinite values, which JSON "
            "cannot say; unknown is missing (NaN)"
        )
        raise ExportError(message)
    return pc.fill_null(pc.cast(pa.array(values, from_pandas=True), pa.string()), _NULL)


def arrow_text(values: pd.Series) -> Any:  # noqa: ANN401 - pyarrow has no types
    """Give a column as Arrow text: times as ISO 8601, lists joined, half characters replaced."""
    if types.is_datetime64_any_dtype(values.dtype):
        return pa.array(_iso_times(values), from_pandas=True, type=pa.string())
    if values.dtype == object or isinstance(values.dtype, pd.CategoricalDtype):
        values = values.map(_as_text, na_action="ignore")
    try:
        texts = pa.array(values, from_pandas=True, type=pa.string())
    except UnicodeEncodeError:
        whole = values.map(_whole_characters, na_action="ignore")
        texts = pa.array(whole, from_pandas=True, type=pa.string())
    return texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts


def join_text(parts: list[Any]) -> Any:  # noqa: ANN401 - pyarrow has no types
    """Join texts row by row; a plain string stands for itself in every row."""
    return pc.binary_join_element_wise(*parts, pa.scalar(""))


def _quoted(texts: Any) -> Any:  # noqa: ANN401 - pyarrow has no types
    """Quote texts; only those with a control character pass through Python."""
    texts = pc.replace_substring(texts, "\\", "\\\\")
    texts = pc.replace_substring(texts, '"', '\\"')
    odd = pc.fill_null(pc.match_substring_regex(texts, _CONTROL), False)  # noqa: FBT003 - Arrow's signature
    if pc.any(odd).as_py():
        bare = [_escape_controls(text) for text in texts.filter(odd).to_pylist()]
        texts = pc.replace_with_mask(texts, odd, pa.array(bare, pa.string()))
    return pc.fill_null(join_text([pa.scalar('"'), texts, pa.scalar('"')]), _NULL)


def _escape_controls(text: str) -> str:
    return re.sub(_CONTROL, lambda found: f"\\u{ord(found[0]):04x}", text)


def _iso_times(values: pd.Series) -> pd.Series:
    zoned = isinstance(values.dtype, pd.DatetimeTZDtype)
    times = values.dt.tz_convert("UTC") if zoned else values
    return pd.Series(times.dt.strftime("%Y-%m-%dT%H:%M:%SZ" if zoned else "%Y-%m-%dT%H:%M:%S"))


def _as_text(value: object) -> str | None:
    if isinstance(value, (list, tuple, set, frozenset)):
        return join_list(sorted(value) if isinstance(value, (set, frozenset)) else value)
    return str(value)


def _whole_characters(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
