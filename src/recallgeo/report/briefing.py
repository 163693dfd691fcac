"""The briefing: one self-contained page, no network, the answer first."""

import base64
import io
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from recallgeo.report.facts import PLACEMENT_LEVELS, gather_facts
from recallgeo.report.plots import draw_map
from recallgeo.scoring import verify_first

if TYPE_CHECKING:
    from recallgeo.export import Run

__all__ = ["write_briefing"]

_TABLE_SITES = 2_000
_CHECKS = 20
_HITS = 20


def write_briefing(run: "Run", path: str | PathLike[str]) -> None:
    """Write the briefing page of a run.

    Parameters
    ----------
    run : Run
        A whole run.
    path : path
        The file; replaced where it exists.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("recallgeo.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = environment.get_template("briefing.html").render(_content(run))
    Path(path).write_text(page, encoding="utf-8", newline="\n")


def _content(run: "Run") -> dict[str, Any]:
    facts = gather_facts(run)
    planned = run.plan.frame
    return {
        "facts": facts,
        "bar": _bar(run),
        "map": _map_picture(run),
        "sites": _rows(planned.head(_TABLE_SITES)),
        "more_sites": max(0, len(planned) - _TABLE_SITES),
        "waves": run.plan.waves.reset_index().to_dict("records"),
        "checks": _check_rows(run),
        "questions": _text_rows(run.plan.questions.head(_CHECKS)),
        "more_questions": max(0, len(run.plan.questions) - _CHECKS),
        "hits": _hits(run.set_aside),
        "balances": [balance.to_dict() for balance in run.ledger.balances],
        "quality": _text_rows(run.quality.head(40)),
        "quality_columns": list(run.quality.columns),
        "layers": [layer.provenance.to_dict() for layer in run.layers],
        "population": run.population.provenance.to_dict(),
        "coarse": run.population.coarse_default,
        "model": run.manifest["parameters"]["model"],
        "parameters": {
            name: value for name, value in run.manifest["parameters"].items() if name != "model"
        },
        "versions": run.manifest["versions"],
    }


def _bar(run: "Run") -> list[tuple[str, int]]:
    facts = gather_facts(run)
    placed = sum(
        count
        for label, count in facts.placement.items()
        if label in {"known exactly", "by street", "by postcode"} and label in PLACEMENT_LEVELS
    )
    made = [("made", facts.units_made)] if facts.units_made is not None else []
    steps = [
        *made,
        ("affected or to check", facts.affected_units + facts.check_units),
        ("placed on the map", placed),
        ("done", facts.done_units),
    ]
    return [(label, int(count)) for label, count in steps]


def _map_picture(run: "Run") -> str:
    buffer = io.BytesIO()
    draw_map(run, buffer)
    return base64.b64encode(buffer.getvalue()).decode("ascii")


def _rows(planned: pd.DataFrame) -> list[dict[str, Any]]:
    columns = [
        *("rank", "rank_best", "rank_worst", "tier", "wave", "due_on", "channel", "partner"),
        *("name", "address", "city", "country", "affected_units", "check_units", "reason"),
        *("match_level", "uncertainty_m", "wave_reason"),
    ]
    return _text_rows(planned[columns])


def _check_rows(run: "Run") -> list[dict[str, Any]]:
    first = verify_first(run.ranking).head(_CHECKS)
    named = first.join(run.plan.frame[["name", "city", "country"]], rsuffix="_site")
    return _text_rows(named)


def _hits(set_aside: pd.DataFrame) -> list[dict[str, Any]]:
    if "x_recalled" not in set_aside.columns:
        return []
    named = set_aside[set_aside["x_recalled"].fillna(value=False).astype(bool)]
    return _text_rows(named.head(_HITS)[["source_file", "source_row", "cause", "raw"]])


def _text_rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Give rows as text; missing cells as an empty text."""
    shown = table.astype(object).where(table.notna(), "")
    return [{str(name): value for name, value in row.items()} for row in shown.to_dict("records")]
