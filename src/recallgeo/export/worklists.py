"""The lists that people work through: outreach, unplaced sites, units to check."""

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from recallgeo.export.readable import readable_sites, readable_units
from recallgeo.geodesy import lonlat
from recallgeo.scoring import verify_first

if TYPE_CHECKING:
    from recallgeo.export.run import Run

__all__ = ["check_list", "not_affected_units", "outreach_list", "unplaced_list", "verify_list"]

_CONTACT = ("contact", "contact_phone", "contact_email", "language")
_ORDER = (
    *("work_order", "wave", "due_on", "channel", "partner", "wave_reason", "tier_label", "tier"),
    *("rank", "rank_best", "rank_worst", "site_id", "name", "address", "city", "region"),
    *("country", "time_zone", *_CONTACT, "contact_route", "affected_units", "check_units"),
    *("hazard", "support_status", "reason", "surroundings", "not_covered", "documents"),
    *("partners", "match_level", "uncertainty_m", "flags", "longitude", "latitude"),
)
_WHOM = (
    *("rank", "wave", "due_on", "channel", "partner", "name", "address", "city", "country"),
    *(*_CONTACT, "match_level", "uncertainty_m"),
)
_CHECK = (
    *("asset_id", "verdict_reason", "serial", "manufacturer", "model", "part_number", "quantity"),
    *(
        "scope_id",
        "hazard",
        "customer",
        "site_name",
        "address_raw",
        "house_number",
        "street",
        "postcode",
    ),
    *("city", "country", "building", "floor", "department", *_CONTACT, "distributor", "reseller"),
    *("site_id", "site_cause", "tier", "rank", "source_file", "source_row", "counted_as"),
)


def outreach_list(run: "Run", units: pd.DataFrame) -> pd.DataFrame:
    """Give every site in the order of work, with the first contact on record.

    Parameters
    ----------
    run : Run
        A run.
    units : DataFrame
        Units with ``site_id``.

    Returns
    -------
    DataFrame
        One row a site; sites that are done come last, without a wave. The contact is that of one
        unit, so name, telephone and e-mail belong together: the one with the most ways to reach
        somebody, then with the most fields, ties by `asset_id`.
    """
    planned = run.plan.frame
    shown = readable_sites(run, planned)
    table = pd.DataFrame(planned).assign(
        **{name: shown[name] for name in ("tier_label", "surroundings", "not_covered")},
        uncertainty_m=planned["uncertainty_m"].round(1),
    )
    longitude, latitude = lonlat(planned.geometry)
    table["longitude"], table["latitude"] = longitude.round(7), latitude.round(7)
    table = table.drop(columns=[*_CONTACT], errors="ignore").join(_contacts(units))
    table = table.rename_axis("site_id").reset_index()
    drill = [name for name in ("drill",) if name in shown]
    table[drill] = shown[drill].to_numpy()
    return table[[*drill, *_ORDER]]


def _contacts(units: pd.DataFrame) -> pd.DataFrame:
    """Give the contact of one unit for each site, whole."""
    table = pd.DataFrame(units[["site_id", *_CONTACT]])
    known = table[list(_CONTACT)].notna()
    table["_ways"] = -known[["contact_phone", "contact_email"]].sum(axis=1)
    table["_fields"] = -known.sum(axis=1)
    table["_id"] = units.index
    ordered = table.dropna(subset="site_id").sort_values(["site_id", "_ways", "_fields", "_id"])
    return ordered.drop_duplicates("site_id").set_index("site_id")[list(_CONTACT)]


def unplaced_list(run: "Run", outreach: pd.DataFrame) -> pd.DataFrame:
    """Give the rows of the outreach list whose site is known only by an area."""
    pointless = run.plan.frame.geometry.isna()
    away = run.plan.frame.index[pointless]
    rows = outreach[outreach["site_id"].isin(away)].reset_index(drop=True)
    return rows.drop(columns=["longitude", "latitude", "rank", "rank_best", "rank_worst"])


def verify_list(run: "Run", outreach: pd.DataFrame) -> pd.DataFrame:
    """Give what to check first, each with whom to ask: name, address and contact.

    Parameters
    ----------
    run : Run
        A run.
    outreach : DataFrame
        As `outreach_list` gives it.
    """
    checks = verify_first(run.ranking).rename_axis("site_id").reset_index()
    drill = [name for name in ("drill",) if name in outreach]
    whom = outreach[["site_id", *drill, *_WHOM]]
    return checks.merge(whom, on="site_id", how="left", validate="one_to_one")


def check_list(run: "Run", units: gpd.GeoDataFrame, possible: gpd.GeoDataFrame) -> pd.DataFrame:
    """Give the units of which it cannot be told whether they are affected, most urgent first.

    Parameters
    ----------
    run : Run
        A run.
    units : GeoDataFrame
        As `units_with_sites` gives them.
    possible : GeoDataFrame
        As `possible_with_sites` gives them: units that may stand here too. Their site_cause is
        possible_place, and ``counted_as`` names the unit under which they are counted.
    """
    unsure = units[units["verdict"] == "check_needed"].assign(counted_as=pd.Series(dtype="str"))
    if len(possible):
        elsewhere = possible.assign(counted_as=possible["x_of"])
        unsure = pd.concat([unsure, elsewhere]) if len(unsure) else elsewhere
    order = readable_units(run, gpd.GeoDataFrame(unsure))
    table = pd.DataFrame(unsure.loc[order.index]).rename_axis("asset_id").reset_index()
    drill = [name for name in ("drill",) if name in order]
    table[drill] = order[drill].to_numpy()
    return table[[*drill, *_CHECK]]


def not_affected_units(run: "Run") -> pd.DataFrame:
    """Give the units that are not affected, with what nearly put them into a scope."""
    clear = run.scoped[run.scoped["verdict"] == "not_affected"]
    near = run.near_misses[~run.near_misses.index.duplicated()]
    near = near.add_prefix("near_miss_").reindex(clear.index)
    return pd.DataFrame(clear).join(near).assign(site_cause="not_affected")
