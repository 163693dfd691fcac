"""Read parties: our own sites and the partners who can help."""

import warnings
from collections.abc import Mapping
from os import PathLike
from typing import Any

import pandas as pd

from recallgeo.errors import RecallGeoWarning
from recallgeo.frames import PARTIES
from recallgeo.register import ColumnMap, build_parties
from recallgeo.register.tables import number_repeats
from recallgeo.sources.column_map import read_column_map
from recallgeo.sources.tables import TableSource, open_tables

__all__ = ["read_parties"]


def read_parties(
    source: TableSource,
    *,
    columns: ColumnMap | Mapping[str, Any] | str | PathLike[str] | None = None,
) -> pd.DataFrame:
    """Read our own sites and partners.

    Parameters
    ----------
    source : path, pattern, folder, list of these, DataFrame or pyarrow Table
        One row a party: ``name, aliases`` (separated by ``"; "``), ``role`` (own, distributor,
        reseller, service), address, ``contact, phone, email, language, time_zone``, and
        ``party_id`` where the vendor has keys.
    columns : path, mapping or ColumnMap, optional
        Column map with the fields of PARTIES.

    Returns
    -------
    DataFrame
        PARTIES. A party without a name is left out, a bad cell is missing; both raise a
        `RecallGeoWarning` with file, line and cause of the first three.

    Raises
    ------
    SourceUnavailableError, SourceFormatError, ConfigError
        As `read_register` raises them.

    Examples
    --------
    >>> read_parties(pd.DataFrame({"name": ["Tech Data"], "aliases": ["TD SYNNEX; TD"]}))[
    ...     "aliases"
    ... ].tolist()
    ['TD SYNNEX; TD']
    """
    column_map = read_column_map(columns, schema=PARTIES)
    wanted = [*column_map.headers(), *PARTIES.names, PARTIES.index]
    tables = open_tables(source, column_map.read, wanted=wanted)
    readings = [
        (table, build_parties(table.cells, column_map, source_file=table.name)) for table in tables
    ]
    lines = pd.concat(
        [part for table, built in readings for part in (table.lines, built.set_aside)]
    )
    if len(lines):
        shown = [
            f"{file}, line {row}: {cause}"
            for file, row, cause in zip(
                lines["source_file"][:3], lines["source_row"][:3], lines["cause"][:3], strict=True
            )
        ]
        message = f"parties: {len(lines)} rows or cells could not be used: {'; '.join(shown)}"
        warnings.warn(message, RecallGeoWarning, stacklevel=2)
    frame = pd.concat([built.frame for _, built in readings])
    keys = number_repeats(pd.Series(frame.index, dtype="str"))
    frame.index = pd.Index(keys, dtype="str", name=PARTIES.index)
    return PARTIES.conform(frame)
