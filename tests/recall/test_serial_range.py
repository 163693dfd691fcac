"""Ranges of serials as values: forms, ends, and the algebra."""

from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from recallgeo.errors import ScopeError, SerialFormatError
from recallgeo.recall import SerialForm, SerialRange, merge_ranges

SHAPES = ["0000", "AA00", "A-00", "0?0", "A?", "00A", "aa"]


@st.composite
def ranges(draw, shape=None):
    shape = shape or draw(st.sampled_from(SHAPES))
    classes = bytes(0 if char == "?" else ord(char) for char in shape)
    form = SerialForm(classes)
    ends = sorted(draw(st.tuples(*[st.integers(0, form.capacity - 1)] * 2)))
    return SerialRange(form, *ends)


def alphabet_of(part):
    return part.form.alphabet


def numbers(parts):
    return {number for part in parts for number in range(part.first, part.last + 1)}


@given(ranges())
def test_what_is_written_is_read_back(part):
    assert SerialRange.parse(str(part), alphabet=alphabet_of(part)) == part


@given(ranges())
def test_canonical_text_is_stable(part):
    text = str(part)
    assert str(SerialRange.parse(text, alphabet=alphabet_of(part))) == text


@given(ranges("A00"), ranges("A00"))
def test_union_holds_what_either_holds_and_nothing_else(one, other):
    assert numbers(one.union(other)) == numbers([one]) | numbers([other])


@given(ranges("A00"), ranges("A00"))
def test_intersection_holds_what_both_hold(one, other):
    common = one.intersection(other)
    assert numbers([common] if common else []) == numbers([one]) & numbers([other])


@given(ranges("A00"), ranges("A00"))
def test_difference_holds_what_only_the_first_holds(one, other):
    assert numbers(one.difference(other)) == numbers([one]) - numbers([other])


@given(ranges("A00"), ranges("A00"))
def test_difference_and_intersection_make_the_whole_again(one, other):
    common = one.intersection(other)
    assert merge_ranges([*one.difference(other), *([common] if common else [])]) == (one,)


@given(st.lists(ranges("000"), max_size=6))
def test_merged_ranges_of_a_form_do_not_touch(parts):
    merged = merge_ranges(parts)
    assert numbers(merged) == numbers(parts)
    assert all(a.last + 1 < b.first for a, b in pairwise(merged))


@given(ranges(), st.integers(0))
def test_numbers_of_a_form_are_in_the_order_of_its_texts(part, step):
    number = part.first + step % part.numbers_count
    assert part.form.number(part.form.text(number).replace("?", "0")) == number
    assume(number < part.last)
    assert part.form.text(number) < part.form.text(number + 1)


def test_both_ends_are_included():
    found = SerialRange.parse("AB0048..AB0251")
    assert ("AB0048" in found, "AB0251" in found) == (True, True)
    assert ("AB0047" in found, "AB0252" in found) == (False, False)
    assert found.numbers_count == 204


def test_letters_count_before_the_digits_that_follow_them():
    found = SerialRange.parse("AB9990..AC0010")
    assert ("AB9999" in found, "AC0000" in found, "AC0011" in found) == (True, True, False)


def test_case_and_outer_spaces_do_not_count():
    assert " ab0100 " in SerialRange.parse("AB0048..ab0251")


@pytest.mark.parametrize("serial", ["0100", "AB01000", "A10100", "AB 0100", "", "ÄB0100"])
def test_a_serial_of_another_form_lies_outside(serial):
    assert serial not in SerialRange.parse("AB0048..AB0251")


def test_open_ends_run_to_the_end_of_the_form():
    assert str(SerialRange.parse("A50..")) == "A50..Z99"
    assert str(SerialRange.parse("..A50")) == "A00..A50"


def test_a_hash_is_zero_below_and_nine_above():
    assert str(SerialRange.parse("VF122###..VF936###")) == "VF122000..VF936999"


def test_a_literal_hash_stands_in_brackets():
    found = SerialRange.parse("A[#]1..A[#]5")
    assert "a#3" in found
    assert str(found) == "A[#]1..A[#]5"


def test_masked_places_are_not_looked_at():
    found = SerialRange.parse("1TC????01..1TC????57")
    assert "1TC#-Z957" in found
    assert "1TC#-Z958" not in found


def test_base_36_counts_digits_before_letters():
    found = SerialRange.parse("0Z..1A", alphabet="base36")
    assert [serial in found for serial in ("0Y", "0Z", "10", "19", "1A", "1B")] == [
        False,
        True,
        True,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("1..100", "write 1..9, 10..99, 100..100"),
        ("SW8..SW12", "write SW8..SW9, SW10..SW12"),
        ("A1..10000", "write one range for each width"),
        ("A12..123", "place 1 is 'A' below and '1' above"),
        ("A-12..A/12", "place 2 is '-' below and '/' above"),
        ("1?3..123", "write .* at the same places"),
        ("20..10", "ends before it begins; write 10..20"),
        ("A*..B*", r"'A\*' cannot end a range"),
        ("..", "needs at least one end"),
        ("A1", "is no range"),
    ],
)
def test_ends_that_do_not_compare_say_what_to_write_instead(text, told):
    with pytest.raises(SerialFormatError, match=told):
        SerialRange.parse(text)


def test_three_dots_are_refused():
    with pytest.raises(ScopeError, match="more than once"):
        SerialRange.parse("A1...A5")


def test_ranges_of_disjoint_forms_have_nothing_in_common():
    one, other = SerialRange.parse("A1..A5"), SerialRange.parse("A10..A50")
    assert one.intersection(other) is None
    assert one.difference(other) == (one,)
    assert one.union(other) == (one, other)


def test_masks_that_may_overlap_are_not_compared():
    with pytest.raises(SerialFormatError, match="cannot be compared: masked places"):
        SerialRange.parse("A?1..A?5").intersection(SerialRange.parse("AB1..AB5"))


def test_a_number_outside_its_form_is_refused():
    with pytest.raises(SerialFormatError, match="not of the form"):
        SerialForm.of("A1").number("11")
