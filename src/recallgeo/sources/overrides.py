"""Read human corrections of places."""

from os import PathLike
from pathlib import Path

import pandas as pd

from recallgeo.errors import SourceFormatError
from recallgeo.location import OVERRIDE_COLUMNS, check_overrides
from recallgeo.register import ReadOptions
from recallgeo.sources.tables import open_tables

__all__ = ["read_overrides"]


def read_overrides(path: str | PathLike[str]) -> pd.DataFrame:
    """Read a table of corrections.

    Parameters
    ----------
    path : path
        CSV or another table with the columns `OVERRIDE_COLUMNS`: one of ``asset_id``,
        ``address_key``, ``site``; ``longitude``, ``latitude`` (degrees, WGS84), ``who``, ``when``,
        ``why``.

    Returns
    -------
    DataFrame
        As `check_overrides` gives it.

    Raises
    ------
    SourceUnavailableError, SourceFormatError
        If the file cannot be opened, or a coordinate is no number.
    SchemaError
        If columns are missing or unknown, or a correction names nothing.
    """
    tables = open_tables(path, ReadOptions())
    cells = pd.concat([table.cells for table in tables])
    cells = cells.replace("", pd.NA)
    for name in ("longitude", "latitude"):
        if name not in cells.columns:
            continue
        numbers = pd.to_numeric(cells[name], errors="coerce")
        wrong = cells.index[numbers.isna() & cells[name].notna()]
        if len(wrong):
            message = (
                f"{Path(path).name}, line {wrong[0]}: {name} is {cells[name][wrong[0]]!r}; "
                "expected degrees with a decimal point"
            )
            raise SourceFormatError(message)
        cells[name] = numbers
    known = [name for name in OVERRIDE_COLUMNS if name in cells.columns]
    return check_overrides(cells[[*known, *(n for n in cells.columns if n not in known)]])
