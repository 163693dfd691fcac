"""Registers: units from anybody's tables, their duplicates, movements and holders."""

from recallgeo.register.assets import build_assets
from recallgeo.register.column_map import ColumnMap
from recallgeo.register.custody import IN_CHANNEL, resolve_custody
from recallgeo.register.dates import utc_instants
from recallgeo.register.duplicates import merge_readings
from recallgeo.register.moved import add_moved_units
from recallgeo.register.movements import TableReading, build_movements, build_parties
from recallgeo.register.read_options import ReadOptions
from recallgeo.register.reading import Reading
from recallgeo.register.scorecard import score_quality

__all__ = [
    "IN_CHANNEL",
    "ColumnMap",
    "ReadOptions",
    "Reading",
    "TableReading",
    "add_moved_units",
    "build_assets",
    "build_movements",
    "build_parties",
    "merge_readings",
    "resolve_custody",
    "score_quality",
    "utc_instants",
]
