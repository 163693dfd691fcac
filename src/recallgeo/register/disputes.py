"""Where rows of one unit contradict each other in what recalls decide by: nobody knows."""

from typing import Final

import numpy as np
import pandas as pd

from recallgeo.register.cells import Parsed
from recallgeo.register.dates import date_bounds
from recallgeo.register.same_unit import fold_text
from recallgeo.register.set_aside import cell_lines
from recallgeo.schema import LIST_SEPARATOR

__all__ = ["DISPUTED", "settle_disputes"]

DISPUTED: Final = "x_disputed"
"""Column of the fields that are missing because rows of the unit contradict each other."""

_NAMES = ("manufacturer", "brand", "model")  # a sign or space makes no other product
_DATES = ("built", "delivered")
_CODES = (
    "part_number",
    "gtin",
    "lot",
    "date_code",
    "firmware",
    "model_year",
    "components",
    "unit_status",
    "market",
)
_OWN = ("x_origins", DISPUTED)
_ROLES = ("x_install_at_", "x_ship_to_", "x_bill_to_")  # places; possible_places holds them


def settle_disputes(
    ordered: pd.DataFrame, names: pd.Series, merged: pd.DataFrame
) -> tuple[pd.DataFrame, list[pd.DataFrame]]:
    """Make missing what rows of one unit contradict each other in, so that no recall trusts it.

    Two dates agree where one is the other known less precisely. Columns of the register's own
    (``x_``) count too, as rules may name them.

    Parameters
    ----------
    ordered : DataFrame
        Rows of the units that have several, the one that stands for the unit first.
    names : Series of str
        Unit of each row, on the index of `ordered`.
    merged : DataFrame
        One row a unit, on the names, filled from `ordered`.

    Returns
    -------
    DataFrame, list of DataFrame
        `merged` with the disputed cells missing and their fields listed in ``x_disputed``, which
        is there where anything is; a line for each row that holds a disputed value.
    """
    earlier = _earlier(ordered, names)
    settled, lines = merged.copy(), []
    fields = pd.Series("", index=merged.index, dtype="str")
    own = [str(name) for name in ordered.columns if _is_own(str(name))]
    for name in (*_NAMES, *_DATES, *_CODES, *own):
        used = merged[name].reindex(names).set_axis(ordered.index)
        differs = ordered[name].notna() & ~_agree(name, ordered[name], used)
        units = pd.Index(names[differs].unique()).union(earlier.get(name, pd.Index([])))
        if units.empty:
            continue
        settled.loc[units, name] = None
        fields.loc[units] += LIST_SEPARATOR + name
        lines.extend(_lines(name, ordered, names, units))
    if (fields != "").any() or DISPUTED in ordered.columns:
        settled[DISPUTED] = fields.str.removeprefix(LIST_SEPARATOR).where(fields != "")
    return settled, lines


def _is_own(name: str) -> bool:
    return name.startswith("x_") and name not in _OWN and not name.startswith(_ROLES)


def _earlier(ordered: pd.DataFrame, names: pd.Series) -> dict[str, pd.Index]:
    """Give the units of which earlier merged rows disagreed, by field."""
    if DISPUTED not in ordered.columns:
        return {}
    fields = ordered[DISPUTED].dropna().str.split(LIST_SEPARATOR).explode()
    units = names.loc[fields.index].to_numpy()
    return {
        str(name): pd.Index(units[(fields == name).to_numpy()]).unique()
        for name in fields.drop_duplicates()
    }


def _agree(name: str, values: pd.Series, used: pd.Series) -> pd.Series:
    """Tell where a row says the same as its unit."""
    if name in _DATES:
        (first, last), (begin, end) = date_bounds(values), date_bounds(used)
        return ((first >= begin) & (last <= end)) | ((first <= begin) & (last >= end))
    if name in _NAMES:
        return fold_text(values) == fold_text(used)
    if name == "gtin":
        return fold_text(values).str.lstrip("0") == fold_text(used).str.lstrip("0")
    return values.str.casefold() == used.str.casefold()


def _lines(
    name: str, ordered: pd.DataFrame, names: pd.Series, units: pd.Index
) -> list[pd.DataFrame]:
    """Give a line for each row that holds a value; own columns may name people: no list."""
    rows = ordered.loc[
        names.isin(units) & ordered[name].notna(), ["source_file", "source_row", name]
    ]
    groups = names.loc[rows.index].to_numpy()
    told = pd.DataFrame({"unit": groups, "value": [repr(value) for value in rows[name]]})
    listed = told.drop_duplicates().groupby("unit")["value"].agg(" and ".join)
    causes = "rows of this unit disagree: " + listed.loc[groups] + "; none is used"
    if _is_own(name):
        causes[:] = "rows of this unit disagree; none is used"
    lines = []
    for file in dict.fromkeys(rows["source_file"]):
        here = (rows["source_file"] == file).to_numpy()
        texts = rows.loc[here, name].set_axis(rows.loc[here, "source_row"])
        parsed = Parsed(
            result=texts, bad=np.arange(len(texts)), causes=causes[here].to_numpy(dtype=object)
        )
        lines.append(cell_lines(parsed, texts, source_file=file))
    return lines
