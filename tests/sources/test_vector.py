import json

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from recallgeo.errors import (
    ConfigError,
    GeographicCRSError,
    MissingCRSError,
    SourceFormatError,
    SourceUnavailableError,
)
from recallgeo.sources.vector import read_features

VADUZ = shapely.Point(9.52, 47.14)


def frame(crs=4326, **columns):
    points = gpd.GeoSeries([VADUZ], crs=4326).to_crs(crs or 4326)
    return gpd.GeoDataFrame(columns or {"name": ["Resch"]}, geometry=points)


def text_file(folder, text, name="places.csv", encoding="utf-8"):
    path = folder / name
    path.write_text(text, encoding=encoding)
    return path


@pytest.mark.parametrize("suffix", ["gpkg", "geojson", "shp", "fgb"])
def test_vector_files_are_read_in_degrees(tmp_path, suffix):
    path = tmp_path / f"places.{suffix}"
    frame().to_file(path)
    found = read_features(path).frame
    assert found["name"].tolist() == ["Resch"]
    assert found.geometry.iloc[0].distance(VADUZ) < 1e-9


def test_geoparquet_is_read(tmp_path):
    path = tmp_path / "places.parquet"
    frame().to_parquet(path)
    assert read_features(path).frame["name"].tolist() == ["Resch"]


def test_parquet_without_geometry_is_a_table_of_points(tmp_path):
    path = tmp_path / "places.parquet"
    pd.DataFrame({"lon": [9.52], "lat": [47.14]}).to_parquet(path)
    assert read_features(path).frame.geometry.tolist() == [VADUZ]


@pytest.mark.parametrize("crs", [3857, 2056])
def test_another_crs_is_converted_and_noted(tmp_path, crs):
    path = tmp_path / "places.gpkg"
    frame(crs).to_file(path)
    found = read_features(path)
    assert found.frame.geometry.iloc[0].distance(VADUZ) < 1e-6
    assert found.notes == {"converted_crs": 1}
    assert found.crs == f"EPSG:{crs}"


def test_file_without_crs_is_refused(tmp_path):
    path = tmp_path / "places.shp"
    frame().to_file(path)
    path.with_suffix(".prj").unlink()
    with pytest.raises(MissingCRSError, match=r"places\.shp states no CRS"):
        read_features(path)


def test_geojson_in_web_mercator_without_crs_is_refused(tmp_path):
    path = text_file(
        tmp_path,
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {},'
        '"geometry": {"type": "Point", "coordinates": [1059762.0, 5966000.0]}}]}',
        "places.geojson",
    )
    with pytest.raises(GeographicCRSError, match="are no degrees"):
        read_features(path)


def test_geojson_with_a_crs_member_is_converted(tmp_path):
    path = text_file(
        tmp_path,
        '{"type": "FeatureCollection",'
        '"crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}},'
        '"features": [{"type": "Feature", "properties": {},'
        '"geometry": {"type": "Point", "coordinates": [111319.49079327358, 0]}}]}',
        "places.geojson",
    )
    assert read_features(path).frame.geometry.iloc[0].x == pytest.approx(1.0)


def test_ring_that_is_not_closed_is_closed_and_a_broken_one_loses_only_its_shape(tmp_path):
    rings = [[[9, 47], [9.1, 47], [9.1, 47.1]], [[9, 47], [9.1, 47]], []]
    features = [
        {
            "type": "Feature",
            "properties": {"name": f"n{number}"},
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }
        for number, ring in enumerate(rings)
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features})
    found = read_features(text_file(tmp_path, text, "rings.geojson")).frame
    assert found["name"].tolist() == ["n0", "n1", "n2"]
    assert found.geometry.iloc[0].area == pytest.approx(0.005)
    assert found.geometry.iloc[1] is None or found.geometry.iloc[1].area == 0


def test_geojson_of_no_features_is_empty(tmp_path):
    path = text_file(tmp_path, '{"type": "FeatureCollection", "features": []}', "none.geojson")
    assert read_features(path).frame.empty


def test_file_of_several_layers_asks_which(tmp_path):
    path = tmp_path / "places.gpkg"
    frame().to_file(path, layer="schools")
    frame(name=["Spital"]).to_file(path, layer="hospitals")
    with pytest.raises(ConfigError, match="has 2 layers; give layer= one of schools, hospitals"):
        read_features(path)
    with pytest.raises(ConfigError, match="did you mean 'schools'"):
        read_features(path, layer="school")
    assert read_features(path, layer="hospitals").frame["name"].tolist() == ["Spital"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("name,LON,Lat\nResch,9.52,47.14\n", "a.csv"),
        ("name;longitude;latitude\nResch;9,52;47,14\n", "a.csv"),
        ("\ufeffname\tx\ty\nResch\t9.52\t47.14\n", "a.tsv"),
        ('name|lng|lat\n"Re""sch"|9.52|47.14\n', "a.txt"),
    ],
)
def test_table_is_read_whatever_its_delimiter(tmp_path, text, name):
    assert read_features(text_file(tmp_path, text, name)).frame.geometry.tolist() == [VADUZ]


def test_degrees_are_preferred_to_x_and_y(tmp_path):
    text = "X,Y,LATITUDE,LONGITUDE\n1059762.0,5966000.0,47.14,9.52\n"
    found = read_features(text_file(tmp_path, text))
    assert found.columns == {"longitude": "LONGITUDE", "latitude": "LATITUDE"}
    assert found.frame.geometry.tolist() == [VADUZ]


def test_named_columns_are_used_and_refused_where_they_are_no_degrees(tmp_path):
    path = text_file(tmp_path, "X,Y,a,b\n1059762.0,5966000.0,9.52,47.14\n")
    named = read_features(path, longitude="a", latitude="b").frame
    assert named.geometry.tolist() == [VADUZ]
    with pytest.raises(GeographicCRSError, match=r"X 1059762\.0000 and Y 5966000\.0000"):
        read_features(path)
    with pytest.raises(ConfigError, match="no column 'aa'"):
        read_features(path, longitude="aa", latitude="b")


def test_table_without_coordinates_says_how_to_name_them(tmp_path):
    with pytest.raises(ConfigError, match=r"columns = \{longitude"):
        read_features(text_file(tmp_path, "name,easting\nResch,1\n"))


def test_bad_rows_of_a_table_lose_only_their_point(tmp_path):
    text = "id,name,lon,lat\n007,a,9.52,47.14\n2,b,,\n3,c,x,47\n\n4,d,9.5\n5,e,9,47,extra\n"
    found = read_features(text_file(tmp_path, text))
    assert found.frame["id"].tolist() == ["007", "2", "3", "4"]
    assert found.frame.geometry.notna().tolist() == [True, False, False, False]
    assert found.dropped == {"too_many_cells": 1}


def test_quoted_line_breaks_stay_in_their_cell(tmp_path):
    text = 'name,lon,lat\n"a\nb\u2028c",9.52,47.14\n'
    assert read_features(text_file(tmp_path, text)).frame["name"].tolist() == ["a\nb\u2028c"]


def test_header_that_occurs_twice_is_numbered(tmp_path):
    found = read_features(text_file(tmp_path, "lon,lat,a,a\n9.52,47.14,1,2\n")).frame
    assert found[["a", "a#2"]].to_numpy().tolist() == [["1", "2"]]


def test_table_in_another_encoding_is_refused(tmp_path):
    path = text_file(tmp_path, "name,lon,lat\nÉcole,1,2\n", encoding="cp1252")
    with pytest.raises(SourceFormatError, match="save it as UTF-8"):
        read_features(path)


@pytest.mark.parametrize("name", ["a.csv", "a.geojson", "a.gpkg", "a.parquet", "a.fgb", "a.doc"])
def test_file_that_is_not_what_it_says_is_refused_by_name(tmp_path, name):
    path = text_file(tmp_path, "" if name == "a.csv" else "rubbish", name)
    with pytest.raises(SourceFormatError, match=name):
        read_features(path)


def test_missing_file_is_named():
    with pytest.raises(SourceUnavailableError, match=r"nowhere\.gpkg"):
        read_features("nowhere.gpkg")
