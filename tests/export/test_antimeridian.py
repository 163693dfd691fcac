"""Shapes that cross longitude 180 are cut there."""

import numpy as np
import pytest
import shapely

from recallgeo.export.antimeridian import split_at_antimeridian


def split(shape):
    return split_at_antimeridian(np.array([shape], dtype=object))[0]


def test_square_across_the_antimeridian_becomes_two():
    square = shapely.Polygon([(179, -1), (-179, -1), (-179, 1), (179, 1)])
    parts = split(square)
    assert parts.geom_type == "MultiPolygon"
    assert parts.area == pytest.approx(4.0)
    assert sorted(part.bounds for part in parts.geoms) == [(-180, -1, -179, 1), (179, -1, 180, 1)]


def test_hole_across_the_antimeridian_stays_a_hole():
    square = shapely.Polygon(
        [(178, -2), (-178, -2), (-178, 2), (178, 2)],
        [[(179, -1), (-179, -1), (-179, 1), (179, 1)]],
    )
    assert split(square).area == pytest.approx(16.0 - 4.0)


def test_ring_round_the_pole_is_closed_through_it():
    longitudes = np.arange(-180, 180, 10)
    ring = shapely.Polygon([(x, 80.0) for x in longitudes])
    cap = split(ring)
    assert cap.area == pytest.approx(360 * 10)
    assert cap.bounds == (-180.0, 80.0, 180.0, 90.0)


def test_southern_ring_is_closed_through_the_south_pole():
    ring = shapely.Polygon([(x, -80.0) for x in range(180, -180, -10)])
    assert split(ring).bounds == (-180.0, -90.0, 180.0, -80.0)


def test_other_shapes_and_missing_ones_are_left_alone():
    shapes = np.array([shapely.box(0, 0, 1, 1), None, shapely.Point(180, 0)], dtype=object)
    result = split_at_antimeridian(shapes)
    assert [a is b for a, b in zip(shapes, result, strict=True)] == [True, True, True]
