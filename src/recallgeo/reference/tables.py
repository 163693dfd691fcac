"""The reference tables: places, countries, regions, outlines, and the demo's places."""

from functools import cache
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from recallgeo.errors import SourceFormatError
from recallgeo.frames import PLACES
from recallgeo.reference.files import reference_path

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "countries",
    "demo_addresses",
    "demo_places",
    "demo_streets",
    "outlines",
    "places",
    "regions",
]


@cache
def places() -> pd.DataFrame:
    """Give the populated places of the world (GeoNames cities500).

    Returns
    -------
    DataFrame
        Index ``geonameid``; ``name, ascii_name, alternates`` (list), ``country`` (alpha-2),
        ``admin1`` (code of `regions`; missing where unknown), ``longitude, latitude`` (WGS84
        degrees), ``population`` (missing where the source says 0), ``time_zone``. Ordered by
        country, region and geonameid. Cached: must not be altered.

    Raises
    ------
    SourceFormatError
        If the file is missing or damaged.

    Examples
    --------
    >>> places().loc[658225, ["name", "country", "time_zone"]].tolist()
    ['Helsinki', 'FI', 'Europe/Helsinki']
    """
    return _table("places.parquet").set_index("geonameid")


@cache
def countries() -> pd.DataFrame:
    """Give the countries and territories with names in many languages.

    Returns
    -------
    DataFrame
        Index ``alpha2``; ``alpha3, numeric`` (three digits; missing for Kosovo), ``name``
        (English), ``aliases`` (list), ``languages`` (list of language codes, the most spoken
        first), ``population`` (persons, about 2018), ``area_km2``. Cached: must not be altered.

    Examples
    --------
    >>> countries().loc["FI", ["alpha3", "numeric", "name"]].tolist()
    ['FIN', '246', 'Finland']
    """
    return _table("countries.parquet").set_index("alpha2")


@cache
def regions() -> pd.DataFrame:
    """Give the first-level regions (states, provinces, ...) with their names.

    Returns
    -------
    DataFrame
        ``country`` (alpha-2), ``code`` (of GeoNames, as in `places`), ``iso`` (ISO 3166-2, such
        as ``"DE-BY"``; missing where the sources do not agree), ``name`` (English), ``aliases``
        (list: names in other languages and the letters of the ISO code). Ordered by country and
        code. Cached: must not be altered.

    Examples
    --------
    >>> table = regions()
    >>> table.loc[table["iso"] == "DE-BY", ["code", "name"]].to_numpy().tolist()
    [['02', 'Bavaria']]
    """
    return _table("regions.parquet")


@cache
def outlines() -> gpd.GeoDataFrame:
    """Give the outlines of the countries (Natural Earth, 1:50 million).

    Returns
    -------
    GeoDataFrame
        ``country`` (alpha-2; missing for ground that no code claims), ``name``, ``geometry``
        (polygons, WGS84, cut at the antimeridian). Coarse: 2.5 % of `places` lie outside every
        outline, mostly on coasts. Cached: must not be altered.

    Examples
    --------
    >>> land = outlines()
    >>> bool(land.loc[land["country"] == "GF"].covers(gpd.points_from_xy([-52.3], [4.9])[0]).all())
    True
    """
    return _layer("outlines.parquet")


@cache
def demo_addresses() -> pd.DataFrame:
    """Give the real addresses of central Helsinki that the demo uses (OpenStreetMap).

    Returns
    -------
    DataFrame
        ``street, house_number, postcode`` (missing where not mapped), ``city``, ``longitude,
        latitude`` (WGS84 degrees). Cached: must not be altered.

    Examples
    --------
    >>> demo_addresses()["city"].unique().tolist()
    ['Helsinki']
    """
    return _table("demo-addresses.parquet")


@cache
def demo_places() -> gpd.GeoDataFrame:
    """Give the sensitive places of central Helsinki that the demo uses (OpenStreetMap).

    Returns
    -------
    GeoDataFrame
        Under the contract `recallgeo.frames.PLACES`. Cached: must not be altered.

    Examples
    --------
    >>> int((demo_places()["kind"] == "school").sum())
    3
    """
    layer = PLACES.conform(_layer("demo-places.parquet"))
    return gpd.GeoDataFrame(layer)


@cache
def demo_streets() -> gpd.GeoDataFrame:
    """Give the streets and the shore of central Helsinki, as ground of the demo's map.

    Returns
    -------
    GeoDataFrame
        ``kind`` (main, street, rail or water), ``name``, ``geometry`` (WGS84). Cached: must not
        be altered.

    Examples
    --------
    >>> sorted(demo_streets()["kind"].unique())
    ['main', 'rail', 'street', 'water']
    """
    return _layer("demo-streets.parquet")


def _table(name: str) -> pd.DataFrame:
    import pyarrow.parquet as pq

    mapper = {"int64": pd.Int64Dtype(), "double": None}
    return _opened(
        name,
        lambda: pq.read_table(reference_path(name)).to_pandas(
            types_mapper=lambda kind: mapper.get(str(kind))
        ),
    )


def _layer(name: str) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(_opened(name, lambda: gpd.read_parquet(reference_path(name))))


def _opened(name: str, read: "Callable[[], pd.DataFrame]") -> pd.DataFrame:
    """Read a file of ours; whatever is wrong with its bytes becomes one error."""
    try:
        return read()
    except (OSError, ValueError, KeyError) as error:
        message = f"reference file {name!r} is damaged ({error}); reinstall recallgeo"
        raise SourceFormatError(message) from error
