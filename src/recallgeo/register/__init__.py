"""Registers: units from anybody's tables, their duplicates, movements and holders."""

from recallgeo.register.assets import build_assets
from recallgeo.register.column_map import ColumnMap
from recallgeo.register.duplicates import merge_readings
from recallgeo.register.read_options import ReadOptions
from recallgeo.register.reading import Reading

__all__ = ["ColumnMap", "ReadOptions", "Reading", "build_assets", "merge_readings"]
