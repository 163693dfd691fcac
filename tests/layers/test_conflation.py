import geopandas as gpd
import pandas as pd
import pytest
import shapely

from recallgeo.frames import PLACES
from recallgeo.layers import conflate_places

METRE = 1 / 111_319.49  # degrees on the equator


def square(x, y, half):
    return shapely.box(
        (x - half) * METRE, (y - half) * METRE, (x + half) * METRE, (y + half) * METRE
    )


def point(x, y=0.0):
    return shapely.Point(x * METRE, y * METRE)


def places(*rows, kind="school"):
    """Rows of id, name, geometry."""
    ids, names, shapes = zip(*rows, strict=True)
    return gpd.GeoDataFrame(
        {"kind": kind, "name": list(names), "source_id": list(ids)},
        index=[f"t/{label}" for label in ids],
        geometry=list(shapes),
        crs=4326,
    )


def ids_and_parts(frame):
    joined = conflate_places(frame)
    PLACES.validate(joined)
    return joined["parts"].fillna("").to_dict()


def test_point_building_and_campus_of_one_school_are_one_place():
    frame = places(
        ("campus", "Resch", square(0, 0, 100)),
        ("building", None, square(20, 0, 20)),
        ("point", "Resch", point(25)),
    )
    assert ids_and_parts(frame) == {"t/campus": "building; point"}


def test_two_named_schools_on_a_named_campus_stay_two():
    frame = places(("a", "North School", square(0, 0, 100)), ("b", "South School", point(10)))
    assert ids_and_parts(frame) == {"t/a": "", "t/b": ""}


def test_unnamed_campus_around_two_named_schools_counts_once():
    frame = places(
        ("campus", None, square(0, 0, 100)),
        ("big", "North School", square(-40, 0, 30)),
        ("small", "South School", point(40)),
    )
    assert ids_and_parts(frame) == {"t/campus": "big", "t/small": ""}
    assert conflate_places(frame).loc["t/campus", "name"] == "North School"


def test_unnamed_campus_takes_the_name_of_the_one_school_inside():
    frame = places(("campus", None, square(0, 0, 100)), ("p", "Resch", point(0)))
    assert conflate_places(frame)["name"].to_dict() == {"t/campus": "Resch"}


def test_same_name_joins_up_to_100_metres_and_no_farther():
    near = places(("a", "Resch", point(0)), ("b", "RESCH ", point(99)))
    far = places(("a", "Resch", point(0)), ("b", "Resch", point(101)))
    assert ids_and_parts(near) == {"t/a": "b"}
    assert ids_and_parts(far) == {"t/a": "", "t/b": ""}


def test_two_grounds_of_one_school_are_kept_together():
    frame = places(("a", "Resch", square(0, 0, 50)), ("b", "Resch", square(110, 0, 40)))
    joined = conflate_places(frame)
    assert joined["parts"].tolist() == ["b"]
    assert joined.geometry.iloc[0].intersects(point(120))


def test_unnamed_places_side_by_side_stay_apart():
    assert len(conflate_places(places(("a", None, point(0)), ("b", None, point(10))))) == 2


def test_kinds_do_not_join():
    school = places(("a", "Resch", square(0, 0, 100)))
    clinic = places(("b", "Resch", point(0)), kind="clinic")
    assert len(conflate_places(gpd.GeoDataFrame(pd.concat([school, clinic])))) == 2


def test_capacity_and_its_unit_come_from_one_part():
    frame = places(("a", "Resch", square(0, 0, 100)), ("b", "Resch", point(0)))
    frame["capacity"] = [float("nan"), 120.0]
    frame["capacity_unit"] = [None, "pupils"]
    joined = conflate_places(frame)
    assert joined[["capacity", "capacity_unit"]].to_numpy().tolist() == [[120.0, "pupils"]]


@pytest.mark.parametrize("seed", range(5))
def test_order_of_the_rows_does_not_matter(seed):
    frame = places(
        ("campus", None, square(0, 0, 100)),
        ("big", "North School", square(-40, 0, 30)),
        ("same", "North School", square(-40, 0, 30)),
        ("small", "South School", point(40)),
        ("far", "South School", point(120)),
        ("unnamed", None, point(-40)),
    )
    expected = conflate_places(frame)
    shuffled = conflate_places(frame.sample(frac=1, random_state=seed))
    assert expected.drop(columns="geometry").equals(shuffled.drop(columns="geometry"))
    assert expected.geometry.geom_equals(shuffled.geometry).all()


def test_joining_twice_changes_nothing():
    frame = places(
        ("campus", None, square(0, 0, 100)),
        ("big", "North School", square(-40, 0, 30)),
        ("small", "South School", point(40)),
    )
    once = conflate_places(frame)
    assert conflate_places(once)["parts"].fillna("").tolist() == once["parts"].fillna("").tolist()


def test_input_is_not_altered_and_empty_stays_empty():
    frame = places(("a", "Resch", square(0, 0, 100)), ("b", None, point(0)))
    before = frame.copy()
    conflate_places(frame)
    assert frame.equals(before)
    empty = conflate_places(frame.iloc[:0])
    PLACES.validate(empty)
    assert empty.empty


def test_distance_of_100_metres_holds_in_the_far_north():
    # at 60 degrees a degree of longitude is half as long: 0.0017 degrees are 94.9 m
    def pair(gap):
        return places(
            ("a", "Resch", shapely.Point(10, 60)), ("b", "Resch", shapely.Point(10 + gap, 60))
        )

    assert len(conflate_places(pair(0.0017))) == 1
    assert len(conflate_places(pair(0.0018))) == 2
