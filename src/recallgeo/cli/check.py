"""Check an incident before a run: what it names, and what will never match."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from recallgeo.incident import Incident, load_incident
from recallgeo.outreach import OutreachPolicy
from recallgeo.pipeline.inputs import Inputs, read_inputs
from recallgeo.progress import silent
from recallgeo.recall import match_recall, try_recall
from recallgeo.reference import countries, hazards

__all__ = ["check_incident"]

_SHOWN = 8


def check_incident(path: Path) -> Iterator[str]:
    """Open everything that an incident names and say what to look at before a run.

    Parameters
    ----------
    path : Path
        ``incident.toml``.

    Yields
    ------
    str
        A line each: what was read, then warnings, which start with ``look:``.

    Raises
    ------
    RecallGeoError
        For the first file that cannot be used.
    """
    case = load_incident(path)
    yield f"{path.name}: {len(case.files)} files, all there"
    OutreachPolicy(
        start_on=case.outreach.start_on,
        capacity_per_day=case.outreach.capacity_per_day,
        calendar=case.outreach.calendar,
        verify_share=case.outreach.verify_share,
    )
    inputs = read_inputs(case, silent)
    yield f"registers: {inputs.reading.summary()}"
    yield f"recall: {inputs.recall.summary()}"
    yield from _scopes(inputs)
    yield from _hazards(inputs)
    yield from _coverage(case, inputs)


def _scopes(inputs: Inputs) -> Iterator[str]:
    trial = try_recall(inputs.recall, inputs.assets)
    for row in trial.rules.to_dict("records"):
        name = f"scope {row['scope_id']}, rule {row['rule']}"
        yield f"{name}: {row['affected_units']:,} units affected, {row['check_units']:,} to check"
        if not pd.isna(row["never"]):
            yield f"look: {name} matches no unit: {row['never']}"
    scoped = match_recall(inputs.assets, inputs.recall)
    missing = scoped.loc[scoped["verdict"] == "check_needed", "verdict_reason"]
    for reason, count in missing.value_counts().head(3).items():
        yield f"look: {count:,} rows to check because of: {reason}"


def _hazards(inputs: Inputs) -> Iterator[str]:
    known = hazards()
    for scope in inputs.recall.scopes:
        if scope.severity is None:
            yield (
                f"look: scope {scope.id} declares no severity; the hazard's own "
                f"({known[scope.hazard].severity:g}) serves"
            )


def _coverage(case: Incident, inputs: Inputs) -> Iterator[str]:
    """Name countries with units but without index, layer or population."""
    missing = int(inputs.assets["country"].isna().sum())
    if missing:
        yield f"look: {missing:,} of {len(inputs.assets):,} rows have no country"
    if not case.index:
        land = inputs.assets["country"].value_counts()
        names = countries()["name"].reindex(land.index).fillna("unknown")
        most = ", ".join(
            f"{name} ({count:,} rows)"
            for name, count in zip(names.head(_SHOWN), land.head(_SHOWN), strict=True)
        )
        yield f"look: no address index is given, streets are not found; most rows are in {most}"
    if not case.layers:
        yield "look: no layer of sensitive places is given"
    if not case.population:
        yield "look: no population is given; the coarse default serves for density only"
