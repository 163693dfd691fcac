"""Measures of sites by hand."""

import numpy as np
import pytest

from recallgeo.scoring.measures import SiteMeasures

CIRCLE_KM2 = np.pi * 0.25**2  # of a fire's context radius


def people_km2(frame):
    return SiteMeasures.of(frame)["people_km2"].likely


def test_people_per_km2_at_the_edge_of_what_is_known_are_those_of_the_point(exposed):
    # half of the circle is known, with 982 people per km2
    edge = exposed({"residents_250": 982 * CIRCLE_KM2 / 2, "density_km2": 982.0})
    assert people_km2(edge) == pytest.approx([982.0])


def test_people_per_km2_are_those_around_where_the_point_is_empty(exposed):
    inside = exposed({"residents_250": 1000.0, "density_km2": 0.0})
    assert people_km2(inside) == pytest.approx([1000 / CIRCLE_KM2])


def test_people_per_km2_are_what_is_known_of_the_two(exposed):
    sites = [{"residents_250": None}, {"density_km2": None}, {"point": False}]
    expected = [500.0, 1000 / CIRCLE_KM2, np.nan]
    assert people_km2(exposed(*sites)) == pytest.approx(expected, nan_ok=True)
