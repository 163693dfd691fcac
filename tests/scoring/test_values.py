"""Value functions of the criteria, and what is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recallgeo.errors import ScoringError
from recallgeo.scoring import Criterion


def criterion(**changes):
    base = {
        "name": "c",
        "column": "units",
        "weight": 1.0,
        "transform": "linear",
        "bounds": (0.0, 10.0),
        "source": "judgement",
    }
    return Criterion(**{**base, **changes})


def test_linear_runs_from_bound_to_bound_and_is_cut():
    assert criterion().value(np.array([-5.0, 0, 5, 10, 99])).tolist() == [0, 0, 0.5, 1, 1]


def test_low_is_worse_turns_a_value_round():
    assert criterion(worse="low").value(np.array([0.0, 2.5, 10])).tolist() == [1, 0.75, 0]


def test_log_of_nine_units_is_half_of_ninety_nine():
    nine = criterion(transform="log", bounds=(0.0, 99.0)).value(np.array([0.0, 9, 99, 1e9]))
    assert nine.tolist() == [0, 0.5, 1, 1]


def test_exp_falls_to_one_over_e_at_the_upper_bound():
    near = criterion(transform="exp", bounds=(0.0, 50.0), worse="low")
    assert near.value(np.array([0.0, 50.0])) == pytest.approx([1.0, np.exp(-1)], abs=1e-12)


def test_a_word_outside_the_table_is_missing():
    support = criterion(transform="table", bounds=None, table={"active": 0.2})
    assert np.isnan(support.value_of_words(["active", "lapsed"])).tolist() == [False, True]


def test_missing_stays_missing():
    assert np.isnan(criterion().value(np.array([np.nan]))).all()


@given(
    st.sampled_from(["linear", "log", "exp"]),
    st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=9),
)
def test_a_value_never_turns_back(transform, numbers):
    worse = "low" if transform == "exp" else "high"
    values = criterion(transform=transform, worse=worse).value(np.sort(numbers))
    steps = np.diff(values)
    assert (steps <= 0).all() if worse == "low" else (steps >= 0).all()
    assert ((values >= 0) & (values <= 1)).all()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"weight": -0.1}, "weight is -0.1, expected 0"),
        ({"weight": float("nan")}, "weight is nan"),
        ({"weight": float("inf")}, "weight is inf"),
        ({"weight": 10**400}, "weight is 1000"),
        ({"bounds": (10.0, 0.0)}, r'bounds are \[10, 0\], expected low < high.*worse = "low"'),
        ({"bounds": (1.0, 1.0)}, "expected low < high"),
        ({"bounds": None}, "bounds are missing"),
        ({"transform": "sqrt"}, "transform 'sqrt' is not known; known names: exp, linear"),
        ({"transform": "table", "bounds": None}, "table is missing; write such as"),
        ({"transform": "table", "table": {"a": 2.0}}, "table gives 'a' 2.0, expected 0 to 1"),
        ({"transform": "exp"}, 'write worse = "low"'),
        ({"missing": 1.5}, "missing is 1.5"),
        ({"missing": 0.1, "missing_range": (0.2, 1.0)}, r"missing is 0.1 in missing_range \[0.2"),
        ({"source": ""}, "source is missing"),
        ({"worse": "more"}, "worse is 'more', expected high or low"),
        ({"name": "Bad name"}, "small letters"),
    ],
)
def test_a_wrong_criterion_is_named_with_what_to_write(changes, said):
    with pytest.raises(ScoringError, match=said) as caught:
        criterion(**changes)
    assert str(caught.value).startswith("criterion ")


def test_every_fault_is_told_at_once():
    with pytest.raises(ScoringError, match=r"weight is -1.*source is missing.*bounds are"):
        criterion(weight=-1.0, source="", bounds=(3.0, 2.0))
