"""Time zone of sites, from the nearest place of their country."""

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from recallgeo.geodesy import lonlat, to_ecef
from recallgeo.reference import places

__all__ = ["find_time_zones"]

Floats = npt.NDArray[np.float64]


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
    known = places().dropna(subset="time_zone")
    country = sites["country"].where(sites["country"].isin(known["country"]))
    vague = sites["match_level"].eq("country").to_numpy() & sites["geometry"].isna().to_numpy()
    zones = known.groupby("country")["time_zone"].agg(["nunique", "first"])
    single = zones.loc[zones["nunique"].eq(1), "first"]
    zone = country.map(single).to_numpy(dtype=object)
    rest = pd.isna(zone) & ~np.isnan(lon) & ~vague
    for name in [*country[rest].dropna().unique(), None]:
        here = rest & (country.isna() if name is None else country.eq(name)).to_numpy()
        part = known if name is None else known[known["country"] == name]
        if here.any():
            zone[here] = _nearest_zone(part, lon[here], lat[here])
    return pd.Series(zone, index=sites.index, dtype="str")


def _nearest_zone(part: pd.DataFrame, lon: Floats, lat: Floats) -> list[str]:
    from scipy.spatial import cKDTree

    _, nearest = cKDTree(to_ecef(part["longitude"], part["latitude"])).query(to_ecef(lon, lat))
    zones: list[str] = part["time_zone"].iloc[nearest].to_list()
    return zones
