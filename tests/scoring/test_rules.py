"""The grammar of tier rules."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recallgeo.errors import ScoringError
from recallgeo.scoring.rules import Combination, Comparison, evaluate_rule, parse_rule

NAMES = st.sampled_from(["severity", "units", "school_within_250_prob"])
NUMBERS = st.integers(-1000, 1000).map(lambda n: n / 8)
NUMBER_RULES = st.builds(
    Comparison, NAMES, st.sampled_from([">=", "<=", ">", "<", "==", "!="]), NUMBERS
)
TEXT_RULES = st.builds(
    Comparison, NAMES, st.sampled_from(["==", "!="]), st.sampled_from(["fire", "and", "a (b)"])
)


def trees(rules):
    return st.builds(
        lambda word, parts: Combination(word, tuple(parts)),
        st.sampled_from(["and", "or"]),
        st.lists(rules, min_size=2, max_size=3),
    )


@given(st.recursive(NUMBER_RULES | TEXT_RULES, trees, max_leaves=12))
def test_writing_and_reading_a_rule_gives_the_rule(rule):
    assert parse_rule(str(rule)) == rule


def test_and_binds_closer_than_or():
    assert parse_rule("a > 1 or b > 1 and c > 1") == parse_rule("a > 1 or (b > 1 and c > 1)")


def test_a_rule_may_run_over_several_lines():
    assert str(parse_rule("a >= 1\n  or b >= 2")) == "a >= 1 or b >= 2"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "the end, expected the name"),
        ("severity", "the end, expected a comparison"),
        ("severity >=", "the end, expected a number"),
        ("severity >= 0.6 severity", "'severity' at character 17, expected the rule to end"),
        ("(severity >= 0.6", "the end, expected ')'"),
        ("severity >= 0.6)", "')' at character 16"),
        ("severity >= 0.6 and", "the end, expected the name"),
        ("and > 1", "expected the name"),
        ("severity => 0.6", "'=> 0.6' at character 10"),
        ("0.6 <= severity", "expected the name"),
        ("severity >= 0.6.1", "'0.6.1' at character 13, expected"),
        ("severity >= 1x", "expected"),
        ('severity >= "high"', "compared by == and != only"),
        ("hazard == fire", "expected a number, or text in double quotes"),
        ("otherwise and a > 1", "expected the rule to end"),
        ("not severity > 1", "expected a comparison"),
    ],
)
def test_a_wrong_rule_says_where_and_what_was_expected(text, found):
    with pytest.raises(ScoringError) as caught:
        parse_rule(text)
    assert found in str(caught.value)
    assert "write such as" in str(caught.value)


@pytest.mark.parametrize(
    "text",
    ["__import__('os').system('true') >= 1", "open(1) >= 1", "units + 1 >= 2", "units >= 1; x > 1"],
)
def test_code_is_no_rule(text):
    with pytest.raises(ScoringError):
        parse_rule(text)


def test_deep_brackets_are_refused_before_the_stack_ends():
    with pytest.raises(ScoringError, match="at most 50 brackets"):
        parse_rule("(" * 5000 + "a > 1" + ")" * 5000)


def test_and_takes_the_least_and_or_the_greatest():
    chances = {"a": np.array([0.2, 0.9]), "b": np.array([0.5, 0.4])}
    both = evaluate_rule(parse_rule("a > 0 and b > 0"), lambda c: chances[c.name], rows=2)
    any_of = evaluate_rule(parse_rule("a > 0 or b > 0"), lambda c: chances[c.name], rows=2)
    assert both.tolist() == [0.2, 0.4]
    assert any_of.tolist() == [0.5, 0.9]


def test_otherwise_holds_everywhere():
    assert evaluate_rule(parse_rule("otherwise"), lambda _: None, rows=2).tolist() == [True, True]
