"""The views of a run that people read: at most 30 fields a layer, words instead of codes."""

import re
from typing import TYPE_CHECKING, TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd

from recallgeo.errors import LedgerError
from recallgeo.export.symbols import tier_colours
from recallgeo.frames import LOCATED, PLANNED
from recallgeo.schema import Column

if TYPE_CHECKING:
    from recallgeo.export.run import Run

__all__ = [
    "MAX_FIELDS",
    "describe_field",
    "is_drill",
    "mark_drill",
    "possible_with_sites",
    "readable_sites",
    "readable_units",
    "sites_by_rank",
    "tier_labels",
    "units_with_sites",
]

Frame = TypeVar("Frame", bound=pd.DataFrame)
MAX_FIELDS = 30
"""Fields of a layer that a person can still read, the key included."""

_FIRST = ("rank", "rank_best", "rank_worst", "tier", "tier_label", "tier_worst", "score", "reason")
_WHERE = ("name", "address", "city", "country")
_WHAT = ("affected_units", "check_units", "hazard", "support_status", "incident_reported")
_AROUND = ("premises_kind", "surroundings", "not_covered")
_PLACED = ("match_level", "uncertainty_m")
_WORK = ("wave", "due_on", "channel", "partner", "colour")
_UNIT = (
    *("serial", "manufacturer", "model", "part_number", "quantity", "verdict", "verdict_reason"),
    *("scope_id", "hazard", "severity", "support_status", "built", "customer", "site_name"),
    *("building", "floor", "department", "city", "country", "match_level", "uncertainty_m"),
    *("site_id", "site_cause", "tier", "rank", "source_file", "source_row"),
)
_DECIMALS = {"score": 4, "uncertainty_m": 1, "severity": 3}
_FAR_M = 10_000.0

_DERIVED = {
    column.name: column
    for column in (
        Column("tier_label", "text", "tier in words"),
        Column("surroundings", "text", "nearest sensitive place of each kind"),
        Column("not_covered", "text", "kinds whose layer says nothing about this place"),
        Column("colour", "text", "colour of the tier, for tools that read no styles"),
        Column("drill", "text", "DRILL: an exercise, nobody is to be contacted"),
        Column("site_id", "text", "key of the site"),
        Column("asset_id", "text", "key of the unit"),
        Column("site_cause", "text", "why the unit has a site, or none"),
        Column("place_id", "text", "key of the sensitive place"),
        Column("distance_m", "float64", "distance from the site to the place", unit="m"),
    )
}


def describe_field(name: str) -> Column | None:
    """Give the meaning and unit of a field of any layer; None for one that nobody declared."""
    return PLANNED.column(name) or LOCATED.column(name) or _DERIVED.get(name)


def tier_labels(run: "Run") -> dict[int, str]:
    """Give each tier of the run's model in words, such as ``"Tier 0: accident reported"``."""
    return {tier.number: f"Tier {tier.number}: {tier.label}" for tier in run.ranking.model.tiers}


def is_drill(run: "Run") -> bool:
    """Say whether the run is an exercise."""
    return bool(run.manifest["incident"].get("mock", False))


def sites_by_rank(run: "Run") -> gpd.GeoDataFrame:
    """Give the PLANNED table in rank order, sites without a point last.

    Raises
    ------
    LedgerError
        If the plan and the ranking do not hold the same sites.
    """
    planned, ranked = run.plan.frame, run.ranking.frame
    if len(planned) != len(ranked) or not planned.index.isin(ranked.index).all():
        message = f"the plan holds {len(planned)} sites, the ranking {len(ranked)}, and they differ"
        raise LedgerError(message)
    keys = planned.assign(_rank=planned["rank"].astype("float64"), _id=planned.index)
    order = keys.sort_values(["_rank", "tier", "_id"], kind="stable", na_position="last").index
    return planned.loc[order]


def readable_sites(run: "Run", planned: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give the fields of the sites that people read, in the order of `planned`.

    Parameters
    ----------
    run : Run
        For the words of its tiers and the radii in play.
    planned : GeoDataFrame
        PLANNED, any rows in any order.

    Returns
    -------
    GeoDataFrame
        At most `MAX_FIELDS` fields, the index included, and the geometry.
    """
    table = planned.copy()
    labels = tier_labels(run)
    table["tier_label"] = planned["tier"].map(lambda tier: labels.get(tier, f"Tier {tier}"))
    table["tier_label"] = table["tier_label"].astype("str")
    table["colour"] = tier_colours(planned["tier"])
    table["surroundings"] = _surroundings(planned, run.exposure.kinds)
    table["not_covered"] = _not_covered(planned, run.exposure.kinds)
    people = _people_column(planned)
    names = [*_FIRST, *_WHERE, *_WHAT, *_AROUND, *people, *_PLACED, *_WORK]
    shown = gpd.GeoDataFrame(table[names], geometry=planned.geometry)
    decimals = {name: digits for name, digits in _DECIMALS.items() if name in names}
    decimals |= dict.fromkeys(people, 0)
    return mark_drill(run, gpd.GeoDataFrame(shown.round(decimals)))


def units_with_sites(run: "Run") -> gpd.GeoDataFrame:
    """Give every affected or check_needed unit with its site, or the cause why it has none.

    Raises
    ------
    LedgerError
        If a located unit has no line in ``unit_sites``.
    """
    located = run.located
    lost = ~located.index.isin(run.unit_sites.index)
    if lost.any():
        message = f"{int(lost.sum())} located units have neither a site nor a cause"
        raise LedgerError(message)
    sited = run.unit_sites.loc[located.index, ["site_id", "site_cause"]]
    table = located.assign(site_id=sited["site_id"], site_cause=sited["site_cause"])
    return _with_plan(run, table)


def possible_with_sites(run: "Run") -> gpd.GeoDataFrame:
    """Give the other places of units that are counted elsewhere, as `units_with_sites` gives units.

    Raises
    ------
    LedgerError
        If one of them has the key of a unit that is counted, or names a site that is not planned.
    """
    if run.possible is None:
        absent = LOCATED.empty().assign(
            **{name: pd.Series(dtype="str") for name in ("x_of", "site_id", "site_cause")}
        )
        return _with_plan(run, gpd.GeoDataFrame(absent))
    counted = run.possible.index.isin(run.scoped.index)
    if counted.any():
        message = f"{int(counted.sum())} possible places have the key of a unit that is counted"
        raise LedgerError(message)
    sites = run.possible["site_id"].dropna()
    strangers = ~sites.isin(run.plan.frame.index)
    if strangers.any():
        message = f"{int(strangers.sum())} possible places name sites that are not in the plan"
        raise LedgerError(message)
    return _with_plan(run, gpd.GeoDataFrame(run.possible.assign(site_cause="possible_place")))


def _with_plan(run: "Run", units: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    columns = {
        name: units["site_id"].map(run.plan.frame[name]).astype("Int64")
        for name in ("tier", "rank", "wave")
    }
    return gpd.GeoDataFrame(units.assign(**columns))


def readable_units(run: "Run", units: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give the fields of the units that people read, the most urgent sites first."""
    keys = units.assign(_rank=units["rank"].astype("float64"), _id=units.index)
    order = keys.sort_values(["_rank", "tier", "_id"], kind="stable", na_position="last").index
    ordered = units.loc[order]
    shown = gpd.GeoDataFrame(ordered[list(_UNIT)], geometry=ordered.geometry)
    return mark_drill(run, gpd.GeoDataFrame(shown.round({"uncertainty_m": 1, "severity": 3})))


def mark_drill(run: "Run", frame: Frame) -> Frame:
    """Add the field ``drill`` where the run is an exercise."""
    return frame.assign(drill="DRILL") if is_drill(run) else frame


def _surroundings(planned: pd.DataFrame, kinds: "tuple[str, ...]") -> pd.Series:
    """Say the nearest place of each kind: ``"school 120 m; hospital 3.4 km"``."""
    parts = [
        _distance_words(planned[f"{kind}_nearest_m"], kind.replace("_", " "))
        for kind in kinds
        if f"{kind}_nearest_m" in planned
    ]
    return _join_present(parts, planned.index)


def _distance_words(metres: pd.Series, kind: str) -> pd.Series:
    near = metres.round(0).astype("Int64").astype("str") + " m"
    far = (metres / 1000).round(1).astype("str") + " km"
    words = near.where(metres < _FAR_M, far).where(metres > 0, "on the grounds")
    return (kind + " " + words.astype("str")).where(metres.notna())


def _not_covered(planned: pd.DataFrame, kinds: "tuple[str, ...]") -> pd.Series:
    parts = [
        pd.Series(kind.replace("_", " "), planned.index, dtype="str").where(
            planned[f"{kind}_seen"] == "outside"
        )
        for kind in kinds
        if f"{kind}_seen" in planned
    ]
    return _join_present(parts, planned.index)


def _join_present(parts: list[pd.Series], index: pd.Index) -> pd.Series:
    """Join the texts of a row that are there; missing where none is."""
    joined = pd.Series("", index=index, dtype="str")
    for part in parts:
        text = part.fillna("").astype("str")
        between = np.where((joined != "") & (text != ""), "; ", "")
        joined = joined + pd.Series(between, index=index, dtype="str") + text
    return joined.where(joined != "")


def _people_column(planned: pd.DataFrame) -> list[str]:
    """Give the column of people within the widest radius; none where nobody was counted."""
    for family in ("residents", "people_day", "people_night"):
        radii = [re.fullmatch(rf"{family}_(\d+)", str(name)) for name in planned.columns]
        widest = max((int(found[1]) for found in radii if found), default=None)
        if widest is not None:
            return [f"{family}_{widest}"]
    return []
