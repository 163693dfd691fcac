"""Areas from names: never the biggest of several, never a point."""

import pandas as pd
import pytest

from recallgeo.location.gazetteer import AREA_COLUMNS


def ask(gazetteer, country=None, region=None, city=None):
    asked = pd.DataFrame([{"country": country, "region": region, "city": city}], dtype="str")
    return gazetteer.resolve_areas(asked).iloc[0]


@pytest.mark.parametrize("city", ["München", "MUENCHEN", "munich", "Мюнхен", "Munich (Centre)"])
def test_a_city_is_found_under_each_of_its_names(gazetteer, city):
    area = ask(gazetteer, "DE", None, city)
    assert (area["place_id"], area["match_level"], area["status"]) == (2, "locality", "matched")


def test_the_radius_of_a_city_follows_its_population(gazetteer):
    assert ask(gazetteer, "DE", None, "Berlin")["uncertainty_m"] == 60_000
    assert ask(gazetteer, "LI", None, "Vaduz")["uncertainty_m"] == 12_000


def test_a_name_of_two_far_places_is_ambiguous_never_the_biggest(gazetteer):
    area = ask(gazetteer, "US", None, "Springfield")
    assert (area["status"], area["match_level"]) == ("ambiguous", "country")
    assert area["candidates"] == "Springfield (US-MA); Springfield (US-IL)"
    assert area["flags"] == "city_ambiguous"


@pytest.mark.parametrize("region", ["Illinois", "IL", "illinois"])
def test_the_region_decides_between_namesakes(gazetteer, region):
    assert ask(gazetteer, "US", region, "Springfield")["place_id"] == 3


def test_a_place_listed_twice_is_one_place(gazetteer):
    # 0.05 degrees of longitude at 49 degrees north are 3.7 km
    area = ask(gazetteer, "DE", None, "Neustadt")
    assert (area["status"], area["place_id"]) == ("matched", 10)


def test_city_and_region_that_contradict_give_the_country_and_a_flag(gazetteer):
    area = ask(gazetteer, "DE", "Bavaria", "Berlin")
    assert (area["status"], area["match_level"]) == ("conflict", "country")
    assert area["flags"] == "conflict_region_city"


def test_an_unknown_city_leaves_the_region(gazetteer):
    area = ask(gazetteer, "US", "Massachusetts", "Nowhere")
    assert (area["match_level"], area["region_code"]) == ("admin", "MA")
    assert area["flags"] == "city_unknown"


def test_a_country_may_be_written_in_words(gazetteer):
    assert ask(gazetteer, "Deutschland", None, "Berlin")["country"] == "DE"


def test_a_city_without_country_is_found_where_it_is_the_only_one(gazetteer):
    area = ask(gazetteer, None, None, "Vaduz")
    assert (area["country"], area["flags"]) == ("LI", "country_from_city")


def test_a_territory_written_as_a_region_is_its_own_country(gazetteer):
    area = ask(gazetteer, "US", "Puerto Rico", "Boston")
    assert (area["country"], area["match_level"]) == ("PR", "country")
    assert area["flags"] == "city_unknown; country_from_region"


def test_an_unknown_country_is_no_area(gazetteer):
    area = ask(gazetteer, "Atlantis")
    assert (area["status"], area["flags"]) == ("unmatched", "country_unknown")
    assert pd.isna(area["match_level"])


def test_nothing_asked_gives_nothing(gazetteer):
    asked = pd.DataFrame({"country": [], "region": [], "city": []}, dtype="str")
    areas = gazetteer.resolve_areas(asked)
    assert areas.empty
    assert list(areas.columns) == list(AREA_COLUMNS)


def test_labels_and_order_are_kept(gazetteer):
    asked = pd.DataFrame(
        {"country": ["LI", "DE"], "region": None, "city": ["Vaduz", "Berlin"]},
        index=["z", "a"],
        dtype="str",
    )
    areas = gazetteer.resolve_areas(asked)
    assert areas["place_id"].to_dict() == {"z": 5, "a": 1}
