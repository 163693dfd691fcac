"""Flags of a place: what was found odd or was repaired, as a list column."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from recallgeo.schema import LIST_SEPARATOR

__all__ = ["add_flag", "join_flags"]


def add_flag(
    frame: pd.DataFrame,
    where: pd.Series | npt.NDArray[np.bool_] | Sequence[bool],
    flag: str,
    *,
    column: str = "flags",
) -> None:
    """Add a flag to some rows of a table, in place.

    Parameters
    ----------
    frame : DataFrame
        A table of this package under construction; altered.
    where : boolean Series or array
        Rows that get the flag.
    flag : str
        One word, such as ``coordinate_swapped``.
    column : str, default "flags"
        List column that holds the flags.

    Examples
    --------
    >>> frame = pd.DataFrame({"flags": pd.Series([None, "a"], dtype="str")})
    >>> add_flag(frame, [True, True], "b")
    >>> frame["flags"].tolist()
    ['b', 'a; b']
    """
    rows = pd.Series(where, index=frame.index).astype("bool")
    old = frame[column]
    new = (old + LIST_SEPARATOR + flag).fillna(flag)
    frame[column] = old.mask(rows, new)


def join_flags(*columns: pd.Series) -> pd.Series:
    """Join list columns row by row; missing where none has a flag.

    Parameters
    ----------
    *columns : Series of text
        List columns on one index; a flag that stands in two of them stands twice.

    Examples
    --------
    >>> join_flags(pd.Series(["a", None]), pd.Series(["b; c", None])).tolist()
    ['a; b; c', nan]
    """
    joined = columns[0].astype("str")
    for column in columns[1:]:
        both = joined + LIST_SEPARATOR + column.astype("str")
        joined = both.fillna(joined).fillna(column)
    return joined
