"""Quality of a register per field, country, distributor and reseller."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from recallgeo.register.dates import date_bounds
from recallgeo.schema import split_list

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


@dataclass(frozen=True, slots=True)
class _Measure:
    """A measure of a field: the rows that it is taken on, and those that pass."""

    field: str
    name: str
    base: Flags
    passed: Flags


@dataclass(frozen=True, slots=True, kw_only=True)
class _Grouping:
    """Memberships of rows in groups; one row may be in several."""

    by: str
    names: Sequence[str | None]
    rows: npt.NDArray[np.intp]
    codes: npt.NDArray[np.intp]


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
    parts = [_score(measures, grouping) for grouping in _groupings(assets)]
    return pd.concat(parts, ignore_index=True)[_COLUMNS]


def _measures(
    assets: pd.DataFrame, set_aside: pd.DataFrame, as_of: date | None
) -> Iterator[_Measure]:
    everywhere = np.ones(len(assets), dtype=bool)
    for name in SCORED_FIELDS:
        filled = assets[name].notna().to_numpy()
        spoiled = _spoiled(assets, set_aside, name)
        yield _Measure(name, "complete", everywhere, filled)
        yield _Measure(name, "valid", filled | spoiled, filled)
    if as_of is not None:
        newest = (as_of - timedelta(days=CURRENT_DAYS)).isoformat()
        dated = assets["record_date"].notna().to_numpy()
        _, last = date_bounds(assets["record_date"])
        recent = (last >= newest).to_numpy(dtype=bool)
        yield _Measure("record_date", "current", dated, recent)
    merged = assets["x_origins"].notna().to_numpy() if "x_origins" in assets else ~everywhere
    yield _Measure("serial", "duplicated", everywhere, merged)
    yield _Measure("place", "locatable", everywhere, _locatable(assets))


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


def _groupings(assets: pd.DataFrame) -> Iterator[_Grouping]:
    everyone = np.zeros(len(assets), dtype=np.intp)
    yield _Grouping(by="all", names=["all"], rows=np.arange(len(assets)), codes=everyone)
    for by in _GROUPINGS:
        if assets[by].notna().any():
            yield _members(by, assets[by])


def _members(by: str, texts: pd.Series) -> _Grouping:
    """Give every membership of a row in a group; the last group is that of rows without one."""
    codes, distinct = pd.factorize(texts)
    lists = [split_list(text) for text in distinct]
    names = sorted({name for row in lists for name in row})
    at = {name: code for code, name in enumerate(names)}
    rows = np.arange(len(texts))
    if all(len(row) == 1 for row in lists):
        table = np.array([*(at[row[0]] for row in lists), len(names)], dtype=np.intp)
        return _Grouping(by=by, names=[*names, None], rows=rows, codes=table[codes])
    sizes = np.array([*map(len, lists), 1])
    flat = np.array([*(at[name] for row in lists for name in row), len(names)], dtype=np.intp)
    starts = np.cumsum(sizes) - sizes
    counts = sizes[codes]
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return _Grouping(
        by=by,
        names=[*names, None],
        rows=np.repeat(rows, counts),
        codes=flat[np.repeat(starts[codes], counts) + within],
    )


def _score(measures: Sequence[_Measure], grouping: _Grouping) -> pd.DataFrame:
    count = len(grouping.names)
    sizes = np.bincount(grouping.codes, minlength=count)
    parts = []
    for measure in measures:
        of = np.bincount(grouping.codes[measure.base[grouping.rows]], minlength=count)
        good = np.bincount(grouping.codes[measure.passed[grouping.rows]], minlength=count)
        share = np.divide(good, of, out=np.full(count, np.nan), where=of > 0).round(4)
        columns = {"group": grouping.names, "rows": sizes, "share": share}
        head = {"by": grouping.by, "field": measure.field, "measure": measure.name}
        parts.append(pd.DataFrame(head | columns)[sizes > 0])
    texts = dict.fromkeys(["by", "group", "field", "measure"], "str")
    return pd.concat(parts, ignore_index=True).astype(texts)
