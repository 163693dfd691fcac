"""List columns of groups: each distinct value once, in order, without a loop over rows."""

from itertools import pairwise

import numpy as np
import pandas as pd

from recallgeo.schema import LIST_SEPARATOR

__all__ = ["join_distinct"]


def join_distinct(group: pd.Series, *columns: pd.Series) -> pd.Series:
    """Give the distinct values of each group as the text of a list column.

    Parameters
    ----------
    group : Series of text
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
    pairs = [pd.DataFrame({"group": group, "value": column}).dropna() for column in columns]
    table = pd.concat(pairs).drop_duplicates()
    # most values are no list: only the others are taken apart
    several = table["value"].str.contains(";", regex=False).astype("bool")
    split = table[several].assign(value=table.loc[several, "value"].str.split(LIST_SEPARATOR))
    table = pd.concat([table[~several], split.explode("value").astype({"value": "str"})])
    table = table[table["value"].ne("")].drop_duplicates().sort_values(["group", "value"])
    names, start = np.unique(table["group"].to_numpy(dtype=object), return_index=True)
    values = table["value"].to_numpy(dtype=object)
    bounds = np.append(start, len(values))
    texts = [LIST_SEPARATOR.join(values[i:j]) for i, j in pairwise(bounds)]
    return pd.Series(texts, index=pd.Index(names, dtype="str"), dtype="str")
