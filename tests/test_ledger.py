"""Nothing is lost: sums are conserved, at each stage and between stages."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recallgeo.errors import LedgerError
from recallgeo.ledger import Balance, Ledger, count_units

PARTS = st.dictionaries(st.text("abc", min_size=1), st.integers(0, 10**6), min_size=1)


def test_balance_that_loses_a_row_raises():
    with pytest.raises(LedgerError, match="10 rows came in, 9 are accounted for"):
        Balance("read_register", "rows", 10, {"kept": 9})


def test_negative_part_raises():
    with pytest.raises(LedgerError):
        Balance("read_register", "rows", 10, {"kept": 11, "set_aside": -1})


def test_stage_that_starts_from_another_number_raises():
    ledger = Ledger().add(Balance("read_register", "rows", 10, {"kept": 9, "set_aside": 1}))
    with pytest.raises(LedgerError, match=r"but read_register\.kept gave 9"):
        ledger.add(Balance("merge", "rows", 8, {"assets": 8}, "read_register.kept"))


def test_stage_is_balanced_once():
    ledger = Ledger().add(Balance("read_register", "rows", 1, {"kept": 1}))
    with pytest.raises(LedgerError, match="already"):
        ledger.add(Balance("read_register", "rows", 1, {"kept": 1}))


def test_unknown_part_raises():
    with pytest.raises(LedgerError, match=r"no read_register\.gone"):
        Ledger().part("read_register", "gone")


def test_missing_quantity_counts_as_one_unit():
    assert count_units(pd.DataFrame({"quantity": pd.array([None, 3, 1], dtype="Int64")})) == 5


def test_unaccounted_is_made_less_known_per_market():
    ledger = Ledger.from_balances(
        [Balance("expected_units", "units", 30, {"US": 20, "CA": 10})], made={"US": 25, "CA": 8}
    )
    assert ledger.unaccounted == {"US": 5, "CA": -2}


@given(PARTS, PARTS)
def test_ledgers_of_two_blocks_add_to_the_ledger_of_both(first, second):
    one = Ledger().add(Balance("stage", "units", sum(first.values()), first))
    two = Ledger().add(Balance("stage", "units", sum(second.values()), second))
    both = one + two
    assert both.part("stage", "total") == sum(first.values()) + sum(second.values())
    assert set(both.balance("stage").parts) == set(first) | set(second)


@given(PARTS, st.integers(1, 5))
def test_any_loss_is_found(parts, lost):
    with pytest.raises(LedgerError):
        Balance("stage", "units", sum(parts.values()) + lost, parts)


def test_total_may_be_several_parts():
    ledger = Ledger().add(Balance("match", "units", 10, {"affected": 3, "check": 2, "not": 5}))
    ledger = ledger.add(Balance("place", "units", 5, {"point": 5}, "match.affected + match.check"))
    assert ledger.part("place", "total") == 5
