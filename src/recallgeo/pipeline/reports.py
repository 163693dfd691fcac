"""Accidents already reported: mark their sites, by serial or by place."""

from pathlib import Path

import geopandas as gpd
import pandas as pd

from recallgeo.frames import SET_ASIDE
from recallgeo.location import locate_assets
from recallgeo.sites import assign_sites
from recallgeo.sources.register import read_register

__all__ = ["mark_incidents"]


def mark_incidents(
    sites: gpd.GeoDataFrame,
    located: gpd.GeoDataFrame,
    unit_sites: pd.DataFrame,
    reports: Path | None,
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Mark the sites at which an accident was reported.

    Parameters
    ----------
    sites : GeoDataFrame
        SITES.
    located : GeoDataFrame
        LOCATED, the units in scope.
    unit_sites : DataFrame
        Their ``site_id``.
    reports : Path or None
        A table under the names of ASSETS: ``serial``, or a customer and an address.

    Returns
    -------
    sites : GeoDataFrame
        With ``incident_reported``: missing where no reports were given, else true or false.
    unmatched : DataFrame
        SET_ASIDE lines, ``kept``, of reports that fit no site.
    """
    if reports is None:
        return sites, SET_ASIDE.empty()
    accidents = read_register(reports).assets
    by_serial = _site_of_serial(accidents["serial"], located, unit_sites)
    by_place = _site_of_place(accidents, sites)
    found = by_serial.fillna(by_place)
    marked = sites.copy()
    marked["incident_reported"] = pd.array(sites.index.isin(found.dropna()), dtype="boolean")
    lost = accidents[found.isna()]
    unmatched = pd.DataFrame(
        {
            "source_file": lost["source_file"],
            "source_row": lost["source_row"],
            "column": "serial",
            "value": lost["serial"],
            "cause": "an accident was reported for a unit or place that is no affected site",
            "kept": True,
        }
    ).reset_index(drop=True)
    return marked, SET_ASIDE.conform(unmatched)


def _site_of_serial(
    serials: pd.Series, located: gpd.GeoDataFrame, unit_sites: pd.DataFrame
) -> pd.Series:
    key = located["serial"].str.strip().str.upper()
    known = pd.Series(unit_sites["site_id"].reindex(located.index).to_numpy(), index=key)
    known = known[known.notna()]
    known = known[known.index.notna() & ~known.index.duplicated()]
    return serials.str.strip().str.upper().map(known)


def _site_of_place(accidents: pd.DataFrame, sites: gpd.GeoDataFrame) -> pd.Series:
    """Find the site of the same customer and place by resolving the reports as units would be."""
    scoped = accidents.assign(verdict="affected", verdict_reason="accident reported", severity=1.0)
    places = assign_sites(locate_assets(scoped))
    city = accidents["customer"].fillna("") + "|" + accidents["city"].fillna("")
    known = pd.Series(sites.index, index=sites["name"].fillna("") + "|" + sites["city"].fillna(""))
    known = known[~known.index.duplicated(keep=False)]
    return city.map(known).where(places["site_cause"].isin(["placed", "area_only"]))
