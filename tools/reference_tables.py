"""How the tables of the reference data are written: the same bytes for the same content."""

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

__all__ = ["write_places_layer", "write_table"]

_LEVEL = 19


def write_table(frame: pd.DataFrame, path: Path, *, row_group_size: int = 1 << 20) -> None:
    """Write a plain table without index or pandas metadata.

    Parameters
    ----------
    frame : DataFrame
        Columns as they shall stand in the file; the index is not written.
    path : Path
        File to write.
    row_group_size : int
        Rows of a row group.
    """
    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    pq.write_table(
        table,
        path,
        compression="zstd",
        compression_level=_LEVEL,
        row_group_size=row_group_size,
        write_statistics=False,
    )


def write_places_layer(frame: gpd.GeoDataFrame, path: Path) -> None:
    """Write a GeoParquet 1.1 file, WKB geometries.

    Parameters
    ----------
    frame : GeoDataFrame
        WGS84; the index is written under its name if it has one.
    path : Path
        File to write.
    """
    frame.to_parquet(
        path,
        index=frame.index.name is not None,
        compression="zstd",
        compression_level=_LEVEL,
        schema_version="1.1.0",
    )
