import dataclasses

import geopandas as gpd
import pytest
import shapely

from recallgeo.errors import ConfigError, GeographicCRSError, LedgerError, SchemaError
from recallgeo.frames import PLACES
from recallgeo.layers import Layer, concat_places, merge_layers
from recallgeo.provenance import Provenance

METRE = 1 / 111_319.49  # degrees on the equator


def layer(*rows, kind="school", extent=None):
    """Rows of id, name, metres east."""
    frame = gpd.GeoDataFrame(
        {"kind": [kind] * len(rows), "name": [row[1] for row in rows]},
        index=[row[0] for row in rows],
        geometry=[shapely.Point(row[2] * METRE, 0) for row in rows],
        crs=4326,
    )
    return Layer.from_places(frame, kinds=[kind], extent=extent)


def test_summary_says_what_where_and_how_much():
    town = dataclasses.replace(
        layer(("a", "Resch", 0), extent=shapely.box(0, 0, 1, 1)),
        completeness={"school": 0.84},
        counts={"read": 3, "places": 1, "joined": 1, "dropped_closed": 1},
        provenance=Provenance(source="town.csv", vintage="2025-01-19"),
    )
    assert town.summary().splitlines() == [
        "town.csv of 2025-01-19: 1 places (school 1)",
        "features: read 3, places 1, joined 1, dropped closed 1",
        "extent: given shape",
        "completeness: school 0.84",
    ]


def test_html_escapes_what_files_hold():
    strange = dataclasses.replace(layer(), provenance=Provenance(source="<script>.csv"))
    assert "<script>" not in strange._repr_html_()


def test_counts_that_lose_a_feature_are_refused():
    with pytest.raises(LedgerError):
        dataclasses.replace(layer(("a", "x", 0)), counts={"read": 2, "places": 1})


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_share_beyond_0_to_1_is_refused(share):
    with pytest.raises(ConfigError, match="expected a share"):
        dataclasses.replace(layer(), completeness={"school": share})


def test_unknown_kind_is_refused_with_the_nearest():
    with pytest.raises(ConfigError, match="did you mean 'hospital'"):
        dataclasses.replace(layer(), completeness={"hospitals": 1.0})


def test_frame_in_another_crs_is_refused():
    frame = gpd.GeoDataFrame(
        {"kind": ["school"]}, index=["a"], geometry=[shapely.Point(0, 0)], crs=3857
    )
    with pytest.raises(GeographicCRSError):
        Layer.from_places(frame)


def test_frame_without_kind_is_refused():
    frame = gpd.GeoDataFrame({"name": ["x"]}, index=["a"], geometry=[shapely.Point(0, 0)], crs=4326)
    with pytest.raises(SchemaError, match="'kind' has 1 missing"):
        Layer.from_places(frame)


def test_place_of_an_earlier_layer_is_removed_and_counted():
    first = layer(("a/1", "St. Mary's", 0))
    second = layer(("b/1", "ST MARYS", 49), ("b/2", "ST MARYS", 51), ("b/3", "Other", 0))
    kept = merge_layers([first, second])[1]
    assert kept.frame.index.tolist() == ["b/2", "b/3"]
    assert kept.counts == {"read": 3, "places": 2, "dropped_in_other_layer": 1}


def test_unnamed_place_is_removed_only_where_it_touches():
    first = layer(("a/1", "Resch", 0))
    second = layer(("b/1", None, 0), ("b/2", None, 10))
    assert merge_layers([first, second])[1].frame.index.tolist() == ["b/2"]


def test_other_kind_at_the_same_place_stays():
    pair = merge_layers([layer(("a", "Resch", 0)), layer(("b", "Resch", 0), kind="clinic")])
    assert [len(part) for part in pair] == [1, 1]


def test_object_of_two_overlapping_extracts_stands_once():
    pair = [layer(("osm/n1", None, 0)), layer(("osm/n1", None, 500), ("osm/n2", None, 900))]
    assert merge_layers(pair)[1].frame.index.tolist() == ["osm/n2"]
    assert concat_places(pair).index.tolist() == ["osm/n1", "osm/n2"]


def test_places_of_two_files_that_number_alike_both_stand():
    # both files are named places.csv and count from 1; 11 km lie between
    pair = [layer(("places/1", "Resch", 0)), layer(("places/1", "Spital", 11_000))]
    merged = merge_layers(pair)
    assert merged[1].frame.index.tolist() == ["places/1@2"]
    assert len(concat_places(merged)) == 2


def test_layers_stay_as_they_were_and_keep_their_extent():
    first, second = layer(("a", "x", 0)), layer(("b", "x", 0), extent=shapely.box(0, 0, 1, 1))
    kept = merge_layers([first, second])
    assert len(second) == 1
    assert kept[1].extent.equals(second.extent)
    assert kept[1].kinds == ("school",)


def campus(label, name, *, east=0, kind="school", **columns):
    """A square of 200 m whose middle lies metres east of 0."""
    square = shapely.box(*(metres * METRE for metres in (east - 100, -100, east + 100, 100)))
    frame = gpd.GeoDataFrame(
        {"kind": [kind], "name": [name], **{key: [value] for key, value in columns.items()}},
        index=[label],
        geometry=[square],
        crs=4326,
    )
    return Layer.from_places(frame, kinds=[kind])


@pytest.mark.parametrize("name", ["Resch", None])
def test_a_point_of_a_trusted_layer_takes_the_campus_of_a_later_one(name):
    later = campus("osm/w1", name, capacity=300.0, capacity_unit="pupils", operator="Land")
    trusted, rest = merge_layers([layer(("register/7", "Resch", 0)), later])
    place = trusted.frame.loc["register/7"]
    assert place.geometry.equals(later.frame.geometry.iloc[0])
    assert place[["name", "capacity", "operator", "parts"]].tolist() == [
        *("Resch", 300.0, "Land", "osm/w1")
    ]
    assert (len(rest), rest.counts["dropped_in_other_layer"]) == (0, 1)
    assert trusted.notes == {"joined_from_other_layer": 1}


def test_a_trusted_place_keeps_what_it_says_and_its_grounds():
    trusted = campus("a/1", "Resch", operator="Stadt", capacity=90.0, capacity_unit="beds")
    later = campus("b/1", "RESCH", east=60, operator="Land", capacity=5.0, capacity_unit="pupils")
    place = merge_layers([trusted, later])[0].frame.loc["a/1"]
    assert place[["name", "operator", "capacity", "capacity_unit"]].tolist() == [
        *("Resch", "Stadt", 90.0, "beds")
    ]
    assert place.geometry.covers(trusted.frame.geometry.iloc[0])
    assert place.geometry.covers(later.frame.geometry.iloc[0])


def test_the_campus_reaches_the_first_of_three_layers_and_order_stays():
    first = layer(("a/2", "Ost", 900), ("a/1", "Resch", 0))
    merged = merge_layers([first, layer(("b/1", "Resch", 5)), campus("c/1", "Resch")])
    assert [len(one) for one in merged] == [2, 0, 0]
    assert merged[0].frame.index.tolist() == ["a/2", "a/1"]
    assert merged[0].frame.loc["a/1", "parts"] == "c/1; b/1"
    assert merged[0].frame.geometry.geom_type.tolist() == ["Point", "Polygon"]


def test_an_object_of_two_extracts_keeps_its_outline_but_not_where_it_was_long_ago():
    near = merge_layers([layer(("osm/w1", None, 0)), campus("osm/w1", None)])[0].frame
    far = merge_layers([layer(("osm/w1", None, 0)), campus("osm/w1", None, east=500)])[0].frame
    assert near.geometry.geom_type.tolist() == ["Polygon"]
    assert near["parts"].isna().all()  # one object is no part of itself
    assert far.geometry.geom_type.tolist() == ["Point"]


def test_no_layers_give_no_places():
    assert merge_layers([]) == []
    PLACES.validate(concat_places([]))
    PLACES.validate(concat_places([layer(), layer()]))
