"""Read the outreach log back, with the rows that people added in QGIS."""

from os import PathLike
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import pyogrio.errors

from recallgeo.errors import SourceFormatError, SourceUnavailableError
from recallgeo.schema import WGS84

__all__ = ["read_corrections", "read_outreach_log"]

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
    table = _read_layer(Path(path), "outreach_log", geometry=False)
    absent = [name for name in _NEEDED if name not in table.columns]
    if absent:
        message = f"{Path(path).name}: the table 'outreach_log' lacks {absent}"
        raise SourceFormatError(message)
    return pd.DataFrame(table).astype("str")


def read_corrections(path: str | PathLike[str]) -> pd.DataFrame:
    """Read the places that people corrected in a GIS.

    Parameters
    ----------
    path : path
        ``outreach.gpkg``; its layer ``corrections`` holds points with ``site_id, at, who, why``.

    Returns
    -------
    DataFrame
        Corrections as `recallgeo.location.check_overrides` takes them: ``site, longitude,
        latitude, who, when, why``; rows without a site or a point are left out.

    Raises
    ------
    SourceUnavailableError, SourceFormatError
        As `read_outreach_log` raises them.
    """
    drawn = _read_layer(Path(path), "corrections", geometry=True)
    points = gpd.GeoSeries(drawn.geometry).to_crs(WGS84)
    table = pd.DataFrame(
        {
            "site": drawn["site_id"],
            "longitude": points.x,
            "latitude": points.y,
            "who": drawn["who"].fillna("not stated"),
            "when": drawn["at"].fillna("not stated"),
            "why": drawn["why"].fillna("drawn in a GIS"),
        }
    )
    return table.dropna(subset=["site", "longitude", "latitude"])


def _read_layer(file: Path, layer: str, *, geometry: bool) -> gpd.GeoDataFrame:
    if not file.exists():
        message = f"file not found: {file}; check [outreach] log"
        raise SourceUnavailableError(message) from FileNotFoundError()
    try:
        table = pyogrio.read_dataframe(file, layer=layer, read_geometry=geometry)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        message = (
            f"{file.name} cannot be read as an outreach log ({error}); expected a GeoPackage "
            f"with the layer {layer!r}, as a run makes it"
        )
        raise SourceFormatError(message) from error
    return gpd.GeoDataFrame(table)
