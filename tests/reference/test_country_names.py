"""Countries as written: exact matches only."""

import pandas as pd
import pytest

from recallgeo.reference import countries, country_codes, name_key


def code_of(text):
    return country_codes(pd.Series([text], dtype="str")).fillna("-").iloc[0]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("GB", "GB"),
        ("gb ", "GB"),
        ("GBR", "GB"),
        ("UK", "GB"),
        ("United Kingdom", "GB"),
        ("Great Britain", "GB"),
        ("Royaume-Uni", "GB"),
        ("USA", "US"),
        ("U.S.A.", "US"),
        ("Estados Unidos", "US"),
        ("Deutschland", "DE"),
        ("ALLEMAGNE", "DE"),
        ("Österreich", "AT"),
        ("Osterreich", "AT"),
        ("Suomi", "FI"),
        ("Россия", "RU"),
        ("Russian Federation", "RU"),
        ("日本", "JP"),
        ("대한민국", "KR"),
        ("Korea, Republic of", "KR"),
        ("Czech Republic", "CZ"),
        ("Ivory Coast", "CI"),
        ("Côte d\u2019Ivoire", "CI"),
        ("Hong Kong", "HK"),
        ("Kosovo", "XK"),
        ("NA", "NA"),
        ("Namibia", "NA"),
        ("Niger", "NE"),
        ("Georgia", "GE"),
        ("246", "FI"),
        ("004", "AF"),
    ],
)
def test_a_country_is_known_as_people_write_it(written, code):
    assert code_of(written) == code


@pytest.mark.parametrize(
    "written", ["Congo", "Korea", "Atlantis", "Germny", "", "?", "Deutschland GmbH", "4", "00"]
)
def test_what_is_ambiguous_or_unknown_stays_missing(written):
    assert code_of(written) == "-"


def test_a_code_goes_before_a_name_that_looks_like_it():
    codes = countries().index
    assert country_codes(pd.Series(codes, dtype="str")).tolist() == codes.tolist()


def test_alpha3_codes_go_before_names():
    table = countries()
    assert country_codes(table["alpha3"]).tolist() == table.index.tolist()


def test_every_english_name_names_its_country():
    table = countries()
    assert country_codes(table["name"]).tolist() == table.index.tolist()


def test_the_callers_index_and_missing_values_are_kept():
    values = pd.Series(["UK", None, "UK"], index=["c", "a", "b"], dtype="str")
    before = values.copy()
    codes = country_codes(values)
    assert codes.index.tolist() == ["c", "a", "b"]
    assert codes.isna().tolist() == [False, True, False]
    assert str(codes.dtype) == "str"
    pd.testing.assert_series_equal(values, before)


def test_no_values_give_no_codes():
    empty = country_codes(pd.Series([], dtype="str"))
    assert len(empty) == 0
    assert str(empty.dtype) == "str"


def test_punctuation_accents_and_case_never_count():
    assert name_key("São-Tomé  & Príncipe") == name_key("sao tome principe")
