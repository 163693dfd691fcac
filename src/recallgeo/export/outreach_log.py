"""``outreach.gpkg``: the one file that a run never replaces, append-only, open to QGIS."""

import sqlite3
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio

from recallgeo.errors import ExportError
from recallgeo.schema import WGS84

__all__ = ["CORRECTIONS", "LOG_NAME", "OUTREACH_LOG", "ensure_outreach_log"]

LOG_NAME = "outreach.gpkg"

OUTREACH_LOG: dict[str, str] = {
    "at": "ISO instant in UTC or with its offset",
    "site_id": "key of the site",
    "asset_id": "key of the unit, where one unit is meant",
    "state": "attempted, reached, right_person, understood, repaired, replaced, refunded, "
    "returned, destroyed, unavailable, refused, not_found",
    "channel": "call, email, visit, partner, letter",
    "who": "who made the contact",
    "evidence": "document, photo or number that shows it",
    "note": "anything else",
}
CORRECTIONS: dict[str, str] = {
    "at": "ISO instant in UTC or with its offset",
    "site_id": "key of the site whose place is corrected",
    "who": "who corrected it",
    "why": "what shows the true place",
}
_TABLES = ("outreach_log", "corrections")


def ensure_outreach_log(path: Path) -> bool:
    """Make the outreach log if it is not there; never touch one that is.

    Both tables take new rows only: triggers refuse UPDATE and DELETE.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    bool
        True if it was made.

    Raises
    ------
    ExportError
        If a file of that name is no outreach log.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     log = Path(folder, "outreach.gpkg")
    ...     ensure_outreach_log(log), ensure_outreach_log(log)
    (True, False)
    """
    if path.exists():
        _check(path)
        return False
    draft = path.with_name(f".{path.stem}.new{path.suffix}")
    draft.unlink(missing_ok=True)
    nowhere = gpd.GeoSeries(np.array([], dtype=object), crs=WGS84)
    _write(draft, "corrections", CORRECTIONS, "corrected places, drawn as points", nowhere)
    _write(draft, "outreach_log", OUTREACH_LOG, "contacts and remedies, one row an event", None)
    with closing(sqlite3.connect(draft)) as database, database:
        for table in _TABLES:
            for verb in ("UPDATE", "DELETE"):
                database.execute(_trigger(table, verb))
    draft.replace(path)
    return True


def _trigger(table: str, verb: str) -> str:
    words = f"{table} is append-only: add a new row instead"
    return (
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
    )


def _write(
    path: Path, layer: str, fields: dict[str, str], description: str, points: gpd.GeoSeries | None
) -> None:
    columns = pd.DataFrame({name: pd.Series(dtype="str") for name in fields})
    pyogrio.write_dataframe(
        columns if points is None else gpd.GeoDataFrame(columns, geometry=points),
        path,
        layer=layer,
        driver="GPKG",
        geometry_type=None if points is None else "Point",
        dataset_options={"VERSION": "1.3"},
        # without a spatial index any SQLite program can add a row
        layer_options={
            "DESCRIPTION": description,
            **({} if points is None else {"SPATIAL_INDEX": "NO"}),
        },
    )


def _check(path: Path) -> None:
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
            rows = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            found = {name for (name,) in rows}
    except sqlite3.DatabaseError as error:
        message = (
            f"{path.name} cannot be read as an outreach log ({error}); close it in other programs, "
            "or name another file in [outreach] log"
        )
        raise ExportError(message) from error
    missing = sorted(set(_TABLES) - found)
    if missing:
        message = (
            f"{path.name} is no outreach log: it has no table {missing[0]!r}; "
            "name another file in [outreach] log"
        )
        raise ExportError(message)
