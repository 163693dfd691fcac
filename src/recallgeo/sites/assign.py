"""Each unit in scope to its site, or the cause why it has none."""

from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from recallgeo.frames import LOCATED
from recallgeo.geodesy import lonlat
from recallgeo.keys import short_keys
from recallgeo.sites.clusters import cluster_points, link_points
from recallgeo.sites.customers import customer_keys
from recallgeo.sites.impostors import find_partners_in_place, split_address_keys
from recallgeo.spelling import join_texts, latin_text

__all__ = ["IN_SCOPE", "assign_sites"]

IN_SCOPE: tuple[str, ...] = ("affected", "check_needed")
"""Verdicts whose units need a site."""

Ints = npt.NDArray[np.int64]

_FINE_LEVELS = ("supplied", "building", "address", "interpolated")
_FINE_M = 150.0  # judgement: a point that is less sure cannot say that two units share a place
_LONG_DIGITS = 24


def assign_sites(located: pd.DataFrame, *, parties: pd.DataFrame | None = None) -> pd.DataFrame:
    """Give each unit its site, or the cause why it has none.

    Units of one customer join where they share an address or their points lie within 30 m,
    never so that a site reaches 150 m. Without a point and without a street and number they join
    by customer and area. A unit without a customer has a site where it has an address or a
    sure point.

    Parameters
    ----------
    located : GeoDataFrame
        LOCATED.
    parties : DataFrame, optional
        PARTIES: units at a party's own address, or held by one, are in the channel.

    Returns
    -------
    DataFrame
        On the index of `located`: ``site_id`` (hash of the site's smallest asset key; missing
        without a site), ``site_cause`` (placed, area_only, in_channel, nowhere; missing for
        units out of scope) and ``channel_party`` (who holds a unit in the channel).

    Raises
    ------
    SchemaError, MissingCRSError, GeographicCRSError
        If a frame breaks its contract.
    """
    LOCATED.validate(located)
    result = pd.DataFrame(
        {name: pd.Series(None, located.index, dtype="str") for name in _COLUMNS},
        index=located.index,
    )
    scope = located["verdict"].isin(IN_SCOPE)
    partner = find_partners_in_place(located, parties).where(scope)
    result["channel_party"] = partner
    result["site_cause"] = (
        result["site_cause"].mask(scope, "nowhere").mask(partner.notna(), "in_channel")
    )
    rest = located[scope & partner.isna()].sort_index()
    spots = _spots(rest)
    rest, spots = rest[spots["spot"].notna()], spots[spots["spot"].notna()]
    group = pd.Series(_join(spots), index=rest.index)
    site = _site_ids(group)
    placed = rest["geometry"].notna().groupby(group.to_numpy()).any()
    cause = group.map(placed).map({True: "placed", False: "area_only"})
    result.loc[rest.index, "site_id"] = site
    result.loc[rest.index, "site_cause"] = cause.astype("str")
    return result


_COLUMNS = ("site_id", "site_cause", "channel_party")


def _spots(units: pd.DataFrame) -> pd.DataFrame:
    """Say what holds each unit together with others: an address, a point, or an area."""
    customer = customer_keys(units)
    lon, lat = lonlat(gpd.GeoSeries(units["geometry"]))
    known = units["match_level"].notna()
    placed = pd.Series(~np.isnan(lon), index=units.index)
    fine = placed & units["match_level"].isin(_FINE_LEVELS) & units["uncertainty_m"].le(_FINE_M)
    address = units["address_key"].where(known)
    point = (
        pd.Series(np.round(lon, 6), units.index).astype("str")
        + " "
        + np.round(lat, 6).astype("str")
    )
    rough = placed & ~fine & (customer.notna() | ~units["match_level"].eq("postcode"))
    area = _area_keys(units)
    nameless = "place:" + latin_text(units["site_name"])
    spot = ("point:" + point).where(fine)
    spot = spot.where(spot.notna() | address.isna(), "address:" + address)
    spot = spot.where(spot.notna() | ~rough, "rough:" + point)
    # an area, and even no area, is a place to call where the customer is known
    holder = customer.fillna(nameless.where(area.notna()))
    spot = spot.where(spot.notna() | holder.isna(), "area:" + area.fillna(""))
    sure = spot.notna() & ~spot.str.startswith("area:", na=False)
    return pd.DataFrame(
        {
            "spot": spot,
            "customer": customer.where(sure, holder).fillna(""),
            "address": address,
            "fine": fine,
            "lon": lon,
            "lat": lat,
        },
        index=units.index,
    )


def _area_keys(units: pd.DataFrame) -> pd.Series:
    """Area of a unit: as the locating stage names it, else by its own words."""
    words = units[["country"]].assign(
        region=latin_text(units["region"]), city=latin_text(units["city"])
    )
    key = join_texts(words, "|").where(words.notna().any(axis=1))
    return units["x_area_key"].fillna(key) if "x_area_key" in units.columns else key


def _join(spots: pd.DataFrame) -> Ints:
    """Join units into places: by address and nearness, then split what reaches too far."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    number = pd.factorize(spots["customer"])[0].astype(np.int64)
    node = (
        spots.assign(customer=number).groupby(["customer", "spot"], sort=False).ngroup().to_numpy()
    )
    fine = np.flatnonzero(spots["fine"].to_numpy())
    _, first = np.unique(node[fine], return_index=True)
    dots = fine[first]
    left, right = link_points(
        number[dots], spots["lon"].to_numpy()[dots], spots["lat"].to_numpy()[dots]
    )
    address = _address_numbers(number, spots["address"])
    count = int(node.max()) + 1 if len(node) else 0
    named = address >= 0
    # nodes and addresses are the two sides of one graph
    ends = np.concatenate([node[dots[left]], node[named]])
    others = np.concatenate([node[dots[right]], count + address[named]])
    size = count + (int(address.max()) + 1 if named.any() else 0)
    if not size:
        return np.array([], dtype=np.int64)
    graph = coo_matrix((np.ones(len(ends), dtype=np.int8), (ends, others)), shape=(size, size))
    component = connected_components(graph, directed=False)[1][node].astype(np.int64)
    return _split_wide(component, spots, address, fine)


def _address_numbers(customer: Ints, address: pd.Series) -> Ints:
    """Give each customer's addresses numbers; one without postcode joins its only namesake."""
    parts = split_address_keys(address)
    bare = join_texts(parts.drop(columns="postcode"), "|").where(parts["city"].notna())
    table = pd.DataFrame({"customer": customer, "bare": bare, "postcode": parts["postcode"]})
    codes = table.groupby(["customer", "bare"])["postcode"]
    only = codes.transform("first").where(codes.transform("nunique").eq(1))
    postcode = table["postcode"].fillna(only)
    full = join_texts(parts.assign(postcode=postcode).drop(columns="city"), "|")
    # of one postcode the city's spelling does not count; without one it is all there is
    key = full.where(postcode.notna(), "city:" + bare).where(address.notna())
    pairs = pd.DataFrame({"customer": customer, "key": key.to_numpy()})
    number = pairs.groupby(["customer", "key"], sort=False).ngroup().to_numpy()
    return np.where(address.notna(), number, -1).astype(np.int64)


def _split_wide(component: Ints, spots: pd.DataFrame, address: Ints, fine: Ints) -> Ints:
    """Split components that reach too far; units without a sure point follow their address."""
    lon, lat = spots["lon"].to_numpy(), spots["lat"].to_numpy()
    numbers = np.unique(component[fine], return_inverse=True)[1]
    cluster = pd.Series(pd.NA, index=range(len(spots)), dtype="Int64")
    cluster.iloc[fine] = cluster_points(numbers.astype(np.int64), lon[fine], lat[fine])
    # units are in the order of their keys, so "first" is the cluster of the smallest key
    table = pd.DataFrame({"component": component, "address": address, "cluster": cluster})
    by_address = table[table["address"] >= 0].groupby("address")["cluster"].first()
    follows = table["address"].map(by_address).astype("Int64")
    by_component = table.groupby("component")["cluster"].transform("first")
    table["cluster"] = table["cluster"].fillna(follows).fillna(by_component)
    table["cluster"] = table["cluster"].fillna(-1 - table["component"])
    return np.unique(table["cluster"].to_numpy(dtype=np.int64), return_inverse=True)[1].astype(
        np.int64
    )


def _site_ids(group: pd.Series) -> pd.Series:
    """Hash of the smallest asset key of each group, longer where two would share it."""
    labels = pd.Series(group.index, index=group.index, dtype="str")
    smallest = labels.groupby(group.to_numpy()).min()
    ids = short_keys(smallest)
    twice = ids.duplicated(keep=False)
    if twice.any():
        ids = ids.mask(twice, short_keys(smallest, digits=_LONG_DIGITS))
    found: pd.Series[Any] = group.map(ids).astype("str")
    return found
