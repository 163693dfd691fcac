"""Areas for the public stand for enough sites, and count each once."""

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from recallgeo.export.public import FEWEST_CUSTOMERS, FEWEST_SITES, customers_of_sites, public_areas


def sites_at(pairs):
    count = len(pairs)
    return gpd.GeoDataFrame(
        {
            "tier": pd.array([n % 4 for n in range(count)], "Int64"),
            "affected_units": pd.array([1] * count, "Int64"),
        },
        geometry=[None if pair is None else shapely.Point(pair) for pair in pairs],
        crs=4326,
    )


def areas_of(pairs, customers=None):
    """Give the areas of sites that belong to a customer each, or to those named."""
    sites = sites_at(pairs)
    named = [f"c{n}" for n in range(len(sites))] if customers is None else customers
    return public_areas(sites, pd.Series(named, index=sites.index, dtype="str"))


def test_few_sites_are_in_no_area():
    assert areas_of([(9.5, 47.1)] * (FEWEST_SITES - 1)).empty


def test_no_area_has_fewer_sites_and_no_site_counts_twice():
    dense = [(9.5 + n / 1000, 47.1) for n in range(8)]
    thin = [(20.0 + n / 5, 50.0) for n in range(6)]
    areas = areas_of([*dense, *thin, None, (-150.0, -60.0)])
    assert (areas["sites"] >= FEWEST_SITES).all()
    assert 8 <= areas["sites"].sum() <= 14


def test_most_urgent_tier_of_an_area_is_shown():
    areas = areas_of([(9.5, 47.1)] * 6)
    assert areas["tier"].tolist() == [0]
    assert areas["colour"].tolist() == ["#7f0000"]


def test_area_holds_its_sites_and_hides_their_places():
    areas = areas_of([(9.5, 47.1)] * 6)
    assert areas.geometry.iloc[0].covers(shapely.Point(9.5, 47.1))
    assert areas.to_crs(3035).area.iloc[0] > 2e7


@pytest.mark.parametrize("pairs", [[], [None] * 6])
def test_no_placed_site_gives_no_area(pairs):
    areas = areas_of(pairs)
    assert areas.empty
    assert areas.crs.to_epsg() == 4326


@pytest.mark.parametrize("customers", ["aaaaaa", "aabbcd", "abcdea"])
def test_sites_of_few_customers_are_in_no_area(customers):
    customers = list(customers)
    few = len({*customers}) < FEWEST_CUSTOMERS
    assert areas_of([(9.5, 47.1)] * len(customers), customers).empty == few


def test_sites_without_a_known_customer_count_as_one_customer():
    assert areas_of([(9.5, 47.1)] * 9, ["a", "b", "c", *[None] * 6]).empty
    assert len(areas_of([(9.5, 47.1)] * 6, ["a", "b", "c", "d", None, None])) == 1


def test_sites_of_one_customer_are_joined_to_a_coarser_area_with_others():
    own = [(9.5, 47.1)] * 6
    others = [(9.5 + n / 20, 47.1) for n in range(1, 5)]
    [area] = areas_of([*own, *others], [*"aaaaaa", *"bcde"])["sites"]
    assert area == 10


def test_customer_of_a_site_is_its_units_number_or_name():
    units = pd.DataFrame(
        {
            "site_id": ["s1", "s2", "s3", None],
            "customer_id": [None, None, "7", "8"],
            "customer": ["Nord AG", "NORD AG", "Klinik", "Ost"],
        }
    )
    assert customers_of_sites(units).to_dict() == {
        "s1": "name:nord ag",
        "s2": "name:nord ag",
        "s3": "id:7",
    }
