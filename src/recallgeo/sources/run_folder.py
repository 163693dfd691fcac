"""Read the tables of a finished run back."""

from os import PathLike
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyarrow.parquet as pq

from recallgeo.errors import SourceUnavailableError

__all__ = ["read_run_table"]


def read_run_table(path: str | PathLike[str]) -> pd.DataFrame:
    """Read one Parquet table of a run.

    Parameters
    ----------
    path : path
        ``sites.parquet``, ``assets.parquet`` or another table of a run's folder.

    Returns
    -------
    DataFrame or GeoDataFrame
        Under its own index.

    Raises
    ------
    SourceUnavailableError
        If there is no such file.
    """
    file = Path(path)
    if not file.exists():
        message = f"{file} is not there; give the folder of a finished run"
        raise SourceUnavailableError(message) from FileNotFoundError()
    if b"geo" in (pq.read_schema(file).metadata or {}):
        return gpd.read_parquet(file)
    return pd.read_parquet(file)
