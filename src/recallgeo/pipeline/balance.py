"""The balances of a run: what each stage made of the rows, units and sites it was given.

Each function counts one boundary from the tables on both sides of it; `Ledger.add` raises where a
sum is not conserved, or where a stage started from another number than the one before gave.
"""

from collections.abc import Mapping

import geopandas as gpd
import pandas as pd

from recallgeo.frames import MATCH_LEVELS
from recallgeo.ledger import Balance, count_units
from recallgeo.outreach import Plan
from recallgeo.register import Reading

__all__ = [
    "balance_location",
    "balance_places",
    "balance_plan",
    "balance_ranks",
    "balance_reading",
    "balance_scope",
]

_IN_SCOPE = "match_recall.affected + match_recall.check_needed"
_MATCHED = "movements.from_registers + movements.added_by_movements"
_SITES = "resolve_sites.placed + resolve_sites.area_only"


def balance_reading(reading: Reading, assets: pd.DataFrame, *, added: int) -> list[Balance]:
    """Balance the registers, and the units that only movements know.

    Parameters
    ----------
    reading : Reading
        The registers, merged.
    assets : DataFrame
        ASSETS that go on to the recall.
    added : int
        Of them, units that only movements know.

    Returns
    -------
    list of Balance
        Rows read = kept + set aside; kept = assets + merged; units of the rows kept = known +
        merged; rows and units that go on = from registers + added by movements.
    """
    kept = len(reading.assets) + reading.merged
    aside = reading.rows_set_aside
    units = {"known": reading.units, "merged": reading.units_merged}
    rows_on = {"from_registers": len(reading.assets), "added_by_movements": added}
    units_on = {"from_registers": reading.units, "added_by_movements": added}
    return [
        Balance("read_register", "rows", reading.rows_read, {"kept": kept, "set_aside": aside}),
        Balance(
            "merge_registers",
            "rows",
            kept,
            {"assets": len(reading.assets), "merged": reading.merged},
            "read_register.kept",
        ),
        Balance("merge_registers", "units", sum(units.values()), units),
        Balance("movements", "rows", len(assets), rows_on),
        Balance("movements", "units", count_units(assets), units_on),
    ]


def balance_scope(scoped: pd.DataFrame, expected_units: Mapping[str, int]) -> list[Balance]:
    """Balance the verdicts, and the affected units of each market.

    Parameters
    ----------
    scoped : DataFrame
        SCOPED, every unit.
    expected_units : mapping of str to int
        Units made or shipped per market, as the recall declares; may be empty.

    Returns
    -------
    list of Balance
        Rows and units = affected + check needed + not affected.
    """
    return [
        Balance("match_recall", "rows", len(scoped), _verdict_rows(scoped), _MATCHED),
        Balance("match_recall", "units", count_units(scoped), _verdict_units(scoped), _MATCHED),
        *_expected(scoped, expected_units),
    ]


def balance_location(located: gpd.GeoDataFrame) -> list[Balance]:
    """Balance the units in scope by the outcome of locating them.

    Parameters
    ----------
    located : GeoDataFrame
        LOCATED, units that are affected or to check.

    Returns
    -------
    list of Balance
        Units in scope = with a point + without, by status.
    """
    point = located.geometry.notna().map({True: "point_", False: "no_point_"})
    sums = located["quantity"].fillna(1).groupby(point + located["geocode_status"]).sum()
    parts = {str(name): int(count) for name, count in sums.sort_index().items()}
    return [Balance("locate_assets", "units", count_units(located), parts, _IN_SCOPE)]


def balance_places(
    located: gpd.GeoDataFrame,
    unit_sites: pd.DataFrame,
    possible: pd.DataFrame,
    sites: gpd.GeoDataFrame,
) -> list[Balance]:
    """Balance units and sites.

    Parameters
    ----------
    located : GeoDataFrame
        LOCATED, units that are affected or to check.
    unit_sites : DataFrame
        ``site_id`` and ``site_cause`` of these units.
    possible : DataFrame
        ``quantity`` and ``site_id`` of the other places of units that registers put at two; they
        are counted where the units more likely stand, and warned too.
    sites : GeoDataFrame
        SITES.

    Returns
    -------
    list of Balance
        Units in scope = placed by level + area only + in channel + nowhere; units on the sites =
        those placed or area only + those possible; sites = placed + area only.
    """
    cause = unit_sites["site_cause"].reindex(located.index)
    level = located["match_level"].where(cause == "placed")
    place = ("placed_" + level).fillna(cause)
    sums = located["quantity"].fillna(1).groupby(place).sum()
    names = [*(f"placed_{level}" for level in MATCH_LEVELS), "area_only", "in_channel", "nowhere"]
    parts = {name: int(sums.get(name, 0)) for name in names}
    warned = int(possible["quantity"].fillna(1).sum())
    housed = int(possible["quantity"].fillna(1)[possible["site_id"].notna()].sum())
    counted = int(located["quantity"].fillna(1)[cause.isin(["placed", "area_only"])].sum())
    on_sites = int(sites[["affected_units", "check_units"]].sum().sum())
    pointless = int(sites.geometry.isna().sum())
    return [
        Balance("resolve_sites", "units", count_units(located), parts, _IN_SCOPE),
        Balance(
            "possible_places",
            "units",
            warned,
            {"warned_as_site": housed, "without_site": warned - housed},
        ),
        Balance("site_units", "units", on_sites, {"counted": counted, "possible": housed}),
        Balance(
            "resolve_sites",
            "sites",
            len(sites),
            {"placed": len(sites) - pointless, "area_only": pointless},
        ),
    ]


def balance_ranks(exposed: gpd.GeoDataFrame, ranked: pd.DataFrame) -> list[Balance]:
    """Balance the sites through exposure and ranking.

    Parameters
    ----------
    exposed : GeoDataFrame
        EXPOSED.
    ranked : DataFrame
        RANKED.

    Returns
    -------
    list of Balance
        Sites measured = ranked + without a point.
    """
    placed = int(exposed.geometry.notna().sum())
    measured = {"placed": placed, "area_only": len(exposed) - placed}
    ranks = int(ranked["rank"].notna().sum())
    return [
        Balance("measure_exposure", "sites", len(exposed), measured, _SITES),
        Balance(
            "rank_sites",
            "sites",
            len(ranked),
            {"ranked": ranks, "without_point": len(ranked) - ranks},
            "measure_exposure.placed + measure_exposure.area_only",
        ),
    ]


def _verdict_rows(scoped: pd.DataFrame) -> dict[str, int]:
    counts = scoped["verdict"].value_counts()
    return {name: int(counts.get(name, 0)) for name in ("affected", "check_needed", "not_affected")}


def _verdict_units(scoped: pd.DataFrame) -> dict[str, int]:
    sums = scoped["quantity"].fillna(1).groupby(scoped["verdict"]).sum()
    return {name: int(sums.get(name, 0)) for name in ("affected", "check_needed", "not_affected")}


def _expected(located: pd.DataFrame, expected_units: Mapping[str, int]) -> list[Balance]:
    """Split the affected units by market; units to check may account for some that are missing."""
    if not expected_units:
        return []
    affected = located[located["verdict"] == "affected"]
    market = affected["market"].where(affected["market"].isin(list(expected_units)), "elsewhere")
    market = market.where(affected["market"].notna(), "market not stated")
    sums = affected["quantity"].fillna(1).groupby(market).sum()
    names = [*expected_units, "elsewhere", "market not stated"]
    parts = {name: int(sums.get(name, 0)) for name in names}
    return [
        Balance("expected_units", "units", count_units(affected), parts, "match_recall.affected")
    ]


def balance_plan(
    located: gpd.GeoDataFrame,
    unit_sites: pd.DataFrame,
    plan: Plan,
) -> list[Balance]:
    """Balance the plan: every unit and site is in a wave, done, asked for, or listed.

    Parameters
    ----------
    located : GeoDataFrame
        LOCATED, units that are affected or to check.
    unit_sites : DataFrame
        ``site_id`` and ``site_cause`` of these units.
    plan : Plan
        Waves, questions, and units in neither.

    Returns
    -------
    list of Balance
        Units with a site = by wave + done; without = asked of a partner + listed; sites = by
        wave + done.
    """
    quantity = located["quantity"].fillna(1)
    site = unit_sites["site_id"].reindex(located.index)
    cause = unit_sites["site_cause"].reindex(located.index)
    wave = plan.frame["wave"]
    unit_wave = site.map(wave)
    waves = sorted(int(number) for number in wave.dropna().unique())
    units = {f"wave_{number}": int(quantity[unit_wave == number].sum()) for number in waves}
    units["done"] = int(quantity[site.isin(plan.frame.index) & unit_wave.isna()].sum())
    sites = {f"wave_{number}": int((wave == number).sum()) for number in waves}
    sites["done"] = int(wave.isna().sum())
    asked = plan.questions["subject"].isin(["end_user_unknown", "place_unknown"])
    homeless = {
        "asked": int(plan.questions.loc[asked, "units"].sum()),
        "listed": int(plan.unplanned["units"].sum()),
    }
    placed = " + ".join(f"resolve_sites.placed_{level}" for level in MATCH_LEVELS)
    return [
        Balance(
            "plan_outreach",
            "units",
            int(quantity[cause.isin(["placed", "area_only"])].sum()),
            units,
            f"{placed} + resolve_sites.area_only",
        ),
        Balance(
            "ask_partners",
            "units",
            int(quantity[cause.isin(["in_channel", "nowhere"])].sum()),
            homeless,
            "resolve_sites.in_channel + resolve_sites.nowhere",
        ),
        Balance(
            "plan_outreach",
            "sites",
            len(plan.frame),
            sites,
            "rank_sites.ranked + rank_sites.without_point",
        ),
    ]
