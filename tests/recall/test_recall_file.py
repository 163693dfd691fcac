"""What a recall file may say, and how each fault is told."""

from datetime import date

import pandas as pd
import pytest

from recallgeo.errors import ConfigError, ScopeError, SerialFormatError
from recallgeo.recall import Recall, Severity
from recallgeo.recall.severity import measure_severities

HEAD = {"id": "r", "issued": "2025-01-16"}


def build(rule=None, *, head=None, derive=(), **scope):
    table = {"id": "s", "hazard": "fire", "rule": [rule or {"serial": "A1"}], **scope}
    data = {"recall": head or HEAD, "derive": list(derive), "scope": [table]}
    return Recall.from_dict(data)


def test_a_whole_file_becomes_a_recall():
    recall = build(
        {"model": "A", "quote": "Model A"},
        head={**HEAD, "version": 2, "expected_units": {"US": 43510}},
        severity={"scheme": "CPSC", "level": "B", "source": "judgement"},
        remedy="repair",
    )
    assert recall.issued == date(2025, 1, 16)
    assert (recall.version, recall.expected_units) == (2, {"US": 43510})
    assert recall.scopes[0].severity.value == 0.6
    assert recall.scopes[0].rules[0].quote == "Model A"
    assert recall.hazards == ("fire",)
    assert not recall.is_draft


def test_an_unconfirmed_rule_makes_a_draft():
    recall = build({"model": "A", "confirmed": False}, **{"except": [{"lot": "1"}]})
    assert recall.unconfirmed == ("scope s, rule 1",)
    assert recall.is_draft
    assert "1 unconfirmed" in recall.summary()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"hazrad": "fire"}, r"unknown key scope\[1\]\.hazrad; did you mean 'hazard'\?"),
        ({"severity": {"scheme": "CPSC", "levle": "B"}}, r"severity\.levle; did you mean 'level'"),
        ({"id": 5}, r"scope\[1\]\.id = 5"),
        (
            {"severity": {"scheme": "cpsc", "level": "B", "source": "x"}},
            "known names: CPSC, FDA, SafetyGate",
        ),
        ({"severity": {"scheme": "FDA", "level": "B", "source": "x"}}, "expected I, II, III"),
        ({"severity": {"scheme": "FDA", "level": "I", "source": " "}}, "needs a source"),
        ({"rule": {"model": "A", "alphabet": "base64"}}, r"rule\[1\]\.alphabet = 'base64'"),
    ],
)
def test_a_wrong_key_or_value_is_named_with_its_place(change, told):
    with pytest.raises(ConfigError, match=told):
        build(**change)


def test_a_missing_head_is_named():
    with pytest.raises(ConfigError, match=r"recall\.issued is missing; add it"):
        build(head={"id": "r"})


def test_an_unknown_table_is_named():
    with pytest.raises(ConfigError, match="unknown key scopes; did you mean 'scope'"):
        Recall.from_dict({"recall": HEAD, "scopes": [], "scope": [{"id": "a", "hazard": "fire"}]})


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ({"sreial": "A1"}, "scope 's', rule 1, sreial: unknown field 'sreial'"),
        ({"sreial": "A1"}, "did you mean 'serial'"),
        ({"serail_first_4": "A123"}, "did you mean 'serial'"),
        ({"confirmd": False}, "unknown key 'confirmd' of a rule; did you mean 'confirmed'"),
        ({"quantity": "5"}, "cannot stand in a rule"),
        ({"components": "A"}, "did you mean 'component'"),
        ({"distributor_first_2": "AB"}, "is a part of a list"),
        ({"serial_at_5_3": "AB"}, "places count from 1"),
        ({"serial_first_0": "AB"}, "places count from 1"),
        ({"quote": "only words"}, "the rule says nothing"),
        ({"serial": []}, "an empty array matches nothing"),
        ({"serial": ""}, "empty value"),
        ({"serial": ["A1", " "]}, "empty value"),
        ({"serial": "A1,,A2"}, "empty value"),
        ({"firmware": 1.2}, "write it in quotes"),
        ({"serial": True}, "write it in quotes"),
        ({"built": "202?"}, "dates have no wildcards"),
        ({"built": "soon"}, "'soon' is no date"),
        ({"built": "2021..2020"}, r"write 2020\.\.2021"),
        ({"built": ".."}, "has no end"),
        ({"model_year": "22"}, "'22' is no date"),
        ({"keys": ["model"]}, "needs keys = .* and rows"),
        ({"keys": ["model", "model"], "rows": [["A", "B"]]}, "holds a name twice"),
        ({"keys": ["model", "serial"], "rows": [["A"]]}, "1 cells for 2 keys"),
        ({"rows_file": "a.csv"}, r"opened by Recall\.from_toml"),
        ({"component": {"sreial": "A"}}, "component, sreial: unknown field"),
    ],
)  # fmt: skip
def test_a_rule_that_cannot_mean_what_it_says_is_named(rule, told):
    with pytest.raises(ScopeError, match=told):
        build(rule)


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ({"serial_first_4": "23260"}, "serial_first_4 has 4 characters, but '23260' has 5"),
        ({"serial_at_7_8": "W"}, "has 2 characters, but 'W' has 1"),
        ({"serial_last_5": "1..100"}, "not of one form"),
        ({"serial_last_5": "1001..1999"}, "has 5 characters, but '1001..1999' has 4"),
        ({"serial_first_4": "232??"}, "but '232[?][?]' has 5"),
        ({"serial": "A1..B12"}, "write one range for each width"),
    ],
)
def test_a_value_that_does_not_fit_its_key_is_refused(rule, told):
    with pytest.raises(SerialFormatError, match=told):
        build(rule)


def test_a_pattern_with_a_run_may_be_shorter_than_its_key():
    assert build({"serial_first_4": "23*"}).scopes[0].rules[0].lines


def test_ignored_characters_do_not_count_towards_the_width():
    assert build({"serial_first_4": "23-26"}, ignore="-").scopes[0].rules[0].lines
    with pytest.raises(SerialFormatError, match="without '-'"):
        build({"serial_first_4": "23-2"}, ignore="-")


def test_every_fault_is_told_at_once():
    with pytest.raises(ScopeError, match=r"(?s)2 faults.*sreial.*lto"):
        build({"sreial": "A", "lto": "B"})


def test_a_scope_needs_a_rule():
    with pytest.raises(ScopeError, match=r"no \[\[scope\.rule\]\]"):
        Recall.from_dict({"recall": HEAD, "scope": [{"id": "s", "hazard": "fire"}]})


def test_scopes_have_ids_of_their_own():
    scope = {"id": "s", "hazard": "fire", "rule": [{"serial": "A1"}]}
    with pytest.raises(ScopeError, match="two scopes have this id"):
        Recall.from_dict({"recall": HEAD, "scope": [scope, scope]})
    with pytest.raises(ScopeError, match="separates ids"):
        build(id="a; b")


@pytest.mark.parametrize(
    ("derive", "told"),
    [
        ({"name": "code", "from": "serial"}, "write either format or table"),
        ({"name": "serial", "from": "lot", "format": "YYYY"}, "is taken"),
        ({"name": "code", "from": "sreial", "format": "YYYY"}, "did you mean 'serial'"),
        ({"name": "code", "from": "distributor", "format": "YYYY"}, "is a list"),
        ({"name": "code", "from": "serial", "format": "WWYY"}, "add the years of use"),
    ],
)
def test_a_derived_field_that_cannot_be_computed_is_refused(derive, told):
    with pytest.raises(ScopeError, match=told):
        build(derive=[derive])


def test_an_unknown_hazard_is_named_when_it_is_needed():
    with pytest.raises(ConfigError, match="the hazard 'fire' is unknown; known names: shock"):
        measure_severities(build(), {"shock": None})


@pytest.mark.parametrize(
    ("scheme", "level", "value"),
    [("CPSC", "A", 1.0), ("CPSC", "C", 0.3), ("FDA", "II", 0.6), ("SafetyGate", "L", 0.1)],
)
def test_each_grade_is_a_number(scheme, level, value):
    assert Severity(scheme=scheme, level=level, source="judgement").value == value


def test_a_table_of_values_becomes_a_recall():
    rows = pd.DataFrame({"model": ["A", "B"], "serial": ["1..9", "all"]})
    recall = Recall.from_frame(rows, id="x", issued=date(2025, 1, 1), hazard="fire")
    assert [len(row) for row in recall.scopes[0].rules[0].table.rows] == [2, 2]


def test_a_missing_cell_of_a_table_of_values_is_refused():
    rows = pd.DataFrame({"model": ["A", None], "serial": ["1..9", "all"]})
    with pytest.raises(ScopeError, match=r"row 2: .*empty value"):
        Recall.from_frame(rows, id="x", issued=date(2025, 1, 1), hazard="fire")
