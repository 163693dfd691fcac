"""Time zone of sites, from the nearest place of their country."""

from functools import cache

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from recallgeo.geodesy import lonlat, to_ecef
from recallgeo.reference import places

__all__ = ["find_time_zones"]

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]


def find_time_zones(sites: pd.DataFrame) -> pd.Series:
    """Give the time zone at each site.

    Parameters
    ----------
    sites : DataFrame
        ``country``, ``match_level``, ``geometry``, and the area's centre as
        ``x_area_longitude``, ``x_area_latitude``.

    Returns
    -------
    Series of text
        IANA names on the index of `sites`: of the nearest place of the country, or of any
        country where none is stated. A site known only by a country of several zones has none.
    """
    lon, lat = lonlat(gpd.GeoSeries(sites["geometry"]))
    lon = np.where(np.isnan(lon), sites["x_area_longitude"].to_numpy(dtype=float), lon)
    lat = np.where(np.isnan(lat), sites["x_area_latitude"].to_numpy(dtype=float), lat)
    country = sites["country"].where(sites["country"].isin(list(_rows_by_country())))
    vague = sites["match_level"].eq("country").to_numpy() & sites["geometry"].isna().to_numpy()
    zone = country.map(_single_zones()).to_numpy(dtype=object)
    rest = pd.isna(zone) & ~np.isnan(lon) & ~vague
    for name in country[rest].dropna().unique():
        here = rest & country.eq(name).to_numpy()
        zone[here] = _nearest_zone(_rows_by_country()[name], lon[here], lat[here])
    here = rest & country.isna().to_numpy()
    if here.any():
        zone[here] = _nearest_zone(np.arange(len(_zoned_places())), lon[here], lat[here])
    return pd.Series(zone, index=sites.index, dtype="str")


@cache
def _zoned_places() -> pd.DataFrame:
    columns = ["country", "longitude", "latitude", "time_zone"]
    return places()[columns].dropna(subset="time_zone")


@cache
def _rows_by_country() -> dict[str, Rows]:
    groups = _zoned_places().groupby("country").indices
    return {str(name): np.asarray(rows, dtype=np.intp) for name, rows in groups.items()}


@cache
def _single_zones() -> dict[str, str]:
    """Zones of the countries that have only one."""
    zones = _zoned_places().groupby("country")["time_zone"].agg(["nunique", "first"])
    single = zones.loc[zones["nunique"].eq(1), "first"]
    return dict(zip(single.index.astype(str), single.astype(str), strict=True))


def _nearest_zone(rows: Rows, lon: Floats, lat: Floats) -> list[str]:
    from scipy.spatial import cKDTree

    part = _zoned_places().iloc[rows]
    _, nearest = cKDTree(to_ecef(part["longitude"], part["latitude"])).query(to_ecef(lon, lat))
    zones: list[str] = part["time_zone"].iloc[nearest].to_list()
    return zones
