import geopandas as gpd
import pytest
import shapely

from recallgeo.frames import PLACES
from recallgeo.layers import build_places
from recallgeo.reference import taxonomy


def features(size=1, **columns):
    spread = [shapely.Point(1 + number, 1) for number in range(size)]
    return gpd.GeoDataFrame({"kind": ["hospital"] * size, **columns}, geometry=spread, crs=4326)


def test_every_feature_is_counted_once():
    table = features(
        4,
        name=["A", "B", "C", "D"],
        status=["OPEN", "CLOSED", "planned", None],
        source_id=["1", "2", "3", "4"],
    )
    table.loc[3, "geometry"] = None
    built = build_places(table, source="x.csv", dropped={"where": 5})
    assert built.counts == {
        "read": 9,
        "places": 1,
        "joined": 0,
        "dropped_closed": 1,
        "dropped_no_geometry": 1,
        "dropped_planned": 1,
        "dropped_where": 5,
    }
    assert built.kind_counts == {"hospital": 4}
    PLACES.validate(built.frame)


@pytest.mark.parametrize(
    ("written", "capacity"),
    [("120", 120.0), ("1,200", 1200.0), ("12,5", 12.5), ("0", 0.0), (" 7 ", 7.0)],
)
def test_capacity_is_read_as_written(written, capacity):
    frame = build_places(features(capacity=[written]), source="x").frame
    assert frame["capacity"].tolist() == [capacity]


@pytest.mark.parametrize(
    "written", ["-999", "-1", "19\uff08\u4f11\u5e8a\uff09", "many", "inf", "nan"]
)
def test_unreadable_capacity_is_missing_and_noted(written):
    built = build_places(features(capacity=[written]), source="x")
    assert built.frame["capacity"].isna().all()
    assert built.notes == {"capacity_unreadable": 1}


def test_missing_capacity_is_no_note():
    built = build_places(features(2, capacity=["", None]), source="x")
    assert built.frame["capacity"].isna().all()
    assert built.notes == {}


def test_words_for_unknown_are_missing():
    built = build_places(features(operator=["NOT AVAILABLE"], name=[" n/a "]), source="x")
    assert built.frame[["operator", "name"]].isna().all(axis=None)


@pytest.mark.parametrize(
    ("written", "vintage"),
    [
        ("2019/08/02 00:00:00+00", "2019-08-02"),
        ("2019-08", "2019-08"),
        ("2019", "2019"),
        ("20190802", None),
        ("06/03/2020", None),
    ],
)
def test_vintage_is_iso_or_missing(written, vintage):
    read = build_places(features(vintage=[written]), source="x").frame["vintage"]
    assert (None if read.isna().all() else read.iloc[0]) == vintage


def test_vulnerability_and_hours_come_from_the_taxonomy():
    frame = build_places(features(), source="x").frame
    hospital = taxonomy()["hospital"]
    assert frame["vulnerability"].tolist() == [hospital.vulnerability]
    assert frame["hours"].tolist() == [hospital.hours]


def test_ids_follow_the_content_and_not_the_row():
    table = features(3, name=["A", "B", "C"])
    ids = build_places(table, source="x.csv").frame["name"].to_dict()
    again = build_places(table.iloc[::-1], source="x.csv").frame["name"].to_dict()
    assert ids == again
    assert all(label.startswith("x/") for label in ids)


def test_key_used_twice_is_numbered_by_content():
    table = features(2, name=["B", "A"], source_id=["7", "7"])
    built = build_places(table, source="x.csv").frame["name"].to_dict()
    again = build_places(table.iloc[::-1], source="x.csv").frame["name"].to_dict()
    assert sorted(built) == ["x/7", "x/7#2"]
    assert built == again


def test_no_features_give_no_places():
    built = build_places(features(0), source="x")
    PLACES.validate(built.frame)
    assert built.counts == {"read": 0, "places": 0, "joined": 0}
