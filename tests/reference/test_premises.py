"""Kinds of premises from words, names and trade codes."""

import pandas as pd
import pytest

from recallgeo.errors import ConfigError
from recallgeo.reference import kind_of_industry, kind_of_name, kind_of_premises, taxonomy


def kind(text, ask=kind_of_name, **options):
    return ask(pd.Series([text], dtype="str"), **options).fillna("-").iloc[0]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("St Mary's Hospital", "hospital"),
        ("HOSPITAL St. Josef", "hospital"),
        ("University Hospital of Wales", "hospital"),
        ("Universitätsklinikum Freiburg", "hospital"),
        ("Hôpital Saint-Louis", "hospital"),
        ("Hospital Universitario La Paz", "hospital"),
        ("Ospedale Maggiore", "hospital"),
        ("Karolinska Universitetssjukhuset", "hospital"),
        ("Meilahden sairaala", "hospital"),
        ("東京都立病院", "hospital"),
        ("Городская больница № 5", "hospital"),
        ("Kita St. Anna", "kindergarten"),
        ("Barnehage Solstrand barnehage", "kindergarten"),
        ("Päiväkoti Kultarinta", "kindergarten"),
        ("École maternelle Jules Ferry", "kindergarten"),
        ("Little Stars Nursery School", "kindergarten"),
        ("Seniorenheim am Park", "care_home"),
        ("EHPAD Les Tilleuls", "care_home"),
        ("Grundschule Nord", "school"),
        ("Kruununhaan yläasteen koulu", "school"),
        ("Lycée Voltaire", "school"),
        ("Church School of St Anne", "school"),
        ("Hill Road High School", "school"),
        ("Technische Universität Wien", "university"),
        ("Hochschule Luzern", "university"),
        ("早稲田大学", "university"),
        ("Equinix Datacenter FR5", "data_centre"),
        ("Rechenzentrum Nord GmbH", "data_centre"),
        ("HM Prison Wandsworth", "prison"),
        ("Erottajan paloasema", "emergency_service"),
        ("Stadtwerke Heizkraftwerk Süd", "utility_plant"),
        ("Flughafen Zürich", "airport"),
        ("Kauppakeskus Kluuvi", "shopping_centre"),
        ("Vanha kirkko", "place_of_worship"),
        ("Helsingin yliopisto", "university"),
    ],
)
def test_a_name_tells_its_kind(name, expected):
    assert kind(name) == expected


@pytest.mark.parametrize(
    "name",
    [
        "ABC Driving School",
        "Fahrschule Meier",
        "Tanzschule Schmidt",
        "Auto-École du Centre",
        "Autokoulu Oy",
        "School Lane Garage",
        "12 Hospital Road",
        "Rue de l'Hôpital 4",
        "University Avenue Dental",
        "Hospital Supplies Ltd",
        "School Uniforms Direct",
        "Bluecross Animal Hospital",
        "Tierklinik Hofheim",
        "Hillside Plant Nursery",
        "The Old School",
        "Temple Bar Trading",
        "Airport Parking Ltd",
        "Hospitality Partners",
        "Prisoner Films",
        "Churchill Motors",
        "Collegedale Foods",
        "Colegio de Abogados de Madrid",
        "動物病院さくら",
        "Acme Industries",
    ],
)
def test_what_only_looks_like_a_kind_tells_none(name):
    assert kind(name) == "-"


def test_a_guard_hides_its_own_words_only():
    assert kind("St Mary's School and Driving School") == "school"


def test_declared_words_are_kinds_labels_and_plurals():
    for name, entry in taxonomy().items():
        for text in (name, entry.label.upper(), entry.plural):
            assert kind(text, kind_of_premises) == name


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("622110", "hospital"),
        ("NAICS 622110", "hospital"),
        ("611110", "school"),
        ("624410", "kindergarten"),
        ("623110", "care_home"),
        ("518210", "data_centre"),
        ("922140", "prison"),
        ("Q86.10", "hospital"),
        ("86.10", "hospital"),
        ("8610", "hospital"),
        ("86101", "hospital"),
        ("ISIC 8610", "hospital"),
        ("WZ 86.10.1", "hospital"),
        ("UK SIC 86101", "hospital"),
        ("85.20", "school"),
        ("85.10", "school"),  # ISIC: pre-primary and primary together; see below
        ("P85.42", "university"),
        ("63.11", "data_centre"),
        ("SIC 8062", "hospital"),
        ("8062", "hospital"),
        ("NAICS 6211", "clinic"),
    ],
)
def test_a_trade_code_tells_its_kind(code, expected):
    if code == "85.10":
        expected = "kindergarten"  # the more vulnerable of the two readings
    assert kind(code, kind_of_industry) == expected


@pytest.mark.parametrize(
    "code",
    ["6211", "4911", "8542", "6201", "SIC 6211", "491110", "522310", "none", "", "8711", "X"],
)
def test_a_code_of_another_or_an_unclear_trade_tells_none(code):
    assert kind(code, kind_of_industry) == "-"


def test_a_declared_scheme_settles_an_unclear_code():
    assert kind("4911", kind_of_industry, scheme="isic") == "station"
    assert kind("4911", kind_of_industry, scheme="sic") == "utility_plant"
    assert kind("4911", kind_of_industry, scheme="naics") == "-"


def test_an_unknown_scheme_is_answered_with_the_nearest():
    with pytest.raises(ConfigError, match="did you mean 'naics'"):
        kind("622110", kind_of_industry, scheme="naic")


@pytest.mark.parametrize("ask", [kind_of_name, kind_of_premises, kind_of_industry])
def test_index_missing_values_and_input_are_kept(ask):
    values = pd.Series(["8610", None, "Hospital"], index=[7, 3, 5], dtype="str")
    before = values.copy()
    kinds = ask(values)
    assert kinds.index.tolist() == [7, 3, 5]
    assert kinds.name == "premises_kind"
    assert str(kinds.dtype) == "str"
    assert kinds.isna()[3]
    pd.testing.assert_series_equal(values, before)


@pytest.mark.parametrize("ask", [kind_of_name, kind_of_premises, kind_of_industry])
def test_no_values_give_no_kinds(ask):
    assert ask(pd.Series([], dtype="str")).tolist() == []


def test_row_order_does_not_matter():
    names = pd.Series(["Grundschule", "Klinikum", "Firma", "Kita", "Klinikum"], dtype="str")
    forward = kind_of_name(names)
    backward = kind_of_name(names[::-1])
    assert forward.sort_index().fillna("-").tolist() == backward.sort_index().fillna("-").tolist()
