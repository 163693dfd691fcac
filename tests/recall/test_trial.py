"""A recall file on trial says what never matches and why."""

import pytest

from recallgeo.errors import SchemaError
from recallgeo.frames import ASSETS
from recallgeo.recall import Recall, try_recall


def test_units_are_counted_per_rule(recall_of, units, hazards):
    recall = recall_of({"model": "M1"}, {"lot": "7"})
    frame = units({"model": "M1", "quantity": 5, "lot": "8"}, {"model": "M2"})
    rules = try_recall(recall, frame, hazards=hazards).rules
    assert rules[["affected_units", "check_units"]].to_numpy().tolist() == [[5, 0], [0, 1]]
    assert rules["never"].isna().all()


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        (
            {"model": "M1", "serial": "A1..A5"},
            "no serial fits A1..A5; the register holds AA00, 000",
        ),
        ({"model": "M9"}, "no model fits M9; the register holds A0"),
        ({"customer": "X"}, "no customer fits X"),
        (
            {"model": "M1", "serial": "123"},
            "each line fits some unit, but no unit fits all of them",
        ),
        ({"keys": ["model"], "rows": [["M9"]]}, "no row of its table fits"),
        ({"component": {"lot": "7"}}, "no component fits"),
        ({"model": "a, b, c, d"}, "no model fits a, b, c and 1 more; the register holds A0"),
    ],
)
def test_a_rule_that_matches_nothing_says_why(rule, why, recall_of, units, hazards):
    rest = {"customer": "Y", "components": []}
    frame = units(
        {"model": "M1", "serial": "AB12", **rest},
        {"model": "M1", "serial": "AB13", **rest},
        {"model": "M2", "serial": "123", **rest},
    )
    trial = try_recall(recall_of(rule), frame, hazards=hazards)
    assert trial.rules["never"].tolist() == [why]
    assert f"scope s, rule 1 matches nothing: {why}" in trial.summary()


def test_known_units_that_come_out_wrong_are_listed(recall_of, units, hazards):
    known = units({"serial": "A1"}, {"serial": "A9"}).assign(verdict="affected")
    trial = try_recall(recall_of({"serial": "A1..A5"}), known, known=known, hazards=hazards)
    assert trial.wrong[["expected", "found"]].to_numpy().tolist() == [["affected", "not_affected"]]
    assert "u2: expected affected, found not_affected" in trial.summary()


def test_known_units_need_their_verdict(recall_of, units, hazards):
    with pytest.raises(SchemaError, match="no column 'verdict'"):
        try_recall(recall_of({"model": "M1"}), units({}), known=units({}), hazards=hazards)


def test_expected_units_stand_beside_those_found(units, hazards):
    head = {"id": "r", "issued": "2025-01-16", "expected_units": {"US": 10, "CA": 4}}
    scope = {"id": "s", "hazard": "fire", "rule": [{"model": "M1"}]}
    recall = Recall.from_dict({"recall": head, "scope": [scope]})
    frame = units({"model": "M1", "market": "US", "quantity": 3}, {"market": "us"}, {"model": "M1"})
    markets = try_recall(recall, frame, hazards=hazards).markets
    assert markets.loc[["CA", "US"]].to_numpy().tolist() == [[4, 0, 0], [10, 3, 1]]
    assert markets.loc["unknown", "affected_units"] == 1
    assert markets["expected_units"].isna().tolist() == [False, False, True]


def test_an_empty_register_matches_nothing(recall_of, hazards):
    trial = try_recall(recall_of({"model": "M1"}), ASSETS.empty(), hazards=hazards)
    assert trial.rules["never"].tolist() == ["the register holds no units"]
