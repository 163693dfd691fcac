"""Columns of text as arrow arrays: constants, joins and look-ups over distinct values."""

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

__all__ = [
    "NOTHING",
    "TEXT",
    "join_texts",
    "repeat_text",
    "to_series",
    "to_texts",
    "translate_texts",
]

TEXT = pa.large_string()
NOTHING = pa.scalar(None, TEXT)

Texts = Any
"""An arrow array of large strings; pyarrow ships no types."""


def to_series(texts: Texts, index: pd.Index | None = None) -> pd.Series:
    """Give an arrow array as a pandas column of text."""
    return pd.Series(pd.array(texts, dtype="str"), index=index)


def to_texts(values: pd.Series) -> Texts:
    """Give a pandas column of text as one arrow array."""
    texts = pa.array(values, TEXT, from_pandas=True)
    return texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts


def repeat_text(text: str, size: int) -> Texts:
    """Give a column that is the same in every row."""
    return pa.repeat(pa.scalar(text, TEXT), size)


def join_texts(columns: Sequence[Texts], sep: str) -> Texts:
    """Join the cells of a row that hold something; null where none does.

    ``binary_join_element_wise(null_handling="skip")`` is no way to do this: with pyarrow 26 it
    drops the rows in which every cell is null.

    Examples
    --------
    >>> join_texts([pa.array(["a", None], TEXT), pa.array(["b", None], TEXT)], "-").to_pylist()
    ['a-b', None]
    """
    joined = columns[0]
    for column in columns[1:]:
        both = pc.binary_join_element_wise(joined, column, pa.scalar(sep, TEXT))
        joined = pc.coalesce(both, joined, column)
    return joined


def translate_texts(texts: Texts, translate: Callable[[str], str | None]) -> Texts:
    """Put each distinct text through a function; None becomes null.

    Examples
    --------
    >>> translate_texts(pa.array(["a", None, "a"], TEXT), str.upper).to_pylist()
    ['A', None, 'A']
    """
    codes, distinct = pd.factorize(to_series(texts))
    table = pa.array([*map(translate, distinct), None], TEXT)
    return table.take(pa.array(codes % len(table)))
