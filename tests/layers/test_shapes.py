import numpy as np
import pytest
import shapely

from recallgeo.layers.shapes import clean_shapes, hull_shape


def shapes_of(*shapes):
    array = np.empty(len(shapes), dtype=object)
    array[:] = shapes
    return array


def test_self_crossing_polygon_is_made_valid_and_counted():
    bow_tie = shapely.Polygon([(1, 1), (3, 3), (3, 1), (1, 3)])
    cleaned = clean_shapes(shapes_of(bow_tie))
    assert cleaned.shapes[0].is_valid
    assert cleaned.shapes[0].area == pytest.approx(2.0)
    assert cleaned.notes["repaired_geometry"] == 1


def test_polygon_that_collapses_to_a_line_becomes_a_point():
    flat = shapely.Polygon([(1, 1), (3, 1), (1, 1), (1, 1)])
    cleaned = clean_shapes(shapes_of(flat))
    assert cleaned.shapes[0].geom_type == "Point"
    assert cleaned.causes[0] == ""


@pytest.mark.parametrize(
    ("shape", "cause"),
    [
        (None, "no_geometry"),
        (shapely.Point(), "no_geometry"),
        (shapely.Point(0, 0), "null_island"),
        (shapely.Point(10, 91), "bad_coordinate"),
        (shapely.Point(400, 10), "bad_coordinate"),
        (shapely.Point(np.inf, 10), "bad_coordinate"),
        (shapely.LineString([(1, 1), (-np.inf, 2)]), "bad_coordinate"),
    ],
)
def test_unusable_geometry_is_dropped_by_cause(shape, cause):
    cleaned = clean_shapes(shapes_of(shape))
    assert cleaned.causes.tolist() == [cause]
    assert cleaned.shapes[0] is None


def test_heights_are_dropped_and_lines_become_areas():
    line = shapely.LineString([(1, 1, 5), (2, 1, 5), (2, 2, 5)])
    cleaned = clean_shapes(shapes_of(shapely.Point(1, 2, 3), line))
    assert not shapely.has_z(cleaned.shapes).any()
    assert cleaned.shapes[1].area == pytest.approx(0.5)
    assert cleaned.notes["line_as_area"] == 1


def test_longitudes_from_0_to_360_are_brought_home():
    cleaned = clean_shapes(shapes_of(shapely.Point(200, 10), shapely.Point(-200, 10)))
    assert [shape.x for shape in cleaned.shapes] == [-160, 160]
    assert cleaned.notes["wrapped_antimeridian"] == 2


@pytest.mark.parametrize(
    "fiji",
    [
        shapely.box(179, -18, 181, -17),
        shapely.Polygon([(179, -18), (-179, -18), (-179, -17), (179, -17)]),
    ],
)
def test_polygon_across_the_antimeridian_is_cut_there(fiji):
    shape = clean_shapes(shapes_of(fiji)).shapes[0]
    assert shape.area == pytest.approx(2.0)
    assert shape.intersects(shapely.Point(179.5, -17.5))
    assert shape.intersects(shapely.Point(-179.5, -17.5))
    assert not shape.intersects(shapely.Point(0, -17.5))


def test_hull_of_nothing_is_missing():
    assert hull_shape(shapes_of(None, shapely.MultiPoint())).tolist() == [None, None]


def test_no_shapes_give_no_shapes():
    cleaned = clean_shapes(np.empty(0, dtype=object))
    assert (len(cleaned.shapes), len(cleaned.causes), dict(cleaned.notes)) == (0, 0, {})
