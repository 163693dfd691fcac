"""The outreach log is made once, only grows, and is never replaced."""

import sqlite3
from contextlib import closing

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely

from recallgeo.errors import ExportError
from recallgeo.export.outreach_log import ensure_outreach_log
from recallgeo.outreach import fold_log


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "outreach.gpkg"
    ensure_outreach_log(path)
    return path


def append(path, layer, frame):
    pyogrio.write_dataframe(frame, path, layer=layer, driver="GPKG", append=True)


def test_rows_added_by_gis_tools_read_back_and_fold(log):
    row = {"at": ["2022-07-05T10:00:00Z"], "site_id": ["s1"], "state": ["reached"]}
    append(log, "outreach_log", pd.DataFrame(row))
    back = pyogrio.read_dataframe(log, layer="outreach_log")
    assert fold_log(pd.DataFrame(back)).loc["s1", "state"] == "reached"


def test_corrected_points_are_kept(log):
    point = gpd.GeoDataFrame({"site_id": ["s1"]}, geometry=[shapely.Point(9.5, 47.1)], crs=4326)
    append(log, "corrections", point)
    assert pyogrio.read_dataframe(log, layer="corrections").geometry[0].wkt == "POINT (9.5 47.1)"


@pytest.mark.parametrize("table", ["outreach_log", "corrections"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET site_id = 'x'", "DELETE FROM {}"])
def test_rows_are_never_changed_or_deleted(log, table, verb):
    append(log, "outreach_log", pd.DataFrame({"site_id": ["s1"]}))
    frame = gpd.GeoDataFrame({"site_id": ["s1"]}, geometry=[shapely.Point(0, 0)], crs=4326)
    append(log, "corrections", frame)
    with (
        closing(sqlite3.connect(log)) as database,
        pytest.raises(sqlite3.IntegrityError, match="append-only"),
    ):
        database.execute(verb.format(table))


def test_existing_log_is_left_byte_for_byte(log):
    before = log.read_bytes()
    assert ensure_outreach_log(log) is False
    assert log.read_bytes() == before


def test_other_file_of_that_name_is_refused(tmp_path):
    (tmp_path / "text.gpkg").write_text("no database, but long enough to be looked at" * 50)
    with pytest.raises(ExportError, match="cannot be read"):
        ensure_outreach_log(tmp_path / "text.gpkg")
    with closing(sqlite3.connect(tmp_path / "other.gpkg")) as database, database:
        database.execute("CREATE TABLE a (b)")
    with pytest.raises(ExportError, match="no table 'corrections'"):
        ensure_outreach_log(tmp_path / "other.gpkg")
