"""One unit counts once; every origin and every place it may stand at is kept."""

import pandas as pd
import pytest

from recallgeo.errors import ConfigError
from recallgeo.frames import ASSETS, MOVEMENTS, SET_ASIDE
from recallgeo.recall import Recall, match_recall
from recallgeo.register import ColumnMap, build_assets, merge_readings


def reading(name, **cells):
    raw = pd.DataFrame(cells).astype("str")
    return build_assets(raw, ColumnMap(), source_file=name, as_of=None)


def test_identical_rows_of_one_serial_merge_and_keep_both_origins():
    first = reading("a.csv", serial=["A1"], city=["Bonn"])
    second = reading("b.csv", serial=["A1"], city=["Bonn"])
    merged = merge_readings([first, second])
    assert (len(merged.assets), merged.merged, merged.rows_read) == (1, 1, 2)
    assert merged.assets["x_origins"].tolist() == ["a.csv:1; b.csv:1"]
    assert merged.possible_places.empty
    ASSETS.validate(merged.assets)
    ASSETS.validate(merged.possible_places)
    SET_ASIDE.validate(merged.set_aside)


def test_the_register_that_comes_first_gives_the_place_and_the_other_stays_possible():
    first = reading("a.csv", serial=["A1"], city=["Bonn"], model=[""])
    second = reading("b.csv", serial=["a1"], city=["Ulm"], model=["M"])
    merged = merge_readings([first, second])
    unit = merged.assets.iloc[0]
    assert (unit["city"], unit["source_file"], unit["model"]) == ("Bonn", "a.csv", "M")
    place = merged.possible_places.iloc[0]
    assert (place["city"], place["x_of"]) == ("Ulm", merged.assets.index[0])
    assert merged.units == 1
    assert merged.units_merged == 1


def test_the_most_complete_row_of_one_register_stands_for_the_unit():
    both = reading("a.csv", serial=["A1", "A1"], city=["Bonn", "Ulm"], floor=["", "2"])
    merged = merge_readings([both])
    assert merged.assets["city"].tolist() == ["Ulm"]
    assert merged.possible_places["city"].tolist() == ["Bonn"]


def test_the_latest_movement_decides_before_everything_else():
    first = reading("a.csv", serial=["A1"], customer=["Clinic"], city=["Bonn"])
    second = reading("b.csv", serial=["A1"], customer=["School"], city=["Ulm"])
    events = pd.DataFrame(
        {
            "serial": ["A1", "A1"],
            "time": ["2021-05-01", "2020-01-01"],
            "kind": "sold",
            "to_party": ["School", "Clinic"],
            "source_file": "pos.csv",
            "source_row": [2, 3],
        },
        index=pd.Index(["e1", "e2"], name="event_id"),
    )
    merged = merge_readings([first, second], movements=MOVEMENTS.conform(events))
    assert merged.assets["city"].tolist() == ["Ulm"]
    assert merged.possible_places["city"].tolist() == ["Bonn"]


def test_a_place_is_never_mixed_of_two_registers():
    first = reading("a.csv", serial=["A1"], city=["Bonn"], street=[""])
    second = reading("b.csv", serial=["A1"], city=["Ulm"], street=["Am Markt 1"])
    merged = merge_readings([first, second])
    assert merged.assets["street"].isna().all()


def test_a_row_without_a_place_takes_the_place_of_the_other():
    first = reading("a.csv", serial=["A1"], support_end=["2025"], city=[""])
    second = reading("b.csv", serial=["A1"], support_end=[""], city=["Ulm"])
    merged = merge_readings([first, second])
    assert merged.assets[["support_end", "city"]].to_numpy().tolist() == [["2025", "Ulm"]]
    assert merged.possible_places.empty


def test_one_serial_under_two_manufacturers_is_two_units():
    both = reading("a.csv", serial=["A1", "A1"], manufacturer=["Acme", "Bolt"])
    assert len(merge_readings([both]).assets) == 2


def test_spelling_does_not_make_two_models():
    both = reading("a.csv", serial=["A1", "A1"], model=["Back-UPS 500", "BackUPS 500"])
    merged = merge_readings([both])
    assert len(merged.assets) == 1
    assert merged.set_aside.empty


def test_what_recalls_decide_by_is_missing_where_merged_rows_differ_and_both_leave_a_line():
    first = reading("a.csv", serial=["A1"], lot=["L1"])
    second = reading("b.csv", serial=["A1"], lot=["L2"])
    merged = merge_readings([first, second])
    assert merged.assets["lot"].isna().all()
    assert merged.assets["x_disputed"].tolist() == ["lot"]
    lines = merged.set_aside
    assert lines[["source_file", "column", "value"]].to_numpy().tolist() == [
        ["a.csv", "lot", "L1"],
        ["b.csv", "lot", "L2"],
    ]
    assert set(lines["cause"]) == {"rows of this unit disagree: 'L1' and 'L2'; none is used"}
    assert lines["kept"].all()


DISPUTES = {
    "lot": ("L9", "L1"),
    "built": ("2019-01-05", "2020-06-01"),
    "delivered": ("2019-01-05", "2020-06-01"),
    "date_code": ("1901", "2022"),
    "firmware": ("11.2", "1.12"),  # the same without signs
    "part_number": ("P9", "P1"),
    "gtin": ("04012345678901", "04012345678918"),
    "market": ("AT", "DE"),
    "model_year": ("2019", "2020"),
    "unit_status": ("scrapped", "installed"),
    "x_batch": ("B9", "B1"),
}


@pytest.mark.parametrize("field", DISPUTES)
@pytest.mark.parametrize("turned", [False, True])
def test_a_unit_whose_rows_disagree_is_checked_and_never_ruled_out(field, turned):
    wrong, recalled = DISPUTES[field]
    texts = (recalled, wrong) if turned else (wrong, recalled)
    parts = [
        reading(f"{at}.csv", serial=["A1"], **{field: [text]}) for at, text in enumerate(texts)
    ]
    notice = Recall.from_dict(
        {
            "recall": {"id": "R1", "issued": "2025-01-16"},
            "scope": [{"id": "s", "hazard": "fire", "rule": [{field: recalled}]}],
        }
    )
    alone = match_recall(merge_readings(parts[turned ^ 1 :][:1]).assets, notice)
    assert alone["verdict"].tolist() == ["affected"]
    both = match_recall(merge_readings(parts).assets, notice)
    assert both["verdict"].tolist() == ["check_needed"]


def test_rows_that_disagree_elsewhere_than_the_recall_looks_stay_affected():
    parts = [reading(f"{lot}.csv", serial=["A1"], lot=[lot]) for lot in ("L9", "L1")]
    notice = Recall.from_dict(
        {
            "recall": {"id": "R1", "issued": "2025-01-16"},
            "scope": [{"id": "s", "hazard": "fire", "rule": [{"serial": "A1"}]}],
        }
    )
    assert match_recall(merge_readings(parts).assets, notice)["verdict"].tolist() == ["affected"]


@pytest.mark.parametrize("cells", [("", "L1", "L2"), ("L1", "", "L2"), ("L1", "L2", "")])
def test_an_empty_cell_settles_no_dispute(cells):
    both = reading("a.csv", serial=["A1"] * 3, lot=list(cells))
    assert merge_readings([both]).assets["lot"].isna().all()


def test_a_third_register_does_not_settle_a_dispute_of_the_first_two():
    parts = [reading(f"{at}.csv", serial=["A1"], lot=[lot]) for at, lot in enumerate("121")]
    at_once = merge_readings(parts)
    in_steps = merge_readings([merge_readings(parts[:2]), parts[2]])
    assert at_once.assets["lot"].isna().all()
    pd.testing.assert_frame_equal(at_once.assets, in_steps.assets)
    assert at_once.set_aside["value"].tolist() == in_steps.set_aside["value"].tolist()


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("built", ("2020-11-05", "2020-11")),
        ("built", ("2020", "2020-11")),
        ("gtin", ("4012345678901", "04012345678901")),
        ("lot", ("l1", "L1")),
    ],
)
def test_one_value_written_in_two_ways_is_no_dispute(field, values):
    parts = [reading(f"{at}.csv", serial=["A1"], **{field: [v]}) for at, v in enumerate(values)]
    merged = merge_readings(parts)
    assert merged.assets[field].tolist() == [values[0]]
    assert merged.set_aside.empty


def test_another_customer_at_the_same_place_leaves_a_line():
    first = reading("a.csv", serial=["A1"], customer=["Clinic"])
    second = reading("b.csv", serial=["A1"], customer=["School"])
    merged = merge_readings([first, second])
    assert merged.assets["customer"].tolist() == ["Clinic"]
    assert merged.set_aside["value"].tolist() == ["School"]


@pytest.mark.parametrize("serial", ["unknown", "0000", "n/a", "9999"])
def test_a_placeholder_is_no_serial_of_one_unit(serial):
    both = reading("a.csv", serial=[serial, serial], city=["Bonn", "Ulm"])
    merged = merge_readings([both])
    assert len(merged.assets) == 2
    assert len(merged.set_aside) == 2


def test_a_serial_at_more_than_ten_places_is_a_placeholder():
    cities = [f"City {at}" for at in range(11)]
    assert len(merge_readings([reading("a.csv", serial=["A1"] * 11, city=cities)]).assets) == 11
    assert len(merge_readings([reading("a.csv", serial=["A1"] * 10, city=cities[:10])]).assets) == 1


def test_equal_rows_without_a_serial_may_be_several_units():
    both = reading("a.csv", model=["M", "M"], city=["Bonn", "Bonn"])
    assert len(merge_readings([both]).assets) == 2


def test_a_register_given_twice_counts_its_units_once():
    rows = {"model": ["M", "M"], "city": ["Bonn", "Bonn"], "quantity": ["2", "2"]}
    merged = merge_readings([reading("a.csv", **rows), reading("b.csv", **rows)])
    assert (len(merged.assets), merged.units, merged.merged) == (2, 4, 2)
    assert merged.units_merged == 4


def test_equal_keys_of_two_registers_stay_two_units():
    first = reading("a.csv", asset_id=["1"], serial=["A1"])
    second = reading("b.csv", asset_id=["1"], serial=["B1"])
    merged = merge_readings([first, second])
    assert merged.assets.index.tolist() == ["1", "1#2"]


def test_merging_in_two_steps_gives_what_merging_at_once_gives():
    parts = [
        reading("a.csv", serial=["A1", "B1"], city=["Bonn", "Bonn"]),
        reading("b.csv", serial=["A1", "C1"], city=["Ulm", "Bonn"]),
        reading("c.csv", serial=["A1", "B1"], city=["Kiel", "Bonn"]),
    ]
    at_once = merge_readings(parts)
    in_steps = merge_readings([merge_readings(parts[:2]), parts[2]])
    pd.testing.assert_frame_equal(at_once.assets, in_steps.assets)
    assert sorted(at_once.possible_places["city"]) == sorted(in_steps.possible_places["city"])
    assert set(in_steps.possible_places["x_of"]) == set(at_once.possible_places["x_of"])
    assert (at_once.rows_read, at_once.merged) == (in_steps.rows_read, in_steps.merged)


def test_no_register_is_refused():
    with pytest.raises(ConfigError, match="no register"):
        merge_readings([])


def test_the_scorecard_counts_lost_cells_as_not_valid():
    card = reading(
        "a.csv",
        serial=["A1", "A2", "A3", "A4"],
        latitude=["1", "x", "", "2"],
        distributor=["Dee", "Dee; Bee", "Bee", ""],
    ).quality
    whole = card[(card["by"] == "all") & (card["field"] == "latitude")].set_index("measure")
    assert whole["share"].to_dict() == {"complete": 0.5, "valid": round(2 / 3, 4)}
    dee = card[(card["group"] == "Dee") & (card["field"] == "latitude")].set_index("measure")
    assert dee["rows"].tolist() == [2, 2]
    assert dee.loc["complete", "share"] == 0.5
