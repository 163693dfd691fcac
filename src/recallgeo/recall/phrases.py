"""Words for many units at once: join, choose and place columns of text."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from recallgeo.recall.texts import Texts

__all__ = ["absent_texts", "as_objects", "choose_texts", "join_texts", "repeat_text", "texts_from"]


def texts_from(words: Sequence[str | None] | NDArray[np.object_]) -> Texts:
    """Give words as a column of text; None is null."""
    return pa.array(words, pa.large_string())


def repeat_text(text: str, size: int) -> Texts:
    """Give one text many times."""
    return pa.repeat(pa.scalar(text, pa.large_string()), size)


def absent_texts(size: int) -> Texts:
    """Give many nulls."""
    return pa.nulls(size, pa.large_string())


def join_texts(columns: Sequence[Texts], separator: str = "", *, skip: bool = True) -> Texts:
    """Join columns element by element.

    Parameters
    ----------
    columns : sequence of pyarrow.Array of large_string
        Of one length.
    separator : str
        Between two texts.
    skip : bool, default True
        Whether a null is left out, its separator with it (all null: an empty text); else it
        makes the whole null.

    Examples
    --------
    >>> join_texts([texts_from(["a", None]), texts_from(["b", "c"])], "-").to_pylist()
    ['a-b', 'c']
    >>> join_texts([texts_from([None]), texts_from([None])], "-").to_pylist()
    ['']
    """
    between = pa.scalar(separator, pa.large_string())
    if not skip or not any(column.null_count for column in columns):
        return pc.binary_join_element_wise(*columns, between, null_handling="emit_null")
    # Arrow's own null_handling="skip" drops the rows whose elements are all null (pyarrow 26).
    joined = columns[0]
    for column in columns[1:]:
        both = pc.binary_join_element_wise(joined, column, between, null_handling="emit_null")
        joined = pc.coalesce(both, joined, column)
    return pc.fill_null(joined, "")


def choose_texts(mask: NDArray[np.bool_], these: Texts | str, those: Texts | str | None) -> Texts:
    """Give one text where the mask is true and the other elsewhere."""
    yes, no = (
        pa.scalar(words, pa.large_string()) if isinstance(words, str | None) else words
        for words in (these, those)
    )
    return pc.if_else(pa.array(mask), yes, no)


def as_objects(texts: Texts) -> NDArray[np.object_]:
    """Give a column of text as Python objects; null is None."""
    found: NDArray[np.object_] = texts.to_numpy(zero_copy_only=False)
    return found
