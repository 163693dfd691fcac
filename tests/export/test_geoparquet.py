"""GeoParquet 1.1 with covering, in the same bytes."""

import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal

from recallgeo.errors import MissingCRSError
from recallgeo.export.geoparquet import ROW_GROUP, write_geoparquet, write_parquet
from recallgeo.frames import PLANNED


def make_frame(shapes):
    count = len(shapes)
    columns = {
        "rank": pd.array([*range(count - 1), None] if count else [], "Int64"),
        "name": pd.array(["ä"] * count, "str"),
        "score": np.linspace(0, 1, count),
    }
    index = pd.Index([f"s{n}" for n in range(count)], name="site_id", dtype="str")
    return gpd.GeoDataFrame(columns, geometry=list(shapes), index=index, crs=4326)


@pytest.mark.parametrize(
    "shapes",
    [
        [shapely.Point(1, 2), None, shapely.Point(-179.5, 88)],
        [shapely.box(0, 0, 1, 1), shapely.Point(0, 0)],
        [shapely.Point(1, 2, 3)],
        [],
        [None],
    ],
    ids=["points", "mixed", "with height", "empty", "nowhere"],
)
def test_what_is_written_reads_back(tmp_path, shapes):
    frame = make_frame(shapes)
    write_geoparquet(frame, tmp_path / "t.parquet")
    assert_geodataframe_equal(gpd.read_parquet(tmp_path / "t.parquet"), frame)


def test_bounding_boxes_let_a_reader_take_a_part(tmp_path):
    frame = make_frame([shapely.Point(n, 0) for n in range(10)])
    write_geoparquet(frame, tmp_path / "t.parquet")
    part = gpd.read_parquet(tmp_path / "t.parquet", bbox=(2.5, -1, 4.5, 1))
    assert part.index.tolist() == ["s3", "s4"]


def test_metadata_says_version_types_and_covering(tmp_path):
    write_geoparquet(make_frame([shapely.Point(1, 2)]), tmp_path / "t.parquet")
    schema = pq.read_schema(tmp_path / "t.parquet")
    geo = json.loads(schema.metadata[b"geo"])
    column = geo["columns"]["geometry"]
    assert (geo["version"], column["encoding"], column["geometry_types"]) == (
        "1.1.0",
        "WKB",
        ["Point"],
    )
    assert column["covering"]["bbox"]["xmin"] == ["bbox", "xmin"]
    assert column["bbox"] == [1.0, 2.0, 1.0, 2.0]


def test_fields_carry_their_meaning_and_unit(tmp_path):
    frame = make_frame([shapely.Point(1, 2)])
    write_geoparquet(frame, tmp_path / "t.parquet", schema=PLANNED)
    field = pq.read_schema(tmp_path / "t.parquet").field("score")
    assert field.metadata == {b"description": b"score within the tier", b"unit": b"0 to 1"}


def test_row_groups_are_of_fixed_length(tmp_path):
    write_parquet(pd.DataFrame({"a": np.arange(ROW_GROUP + 1)}), tmp_path / "t.parquet")
    file = pq.ParquetFile(tmp_path / "t.parquet")
    assert [file.metadata.row_group(n).num_rows for n in range(2)] == [ROW_GROUP, 1]


def test_two_writes_give_the_same_bytes(tmp_path):
    frame = make_frame([shapely.Point(n, n) for n in range(50)])
    write_geoparquet(frame, tmp_path / "one.parquet")
    write_geoparquet(frame, tmp_path / "two.parquet")
    assert (tmp_path / "one.parquet").read_bytes() == (tmp_path / "two.parquet").read_bytes()


def test_missing_crs_is_refused(tmp_path):
    frame = make_frame([shapely.Point(1, 2)]).set_crs(None, allow_override=True)
    with pytest.raises(MissingCRSError):
        write_geoparquet(frame, tmp_path / "t.parquet")


def test_column_of_mixed_values_becomes_text_and_missing_stays_missing(tmp_path):
    frame = pd.DataFrame({"x_note": pd.Series(["a", 3, None], dtype=object)})
    write_parquet(frame, tmp_path / "t.parquet")
    back = pd.read_parquet(tmp_path / "t.parquet")["x_note"]
    assert back.tolist()[:2] == ["a", "3"]
    assert back.isna().tolist() == [False, False, True]
    assert frame["x_note"].dtype == object
