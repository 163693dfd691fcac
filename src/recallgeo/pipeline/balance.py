"""The balances of a run: what each stage made of the rows and units it was given."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from recallgeo.frames import MATCH_LEVELS
from recallgeo.ledger import Balance, Ledger, count_units

__all__ = ["RunTables", "balance_run"]

_IN_SCOPE = "match_recall.affected + match_recall.check_needed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunTables:
    """The tables that the balances of a run are drawn from.

    Parameters
    ----------
    rows_read : int
        Records of every register file, header lines apart.
    rows_set_aside : int
        Of them, set aside.
    rows_merged : int
        Of them, joined into another row of the same unit.
    scoped : DataFrame
        SCOPED, every unit.
    located : DataFrame
        LOCATED, units that are affected or to check.
    unit_sites : DataFrame
        ``site_id`` and ``site_cause`` of the located units.
    planned : DataFrame
        PLANNED.
    unplanned : DataFrame
        Units in no wave and no question.
    possible : int
        Other places of units that are counted where they more likely stand; warned too.
    rows_added : int
        Rows of `scoped` that only movements know.
    """

    rows_read: int
    rows_set_aside: int
    rows_merged: int
    scoped: pd.DataFrame
    located: pd.DataFrame
    unit_sites: pd.DataFrame
    planned: pd.DataFrame
    unplanned: pd.DataFrame
    possible: int = 0
    rows_added: int = 0


def balance_run(tables: RunTables, *, expected_units: Mapping[str, int]) -> Ledger:
    """Draw the ledger of a run and raise where a row or unit was lost or doubled.

    Parameters
    ----------
    tables : RunTables
        What the stages gave.
    expected_units : mapping of str to int
        Units made or shipped per market, as the recall declares; may be empty.

    Returns
    -------
    Ledger
        Rows: read = kept + set aside; kept = assets + merged; rows
        matched = assets + added by movements. Units: known = affected + check needed + not
        affected; in scope = placed by level + area only + in channel + nowhere;
        with a site = planned by wave + done; without = asked of a partner + listed.

    Raises
    ------
    LedgerError
        If a sum is not conserved.
    """
    kept = tables.rows_read - tables.rows_set_aside
    known = len(tables.scoped) - tables.rows_added
    rows = {"kept": kept, "set_aside": tables.rows_set_aside}
    balances = [
        Balance("read_register", "rows", tables.rows_read, rows),
        Balance(
            "merge_registers",
            "rows",
            kept,
            {"assets": known, "merged": tables.rows_merged},
            "read_register.kept",
        ),
        Balance(
            "movements",
            "rows",
            len(tables.scoped),
            {"from_registers": known, "added_by_movements": tables.rows_added},
        ),
        Balance(
            "match_recall",
            "rows",
            len(tables.scoped),
            _verdict_rows(tables.scoped),
            "movements.from_registers + movements.added_by_movements",
        ),
        Balance("match_recall", "units", count_units(tables.scoped), _verdict_units(tables.scoped)),
        *_expected(tables.located, expected_units),
        _placement(tables),
        *_planning(tables),
        Balance(
            "possible_places", "units", tables.possible, {"counted_elsewhere": tables.possible}
        ),
    ]
    return Ledger.from_balances(balances, made=expected_units)


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


def _placement(tables: RunTables) -> Balance:
    cause = tables.unit_sites["site_cause"].reindex(tables.located.index)
    level = tables.located["match_level"].where(cause == "placed")
    place = ("placed_" + level).fillna(cause)
    sums = tables.located["quantity"].fillna(1).groupby(place).sum()
    names = [*(f"placed_{level}" for level in MATCH_LEVELS), "area_only", "in_channel", "nowhere"]
    parts = {name: int(sums.get(name, 0)) for name in names}
    return Balance("resolve_sites", "units", count_units(tables.located), parts, _IN_SCOPE)


def _planning(tables: RunTables) -> list[Balance]:
    quantity = tables.located["quantity"].fillna(1)
    site = tables.unit_sites["site_id"].reindex(tables.located.index)
    wave = site.map(tables.planned["wave"])
    known = site.isin(tables.planned.index)
    housed = {
        f"wave_{number}": int(quantity[wave == number].sum())
        for number in sorted(wave.dropna().unique())
    }
    housed["done"] = int(quantity[known & wave.isna()].sum())
    homeless = site.isna()
    listed = homeless & site.index.isin(tables.unplanned.index)
    cause = tables.unit_sites["site_cause"].reindex(tables.located.index)
    placed = " + ".join(f"resolve_sites.placed_{level}" for level in MATCH_LEVELS)
    return [
        Balance(
            "plan_outreach",
            "units",
            int(quantity[cause.isin(["placed", "area_only"])].sum()),
            housed,
            f"{placed} + resolve_sites.area_only",
        ),
        Balance(
            "ask_partners",
            "units",
            int(quantity[cause.isin(["in_channel", "nowhere"])].sum()),
            {
                "asked": int(quantity[homeless & ~listed].sum()),
                "listed": int(quantity[listed].sum()),
            },
            "resolve_sites.in_channel + resolve_sites.nowhere",
        ),
    ]
