"""The address index: what is found, how fine, how sure."""

import numpy as np
import pandas as pd
import pytest

from recallgeo.addresses import normalise_address
from recallgeo.errors import SchemaError
from recallgeo.location import AddressIndex
from recallgeo.location.address_index import LEVEL_KEYS, hash_keys
from recallgeo.location.index_lookup import find_addresses, find_in_indexes

COLUMNS = ["street", "house_number", "postcode", "city", "country", "longitude", "latitude"]
KNOWN_KEY = 1421602840283338416  # of LI, 9490; a change makes every stored index unreadable
# 0.001 degrees of longitude on the equator are 111.3 m
ROWS = [
    ("High Street", "1", "1000", "Eastville", "EC", 0.000, 0.0),
    ("High Street", "2", "1000", "Eastville", "EC", 0.001, 0.0),
    ("High Street", "3", "1000", "Eastville", "EC", 0.002, 0.0),
    ("Mill Lane", "7", "1000", "Eastville", "EC", 0.010, 0.0),
    ("Mill Lane", "7", "2000", "Westville", "EC", 1.000, 0.0),
    ("Twin Road", "5", None, "Eastville", "EC", 0.000, 0.1),
    ("Twin Road", "5", None, "Eastville", "EC", 0.200, 0.1),
]


@pytest.fixture(scope="module")
def index():
    return AddressIndex.from_frame(pd.DataFrame(ROWS, columns=COLUMNS), source="towns")


def ask(index, **parts):
    asked = pd.DataFrame([{"country": "EC", "city": "Eastville", **parts}], dtype="str")
    return find_addresses(normalise_address(asked), index).iloc[0]


def test_number_street_and_postcode_give_the_address(index):
    found = ask(index, street="High Street", house_number="2", postcode="1000")
    assert (found["match_level"], found["longitude"], found["uncertainty_m"]) == (
        "address",
        0.001,
        50,
    )


def test_number_and_floor_inside_the_street_give_the_address(index):
    assert ask(index, street="HIGH STREET 2, 3rd floor")["match_level"] == "address"


def test_a_letter_after_a_known_number_is_interpolated_never_an_address(index):
    found = ask(index, street="High Street", house_number="2a", postcode="1000")
    assert (found["match_level"], found["longitude"]) == ("interpolated", 0.001)


def test_an_unknown_number_is_the_street_with_a_flag(index):
    found = ask(index, street="High Street", house_number="99", postcode="1000")
    assert (found["match_level"], found["flags"]) == ("street", "number_not_found")
    assert found["longitude"] == pytest.approx(0.001)


def test_a_street_of_few_points_has_the_measured_radius(index):
    assert ask(index, street="High Street")["uncertainty_m"] == 1_015


def test_a_street_of_many_points_has_its_own_spread():
    rows = [("Long Road", str(n), "1", "X", "EC", n * 0.001, 0.0) for n in range(21)]
    long_road = AddressIndex.from_frame(pd.DataFrame(rows, columns=COLUMNS), source="s")
    found = ask(long_road, street="Long Road", city="X")
    # the centre is at 0.010; 20 of 21 points lie within 0.010 degrees
    assert found["uncertainty_m"] == pytest.approx(0.010 * 111_319.49, rel=1e-4)


def test_an_unknown_street_leaves_the_postcode(index):
    found = ask(index, street="Nowhere Street", postcode="2000")
    assert (found["match_level"], found["flags"]) == ("postcode", "address_not_found")
    assert found["uncertainty_m"] == 3_665


def test_one_address_at_two_far_places_is_ambiguous_without_a_point(index):
    found = ask(index, street="Twin Road", house_number="5")
    assert (found["status"], found["flags"]) == ("ambiguous", "address_ambiguous")
    assert pd.isna(found["match_level"])
    assert np.isnan(found["longitude"])


def test_the_postcode_decides_between_namesakes(index):
    found = ask(index, street="Mill Lane", house_number="7", postcode="2000", city=None)
    assert found["longitude"] == 1.0


def test_another_postcode_than_the_known_one_is_flagged(index):
    found = ask(index, street="High Street", house_number="1", postcode="1001")
    assert (found["match_level"], found["flags"]) == ("address", "postcode_differs")
    assert found["geocode_score"] == pytest.approx(0.85)


def test_a_postcode_far_from_the_city_is_a_conflict(index):
    found = ask(index, street="High Street", house_number="1", postcode="2000")
    assert (found["status"], "conflict_postcode_city" in found["flags"]) == ("conflict", True)


def test_a_post_office_box_is_not_looked_up(index):
    assert pd.isna(ask(index, street="PO Box 1", postcode="1000")["match_level"])


def test_two_indexes_that_disagree_are_ambiguous(index):
    moved = pd.DataFrame(ROWS[:1], columns=COLUMNS).assign(longitude=0.1)
    other = AddressIndex.from_frame(moved, source="other")
    asked = pd.DataFrame([dict(zip(COLUMNS[:5], ROWS[0][:5], strict=True))], dtype="str")
    areas = pd.DataFrame(
        {"match_level": [None], "longitude": np.nan, "latitude": np.nan, "uncertainty_m": np.nan}
    )
    found = find_in_indexes(normalise_address(asked), (index, other), areas).iloc[0]
    assert (found["status"], found["flags"]) == ("ambiguous", "indexes_disagree")
    alone = find_in_indexes(normalise_address(asked), (other, index, other)[:1], areas).iloc[0]
    assert (alone["match_level"], alone["located_by"]) == ("address", "other")


def test_rows_without_point_country_or_key_are_counted():
    rows = [
        ("A", "1", "1", "X", "EC", 0.0, 0.0),
        ("A", "2", "1", "X", "EC", None, 0.0),
        ("A", "3", "1", "X", None, 0.0, 0.0),
        (None, "4", None, "X", "EC", 0.0, 0.0),
        ("A", "5", "1", "X", "EC", 0.0, 91.0),
    ]
    counts = AddressIndex.from_frame(pd.DataFrame(rows, columns=COLUMNS), source="s").counts
    assert counts == {
        "read": 5, "kept": 1, "without_point": 2, "without_country": 1, "without_key": 1
    }  # fmt: skip


def test_an_index_does_not_depend_on_the_order_of_rows(index):
    turned = pd.DataFrame(ROWS[::-1], columns=COLUMNS)
    again = AddressIndex.from_frame(turned, source="towns")
    for name in LEVEL_KEYS:
        np.testing.assert_array_equal(index.levels[name].keys, again.levels[name].keys)
        np.testing.assert_array_equal(index.levels[name].cells, again.levels[name].cells)


def test_keys_are_the_same_on_every_machine():
    parts = pd.DataFrame({"country": ["LI"], "postcode": ["9490"]})
    assert hash_keys(parts, ["country", "postcode"]).tolist() == [KNOWN_KEY]


def test_missing_columns_are_named():
    with pytest.raises(SchemaError, match="longitude, latitude"):
        AddressIndex.from_frame(pd.DataFrame(columns=COLUMNS[:5]), source="s")


def test_an_empty_index_finds_nothing():
    empty = AddressIndex.from_frame(pd.DataFrame(columns=COLUMNS), source="s")
    assert ask(empty, street="High Street 1")["status"] == "unmatched"
