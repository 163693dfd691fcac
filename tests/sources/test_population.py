"""Population files: real ones, and bad ones."""

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from rasterio.transform import from_origin

from recallgeo.errors import (
    ConfigError,
    MissingCRSError,
    SourceFormatError,
    SourceUnavailableError,
)
from recallgeo.sources.population import default_population, read_population


def write_raster(path, cells, *, crs="EPSG:4326", nodata=None, tags=None):
    cells = np.asarray(cells)
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        height=cells.shape[0],
        width=cells.shape[1],
        count=1,
        dtype=cells.dtype,
        crs=crs,
        nodata=nodata,
        transform=from_origin(0.0, 1.0, 0.5, 0.5),
    ) as raster:
        raster.write(cells, 1)
        raster.update_tags(**(tags or {}))
    return path


def test_gpw_of_liechtenstein_gives_its_people(shared_data):
    path = shared_data / "population" / "swiss-liechtenstein-gpwv4-density.tif"
    people = read_population(path, values="density_land")
    vaduz = gpd.GeoSeries.from_xy([9.5209], [47.1410], crs=4326)
    # the square cell of the file that holds the point, read by hand
    with rasterio.open(path) as raster:
        cell = next(raster.sample([(9.5209, 47.1410)]))[0]
    assert people.density_at(vaduz).tolist() == pytest.approx([float(cell)])
    assert 800 < people.people_within(vaduz, radius_m=1000).iloc[0] < 10_000
    assert people.people_within(vaduz, radius_m=250).isna().tolist() == [True]
    assert "per km2 of land" in people.source_text
    assert len(people.provenance.sha256) == 64


def test_gpw_of_the_world_holds_no_people_at_sea(shared_data):
    path = shared_data / "population" / "world-gpwv4-density-2020-15min.tif"
    people = read_population(path, values="density_land")
    points = gpd.GeoSeries.from_xy([-30.0, 2.35, 179.99], [0.0, 48.86, -16.6], crs=4326)
    table = people.measure_within(points, radius_m=50_000)
    assert table["people"].isna().tolist() == [True, False, False]
    assert 8e6 < table["people"].iloc[1] < 14e6


def test_helsinki_polygons_sum_to_their_counts(shared_data):
    path = shared_data / "population" / "helsinki-grid-2020.gpkg"
    people = read_population(path, values="count")
    centre = gpd.GeoSeries.from_xy([24.935], [60.166], crs=4326)
    table = people.measure_within(centre, radius_m=5000)
    assert table["people"].tolist() == pytest.approx([71_724], rel=1e-6)
    assert table["known_share"].iloc[0] < 0.1


def test_nodata_of_the_file_is_unknown(tmp_path):
    cells = np.array([[5, 255], [0, 7]], dtype=np.uint8)
    people = read_population(write_raster(tmp_path / "a.tif", cells, nodata=255), values="density")
    points = gpd.GeoSeries.from_xy([0.25, 0.75, 0.25], [0.75, 0.75, 0.25], crs=4326)
    density = people.density_at(points)
    assert density.isna().tolist() == [False, True, False]
    assert density.dropna().tolist() == [5.0, 0.0]


def test_a_raster_without_crs_is_refused(tmp_path):
    path = write_raster(tmp_path / "a.tif", np.ones((2, 2)), crs=None)
    with pytest.raises(MissingCRSError, match=r"a\.tif states no CRS"):
        read_population(path, values="count")


def test_files_that_are_not_what_they_claim_are_named(tmp_path):
    with pytest.raises(SourceUnavailableError, match=r"none\.tif"):
        read_population(tmp_path / "none.tif", values="count")
    for name in ("broken.tif", "broken.gpkg", "broken.parquet"):
        (tmp_path / name).write_bytes(b"II*\x00 no file")
        with pytest.raises(SourceFormatError, match="broken"):
            read_population(tmp_path / name, values="count")


def test_polygons_need_counts_in_a_known_column(tmp_path):
    frame = gpd.GeoDataFrame(
        {"inhabitants": [5], "label": ["x"]}, geometry=[shapely.box(0, 0, 1, 1)], crs=4326
    )
    path = tmp_path / "zones.gpkg"
    frame.to_file(path)
    with pytest.raises(SourceFormatError, match="known names"):
        read_population(path, values="count")
    with pytest.raises(SourceFormatError, match="did you mean 'inhabitants'"):
        read_population(path, values="count", column="inhabitant")
    with pytest.raises(SourceFormatError, match="no numbers"):
        read_population(path, values="count", column="label")
    with pytest.raises(SourceFormatError, match="expected 'count'"):
        read_population(path, values="density", column="inhabitants")
    people = read_population(path, values="count", column="inhabitants", when="day")
    assert people.column(100) == "people_day_100"


def test_polygons_in_another_crs_are_brought_to_wgs84(tmp_path):
    frame = gpd.GeoDataFrame(
        {"people": [100]}, geometry=[shapely.box(5e5, 5e6, 5.01e5, 5.001e6)], crs=32632
    )
    path = tmp_path / "zones.geojson.parquet"
    frame.to_parquet(path)
    people = read_population(path, values="count")
    assert people.cell_m == pytest.approx(1000, rel=1e-3)


def test_values_are_stated_never_guessed(tmp_path):
    path = write_raster(tmp_path / "a.tif", np.ones((2, 2)))
    with pytest.raises(ConfigError, match="did you mean 'density'"):
        read_population(path, values="densty")


def test_the_default_surface_decodes_and_calls_itself_coarse(tmp_path, monkeypatch):
    codes = np.array([[0, 10], [255, 254]], dtype=np.uint8)
    path = write_raster(tmp_path / "c.tif", codes, tags={"scale_a": "0.5", "scale_b": "0.05"})
    monkeypatch.setattr("recallgeo.reference.default_population_path", lambda: path)
    people = default_population()
    points = gpd.GeoSeries.from_xy([0.25, 0.75, 0.25], [0.75, 0.75, 0.25], crs=4326)
    density = people.density_at(points)
    assert density.isna().tolist() == [False, False, True]
    assert density.dropna().tolist() == pytest.approx([0.0, 0.5 * np.exp(0.5)])
    assert people.coarse_default
    assert people.source_text.startswith("coarse default")
    damaged = write_raster(tmp_path / "d.tif", codes)
    monkeypatch.setattr("recallgeo.reference.default_population_path", lambda: damaged)
    with pytest.raises(SourceFormatError, match="scale_a"):
        default_population()
