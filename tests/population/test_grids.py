"""People in disks on grids, against dense geodesic sampling and hand-made cells."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from recallgeo.errors import (
    ConfigError,
    GeographicCRSError,
    MissingCRSError,
    SchemaError,
    SourceFormatError,
)
from recallgeo.geodesy import GEOD
from recallgeo.population import ArrayReader, Grid, GridSurface, Population, Window
from recallgeo.provenance import Provenance


def grid_of(cells, transform, *, crs=4326, unit="km2"):
    cells = np.asarray(cells, dtype=float)
    return Grid(
        crs=pyproj.CRS(crs),
        transform=transform,
        shape=cells.shape,
        reader=ArrayReader(cells),
        unit=unit,
    )


def population_of(grid, **options):
    return Population(
        surface=GridSurface(grid),
        values="count" if grid.unit == "cell" else "density",
        when=options.pop("when", "resident"),
        provenance=Provenance(source="made up"),
        **options,
    )


def sampled(grid, cells, lon, lat, radius, *, size=250):
    """Mean density over nodes of equal area in the geodesic disk, times its area in km2."""
    away = radius * np.sqrt((np.arange(size) + 0.5) / size)
    turn = np.arange(size) * 360.0 / size
    azimuth, metres = (np.ravel(part) for part in np.meshgrid(turn, away))
    azimuth = azimuth + np.repeat(np.arange(size) * 0.618 * 360 / size, size)
    x, y, _ = GEOD.fwd(np.full(size**2, lon), np.full(size**2, lat), azimuth, metres)
    column, row = grid.pixel_of(np.asarray(x), np.asarray(y))
    inside = (row >= 0) & (row < grid.shape[0])
    if not grid.is_round:
        inside &= (column >= 0) & (column < grid.shape[1])
    at = np.floor(row[inside]).astype(int), np.floor(column[inside]).astype(int) % grid.shape[1]
    return np.nansum(cells[at]) / size**2 * np.pi * radius**2 / 1e6


def world(seed=0, rows=180):
    return np.random.default_rng(seed).gamma(0.5, 100.0, (rows, 2 * rows))


def test_even_density_gives_density_times_area_of_the_disk():
    everywhere = population_of(grid_of(np.full((40, 40), 100.0), (0.01, 0, 9.8, 0, -0.01, 47.2)))
    points = gpd.GeoSeries.from_xy([10.0], [47.0], crs=4326)
    table = everywhere.measure_within(points, radius_m=1000)
    assert table["people"].tolist() == pytest.approx([np.pi * 100], rel=1e-5)
    assert table["known_share"].tolist() == pytest.approx([1.0])


def test_a_cell_of_count_is_shared_by_the_area_inside():
    # one cell of 0.1 x 0.12 degrees on the equator: 11,132 m x 13,269 m of 1,000 people
    grid = grid_of([[1000.0]], (0.1, 0, 0.0, 0, -0.12, 0.06), unit="cell")
    corner = gpd.GeoSeries.from_xy([0.0], [0.0], crs=4326)
    cell_m2 = 11131.949 * 13268.914
    expected = 1000 * (np.pi * 6200**2 / 2) / cell_m2
    table = population_of(grid).measure_within(corner, radius_m=6200)
    assert table["people"].iloc[0] == pytest.approx(expected, rel=5e-4)
    assert table["known_share"].iloc[0] == pytest.approx(0.5, rel=1e-4)


@pytest.mark.parametrize("lat", [0.0, 47.0, -71.3, 86.0, 89.95, 90.0])
@pytest.mark.parametrize("lon", [12.3, 179.99, -180.0])
def test_disks_anywhere_on_the_world_follow_the_geodesic_disk(lon, lat):
    cells = world()
    grid = grid_of(cells, (1.0, 0, -180.0, 0, -1.0, 90.0))
    points = gpd.GeoSeries.from_xy([lon], [lat], crs=4326)
    found = population_of(grid).people_within(points, radius_m=150_000).iloc[0]
    assert found == pytest.approx(sampled(grid, cells, lon, lat, 150_000), rel=0.005)


@pytest.mark.parametrize(
    ("crs", "corner", "cell"),
    [("EPSG:32632", (400_000, 5_300_000), 100.0), ("ESRI:54009", (700_000, 5_600_000), 250.0)],
)
def test_projected_grids_are_not_reprojected_and_still_right(crs, corner, cell):
    cells = world(1, 200)
    grid = grid_of(cells, (cell, 0, corner[0], 0, -cell, corner[1]), crs=crs)
    middle = grid.lonlat_of(np.array([200.0]), np.array([100.0]))
    points = gpd.GeoSeries.from_xy(*middle, crs=4326)
    for radius in (cell, 10 * cell):
        found = population_of(grid).people_within(points, radius_m=radius).iloc[0]
        truth = sampled(grid, cells, *(part[0] for part in middle), radius)
        assert found == pytest.approx(truth, rel=0.005)


def test_a_flipped_grid_gives_the_same_people():
    cells = world(2)
    upright = grid_of(cells, (1.0, 0, -180.0, 0, -1.0, 90.0))
    flipped = grid_of(cells[::-1], (1.0, 0, -180.0, 0, 1.0, -90.0))
    points = gpd.GeoSeries.from_xy([10.0, -120.0], [47.0, -33.0], crs=4326)
    expected = population_of(upright).people_within(points, radius_m=200_000)
    found = population_of(flipped).people_within(points, radius_m=200_000)
    assert found.tolist() == pytest.approx(expected.tolist(), rel=1e-9)


def test_a_grid_from_0_to_360_degrees_gives_the_same_people():
    cells = world(2)
    upright = grid_of(cells, (1.0, 0, -180.0, 0, -1.0, 90.0))
    rolled = grid_of(np.roll(cells, 180, axis=1), (1.0, 0, 0.0, 0, -1.0, 90.0))
    points = gpd.GeoSeries.from_xy([0.1, -120.0, 179.9], [47.0, -33.0, -16.0], crs=4326)
    expected = population_of(upright).people_within(points, radius_m=200_000)
    found = population_of(rolled).people_within(points, radius_m=200_000)
    assert found.tolist() == pytest.approx(expected.tolist(), rel=1e-9)


def test_unknown_cells_are_unknown_and_never_counted():
    cells = np.full((3, 4), 50.0)
    cells[:, :2], cells[0, 2], cells[2, 2] = np.nan, -3.4e38, np.inf
    grid = grid_of(cells, (1.0, 0, -1.0, 0, -1.0, 1.5))
    points = gpd.GeoSeries.from_xy([0.0, 1.0, 2.5], [0.0, 0.0, 0.0], crs=4326)
    table = population_of(grid).measure_within(points, radius_m=60_000)
    assert table["people"].isna().tolist() == [True, False, False]
    assert table["known_share"].round(3).tolist()[0] == 0.0
    assert table["known_share"].iloc[1] == pytest.approx(0.5, abs=0.05)
    assert table["people"].iloc[1] == pytest.approx(
        50 * np.pi * 3600 * table["known_share"].iloc[1], rel=1e-3
    )
    assert population_of(grid).density_at(points).isna().tolist() == [True, False, False]


def test_nothing_is_given_below_half_a_cell():
    people = population_of(grid_of(np.ones((9, 9)), (0.1, 0, 0.0, 0, -0.1, 0.45)))
    points = gpd.GeoSeries.from_xy([0.45], [0.0], crs=4326)
    half = people.cell_m / 2
    assert people.people_within(points, radius_m=half * 0.99).isna().tolist() == [True]
    assert people.people_within(points, radius_m=half * 1.01).notna().tolist() == [True]


def test_density_of_counts_is_per_true_cell_area():
    grid = grid_of([[1000.0]], (0.1, 0, 0.0, 0, -0.1, 60.0), unit="cell")
    density = population_of(grid).density_at(gpd.GeoSeries.from_xy([0.05], [59.95], crs=4326))
    area = GEOD.geometry_area_perimeter(shapely.box(0, 59.9, 0.1, 60).segmentize(1e-3))[0] / 1e6
    assert density.tolist() == pytest.approx([1000 / abs(area)], rel=1e-6)


def test_cell_areas_sum_to_the_ellipsoid():
    grid = grid_of(np.ones((180, 360)), (1.0, 0, -180.0, 0, -1.0, 90.0))
    total = grid.cell_area_m2(np.arange(180)).sum() * 360
    assert total == pytest.approx(510_065_621_724_089, rel=1e-9)


def test_missing_points_are_missing_and_the_index_is_kept():
    people = population_of(grid_of(np.ones((9, 9)), (0.1, 0, 0.0, 0, -0.1, 0.45)))
    points = gpd.GeoSeries([None, shapely.Point(0.45, 0)], index=["a", "b"], crs=4326)
    within, density = people.people_within(points, radius_m=9000), people.density_at(points)
    assert within.name == "residents_9000"
    assert within.index.tolist() == ["a", "b"]
    assert within.isna().tolist() == density.isna().tolist() == [True, False]
    empty = people.people_within(points.iloc[:0], radius_m=9000)
    assert (len(empty), empty.dtype) == (0, np.float64)


def test_columns_say_whom_they_count():
    grid = grid_of(np.ones((9, 9)), (0.1, 0, 0.0, 0, -0.1, 0.45))
    names = [population_of(grid, when=when).column(250) for when in ("resident", "day", "night")]
    assert names == ["residents_250", "people_day_250", "people_night_250"]


def test_a_coarse_surface_says_so_and_gives_no_small_radius():
    grid = grid_of(np.ones((9, 9)), (0.01, 0, 0.0, 0, -0.01, 0.045))
    coarse = population_of(grid, coarse_default=True, least_radius_m=5000.0)
    points = gpd.GeoSeries.from_xy([0.045], [0.0], crs=4326)
    assert coarse.people_within(points, radius_m=4999).isna().tolist() == [True]
    assert coarse.people_within(points, radius_m=5000).notna().tolist() == [True]
    assert coarse.density_at(points).tolist() == [1.0]
    assert coarse.source_text == "coarse default (made up)"


@settings(max_examples=20, deadline=None)
@given(st.floats(-179, 179), st.floats(-89, 89), st.floats(60e3, 300e3), st.floats(1.0, 2.0))
def test_a_wider_radius_never_holds_fewer_people(lon, lat, radius, factor):
    people = population_of(grid_of(world(3), (1.0, 0, -180.0, 0, -1.0, 90.0)))
    points = gpd.GeoSeries.from_xy([lon], [lat], crs=4326)
    near = people.people_within(points, radius_m=radius).fillna(0).iloc[0]
    wide = people.people_within(points, radius_m=radius * factor).fillna(0).iloc[0]
    assert wide >= near * 0.999


def test_the_order_of_points_and_blocks_changes_nothing(monkeypatch):
    from recallgeo.population import scanline

    people = population_of(grid_of(world(4), (1.0, 0, -180.0, 0, -1.0, 90.0)))
    rng = np.random.default_rng(0)
    points = gpd.GeoSeries.from_xy(rng.uniform(-180, 180, 50), rng.uniform(-80, 80, 50), crs=4326)
    expected = people.people_within(points, radius_m=200_000)
    turned = people.people_within(points.iloc[::-1], radius_m=200_000).iloc[::-1]
    pd.testing.assert_series_equal(turned, expected, rtol=1e-12)
    for name, value in (("_TILE", 32), ("_CELLS", 500), ("_NODES", 100)):
        monkeypatch.setattr(scanline, name, value)
    small = people.people_within(points, radius_m=200_000)
    pd.testing.assert_series_equal(small, expected, rtol=1e-9)


@pytest.mark.parametrize("radius", [0, -1, np.nan, np.inf])
def test_a_radius_that_is_no_distance_is_refused(radius):
    people = population_of(grid_of(np.ones((2, 2)), (1.0, 0, 0.0, 0, -1.0, 1.0)))
    points = gpd.GeoSeries.from_xy([1.0], [0.0], crs=4326)
    with pytest.raises(SchemaError, match="radius_m"):
        people.people_within(points, radius_m=radius)


def test_bad_calls_are_refused():
    grid = grid_of(np.ones((2, 2)), (1.0, 0, 0.0, 0, -1.0, 1.0))
    people = population_of(grid)
    with pytest.raises(MissingCRSError):
        people.density_at(gpd.GeoSeries([shapely.Point(0, 0)]))
    with pytest.raises(GeographicCRSError):
        people.people_within(gpd.GeoSeries([shapely.Point(0, 0)], crs=3857), radius_m=100)
    with pytest.raises(ConfigError, match="did you mean 'night'"):
        population_of(grid, when="nigt")
    with pytest.raises(SourceFormatError, match="is empty"):
        grid_of(np.ones((2, 2)), (0.0, 0, 0.0, 0, -1.0, 1.0))


def test_a_window_beyond_the_grid_is_unknown_there():
    grid = grid_of([[1.0, 2.0]], (1.0, 0, 0.0, 0, -1.0, 1.0))
    cells = grid.read(Window(-1, 2, -1, 3))
    assert np.isnan(cells).sum() == 10
    assert cells[1].tolist()[1:3] == [1.0, 2.0]
