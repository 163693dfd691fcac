"""Contracts of tables."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from recallgeo.errors import GeographicCRSError, MissingCRSError, SchemaError
from recallgeo.frames import ALL_SCHEMAS, ASSETS, EXPOSED, LOCATED, MATCH_LEVELS, PLANNED, SITES
from recallgeo.schema import Column, FrameSchema, join_list, split_list

UNITS = FrameSchema(
    name="units",
    index="unit_id",
    columns=(
        Column("model", "text", "model", nullable=False, choices=("A", "B")),
        Column("height_m", "float64", "height", unit="m"),
    ),
)


def units(**columns: object) -> pd.DataFrame:
    return pd.DataFrame(columns, index=pd.Index(["u1", "u2"], name="unit_id"))


@pytest.mark.parametrize("schema", ALL_SCHEMAS, ids=lambda schema: schema.name)
def test_empty_frame_of_every_contract_is_valid(schema):
    schema.validate(schema.empty())


@pytest.mark.parametrize("schema", ALL_SCHEMAS, ids=lambda schema: schema.name)
def test_every_column_of_every_contract_says_what_it_means(schema):
    assert all(column.doc for column in schema.columns)
    assert len({column.name for column in schema.columns}) == len(schema.columns)


def test_every_breach_is_listed_at_once():
    frame = units(model=["A", "C"]).rename_axis("id")
    with pytest.raises(SchemaError) as raised:
        UNITS.validate(frame)
    text = str(raised.value)
    assert "index must be named 'unit_id', not 'id'" in text
    assert "'C'; expected: A, B" in text
    assert "column 'height_m' is missing" in text


def test_infinite_value_breaks_the_contract():
    with pytest.raises(SchemaError, match="infinite"):
        UNITS.validate(units(model=["A", "B"], height_m=[1.0, np.inf]))


def test_double_label_breaks_the_contract():
    frame = units(model=["A", "B"], height_m=[1.0, 2.0])
    frame.index = pd.Index(["u1", "u1"], name="unit_id")
    with pytest.raises(SchemaError, match="1 labels more than once: 'u1'"):
        UNITS.validate(frame)


def test_missing_value_breaks_only_a_column_that_may_not_miss():
    UNITS.validate(units(model=["A", "B"], height_m=[np.nan, 2.0]))
    with pytest.raises(SchemaError, match="1 missing"):
        UNITS.validate(units(model=["A", None], height_m=[np.nan, 2.0]))


def test_frame_without_crs_is_refused():
    frame = SITES.empty()
    frame = gpd.GeoDataFrame(
        pd.DataFrame(frame.drop(columns="geometry")), geometry=gpd.GeoSeries([], index=frame.index)
    )
    with pytest.raises(MissingCRSError):
        SITES.validate(frame)


def test_projected_frame_is_refused():
    with pytest.raises(GeographicCRSError, match="to_crs"):
        SITES.validate(SITES.empty().to_crs(3857))


def test_conform_adds_what_is_missing_and_keeps_extra_columns():
    frame = pd.DataFrame({"x_colour": ["red"], "serial": ["007"]}, index=pd.Index(["a"]))
    table = ASSETS.conform(frame)
    assert table.index.name == "asset_id"
    assert table.loc["a", "serial"] == "007"
    assert table.loc["a", "x_colour"] == "red"
    assert table["quantity"].isna().all()
    assert list(table.columns[: len(ASSETS.names)]) == ASSETS.names


def test_conform_does_not_alter_its_input():
    frame = pd.DataFrame({"serial": ["007"]}, index=pd.Index(["a"]))
    before = frame.copy()
    ASSETS.conform(frame)
    pd.testing.assert_frame_equal(frame, before)


def test_conform_refuses_a_value_that_does_not_fit():
    with pytest.raises(SchemaError, match="quantity"):
        ASSETS.conform(pd.DataFrame({"quantity": ["many"]}, index=pd.Index(["a"])))


def test_pattern_column_is_found_by_its_name():
    column = EXPOSED.column("care_home_count_250")
    assert column is not None
    assert column.name == "{kind}_count_{radius}"
    assert EXPOSED.column("care_home_size") is None


def test_each_stage_extends_the_one_before():
    assert LOCATED.names[: len(ASSETS.names)] == ASSETS.names
    assert PLANNED.names[: len(SITES.names)] == SITES.names
    assert PLANNED.geometry


def test_match_levels_run_from_fine_to_coarse():
    assert MATCH_LEVELS[0] == "supplied"
    assert MATCH_LEVELS[-1] == "country"


def test_list_text_is_read_as_it_was_written():
    assert split_list(join_list(["A/S Nord", "B"])) == ["A/S Nord", "B"]
    assert split_list(join_list(["one; two"])) == ["one, two"]
    assert split_list(np.nan) == []
