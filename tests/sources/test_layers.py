import geopandas as gpd
import pytest
import shapely

from recallgeo.errors import (
    ConfigError,
    MissingCRSError,
    OfflineError,
    PartialCoverageWarning,
    SourceUnavailableError,
)
from recallgeo.frames import PLACES
from recallgeo.provenance import sha256_of
from recallgeo.sources.layers import read_layer

ROWS = "id,name,TYPE,STATUS,beds,lon,lat\n1,A,H,OPEN,5,9.51,47.1\n2,B,C,CLOSED,-999,9.52,47.2\n"


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "places.csv"
    path.write_text(ROWS + "3,C,C,OPEN,,9.53,47.3\n4,D,X,OPEN,7,0,0\n", encoding="utf-8")
    return path


def test_one_kind_for_every_feature(table):
    layer = read_layer(table, kind="hospital", columns={"capacity": "beds"})
    PLACES.validate(layer.frame)
    assert layer.frame["name"].to_dict() == {"places/1": "A", "places/3": "C"}
    assert layer.kinds == ("hospital",)
    assert layer.counts == {
        "read": 4,
        "places": 2,
        "joined": 0,
        "dropped_closed": 1,
        "dropped_null_island": 1,
    }
    assert layer.columns == {
        "longitude": "lon",
        "latitude": "lat",
        "name": "name",
        "capacity": "beds",
        "status": "STATUS",
        "source_id": "id",
    }
    assert layer.provenance.sha256 == sha256_of(table)
    assert layer.extent is None


def test_kind_of_each_feature_by_a_map_of_values(table):
    layer = read_layer(
        table, kind={"H": "hospital", "C": "clinic"}, columns={"kind": "TYPE"}, where="id != '2'"
    )
    assert layer.frame["kind"].to_dict() == {"places/1": "hospital", "places/3": "clinic"}
    assert layer.kinds == ("hospital", "clinic")
    assert layer.counts == {
        "read": 4,
        "places": 2,
        "joined": 0,
        "dropped_other_kind": 1,
        "dropped_where": 1,
    }


def test_kind_column_may_hold_kinds(tmp_path):
    path = tmp_path / "places.csv"
    path.write_text("kind,lon,lat\nschool,1,1\nhospital,2,2\npub,3,3\n", encoding="utf-8")
    layer = read_layer(path)
    assert sorted(layer.frame["kind"]) == ["hospital", "school"]
    assert layer.counts["dropped_other_kind"] == 1


def test_constant_columns_are_filled(table):
    columns = {"capacity": "beds", "capacity_unit": {"const": "beds"}}
    layer = read_layer(table, kind="hospital", columns=columns)
    assert layer.frame["capacity_unit"].tolist() == ["beds", "beds"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "of which kind are its places"),
        ({"kind": "hospitl"}, "did you mean 'hospital'"),
        ({"kind": {"H": "hospitl"}, "columns": {"kind": "TYPE"}}, "did you mean 'hospital'"),
        ({"kind": {"Z": "hospital"}, "columns": {"kind": "TYPE"}}, "('C', 'H', 'X')"),
        ({"columns": {"kind": "TYPE"}}, "map them with kind="),
        ({"kind": "hospital", "columns": {"beds": "beds"}}, "none of ours"),
        ({"kind": "hospital", "columns": {"name": "nam"}}, "did you mean 'name'"),
        ({"kind": "hospital", "columns": {"name": {"split": "x"}}}, "const"),
        ({"kind": "hospital", "columns": {"longitude": {"const": "1"}}}, "name of a column"),
        ({"kind": "hospital", "where": "STATE = 'x'"}, "no column"),
        ({"kind": "hospital", "completeness": {"scool": 1}}, "did you mean 'school'"),
        ({"kind": "hospital", "completeness": {"hospital": 84}}, "share from 0 to 1"),
        ({"kind": "hospital", "extent": "GB-ENG"}, "countries only"),
    ],
)
def test_wrong_declaration_says_what_to_write(table, options, said):
    with pytest.raises(ConfigError) as caught:
        read_layer(table, **options)
    assert said in str(caught.value)


def test_extent_may_be_code_shape_frame_or_file(table, tmp_path):
    box = shapely.box(9, 47, 10, 48)
    file = tmp_path / "area.gpkg"
    gpd.GeoSeries([box], crs=4326).to_crs(3857).to_frame("geometry").to_file(file)
    extents = ["LI", box, gpd.GeoDataFrame(geometry=[box], crs=4326), file, str(file)]
    layers = [read_layer(table, kind="hospital", extent=extent) for extent in extents]
    words = ["outline of LI", "given shape", "given shape", "shape of area.gpkg"]
    assert [layer.extent_source for layer in layers] == [*words, words[-1]]
    assert all(layer.extent.symmetric_difference(box).area < 1e-6 for layer in layers[1:])


def test_extent_in_another_crs_or_none_is_refused(table):
    with pytest.raises(MissingCRSError):
        read_layer(
            table, kind="hospital", extent=gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 1, 1)])
        )
    with pytest.raises(SourceUnavailableError):
        read_layer(table, kind="hospital", extent="no-such-file.gpkg")


def test_layer_without_places_warns_and_keeps_its_kind(tmp_path):
    path = tmp_path / "none.geojson"
    path.write_text('{"type": "FeatureCollection", "features": []}', encoding="utf-8")
    with pytest.warns(PartialCoverageWarning, match="holds no place of the kinds school"):
        layer = read_layer(path, kind="school")
    PLACES.validate(layer.frame)
    assert layer.kinds == ("school",)


@pytest.mark.parametrize("address", ["https://example.com/a.gpkg", "/vsicurl/https://x/a.gpkg"])
def test_address_of_the_network_is_refused(address):
    with pytest.raises(OfflineError, match="fetch the file first"):
        read_layer(address, kind="school")


def test_extract_brings_box_licence_and_date(shared_data):
    layer = read_layer(shared_data / "osm" / "liechtenstein-2015.osm.pbf")
    assert layer.extent.bounds == pytest.approx((9.471078, 47.04774, 9.636217, 47.27128))
    assert layer.provenance.licence == "ODbL 1.0"
    assert layer.provenance.vintage == "2015-07-27"
    assert set(layer.frame["vintage"]) == {"2015-07-27"}
    assert "clinic" in layer.kinds
    assert "OpenStreetMap contributors" in layer.summary()


def test_places_written_as_geoparquet_are_read_back(shared_data, tmp_path):
    layer = read_layer(shared_data / "osm" / "liechtenstein-2015.osm.pbf")
    path = tmp_path / "town.parquet"
    layer.frame.to_parquet(path)
    again = read_layer(path).frame
    assert again.drop(columns="source").equals(layer.frame.drop(columns="source"))


def test_extract_takes_kinds_but_no_columns(shared_data):
    path = shared_data / "osm" / "liechtenstein-2015.osm.pbf"
    assert read_layer(path, kind="school").kinds == ("school",)
    assert read_layer(path, kind=["school", "hospital"], extent="LI").kind_counts == {
        "hospital": 1,
        "school": 19,
    }
    for options in ({"where": "a = 1"}, {"columns": {"name": "x"}}, {"kind": {"a": "school"}}):
        with pytest.raises(ConfigError, match="extract"):
            read_layer(path, **options)


def test_closed_hospitals_of_the_united_states_are_counted(shared_data):
    layer = read_layer(
        shared_data / "layers" / "us-hospitals-hifld-2022.csv",
        kind="hospital",
        where="STATUS = 'OPEN'",
        columns={"capacity": "BEDS", "vintage": "SOURCEDATE", "operator": "OWNER"},
    )
    assert layer.counts["read"] == 8013
    assert layer.counts["dropped_where"] == 379
    assert layer.counts["places"] + layer.counts["joined"] == 7634
    assert layer.frame["capacity"].min() > 0
    assert layer.frame["capacity"].isna().sum() + layer.counts["joined"] >= 300
    assert layer.provenance.vintage[:4] == "2022"


def test_web_mercator_columns_of_the_older_file_are_passed_over(shared_data):
    path = shared_data / "layers" / "us-hospitals-hifld-2020.csv"
    layer = read_layer(path, kind="hospital")
    assert layer.columns["longitude"] == "LONGITUDE"
    assert layer.counts["dropped_closed"] == 319


def test_data_centres_as_points_and_footprints_join(shared_data):
    layer = read_layer(
        shared_data / "layers" / "us-datacentres-im3-footprints.geojson", kind="data_centre"
    )
    assert layer.counts["read"] == 1233
    assert {"Point", "Polygon"} <= set(layer.frame.geom_type)
    parts = layer.frame["parts"].str.split("; ").str.len().sum()
    assert parts == layer.counts["joined"] > 100


def test_japanese_clinics_are_told_from_hospitals(shared_data):
    layer = read_layer(
        shared_data / "layers" / "jp-takamatsu-hospitals.csv",
        kind={"病院": "hospital", "有床診療所": "clinic", "無床診療所": "clinic"},
        columns={"kind": "alternativeName", "capacity": "numberOfBeds"},
    )
    assert layer.kind_counts == {"clinic": 364, "hospital": 33}
    assert layer.counts["dropped_other_kind"] == 231
    assert layer.counts["dropped_no_geometry"] == 1
