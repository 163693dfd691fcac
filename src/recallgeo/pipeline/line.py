"""The straight line: registers, recall, places, exposure, order, plan."""

import warnings
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from recallgeo.errors import RecallGeoWarning
from recallgeo.export import LOG_NAME, Run, write_run
from recallgeo.exposure import measure_exposure
from recallgeo.hazard import radii_in_play
from recallgeo.incident import Incident, load_incident
from recallgeo.ledger import Ledger
from recallgeo.location import locate_assets
from recallgeo.outreach import OutreachPolicy, Plan, plan_outreach
from recallgeo.pipeline.balance import (
    balance_location,
    balance_places,
    balance_plan,
    balance_ranks,
    balance_reading,
    balance_scope,
)
from recallgeo.pipeline.inputs import Inputs, read_inputs
from recallgeo.pipeline.manifest import head_manifest
from recallgeo.pipeline.possible import possible_units
from recallgeo.pipeline.reports import mark_incidents
from recallgeo.progress import Progress, silent
from recallgeo.recall import match_recall, near_misses, search_text
from recallgeo.reference import hazards
from recallgeo.report import REPORT
from recallgeo.scoring import Ranking, rank_sites
from recallgeo.sites import assign_sites, resolve_sites

if TYPE_CHECKING:
    import geopandas as gpd
    from distributed import Client

__all__ = ["run_incident", "work_incident"]


def run_incident(
    incident: str | PathLike[str] | Incident,
    *,
    out: str | PathLike[str] | None = None,
    client: "Client | None" = None,
    progress: Progress = silent,
) -> Run:
    """Work an incident through: from its registers to a ranked outreach plan.

    Parameters
    ----------
    incident : path or Incident
        ``incident.toml``, or what `load_incident` gave.
    out : path, optional
        Folder for the files of the run; nothing is written where it is missing.
    client : distributed.Client, optional
        Works the incident on a worker of the scheduler that the caller named; the worker must
        see the incident's files.
    progress : callable, optional
        Called with the share done and the stage's name.

    Returns
    -------
    Run
        Every table of the line.

    Raises
    ------
    ConfigError, ScopeError, SourceError, CRSError
        For wrong input, with the value, what was expected, and the next step.
    LedgerError
        If a unit was lost between stages.
    """
    case = incident if isinstance(incident, Incident) else load_incident(incident)
    if case.outreach.log is not None and not case.outreach.log.exists():
        message = f"the outreach log {case.outreach.log.name} is not there yet: no history is read"
        warnings.warn(message, RecallGeoWarning, stacklevel=2)
    if out is not None and case.outreach.log is None:
        log = Path(out).resolve() / LOG_NAME
        case = replace(case, outreach=replace(case.outreach, log=log))
    if client is None:
        run = work_incident(case, progress=progress)
    else:
        run = client.submit(work_incident, case, pure=False).result()
    if out is not None:
        progress(0.95, "write the files")
        write_run(run, out, report=REPORT, log=case.outreach.log)
    progress(1.0, "done")
    return run


@dataclass(frozen=True, slots=True, kw_only=True)
class _Placed:
    """Units and sites, before anything around them is looked at."""

    scoped: pd.DataFrame
    located: "gpd.GeoDataFrame"
    unit_sites: pd.DataFrame
    sites: "gpd.GeoDataFrame"
    possible: "gpd.GeoDataFrame"
    ledger: Ledger
    unmatched_reports: pd.DataFrame


def work_incident(case: Incident, *, progress: Progress = silent) -> Run:
    """Work an incident through in memory.

    Parameters
    ----------
    case : Incident
        What `load_incident` gave.
    progress : callable, optional
        Called with the share done and the stage's name.

    Returns
    -------
    Run
        Every table of the line.
    """
    policy = _policy(case)  # its faults come before the work
    inputs = read_inputs(case, progress)
    placed = _place(case, inputs, progress)
    progress(0.6, "measure the exposure")
    known = hazards()
    radii_m = radii_in_play(known[scope.hazard] for scope in inputs.recall.scopes)
    exposure = measure_exposure(placed.sites, inputs.layers, inputs.population, radii_m=radii_m)
    progress(0.75, "rank the sites")
    rng = np.random.default_rng(case.seed)
    ranking = rank_sites(exposure, inputs.model, rng=rng, draws=case.draws, top_k=case.top_k)
    ledger = placed.ledger.add(*balance_ranks(exposure.frame, ranking.frame))
    progress(0.9, "plan the outreach")
    plan = _plan(case, inputs, placed, ranking, policy)
    ledger = ledger.add(*balance_plan(placed.located, placed.unit_sites, plan))
    return Run(
        recall=inputs.recall,
        assets=inputs.assets,
        scoped=placed.scoped,
        located=placed.located,
        unit_sites=placed.unit_sites,
        sites=placed.sites,
        exposure=exposure,
        layers=inputs.layers,
        population=inputs.population,
        ranking=ranking,
        plan=plan,
        ledger=ledger,
        set_aside=_set_aside(inputs, placed),
        quality=inputs.reading.quality,
        parties=inputs.parties,
        near_misses=near_misses(inputs.assets, inputs.recall),
        possible=placed.possible,
        manifest=head_manifest(case, inputs),
    )


def _place(case: Incident, inputs: Inputs, progress: Progress) -> _Placed:
    ledger = Ledger(made=dict(inputs.recall.expected_units) or None)
    reading = balance_reading(inputs.reading, inputs.assets, added=inputs.rows_added)
    ledger = ledger.add(*reading)
    progress(0.3, "match the recall")
    scoped = match_recall(inputs.assets, inputs.recall)
    ledger = ledger.add(*balance_scope(scoped, inputs.recall.expected_units))
    in_scope = scoped[scoped["verdict"] != "not_affected"]
    progress(0.4, "locate the units")
    elsewhere = possible_units(inputs.reading.possible_places, in_scope)
    everything = pd.concat([in_scope, elsewhere]) if len(elsewhere) else in_scope
    located = locate_assets(everything, index=inputs.index or None, overrides=inputs.overrides)
    own = located.index.isin(in_scope.index)
    ledger = ledger.add(*balance_location(located[own]))
    progress(0.5, "resolve the sites")
    unit_sites = assign_sites(located, parties=inputs.parties)
    sites = resolve_sites(located, parties=inputs.parties, unit_sites=unit_sites)
    possible = located[~own].join(unit_sites[~own])
    ledger = ledger.add(*balance_places(located[own], unit_sites[own], possible, sites))
    sites, unmatched = mark_incidents(sites, located[own], unit_sites[own], case.reports)
    return _Placed(
        scoped=scoped,
        located=located[own],
        unit_sites=unit_sites[own],
        sites=sites,
        possible=possible.assign(site_cause="possible_place"),
        ledger=ledger,
        unmatched_reports=unmatched,
    )


def _policy(case: Incident) -> OutreachPolicy:
    return OutreachPolicy(
        start_on=case.outreach.start_on,
        capacity_per_day=case.outreach.capacity_per_day,
        calendar=case.outreach.calendar,
        verify_share=case.outreach.verify_share,
    )


def _plan(
    case: Incident, inputs: Inputs, placed: _Placed, ranking: Ranking, policy: OutreachPolicy
) -> Plan:
    units = placed.located.join(placed.unit_sites)
    return plan_outreach(
        ranking,
        policy,
        as_of=case.as_of,
        units=units,
        parties=inputs.parties,
        log=inputs.log,
        possible=placed.possible,
    )


def _set_aside(inputs: Inputs, placed: _Placed) -> pd.DataFrame:
    """Join all lines, those whose text holds a recalled serial or model first."""
    parts = [inputs.reading.set_aside, inputs.movement_lines, placed.unmatched_reports]
    lines = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    lines["x_recalled"] = search_text(lines["raw"], inputs.recall).astype("boolean")
    lines = lines.sort_values("x_recalled", ascending=False, kind="stable", ignore_index=True)
    return lines.rename_axis("line")
