"""Columns of text as distinct values and codes, written one way for comparison.

Letter case, outer spaces and the width of East Asian characters never count; look-alike
characters are never folded. Work is done on distinct values, in Arrow and numpy.
"""

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

__all__ = ["Coded", "Texts", "byte_rows", "encode_texts", "normalise_text", "normalise_texts"]

Texts: TypeAlias = Any
"""A ``pyarrow.Array`` of type ``large_string`` (pyarrow ships no types)."""


def normalise_texts(values: Texts) -> Texts:
    r"""Write texts for comparison: compatibility form, no outer spaces, capitals.

    Parameters
    ----------
    values : pyarrow.Array of large_string
        Texts; may hold nulls.

    Returns
    -------
    pyarrow.Array of large_string
        Null where a text is null or blank.

    Examples
    --------
    >>> texts = pa.array([" ab1 ", "\uff21\uff22\uff11", " ", None], pa.large_string())
    >>> normalise_texts(texts).to_pylist()
    ['AB1', 'AB1', None, None]
    """
    if pc.all(pc.string_is_ascii(values)).as_py() in {True, None}:
        texts = pc.ascii_upper(pc.ascii_trim_whitespace(values))
    else:
        texts = pc.utf8_normalize(values, form="NFKC")
        texts = pc.utf8_upper(pc.utf8_trim_whitespace(texts))
    return pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.large_string()), texts)


def normalise_text(text: str) -> str:
    """Write one text for comparison, as `normalise_texts` does.

    Parameters
    ----------
    text : str
        A text.

    Examples
    --------
    >>> normalise_text(" back-UPS ")
    'BACK-UPS'
    """
    if text.isascii():
        return text.strip(" \t\n\r\v\f").upper()
    return normalise_texts(pa.array([text], pa.large_string()))[0].as_py() or ""


@dataclass(frozen=True, slots=True)
class Coded:
    """A column as codes into distinct values.

    Parameters
    ----------
    codes : array of int32
        Place of each row's value; -1 where it is missing.
    distinct : pyarrow.Array of large_string
        Distinct values, none of them null. An empty text is a value that fits nothing: a part
        that the whole is too short to have.
    """

    codes: NDArray[np.int32]
    distinct: Texts

    def recode(self, values: Texts) -> "Coded":
        """Give the column with each distinct value replaced, equal ones joined.

        Parameters
        ----------
        values : pyarrow.Array of large_string
            One for each of `distinct`; null makes the rows missing.
        """
        coded = pc.dictionary_encode(values)
        places = np.append(_filled_codes(coded.indices), np.int32(-1))
        return Coded(places[self.codes], coded.dictionary)


def encode_texts(column: pd.Series | Texts, *, normalise: bool = True) -> Coded:
    """Encode a column of texts as distinct values and codes.

    Parameters
    ----------
    column : Series of str, or pyarrow.Array
        Texts as they stand; missing ones stay missing.
    normalise : bool, default True
        Whether values are written for comparison, equal ones joined.

    Returns
    -------
    Coded
        In the order of the column.

    Examples
    --------
    >>> coded = encode_texts(pd.Series(["a1", "B2", "A1 ", None]))
    >>> coded.codes.tolist(), coded.distinct.to_pylist()
    ([0, 1, 0, -1], ['A1', 'B2'])
    """
    values = pa.array(column, from_pandas=True)
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    coded = pc.dictionary_encode(values.cast(pa.large_string()))
    raw = Coded(_filled_codes(coded.indices), coded.dictionary)
    return raw.recode(normalise_texts(raw.distinct)) if normalise else raw


def _filled_codes(indices: Any) -> NDArray[np.int32]:  # noqa: ANN401  # a pyarrow array
    filled: NDArray[np.int32] = pc.fill_null(indices, -1).to_numpy(zero_copy_only=False)
    return filled.astype(np.int32, copy=False)


def byte_rows(values: Texts, rows: NDArray[np.intp], width: int) -> NDArray[np.uint8]:
    """Give the bytes of texts of one width as a matrix, one row a text.

    Parameters
    ----------
    values : pyarrow.Array of large_string
        Texts without nulls.
    rows : array of int
        Places of the texts wanted, each `width` bytes long.
    width : int
        Bytes of each.
    """
    _, offsets_buffer, data_buffer = values.buffers()
    offsets = np.frombuffer(offsets_buffer, np.int64)[values.offset :]
    data = np.frombuffer(data_buffer, np.uint8)
    starts = offsets[rows]
    contiguous = len(rows) > 0 and starts[-1] - starts[0] == width * (len(rows) - 1)
    if contiguous and bool((np.diff(rows) == 1).all()):
        block = data[starts[0] : starts[0] + width * len(rows)]
        return block.reshape(len(rows), width)
    gathered: NDArray[np.uint8] = data[starts[:, None] + np.arange(width)]
    return gathered
