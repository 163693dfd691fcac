"""Open everything that an incident names."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from recallgeo.errors import ConfigError, ScopeError
from recallgeo.frames import PARTIES
from recallgeo.incident import Incident, RegisterEntry
from recallgeo.location import AddressIndex
from recallgeo.recall import Recall
from recallgeo.register import Reading, merge_readings, resolve_custody
from recallgeo.scoring import ScoreModel
from recallgeo.sources.layers import read_layer
from recallgeo.sources.movements import read_movements
from recallgeo.sources.outreach_log import read_outreach_log
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
        ASSETS, with the last known holder where movements were given.
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
    reading = read_incident_registers(case)
    assets = reading.assets
    if case.movements is not None:
        assets = resolve_custody(assets, _read_movements(case.movements))
    progress(0.2, "read layers, population and index")
    return Inputs(
        recall=recall,
        reading=reading,
        assets=assets,
        parties=read_parties(case.parties) if case.parties else PARTIES.empty(),
        index=tuple(AddressIndex.open(folder) for folder in case.index),
        overrides=read_overrides(case.overrides) if case.overrides else None,
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


def read_incident_registers(case: Incident) -> Reading:
    """Read every register of an incident and merge them in their order of precedence.

    Parameters
    ----------
    case : Incident
        What `load_incident` gave.

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
    reading = merge_readings(readings)
    if reading.assets.empty:
        names = ", ".join(file.name for entry in entries for file in entry.files[:3])
        message = (
            f"no unit was read from {names} ({reading.rows_read} rows, all set aside); "
            "expected at least one row with a serial, a customer or a place"
        )
        raise ConfigError(message)
    return reading


def _read_movements(entry: RegisterEntry) -> pd.DataFrame:
    parts = [read_movements(file, columns=entry.columns) for file in entry.files]
    return pd.concat(parts)


def _read_layers(case: Incident) -> "tuple[Layer, ...]":
    return tuple(
        read_layer(
            entry.file,
            kind=entry.kind,
            layer=entry.layer,
            columns=entry.columns,
            where=entry.where,
            extent=entry.extent,
            completeness=dict(entry.completeness),
        )
        for entry in case.layers
    )


def _read_population(case: Incident) -> "Population":
    if not case.population:
        return default_population()
    if len(case.population) > 1:
        message = (
            f"{case.path.name} names {len(case.population)} population files; expected one: "
            "keep the finest that covers the registers"
        )
        raise ConfigError(message)
    entry = case.population[0]
    return read_population(entry.file, values=entry.values, when=entry.when)


def _read_model(case: Incident) -> ScoreModel:
    if case.model.endswith(".toml"):
        return ScoreModel.from_toml(case.model)
    return ScoreModel.preset(case.model)


def _read_log(path: Path | None) -> pd.DataFrame | None:
    return read_outreach_log(path) if path is not None and path.exists() else None
