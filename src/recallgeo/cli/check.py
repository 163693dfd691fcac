"""Check an incident before a run: what it names, and what will never match."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from recallgeo.incident import Incident, load_incident
from recallgeo.ledger import count_units
from recallgeo.outreach import OutreachPolicy
from recallgeo.pipeline.inputs import Inputs, read_inputs
from recallgeo.progress import silent
from recallgeo.recall import match_recall
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
    scoped = match_recall(inputs.assets, inputs.recall)
    for scope in inputs.recall.scopes:
        member = ("; " + scoped["scope_ids"].fillna("") + "; ").str.contains(
            f"; {scope.id}; ", regex=False
        )
        affected = count_units(scoped[member & (scoped["verdict"] == "affected")])
        check = count_units(scoped[member & (scoped["verdict"] == "check_needed")])
        yield f"scope {scope.id}: {affected:,} units affected, {check:,} to check"
        if not member.any():
            yield f"look: scope {scope.id} matches no unit; {_forms(scoped['serial'])}"
    missing = scoped.loc[scoped["verdict"] == "check_needed", "verdict_reason"]
    for reason, count in missing.value_counts().head(3).items():
        yield f"look: {count:,} rows to check because of: {reason}"


def _forms(serials: pd.Series) -> str:
    """Show the commonest forms of the register's serials: 9 for a digit, A for a letter."""
    known = serials.dropna()
    if known.empty:
        return "the register holds no serial"
    form = known.str.replace(r"\d", "9", regex=True).str.replace(r"[^\W\d_]", "A", regex=True)
    common = ", ".join(str(name) for name in form.value_counts().head(3).index)
    return f"serials of the register look like {common}"


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
