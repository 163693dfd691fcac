"""Reports for people: the briefing page, maps, and what changed between runs."""

from typing import TYPE_CHECKING

from recallgeo.report.briefing import write_briefing
from recallgeo.report.compare import compare_runs
from recallgeo.report.facts import RunFacts, gather_facts
from recallgeo.report.notebook import run_html
from recallgeo.report.plots import draw_map, plot_sites, write_map

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from recallgeo.export import Run

__all__ = [
    "REPORT",
    "RunFacts",
    "compare_runs",
    "draw_map",
    "gather_facts",
    "plot_sites",
    "run_html",
    "write_briefing",
    "write_map",
]

REPORT: "dict[str, Callable[[Run, Path], None]]" = {
    "briefing.html": write_briefing,
    "map.png": write_map,
}
"""Files of a run that are reports, and who writes them."""
