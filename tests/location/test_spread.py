"""Centres and spreads of groups."""

import numpy as np
import pytest

from recallgeo.geodesy import geodesic_m
from recallgeo.location.spread import measure_spread


def test_a_group_across_the_antimeridian_has_its_centre_there():
    spread = measure_spread([0, 0], [179.9, -179.9], [0.0, 0.0], share=0.95)
    assert abs(spread.longitude[0]) == pytest.approx(180.0)
    assert spread.radius_m[0] == pytest.approx(0.1 * 111_319.49, rel=1e-6)


def test_share_counts_points_from_the_nearest():
    lon = np.r_[np.zeros(95), np.full(5, 1.0)]
    spread = measure_spread(np.zeros(100, dtype=int), lon, np.zeros(100), share=0.95)
    assert spread.radius_m[0] == pytest.approx(0.05 * 111_319.49, rel=1e-3)


def test_groups_are_independent_of_the_order_of_points():
    rng = np.random.default_rng(1)
    group, lon, lat = rng.integers(0, 5, 200), rng.uniform(9, 10, 200), rng.uniform(47, 48, 200)
    order = rng.permutation(200)
    first = measure_spread(group, lon, lat, share=0.95)
    second = measure_spread(group[order], lon[order], lat[order], share=0.95)
    np.testing.assert_allclose(first.radius_m, second.radius_m, rtol=1e-9)


def test_far_groups_are_measured_along_the_ellipsoid():
    spread = measure_spread([0, 0], [0.0, 4.0], [0.0, 0.0], share=1.0)
    assert spread.radius_m[0] == pytest.approx(2 * 111_319.49, rel=1e-6)


def test_radii_of_wide_groups_are_the_exact_geodesic_distances():
    rng = np.random.default_rng(5)
    group = np.repeat(np.arange(12), 400)
    lon = rng.uniform(-60, 60, len(group)) + 10.0 * group
    lat = np.clip(rng.normal(5.0 * group - 30, 20, len(group)), -85, 85)
    spread = measure_spread(group, lon, lat, share=0.95)
    away = geodesic_m(lon, lat, spread.longitude[group], spread.latitude[group])
    exact = [np.sort(away[group == number])[379] for number in range(12)]
    assert spread.radius_m.tolist() == exact
