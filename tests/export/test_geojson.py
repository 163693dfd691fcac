"""GeoJSON after RFC 7946."""

import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from recallgeo.errors import ExportError, GeographicCRSError, MissingCRSError
from recallgeo.export import geojson
from recallgeo.export.geojson import write_geojson


def frame_of(shapes, **columns):
    index = pd.Index([f"s{n}" for n in range(len(shapes))], name="site_id", dtype="str")
    return gpd.GeoDataFrame(columns, geometry=list(shapes), index=index, crs=4326)


def written(frame, folder, **options):
    write_geojson(frame, folder / "t.geojson", **options)
    return json.loads((folder / "t.geojson").read_text(encoding="utf-8"))


def test_every_kind_of_value_reads_back(tmp_path):
    frame = frame_of(
        [shapely.Point(9.5, 47.1), shapely.Point(-1, 0)],
        rank=pd.array([1, None], "Int64"),
        score=[0.25, np.nan],
        reported=pd.array([True, None], "boolean"),
        name=['"Zürich" \\ </script>\n\t\x01\x7f', None],
        seen=pd.to_datetime(["2022-06-30T10:00:00+02:00", None]),
        parts=[["a", "b;c"], None],
    )
    first, second = written(frame, tmp_path)["features"]
    assert first["id"] == "s0"
    assert first["geometry"] == {"type": "Point", "coordinates": [9.5, 47.1]}
    assert first["properties"] == {
        "site_id": "s0",
        "rank": 1,
        "score": 0.25,
        "reported": True,
        "name": '"Zürich" \\ </script>\n\t\x01\x7f',
        "seen": "2022-06-30T08:00:00Z",
        "parts": "a; b,c",
    }
    assert set(second["properties"].values()) == {"s1", None}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=20), min_size=1, max_size=5))
def test_any_text_reads_back(tmp_path_factory, texts):
    folder = tmp_path_factory.mktemp("text")
    frame = frame_of([shapely.Point(0, 0)] * len(texts), name=pd.array(texts, "str"))
    features = written(frame, folder)["features"]
    expected = [text.encode("utf-8", "replace").decode() for text in texts]
    assert [feature["properties"]["name"] for feature in features] == expected


def test_coordinates_have_seven_decimals(tmp_path):
    frame = frame_of([shapely.Point(9.123456789, -47.00000001)])
    feature = written(frame, tmp_path)["features"][0]
    assert feature["geometry"]["coordinates"] == [9.1234568, -47.0]


def test_rows_without_a_point_are_left_out_and_counted(tmp_path):
    frame = frame_of([shapely.Point(0, 0), None, shapely.Point()])
    count = write_geojson(frame, tmp_path / "t.geojson")
    data = json.loads((tmp_path / "t.geojson").read_text())
    assert count == len(data["features"]) == 1


@pytest.mark.parametrize("shapes", [[], [None]])
def test_no_site_gives_an_empty_collection(tmp_path, shapes):
    data = written(frame_of(shapes, name=pd.array([None] * len(shapes), "str")), tmp_path)
    assert data == {"type": "FeatureCollection", "features": []}


def test_infinite_number_is_refused_by_name(tmp_path):
    with pytest.raises(ExportError, match="'score' holds 1 infinite"):
        write_geojson(frame_of([shapely.Point(0, 0)], score=[np.inf]), tmp_path / "t.geojson")


def test_other_crs_is_refused(tmp_path):
    frame = frame_of([shapely.Point(0, 0)])
    with pytest.raises(GeographicCRSError):
        write_geojson(frame.to_crs(3857), tmp_path / "t.geojson")
    with pytest.raises(MissingCRSError):
        write_geojson(frame.set_crs(None, allow_override=True), tmp_path / "t.geojson")


def test_rings_turn_by_the_right_hand_rule_and_no_crs_member_is_written(tmp_path):
    clockwise = shapely.Polygon([(0, 0), (0, 1), (1, 1), (1, 0)])
    data = written(frame_of([clockwise]), tmp_path)
    ring = shapely.LinearRing(data["features"][0]["geometry"]["coordinates"][0])
    assert ring.is_ccw
    assert "crs" not in data
    assert data["bbox"] == [0.0, 0.0, 1.0, 1.0]


def test_bbox_crosses_the_antimeridian_where_that_is_shorter(tmp_path):
    data = written(frame_of([shapely.Point(179, -17), shapely.Point(-179, -18)]), tmp_path)
    assert data["bbox"] == [179.0, -18.0, -179.0, -17.0]


def test_bbox_of_the_whole_world_does_not_cross(tmp_path):
    points = [shapely.Point(x, 0) for x in (-179, -90, 0, 90, 179)]
    assert written(frame_of(points), tmp_path)["bbox"] == [-179.0, 0.0, 179.0, 0.0]


def test_blocks_join_without_a_seam(tmp_path, monkeypatch):
    frame = frame_of([shapely.Point(n, 0) for n in range(10)], name=[str(n) for n in range(10)])
    write_geojson(frame, tmp_path / "one.geojson")
    monkeypatch.setattr(geojson, "_BLOCK", 3)
    write_geojson(frame, tmp_path / "many.geojson")
    assert (tmp_path / "one.geojson").read_bytes() == (tmp_path / "many.geojson").read_bytes()
    assert len(json.loads((tmp_path / "many.geojson").read_text())["features"]) == 10


def test_content_equals_what_gdal_reads(tmp_path):
    frame = frame_of(
        [shapely.Point(n / 3, n / 7) for n in range(50)],
        name=pd.array([f"site {n} ä" for n in range(50)], "str"),
        units=pd.array(range(50), "Int64"),
        score=[n / 9 for n in range(50)],
    )
    write_geojson(frame, tmp_path / "t.geojson")
    back = gpd.read_file(tmp_path / "t.geojson").set_index("site_id")  # noqa: TID251 - the oracle
    assert back["name"].tolist() == frame["name"].tolist()
    assert back["units"].tolist() == frame["units"].tolist()
    assert np.allclose(back["score"], frame["score"], rtol=0, atol=1e-15)
    assert back.geometry.geom_equals_exact(frame.geometry, 1e-7).all()
    assert back.crs.to_epsg() == 4326


def test_three_hundred_columns_are_written(tmp_path):
    columns = {f"c{n}": [n] for n in range(300)}
    data = written(frame_of([shapely.Point(0, 0)], **columns), tmp_path)
    assert data["features"][0]["properties"]["c299"] == 299


def test_extra_members_stand_at_the_head(tmp_path):
    data = written(frame_of([shapely.Point(0, 0)]), tmp_path, members={"attribution": ["x"]})
    assert data["attribution"] == ["x"]
