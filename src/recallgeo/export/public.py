"""The public profile: hexagons with enough sites and customers, nothing about any single one."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from recallgeo.export.antimeridian import split_at_antimeridian
from recallgeo.export.symbols import tier_colours
from recallgeo.geodesy import lonlat
from recallgeo.schema import WGS84
from recallgeo.sites.customers import customer_keys

__all__ = ["FEWEST_CUSTOMERS", "FEWEST_SITES", "customers_of_sites", "public_areas"]

FEWEST_SITES = 5
"""Fewest sites that an area may stand for (judgement; statistics offices use 3 to 10)."""

FEWEST_CUSTOMERS = 5
"""Fewest customers of an area's sites: five sites of one customer still speak of one customer."""

_COUNTED = ("tier", "affected_units")
_RESOLUTIONS = (6, 5, 4, 3)  # H3 cells of about 36, 250, 1,770 and 12,400 km2


def customers_of_sites(units: pd.DataFrame) -> pd.Series:
    """Give the customer of each site, by the vendor's key or else by the name.

    Parameters
    ----------
    units : DataFrame
        Units with ``site_id``, ``customer_id`` and ``customer``.

    Returns
    -------
    Series of str, index ``site_id``
        Sites whose customer is unknown are left out.

    Examples
    --------
    >>> units = pd.DataFrame({"site_id": ["s1", "s2", "s3"], "customer_id": ["7", None, None],
    ...                       "customer": ["Klinik Süd", "KLINIK SÜD", None]})
    >>> customers_of_sites(units).to_dict()
    {'s1': 'id:7', 's2': 'id:7'}
    """
    table = pd.DataFrame({"site_id": units["site_id"], "customer": customer_keys(units)}).dropna()
    return table.groupby("site_id")["customer"].min()


def public_areas(planned: gpd.GeoDataFrame, customers: pd.Series) -> gpd.GeoDataFrame:
    """Count sites in hexagons; an area with few is joined to a coarser one or left out.

    An area stands for at least `FEWEST_SITES` sites of at least `FEWEST_CUSTOMERS` customers.

    Parameters
    ----------
    planned : GeoDataFrame
        PLANNED; sites without a point are in no area.
    customers : Series of str
        Customer of each site by ``site_id``; all sites without one count as one customer.

    Returns
    -------
    GeoDataFrame, index ``area_id``
        ``sites, affected_units, tier`` (the most urgent in it), ``colour`` and the hexagon; the
        most urgent first, then the most sites. Each site is in one area at most.

    Examples
    --------
    >>> sites = gpd.GeoDataFrame(
    ...     {"tier": pd.array([1] * 6, "Int64"), "affected_units": pd.array([2] * 6, "Int64")},
    ...     geometry=gpd.points_from_xy([9.5] * 6, [47.1] * 6, crs=4326),
    ... )
    >>> public_areas(sites, pd.Series(list("abcdef")))[["sites", "affected_units"]].values.tolist()
    [[6, 12]]
    """
    import h3

    placed = pd.DataFrame(planned.loc[planned.geometry.notna(), list(_COUNTED)])
    placed["customer"] = customers.reindex(placed.index).astype("str").fillna("")
    placed["x"], placed["y"] = lonlat(gpd.GeoSeries(planned.geometry[planned.geometry.notna()]))
    found = []
    for resolution in _RESOLUTIONS:
        distinct = placed[["x", "y"]].drop_duplicates()
        cells = [
            h3.latlng_to_cell(y, x, resolution)
            for x, y in zip(distinct["x"], distinct["y"], strict=True)
        ]
        keyed = placed.merge(distinct.assign(area_id=cells), on=["x", "y"], how="left")
        areas_of = keyed.groupby("area_id")
        enough = (areas_of["tier"].transform("size") >= FEWEST_SITES) & (
            areas_of["customer"].transform("nunique") >= FEWEST_CUSTOMERS
        )
        found.append(_counted(keyed[enough]))
        placed = keyed.loc[~enough, [*_COUNTED, "customer", "x", "y"]]
    areas = pd.concat(found)
    areas["colour"] = tier_colours(areas["tier"])
    keys = areas.assign(_many=-areas["sites"], _id=areas.index)
    areas = areas.loc[keys.sort_values(["tier", "_many", "_id"], kind="stable").index]
    rings = [
        shapely.Polygon([(x, y) for y, x in h3.cell_to_boundary(cell)]) for cell in areas.index
    ]
    shapes = split_at_antimeridian(np.array(rings, dtype=object))
    return gpd.GeoDataFrame(areas, geometry=gpd.GeoSeries(shapes, areas.index, crs=WGS84))


def _counted(keyed: pd.DataFrame) -> pd.DataFrame:
    counted = keyed.groupby("area_id", sort=True).agg(
        sites=("tier", "size"), affected_units=("affected_units", "sum"), tier=("tier", "min")
    )
    counted.index = counted.index.astype("str").rename("area_id")
    return counted.astype("Int64")
