"""Lookups agree with asking each value by itself, and ranges may overlap at will."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from recallgeo.recall.field_name import resolve_field
from recallgeo.recall.line_values import read_items
from recallgeo.recall.range_index import RangeIndex
from recallgeo.recall.serial_range import SerialRange
from recallgeo.recall.value_index import ValueIndex

SERIALS = st.text("AB019-Z", min_size=1, max_size=4)


def texts(values):
    return pa.array(values, pa.large_string())


def owners(index, values):
    found = index.lookup(texts(values))
    return [found.sets[code] for code in found.codes]


@st.composite
def spans(draw):
    low, high = sorted(draw(st.tuples(*[st.integers(0, 99)] * 2)))
    head = draw(st.sampled_from(["A{:02d}", "B{:02d}", "{:02d}", "A-{:02d}", "A?{:02d}"]))
    return SerialRange.parse(f"{head.format(low)}..{head.format(high)}")


@given(st.lists(spans(), min_size=1, max_size=8), st.lists(SERIALS, max_size=30))
def test_each_serial_meets_exactly_the_ranges_that_hold_it(ranges, serials):
    codes, sets = RangeIndex(enumerate(ranges)).lookup(texts(serials))
    expected = [tuple(i for i, part in enumerate(ranges) if s in part) for s in serials]
    assert [sets[code] for code in codes] == expected


def test_serials_too_wide_for_a_machine_number_are_found():
    low, high = "A" * 20 + "1", "A" * 20 + "5"
    index = RangeIndex([(0, SerialRange.parse(f"{low}..{high}")),
                        (1, SerialRange.parse("Z" * 20 + "9" + ".."))])  # fmt: skip
    codes, sets = index.lookup(texts([low, high, "A" * 20 + "6", "Z" * 20 + "9"]))
    assert [sets[code] for code in codes] == [(0,), (0,), (), (1,)]


def test_many_forms_of_one_width_are_told_apart():
    names = ["A00", "0A0", "00A", "AAA", "000"]
    index = RangeIndex((i, SerialRange.parse(f"{name}..{name}")) for i, name in enumerate(names))
    codes, sets = index.lookup(texts([*names, "A01", "A-0"]))
    assert [sets[code] for code in codes] == [(0,), (1,), (2,), (3,), (4,), (), ()]


def test_exact_prefix_pattern_and_range_may_all_be_met():
    items = read_items("AB12, AB*, ?B##, AB10..AB20, *2", resolve_field("serial"))
    index = ValueIndex(enumerate(items))
    assert owners(index, ["AB12", "AB99", "XB21", "C2", "C"]) == [
        (0, 1, 2, 3, 4), (1, 2), (2,), (4,), (),
    ]  # fmt: skip


def test_an_empty_text_meets_nothing():
    index = ValueIndex(enumerate(read_items("*, A*", resolve_field("serial"))))
    assert owners(index, ["", "X"]) == [(), (0,)]


def test_wildcards_of_other_languages_are_plain_characters():
    index = ValueIndex(enumerate(read_items("A.(1)|*", resolve_field("model"))))
    assert owners(index, ["A.(1)|X", "AX(1)|X"]) == [(0,), ()]


def test_a_question_mark_is_one_character_whatever_its_bytes():
    index = ValueIndex(enumerate(read_items("A?1", resolve_field("serial"))))
    assert owners(index, ["AÄ1", "A1", "AXX1"]) == [(0,), (), ()]


def test_no_texts_give_no_answers():
    index = ValueIndex(enumerate(read_items("A1..A5, B*", resolve_field("serial"))))
    assert owners(index, []) == []
