"""Find recalled units in the field, see who is around them, rank the sites to reach first.

The public names below load on first use, so that `import recallgeo` stays quick.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from recallgeo import errors, testing
    from recallgeo.export import Run, write_run
    from recallgeo.exposure import Exposure, measure_exposure
    from recallgeo.incident import Incident, load_incident
    from recallgeo.layers import Layer
    from recallgeo.location import AddressIndex, locate_assets
    from recallgeo.outreach import OutreachPolicy, Plan, plan_outreach
    from recallgeo.pipeline import run_incident
    from recallgeo.population import Population
    from recallgeo.recall import Recall, match_recall
    from recallgeo.register import Reading, resolve_custody
    from recallgeo.report import compare_runs, write_briefing
    from recallgeo.scoring import Ranking, ScoreModel, rank_sites
    from recallgeo.sites import resolve_sites
    from recallgeo.sources.layers import read_layer
    from recallgeo.sources.movements import read_movements
    from recallgeo.sources.population import read_population
    from recallgeo.sources.register import read_register

_HOMES = {
    "AddressIndex": "location",
    "Exposure": "exposure",
    "Incident": "incident",
    "Layer": "layers",
    "OutreachPolicy": "outreach",
    "Plan": "outreach",
    "Population": "population",
    "Ranking": "scoring",
    "Reading": "register",
    "Recall": "recall",
    "Run": "export",
    "ScoreModel": "scoring",
    "compare_runs": "report",
    "load_incident": "incident",
    "locate_assets": "location",
    "match_recall": "recall",
    "measure_exposure": "exposure",
    "plan_outreach": "outreach",
    "rank_sites": "scoring",
    "read_layer": "sources.layers",
    "read_movements": "sources.movements",
    "read_population": "sources.population",
    "read_register": "sources.register",
    "resolve_custody": "register",
    "resolve_sites": "sites",
    "run_incident": "pipeline",
    "write_briefing": "report",
    "write_run": "export",
}
_MODULES = ("errors", "testing")

__all__ = [
    "AddressIndex",
    "Exposure",
    "Incident",
    "Layer",
    "OutreachPolicy",
    "Plan",
    "Population",
    "Ranking",
    "Reading",
    "Recall",
    "Run",
    "ScoreModel",
    "__version__",
    "compare_runs",
    "errors",
    "load_incident",
    "locate_assets",
    "match_recall",
    "measure_exposure",
    "plan_outreach",
    "rank_sites",
    "read_layer",
    "read_movements",
    "read_population",
    "read_register",
    "resolve_custody",
    "resolve_sites",
    "run_incident",
    "testing",
    "write_briefing",
    "write_run",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401  # whatever the name stands for
    """Load a public name on first use."""
    if name in _MODULES:
        return import_module(f"recallgeo.{name}")
    if name not in _HOMES:
        message = f"module 'recallgeo' has no attribute {name!r}"
        raise AttributeError(message)
    value = getattr(import_module(f"recallgeo.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names."""
    return sorted(__all__)
