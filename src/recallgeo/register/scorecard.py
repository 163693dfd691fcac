"""Quality of a register per field, country, distributor and reseller."""

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from recallgeo.register.dates import date_bounds
from recallgeo.schema import LIST_SEPARATOR

__all__ = ["CURRENT_DAYS", "SCORED_FIELDS", "score_quality"]

CURRENT_DAYS = 1096
"""A record is current for three years after its date; judgement."""

SCORED_FIELDS = (
    "serial",
    "manufacturer",
    "model",
    "built",
    "delivered",
    "support_end",
    "customer",
    "premises",
    "industry_code",
    "contact_phone",
    "contact_email",
    "distributor",
    "reseller",
    "building",
    "street",
    "city",
    "postcode",
    "country",
    "longitude",
    "latitude",
)
"""Fields whose completeness and validity are measured."""

_GROUPINGS = ("country", "distributor", "reseller")
_COLUMNS = ["by", "group", "rows", "field", "measure", "share"]

Flags = npt.NDArray[np.bool_]


def score_quality(
    assets: pd.DataFrame, set_aside: pd.DataFrame, *, as_of: date | None = None
) -> pd.DataFrame:
    """Measure how complete, valid, current, single and locatable the rows of a register are.

    Parameters
    ----------
    assets : DataFrame
        ASSETS.
    set_aside : DataFrame
        SET_ASIDE of the same register; lost cells count as not valid.
    as_of : date, optional
        Day from which the age of a record is taken; without it ``current`` is not measured.

    Returns
    -------
    DataFrame
        ``by, group, rows, field, measure, share``. A row with several distributors counts for
        each; rows without one are the group that is missing. ``complete``: share of rows that
        hold the field. ``valid``: share of the filled cells that could be used. ``current``:
        share of dated records not older than `CURRENT_DAYS`. ``duplicated``: share of rows into
        which others were merged. ``locatable``: share of rows with both coordinates, or a city,
        postcode or whole address.

    Examples
    --------
    >>> from recallgeo.frames import ASSETS, SET_ASIDE
    >>> index = pd.Index(["a", "b"], name="asset_id")
    >>> units = ASSETS.conform(pd.DataFrame({"serial": ["1", None]}, dtype="str", index=index))
    >>> card = score_quality(units, SET_ASIDE.empty())
    >>> card.loc[(card["field"] == "serial") & (card["measure"] == "complete"), "share"].tolist()
    [0.5]
    """
    measures = list(_measures(assets, set_aside, as_of))
    parts = [_score(measures, *grouping) for grouping in _groupings(assets)]
    return pd.concat(parts, ignore_index=True)[_COLUMNS]


def _measures(
    assets: pd.DataFrame, set_aside: pd.DataFrame, as_of: date | None
) -> Iterator[tuple[str, str, Flags, Flags]]:
    """Give field, measure, the rows that it is measured on, and those that pass."""
    everywhere = np.ones(len(assets), dtype=bool)
    for name in SCORED_FIELDS:
        filled = assets[name].notna().to_numpy()
        spoiled = _spoiled(assets, set_aside, name)
        yield name, "complete", everywhere, filled
        yield name, "valid", filled | spoiled, filled
    if as_of is not None:
        newest = (as_of - timedelta(days=CURRENT_DAYS)).isoformat()
        dated = assets["record_date"].notna().to_numpy()
        _, last = date_bounds(assets["record_date"])
        yield "record_date", "current", dated, (last >= newest).to_numpy(dtype=bool)
    merged = assets["x_origins"].notna().to_numpy() if "x_origins" in assets else ~everywhere
    yield "serial", "duplicated", everywhere, merged
    yield "place", "locatable", everywhere, _locatable(assets)


def _locatable(assets: pd.DataFrame) -> Flags:
    points = assets[["longitude", "latitude"]].notna().all(axis=1)
    words = assets[["city", "postcode", "address_raw"]].notna().any(axis=1)
    return (points | words).to_numpy()


def _spoiled(assets: pd.DataFrame, set_aside: pd.DataFrame, name: str) -> Flags:
    lines = set_aside.loc[set_aside["column"] == name, ["source_file", "source_row"]]
    if lines.empty:
        return np.zeros(len(assets), dtype=bool)
    keys = pd.MultiIndex.from_frame(assets[["source_file", "source_row"]])
    return np.asarray(keys.isin(pd.MultiIndex.from_frame(lines)))


def _groupings(assets: pd.DataFrame) -> Iterator[tuple[str, npt.NDArray[np.intp], pd.Series]]:
    """Give the name of a grouping, the row of each membership, and its group."""
    rows = np.arange(len(assets))
    yield "all", rows, pd.Series("all", index=rows, dtype="str")
    for by in _GROUPINGS:
        groups = assets[by].reset_index(drop=True)
        if groups.notna().any():
            members = groups.str.split(LIST_SEPARATOR).explode() if by != "country" else groups
            yield by, members.index.to_numpy(), members.astype("str")


def _score(
    measures: list[tuple[str, str, Flags, Flags]],
    by: str,
    rows: npt.NDArray[np.intp],
    members: pd.Series,
) -> pd.DataFrame:
    codes, groups = pd.factorize(members, sort=True, use_na_sentinel=False)
    sizes = np.bincount(codes, minlength=len(groups))
    parts = []
    for name, measure, base, passed in measures:
        of = np.bincount(codes[base[rows]], minlength=len(groups))
        good = np.bincount(codes[passed[rows]], minlength=len(groups))
        share = np.divide(good, of, out=np.full(len(groups), np.nan), where=of > 0)
        columns = {"group": groups, "rows": sizes, "share": share.round(4)}
        parts.append(pd.DataFrame({"by": by, "field": name, "measure": measure} | columns))
    scored = pd.concat(parts, ignore_index=True)
    return scored.astype({"by": "str", "group": "str", "field": "str", "measure": "str"})
