import geopandas as gpd
import numpy as np
import pytest
import shapely

from recallgeo.errors import ConfigError, MissingCRSError
from recallgeo.geodesy import GEOD
from recallgeo.layers import Layer, edge_distance_m, extent_states, resolve_extent


def layer(*, extent=None, completeness=None, kinds=("school",)):
    nothing = gpd.GeoDataFrame({"kind": []}, geometry=[], crs=4326)
    return Layer.from_places(nothing, kinds=kinds, extent=extent, completeness=completeness)


def points(*pairs):
    return gpd.GeoSeries(
        [None if pair is None else shapely.Point(pair) for pair in pairs], crs=4326
    )


BOX = shapely.box(0, 0, 1, 1)
WIDE = shapely.box(-1, -1, 2, 2)


def test_layer_without_shares_is_partial_inside_and_outside_beyond():
    states = extent_states(layer(extent=BOX), "school", points((0.5, 0.5), (3, 3), None))
    assert states.iloc[:2].tolist() == ["partial", "outside"]
    assert states.isna().tolist() == [False, False, True]


def test_point_on_the_edge_is_inside():
    assert extent_states(layer(extent=BOX), "school", points((1, 0.5))).tolist() == ["partial"]


@pytest.mark.parametrize(("share", "state"), [(0.95, "complete"), (0.94, "partial")])
def test_share_of_95_per_cent_counts_as_complete(share, state):
    declared = layer(extent=BOX, completeness={"school": share})
    assert extent_states(declared, "school", points((0.5, 0.5))).tolist() == [state]


def test_the_more_complete_layer_wins_whatever_the_order():
    pair = [layer(extent=WIDE), layer(extent=BOX, completeness={"school": 1.0})]
    asked = points((0.5, 0.5), (1.5, 1.5), (5, 5))
    expected = ["complete", "partial", "outside"]
    assert extent_states(pair, "school", asked).tolist() == expected
    assert extent_states(pair[::-1], "school", asked).tolist() == expected


def test_layer_without_extent_leaves_the_rest_undeclared():
    pair = [layer(extent=BOX), layer()]
    states = extent_states(pair, "school", points((0.5, 0.5), (5, 5)))
    assert states.tolist() == ["partial", "undeclared"]


def test_layer_of_another_kind_says_nothing():
    other = layer(extent=BOX, kinds=["hospital"])
    assert extent_states(other, "school", points((0.5, 0.5))).tolist() == ["outside"]
    assert np.isnan(edge_distance_m(other, "school", points((0.5, 0.5))).iloc[0])


def test_no_points_give_no_states():
    assert extent_states(layer(extent=BOX), "school", points()).empty
    assert edge_distance_m(layer(extent=BOX), "school", points()).empty


def test_points_without_crs_are_refused():
    bare = gpd.GeoSeries([shapely.Point(0, 0)])
    with pytest.raises(MissingCRSError):
        extent_states(layer(extent=BOX), "school", bare)


def test_edge_distance_is_geodesic_along_a_meridian_and_a_parallel():
    # from (0.5, 0.9) the northern edge is nearest, from (0.9, 0.5) the eastern
    north = GEOD.inv(0.5, 0.9, 0.5, 1.0)[2]
    east = GEOD.inv(0.9, 0.5, 1.0, 0.5)[2]
    away = edge_distance_m(layer(extent=BOX), "school", points((0.5, 0.9), (0.9, 0.5), (2, 2)))
    assert away.iloc[0] == pytest.approx(north, rel=2e-3)
    assert away.iloc[1] == pytest.approx(east, rel=2e-3)
    assert np.isnan(away.iloc[2])


def test_edge_distance_holds_in_the_far_north():
    box = layer(extent=shapely.box(10, 69, 20, 71))
    away = edge_distance_m(box, "school", points((10.05, 70), (15, 69.7)))
    assert away.iloc[0] == pytest.approx(GEOD.inv(10.05, 70, 10, 70)[2], rel=2e-3)
    assert away.iloc[1] == pytest.approx(GEOD.inv(15, 69.7, 15, 69)[2], rel=2e-3)


def test_edge_distance_far_inside_is_good_to_one_step_of_the_edge():
    away = edge_distance_m(layer(extent=shapely.box(-20, -20, 20, 20)), "school", points((0, 0)))
    assert away.iloc[0] == pytest.approx(GEOD.inv(0, 0, 0, 20)[2], rel=2e-3)


def test_extents_that_touch_have_no_edge_between_them():
    pair = [layer(extent=shapely.box(0, 0, 1, 1)), layer(extent=shapely.box(1, 0, 2, 1))]
    away = edge_distance_m(pair, "school", points((1.0, 0.5)))
    assert away.iloc[0] == pytest.approx(GEOD.inv(1, 0.5, 1, 1)[2], rel=2e-3)


def test_hole_in_an_extent_is_an_edge():
    holed = shapely.box(0, 0, 4, 4) - shapely.box(2, 2, 2.1, 2.1)
    away = edge_distance_m(layer(extent=holed), "school", points((1.99, 2.05), (2.05, 2.05)))
    assert away.iloc[0] == pytest.approx(GEOD.inv(1.99, 2.05, 2, 2.05)[2], rel=2e-3)
    assert np.isnan(away.iloc[1])


def test_country_code_gives_its_outline_in_any_letter_case():
    shape, words = resolve_extent("li")
    assert words == "outline of LI"
    assert shape.intersects(shapely.Point(9.52, 47.14))


@pytest.mark.parametrize(
    ("extent", "said"),
    [
        ("GB-ENG", "outlines are known for countries only"),
        ("XQ", "names no country"),
        (shapely.Point(1, 1), "expected a polygon"),
        (shapely.box(500_000, 0, 600_000, 1), "expected degrees"),
    ],
)
def test_extent_that_is_none_says_what_to_give(extent, said):
    with pytest.raises(ConfigError) as caught:
        resolve_extent(extent)
    assert said in str(caught.value)
