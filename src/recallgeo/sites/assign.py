"""Each unit in scope to its site, or the cause why it has none."""

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
Floats = npt.NDArray[np.float64]

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
    scope = located["verdict"].isin(IN_SCOPE)
    partner = find_partners_in_place(located, parties).where(scope)
    rows = np.flatnonzero((scope & partner.isna()).to_numpy())
    # in the order of their keys, and by number: aligning by long text keys costs the most
    rows = rows[located.index[rows].argsort()]
    columns = [name for name in located.columns if name in _USED]
    spots = _spots(located[columns].iloc[rows].reset_index(drop=True))
    somewhere = spots["spot"].ge(0).to_numpy()
    rows, spots = rows[somewhere], spots[somewhere].reset_index(drop=True)
    group = _join(spots)
    placed = np.bincount(group, weights=spots["lon"].notna()) > 0
    site = np.full(len(located), None, dtype=object)
    site[rows] = _site_ids(group, located.index[rows])
    cause = np.where(scope, "nowhere", np.array(None, dtype=object))
    cause[partner.notna().to_numpy()] = "in_channel"
    cause[rows] = np.where(placed[group], "placed", "area_only")
    result = pd.DataFrame({"site_id": site, "site_cause": cause, "channel_party": partner})
    return result.set_axis(located.index).astype("str")


_USED = frozenset(
    {
        *("customer", "customer_id", "site_name", "country", "region", "city", "match_level"),
        *("uncertainty_m", "address_key", "geometry", "x_area_key"),
    }
)
_POINT, _ADDRESS, _ROUGH, _AREA = (kind << 60 for kind in range(4))
_MICRODEGREES = 1e6


def _spots(units: pd.DataFrame) -> pd.DataFrame:
    """Say what holds each unit together with others: an address, a point, or an area."""
    customer = customer_keys(units)
    lon, lat = lonlat(gpd.GeoSeries(units["geometry"]))
    known = units["match_level"].notna()
    placed = ~np.isnan(lon)
    fine = (
        placed
        & units["match_level"].isin(_FINE_LEVELS).to_numpy()
        & units["uncertainty_m"].le(_FINE_M).to_numpy()
    )
    address = units["address_key"].where(known)
    vague = customer.isna() & units["match_level"].eq("postcode")
    area = _area_keys(units)
    nameless = "place:" + latin_text(units["site_name"])
    # an area, and even no area, is a place to call where the customer is known
    holder = customer.fillna(nameless.where(area.notna()))
    point = _point_numbers(lon, lat)
    choices = (
        (fine, _POINT | point),
        (address.notna().to_numpy(), _ADDRESS | pd.factorize(address)[0]),
        (placed & ~vague.to_numpy(), _ROUGH | point),
        (holder.notna().to_numpy(), _AREA | pd.factorize(area.fillna(""))[0]),
    )
    spot = np.select([case for case, _ in choices], [number for _, number in choices], -1)
    sure = (spot >= 0) & (spot < _AREA)
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


def _point_numbers(lon: Floats, lat: Floats) -> Ints:
    """Give one number below 2**60 to each point, to the microdegree; 0 where there is none."""
    east, north = (np.nan_to_num(np.rint(axis * _MICRODEGREES)) for axis in (lon, lat))
    number: Ints = ((east.astype(np.int64) + (1 << 28)) << 29) + north.astype(np.int64) + (1 << 27)
    return number


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
    code, texts = pd.factorize(address)
    parts = split_address_keys(pd.Series(texts, dtype="str"))
    bare = join_texts(parts.drop(columns="postcode"), "|").where(parts["city"].notna())
    full = join_texts(parts.drop(columns=["postcode", "city"]), "|")
    # one place more, which the code -1 of a missing address takes
    numbers = [
        np.append(pd.factorize(column)[0], -1)[code] for column in (bare, full, parts["postcode"])
    ]
    table = pd.DataFrame(dict(zip(("bare", "full", "postcode"), numbers, strict=True)))
    table["customer"] = customer
    table["postcode"] = _postcode_of_namesake(table)
    # of one postcode the city's spelling does not count; without one it is all there is
    known = table["postcode"].ge(0)
    table["street"] = table["full"].where(known, table["bare"])
    number = table.groupby(["customer", "postcode", "street"], sort=False).ngroup().to_numpy()
    return np.where(table["street"].ge(0), number, -1).astype(np.int64)


def _postcode_of_namesake(table: pd.DataFrame) -> pd.Series:
    """Fill a missing postcode where the customer's same address stands with one only."""
    known = table[table["postcode"].ge(0) & table["bare"].ge(0)]
    span = known.groupby(["customer", "bare"])["postcode"].agg(["min", "max"])
    only = span.loc[span["min"].eq(span["max"]), "min"].rename("only").reset_index()
    asked = table[table["postcode"].lt(0) & table["bare"].ge(0)]
    found = asked.merge(only, on=["customer", "bare"], how="left")["only"].fillna(-1)
    postcode = table["postcode"].copy()
    postcode.loc[asked.index] = found.to_numpy(dtype=np.int64)
    return postcode


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


def _site_ids(group: Ints, keys: pd.Index) -> npt.NDArray[np.object_]:
    """Hash of the smallest asset key of each group, longer where two would share it."""
    # the keys are in order, so the first of a group is its smallest
    _, first = np.unique(group, return_index=True)
    smallest = pd.Series(keys[first], dtype="str")
    ids = short_keys(smallest)
    twice = ids.duplicated(keep=False)
    if twice.any():
        ids = ids.mask(twice, short_keys(smallest, digits=_LONG_DIGITS))
    found: npt.NDArray[np.object_] = ids.to_numpy(dtype=object)[group]
    return found
