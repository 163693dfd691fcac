"""Verdicts in three values, the reasons they give, and what never changes them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recallgeo.errors import SchemaError, ScopeError
from recallgeo.frames import ASSETS, SCOPED
from recallgeo.recall import Recall, match_recall

A, C, N = "affected", "check_needed", "not_affected"


def two_scopes(*scopes):
    head = {"id": "r", "issued": "2025-01-16"}
    return Recall.from_dict({"recall": head, "scope": list(scopes)})


def test_a_missing_field_matters_only_where_no_other_line_decides(recall_of, verdicts):
    recall = recall_of({"model": "M1", "serial": "A1..A5"})
    found = verdicts(
        recall,
        {"model": "M1", "serial": "A3"},
        {"model": "M1"},
        {"serial": "A3"},
        {"model": "M2"},
        {"serial": "A9"},
        {},
    )
    assert found == [A, C, C, N, N, C]


def test_any_rule_suffices(recall_of, verdicts):
    recall = recall_of({"model": "M1"}, {"lot": "7"})
    units = [{"model": "M1"}, {"lot": "7"}, {"model": "M2", "lot": "8"}, {"model": "M2"}]
    assert verdicts(recall, *units) == [A, A, N, C]


def test_an_exception_takes_out_and_a_missing_field_of_it_cannot_tell(recall_of, verdicts):
    recall = recall_of({"model": "M1"}, exceptions=[{"firmware": "2.0.."}])
    units = [
        {"model": "M1", "firmware": "2.0"},
        {"model": "M1", "firmware": "1.9"},
        {"model": "M1"},
        {"model": "M2"},
    ]
    assert verdicts(recall, *units) == [N, A, C, N]


def test_all_holds_even_where_the_field_is_missing(recall_of, verdicts):
    assert verdicts(recall_of({"model": "M1", "lot": "all"}), {"model": "M1"}, {}) == [A, C]


def test_a_match_to_be_confirmed_is_check_needed_and_says_where(recall_of, match):
    told = match(recall_of({"model": "M1"}, confirm_with="recall.example"), {"model": "M1"})
    assert told["verdict"].tolist() == [C]
    assert told["verdict_reason"].iloc[0].endswith("to be confirmed with recall.example")


def test_a_draft_rule_only_raises_a_question(recall_of, match):
    told = match(recall_of({"model": "M1", "confirmed": False}), {"model": "M1"}, {"model": "M2"})
    assert told["verdict"].tolist() == [C, N]
    assert "draft" in told["verdict_reason"].iloc[0]


def test_a_draft_exception_takes_nothing_out_for_sure(recall_of, verdicts):
    recall = recall_of({"model": "M1"}, exceptions=[{"lot": "7", "confirmed": False}])
    assert verdicts(recall, {"model": "M1", "lot": "7"}, {"model": "M1", "lot": "8"}) == [C, A]


def test_a_column_of_the_register_serves_as_a_field(recall_of, units, hazards):
    frame = units({"model": "M1"}, {"model": "M1"})
    frame["x_plant"] = pd.Series(["J", "K"], index=frame.index, dtype="str")
    found = match_recall(frame, recall_of({"x_plant": "J"}), hazards=hazards)
    assert found["verdict"].tolist() == [A, N]
    assert found["x_plant"].tolist() == ["J", "K"]


def test_a_column_that_the_register_lacks_is_named(recall_of, units, hazards):
    frame = units({"model": "M1"})
    frame["x_plant"] = "J"
    with pytest.raises(ScopeError, match="no column 'x_plnat'; did you mean 'x_plant'"):
        match_recall(frame, recall_of({"x_plnat": "J"}), hazards=hazards)


def test_any_element_of_a_list_suffices(recall_of, verdicts):
    recall = recall_of({"distributor": "Tech Data, Also*"})
    units = [{"distributor": "X; tech data"}, {"distributor": "ALSO AG; Y"}, {"distributor": "X"}]
    assert verdicts(recall, *units, {}) == [A, A, N, C]


def test_firmware_compares_part_by_part(recall_of, verdicts):
    recall = recall_of({"firmware": "1.2..1.10, beta"})
    units = [{"firmware": text} for text in ("1.9", "v1.10.0", "1.11", "1.1", "BETA", "x7")]
    assert verdicts(recall, *units) == [A, A, N, N, A, C]


def test_base_36_is_declared_in_the_rule(recall_of, verdicts):
    recall = recall_of({"serial": "0Z..1A", "alphabet": "base36"})
    assert verdicts(recall, {"serial": "19"}, {"serial": "1b"}, {"serial": "0Y"}) == [A, N, N]


def test_ignored_separators_do_not_count(recall_of, verdicts):
    recall = recall_of({"serial": "AB-01..AB-09"}, ignore="- ")
    assert verdicts(recall, {"serial": "A B05"}, {"serial": "AB-05"}, {"serial": "-"}) == [A, A, C]


def test_look_alikes_are_never_folded(recall_of, verdicts):
    assert verdicts(recall_of({"serial": "AB0048..AB0251"}), {"serial": "ABO048"}) == [N]


def test_wide_characters_of_east_asia_are_the_same_characters(recall_of, verdicts):
    wide = "\uff21\uff22\uff10\uff10\uff14\uff18"
    assert verdicts(recall_of({"serial": "AB0048"}), {"serial": wide}) == [A]


def test_a_word_of_a_table_serves_as_a_field(recall_of, verdicts):
    derive = {"name": "plant", "from": "serial_at_2", "table": {"J": "Juarez", "K": "Kyoto"}}
    recall = recall_of({"plant": "juarez"}, derive=[derive])
    assert verdicts(recall, {"serial": "1J"}, {"serial": "1K"}, {"serial": "1X"}, {}) == [
        A,
        N,
        N,
        C,
    ]


def test_separators_are_ignored_in_the_source_of_a_derived_field(recall_of, verdicts):
    derive = {"name": "made", "from": "date_code", "format": "YYYY-MM"}
    recall = recall_of({"made": "2020-05"}, derive=[derive], ignore="-")
    assert verdicts(recall, {"date_code": "2020-05"}, {"date_code": "202005"}) == [A, A]


@pytest.mark.parametrize("text", ["{", "[1]", '"x"', "null"])
def test_components_that_cannot_be_read_are_a_question(text, recall_of, units, hazards):
    frame = units({"model": "M1"})
    frame["components"] = pd.Series([text], index=frame.index, dtype="str")
    found = match_recall(frame, recall_of({"component": {"lot": "7"}}), hazards=hazards)
    assert found["verdict"].tolist() == [C]
    assert "components cannot be read" in found["verdict_reason"].iloc[0]


def test_one_and_the_same_part_meets_all_of_a_component(recall_of, verdicts):
    recall = recall_of({"component": {"model": "Cell", "lot": 7}})
    whole = {"components": [{"model": "cell", "lot": 7}]}
    apart = {"components": [{"model": "cell", "lot": "8"}, {"model": "board", "lot": "7"}]}
    open_ = {"components": [{"model": "cell", "lot": None}, {"model": "board"}]}
    assert verdicts(recall, whole, apart, open_) == [A, N, C]


def test_each_of_several_components_needs_a_part(recall_of, verdicts):
    recall = recall_of({"component": [{"model": "A"}, {"model": "B"}]})
    both = {"components": [{"model": "A"}, {"model": "B"}]}
    assert verdicts(recall, both, {"components": [{"model": "A"}]}) == [A, N]


def test_a_table_of_three_keys_is_narrowed_key_by_key(recall_of, verdicts):
    rows = [["M1", "A1..A5", "2020"], ["M1", "A4..A9", "2021"], ["M*", "all", "2019-05"]]
    recall = recall_of({"keys": ["model", "serial", "built"], "rows": rows})
    units = [
        {"model": "M1", "serial": "A5", "built": "2020-03"},
        {"model": "M1", "serial": "A5", "built": "2021-03"},
        {"model": "M1", "serial": "A9", "built": "2020-03"},
        {"model": "M2", "built": "2019-05-01"},
        {"model": "M2", "serial": "A1", "built": "2019"},
        {"serial": "A1", "built": "2020"},
        {"model": "M1", "built": "2018"},
        {"model": "M1", "serial": "A2"},
    ]
    assert verdicts(recall, *units) == [A, A, N, A, C, C, N, C]


@given(st.data())
@settings(max_examples=25, deadline=None)
def test_a_table_says_what_its_rows_say_as_rules(recall_of, verdicts, data):
    cell = {
        "model": st.sampled_from(["M1", "M2", "M?", "all", "M1, M2"]),
        "serial": st.sampled_from(["A1..A5", "A3..A9", "A4", "all", "B*"]),
        "built": st.sampled_from(["2020", "2020-06..2021", "..2020-03", "all"]),
    }
    rows = data.draw(st.lists(st.tuples(*cell.values()), min_size=1, max_size=4))
    unit = st.fixed_dictionaries(
        {
            "model": st.sampled_from(["M1", "M2", "X", None]),
            "serial": st.sampled_from(["A4", "A7", "B1", "C", None]),
            "built": st.sampled_from(["2020", "2020-07", "2022", "bad", None]),
        }
    )
    units = data.draw(st.lists(unit, min_size=1, max_size=6))
    table = recall_of({"keys": list(cell), "rows": [list(row) for row in rows]})
    rules = recall_of(*(dict(zip(cell, row, strict=True)) for row in rows))
    assert verdicts(table, *units) == verdicts(rules, *units)


MILD = {"id": "mild", "hazard": "mechanical", "rule": [{"model": "M1"}]}
BAD = {"id": "bad", "hazard": "fire", "rule": [{"model": "M1"}]}


def test_the_most_severe_scope_leads_and_all_are_listed(match):
    told = match(two_scopes(MILD, BAD), {"model": "M1"}).iloc[0]
    assert (told["scope_id"], told["scope_ids"]) == ("bad", "bad; mild")
    assert (told["hazard"], told["severity"]) == ("fire", 1.0)
    assert told["verdict_reason"] == "scope bad, rule 1: model M1; also in scope mild"


def test_equal_severity_leaves_the_order_of_the_file(match):
    other = {**BAD, "id": "other"}
    assert match(two_scopes(other, BAD), {"model": "M1"})["scope_id"].tolist() == ["other"]


def test_a_declared_severity_stands_before_the_default_of_the_hazard(match):
    graded = {**MILD, "severity": {"scheme": "CPSC", "level": "A", "source": "judgement"}}
    lower = {**BAD, "severity": {"scheme": "SafetyGate", "level": "L", "source": "judgement"}}
    told = match(two_scopes(lower, graded), {"model": "M1"}).iloc[0]
    assert (told["scope_id"], told["severity"]) == ("mild", 1.0)


def test_doubt_about_a_worse_scope_never_lowers_severity(match):
    open_ = {**BAD, "rule": [{"lot": "7"}]}
    told = match(two_scopes(MILD, open_), {"model": "M1"}).iloc[0]
    assert (told["verdict"], told["scope_id"], told["severity"]) == (A, "bad", 1.0)
    assert told["verdict_reason"] == ("scope mild, rule 1: model M1; may also be in scope bad")


def test_a_unit_in_no_scope_has_no_hazard(match):
    told = match(two_scopes(MILD, BAD), {"model": "M2"}).iloc[0]
    assert told[["scope_ids", "scope_id", "hazard", "severity"]].isna().all()


@pytest.mark.parametrize(
    ("rule", "unit", "reason"),
    [
        ({"model": "Back-UPS CS 500", "serial_first_6": "AB0048..AB0251"},
         {"model": "back-ups cs 500", "serial": "ab0100x"},
         "scope s, rule 1: model Back-UPS CS 500, first 6 of serial AB0100 in AB0048..AB0251"),
        ({"model": "M1", "serial": "A1..A5"}, {"model": "M1"},
         "scope s, rule 1 holds so far; serial is missing"),
        ({"model": "M1", "serial": "A1..A5"}, {},
         "scope s, rule 1 cannot be told; model is missing and serial is missing"),
        ({"model": "M1"}, {"model": "M2"}, "not scope s, rule 1: model does not fit"),
        ({"model": "all"}, {}, "scope s, rule 1: every unit"),
        ({"built": "2020-11.."}, {"built": "2020"},
         "scope s, rule 1 cannot be told; built 2020 can be inside or outside 2020-11.."),
        ({"built": "2020-11.."}, {"built": "soon"},
         "scope s, rule 1 cannot be told; built cannot be read from SOON"),
        ({"component": {"lot": "7"}}, {"components": [{"lot": "7"}]},
         "scope s, rule 1: a component with lot 7"),
        ({"component": {"lot": "7"}}, {"components": [{"model": "7"}]},
         "scope s, rule 1 cannot be told; of a component, lot is missing"),
        ({"customer": "A. Person"}, {"customer": "a. person"},
         "scope s, rule 1: customer as listed"),
        ({"keys": ["customer", "lot"], "rows": [["A. Person", "7"]]},
         {"customer": "A. Person", "lot": "7"},
         "scope s, rule 1: row 1: customer as listed, lot 7"),
        ({"keys": ["model", "serial"], "rows": [["M1", "A1"], ["M2", "A1..A5"]]}, {"model": "M2"},
         "scope s, rule 1 holds so far; serial is missing"),
        ({"serial": "A1..A5"}, {"quantity": 25},
         "scope s, rule 1 cannot be told; serial is missing; 0 to 25 units"),
    ],
)  # fmt: skip
def test_a_reason_cites_the_rule_and_names_what_is_missing(rule, unit, reason, recall_of, match):
    assert match(recall_of(rule), unit)["verdict_reason"].tolist() == [reason]


def test_every_rule_that_is_open_names_its_field(recall_of, match):
    told = match(recall_of({"serial": "A1"}, {"lot": "7"}), {}).iloc[0]
    assert told["verdict_reason"] == (
        "scope s, rule 1 cannot be told; serial is missing; "
        "scope s, rule 2 cannot be told; lot is missing"
    )


def test_an_exception_is_cited(recall_of, match):
    recall = recall_of({"model": "M1"}, exceptions=[{"lot": "7"}])
    told = match(recall, {"model": "M1", "lot": "7"}, {"model": "M1"})["verdict_reason"].tolist()
    assert told == [
        "scope s, rule 1: model M1; exception 1 takes it out: lot 7",
        "scope s, rule 1: model M1; exception 1 cannot be told: lot is missing",
    ]


def test_many_scopes_are_not_named_one_by_one_for_units_outside(match):
    scopes = [{**BAD, "id": f"s{i}"} for i in range(9)]
    told = match(two_scopes(*scopes), {"model": "M2"})
    assert told["verdict_reason"].tolist() == ["in none of the 9 scopes"]


def test_the_result_keeps_its_contract_and_its_input(recall_of, units, hazards):
    frame = units({"model": "M1"}, {"model": "M2"}, index=["b", "a"])
    before = frame.copy(deep=True)
    found = match_recall(frame, recall_of({"model": "M1"}), hazards=hazards)
    SCOPED.validate(found)
    assert found.index.tolist() == ["b", "a"]
    pd.testing.assert_frame_equal(frame, before)
    pd.testing.assert_frame_equal(found[ASSETS.names], frame[ASSETS.names])


def test_matching_again_replaces_the_verdicts(recall_of, units, hazards):
    once = match_recall(units({"model": "M1"}), recall_of({"model": "M2"}), hazards=hazards)
    again = match_recall(once, recall_of({"model": "M1"}), hazards=hazards)
    assert again["verdict"].tolist() == [A]


def test_no_units_give_an_empty_table_of_the_full_contract(recall_of, hazards):
    rules = [
        {"serial": "A1..A5", "x_plant": "J"},
        {"component": {"lot": "7"}},
        {"keys": ["model", "built"], "rows": [["M1", "2020"]]},
    ]
    found = match_recall(ASSETS.empty(), recall_of(*rules), hazards=hazards)
    SCOPED.validate(found)
    assert len(found) == 0


def test_a_frame_that_breaks_its_contract_is_refused(recall_of):
    with pytest.raises(SchemaError, match="asset_id"):
        match_recall(pd.DataFrame({"serial": ["A1"]}), recall_of({"serial": "A1"}))


def test_the_hazards_of_the_reference_serve_by_default(recall_of, units):
    found = match_recall(units({"model": "M1"}), recall_of({"model": "M1"}))
    assert found["severity"].tolist() == [1.0]


CELLS = st.fixed_dictionaries(
    {
        "model": st.sampled_from(["M1", "M2", None]),
        "serial": st.sampled_from(["A1", "A4", "A9", "B1R", "", None]),
        "built": st.sampled_from(["2020", "2020-12", "2019", "??", None]),
        "quantity": st.sampled_from([1, 5, None]),
        "components": st.sampled_from([[], [{"lot": "7"}], [{"lot": "8"}, {}], None]),
    }
)


@pytest.fixture(scope="session")
def run(recall_of, units, hazards):
    """Match rows to a recall that has a bit of everything."""
    recall = recall_of(
        {"model": "M1", "serial": "A1..A5"},
        {"component": {"lot": "7"}, "built": "2020-06..2021"},
        {"keys": ["model", "serial"], "rows": [["M2", "B*"], ["M1", "A9"]]},
        exceptions=[{"serial_last_1": "R"}],
    )

    def matched(rows, index=None):
        clean = [{k: v for k, v in row.items() if v is not None} for row in rows]
        return match_recall(units(*clean, index=index), recall, hazards=hazards)

    return matched


@given(st.lists(CELLS, min_size=1, max_size=8), st.randoms())
@settings(max_examples=15, deadline=None)
def test_the_order_of_rows_does_not_matter(run, rows, random):
    names = [f"u{i}" for i in range(len(rows))]
    order = list(range(len(rows)))
    random.shuffle(order)
    straight = run(rows, names)
    shuffled = run([rows[i] for i in order], [names[i] for i in order])
    columns = ["verdict", "verdict_reason", "scope_ids", "severity"]
    pd.testing.assert_frame_equal(shuffled.loc[names, columns], straight[columns])


@given(st.lists(CELLS, min_size=2, max_size=8))
@settings(max_examples=15, deadline=None)
def test_any_split_of_the_input_gives_the_same(run, rows):
    names = [f"u{i}" for i in range(len(rows))]
    whole = run(rows, names)
    parts = [run(rows[:1], names[:1]), run(rows[1:], names[1:])]
    columns = ["verdict", "verdict_reason", "scope_ids", "severity"]
    pd.testing.assert_frame_equal(pd.concat(parts)[columns], whole[columns])


@given(CELLS, st.sampled_from(["model", "serial", "built", "components"]))
@settings(max_examples=25, deadline=None)
def test_losing_a_cell_never_turns_affected_into_not_affected(run, row, lost):
    whole, damaged = run([row, {**row, lost: None}])["verdict"]
    assert not (whole == A and damaged == N)
    assert not (whole == N and damaged == A)


def test_many_ranges_say_what_one_by_one_they_say(recall_of, verdicts):
    rng = np.random.default_rng(1)
    ends = np.sort(rng.choice(10_000, 200, replace=False)).reshape(-1, 2)
    numbers = rng.integers(0, 10_000, 500)
    units = ({"serial": f"K{number:04d}"} for number in numbers.tolist())
    ranges = [f"K{low:04d}..K{high:04d}" for low, high in ends.tolist()]
    found = verdicts(recall_of({"serial": ranges}), *units)
    inside = ((numbers[:, None] >= ends[:, 0]) & (numbers[:, None] <= ends[:, 1])).any(axis=1)
    assert [verdict == A for verdict in found] == inside.tolist()
