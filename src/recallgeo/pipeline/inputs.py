"""Open everything that an incident names."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from recallgeo.errors import ConfigError, ScopeError
from recallgeo.frames import PARTIES, SET_ASIDE
from recallgeo.incident import Incident, LayerEntry, PopulationEntry, RegisterEntry
from recallgeo.layers import merge_layers
from recallgeo.location import AddressIndex, check_overrides
from recallgeo.provenance import Provenance
from recallgeo.recall import Recall
from recallgeo.reference import registry
from recallgeo.register import (
    Reading,
    TableReading,
    add_moved_units,
    merge_readings,
    resolve_custody,
)
from recallgeo.scoring import ScoreModel
from recallgeo.sources.layers import read_layer
from recallgeo.sources.movements import read_movement_files
from recallgeo.sources.outreach_log import read_corrections, read_outreach_log
from recallgeo.sources.overrides import read_overrides
from recallgeo.sources.parties import read_parties
from recallgeo.sources.population import default_population, read_population
from recallgeo.sources.register import read_register

if TYPE_CHECKING:
    from recallgeo.layers import Layer
    from recallgeo.population import Population
    from recallgeo.progress import Progress

__all__ = ["Inputs", "read_incident_recall", "read_incident_registers", "read_inputs"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """What an incident's files hold.

    Parameters
    ----------
    recall : Recall
        The notice.
    reading : Reading
        The registers, merged.
    assets : DataFrame
        ASSETS of the registers and, where movements were given, of the units that only these
        know; with the last known holder.
    rows_added : int
        Rows that only movements know.
    movement_lines : DataFrame
        SET_ASIDE lines of the movements; empty where none were given.
    parties : DataFrame
        PARTIES; empty where none were given.
    index : tuple of AddressIndex
        Address indexes, in order.
    overrides : DataFrame or None
        Corrections of places.
    layers : tuple of Layer
        Sensitive places.
    population : Population
        The people.
    model : ScoreModel
        Tiers and criteria.
    log : DataFrame or None
        The outreach log.
    """

    recall: Recall
    reading: Reading
    assets: pd.DataFrame
    rows_added: int
    movement_lines: pd.DataFrame
    parties: pd.DataFrame
    index: tuple[AddressIndex, ...]
    overrides: pd.DataFrame | None
    layers: "tuple[Layer, ...]"
    population: "Population"
    model: ScoreModel
    log: pd.DataFrame | None


def read_inputs(case: Incident, progress: "Progress") -> Inputs:
    """Open everything that an incident names.

    Parameters
    ----------
    case : Incident
        What `load_incident` gave.
    progress : callable
        Called with the share done and what is read.

    Returns
    -------
    Inputs
        All of it, checked.
    """
    progress(0.0, "read the recall")
    recall = read_incident_recall(case)
    model = _read_model(case)
    progress(0.02, "read the registers")
    parties = read_parties(case.parties) if case.parties else PARTIES.empty()
    movements = _read_movements(case.movements) if case.movements is not None else None
    reading = read_incident_registers(case, movements=movements)
    assets, added = reading.assets, 0
    if movements is not None:
        assets, added = add_moved_units(assets, movements.frame, parties=parties)
        assets = resolve_custody(assets, movements.frame, parties=parties)
    progress(0.2, "read layers, population and index")
    return Inputs(
        recall=recall,
        reading=reading,
        assets=assets,
        rows_added=added,
        movement_lines=SET_ASIDE.empty() if movements is None else movements.set_aside,
        parties=parties,
        index=tuple(AddressIndex.open(folder) for folder in case.index),
        overrides=_read_overrides(case),
        layers=_read_layers(case),
        population=_read_population(case),
        model=model,
        log=_read_log(case.outreach.log),
    )


def read_incident_recall(case: Incident) -> Recall:
    """Read the recall of an incident and refuse a draft.

    Parameters
    ----------
    case : Incident
        What `load_incident` gave.

    Returns
    -------
    Recall
        Every rule of it confirmed.

    Raises
    ------
    ScopeError
        If a rule is marked ``confirmed = false``.
    """
    recall = Recall.from_toml(case.recall)
    drafts = recall.unconfirmed
    if drafts:
        shown = ", ".join(drafts[:3])
        message = (
            f"{case.recall.name} holds {len(drafts)} unconfirmed rules ({shown}); compare each "
            "with the notice and remove 'confirmed = false'"
        )
        raise ScopeError(message)
    return recall


def read_incident_registers(case: Incident, *, movements: TableReading | None = None) -> Reading:
    """Read every register of an incident and merge them in their order of precedence.

    Parameters
    ----------
    case : Incident
        What `load_incident` gave.
    movements : TableReading, optional
        Channel events; the latest of a unit decides between two places.

    Returns
    -------
    Reading
        One row a unit.

    Raises
    ------
    ConfigError
        If not one unit was read.
    """
    entries = sorted(case.registers, key=lambda entry: entry.precedence)
    readings = [
        read_register(file, columns=entry.columns, as_of=case.as_of)
        for entry in entries
        for file in entry.files
    ]
    reading = merge_readings(readings, movements=None if movements is None else movements.frame)
    if reading.assets.empty:
        names = ", ".join(file.name for entry in entries for file in entry.files[:3])
        message = (
            f"no unit was read from {names} ({reading.rows_read} rows, all set aside); "
            "expected at least one row with a serial, a customer or a place"
        )
        raise ConfigError(message)
    return reading


def _read_movements(entry: RegisterEntry) -> TableReading:
    return read_movement_files(list(entry.files), columns=entry.columns)


def _read_layers(case: Incident) -> "tuple[Layer, ...]":
    return tuple(merge_layers([_read_one_layer(entry) for entry in case.layers]))


def _read_one_layer(entry: LayerEntry) -> "Layer":
    layer = read_layer(
        entry.file,
        kind=list(entry.kind) if isinstance(entry.kind, tuple) else entry.kind,
        layer=entry.layer,
        columns=entry.columns,
        where=entry.where,
        extent=entry.extent,
        completeness=dict(entry.completeness),
    )
    return replace(layer, provenance=_attributed(layer.provenance, entry))


def _attributed(provenance: Provenance, entry: LayerEntry | PopulationEntry) -> Provenance:
    """Take licence and attribution from the incident where the file states none."""
    return replace(
        provenance,
        licence=provenance.licence or entry.licence,
        attribution=provenance.attribution or entry.attribution,
    )


def _read_population(case: Incident) -> "Population":
    if not case.population:
        people = default_population()
        origin = registry()[people.provenance.source].provenance
        return replace(people, provenance=origin)
    if len(case.population) > 1:
        message = (
            f"{case.path.name} names {len(case.population)} population files; expected one: "
            "keep the finest that covers the registers"
        )
        raise ConfigError(message)
    entry = case.population[0]
    people = read_population(entry.file, values=entry.values, when=entry.when)
    return replace(people, provenance=_attributed(people.provenance, entry))


def _read_model(case: Incident) -> ScoreModel:
    if case.model.endswith(".toml"):
        return ScoreModel.from_toml(case.model)
    return ScoreModel.preset(case.model)


def _read_overrides(case: Incident) -> pd.DataFrame | None:
    """Read corrections from the file and from the log's own layer, the latter last."""
    parts = [read_overrides(case.overrides)] if case.overrides else []
    log = case.outreach.log
    if log is not None and log.exists():
        drawn = read_corrections(log)
        parts += [check_overrides(drawn)] if len(drawn) else []
    return pd.concat(parts, ignore_index=True) if parts else None


def _read_log(path: Path | None) -> pd.DataFrame | None:
    return read_outreach_log(path) if path is not None and path.exists() else None
