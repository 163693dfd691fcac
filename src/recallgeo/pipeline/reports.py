"""Accidents already reported: mark their sites, by serial or by place."""

from pathlib import Path

import geopandas as gpd
import pandas as pd

from recallgeo.frames import SET_ASIDE
from recallgeo.sources.register import read_register
from recallgeo.spelling import latin_text

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
        With ``incident_reported``: missing where no reports were given, else true or false. A
        report that fits several sites marks them all.
    unmatched : DataFrame
        SET_ASIDE lines, ``kept``, of reports that fit no site or could not be read.
    """
    if reports is None:
        return sites, SET_ASIDE.empty()
    reading = read_register(reports)
    accidents = reading.assets
    by_serial = _sites_of_serial(accidents["serial"], located, unit_sites)
    rest = accidents[~accidents.index.isin(by_serial.index)]
    found = pd.concat([by_serial, _sites_of_place(rest, located, unit_sites)])
    marked = sites.copy()
    marked["incident_reported"] = pd.array(sites.index.isin(found), dtype="boolean")
    lost = accidents[~accidents.index.isin(found.index)]
    unmatched = pd.DataFrame(
        {
            "source_file": lost["source_file"],
            "source_row": lost["source_row"],
            "column": "serial",
            "value": lost["serial"],
            "cause": "an accident was reported for a unit or place that is no affected site",
            "kept": True,
        }
    )
    # no row of a register was lost here: every line counts as kept
    unread = reading.set_aside.assign(kept=True)
    lines = pd.concat([unread, unmatched], ignore_index=True)
    return marked, SET_ASIDE.conform(lines)


def _sites_of_serial(
    serials: pd.Series, located: gpd.GeoDataFrame, unit_sites: pd.DataFrame
) -> pd.Series:
    """Give every site that holds a unit of the serial, on the index of the reports, repeated."""
    known = pd.DataFrame(
        {"serial": _folded(located["serial"]), "site": unit_sites["site_id"].reindex(located.index)}
    )
    return _matches(_folded(serials), known.set_index("serial")["site"])


def _sites_of_place(
    accidents: pd.DataFrame, located: gpd.GeoDataFrame, unit_sites: pd.DataFrame
) -> pd.Series:
    """Give every site of the same customer in the same city; of the customer where none is told."""
    name, city = latin_text(located["customer"]), latin_text(located["city"])
    asked, town = latin_text(accidents["customer"]), latin_text(accidents["city"])
    site = unit_sites["site_id"].reindex(located.index)
    both = _matches(asked + "|" + town, site.set_axis(name + "|" + city))
    alone = _matches(asked.where(town.isna()), site.set_axis(name))
    found: pd.Series = pd.concat([both, alone])
    return found


def _folded(serials: pd.Series) -> pd.Series:
    return serials.str.strip().str.casefold()


def _matches(asked: pd.Series, known: pd.Series) -> pd.Series:
    """Join reports with the sites of their key; reports without a match are left out."""
    asked, known = asked.dropna(), known[known.index.notna() & known.notna().to_numpy()]
    table = pd.DataFrame({"key": asked.to_numpy(), "report": asked.index})
    sites = pd.DataFrame({"key": known.index, "site": known.to_numpy()})
    pairs = table.merge(sites.drop_duplicates(), on="key")
    return pd.Series(pairs["site"].to_numpy(), index=pd.Index(pairs["report"]), dtype="str")
