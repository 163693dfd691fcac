"""Read registers: the files in which a vendor holds its units."""

from collections.abc import Mapping
from datetime import date
from os import PathLike
from typing import Any

from recallgeo.errors import ConfigError
from recallgeo.frames import ASSETS
from recallgeo.register import ColumnMap, Reading, build_assets, merge_readings
from recallgeo.register.set_aside import join_lines
from recallgeo.sources.column_map import read_column_map
from recallgeo.sources.raw_table import RawTable
from recallgeo.sources.tables import TableSource, open_tables

__all__ = ["read_register"]


def read_register(
    source: TableSource,
    *,
    columns: ColumnMap | Mapping[str, Any] | str | PathLike[str] | None = None,
    as_of: date | None = None,
) -> Reading:
    """Read a register: units with everything that is known of them.

    Parameters
    ----------
    source : path, pattern, folder, list of these, DataFrame or pyarrow Table
        CSV and its kin, workbooks (extra ``excel``), Parquet, any vector file; ``.gz`` and
        ``.zip`` too. Several files are one register in the order of their names.
    columns : path, mapping or ColumnMap, optional
        The column map. Without it, headers that are our names are used.
    as_of : date, optional
        Day of the support status.

    Returns
    -------
    Reading
        Units, what was set aside, the scorecard, and how the files were opened.

    Raises
    ------
    SourceUnavailableError
        If there is no such file.
    SourceFormatError
        If a file is not what its name says.
    ConfigError
        If the column map does not fit, or the register holds no record.

    Examples
    --------
    >>> import pandas as pd
    >>> reading = read_register(pd.DataFrame({"serial": ["A1", "A1", "B2"], "city": "Bonn"}))
    >>> reading.summary()
    '3 rows read: 2 units in 2 rows, 1 rows merged, 0 rows set aside, 0 cells in doubt'
    """
    column_map = read_column_map(columns)
    wanted = [*column_map.headers(), *ASSETS.names, ASSETS.index]
    tables = open_tables(source, column_map.read, wanted=wanted)
    if not any(table.rows_read for table in tables):
        names = ", ".join(table.name for table in tables)
        message = f"{names} holds no record below its header; expected at least one unit"
        raise ConfigError(message)
    return merge_readings([_build(table, column_map, as_of) for table in tables])


def _build(table: RawTable, column_map: ColumnMap, as_of: date | None) -> Reading:
    reading = build_assets(table.cells, column_map, source_file=table.name, as_of=as_of)
    return Reading(
        assets=reading.assets,
        set_aside=join_lines([table.lines, reading.set_aside]),
        rows_read=table.rows_read,
        notes=table.notes,
        as_of=as_of,
    )
