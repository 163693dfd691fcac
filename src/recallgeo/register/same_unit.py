"""Which rows are rows of one unit."""

import re

import numpy as np
import pandas as pd

from recallgeo.frames import ADDRESS_FIELDS
from recallgeo.register.cells import Parsed
from recallgeo.register.set_aside import cell_lines

__all__ = ["MOST_PLACES", "fold_text", "fold_word", "group_units", "place_text"]

MOST_PLACES = 10
"""A serial in rows at more places than this is a placeholder; judgement."""

_LEAST_REPEATED = 4  # 1111 names no unit, 11 may; judgement
_SIGNS = re.compile(r"[\W_]+")
_ORIGIN = ["source_file", "source_row", "x_origins", "_register"]


def group_units(rows: pd.DataFrame, keys: pd.Series) -> tuple[pd.Series, list[pd.DataFrame]]:
    """Give the rows of each unit that has several a common name.

    Parameters
    ----------
    rows : DataFrame
        ASSETS of all registers under unique keys, with ``_register``.
    keys : Series of str
        The keys before they were made unique, in the same order.

    Returns
    -------
    Series of str, list of DataFrame
        On the index of `rows`: a text that rows of one unit share, missing for a unit of one
        row. And a line for each row whose serial is a placeholder.
    """
    serials = rows["serial"].str.casefold()
    shared = serials.notna() & serials.duplicated(keep=False)
    candidates = rows[shared]
    names = serials[shared] + _contradictions(candidates, serials[shared])
    fake = _placeholders(candidates, names)
    lines = _placeholder_lines(candidates[fake], names[fake])
    groups = pd.Series(None, index=rows.index, dtype="str")
    groups[names.index[~fake]] = "serial " + names[~fake]
    if (rows["_register"] != rows["_register"].iloc[:1].sum()).any():
        groups = groups.fillna(_copies(rows, keys, groups.isna()))
    known = groups.dropna()
    alone = known.index[~known.duplicated(keep=False)]
    groups[alone] = None
    return groups, lines


def fold_text(texts: pd.Series) -> pd.Series:
    """Give texts without case, spaces and signs, for comparison; missing as empty."""
    return texts.str.casefold().str.replace(_SIGNS.pattern, "", regex=True).fillna("")


def fold_word(text: str) -> str:
    """Fold one text as `fold_text` folds a column."""
    return _SIGNS.sub("", text.casefold())


def _contradictions(rows: pd.DataFrame, serials: pd.Series) -> pd.Series:
    """Give what tells apart rows of one serial: manufacturers and models, where several."""
    suffix = pd.Series("", index=rows.index, dtype="str")
    for name in ("manufacturer", "model"):
        folded = fold_text(rows[name])
        several = folded.where(folded != "").groupby(serials).transform("nunique") > 1
        suffix = suffix + (" " + folded).where(several, "")
    return suffix


def _placeholders(rows: pd.DataFrame, names: pd.Series) -> pd.Series:
    """Tell serials that name no unit: no digit but 0, one sign repeated, or too many places."""
    serials = rows["serial"]
    empty = ~serials.str.contains("[1-9]", regex=True)
    places = place_text(rows)
    many = places.where(places != "").groupby(names).transform("nunique") > MOST_PLACES
    return empty | _repeats_one_sign(serials) | many


def _repeats_one_sign(serials: pd.Series) -> pd.Series:
    first = serials.str.slice(0, 1)
    left = pd.Series(
        [text.strip(sign) for text, sign in zip(serials, first, strict=True)],
        index=serials.index,
        dtype="str",
    )
    return (left == "") & (serials.str.len() >= _LEAST_REPEATED)


def place_text(rows: pd.DataFrame) -> pd.Series:
    """Write the address of rows in one comparable text; empty where there is none."""
    parts = [fold_text(rows[name]) for name in ADDRESS_FIELDS if name != "country"]
    text = parts[0]
    for part in parts[1:]:
        text = text + "|" + part
    return text.where(text.str.strip("|") != "", "")


def _placeholder_lines(rows: pd.DataFrame, names: pd.Series) -> list[pd.DataFrame]:
    if rows.empty:
        return []
    counts = names.groupby(names).transform("size").astype("str")
    causes = "no serial of one unit: " + counts + " rows share it and are counted each"
    parts = []
    for file in dict.fromkeys(rows["source_file"]):
        here = (rows["source_file"] == file).to_numpy()
        texts = rows.loc[here, "serial"].set_axis(rows.loc[here, "source_row"])
        parsed = Parsed(
            result=texts, bad=np.arange(len(texts)), causes=causes[here].to_numpy(dtype=object)
        )
        parts.append(cell_lines(parsed, texts, source_file=file))
    return parts


def _copies(rows: pd.DataFrame, keys: pd.Series, loose: pd.Series) -> pd.Series:
    """Name rows that another register holds under the same key and content."""
    repeated = keys.duplicated(keep=False).to_numpy()
    again = keys.set_axis(rows.index)[loose.to_numpy() & repeated]
    if again.empty:
        return pd.Series(None, index=rows.index, dtype="str")
    content = rows.loc[again.index].drop(columns=_ORIGIN, errors="ignore")
    same = pd.util.hash_pandas_object(content, index=False).astype("str")
    return ("copy " + again + " " + same).reindex(rows.index)
