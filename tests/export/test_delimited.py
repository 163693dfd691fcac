"""CSV opens right in a spreadsheet and runs nothing there."""

import pandas as pd
import pytest

from recallgeo.export.delimited import FORMULA_STARTS, write_csv


@pytest.mark.parametrize("start", list(FORMULA_STARTS))
def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(tmp_path, start):
    write_csv(pd.DataFrame({"name": [f"{start}cmd|' /C calc'!A0"]}), tmp_path / "t.csv")
    text = (tmp_path / "t.csv").read_bytes().decode("utf-8-sig")
    assert text.split("\n", 1)[1].lstrip('"').startswith(f"'{start}")


def test_negative_numbers_stay_numbers(tmp_path):
    write_csv(pd.DataFrame({"value": [-1.5]}), tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_bytes() == b"\xef\xbb\xbfvalue\n-1.5\n"


def test_leading_zeros_missing_cells_and_commas_read_back(tmp_path):
    frame = pd.DataFrame(
        {
            "serial": ["0012", None],
            "units": pd.array([None, 3], "Int64"),
            "name": ["a,b", 'say "x"'],
        }
    )
    write_csv(frame, tmp_path / "t.csv")
    back = pd.read_csv(tmp_path / "t.csv", encoding="utf-8-sig", dtype={"serial": "str"})
    assert back["serial"].tolist()[0] == "0012"
    assert back["serial"].isna().tolist() == [False, True]
    assert back["units"].isna().tolist() == [True, False]
    assert back["name"].tolist() == ["a,b", 'say "x"']


def test_named_index_comes_first_and_a_counter_is_left_out(tmp_path):
    frame = pd.DataFrame({"a": [1]})
    write_csv(frame, tmp_path / "plain.csv")
    write_csv(frame.rename_axis("key"), tmp_path / "named.csv")
    write_csv(frame.set_axis(["x"]), tmp_path / "labels.csv")
    heads = [
        (tmp_path / name).read_text("utf-8-sig").split("\n")[0]
        for name in ("plain.csv", "named.csv", "labels.csv")
    ]
    assert heads == ["a", "key,a", "index,a"]


def test_input_is_not_altered(tmp_path):
    frame = pd.DataFrame({"name": ["=1"]})
    write_csv(frame, tmp_path / "t.csv")
    assert frame["name"].tolist() == ["=1"]
