"""Distances against PROJ's geodesics, and nearest places against all pairs."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from recallgeo.errors import GeographicCRSError, MissingCRSError
from recallgeo.geodesy import (
    FAR_M,
    GEOD,
    LocalPlanes,
    PointTree,
    arc_from_chord,
    geodesic_m,
    lonlat,
    require_wgs84,
    to_ecef,
)


def points_of(lon, lat):
    return gpd.GeoSeries.from_xy(lon, lat, crs=4326)


def awkward_points():
    """2,000 points: the world, both poles, the antimeridian, identical ones, 1 mm apart."""
    rng = np.random.default_rng(3)
    lat = np.degrees(np.arcsin(rng.uniform(-1, 1, 1400)))
    lon = rng.uniform(-180, 180, 1400)
    fiji = (rng.choice([-1, 1], 200) * rng.uniform(179.9, 180, 200), rng.uniform(-18, -17, 200))
    poles = (rng.uniform(-180, 180, 200), rng.choice([-1, 1], 200) * rng.uniform(89.9, 90, 200))
    same = (np.full(100, 25.0), np.full(100, 60.0))
    near = (np.full(96, -3.0), 40.0 + np.arange(96) * 1e-3 / 111_000)
    ends = ([0.0, 90.0, 180.0, -180.0], [90.0, -90.0, 10.0, 10.0])
    parts = [(lon, lat), fiji, poles, same, near, ends]
    return (np.concatenate([part[0] for part in parts]), np.concatenate([p[1] for p in parts]))


@settings(max_examples=200, deadline=None)
@given(
    st.floats(-180, 180),
    st.floats(-90, 90),
    st.floats(0, 360),
    st.floats(1e-3, FAR_M),
)
def test_arc_is_the_geodesic_up_to_200_km(lon, lat, azimuth, metres):
    end_lon, end_lat, _ = GEOD.fwd(lon, lat, azimuth, metres)
    measured = arc_from_chord(to_ecef([lon], [lat]), to_ecef([end_lon], [end_lat]))[0]
    truth = GEOD.inv(lon, lat, end_lon, end_lat)[2]
    assert measured == pytest.approx(truth, rel=4e-7, abs=1e-6)


def test_one_degree_on_the_equator_is_111319_49_metres():
    assert geodesic_m([0.0], [0.0], [1.0], [0.0])[0] == pytest.approx(111_319.4908, abs=1e-4)


def test_missing_positions_have_no_distance():
    assert np.isnan(geodesic_m([np.nan], [0.0], [1.0], [0.0])).tolist() == [True]


def test_nearest_equals_brute_force_over_all_pairs():
    lon, lat = awkward_points()
    half = len(lon) // 2
    order = np.random.default_rng(4).permutation(len(lon))
    asked, places = order[:half], order[half:]
    measured, rows = PointTree(points_of(lon[places], lat[places])).nearest(
        points_of(lon[asked], lat[asked])
    )
    for start in range(0, half, 100):
        some = asked[start : start + 100]
        grid_lon, grid_lat = np.repeat(lon[some], len(places)), np.repeat(lat[some], len(places))
        truth = geodesic_m(
            grid_lon, grid_lat, np.tile(lon[places], len(some)), np.tile(lat[places], len(some))
        ).reshape(len(some), -1)
        best = truth.min(axis=1)
        found = measured[start : start + 100]
        assert np.all(np.abs(found - best) <= np.maximum(4e-7 * best, 1e-6))
        far = best > FAR_M
        assert np.array_equal(found[far], best[far])
        first = np.argmax(truth <= best[:, None] + 1e-6, axis=1)
        assert np.array_equal(rows[start : start + 100], first)


def test_of_many_identical_points_the_smallest_row_is_nearest():
    tree = PointTree(points_of([5.0] + [1.0] * 40, [0.0] * 41))
    assert tree.nearest(points_of([1.0], [0.1]))[1].tolist() == [1]


def test_places_around_the_pole_tie_and_the_smallest_row_wins():
    tree = PointTree(points_of(np.arange(0.0, 360.0, 10.0) - 180, np.full(36, 89.0)))
    assert tree.nearest(points_of([0.0], [90.0]))[1].tolist() == [0]


def test_pairs_and_counts_equal_brute_force():
    lon, lat = awkward_points()
    asked, places = slice(0, None, 7), slice(3, None, 5)
    tree = PointTree(points_of(lon[places], lat[places]))
    near, rows, distances = tree.pairs_within(points_of(lon[asked], lat[asked]), radius_m=20_000)
    size = len(lon[places])
    truth = geodesic_m(
        np.repeat(lon[asked], size),
        np.repeat(lat[asked], size),
        np.tile(lon[places], len(lon[asked])),
        np.tile(lat[places], len(lon[asked])),
    ).reshape(-1, size)
    expected = np.argwhere(truth <= 20_000)
    assert np.array_equal(np.stack([near, rows], axis=1), expected)
    assert distances == pytest.approx(truth[near, rows], rel=4e-7, abs=1e-6)
    counts = tree.count_within(points_of(lon[asked], lat[asked]), radius_m=20_000)
    assert np.array_equal(counts, (truth <= 20_000).sum(axis=1))


def test_points_one_millimetre_apart_are_told_apart():
    lat = 40.0 + np.arange(3) * 1e-3 / 111_035
    distances, rows = PointTree(points_of([0.0] * 3, lat)).nearest(points_of([0.0] * 3, lat))
    assert rows.tolist() == [0, 1, 2]
    assert distances.tolist() == [0.0, 0.0, 0.0]


def test_missing_points_and_empty_trees_give_missing():
    tree = PointTree(gpd.GeoSeries([None, shapely.Point(0, 0)], crs=4326))
    distances, rows = tree.nearest(gpd.GeoSeries([None, shapely.Point(0, 1)], crs=4326))
    assert np.isnan(distances).tolist() == [True, False]
    assert rows.tolist() == [-1, 1]
    nothing = PointTree(gpd.GeoSeries([], crs=4326))
    assert nothing.nearest(points_of([0.0], [0.0]))[1].tolist() == [-1]
    assert [len(part) for part in nothing.pairs_within(points_of([0.0], [0.0]), radius_m=1)] == [
        0,
        0,
        0,
    ]


@settings(max_examples=100, deadline=None)
@given(st.floats(-180, 180), st.floats(-90, 90), st.floats(0, 360), st.floats(0.1, 100_000))
def test_plane_keeps_distance_and_azimuth(lon, lat, azimuth, metres):
    end_lon, end_lat, _ = GEOD.fwd(lon, lat, azimuth, metres)
    planes = LocalPlanes(np.array([lon]), np.array([lat]))
    x, y = planes.xy(np.array([0]), to_ecef([end_lon], [end_lat]))[0]
    assert np.hypot(x, y) == pytest.approx(metres, rel=4e-7, abs=2e-6)
    angle = np.radians(azimuth)
    assert (x, y) == pytest.approx(
        (metres * np.sin(angle), metres * np.cos(angle)), abs=1e-4 + 3e-5 * metres
    )


def test_frames_without_crs_or_in_another_are_refused():
    with pytest.raises(MissingCRSError, match="set_crs"):
        require_wgs84(gpd.GeoSeries([shapely.Point(0, 0)]))
    with pytest.raises(GeographicCRSError, match="to_crs"):
        require_wgs84(gpd.GeoSeries([shapely.Point(0, 0)], crs=3857))


def test_polygons_are_taken_at_a_point_inside():
    lon, lat = lonlat(gpd.GeoSeries([shapely.box(0, 0, 2, 2), None], crs=4326))
    assert 0 < lon[0] < 2
    assert np.isnan(lat[1])
