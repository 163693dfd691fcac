"""Read movements: point-of-sale files, shipments, EPCIS documents."""

import warnings
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from recallgeo.errors import RecallGeoWarning
from recallgeo.frames import MOVEMENTS
from recallgeo.register import ColumnMap, TableReading, build_movements
from recallgeo.register.set_aside import join_lines
from recallgeo.register.tables import number_repeats
from recallgeo.sources.column_map import read_column_map
from recallgeo.sources.epcis import parse_epcis
from recallgeo.sources.raw_table import RawTable
from recallgeo.sources.tables import TableSource, list_files, open_table, open_tables
from recallgeo.sources.unpacking import read_bytes

__all__ = ["read_movement_files", "read_movements"]

_EPCIS = (".json", ".jsonld", ".xml")

Columns = ColumnMap | Mapping[str, Any] | str | PathLike[str] | None


def read_movements(source: TableSource, *, columns: Columns = None) -> pd.DataFrame:
    """Read channel events: who shipped, received, sold or installed which unit, and when.

    Parameters
    ----------
    source : path, pattern, folder, list of these, DataFrame or pyarrow Table
        Flat files, one row a sale or shipment; EPCIS 2.0 (``.json``) and 1.2 (``.xml``).
    columns : path, mapping or ColumnMap, optional
        Column map of the flat files, made with the fields of MOVEMENTS.

    Returns
    -------
    DataFrame
        MOVEMENTS. Rows and cells that could not be used raise a `RecallGeoWarning` with their
        number; `read_movement_files` gives them line by line.

    Raises
    ------
    SourceUnavailableError, SourceFormatError, ConfigError
        As `read_register` raises them.

    Examples
    --------
    >>> event = {"serial": ["A1"], "kind": ["sold"], "time": ["2021-03-01"], "to_party": ["Shop"]}
    >>> read_movements(pd.DataFrame(event))["to_party"].tolist()
    ['Shop']
    """
    reading = read_movement_files(source, columns=columns)
    if len(reading.set_aside):
        lost = int((~reading.set_aside["kept"].astype("bool")).sum())
        message = (
            f"movements: {lost} of {reading.rows_read} rows were set aside and "
            f"{len(reading.set_aside) - lost} cells lost; read_movement_files lists them"
        )
        warnings.warn(message, RecallGeoWarning, stacklevel=2)
    return reading.frame


def read_movement_files(source: TableSource, *, columns: Columns = None) -> TableReading:
    """Read channel events with all that was set aside.

    Parameters
    ----------
    source, columns
        As in `read_movements`.

    Returns
    -------
    TableReading
        MOVEMENTS, SET_ASIDE, rows read, and how the files were opened.
    """
    column_map = read_column_map(columns, schema=MOVEMENTS)
    if isinstance(source, pd.DataFrame | pa.Table):
        tables = open_tables(source, column_map.read)
        return _join([_build(table, column_map) for table in tables])
    paths = list(list_files(source, []))
    return _join([_read_file(path, column_map) for path in paths])


def _read_file(path: Path, column_map: ColumnMap) -> TableReading:
    if path.suffix.lower() in _EPCIS:
        return parse_epcis(read_bytes(path), name=path.name)
    wanted = [*column_map.headers(), *MOVEMENTS.names]
    return _build(open_table(path, column_map.read, wanted=wanted), column_map)


def _build(table: RawTable, column_map: ColumnMap) -> TableReading:
    reading = build_movements(table.cells, column_map, source_file=table.name)
    return TableReading(
        frame=reading.frame,
        set_aside=join_lines([table.lines, reading.set_aside]),
        rows_read=table.rows_read,
        notes=table.notes,
    )


def _join(readings: list[TableReading]) -> TableReading:
    frame = pd.concat([reading.frame for reading in readings])
    keys = number_repeats(pd.Series(frame.index, dtype="str"))
    frame.index = pd.Index(keys, dtype="str", name=MOVEMENTS.index)
    return TableReading(
        frame=MOVEMENTS.conform(frame),
        set_aside=join_lines([reading.set_aside for reading in readings]),
        rows_read=sum(reading.rows_read for reading in readings),
        notes=tuple(note for reading in readings for note in reading.notes),
    )
