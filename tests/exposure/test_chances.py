"""Chances against simulation of the same mixture."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from recallgeo.errors import SchemaError
from recallgeo.exposure.chances import Within
from recallgeo.exposure.doubt import Doubt, chance_in_disk
from recallgeo.exposure.measures import chances_within, measure_chances, measure_counts
from recallgeo.exposure.place_index import PlaceIndex
from recallgeo.geodesy import GEOD
from recallgeo.philox import hash_ids, uniform_pairs

DRAWS = 20_000
# three standard errors of a share of 0.5 in 20,000 draws, and the 0.002 that is promised
TOLERANCE = 0.002 + 3 * 0.5 / np.sqrt(DRAWS)


def doubt_of(level, radius):
    return Doubt.of(pd.Series([level]), pd.Series([float(radius)]))


def moved(lon, lat, azimuth, metres):
    x, y, _ = GEOD.fwd(lon, lat, azimuth, metres)
    return x, y


def polygon_at(lon, lat, azimuth, metres, size):
    x, y = moved(lon, lat, azimuth, metres)
    corners = [moved(x, y, turn, size * (1 if turn % 90 else 0.6)) for turn in range(0, 360, 45)]
    return shapely.Polygon(corners)


def simulated(index, lon, lat, doubt, question):
    uniforms = uniform_pairs(99, hash_ids(["site"]), DRAWS)
    x, y = doubt.displace(np.array([lon]), np.array([lat]), uniforms)
    certain = Doubt(np.ones((DRAWS, 1)), np.zeros((DRAWS, 1)))
    any_prob, expected = measure_chances(index, x[0], y[0], certain, questions=[question])
    return any_prob.mean(), expected.mean()


@pytest.mark.parametrize("lat", [0.0, 60.0, 85.0])
@pytest.mark.parametrize(("level", "radius"), [("supplied", 3), ("street", 1015), ("admin", 49e3)])
def test_chances_are_those_of_a_simulation(lat, level, radius):
    lon, doubt, scale = 179.99, doubt_of(level, radius), max(radius / 2.5, 5.0)
    shapes = [
        shapely.Point(moved(lon, lat, 20, 0.5 * scale)),
        shapely.Point(moved(lon, lat, 50, 0.8 * scale)),
        shapely.Point(moved(lon, lat, 200, 1.5 * scale)),
        polygon_at(lon, lat, 100, 0.7 * scale, 0.4 * scale),
    ]
    index = PlaceIndex(gpd.GeoDataFrame(geometry=shapes, crs=4326))
    near = round(0.4 * scale)
    for question in (Within(point_m=near, shape_m=0.0), Within(point_m=near, shape_m=near)):
        any_prob, expected = measure_chances(
            index, np.array([lon]), np.array([lat]), doubt, questions=[question]
        )
        truth = simulated(index, lon, lat, doubt, question)
        assert any_prob[0, 0] == pytest.approx(truth[0], abs=TOLERANCE)
        assert expected[0, 0] == pytest.approx(truth[1], abs=2 * TOLERANCE)


def test_overlap_is_counted_once():
    twins = gpd.GeoSeries.from_xy([0.001] * 5, [0.0] * 5, crs=4326).to_frame("geometry")
    doubt = doubt_of("supplied", 300)
    question = Within(point_m=100.0, shape_m=100.0)
    at = (np.zeros(1), np.zeros(1))
    alone, _ = measure_chances(PlaceIndex(twins.iloc[:1]), *at, doubt, questions=[question])
    five, expected = measure_chances(PlaceIndex(twins), *at, doubt, questions=[question])
    assert five[0, 0] == pytest.approx(alone[0, 0], abs=0.002)
    assert expected[0, 0] == pytest.approx(5 * alone[0, 0], abs=1e-5)


def test_a_hole_is_not_on_the_grounds():
    ring = shapely.Point(0, 0).buffer(0.01, 4).difference(shapely.Point(0, 0).buffer(0.005, 4))
    index = PlaceIndex(gpd.GeoDataFrame(geometry=[ring], crs=4326))
    at, question = (np.zeros(1), np.zeros(1)), Within(point_m=0.0, shape_m=0.0)
    for radius in (100, 1500):
        doubt = doubt_of("supplied", radius)
        any_prob, _ = measure_chances(index, *at, doubt, questions=[question])
        truth, _ = simulated(index, 0.0, 0.0, doubt, question)
        assert any_prob[0, 0] == pytest.approx(truth, abs=TOLERANCE)
    assert any_prob[0, 0] > 0.2


def test_half_of_a_normal_lies_beyond_an_edge_through_its_centre():
    half = gpd.GeoDataFrame(geometry=[shapely.box(0, -0.2, 0.2, 0.2)], crs=4326)
    any_prob, _ = measure_chances(
        PlaceIndex(half),
        np.zeros(1),
        np.zeros(1),
        doubt_of("supplied", 500),
        questions=[Within(point_m=0.0, shape_m=0.0)],
    )
    assert any_prob[0, 0] == pytest.approx(0.5, abs=1e-6)


def test_without_doubt_chances_are_the_plain_measures():
    rng = np.random.default_rng(5)
    places = PlaceIndex(
        gpd.GeoSeries.from_xy(*rng.uniform(0, 0.02, (2, 60)), crs=4326).to_frame("geometry")
    )
    lon, lat = rng.uniform(0, 0.02, (2, 40))
    doubt = Doubt.of(pd.Series(["street"] * 40), pd.Series([0.0] * 20 + [np.nan] * 20))
    question = Within(point_m=250.0, shape_m=250.0)
    any_prob, expected = measure_chances(places, lon, lat, doubt, questions=[question])
    counts = measure_counts(places, lon, lat, radii_m=[250])
    assert np.array_equal(expected, counts)
    assert np.array_equal(any_prob, (counts > 0).astype(float))


@settings(max_examples=30, deadline=None)
@given(
    st.floats(0.0, 5000.0),
    st.sampled_from(["supplied", "address", "street", "locality"]),
    st.floats(1.0, 20_000.0),
)
def test_a_wider_radius_is_never_less_likely(metres, level, radius):
    place = gpd.GeoSeries.from_xy(*np.array(moved(10.0, 50.0, 30, metres)).reshape(2, 1), crs=4326)
    questions = [Within(point_m=r, shape_m=r) for r in (10.0, 50.0, 250.0, 1000.0)]
    any_prob, _ = measure_chances(
        PlaceIndex(place.to_frame("geometry")),
        np.array([10.0]),
        np.array([50.0]),
        doubt_of(level, radius),
        questions=questions,
    )
    assert np.all(np.diff(any_prob[0]) >= 0)
    assert np.all((any_prob >= 0) & (any_prob <= 1))


def test_closed_form_and_its_asymptote_meet_at_thirty_sigmas():
    sigma = np.array([1.0, 1.0])
    for radius in (27.0, 30.0, 33.0):
        low, high = chance_in_disk(np.array([30 - 1e-9, 30 + 1e-9]), radius, sigma)
        assert low == pytest.approx(high, abs=2e-5)


def test_a_negative_or_infinite_uncertainty_is_refused():
    with pytest.raises(SchemaError, match=r"uncertainty_m is -5\.0"):
        doubt_of("street", -5)
    with pytest.raises(SchemaError, match="inf"):
        doubt_of("street", np.inf)


def test_chances_of_sites_without_point_are_missing():
    sites = gpd.GeoDataFrame(
        {"match_level": ["supplied", "supplied"], "uncertainty_m": [10.0, 10.0]},
        geometry=[None, shapely.Point(0, 0)],
        index=["a", "b"],
        crs=4326,
    )
    school = gpd.GeoDataFrame(geometry=[shapely.Point(0, 0)], crs=4326)
    table = chances_within(sites, school, radius_m=100)
    assert table["within_100_prob"].isna().tolist() == [True, False]
    assert table.index.tolist() == ["a", "b"]


def test_a_small_polygon_counts_as_a_disk_of_its_area(monkeypatch):
    from recallgeo.exposure import outlines

    long_box = shapely.box(-0.0027, -0.0009, 0.0027, 0.0009)
    index = PlaceIndex(gpd.GeoDataFrame(geometry=[long_box], crs=4326))
    site = np.linspace(0, 0.06, 30)
    shape, lat = np.zeros(30, dtype=int), site / 3
    reach = index.outlines.reach_m[0]
    for radius in (0.0, 250.0):
        shapes = index.widened(radius) if radius else index.outlines
        sigma = np.full(30, np.sqrt(10 * reach * (reach + 4 * radius)) * 1.001)
        monkeypatch.setattr(outlines, "_SMALL", 0.1)
        small = shapes.chance_inside(site, lat, shape, sigma)
        monkeypatch.setattr(outlines, "_SMALL", 0.0)
        exact = shapes.chance_inside(site, lat, shape, sigma)
        assert small == pytest.approx(exact, abs=3e-4)
        assert not np.array_equal(small, exact)
