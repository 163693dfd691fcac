"""Corrections by people are read and checked."""

import pytest

from recallgeo.errors import SchemaError, SourceFormatError, SourceUnavailableError
from recallgeo.sources.overrides import read_overrides

LINE = "asset_id,longitude,latitude,who,when,why\na1,9.52,47.14,MK,2022-06-30,seen on site\n"


def test_correction_is_read(tmp_path):
    path = tmp_path / "corrections.csv"
    path.write_text(LINE)
    row = read_overrides(path).iloc[0]
    assert (row["asset_id"], row["longitude"], row["who"]) == ("a1", 9.52, "MK")


def test_coordinate_that_is_no_number_is_named_with_its_line(tmp_path):
    path = tmp_path / "corrections.csv"
    path.write_text(LINE.replace("9.52", "9°31'"))
    with pytest.raises(SourceFormatError, match="line 2: longitude"):
        read_overrides(path)


def test_unknown_column_and_absent_file_are_clear_errors(tmp_path):
    path = tmp_path / "corrections.csv"
    path.write_text(LINE.replace("who", "whom"))
    with pytest.raises(SchemaError, match="who"):
        read_overrides(path)
    with pytest.raises(SourceUnavailableError):
        read_overrides(tmp_path / "none.csv")
