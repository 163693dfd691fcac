"""Near misses are listed and never included; versions compare; raw text is searched."""

import pandas as pd
import pytest

from recallgeo.recall import Recall, compare_scopes, match_recall, near_misses, search_text


@pytest.fixture
def misses(units):
    def run(recall, *rows):
        table = near_misses(units(*rows), recall)
        return dict(zip(table.index, table["why"], strict=True))

    return run


def test_each_slip_of_the_pen_is_named(recall_of, misses):
    recall = recall_of({"serial": "AB0048..AB0251"})
    near = ["ABO048", "A80048", "AB-0048", "AB48", "AB00480", "AB012", "AB0252", "AB0261", "AB0038"]
    found = misses(
        recall, *({"serial": serial} for serial in [*near, "AB0262", "AB0037", "XX0100"])
    )
    assert list(found.values()) == [
        "look-alike characters, would read AB0048",
        "look-alike characters, would read AB0048",
        "separators, would read AB0048",
        "wrong width, with zeros put back would read AB0048",
        "one character too many, would read AB0048",
        "one character too few, could read AB0120",
        "at most 10 outside AB0048..AB0251",
        "at most 10 outside AB0048..AB0251",
        "at most 10 outside AB0048..AB0251",
    ]


def test_a_unit_in_the_scope_is_no_near_miss(recall_of, misses):
    assert misses(recall_of({"serial": "AB0048..AB0251"}), {"serial": "AB0048"}, {}) == {}


def test_a_near_miss_never_changes_the_verdict(recall_of, units, hazards):
    recall = recall_of({"serial": "AB0048..AB0251"})
    frame = units({"serial": "ABO048"})
    assert len(near_misses(frame, recall)) == 1
    assert match_recall(frame, recall, hazards=hazards)["verdict"].tolist() == ["not_affected"]


def test_the_other_lines_must_hold_too(recall_of, misses):
    recall = recall_of({"model": "M1", "serial": "A1..A5"})
    assert list(
        misses(recall, {"model": "M1", "serial": "A6"}, {"model": "M2", "serial": "A6"})
    ) == ["u1"]


def test_a_row_of_a_table_counts_with_its_own_model(recall_of, misses):
    rows = [["M1", "A100..A199"], ["M2", "A300..A399"]]
    recall = recall_of({"keys": ["model", "serial"], "rows": rows})
    found = misses(recall, {"model": "M1", "serial": "A205"}, {"model": "M1", "serial": "A305"})
    assert found == {"u1": "at most 10 outside A100..A199"}


def test_a_listed_model_is_found_by_its_look_alike(recall_of, misses):
    recall = recall_of({"model": "FCRG3062AS, 31-EK"})
    found = misses(recall, {"model": "fcrg3O62as"}, {"model": "31EK"}, {"model": "31EL"})
    assert found == {
        "u1": "look-alike characters, would read FCRG3062AS",
        "u2": "separators, would read 31-EK",
    }


def test_a_letter_place_reads_a_digit_as_its_letter(recall_of, misses):
    assert misses(recall_of({"serial": "OB10..OB19"}), {"serial": "0B10"}) == {
        "u1": "look-alike characters, would read OB10"
    }


def test_a_part_of_a_serial_may_be_nearly_right(recall_of, units):
    table = near_misses(units({"serial": "ABOO48123"}), recall_of({"serial_first_6": "AB0048"}))
    assert table.iloc[0].tolist() == [
        "s", "first 6 of serial", "ABOO48", "look-alike characters, would read AB0048",
    ]  # fmt: skip


def test_what_an_exception_took_out_is_no_near_miss(recall_of, misses):
    recall = recall_of({"serial": "A1..A5"}, exceptions=[{"serial": "A3"}])
    assert misses(recall, {"serial": "A3"}) == {}


def test_no_near_miss_gives_an_empty_table(recall_of, units):
    table = near_misses(units({"serial": "Z"}), recall_of({"serial": "A1..A5"}))
    assert list(table.columns) == ["scope_id", "field", "value", "why"]
    assert (len(table), table.index.name) == (0, "asset_id")


def test_versions_say_who_comes_in_and_who_goes_out(recall_of, units, hazards):
    old, new = recall_of({"model": "M1"}), recall_of({"model": "M2", "lot": "7"}, {"model": "M3"})
    frame = units({"model": "M1"}, {"model": "M2"}, {"model": "M3"}, {"model": "M4"}, {})
    changes = compare_scopes(old, new, frame, contacted=["u1"], hazards=hazards)
    assert changes["change"].tolist() == [
        "newly_out", "newly_in", "newly_in", "unchanged", "unchanged",
    ]  # fmt: skip
    assert changes["contacted"].tolist() == [True, False, False, False, False]
    assert changes["new_verdict"].tolist()[1] == "check_needed"


def test_a_verdict_that_becomes_sure_is_told_apart(recall_of, units, hazards):
    old = recall_of({"model": "M1"}, confirm_with="x")
    changes = compare_scopes(
        old, recall_of({"model": "M1"}), units({"model": "M1"}), hazards=hazards
    )
    assert changes["change"].tolist() == ["verdict_changed"]
    assert changes["contacted"].isna().all()


@pytest.mark.parametrize(
    ("rule", "text", "hit"),
    [
        ({"serial": "AB0048..AB0251"}, 'x;"ab0100",y', True),
        ({"serial": "AB0048..AB0251"}, "serial AB0100.", True),
        ({"serial": "AB0048..AB0251"}, "AB0252 AB00100", False),
        ({"model": "Back-UPS CS 500"}, "one BACK-UPS cs 500 in hall", True),
        ({"model": "Back-UPS CS 500"}, "Back-UPS CS 50", False),
        ({"model": "*8DC*"}, "790.8DC399", True),
        ({"lot": "7"}, "7 units", False),
        ({"serial": "all", "model": "MX725"}, "mx725", True),
        ({"serial": "all"}, "anything", False),
        ({"serial_first_4": "2326..2445"}, "n 2400123", True),
        ({"model": "M725", "serial_first_4": "2326..2445"}, "n 2400123", False),
        ({"serial_last_1": "K"}, "back", False),
        ({"component": {"serial": "6BZLU*"}}, "battery 6bzlu99", True),
        ({"keys": ["model", "serial"], "rows": [["M725", "A1..A9"]]}, "x A5 y", True),
        ({"built": "2020"}, "2020", False),
    ],
)
def test_raw_text_is_searched_for_what_a_rule_names(rule, text, hit, recall_of):
    assert search_text(pd.Series([text]), recall_of(rule)).tolist() == [hit]


def test_a_search_keeps_the_index_and_takes_missing_text_for_no_hit():
    recall = Recall.from_dict(
        {
            "recall": {"id": "r", "issued": "2025-01-16"},
            "scope": [{"id": "s", "hazard": "fire", "rule": [{"serial": "A100"}]}],
        }
    )
    raw = pd.Series([None, "a100", ""], index=[7, 3, 5], dtype="str")
    found = search_text(raw, recall)
    assert found.to_dict() == {7: False, 3: True, 5: False}
    assert search_text(raw.iloc[:0], recall).tolist() == []
