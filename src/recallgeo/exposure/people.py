"""People around sites, as placed and with the doubt of the place inside."""

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from recallgeo.exposure.doubt import Doubt
from recallgeo.geodesy import GEOD
from recallgeo.population import Population

__all__ = ["expect_people", "measure_people"]

Floats = npt.NDArray[np.float64]

_SETTLED_SHARE = 0.25
_BLOCK = 20_000
_LEAST_KNOWN = 0.5
_WHOLE = 0.99
_ANGLES = 6
# Gauss-Laguerre nodes in (error / sigma)**2 / 2: exact for polynomials of degree 3
_RINGS, _RING_WEIGHTS = (
    (0.585786437626905, 3.414213562373095),
    (0.853553390593274, 0.146446609406726),
)


def measure_people(
    sites: gpd.GeoDataFrame, population: Population, *, radii_m: tuple[int, ...]
) -> pd.DataFrame:
    """Measure people within radii and density at each site.

    Parameters
    ----------
    sites : GeoDataFrame
        SITES or any frame of points with ``match_level`` and ``uncertainty_m``, WGS84.
    population : Population
        The people.
    radii_m : tuple of int
        Whole metres.

    Returns
    -------
    DataFrame
        On the index of `sites`, for each radius the population's column (``residents_R``, ...)
        and ``people_expected_R``, to 6 decimals; ``density_km2``; ``people_source``, which also
        says where the circle is not wholly covered.
    """
    points = gpd.GeoSeries(sites.geometry)
    columns: dict[str, pd.Series] = {}
    covered = np.ones(len(sites), dtype=bool)
    for radius in radii_m:
        table = population.measure_within(points, radius_m=radius)
        people = table["people"]
        covered &= ~(table["known_share"] < _WHOLE).to_numpy(dtype=bool)
        columns[population.column(radius)] = people.round(6)
        expected = expect_people(sites, population, people, radius_m=radius)
        columns[f"people_expected_{radius}"] = expected.round(6)
    columns["density_km2"] = population.density_at(points).round(6)
    source = np.where(
        covered, population.source_text, f"{population.source_text}; covers part of the circle"
    )
    text = pd.Series(source, index=sites.index, dtype="str")
    columns["people_source"] = text.where(points.notna())
    return pd.DataFrame(columns, index=sites.index)


def expect_people(
    sites: gpd.GeoDataFrame, population: Population, people: pd.Series, *, radius_m: float
) -> pd.Series:
    """Give the expected people within a radius of the true place.

    Parameters
    ----------
    sites : GeoDataFrame
        Points with ``match_level`` and ``uncertainty_m``, WGS84.
    population : Population
        The people.
    people : Series
        People around the points as placed: given where the 95 % radius is under a quarter of
        `radius_m` or of a cell, since such a shift changes the sum by about 1 % at most.
    radius_m : float
        Metres.

    Returns
    -------
    Series of float64, named ``people_expected_<radius>``
        Mean over 12 points of each part of the mixture (2 rings of 6), of those that are known;
        missing where less than half of the chance falls on known people.
    """
    doubt = Doubt.of(sites["match_level"], sites["uncertainty_m"])
    points = gpd.GeoSeries(sites.geometry)
    radius95 = sites["uncertainty_m"].to_numpy(dtype=float, na_value=np.nan)
    wide = np.flatnonzero(
        (radius95 > _SETTLED_SHARE * max(radius_m, population.cell_m)) & points.notna().to_numpy()
    )
    result = people.to_numpy(dtype=float, copy=True)
    for start in range(0, len(wide), _BLOCK):
        rows = wide[start : start + _BLOCK]
        some = gpd.GeoSeries(points.iloc[rows])
        result[rows] = _mean_people(some, doubt.take(rows), population, radius_m)
    return pd.Series(result, index=sites.index, name=f"people_expected_{radius_m:g}")


def _mean_people(
    points: gpd.GeoSeries, doubt: Doubt, population: Population, radius_m: float
) -> Floats:
    total, known = np.zeros(len(points)), np.zeros(len(points))
    lon, lat = points.x.to_numpy(), points.y.to_numpy()
    for part in range(doubt.weights.shape[1]):
        used = np.flatnonzero(doubt.weights[:, part] > 0)
        for ring, ring_weight in zip(_RINGS, _RING_WEIGHTS, strict=True):
            away = doubt.sigmas_m[used, part] * np.sqrt(2 * ring)
            share = doubt.weights[used, part] * ring_weight / _ANGLES
            for turn in range(_ANGLES):
                azimuth = np.full(len(used), (turn + (ring > 1) / 2) * 360.0 / _ANGLES)
                x, y, _ = GEOD.fwd(lon[used], lat[used], azimuth, away)
                moved = gpd.GeoSeries.from_xy(x, y, crs=4326)
                people = population.people_within(moved, radius_m=radius_m).to_numpy()
                there = ~np.isnan(people)
                total[used[there]] += share[there] * people[there]
                known[used[there]] += share[there]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(known >= _LEAST_KNOWN, total / known, np.nan)
