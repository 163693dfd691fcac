"""Of several rows of one unit: which stands for it, what the others add, where else it may be."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from recallgeo.frames import ADDRESS_FIELDS
from recallgeo.register.cells import Parsed
from recallgeo.register.dates import utc_instants
from recallgeo.register.disputes import settle_disputes
from recallgeo.register.same_unit import fold_text, place_text
from recallgeo.register.set_aside import cell_lines
from recallgeo.schema import LIST_SEPARATOR

__all__ = ["MergedGroups", "merge_groups"]

_SAME_DEGREES = 0.001  # about 100 m: coordinates of one place in two registers; judgement
_WHERE = (
    *ADDRESS_FIELDS,
    "longitude",
    "latitude",
    "address_role",
    "customer_id",
    "customer",
    "site_name",
    "premises",
    "industry_code",
    "industry",
    "contact",
    "contact_phone",
    "contact_email",
    "language",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedGroups:
    """Units, each once.

    Parameters
    ----------
    assets : DataFrame
        One row a unit, in the order of their first rows, with ``x_origins``.
    places : DataFrame
        Rows at another place than their unit, with ``x_of``.
    winners : Series of str
        Group to the key of the row that stands for it.
    lines : list of DataFrame
        What rows of one unit contradict each other in.
    """

    assets: pd.DataFrame
    places: pd.DataFrame
    winners: pd.Series
    lines: list[pd.DataFrame]


def merge_groups(
    rows: pd.DataFrame, groups: pd.Series, *, movements: pd.DataFrame | None
) -> MergedGroups:
    """Merge the rows of each group into one.

    Parameters
    ----------
    rows : DataFrame
        ASSETS of all registers under unique keys, with ``_register``.
    groups : Series of str
        As `group_units` gives them.
    movements : DataFrame, optional
        MOVEMENTS; the latest one of a serial decides.
    """
    if "x_origins" not in rows.columns:
        rows = rows.assign(x_origins=pd.Series(None, index=rows.index, dtype="str"))
    several = groups.notna()
    if not several.any():
        nobody = pd.Series([], index=pd.Index([], dtype="str"), dtype="str")
        nowhere = rows.iloc[:0].assign(x_of=pd.Series([], dtype="str"))
        return MergedGroups(assets=rows, places=nowhere, winners=nobody, lines=[])
    ordered = _by_standing(rows[several], groups[several], movements)
    names = groups.loc[ordered.index]
    first = ~names.duplicated()
    winners = pd.Series(ordered.index[first], index=names[first])
    elsewhere = _elsewhere(ordered, names)
    merged, lines = settle_disputes(ordered, names, _fill(ordered, names, elsewhere))
    lines += _customer_lines(ordered, names, merged)
    merged["x_origins"] = _origins(rows[several], groups[several])
    position = pd.Series(np.arange(len(rows)), index=rows.index)
    merged["_position"] = position[several].groupby(groups[several]).min()
    merged.index = pd.Index(winners.loc[merged.index], dtype="str", name=rows.index.name)
    single = rows[~several].assign(_position=position[~several])
    assets = pd.concat([single, merged]).sort_values("_position", kind="stable")
    places = ordered[elsewhere].assign(x_of=names[elsewhere].map(winners))
    return MergedGroups(
        assets=assets.drop(columns="_position"),
        places=places,
        winners=winners,
        lines=lines,
    )


def _by_standing(
    rows: pd.DataFrame, groups: pd.Series, movements: pd.DataFrame | None
) -> pd.DataFrame:
    """Order rows by group, in each group the row that stands for the unit first."""
    contents = [name for name in rows.columns if not str(name).startswith("_")]
    order = pd.DataFrame(
        {
            "group": groups,
            "moved": ~_named_by_movement(rows, movements),
            "register": rows["_register"],
            "missing": rows[contents].isna().sum(axis=1),
            "age": rows["record_date"].rank(ascending=False, na_option="bottom"),
            "key": rows.index,
        },
        index=rows.index,
    )
    return rows.loc[order.sort_values(list(order.columns), kind="stable").index]


def _named_by_movement(rows: pd.DataFrame, movements: pd.DataFrame | None) -> pd.Series:
    named = pd.Series(data=False, index=rows.index)
    if movements is None or movements.empty:
        return named
    events = movements.assign(
        serial=movements["serial"].str.casefold(), _at=utc_instants(movements["time"])
    )
    latest = events.dropna(subset=["serial", "_at"]).sort_values("_at", kind="stable")
    latest = latest.drop_duplicates("serial", keep="last").set_index("serial")
    serials = rows["serial"].str.casefold()
    for target in ("to_party", "place"):
        party = fold_text(serials.map(latest[target]).astype("str"))
        for name in ("customer", "customer_id", "site_name"):
            named |= (party != "") & (party == fold_text(rows[name]))
    return named


def _elsewhere(ordered: pd.DataFrame, names: pd.Series) -> pd.Series:
    """Tell the rows at another place than the first row of their group that has a place."""
    text = place_text(ordered)
    points = ordered[["longitude", "latitude"]].where(
        ordered[["longitude", "latitude"]].notna().all(axis=1)
    )
    placed = (text != "") | points["longitude"].notna()
    seen = names[placed]
    anchors = pd.Series(seen.index[~seen.duplicated()], index=seen[~seen.duplicated()])
    anchor = names.map(anchors)
    known = placed & anchor.notna()
    reference = anchor[known]
    same_text = text[known].to_numpy() == text.loc[reference].to_numpy()
    same_text &= (text[known] != "").to_numpy()
    apart = np.abs(points[known].to_numpy() - points.loc[reference].to_numpy())
    same_point = (apart < _SAME_DEGREES).all(axis=1)
    result = pd.Series(data=False, index=ordered.index)
    result[known] = ~(same_text | same_point)
    return result


def _fill(ordered: pd.DataFrame, names: pd.Series, elsewhere: pd.Series) -> pd.DataFrame:
    """Give one row a group: the first row, its missing cells from the others at its place."""
    here = ordered.copy()
    here.loc[elsewhere, list(_WHERE)] = None
    merged = here.groupby(names.to_numpy(), sort=False).first()
    origin = ordered[~names.duplicated()].set_axis(merged.index)
    for name in ("source_file", "source_row", "_register"):
        merged[name] = origin[name]
    return merged.astype(ordered.dtypes.to_dict())


def _origins(rows: pd.DataFrame, groups: pd.Series) -> pd.Series:
    own = rows["source_file"] + ":" + rows["source_row"].astype("str")
    origins = rows["x_origins"].fillna(own)
    return origins.groupby(groups).agg(LIST_SEPARATOR.join).astype("str")


def _customer_lines(
    ordered: pd.DataFrame, names: pd.Series, merged: pd.DataFrame
) -> list[pd.DataFrame]:
    """Say where a row names another customer than its unit has."""
    kept = merged["customer"].reindex(names).set_axis(ordered.index)
    differs = fold_text(ordered["customer"]) != fold_text(kept)
    others = ordered[differs & ordered["customer"].notna() & kept.notna()]
    lines = []
    for file in dict.fromkeys(others["source_file"]):
        rows = others[others["source_file"] == file]
        texts = rows["customer"].set_axis(rows["source_row"])
        cause = [
            f"another row of this unit says {value!r}, which is used" for value in kept[rows.index]
        ]
        parsed = Parsed(
            result=texts, bad=np.arange(len(texts)), causes=np.array(cause, dtype=object)
        )
        lines.append(cell_lines(parsed, texts, source_file=file))
    return lines
