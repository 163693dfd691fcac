"""What the page knows of each site: columns of the table, the detail, and the filters."""

import re
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from recallgeo.geodesy import lonlat
from recallgeo.report.ground import mercator_dm, unwrap_longitudes
from recallgeo.report.packing import whole_numbers

if TYPE_CHECKING:
    from recallgeo.export import Run

__all__ = ["MAY_BE_NEAR", "SEEN", "UNITS_SHOWN", "people_columns", "site_columns"]

MAY_BE_NEAR = 0.05
"""A kind counts as near a site from this chance on (judgement): doubt never hides a site."""

UNITS_SHOWN = 50
"""Units of a site that the page lists; the count says how many there are."""

SEEN = ("", "complete", "partial", "undeclared", "outside")
"""Words behind the codes of ``seen``."""

_TEXTS = (
    *("name", "address", "city", "country", "partner", "channel", "due_on", "support_status"),
    *("match_level", "reason", "wave_reason", "hazard", "scope_ids", "premises_kind"),
    *("contact_route", "interval_from", "flags", "oldest_built"),
)
_WHOLE = (
    *("rank", "rank_best", "rank_worst", "tier", "tier_worst", "wave"),
    *("affected_units", "check_units"),
)
_FLOATS = ("score", "prob_top_k", "uncertainty_m")
_UNIT_TEXTS = ("serial", "model", "verdict", "source_file")
_PEOPLE = re.compile(r"(residents|people_day|people_night)_(\d+)")


def site_columns(run: "Run", sites: gpd.GeoDataFrame) -> dict[str, Any]:
    """Give the columns of the sites for `pack_columns`.

    Parameters
    ----------
    run : Run
        For kinds, radii, contributions and units.
    sites : GeoDataFrame
        PLANNED, the sites of the page in their order.

    Returns
    -------
    dict
        Texts, whole numbers and floats by their names in PLANNED; ``x``, ``y`` in Web Mercator
        decimetres; ``near`` and ``seen`` (a byte for each kind and site, kind by kind);
        ``share_<criterion>``; ``around_*`` (near places of a site) and ``unit_*`` (units of a
        site) with the site's row, in the order of the sites.
    """
    longitude, latitude = lonlat(sites.geometry)
    x, y = mercator_dm(unwrap_longitudes(longitude), latitude)
    columns: dict[str, Any] = {"x": x, "y": y, "site_id": sites.index.to_series()}
    columns |= {name: sites[name] for name in _TEXTS}
    columns |= {name: whole_numbers(sites[name]) for name in _WHOLE}
    columns |= {name: sites[name].to_numpy(dtype=np.float32, na_value=np.nan) for name in _FLOATS}
    reported = sites["incident_reported"].fillna(value=False)
    columns["incident"] = reported.to_numpy(dtype=np.uint8)
    columns |= _people(sites)
    columns |= _around(run, sites)
    columns |= _shares(run, sites)
    return columns | _units(run, sites)


def people_columns(name: str) -> tuple[str, str] | None:
    """Split the name of a column of people into its kind and radius in metres.

    Examples
    --------
    >>> people_columns("people_day_250"), people_columns("density_km2")
    (('people_day', '250'), None)
    """
    found = _PEOPLE.fullmatch(name)
    return (found[1], found[2]) if found else None


def _people(sites: gpd.GeoDataFrame) -> dict[str, Any]:
    found = [name for name in sites.columns if _PEOPLE.fullmatch(str(name))]
    names = [*found, *(name for name in ("density_km2",) if name in sites)]
    return {name: sites[name].to_numpy(dtype=np.float32, na_value=np.nan) for name in names}


def _around(run: "Run", sites: gpd.GeoDataFrame) -> dict[str, Any]:
    """Give which kinds are, or may be, within the widest radius, and the nearest of them."""
    kinds, radius = run.exposure.kinds, max(run.exposure.radii_m, default=0)
    near = np.zeros((len(kinds), len(sites)), dtype=np.uint8)
    seen = np.zeros((len(kinds), len(sites)), dtype=np.uint8)
    tables = []
    for number, kind in enumerate(kinds):
        chance = _floats(sites, f"{kind}_within_{radius}_prob")
        metres = _floats(sites, f"{kind}_nearest_m")
        by_trade = (sites["premises_kind"] == kind).to_numpy(dtype=bool)
        near[number] = (metres <= radius) | (chance >= MAY_BE_NEAR) | by_trade
        words = sites.get(f"{kind}_seen", pd.Series(index=sites.index, dtype="str")).fillna("")
        seen[number] = words.map({word: code for code, word in enumerate(SEEN)}).fillna(0)
        rows = np.flatnonzero(near[number] & np.isfinite(metres))
        tables.append(
            pd.DataFrame(
                {
                    "site": rows,
                    "kind": number,
                    "metres": metres[rows],
                    "chance": chance[rows],
                    "name": sites[f"{kind}_nearest_name"].to_numpy()[rows],
                }
            )
        )
    return {"near": near.ravel(), "seen": seen.ravel()} | _nearest(tables)


def _nearest(tables: list[pd.DataFrame]) -> dict[str, Any]:
    """Join the near places of every kind, by site, the nearest first."""
    empty = pd.DataFrame({name: [] for name in ("site", "kind", "metres", "chance", "name")})
    filled = [table for table in tables if len(table)]
    both = pd.concat(filled, ignore_index=True) if filled else empty
    both = both.sort_values(["site", "metres", "kind"], kind="stable", ignore_index=True)
    return {
        "around_site": both["site"].to_numpy(dtype=np.uint32),
        "around_kind": both["kind"].to_numpy(dtype=np.uint8),
        "around_metres": both["metres"].to_numpy(dtype=np.float32),
        "around_chance": both["chance"].to_numpy(dtype=np.float32),
        "around_name": both["name"].astype("str"),
    }


def _floats(sites: gpd.GeoDataFrame, name: str) -> npt.NDArray[np.float64]:
    if name not in sites:
        return np.full(len(sites), np.nan)
    return sites[name].to_numpy(dtype=np.float64, na_value=np.nan)


def _shares(run: "Run", sites: gpd.GeoDataFrame) -> dict[str, Any]:
    """Give the share of each criterion in the score, in ten thousandths."""
    shares = run.ranking.contributions.reindex(sites.index)
    return {
        f"share_{name}": np.rint(shares[name].fillna(0.0).clip(0, 1) * 10_000).to_numpy(
            dtype=np.uint16
        )
        for name in shares.columns
    }


def _units(run: "Run", sites: gpd.GeoDataFrame) -> dict[str, Any]:
    """Give the first units of each site with file and line, affected ones first."""
    row_of = pd.Series(np.arange(len(sites)), index=sites.index)
    site = run.unit_sites["site_id"].reindex(run.located.index).map(row_of)
    units = pd.DataFrame(run.located[[*_UNIT_TEXTS, "source_row", "quantity"]]).assign(site=site)
    units = units[site.notna()].reset_index()
    units = units.sort_values(["site", "verdict", "asset_id"], kind="stable")
    rows = np.bincount(units["site"].astype(np.int64), minlength=len(sites)).astype(np.uint32)
    units = units[units.groupby("site").cumcount() < UNITS_SHOWN]
    return {
        "unit_rows": rows,
        "unit_site": units["site"].to_numpy(dtype=np.uint32),
        "unit_line": whole_numbers(units["source_row"]),
        "unit_quantity": whole_numbers(units["quantity"].fillna(1)),
        **{f"unit_{name}": units[name].reset_index(drop=True) for name in _UNIT_TEXTS},
    }
