"""A small ranking, by hand."""

from collections.abc import Callable

import geopandas as gpd
import pandas as pd
import pytest

from recallgeo.frames import LOCATED, RANKED


def make_ranked(**columns: list[object]) -> gpd.GeoDataFrame:
    """RANKED with one point a site along the equator; columns given replace the defaults."""
    count = len(next(iter(columns.values()))) if columns else 4
    table = {
        "name": [f"Customer {n}" for n in range(count)],
        "affected_units": [1] * count,
        "check_units": [0] * count,
        "tier": [0, 1, 2, 3][:count],
        "tier_worst": [0, 1, 2, 3][:count],
        "score": [0.9, 0.8, 0.7, 0.6][:count],
        "contact_route": ["direct"] * count,
        "reason": ["because"] * count,
    }
    table |= columns
    index = pd.Index([f"s{n}" for n in range(count)], name="site_id")
    points = gpd.GeoSeries.from_xy(range(count), [0.0] * count, index=index, crs=4326)
    frame = pd.DataFrame(table, index=index)
    if "geometry" not in columns:
        frame["geometry"] = points
    return gpd.GeoDataFrame(RANKED.conform(gpd.GeoDataFrame(frame, geometry="geometry", crs=4326)))


def make_units(**columns: list[object]) -> gpd.GeoDataFrame:
    """LOCATED units with site_id and site_cause."""
    count = len(next(iter(columns.values())))
    table = {
        "source_file": ["register.csv"] * count,
        "source_row": range(2, count + 2),
        "verdict": ["affected"] * count,
        "verdict_reason": ["scope a, rule 1"] * count,
        "geocode_status": ["matched"] * count,
        "site_id": [pd.NA] * count,
        "site_cause": ["placed"] * count,
    }
    table |= columns
    index = pd.Index([f"u{n}" for n in range(count)], name="asset_id")
    return gpd.GeoDataFrame(LOCATED.conform(pd.DataFrame(table, index=index)))


@pytest.fixture
def ranked() -> Callable[..., gpd.GeoDataFrame]:
    return make_ranked


@pytest.fixture
def units() -> Callable[..., gpd.GeoDataFrame]:
    return make_units
