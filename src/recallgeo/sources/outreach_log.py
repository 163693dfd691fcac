"""Read the outreach log back, with the rows that people added in QGIS."""

from os import PathLike
from pathlib import Path

import pandas as pd
import pyogrio
import pyogrio.errors

from recallgeo.errors import SourceFormatError, SourceUnavailableError

__all__ = ["read_outreach_log"]

_NEEDED = ("site_id", "at", "state")


def read_outreach_log(path: str | PathLike[str]) -> pd.DataFrame:
    """Read the lines of an outreach log.

    Parameters
    ----------
    path : path
        ``outreach.gpkg``, or another GeoPackage with a table ``outreach_log``.

    Returns
    -------
    DataFrame
        ``at, site_id, asset_id, state, channel, who, evidence, note`` as text, in the order in
        which the lines were added.

    Raises
    ------
    SourceUnavailableError
        If there is no such file.
    SourceFormatError
        If it is no GeoPackage, or has no such table or columns.
    """
    file = Path(path)
    if not file.exists():
        message = f"file not found: {file}; check [outreach] log"
        raise SourceUnavailableError(message) from FileNotFoundError()
    try:
        table = pyogrio.read_dataframe(file, layer="outreach_log", read_geometry=False)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        message = (
            f"{file.name} cannot be read as an outreach log ({error}); expected a GeoPackage "
            "with the table 'outreach_log', as a run makes it"
        )
        raise SourceFormatError(message) from error
    absent = [name for name in _NEEDED if name not in table.columns]
    if absent:
        message = f"{file.name}: the table 'outreach_log' lacks {absent}"
        raise SourceFormatError(message)
    return pd.DataFrame(table).astype("str")
