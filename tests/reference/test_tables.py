"""The reference tables hold what they say, and fit one another."""

import os
import subprocess
import sys

import pandas as pd
import pytest
import shapely

from recallgeo.frames import PLACES
from recallgeo.geodesy import require_wgs84
from recallgeo.reference import (
    countries,
    demo_addresses,
    demo_places,
    demo_streets,
    outlines,
    places,
    regions,
    taxonomy,
)
from recallgeo.schema import split_list

TEXT = ["name", "ascii_name", "alternates", "country", "admin1", "time_zone"]


def test_places_have_the_columns_and_types_of_the_contract():
    table = places()
    assert table.index.name == "geonameid"
    assert table.index.is_unique
    assert {str(table[name].dtype) for name in TEXT} == {"str"}
    assert str(table["population"].dtype) == str(table.index.dtype) == "Int64"
    assert table["longitude"].between(-180, 180).all()
    assert table["latitude"].between(-90, 90).all()


def test_unknown_population_is_missing_and_never_zero():
    population = places()["population"]
    assert population.isna().sum() > 30_000
    assert population.min() > 0


def test_a_place_can_be_found_by_a_name_in_another_script():
    vienna = places().loc[2761369]
    assert vienna["country"] == "AT"
    assert {"Wien", "Вена"} <= set(split_list(vienna["alternates"])) | {vienna["name"]}


def test_no_dead_state_is_left():
    assert not {"AN", "CS"} & set(countries().index)
    assert not {"AN", "CS"} & set(places()["country"])


def test_namibia_is_a_country_and_no_missing_value():
    assert countries().loc["NA", "name"] == "Namibia"
    assert (places()["country"] == "NA").sum() > 10
    assert places()["country"].notna().all()


def test_every_place_lies_in_a_known_country():
    assert set(places()["country"]) <= set(countries().index)


def test_nearly_every_region_of_a_place_is_known():
    table = places().dropna(subset="admin1")
    known = pd.MultiIndex.from_frame(regions()[["country", "code"]])
    found = pd.MultiIndex.from_frame(table[["country", "admin1"]]).isin(known)
    assert known.is_unique
    assert found.mean() > 0.999


@pytest.mark.parametrize(
    ("country", "name", "iso"),
    [
        ("DE", "Bayern", "DE-BY"),
        ("US", "California", "US-CA"),
        ("AU", "NSW", "AU-NSW"),
        ("JP", "東京都", "JP-13"),
        ("FR", "Île-de-France", "FR-IDF"),
        ("CH", "Kanton Zürich", "CH-ZH"),
        ("BR", "São Paulo", "BR-SP"),
        ("FI", "North Savo", "FI-15"),
        ("GB", "Schottland", "GB-SCT"),
    ],
)
def test_a_region_has_its_names_and_its_iso_code(country, name, iso):
    table = regions()[regions()["country"] == country]
    names = [
        {row.name_, *split_list(row.aliases)}
        for row in table.rename(columns={"name": "name_"}).itertuples()
    ]
    assert table.loc[[name in bag for bag in names], "iso"].tolist() == [iso]


def test_an_iso_code_names_one_region():
    codes = regions()["iso"].dropna()
    assert codes.is_unique
    assert len(codes) > 3300


def test_outlines_are_valid_and_stay_on_the_map():
    land = outlines()
    require_wgs84(land)
    assert land.geometry.is_valid.all()
    assert set(land.geom_type) <= {"Polygon", "MultiPolygon"}
    assert land["country"].dropna().is_unique
    assert set(land["country"].dropna()) <= set(countries().index)
    west, south, east, north = land.total_bounds
    assert (west, east) == (-180, 180)
    assert -90 <= south < north <= 84


@pytest.mark.parametrize(
    ("country", "lon", "lat"),
    [
        ("GF", -52.33, 4.93),  # Cayenne lies inside France's outline in the source
        ("RE", 55.45, -20.88),
        ("XK", 21.16, 42.67),  # has no numeric code
        ("FJ", 178.0, -17.8),
        ("RU", -175.0, 66.5),  # beyond the antimeridian
        ("RU", 100.0, 60.0),
        ("AQ", 0.0, -85.0),  # the outline holds the pole
        ("FI", 25.0, 61.5),
    ],
)
def test_a_point_lies_in_its_country_alone(country, lon, lat):
    land = outlines()
    inside = land.geometry.covers(shapely.Point(lon, lat))
    assert land.loc[inside, "country"].tolist() == [country]


def test_most_places_lie_inside_their_own_outline():
    table = places().iloc[::50]
    land = outlines()
    points = shapely.points(table["longitude"], table["latitude"])
    place, outline = shapely.STRtree(land.geometry.to_numpy()).query(points, predicate="within")
    same = table["country"].to_numpy()[place] == land["country"].to_numpy()[outline]
    assert same.sum() / len(table) > 0.96


def test_demo_addresses_are_real_and_distinct():
    table = demo_addresses()
    assert list(table.columns) == [
        *("street", "house_number", "postcode", "city"),
        *("longitude", "latitude"),
    ]
    assert len(table) > 500
    assert not table.duplicated(["street", "house_number"]).any()
    whole = table["postcode"].dropna().str.fullmatch(r"00\d{3}")
    assert (~whole).sum() == 1  # Lönnrotinkatu 7 bears 000120 in the source
    assert table["longitude"].between(24.93, 24.96).all()


def test_demo_places_fit_the_contract_and_the_taxonomy():
    layer = demo_places()
    PLACES.validate(layer)
    assert set(layer["kind"]) <= set(taxonomy())
    counts = layer["kind"].value_counts()
    assert counts["school"] == 3
    assert counts["university"] == 6
    assert layer["vulnerability"].notna().all()


def test_demo_streets_lie_where_the_addresses_are():
    west, south, east, north = demo_streets().total_bounds
    table = demo_addresses()
    assert table["longitude"].between(west - 0.001, east + 0.001).all()
    assert table["latitude"].between(south - 0.001, north + 0.001).all()


def test_the_tables_open_without_heavy_packages():
    code = (
        "import sys, recallgeo.reference as r; r.places(); r.countries(); r.taxonomy();"
        "print([m for m in ('rasterio', 'sklearn', 'osmium', 'numba') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ
    )
    assert done.stdout.strip() == "[]"
