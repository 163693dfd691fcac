"""The incident file and what it names."""

from recallgeo.incident.model import (
    Incident,
    LayerEntry,
    OutreachEntry,
    PopulationEntry,
    RegisterEntry,
)
from recallgeo.incident.read import load_incident

__all__ = [
    "Incident",
    "LayerEntry",
    "OutreachEntry",
    "PopulationEntry",
    "RegisterEntry",
    "load_incident",
]
