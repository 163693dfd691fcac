"""Turn a ranking into work: waves, days, channels, partners, questions."""

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from recallgeo.errors import LedgerError, PlanError
from recallgeo.frames import PLANNED, RANKED
from recallgeo.outreach.closing import find_closed
from recallgeo.outreach.policy import OutreachPolicy
from recallgeo.outreach.questions import ask_questions, chain_of, partner_of, who_to_ask
from recallgeo.outreach.waves import (
    channel_of,
    needs_verifying,
    order_of_work,
    schedule_days,
    wave_of,
)
from recallgeo.scoring import verify_first

if TYPE_CHECKING:
    from recallgeo.scoring import Ranking

__all__ = ["Plan", "plan_outreach"]

UNPLANNED_COLUMNS = ("verdict", "units", "cause", "serial", "source_file", "source_row")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to do, on which day, through whom.

    Parameters
    ----------
    frame : GeoDataFrame
        PLANNED, in the order of work; a site that is done has no wave.
    waves : DataFrame
        One row a wave: sites, affected and check units, first and last day.
    questions : DataFrame
        What only partners or customers can tell; see `ask_questions`.
    unplanned : DataFrame, index ``asset_id``
        Units that are in no wave and in no question, with the cause.
    changes : DataFrame, index ``site_id``
        What moved since the previous plan, and why.
    """

    frame: gpd.GeoDataFrame
    waves: pd.DataFrame
    questions: pd.DataFrame
    unplanned: pd.DataFrame
    changes: pd.DataFrame

    def summary(self) -> str:
        """Say the plan in one line a wave."""
        lines = [
            f"wave {wave}: {row.sites} sites, {row.affected_units} affected units and "
            f"{row.check_units} to check, {row.first_day} to {row.last_day}"
            for wave, row in zip(self.waves.index, self.waves.itertuples(index=False), strict=True)
        ]
        lines.append(f"{len(self.questions)} questions, {len(self.unplanned)} units without either")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        """Show the waves in a notebook."""
        return str(self.waves.to_html(border=0))


def plan_outreach(  # noqa: PLR0913  # the public contract; all but two are keywords
    ranking: "Ranking | gpd.GeoDataFrame",
    policy: OutreachPolicy,
    *,
    as_of: date,
    units: pd.DataFrame | None = None,
    parties: pd.DataFrame | None = None,
    log: pd.DataFrame | None = None,
    previous: pd.DataFrame | None = None,
    possible: pd.DataFrame | None = None,
) -> Plan:
    """Plan the outreach: who is contacted in which wave, on which day, by which channel.

    The wave follows the worst tier that the doubt of the place allows, so doubt never delays;
    the channel follows how a site can be reached, so an unreachable site never sinks. No call of
    a wave waits for one of a later wave; inside a wave doubtful places have their own share of
    the calls, the likeliest first where `ranking` is a Ranking, which knows their chances.

    Parameters
    ----------
    ranking : Ranking or GeoDataFrame
        RANKED.
    policy : OutreachPolicy
        Capacity, calendar, share of calls for doubtful places.
    as_of : date
        Day of the plan; work starts at the later of it and ``policy.start_on``.
    units : DataFrame, optional
        LOCATED units with ``site_id`` and ``site_cause``, for the questions and the list of units
        that are in no wave.
    parties : DataFrame, optional
        PARTIES, for the canonical names of partners.
    log : DataFrame, optional
        Outreach log: ``site_id, at, state`` and, where one unit is meant, ``asset_id``. A site
        leaves the plan when each of its `units` is remedied: a line about a unit closes that unit
        alone; a line about the site closes the units that are not known to be delivered or
        recorded after its day, so a later unit opens the site again. Without `units` a line about
        the site closes it, and lines about single units do not.
    previous : DataFrame, optional
        PLANNED of an earlier plan, for the list of changes.
    possible : DataFrame, optional
        LOCATED units with ``site_id`` that are counted elsewhere and may stand here; they keep a
        site open, and are in no count, question or list.

    Returns
    -------
    Plan
        Every site of the ranking stands in `frame` once.

    Raises
    ------
    PlanError
        If the policy cannot be carried out.
    LedgerError
        If a unit would be in no wave, question or list.
    """
    ranked = ranking if isinstance(ranking, gpd.GeoDataFrame) else ranking.frame
    RANKED.validate(ranked)
    if as_of > policy.start_on:
        policy = replace(policy, start_on=as_of)
    status = find_closed(ranked.index, log, _all_units(units, possible))
    closed = ranked.index.isin(status.index)
    partner = _partner_of_sites(ranked, units, parties)
    chance = None if isinstance(ranking, gpd.GeoDataFrame) else verify_first(ranking)["chance"]
    planned = _plan_sites(gpd.GeoDataFrame(ranked[~closed]), policy, partner, chance)
    done = _done_sites(gpd.GeoDataFrame(ranked[closed]), status, partner)
    both = pd.concat([planned, done]) if len(done) else planned
    frame = gpd.GeoDataFrame(PLANNED.conform(both))
    questions = ask_questions(units, parties)
    unplanned = _unplanned(units, frame, parties)
    if len(frame) != len(ranked):
        message = f"plan_outreach: {len(ranked)} sites came in, {len(frame)} are planned or done"
        raise LedgerError(message)
    return Plan(
        frame=frame,
        waves=_waves(frame),
        questions=questions,
        unplanned=unplanned,
        changes=_changes(frame, previous),
    )


def _all_units(units: pd.DataFrame | None, possible: pd.DataFrame | None) -> pd.DataFrame | None:
    columns = ["site_id", "delivered", "record_date"]
    parts = [pd.DataFrame(table[columns]) for table in (units, possible) if table is not None]
    return pd.concat(parts) if parts else None


def _plan_sites(
    ranked: gpd.GeoDataFrame,
    policy: OutreachPolicy,
    partner: pd.Series,
    chance: pd.Series | None,
) -> gpd.GeoDataFrame:
    wave = wave_of(ranked["tier_worst"])
    order = order_of_work(ranked, wave, chance=chance)
    table = ranked.iloc[order].copy()
    verify = needs_verifying(table)
    table["wave"] = wave.iloc[order]
    table["channel"] = channel_of(table, policy)
    days = schedule_days(pd.DataFrame(table[["channel", "wave", "tier"]]), policy)
    calendar = policy.working_days(int(days.max()) + 1 if len(days) else 1)
    table["due_on"] = pd.Series(np.datetime_as_string(calendar[days]), table.index, dtype="str")
    table["work_order"] = pd.array(np.arange(1, len(table) + 1), dtype="Int64")
    table["partner"] = partner.reindex(table.index)
    table["wave_reason"] = _reasons(table, verify)
    return table


def _partner_of_sites(
    ranked: pd.DataFrame, units: pd.DataFrame | None, parties: pd.DataFrame | None
) -> pd.Series:
    """Give the partner nearest to the customer of most units of each site, ties by name.

    The units say who of a chain comes last; the list of a site's partners is sorted by name.
    """
    listed = partner_of(ranked["partners"], parties)
    if units is None or units.empty:
        return listed
    table = pd.DataFrame(
        {
            "site": units["site_id"],
            "partner": partner_of(chain_of(units), parties),
            "units": units["quantity"].fillna(1),
        }
    )
    counts = table.groupby(["site", "partner"])["units"].sum().reset_index()
    counts = counts.sort_values(["site", "units", "partner"], ascending=[True, False, True])
    most = counts.drop_duplicates("site").set_index("site")["partner"]
    return most.reindex(ranked.index).fillna(listed).astype("str").rename("partner")


def _reasons(table: gpd.GeoDataFrame, verify: pd.Series) -> pd.Series:
    tier = table["tier"].astype(str)
    worst = table["tier_worst"].astype(str)
    text = "tier " + tier
    doubtful = "may be tier " + worst + ", likely tier " + tier + ": verify the place first"
    text = text.where(~verify, doubtful)
    no_point = table.geometry.isna()
    text = text.where(~no_point, text + "; only an area is known: ask for the address")
    to_check = (table["affected_units"] == 0).to_numpy(dtype=bool)
    text = text.where(~to_check, text + "; ask for the serial")
    unreachable = (table["contact_route"].fillna("none") == "none").to_numpy(dtype=bool)
    text = text.where(~unreachable, text + "; no contact on record")
    return text.astype("str")


def _done_sites(
    ranked: gpd.GeoDataFrame, status: pd.DataFrame, partner: pd.Series
) -> gpd.GeoDataFrame:
    table = ranked.copy()
    folded = status.reindex(table.index)
    table["partner"] = partner.reindex(table.index)
    table["wave_reason"] = "done: " + folded["state"] + " on " + folded["at"].str[:10]
    return table


def _unplanned(
    units: pd.DataFrame | None, frame: gpd.GeoDataFrame, parties: pd.DataFrame | None
) -> pd.DataFrame:
    """List the units that are in no wave and in no question to a partner."""
    empty = pd.DataFrame(columns=list(UNPLANNED_COLUMNS)).rename_axis("asset_id")
    if units is None or units.empty:
        return empty
    strangers = units["site_id"].dropna()
    strangers = strangers[~strangers.isin(frame.index)]
    if len(strangers):
        message = f"plan_outreach: {len(strangers)} units name sites that are not in the ranking"
        raise LedgerError(message)
    homeless = units[units["site_id"].isna()]
    asked = who_to_ask(homeless, parties).notna()
    left = homeless[~asked]
    return pd.DataFrame(
        {
            "verdict": left["verdict"],
            "units": left["quantity"].fillna(1).astype("Int64"),
            "cause": left["site_cause"].map(_CAUSES),
            "serial": left["serial"],
            "source_file": left["source_file"],
            "source_row": left["source_row"],
        }
    ).sort_index()


_CAUSES = {
    "nowhere": "neither place, customer nor partner is known",
    "in_channel": "in the channel, but no partner is named",
}


def _waves(frame: gpd.GeoDataFrame) -> pd.DataFrame:
    active = frame[frame["wave"].notna()]
    return active.groupby("wave").agg(
        sites=("name", "size"),
        affected_units=("affected_units", "sum"),
        check_units=("check_units", "sum"),
        first_day=("due_on", "min"),
        last_day=("due_on", "max"),
    )


def _changes(frame: gpd.GeoDataFrame, previous: pd.DataFrame | None) -> pd.DataFrame:
    columns = ["change", "due_on_before", "due_on", "wave_before", "wave"]
    if previous is None:
        return pd.DataFrame(columns=columns).rename_axis("site_id")
    missing = {"wave", "due_on"} - set(previous.columns)
    if missing:
        message = f"the previous plan lacks {sorted(missing)}; expected a PLANNED table"
        raise PlanError(message)
    before = previous[["wave", "due_on"]].add_suffix("_before")
    both = pd.DataFrame(frame[["wave", "due_on"]]).join(before, how="outer", sort=True)
    new = ~both.index.isin(previous.index)
    gone = ~both.index.isin(frame.index)
    done = both["wave"].isna() & both["wave_before"].notna() & ~gone
    moved = (both["wave"] != both["wave_before"]).fillna(value=False).to_numpy(dtype=bool)
    shifted = (both["due_on"] != both["due_on_before"]).to_numpy(dtype=bool)
    cases = [gone, new, done.to_numpy(dtype=bool), moved, shifted]
    words = ["no longer a site", "new site", "done", "other wave", "other day"]
    both["change"] = np.select(cases, words, default="")
    return both[both["change"] != ""][columns].rename_axis("site_id")
