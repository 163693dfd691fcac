"""Supplied coordinates: what is checked, what is repaired, what is refused."""

import numpy as np
import pandas as pd
import pytest

from recallgeo.location.coordinates import check_coordinates, precision_radius_m

VADUZ = (9.52154, 47.14151)
CITY = {"country": "LI", "longitude": VADUZ[0], "latitude": VADUZ[1], "uncertainty_m": 12_000.0}


def check(gazetteer, lon, lat, **anchor):
    anchors = {**dict.fromkeys(CITY), **anchor}
    frame = pd.DataFrame([anchors]).astype(
        {"country": "str", "longitude": float, "latitude": float, "uncertainty_m": float}
    )
    lons, lats = (pd.Series([value], dtype=float) for value in (lon, lat))
    return check_coordinates(lons, lats, frame, gazetteer).iloc[0]


def test_a_point_near_its_city_is_good(gazetteer):
    found = check(gazetteer, 9.5227, 47.1392, **CITY)
    assert (found["verdict"], found["uncertainty_m"]) == ("good", 10.0)
    assert pd.isna(found["flags"])


@pytest.mark.parametrize(
    ("lon", "lat", "flag"),
    [
        (47.1392, 9.5227, "repaired_swapped"),
        (-9.5227, 47.1392, "repaired_sign"),
        (9.5227, -47.1392, "repaired_sign"),
        (-47.1392, 9.5227, "repaired_swapped; repaired_sign"),
    ],
)
def test_swap_and_sign_are_repaired_where_country_and_city_agree(gazetteer, lon, lat, flag):
    found = check(gazetteer, lon, lat, **CITY)
    assert (found["longitude"], found["latitude"]) == (9.5227, 47.1392)
    assert (found["verdict"], found["flags"]) == ("good", flag)


def test_a_swapped_point_is_not_repaired_without_a_city(gazetteer):
    found = check(gazetteer, 47.1392, 9.5227, country="LI")
    assert (found["verdict"], found["flags"]) == ("conflict", "conflict_country")
    assert np.isnan(found["longitude"])


def test_a_swap_out_of_range_is_repaired(gazetteer):
    denver = {"country": "US", "longitude": -104.98470, "latitude": 39.73915}
    found = check(gazetteer, 39.7392, -104.9847, **denver, uncertainty_m=21_000.0)
    assert (found["longitude"], found["latitude"]) == (-104.9847, 39.7392)
    assert found["flags"] == "coordinate_out_of_range; repaired_swapped"


def test_zero_is_no_place(gazetteer):
    found = check(gazetteer, 0.0, 0.0, **CITY)
    assert (found["verdict"], found["flags"]) == ("invalid", "coordinate_zero")


def test_latitude_91_is_no_place(gazetteer):
    found = check(gazetteer, 9.5, 91.0, **CITY)
    assert (found["verdict"], found["flags"]) == ("invalid", "coordinate_out_of_range")


def test_half_a_coordinate_is_no_place(gazetteer):
    found = check(gazetteer, 9.5, None, **CITY)
    assert (found["verdict"], found["flags"]) == ("invalid", "coordinate_incomplete")


def test_latitude_repeated_as_longitude_is_flagged(gazetteer):
    found = check(gazetteer, 47.1392, 47.1392, **CITY)
    assert found["verdict"] == "conflict"
    assert "coordinate_equal" in found["flags"]


def test_a_point_far_from_its_city_contradicts_it(gazetteer):
    berlin = {"country": "DE", "longitude": 13.41053, "latitude": 52.52437}
    found = check(gazetteer, 11.5755, 48.1374, **berlin, uncertainty_m=60_000.0)
    assert (found["verdict"], found["flags"]) == ("conflict", "conflict_city")


def test_a_point_that_nothing_is_stated_of_is_kept_unchecked(gazetteer):
    found = check(gazetteer, 9.5227, 47.1392)
    assert (found["verdict"], found["flags"]) == ("good", "coordinate_unchecked")


def test_no_coordinate_has_no_verdict(gazetteer):
    assert pd.isna(check(gazetteer, None, None, **CITY)["verdict"])


def test_few_decimals_widen_the_radius():
    lon, lat = [9.0, 9.5, 9.52, 9.522, 9.5227], [47.0, 47.1, 47.13, 47.139, 47.1392]
    assert precision_radius_m(lon, lat).tolist() == [56_000, 5_600, 560, 56, 10]
