"""The coarse default population surface holds the people of the world, and about where they are."""

import numpy as np
import pytest
import rasterio
from scipy.stats import spearmanr

from recallgeo.reference import (
    countries,
    default_population_coding,
    default_population_path,
    places,
)

EARTH_KM = 6371.0072  # radius of the sphere of the same area


@pytest.fixture(scope="module")
def density():
    """Persons per square kilometre of the full cell."""
    a, b = default_population_coding()
    with rasterio.open(default_population_path()) as raster:
        codes = raster.read(1)
        assert raster.nodata == 255
    return np.where(codes == 0, 0.0, a * np.exp(b * codes.astype("float32")))


def cell_area_km2():
    edges = np.radians(85 - np.arange(3601) / 24)
    return np.radians(1 / 24) * -np.diff(np.sin(edges)) * EARTH_KM**2


def cells(lon, lat, per_degree, north):
    row = ((north - lat) * per_degree).astype(int)
    return row, ((lon + 180) * per_degree).astype(int) % (360 * per_degree)


def test_the_grid_is_as_the_docstring_says():
    with rasterio.open(default_population_path()) as raster:
        assert raster.shape == (3600, 8640)
        assert raster.crs.to_epsg() == 4326
        assert raster.bounds == pytest.approx((-180, -65, 180, 85))
        assert raster.dtypes == ("uint8",)
        assert "square kilometre" in raster.tags()["unit"]


def test_the_code_goes_from_a_twentieth_to_eighty_thousand():
    a, b = default_population_coding()
    assert a * np.exp(b) == pytest.approx(0.05)
    assert a * np.exp(b * 254) == pytest.approx(80_000)


def test_the_people_of_all_countries_are_there(density):
    people = (density.sum(axis=1) * cell_area_km2()).sum()
    assert people == pytest.approx(countries()["population"].sum(), rel=0.01)


def test_the_open_sea_is_empty(density):
    row, column = cells(np.array([-30.0, -140.0]), np.array([30.0, -40.0]), 24, 85)
    assert density[row, column].tolist() == [0.0, 0.0]


def test_large_cities_stand_out(density):
    cities = places().query("population > 1_000_000 and latitude > -60")
    row, column = cells(cities["longitude"].to_numpy(), cities["latitude"].to_numpy(), 24, 85)
    assert np.median(density[row, column]) > 2000
    assert (density[row, column] > 100).mean() > 0.99


def test_it_agrees_with_a_census_grid_at_cities(density, shared_data):
    with rasterio.open(shared_data / "population/world-gpwv4-density-2020-15min.tif") as raster:
        truth = raster.read(1, masked=True).filled(np.nan)
    coarse = density.reshape(600, 6, 1440, 6).mean(axis=(1, 3))
    cities = places().query("population >= 15000 and -64 < latitude < 84")
    lon, lat = cities["longitude"].to_numpy(), cities["latitude"].to_numpy()
    ours, theirs = coarse[cells(lon, lat, 4, 85)], truth[cells(lon, lat, 4, 90)]
    known = np.isfinite(theirs) & (theirs > 0)
    assert spearmanr(ours[known], theirs[known])[0] > 0.9
