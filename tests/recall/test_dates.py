"""Dates at any precision, sets of spans, and codes that spell dates."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recallgeo.errors import ScopeError
from recallgeo.recall.date_code import CodeTable, DateCode, read_years
from recallgeo.recall.dates import DateSpans, SpanSet, span_of
from recallgeo.recall.versions import VersionRange, version_of

NO, UNSURE, YES = 0, 1, 2


def days(text):
    first, last = span_of(text)
    return date.fromordinal(first).isoformat(), date.fromordinal(last).isoformat()


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2020", "2020-01-01", "2020-12-31"),
        ("2020-02", "2020-02-01", "2020-02-29"),
        ("9999-12", "9999-12-01", "9999-12-31"),
        ("2020-11-05", "2020-11-05", "2020-11-05"),
        ("2020-11-05t10:00:00z", "2020-11-05", "2020-11-05"),
        (" 2019-W19 ", "2019-05-06", "2019-05-12"),
        ("2019-W19-7", "2019-05-12", "2019-05-12"),
    ],
)
def test_a_date_covers_the_days_of_its_precision(text, first, last):
    assert days(text) == (first, last)


@pytest.mark.parametrize(
    "text",
    ["", "soon", "0000", "2020-00", "2020-13", "2021-02-29", "2020-W54", "20201105", "\uff15"],
)
def test_what_is_no_date_has_no_days(text):
    assert span_of(text) is None


@given(st.lists(st.tuples(st.integers(1, 60), st.integers(0, 9)), max_size=6),
       st.integers(1, 60), st.integers(0, 20))  # fmt: skip
def test_a_span_is_inside_outside_or_straddles(windows, first, length):
    windows = [(start, start + size) for start, size in windows]
    held = {day for start, end in windows for day in range(start, end + 1)}
    asked = set(range(first, first + length + 1))
    expected = YES if asked <= held else UNSURE if asked & held else NO
    dates = DateSpans.of([[(first, first + length)]])
    assert SpanSet(windows).states(dates).tolist() == [expected]


def test_a_value_of_several_meanings_is_sure_only_where_all_agree():
    dates = DateSpans.of([[(1, 1), (5, 5)], [(1, 1)], [(8, 8)], [], None])
    assert SpanSet([(1, 3)]).states(dates).tolist() == [UNSURE, YES, NO, NO, UNSURE]


def test_the_first_window_that_is_touched_is_cited():
    dates = DateSpans.of([[(1, 9)], [(8, 8)], [(20, 20)]])
    assert np.array_equal(SpanSet([(7, 9), (1, 3)]).cites(dates), [0, 0, -1])


def spans(code, text):
    found = code.decode(text)
    return None if found is None else [date.fromordinal(first).isoformat() for first, _ in found]


@pytest.mark.parametrize(
    ("form", "text", "first"),
    [
        ("WWYY", "1919", "2019-05-06"),
        ("YYWW", "1919", "2019-05-06"),
        ("DDDYY", "16919", "2019-06-18"),
        ("YYDDD", "20366", "2020-12-31"),
        ("MMYYYY", "032019", "2019-03-01"),
        ("DDMMYY", "310820", "2020-08-31"),
        ("YYYY-MM-DD", "2020-08-31", "2020-08-31"),
        ("??YY", "AB21", "2021-01-01"),
    ],
)
def test_a_code_is_read_by_its_format(form, text, first):
    assert spans(DateCode(form, (2015, 2024)), text) == [first]


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("WWYY", "5419"),
        ("WWYY", "5319"),
        ("DDDYY", "36619"),
        ("DDDYY", "00019"),
        ("DDDYY", "6919"),
        ("DDDYY", "A6919"),
        ("DDDYY", "16930"),
        ("MMYYYY", "132019"),
        ("MMYYYY", "032014"),
        ("YYYY-MM", "2020/08"),
        ("WWYY", "\uff11\uff1919"),
    ],
)
def test_a_code_that_spells_no_date_in_use_cannot_be_decoded(form, text):
    assert DateCode(form, (2015, 2024)).decode(text) is None


def test_month_letters_follow_the_nine():
    code = DateCode("YM", (2010, 2012))
    assert spans(code, "0X") == ["2010-10-01"]
    assert spans(code, "1Y") == ["2011-11-01"]
    assert spans(code, "2Z") == ["2012-12-01"]
    assert code.decode("0A") is None


def test_a_digit_that_stands_for_two_years_means_both():
    assert spans(DateCode("YM", (2009, 2019)), "97") == ["2009-07-01", "2019-07-01"]


@pytest.mark.parametrize("form", ["", "WW", "YYYYY", "YYYY MM WW", "YMY", "DDYY", "MMM"])
def test_a_format_that_spells_no_date_is_refused(form):
    with pytest.raises(ScopeError, match="spells no date"):
        DateCode(form, (2015, 2025))


def test_short_years_need_the_years_of_use():
    with pytest.raises(ScopeError, match="2 digits of the year; add the years"):
        DateCode("WWYY")


@pytest.mark.parametrize("years", ["2025..2015", "15..25", "", "2015.2025"])
def test_years_of_use_are_a_range_of_years(years):
    with pytest.raises(ScopeError, match="no range of years"):
        read_years(years)


def test_a_table_gives_words_or_dates():
    assert CodeTable({"j": "Juarez"}).kind == "text"
    assert CodeTable({"911": "2019-11"}).kind == "date"


@pytest.mark.parametrize("table", [{}, {"a": "x", "A": "y"}, {" ": "x"}])
def test_a_table_of_no_or_double_codes_is_refused(table):
    with pytest.raises(ScopeError, match="the table is empty, or holds a code"):
        CodeTable(table)


def test_versions_compare_part_by_part():
    found = VersionRange(version_of("1.2"), version_of("V1.12"))
    states = {text: found.state(text) for text in ("1.1.9", "1.2.0", "1.9", "1.10", "1.12.0", "2")}
    assert states == {"1.1.9": NO, "1.2.0": YES, "1.9": YES, "1.10": YES, "1.12.0": YES, "2": NO}


def test_a_finer_version_at_the_upper_end_cannot_be_told():
    assert VersionRange(None, (1, 4)).state("1.4.2") == UNSURE
    assert VersionRange((1, 4), None).state("1.4.2") == YES
    assert VersionRange(None, (1, 4)).state("rc1") == UNSURE


def test_versions_that_end_before_they_begin_are_refused():
    with pytest.raises(ScopeError, match=r"write 1\.9\.\.1\.10"):
        VersionRange((1, 10), (1, 9))
