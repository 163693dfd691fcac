"""Measures of sensitive places around sites: each takes frames and gives named columns.

Every measure stands on the index of the sites, in their order; a site without a point has
missing results. Distances are geodesic metres to 1 cm, chances have 6 decimals.
"""

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from recallgeo.errors import SchemaError
from recallgeo.exposure.chances import Within, chances_around
from recallgeo.exposure.doubt import Doubt
from recallgeo.exposure.place_index import SEARCH_LIMIT_M, TIE_M, PlaceIndex
from recallgeo.geodesy import lonlat, require_wgs84

__all__ = [
    "DEFAULT_FOOTPRINT_M",
    "chance_on_site",
    "chances_within",
    "check_radii",
    "count_places_within",
    "measure_chances",
    "measure_counts",
    "nearest_places",
    "on_grounds",
]

Floats = npt.NDArray[np.float64]

DEFAULT_FOOTPRINT_M = 50.0
"""Radius of the grounds assumed around a place that is known as a point only (judgement)."""


def check_radii(radii_m: Sequence[float]) -> tuple[int, ...]:
    """Give radii as whole metres, once each, from the nearest.

    Parameters
    ----------
    radii_m : sequence of float
        More than 0, whole.

    Raises
    ------
    SchemaError
        If a radius is no whole number of metres above 0.

    Examples
    --------
    >>> check_radii([250, 50, 50])
    (50, 250)
    """
    wrong = [r for r in radii_m if not (np.isfinite(r) and r > 0 and float(r).is_integer())]
    if wrong:
        message = f"radii_m holds {wrong[0]!r}; expected whole metres, more than 0"
        raise SchemaError(message)
    return tuple(sorted({int(radius) for radius in radii_m}))


def _positions(sites: gpd.GeoDataFrame | gpd.GeoSeries) -> tuple[Floats, Floats, npt.NDArray]:
    """Give the longitude and latitude of the sites that have a point on Earth, and their rows."""
    require_wgs84(sites)
    lon, lat = lonlat(sites.geometry)
    wild = (np.abs(lat) > 90) | np.isinf(lon) | np.isinf(lat)  # noqa: PLR2004  # the pole
    if wild.any():
        at = f"{sites.index[wild][0]!r} at latitude {lat[wild][0]}"
        message = f"site {at} is not on Earth; expected degrees, latitude -90 to 90"
        raise SchemaError(message)
    rows = np.flatnonzero(~(np.isnan(lon) | np.isnan(lat)))
    return lon[rows], lat[rows], rows


def _spread(values: npt.ArrayLike, rows: npt.NDArray, index: pd.Index) -> Floats:
    full = np.full(len(index), np.nan)
    full[rows] = values
    return full


def nearest_places(
    sites: gpd.GeoDataFrame | gpd.GeoSeries,
    places: gpd.GeoDataFrame | PlaceIndex,
    *,
    limit_m: float = SEARCH_LIMIT_M,
) -> pd.DataFrame:
    """Find the nearest sensitive place to each site.

    Parameters
    ----------
    sites : GeoDataFrame or GeoSeries
        Points, WGS84.
    places : GeoDataFrame or PlaceIndex
        Points and polygons, WGS84; a polygon is 0 m away from a site on its grounds.
    limit_m : float
        Beyond it there is no nearest, metres.

    Returns
    -------
    DataFrame
        On the index of `sites`: ``nearest_m``, ``nearest_id`` (of equally near ones the smallest)
        and ``nearest_name``; missing where nothing lies within the limit.

    Raises
    ------
    MissingCRSError, GeographicCRSError
        If a frame is not in WGS84.
    SchemaError
        If a latitude is out of range.

    Examples
    --------
    >>> depots = gpd.GeoSeries.from_xy([0.0, 9.0], [0.0, 0.0], crs=4326).to_frame("geometry")
    >>> schools = gpd.GeoSeries.from_xy([0.001, 0.004], [0.0, 0.0], crs=4326).to_frame("geometry")
    >>> nearest_places(depots, schools)["nearest_m"].tolist()
    [111.32, nan]
    """
    places = places if isinstance(places, PlaceIndex) else PlaceIndex(places)
    lon, lat, rows = _positions(sites)
    away, place = places.nearest(lon, lat, limit_m=limit_m)
    table = pd.DataFrame({"nearest_m": _spread(away, rows, sites.index)}, index=sites.index)
    found = place >= 0
    for column, texts in (("nearest_id", places.ids), ("nearest_name", places.names)):
        full = np.full(len(sites), np.nan, dtype=object)
        full[rows[found]] = texts.to_numpy(dtype=object)[place[found]]
        table[column] = pd.Series(full, index=sites.index, dtype="str")
    return table


def measure_counts(
    index: PlaceIndex, lon: Floats, lat: Floats, *, radii_m: Sequence[float]
) -> Floats:
    """Count places within several radii in one search.

    Parameters
    ----------
    index : PlaceIndex
        The places.
    lon, lat : float64 arrays
        Degrees, none missing.
    radii_m : sequence of float
        Metres, boundary included.

    Returns
    -------
    float64 array, shape (positions, radii)
        Counts.
    """
    counts = np.zeros((len(lon), len(radii_m)))
    if not len(radii_m) or not len(index):
        return counts
    reach = np.full(len(lon), max(radii_m) + TIE_M)
    for rows, pairs in index.blocks(lon, lat, reach_m=reach):
        for column, radius in enumerate(radii_m):
            near = pairs.site[pairs.distance_m <= radius]
            counts[rows, column] = np.bincount(near, minlength=len(rows))
    return counts


def count_places_within(
    sites: gpd.GeoDataFrame | gpd.GeoSeries,
    places: gpd.GeoDataFrame | PlaceIndex,
    *,
    radius_m: float,
) -> pd.Series:
    """Count the sensitive places within a geodesic radius of each site.

    Parameters
    ----------
    sites : GeoDataFrame or GeoSeries
        Points, WGS84.
    places : GeoDataFrame or PlaceIndex
        Points and polygons, WGS84; a polygon counts when any part is within.
    radius_m : float
        Whole metres along the ellipsoid, boundary included.

    Returns
    -------
    Series of Int64, named ``count_<radius>``
        On the index of `sites`; 0 where nothing is near, missing where a site has no point.

    Raises
    ------
    MissingCRSError, GeographicCRSError
        If a frame is not in WGS84.
    SchemaError
        If the radius is no whole number above 0, or a latitude is out of range.

    Examples
    --------
    >>> depots = gpd.GeoSeries.from_xy([0.0, 1.0], [0.0, 0.0], crs=4326).to_frame("geometry")
    >>> schools = gpd.GeoSeries.from_xy([0.001, 0.004], [0.0, 0.0], crs=4326).to_frame("geometry")
    >>> count_places_within(depots, schools, radius_m=400).tolist()
    [1, 0]
    """
    radii = check_radii([radius_m])
    places = places if isinstance(places, PlaceIndex) else PlaceIndex(places)
    lon, lat, rows = _positions(sites)
    counts = measure_counts(places, lon, lat, radii_m=radii)[:, 0]
    full = pd.Series(_spread(counts, rows, sites.index), sites.index, name=f"count_{radii[0]}")
    return full.astype("Int64")


def on_grounds(
    sites: gpd.GeoDataFrame | gpd.GeoSeries, places: gpd.GeoDataFrame | PlaceIndex
) -> pd.Series:
    """Say which sites stand, as placed, on the grounds of a sensitive place.

    Parameters
    ----------
    sites : GeoDataFrame or GeoSeries
        Points, WGS84.
    places : GeoDataFrame or PlaceIndex
        Points and polygons, WGS84; only polygons have grounds that are known.

    Returns
    -------
    Series of boolean, named ``on_grounds``
        On the index of `sites`; missing where a site has no point.

    Examples
    --------
    >>> import shapely
    >>> depots = gpd.GeoSeries.from_xy([0.0, 1.0], [0.0, 0.0], crs=4326)
    >>> campus = gpd.GeoDataFrame(geometry=[shapely.box(-1e-3, -1e-3, 1e-3, 1e-3)], crs=4326)
    >>> on_grounds(depots, campus).tolist()
    [True, False]
    """
    places = places if isinstance(places, PlaceIndex) else PlaceIndex(places)
    lon, lat, rows = _positions(sites)
    site, shape, _ = places.outlines.candidates(lon, lat, reach_m=np.zeros(len(lon)))
    away = places.outlines.distance_m(lon[site], lat[site], shape)
    inside = np.bincount(site[away == 0], minlength=len(lon)) > 0
    full = pd.Series(_spread(inside, rows, sites.index), sites.index, name="on_grounds")
    return full.astype("boolean")


def measure_chances(
    index: PlaceIndex,
    lon: Floats,
    lat: Floats,
    doubt: Doubt,
    *,
    questions: Sequence[Within],
) -> tuple[Floats, Floats]:
    """Give chances and expected counts for several questions in one search.

    Parameters
    ----------
    index : PlaceIndex
        The places.
    lon, lat : float64 arrays
        Degrees, none missing.
    doubt : Doubt
        Place errors, one row a position.
    questions : sequence of Within
        Radii for points and polygons.

    Returns
    -------
    any_prob, expected : float64 arrays, shape (positions, questions)
        Probability of at least one place, and the expected number.
    """
    shape = (len(lon), len(questions))
    any_prob, expected = np.zeros(shape), np.zeros(shape)
    if not len(index) or not questions:
        return any_prob, expected
    widest = max(max(question.point_m, question.shape_m) for question in questions)
    certain = doubt.widest_m == 0
    reach = doubt.reach_m + widest + TIE_M
    for rows, pairs in index.blocks(lon, lat, reach_m=reach, exact=certain):
        for column, question in enumerate(questions):
            at = (lon[rows], lat[rows])
            found = chances_around(index, at, pairs, doubt.take(rows), question)
            any_prob[rows, column] = found.any_prob
            expected[rows, column] = found.expected
    return any_prob, expected


def chance_on_site(
    sites: gpd.GeoDataFrame,
    places: gpd.GeoDataFrame | PlaceIndex,
    *,
    footprint_m: float = DEFAULT_FOOTPRINT_M,
) -> pd.Series:
    """Give the chance that each site stands on the grounds of a sensitive place.

    Parameters
    ----------
    sites : GeoDataFrame
        SITES or any frame of points with ``match_level`` and ``uncertainty_m``, WGS84.
    places : GeoDataFrame or PlaceIndex
        Points and polygons, WGS84.
    footprint_m : float
        Radius of the grounds assumed around a place known as a point only.

    Returns
    -------
    Series of float64, named ``on_site_prob``
        On the index of `sites`; missing where a site has no point.

    Examples
    --------
    >>> sites = gpd.GeoDataFrame({"match_level": ["supplied"], "uncertainty_m": [0.0]},
    ...                          geometry=gpd.GeoSeries.from_xy([0.0], [0.0]), crs=4326)
    >>> chance_on_site(sites, sites.geometry.to_frame("geometry")).tolist()
    [1.0]
    """
    question = Within(point_m=footprint_m, shape_m=0.0)
    return _one_question(sites, places, question)["any_prob"].rename("on_site_prob")


def chances_within(
    sites: gpd.GeoDataFrame, places: gpd.GeoDataFrame | PlaceIndex, *, radius_m: float
) -> pd.DataFrame:
    """Give the chance and the expected number of sensitive places within a radius.

    Parameters
    ----------
    sites : GeoDataFrame
        SITES or any frame of points with ``match_level`` and ``uncertainty_m``, WGS84.
    places : GeoDataFrame or PlaceIndex
        Points and polygons, WGS84.
    radius_m : float
        Whole metres along the ellipsoid.

    Returns
    -------
    DataFrame
        On the index of `sites`: ``within_<radius>_prob`` and ``expected_<radius>``; missing where
        a site has no point. Good to 0.002 (``tests/exposure/test_chances.py``).

    Examples
    --------
    >>> sites = gpd.GeoDataFrame({"match_level": ["supplied"], "uncertainty_m": [244.8]},
    ...                          geometry=gpd.GeoSeries.from_xy([0.0], [0.0]), crs=4326)
    >>> school = sites.geometry.to_frame("geometry")
    >>> chances_within(sites, school, radius_m=100)["within_100_prob"].round(2).tolist()
    [0.39]
    """
    radius = check_radii([radius_m])[0]
    table = _one_question(sites, places, Within(point_m=radius, shape_m=radius))
    return table.set_axis([f"within_{radius}_prob", f"expected_{radius}"], axis=1)


def _one_question(
    sites: gpd.GeoDataFrame, places: gpd.GeoDataFrame | PlaceIndex, question: Within
) -> pd.DataFrame:
    places = places if isinstance(places, PlaceIndex) else PlaceIndex(places)
    lon, lat, rows = _positions(sites)
    doubt = Doubt.of(sites["match_level"], sites["uncertainty_m"]).take(rows)
    found = measure_chances(places, lon, lat, doubt, questions=[question])
    columns = {
        name: _spread(values[:, 0], rows, sites.index)
        for name, values in zip(("any_prob", "expected"), found, strict=True)
    }
    return pd.DataFrame(columns, index=sites.index)
