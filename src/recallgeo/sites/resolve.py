"""Affected sites: what their units say together."""

import geopandas as gpd
import numpy as np
import pandas as pd

from recallgeo.errors import LedgerError
from recallgeo.frames import MATCH_LEVELS, SITES
from recallgeo.ledger import count_units
from recallgeo.sites.assign import assign_sites
from recallgeo.sites.lists import join_distinct
from recallgeo.sites.premises import find_premises
from recallgeo.sites.time_zones import find_time_zones
from recallgeo.spelling import join_texts, replace_pattern

__all__ = ["resolve_sites"]

_SUPPORT_ORDER = {"none": 0, "expired": 1, "active": 2}
_FIRST = ("city", "region", "country", "customer_id")


def resolve_sites(
    located: pd.DataFrame,
    *,
    parties: pd.DataFrame | None = None,
    unit_sites: pd.DataFrame | None = None,
) -> gpd.GeoDataFrame:
    """Give the affected sites: one row for each place of a customer.

    Parameters
    ----------
    located : GeoDataFrame
        LOCATED; units out of scope are left out.
    parties : DataFrame, optional
        PARTIES: units at a party's own address, or held by one, are in the channel.
    unit_sites : DataFrame, optional
        From `assign_sites` of the same tables, where it is at hand; else it is made here.

    Returns
    -------
    GeoDataFrame
        SITES, ordered by ``site_id``, WGS84; without a point where only an area is known. The
        place is that of the best placed unit (finest level, smallest radius, smallest key).
        Further columns: ``x_area_longitude``, ``x_area_latitude``, the area's centre of a site
        without a point.

    Raises
    ------
    SchemaError, MissingCRSError, GeographicCRSError
        If a frame breaks its contract.
    LedgerError
        If the units of the sites are not the units that have a site.
    """
    assigned = assign_sites(located, parties=parties) if unit_sites is None else unit_sites
    site = assigned["site_id"].reindex(located.index)
    units = located[site.notna()]
    units = units.assign(site_id=site[site.notna()].astype("str"))
    ordered = _best_first(units)
    sites = _summary(ordered)
    sites.index.name = "site_id"
    result = gpd.GeoDataFrame(SITES.conform(sites))
    _check_units(units, result)
    SITES.validate(result)
    return result


def _best_first(units: pd.DataFrame) -> pd.DataFrame:
    """Order units within their sites: with a point, finest, surest, smallest key."""
    order = pd.DataFrame(
        {
            "site": units["site_id"],
            "pointless": units["geometry"].isna(),
            "level": units["match_level"].map({level: n for n, level in enumerate(MATCH_LEVELS)}),
            "radius": units["uncertainty_m"],
            "asset": units.index,
        },
        index=units.index,
    )
    return units.loc[order.sort_values(list(order.columns), na_position="last").index]


def _summary(units: pd.DataFrame) -> pd.DataFrame:
    """Aggregate units that stand best placed first."""
    site = units["site_id"]
    groups = units.groupby("site_id", sort=True)
    best = units.drop_duplicates("site_id").set_index("site_id").sort_index()
    table = pd.DataFrame(index=best.index)
    table["name"] = _name(units).groupby(site).first()
    table["address"] = _address_line(units).groupby(site).first()
    table["buildings"] = join_distinct(site, units["building"])
    table["departments"] = join_distinct(site, _department(units))
    for column in _FIRST:
        table[column] = groups[column].first()
    table["premises_kind"], table["premises_evidence"] = find_premises(units)
    quantity = units["quantity"].fillna(1).astype("Int64")
    for name, verdict in (("affected_units", "affected"), ("check_units", "check_needed")):
        counted = quantity.where(units["verdict"].eq(verdict), 0)
        table[name] = counted.groupby(site).sum().astype("Int64")
    table["scope_ids"] = join_distinct(site, units["scope_ids"], units["scope_id"])
    worst = units.sort_values(["severity", "scope_id"], ascending=[False, True], kind="stable")
    worst = worst.drop_duplicates("site_id").set_index("site_id")
    table["hazard"], table["severity"] = worst["hazard"], worst["severity"]
    status = units["support_status"].map(_SUPPORT_ORDER).groupby(site).min()
    table["support_status"] = status.map({order: name for name, order in _SUPPORT_ORDER.items()})
    table["support_status"] = table["support_status"].astype("str")
    table["oldest_built"] = _extreme(units["built"], site, last=False)
    table["record_date"] = _extreme(units["record_date"], site, last=True)
    table["partners"] = join_distinct(site, units["distributor"], units["reseller"])
    direct = units[["contact", "contact_phone", "contact_email"]].notna().any(axis=1)
    route = pd.Series("none", index=table.index, dtype="str")
    route = route.mask(table["partners"].notna(), "reseller")
    table["contact_route"] = route.mask(direct.groupby(site).any(), "direct")
    table["documents"] = join_distinct(site, units["documents"])
    for column in ("match_level", "uncertainty_m", "geometry"):
        table[column] = best[column]
    table["flags"] = join_distinct(site, units["location_flags"], _status_flag(units))
    for column in ("x_area_longitude", "x_area_latitude"):
        table[column] = best[column] if column in best.columns else np.nan
    table["time_zone"] = find_time_zones(table)
    return table


def _status_flag(units: pd.DataFrame) -> pd.Series:
    status = units["geocode_status"]
    return status.mask(status.eq("matched"))


def _name(units: pd.DataFrame) -> pd.Series:
    """Give customer and place, one where the other is missing or says the same."""
    customer, place = units["customer"], units["site_name"]
    both = (customer + ", " + place).mask(customer == place, customer)
    return both.fillna(customer).fillna(place)


def _address_line(units: pd.DataFrame) -> pd.Series:
    """Street and number, postcode and city, country; else the whole address as written."""
    street = join_texts(units[["street", "house_number"]], " ").str.strip()
    town = join_texts(units[["postcode", "city"]], " ").str.strip()
    parts = pd.DataFrame({"street": street, "town": town, "country": units["country"]})
    line = replace_pattern(join_texts(parts, ", "), "^(?:, )+|(?:, )+$", "")
    line = replace_pattern(line, "(?:, ){2,}", ", ")
    line = line.mask(units["street"].isna() & units["address_raw"].notna(), units["address_raw"])
    return line.mask(line.eq(""))


def _department(units: pd.DataFrame) -> pd.Series:
    both = units["floor"] + ", " + units["department"]
    return both.fillna(units["floor"]).fillna(units["department"])


def _extreme(dates: pd.Series, site: pd.Series, *, last: bool) -> pd.Series:
    """Earliest or latest ISO date of each site, at the precision known."""
    table = pd.DataFrame({"date": dates, "site": site}).dropna()
    table = table.sort_values(["site", "date"], ascending=[True, not last], kind="stable")
    return table.drop_duplicates("site").set_index("site")["date"]


def _check_units(units: pd.DataFrame, sites: pd.DataFrame) -> None:
    counted = int(sites["affected_units"].sum() + sites["check_units"].sum())
    if counted != count_units(units):
        message = f"resolve_sites: {count_units(units)} units have a site, sites hold {counted}"
        raise LedgerError(message)
