"""Affected sites: what their units say together."""

import geopandas as gpd
import numpy as np
import numpy.typing as npt
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
_USED = frozenset(
    {
        *("customer", "customer_id", "site_name", "street", "house_number", "postcode", "city"),
        *("region", "country", "address_raw", "building", "floor", "department", "premises"),
        *("industry_code", "industry", "quantity", "verdict", "scope_ids", "scope_id", "hazard"),
        *("severity", "support_status", "built", "record_date", "distributor", "reseller"),
        *("contact", "contact_phone", "contact_email", "documents", "match_level"),
        *("uncertainty_m", "geometry", "location_flags", "geocode_status"),
        *("x_area_longitude", "x_area_latitude"),
    }
)


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
    columns = [name for name in located.columns if name in _USED]
    units = located.loc[site.notna().to_numpy(), columns]
    number, ids = pd.factorize(site.dropna(), sort=True)
    sites = _summary(_best_first(units, number))
    # of a table without sites pandas cannot tell that the labels are texts
    sites.index = pd.Index(ids, dtype="str", name="site_id")
    result = gpd.GeoDataFrame(SITES.conform(sites))
    _check_units(units, result)
    SITES.validate(result)
    return result


def _best_first(units: pd.DataFrame, number: npt.NDArray[np.intp]) -> pd.DataFrame:
    """Order units by their site's number, then with a point, finest, surest, smallest key."""
    level = units["match_level"].map({level: n for n, level in enumerate(MATCH_LEVELS)})
    keys = (
        units.index.argsort().argsort(),
        units["uncertainty_m"].to_numpy(dtype=float),
        level.to_numpy(dtype=float),
        units["geometry"].isna().to_numpy(),
        number,
    )
    order = np.lexsort(keys)
    # rows have numbers from here on: aligning by long text keys costs more than all else
    return units.iloc[order].reset_index(drop=True).assign(site=number[order])


def _summary(units: pd.DataFrame) -> pd.DataFrame:
    """Aggregate units that stand best placed first, on the numbers of their sites."""
    site = units["site"]
    groups = units.groupby("site", sort=True)
    best = units.drop_duplicates("site").set_index("site")
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
    severity = units["severity"].to_numpy(dtype=float, na_value=np.nan)
    worst = np.lexsort((_places_in_order(units["scope_id"]), -severity, site.to_numpy()))
    worst = worst[~site.iloc[worst].duplicated().to_numpy()]
    for column in ("hazard", "severity"):
        table[column] = units[column].iloc[worst].array
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
    known = dates.notna().to_numpy()
    number, distinct = pd.factorize(dates[known], sort=True)
    groups = pd.Series(number).groupby(site.to_numpy()[known])
    chosen = groups.max() if last else groups.min()
    return pd.Series(distinct.take(chosen.to_numpy()), index=chosen.index, dtype="str")


def _places_in_order(texts: pd.Series) -> npt.NDArray[np.float64]:
    """Give the number of each text among the sorted distinct ones; infinite where missing."""
    number, _ = pd.factorize(texts, sort=True)
    return np.where(number >= 0, number, np.inf)


def _check_units(units: pd.DataFrame, sites: pd.DataFrame) -> None:
    counted = int(sites["affected_units"].sum() + sites["check_units"].sum())
    if counted != count_units(units):
        message = f"resolve_sites: {count_units(units)} units have a site, sites hold {counted}"
        raise LedgerError(message)
