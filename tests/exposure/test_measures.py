"""Measures on frames: hand-checkable numbers, polygons, ties, bad input."""

from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from recallgeo.errors import GeographicCRSError, MissingCRSError, SchemaError
from recallgeo.exposure import (
    PlaceIndex,
    chance_on_site,
    count_places_within,
    nearest_places,
    on_grounds,
)
from recallgeo.exposure.outlines import Outlines
from recallgeo.geodesy import GEOD, geodesic_m

DEGREE_M = 111_319.49


def frame_of(shapes, ids=None, **columns):
    return gpd.GeoDataFrame(columns, geometry=list(shapes), index=ids, crs=4326)


def points_of(lon, lat, ids=None):
    return frame_of(shapely.points(lon, lat), ids)


def test_nearest_gives_distance_id_and_name():
    sites = points_of([0.0, 0.0], [0.0, 1.0], ["a", "b"])
    places = frame_of(
        shapely.points([0.001, 0.002], [0.0, 0.0]), ["p2", "p1"], name=["Far side", None]
    )
    table = nearest_places(sites, places)
    assert table.index.tolist() == ["a", "b"]
    assert table["nearest_m"].iloc[0] == pytest.approx(DEGREE_M / 1000, abs=0.005)
    assert table["nearest_id"].iloc[0] == "p2"
    assert table["nearest_name"].iloc[0] == "Far side"
    assert table.iloc[1].isna().all()


def test_the_smallest_id_wins_a_tie_between_points_and_polygons():
    sites = points_of([0.0], [0.0])
    shapes = [
        shapely.Point(0.001, 0.0),
        shapely.box(-0.002, -0.001, -0.001, 0.001),
        shapely.Point(-0.001, 0.0),
    ]
    for ids, winner in ((["b", "c", "a"], "a"), (["b", "a", "c"], "a"), (["a", "b", "c"], "a")):
        assert nearest_places(sites, frame_of(shapes, ids))["nearest_id"].tolist() == [winner]


def test_a_site_on_the_grounds_is_zero_metres_away():
    campus = frame_of([shapely.box(-0.01, -0.01, 0.01, 0.01)], ["campus"])
    sites = points_of([0.0, 0.009, 0.011], [0.0, 0.0, 0.0])
    assert nearest_places(sites, campus)["nearest_m"].tolist() == pytest.approx(
        [0.0, 0.0, 0.001 * DEGREE_M], abs=0.01
    )
    assert on_grounds(sites, campus).tolist() == [True, True, False]
    assert count_places_within(sites, campus, radius_m=100).tolist() == [1, 1, 0]
    assert count_places_within(sites, campus, radius_m=112).tolist() == [1, 1, 1]


def test_a_hole_is_outside_and_its_rim_is_the_edge():
    ring = shapely.box(-0.02, -0.02, 0.02, 0.02) - shapely.box(-0.01, -0.01, 0.01, 0.01)
    sites = points_of([0.0, 0.015], [0.0, 0.0])
    away = nearest_places(sites, frame_of([ring]))["nearest_m"].tolist()
    # the north rim is nearer than the east rim: a degree of latitude is shorter at the equator
    assert away == pytest.approx([1105.74, 0.0], abs=0.02)


def dense_edge_m(polygon, lon, lat):
    corners = shapely.get_coordinates(polygon.exterior.segmentize(2e-6))
    many = len(corners)
    return geodesic_m(np.full(many, lon), np.full(many, lat), *corners.T).min()


@pytest.mark.parametrize("lat", [0.0, 60.0, 85.0])
def test_distance_to_an_edge_equals_dense_sampling(lat):
    rng = np.random.default_rng(7)
    corners = [GEOD.fwd(20.0, lat, turn, rng.uniform(50, 300))[:2] for turn in range(0, 360, 40)]
    polygon = shapely.Polygon(corners)
    starts = [GEOD.fwd(20.0, lat, turn, rng.uniform(400, 2000))[:2] for turn in range(5, 360, 60)]
    sites = points_of(*np.array(starts).T)
    away = nearest_places(sites, frame_of([polygon]))["nearest_m"]
    truth = [dense_edge_m(polygon, *start) for start in starts]
    assert away.tolist() == pytest.approx(truth, abs=0.05)


def test_polygons_across_the_antimeridian_and_around_the_pole():
    split = shapely.MultiPolygon(
        [shapely.box(179.9, -17, 180, -16.9), shapely.box(-180, -17, -179.9, -16.9)]
    )
    beyond = shapely.box(179.9, -15, 180.1, -14.9)
    polar = shapely.Polygon([(lon, 89.5) for lon in range(-180, 180, 30)])
    places = frame_of([split, beyond], ["split", "beyond"])
    sites = points_of(
        [180.0, -179.95, -179.85, -179.95, 180.0], [-16.95, -16.95, -16.95, -14.95, -14.95]
    )
    table = nearest_places(sites, places)
    expected = GEOD.inv(-179.85, -16.95, -179.9, -16.95)[2]
    assert table["nearest_m"].tolist() == pytest.approx([0, 0, expected, 0, 0], abs=0.5)
    assert table["nearest_id"].tolist() == ["split"] * 3 + ["beyond"] * 2
    outlines = Outlines.of(np.array([polar], dtype=object))
    assert outlines.distance_m(np.zeros(1), np.full(1, 89.9), np.zeros(1, int)).tolist() == [0.0]


def test_points_and_polygons_equal_all_pairs():
    rng = np.random.default_rng(8)
    lon, lat = rng.uniform(24, 24.3, 80), rng.uniform(60, 60.2, 80)
    shapes = list(shapely.points(lon[:40], lat[:40]))
    sizes = 10 ** rng.uniform(-4, -2, 40)
    shapes += [
        shapely.box(x, y, x + s, y + s) for x, y, s in zip(lon[40:], lat[40:], sizes, strict=True)
    ]
    places = frame_of(shapes, [f"p{row:02d}" for row in range(80)])
    sites = points_of(rng.uniform(24, 24.3, 50), rng.uniform(60, 60.2, 50))
    table = nearest_places(sites, places)
    one_by_one = np.column_stack(
        [nearest_places(sites, places.iloc[[row]])["nearest_m"].fillna(1e9) for row in range(80)]
    )
    assert np.array_equal(table["nearest_m"], one_by_one.min(axis=1))
    ids = places.index.to_numpy()[one_by_one.argmin(axis=1)]
    assert table["nearest_id"].tolist() == ids.tolist()
    counts = count_places_within(sites, places, radius_m=3000)
    assert counts.tolist() == (one_by_one <= 3000).sum(axis=1).tolist()


def test_a_wider_radius_never_counts_fewer():
    rng = np.random.default_rng(9)
    places = points_of(*rng.uniform(0, 0.1, (2, 300)))
    sites = points_of(*rng.uniform(0, 0.1, (2, 40)))
    counts = [count_places_within(sites, places, radius_m=r) for r in (10, 100, 1000, 10_000)]
    for near, wide in pairwise(counts):
        assert (wide >= near).all()


def test_the_order_of_rows_changes_nothing_and_inputs_stay_as_they_are():
    rng = np.random.default_rng(10)
    places = points_of(*rng.uniform(0, 0.1, (2, 30)), [f"p{row}" for row in range(30)])
    sites = points_of(*rng.uniform(0, 0.1, (2, 20)), [f"s{row}" for row in range(20)])
    before = sites.copy(), places.copy()
    table = nearest_places(sites, places)
    turned = nearest_places(sites.iloc[::-1], places.sample(frac=1, random_state=1)).iloc[::-1]
    pd.testing.assert_frame_equal(turned, table)
    pd.testing.assert_frame_equal(sites, before[0])
    pd.testing.assert_frame_equal(places, before[1])


def test_blocks_change_nothing(monkeypatch):
    from recallgeo.exposure import chances, outlines, place_index

    rng = np.random.default_rng(11)
    shapes = [*shapely.points(*rng.uniform(0, 0.05, (2, 30)))]
    shapes += [shapely.Point(xy).buffer(0.002) for xy in rng.uniform(0, 0.05, (20, 2))]
    sites = points_of(*rng.uniform(0, 0.05, (2, 25)))
    sites = sites.assign(match_level="street", uncertainty_m=800.0)
    expected = chance_on_site(sites, frame_of(shapes))
    counts = count_places_within(sites, frame_of(shapes), radius_m=1000)
    monkeypatch.setattr(place_index, "_PAIRS", 7)
    monkeypatch.setattr(outlines, "_CORNERS", 50)
    monkeypatch.setattr(chances, "_STRETCHES", 500)
    pd.testing.assert_series_equal(chance_on_site(sites, frame_of(shapes)), expected)
    pd.testing.assert_series_equal(
        count_places_within(sites, frame_of(shapes), radius_m=1000), counts
    )


def test_nothing_gives_nothing():
    sites = gpd.GeoDataFrame(geometry=[None, shapely.Point(0, 0)], index=["a", "b"], crs=4326)
    nowhere = frame_of([])
    assert nearest_places(sites, nowhere)["nearest_m"].isna().all()
    assert count_places_within(sites, nowhere, radius_m=5).tolist() == [pd.NA, 0]
    assert on_grounds(sites, nowhere).tolist() == [pd.NA, False]
    none = sites.iloc[:0]
    assert nearest_places(none, points_of([0.0], [0.0])).shape == (0, 3)
    assert count_places_within(none, nowhere, radius_m=5).dtype == "Int64"


def test_lines_self_crossing_polygons_and_missing_places_do_not_stop_it():
    bow_tie = shapely.Polygon([(0, 0), (0.01, 0.01), (0.01, 0), (0, 0.01)])
    line = shapely.LineString([(0.02, 0), (0.02, 0.01)])
    places = frame_of([bow_tie, line, None, shapely.Point()], ["bow", "line", "none", "empty"])
    sites = points_of([0.0025, 0.021], [0.005, 0.005])
    table = nearest_places(sites, places)
    assert table["nearest_id"].tolist() == ["bow", "line"]
    assert table["nearest_m"].iloc[1] == pytest.approx(0.001 * DEGREE_M, abs=0.1)


@pytest.mark.parametrize("radius", [0, -5, np.nan, np.inf, 10.5])
def test_a_radius_that_is_no_whole_distance_is_refused(radius):
    sites = points_of([0.0], [0.0])
    with pytest.raises(SchemaError, match="radii_m holds"):
        count_places_within(sites, sites, radius_m=radius)


def test_latitudes_out_of_range_and_other_crs_are_refused():
    places = points_of([0.0], [0.0])
    with pytest.raises(SchemaError, match=r"latitude 91\.0"):
        nearest_places(points_of([0.0], [91.0]), places)
    with pytest.raises(MissingCRSError):
        nearest_places(gpd.GeoDataFrame(geometry=[shapely.Point(0, 0)]), places)
    with pytest.raises(GeographicCRSError):
        PlaceIndex(places.to_crs(3857))
