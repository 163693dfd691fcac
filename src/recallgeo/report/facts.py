"""The facts that head every report: counted once, shown on screen, page and notebook alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from recallgeo.ledger import count_units
from recallgeo.outreach import chain_of, partner_of

if TYPE_CHECKING:
    from recallgeo.export import Run

__all__ = ["PLACEMENT_LEVELS", "RunFacts", "gather_facts"]

PLACEMENT_LEVELS: Mapping[str, tuple[str, ...]] = {
    "known exactly": ("placed_supplied", "placed_building", "placed_address"),
    "by street": ("placed_interpolated", "placed_street"),
    "by postcode": ("placed_postcode",),
    "city or area only": (
        "placed_locality",
        "placed_admin",
        "placed_country",
        "area_only",
    ),
    "in channel": ("in_channel",),
    "nowhere": ("nowhere",),
}
"""How surely a unit's place is known, in words, from the parts of the ledger's placement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts:
    """Counts and sentences of a run.

    Parameters
    ----------
    name, as_of, recall_id : str
        Incident, its day, and the notice.
    mock : bool
        A drill.
    units_made : int or None
        As the recall declares; None where it does not.
    unaccounted : int or None
        Units made that are not known to be affected, summed over the markets that miss some: a
        market where more are known than made takes nothing off the others.
    over_counted : int
        Affected units beyond what was made, summed over the markets that have too many.
    units_known : int
        In a register.
    affected_units, check_units, not_affected_units : int
        By verdict.
    rows_read, rows_set_aside : int
        Records of the registers.
    hidden_hits : int
        Rows set aside whose text holds a recalled serial or model.
    near_misses : int
        Units just outside a scope.
    placement : mapping of str to int
        Units in scope by how surely their place is known, the surest first.
    sites, area_sites : int
        Affected sites, and those of them known only by an area.
    first_day : str or None
        First day of work, ISO.
    today : mapping of str to int
        Sites to reach on that day, by channel.
    wave_1 : int
        Sites in the first wave.
    done_units : int
        Units at sites that are done.
    hiding_partner : str or None
        The partner behind most units whose place is not known.
    hidden_units : int
        How many these are.
    unseen : tuple of str
        What was not looked at, in sentences.
    """

    name: str
    as_of: str
    recall_id: str
    mock: bool
    units_made: int | None
    unaccounted: int | None
    over_counted: int
    units_known: int
    affected_units: int
    check_units: int
    not_affected_units: int
    rows_read: int
    rows_set_aside: int
    hidden_hits: int
    near_misses: int
    placement: Mapping[str, int]
    sites: int
    area_sites: int
    first_day: str | None
    today: Mapping[str, int]
    wave_1: int
    done_units: int
    hiding_partner: str | None
    hidden_units: int
    unseen: tuple[str, ...]

    @property
    def headline(self) -> str:
        """The answer in one sentence."""
        calls = sum(self.today.values())
        return (
            f"{self.affected_units:,} units are affected, {self.check_units:,} more may be; "
            f"{calls:,} sites need a contact on the first day."
        )

    @property
    def unknown(self) -> tuple[str, ...]:
        """What is not known or was not looked at, in sentences, for the red part of a report."""
        sentences = []
        if self.unaccounted is not None:
            words = "Recalled units made that are not known to be in a register"
            sentences.append(f"{words}: {self.unaccounted:,}.")
        if self.over_counted:
            sentences.append(
                f"{self.over_counted:,} more units are affected in some markets than were made for "
                "them: check the notice and its scopes."
            )
        sentences += self.unseen
        if self.rows_set_aside:
            named = f"; {self.hidden_hits:,} of the lines name a recalled unit"
            sentences.append(
                f"{self.rows_set_aside:,} rows of the registers were set aside"
                f"{named if self.hidden_hits else ''}."
            )
        if self.near_misses:
            sentences.append(f"{self.near_misses:,} units are just outside a scope.")
        if self.hiding_partner is not None:
            sentences.append(
                f"Most units without a known place came through {self.hiding_partner}: "
                f"{self.hidden_units:,}."
            )
        return tuple(sentences)


def gather_facts(run: "Run") -> RunFacts:
    """Count what heads every report.

    Parameters
    ----------
    run : Run
        A whole run.

    Returns
    -------
    RunFacts
        Everything from the ledger where the ledger has it.
    """
    ledger, planned = run.ledger, run.plan.frame
    verdicts = ledger.balance("match_recall").parts
    places = ledger.balance("resolve_sites").parts
    rows = ledger.balance("read_register", "rows")
    incident = run.manifest["incident"]
    first_day, today = _today(planned)
    partner, hidden = _hiding_partner(run)
    return RunFacts(
        name=incident["name"],
        as_of=incident["as_of"],
        recall_id=run.recall.id,
        mock=bool(incident["mock"]),
        units_made=sum(ledger.made.values()) if ledger.made else None,
        unaccounted=(
            sum(max(0, missing) for missing in ledger.unaccounted.values()) if ledger.made else None
        ),
        over_counted=sum(max(0, -missing) for missing in ledger.unaccounted.values()),
        units_known=ledger.balance("match_recall").total,
        affected_units=verdicts["affected"],
        check_units=verdicts["check_needed"],
        not_affected_units=verdicts["not_affected"],
        rows_read=rows.total,
        rows_set_aside=rows.parts["set_aside"],
        hidden_hits=_hidden_hits(run.set_aside),
        near_misses=len(run.near_misses),
        placement={
            label: sum(places.get(part, 0) for part in parts)
            for label, parts in PLACEMENT_LEVELS.items()
        },
        sites=len(planned),
        area_sites=int(planned.geometry.isna().sum()),
        first_day=first_day,
        today=today,
        wave_1=int((planned["wave"] == 1).sum()),
        done_units=ledger.balance("plan_outreach").parts["done"],
        hiding_partner=partner,
        hidden_units=hidden,
        unseen=tuple(_unseen(run)),
    )


def _hidden_hits(set_aside: pd.DataFrame) -> int:
    if "x_recalled" not in set_aside.columns:
        return 0
    return int(set_aside["x_recalled"].fillna(value=False).sum())


def _today(planned: pd.DataFrame) -> tuple[str | None, dict[str, int]]:
    days = planned["due_on"].dropna()
    if days.empty:
        return None, {}
    first = str(days.min())
    counts = planned.loc[planned["due_on"] == first, "channel"].value_counts()
    return first, {str(name): int(count) for name, count in sorted(counts.items())}


def _hiding_partner(run: "Run") -> tuple[str | None, int]:
    """Name the partner behind most in-scope units that have no point."""
    cause = run.unit_sites["site_cause"].reindex(run.located.index)
    lost = run.located[cause.isin(["area_only", "in_channel", "nowhere"])]
    partner = partner_of(chain_of(lost), run.parties)
    units = lost["quantity"].fillna(1).groupby(partner).sum()
    if units.empty:
        return None, 0
    worst = units.sort_index().sort_values(ascending=False, kind="stable")
    return str(worst.index[0]), int(worst.iloc[0])


def _unseen(run: "Run") -> list[str]:
    """Say what was not looked at; silence about a kind is never safety."""
    frame = run.exposure.frame
    placed = frame[frame.geometry.notna()]
    sentences = []
    if not run.exposure.kinds:
        sentences.append("No layer of sensitive places was given: who stands near is not known.")
    blind = [
        f"{kind.replace('_', ' ')} ({int((placed[f'{kind}_seen'] == 'outside').sum()):,})"
        for kind in run.exposure.kinds
        if (placed[f"{kind}_seen"] == "outside").any()
    ]
    if blind:
        shown = ", ".join(blind)
        sentences.append(f"Sites outside every layer's extent: {shown} of {len(placed):,} points.")
    if run.population.coarse_default:
        sentences.append(
            "No population was given: the coarse default serves for density only, "
            "with no counts under 5 km."
        )
    area = int(frame.geometry.isna().sum())
    if area:
        units = frame.loc[frame.geometry.isna(), ["affected_units", "check_units"]].sum().sum()
        sentences.append(
            f"{area:,} sites with {int(units):,} units are known only by an area: "
            "not on the map, planned by contact."
        )
    nowhere = run.located[run.unit_sites["site_cause"].reindex(run.located.index) == "nowhere"]
    if len(nowhere):
        sentences.append(f"{count_units(nowhere):,} units have neither place nor customer.")
    return sentences
