"""List columns of groups: each distinct value once, in order, without a loop over rows."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from recallgeo.schema import LIST_SEPARATOR

__all__ = ["join_distinct"]

Ints = npt.NDArray[np.int64]
Texts = npt.NDArray[np.object_]


def join_distinct(group: pd.Series, *columns: pd.Series) -> pd.Series:
    """Give the distinct values of each group as the text of a list column.

    Parameters
    ----------
    group : Series of text or int
        Group of each row, none missing.
    *columns : Series of text
        Lists or single values on the index of `group`.

    Returns
    -------
    Series of text
        On the groups, in their order; values sorted. Groups without a value are left out.

    Examples
    --------
    >>> group = pd.Series(["s", "s", "t"])
    >>> join_distinct(group, pd.Series(["b; a", "a", None])).to_dict()
    {'s': 'a; b'}
    """
    number, groups = pd.factorize(group, sort=True)
    row, item, items = _items(columns)
    if not len(row):
        return pd.Series(index=groups[:0], dtype="str")
    # numbers in place of texts: one sorted array holds each pair of group and value once
    pairs = np.unique(number[row].astype(np.int64) * len(items) + item)
    owner, item = np.divmod(pairs, len(items))
    start = np.flatnonzero(np.diff(owner, prepend=-1))
    texts = items[item[start]]
    bounds = np.append(start, len(pairs))
    for at in np.flatnonzero(np.diff(bounds) > 1):
        texts[at] = LIST_SEPARATOR.join(items[item[bounds[at] : bounds[at + 1]]])
    return pd.Series(texts, index=groups[owner[start]], dtype="str")


def _items(columns: tuple[pd.Series, ...]) -> tuple[Ints, Ints, Texts]:
    """Give each value of each row, lists taken apart: its row, its number, and all values."""
    codes: list[Ints] = []
    lists: list[list[str]] = []
    for column in columns:
        code, texts = pd.factorize(column)
        codes.append(np.where(code >= 0, code + len(lists), -1))
        lists += [[part for part in text.split(LIST_SEPARATOR) if part] for text in texts]
    flat = np.array([part for each in lists for part in each], dtype=object)
    number, items = pd.factorize(flat, sort=True)
    size = np.array([len(each) for each in lists], dtype=np.int64)
    first = np.cumsum(size) - size
    code = np.concatenate(codes)
    at = np.flatnonzero(code >= 0)
    many = size[code[at]]
    within = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
    row = np.repeat(at % len(columns[0]), many)
    return row, number[np.repeat(first[code[at]], many) + within].astype(np.int64), items
