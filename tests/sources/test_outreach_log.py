"""The outreach log is read back as it was written."""

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest

from recallgeo.errors import SourceFormatError, SourceUnavailableError
from recallgeo.export.outreach_log import ensure_outreach_log
from recallgeo.location import check_overrides
from recallgeo.outreach import fold_log
from recallgeo.sources.outreach_log import read_corrections, read_outreach_log


def test_new_log_holds_no_line(tmp_path):
    ensure_outreach_log(tmp_path / "outreach.gpkg")
    log = read_outreach_log(tmp_path / "outreach.gpkg")
    assert log.empty
    assert fold_log(log).empty


def test_line_added_in_a_gis_is_read_back(tmp_path):
    path = tmp_path / "outreach.gpkg"
    ensure_outreach_log(path)
    line = pd.DataFrame({"at": ["2026-03-03T10:00:00Z"], "site_id": ["s1"], "state": ["repaired"]})
    pyogrio.write_dataframe(line, path, layer="outreach_log", append=True)
    assert fold_log(read_outreach_log(path)).loc["s1", "state"] == "repaired"


def test_absent_log_is_a_clear_error(tmp_path):
    with pytest.raises(SourceUnavailableError, match="file not found"):
        read_outreach_log(tmp_path / "outreach.gpkg")


def test_other_file_is_a_clear_error(tmp_path):
    path = tmp_path / "outreach.gpkg"
    path.write_text("not a database")
    with pytest.raises(SourceFormatError, match="outreach_log"):
        read_outreach_log(path)


def test_point_drawn_in_a_gis_is_a_correction_of_its_site(tmp_path):
    path = tmp_path / "outreach.gpkg"
    ensure_outreach_log(path)
    assert read_corrections(path).empty
    drawn = gpd.GeoDataFrame(
        {"at": ["2026-03-03"], "site_id": ["s1"], "who": ["MK"], "why": ["seen"]},
        geometry=gpd.points_from_xy([9.52], [47.14]),
        crs=4326,
    )
    pyogrio.write_dataframe(drawn, path, layer="corrections", append=True)
    row = check_overrides(read_corrections(path)).iloc[0]
    assert (row["site"], row["longitude"], row["latitude"]) == ("s1", 9.52, 47.14)
