"""Addresses taken apart: number, floor, box and postcode."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recallgeo.addresses import ADDRESS_PARTS, normalise_address


def parse(street=None, country="DE", **more):
    row = {"street": street, "country": country, **more}
    return normalise_address(pd.DataFrame([row], dtype="str")).iloc[0]


@pytest.mark.parametrize(
    ("street", "country", "name", "number"),
    [
        ("Mannerheimintie 12 A, 3. krs", "FI", "mannerheimintie", "12a"),
        ("Mannerheimintie 12 A 5", "FI", "mannerheimintie", "12a"),
        ("Straße des 17. Juni 135", "DE", "strasse des 17 juni", "135"),
        ("Habersaathstr. 17a", "DE", "habersaathstrasse", "17a"),
        ("10 Downing St", "GB", "downing street", "10"),
        ("12-14 High Street", "GB", "high street", "12-14"),
        ("12, High Street", "GB", "high street", "12"),
        ("Flat 3, 12 High Street", "GB", "high street", "12"),
        ("100 Main St Suite 200", "US", "main street", "100"),
        ("Via Roma, 12/B", "IT", "via roma", "12/b"),
        ("Calle Mayor, nº 5", "ES", "calle mayor", "5"),
        ("Building 4, Rue X 12", "FR", "rue x", "12"),
    ],
)
def test_number_is_split_where_the_country_writes_it(street, country, name, number):
    parts = parse(street, country)
    assert (parts["street"], parts["number"]) == (name, number)


@pytest.mark.parametrize("street", ["1st Avenue", "Linden House", "West 34th Street"])
def test_a_street_without_number_keeps_its_whole_name(street):
    parts = parse(street, "US")
    assert pd.isna(parts["number"])
    assert parts["street"] == street.lower()


def test_the_floor_is_kept_for_the_engineer():
    assert parse("Mannerheimintie 12 A, 3. krs", "FI")["floor"] == "3. krs"
    assert parse("2nd Floor, 5 Rue X", "FR")["floor"] == "2nd Floor"


def test_a_stated_number_that_differs_leaves_digits_in_the_street():
    parts = parse("Route 66", "US", house_number="1200")
    assert (parts["street"], parts["number"]) == ("route 66", "1200")


def test_a_number_in_both_columns_is_taken_out_of_the_street():
    parts = parse("Hauptstraße 5", "DE", house_number="5")
    assert (parts["street"], parts["number"]) == ("hauptstrasse", "5")


@pytest.mark.parametrize("street", ["PO Box 123", "P.O. Box 5", "Postfach 12", "Apartado 44"])
def test_a_post_office_box_is_no_street(street):
    parts = parse(street, "KE")
    assert parts["po_box"]
    assert pd.isna(parts["number"])


def test_a_street_beside_a_box_is_kept():
    parts = parse("P.O. Box 5, 12 Main Road", "ZA")
    assert parts["po_box"]
    assert (parts["street"], parts["number"]) == ("main road", "12")


def test_a_whole_address_serves_where_there_is_no_street():
    parts = parse(None, "LI", address_raw="Städtle 49, 9490 Vaduz")
    found = parts[["street", "number", "postcode", "city"]].tolist()
    assert found == ["stadtle", "49", "9490", "vaduz"]


def test_a_british_postcode_is_found_in_a_whole_address():
    parts = parse(None, "GB", address_raw="10 Downing Street, London SW1A 2AA")
    assert (parts["street"], parts["postcode"]) == ("downing street", "SW1A2AA")


def test_equal_addresses_are_parsed_alike_wherever_they_stand():
    frame = pd.DataFrame(
        {"street": ["A 1", "B 2", "A 1"], "country": ["DE"] * 3}, index=["z", "y", "x"], dtype="str"
    )
    parts = normalise_address(frame)
    assert parts.index.tolist() == ["z", "y", "x"]
    assert parts["number"].tolist() == ["1", "2", "1"]


def test_a_table_without_address_columns_gives_missing_parts():
    parts = normalise_address(pd.DataFrame({"serial": ["1"]}))
    assert list(parts.columns) == list(ADDRESS_PARTS)
    assert parts.drop(columns="po_box").isna().all(axis=None)


ODD = ["", "x" * 10_000, "'; DROP TABLE units;--", "\u202eabc", "$(rm -rf /)", "|||", "\x00"]


@pytest.mark.parametrize("text", ODD)
def test_odd_text_raises_nothing(text):
    parse(text, "XX", address_raw=text, postcode=text, city=text, house_number=text)


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=60), st.sampled_from(["GB", "DE", "FI", "JP", None]))
def test_any_text_parses(text, country):
    assert len(normalise_address(pd.DataFrame([{"street": text, "country": country}]))) == 1
