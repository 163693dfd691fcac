"""What a person sees first after a run: the answer, the doubt, and what to open."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from recallgeo.report.facts import RunFacts, gather_facts
from recallgeo.scoring import verify_first

if TYPE_CHECKING:
    from recallgeo.export import Run

__all__ = ["print_run"]

_FIRST_SITES = 10
_FIRST_CHECKS = 5
_REASON_WIDTH = 160


def print_run(run: "Run", out: Path, *, console: Console, note: str = "") -> None:
    """Print the first screen of a run.

    Parameters
    ----------
    run : Run
        A whole run, written.
    out : Path
        Folder of its files.
    console : Console
        Where to print.
    note : str
        What else to say about the run, such as that its units are made up.
    """
    facts = gather_facts(run)
    parts: list[RenderableType] = [
        _title(facts, note),
        _today(facts),
        _funnel(facts),
        _placement(facts),
        *_unseen(facts),
        _sites(run.plan.frame),
        *_checks(run),
        *_partner(facts),
        _files(out),
    ]
    console.print(Group(*parts))


def _title(facts: RunFacts, note: str) -> RenderableType:
    head = Text("DRILL  " if facts.mock else "", style="bold red")
    head.append(f"{facts.name}, recall {facts.recall_id}, as of {facts.as_of}", style="bold")
    body = Text(f"\n{note}" if note else "")
    return Panel(Text.assemble(head, body), expand=False)


def _today(facts: RunFacts) -> RenderableType:
    if facts.first_day is None:
        return Text(f"{facts.headline} No site is left to contact.", style="bold")
    work = ", ".join(f"{count} by {channel}" for channel, count in facts.today.items())
    return Text.assemble(
        (facts.headline, "bold"),
        f"\nReach first, on {facts.first_day}: {work}. Wave 1 holds {facts.wave_1:,} sites.\n",
    )


def _funnel(facts: RunFacts) -> RenderableType:
    made = "not declared" if facts.units_made is None else f"{facts.units_made:,}"
    lines = [
        (
            f"Units: in a register {facts.units_known:,} -> affected {facts.affected_units:,}, "
            f"check needed {facts.check_units:,}, not affected {facts.not_affected_units:,}."
        ),
        f"Recalled units made: {made}" + _unaccounted(facts) + ".",
        f"Rows: read {facts.rows_read:,}, set aside {facts.rows_set_aside:,}"
        + (f", {facts.hidden_hits:,} of them name a recalled unit" * bool(facts.hidden_hits))
        + f". Near misses of a scope: {facts.near_misses:,}.",
    ]
    return Text("\n".join(lines))


def _unaccounted(facts: RunFacts) -> str:
    if facts.unaccounted is None:
        return ""
    known = f"; not known to be in a register: {facts.unaccounted:,}"
    return known + (
        f", some may be among the {facts.check_units:,} to check" * bool(facts.check_units)
    )


def _placement(facts: RunFacts) -> RenderableType:
    table = Table(title="Where the units in scope are", title_justify="left", box=None)
    for label in facts.placement:
        table.add_column(label, justify="right")
    table.add_row(*(f"{count:,}" for count in facts.placement.values()))
    return table


def _unseen(facts: RunFacts) -> list[RenderableType]:
    if not facts.unseen:
        return []
    text = Text("\nWhat we do not know\n", style="bold red")
    for sentence in facts.unseen:
        text.append(f"- {sentence}\n", style="red")
    return [text]


def _sites(planned: pd.DataFrame) -> RenderableType:
    first = planned[planned["rank"].notna()].sort_values("rank").head(_FIRST_SITES)
    table = Table(title="The first sites", title_justify="left", show_lines=False)
    table.add_column("rank", justify="right")
    table.add_column("range", justify="right")
    table.add_column("site")
    table.add_column("units", justify="right")
    table.add_column("why")
    table.add_column("how sure")
    for row in first.to_dict("records"):
        table.add_row(
            str(row["rank"]),
            _joined("-", row["rank_best"], row["rank_worst"]),
            Text(_joined(", ", row["name"], row["city"], row["country"])),
            _units(row["affected_units"], row["check_units"]),
            Text(_shorten(row["reason"])),
            _sure(row["match_level"], row["uncertainty_m"]),
        )
    return table


def _joined(separator: str, *values: Any) -> str:  # noqa: ANN401  # cells of any dtype
    return separator.join(str(value) for value in values if not pd.isna(value))


def _units(affected: int, check: int) -> str:
    return f"{affected}" + (f" +{check}?" if check else "")


def _shorten(text: str) -> str:
    return text if len(text) <= _REASON_WIDTH else text[: _REASON_WIDTH - 3] + "..."


def _sure(level: Any, radius_m: float) -> str:  # noqa: ANN401  # text or missing
    return "" if pd.isna(level) or pd.isna(radius_m) else f"{level}, within {radius_m:,.0f} m"


def _checks(run: "Run") -> list[RenderableType]:
    first = verify_first(run.ranking).head(_FIRST_CHECKS)
    if first.empty:
        return []
    names = run.plan.frame["name"].reindex(first.index)
    table = Table(title="What to check first", title_justify="left")
    table.add_column("site")
    table.add_column("why")
    for site, name, why in zip(first.index, names, first["why"], strict=True):
        table.add_row(Text(str(name) if isinstance(name, str) else str(site)), Text(str(why)))
    return [table]


def _partner(facts: RunFacts) -> list[RenderableType]:
    if facts.hiding_partner is None:
        return []
    return [
        Text(
            f"Most units without a known place came through {facts.hiding_partner}: "
            f"{facts.hidden_units:,}."
        )
    ]


def _files(out: Path) -> RenderableType:
    lines = [
        "\nOpen next:",
        f"  {out / 'briefing.html'}   the page to read, needs no network",
        f"  {out / 'incident.gpkg'}   the map, in QGIS",
        f"  {out / 'outreach.csv'}   the work, in order",
    ]
    return Text("\n".join(lines))
