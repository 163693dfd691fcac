"""Writers of a run's files."""

from recallgeo.export.commit import roll_forward
from recallgeo.export.delimited import write_csv
from recallgeo.export.geojson import write_geojson
from recallgeo.export.geoparquet import write_geoparquet, write_parquet
from recallgeo.export.outreach_log import LOG_NAME, ensure_outreach_log
from recallgeo.export.run import Run
from recallgeo.export.write import write_run

__all__ = [
    "LOG_NAME",
    "Run",
    "ensure_outreach_log",
    "roll_forward",
    "write_csv",
    "write_geojson",
    "write_geoparquet",
    "write_parquet",
    "write_run",
]
