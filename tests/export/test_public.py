"""Areas for the public stand for enough sites, and count each once."""

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from recallgeo.export.public import FEWEST_SITES, public_areas


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


def test_few_sites_are_in_no_area():
    assert public_areas(sites_at([(9.5, 47.1)] * (FEWEST_SITES - 1))).empty


def test_no_area_has_fewer_sites_and_no_site_counts_twice():
    dense = [(9.5 + n / 1000, 47.1) for n in range(8)]
    thin = [(20.0 + n / 5, 50.0) for n in range(6)]
    areas = public_areas(sites_at([*dense, *thin, None, (-150.0, -60.0)]))
    assert (areas["sites"] >= FEWEST_SITES).all()
    assert 8 <= areas["sites"].sum() <= 14


def test_most_urgent_tier_of_an_area_is_shown():
    areas = public_areas(sites_at([(9.5, 47.1)] * 6))
    assert areas["tier"].tolist() == [0]
    assert areas["colour"].tolist() == ["#7f0000"]


def test_area_holds_its_sites_and_hides_their_places():
    areas = public_areas(sites_at([(9.5, 47.1)] * 6))
    assert areas.geometry.iloc[0].covers(shapely.Point(9.5, 47.1))
    assert areas.to_crs(3035).area.iloc[0] > 2e7


@pytest.mark.parametrize("pairs", [[], [None] * 6])
def test_no_placed_site_gives_no_area(pairs):
    areas = public_areas(sites_at(pairs))
    assert areas.empty
    assert areas.crs.to_epsg() == 4326
