"""Human corrections of places, re-applied on every run."""

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from recallgeo.errors import SchemaError, nearest_name
from recallgeo.geodesy import PointTree
from recallgeo.keys import short_keys
from recallgeo.location.flags import add_flag
from recallgeo.schema import WGS84
from recallgeo.spelling import latin_text

__all__ = ["OVERRIDE_COLUMNS", "apply_overrides", "check_overrides"]

OVERRIDE_COLUMNS: tuple[str, ...] = (
    *("asset_id", "address_key", "site", "longitude", "latitude", "who", "when", "why"),
)
"""Columns of a table of corrections; the first three name what is corrected, one is enough."""

_TARGETS = ("asset_id", "address_key", "site")
_NEEDED = ("longitude", "latitude", "who", "when", "why")
_CORRECTED_M = 25.0  # judgement: a place pointed out by a person who looked
_ONE_PLACE_M = 30.0  # judgement: units of a customer nearer than this stand at one place
_MAX_LON, _MAX_LAT = 180.0, 90.0


def check_overrides(overrides: pd.DataFrame) -> pd.DataFrame:
    """Check a table of corrections and give it in one form.

    Parameters
    ----------
    overrides : DataFrame
        `OVERRIDE_COLUMNS`, of ``asset_id``, ``address_key`` and ``site`` at least one.

    Returns
    -------
    DataFrame
        Every column there, texts as text; ordered as given.

    Raises
    ------
    SchemaError
        For unknown or missing columns, a row that names nothing, or a point off the Earth.
    """
    breaches = [
        f"column {name!r} is unknown; {nearest_name(str(name), OVERRIDE_COLUMNS)}"
        for name in overrides.columns
        if name not in OVERRIDE_COLUMNS
    ]
    breaches += [f"column {name!r} is missing" for name in _NEEDED if name not in overrides]
    if not any(name in overrides for name in _TARGETS):
        breaches.append(f"one of {', '.join(_TARGETS)} is needed")
    if not breaches:
        table = overrides.reindex(columns=list(OVERRIDE_COLUMNS)).reset_index(drop=True)
        texts = [name for name in OVERRIDE_COLUMNS if name not in {"longitude", "latitude"}]
        table = table.astype(dict.fromkeys(texts, "str"))
        table = table.astype({"longitude": "float64", "latitude": "float64"})
        breaches = _row_breaches(table)
        if not breaches:
            return table
    message = "corrections break their contract:\n" + "\n".join(f"  - {line}" for line in breaches)
    raise SchemaError(message)


def apply_overrides(
    located: pd.DataFrame, overrides: pd.DataFrame, *, units: pd.DataFrame
) -> pd.Series:
    """Write corrections into a located table, in place, and count what each one met.

    A site is named by its smallest unit; with it move the units of its customer that share its
    address or stand within 30 m of it, or, where it has neither address nor point, its area.
    Where several corrections name one unit, the latest ``when`` counts, of equal ones the last.

    Parameters
    ----------
    located : DataFrame
        The table under construction, index ``asset_id``, with columns ``longitude_at`` and
        ``latitude_at``; altered.
    overrides : DataFrame
        From `check_overrides`.
    units : DataFrame
        ASSETS on the same index: whose the units are.

    Returns
    -------
    Series of int64
        Units that each correction names, on its index; 0 where it no longer matches.
    """
    ordered = overrides.sort_values("when", kind="stable")
    # a site's id is the key of its smallest asset
    names = {
        "asset_id": located.index.to_series(),
        "address_key": located["address_key"],
        "site": short_keys(located.index.to_series()),
    }
    pairs = []
    for target, name in names.items():
        asked = ordered[target].dropna()
        keyed = pd.DataFrame({"key": name.to_numpy(), "unit": located.index}).dropna()
        wanted = pd.DataFrame({"key": asked.to_numpy(), "override": asked.index})
        pairs.append(keyed.merge(wanted, on="key")[["unit", "override"]])
    pairs.append(_rest_of_site(located, units, pairs[-1]))
    met = pd.concat(pairs).drop_duplicates()
    order = pd.Series(range(len(ordered)), index=ordered.index)
    latest = met.assign(order=met["override"].map(order)).sort_values("order", kind="stable")
    latest = latest.drop_duplicates("unit", keep="last").set_index("unit")
    rows = overrides.loc[latest["override"]].set_axis(latest.index)
    located.loc[rows.index, "longitude_at"] = rows["longitude"]
    located.loc[rows.index, "latitude_at"] = rows["latitude"]
    located.loc[rows.index, "match_level"] = "supplied"
    located.loc[rows.index, "uncertainty_m"] = _CORRECTED_M
    located.loc[rows.index, "geocode_status"] = "matched"
    located.loc[rows.index, "located_by"] = "correction"
    located.loc[rows.index, "x_correction"] = rows["why"] + " (" + rows["when"] + ")"
    add_flag(located, located.index.isin(rows.index), "corrected", column="location_flags")
    return met.groupby("override").size().reindex(overrides.index, fill_value=0)


def _rest_of_site(located: pd.DataFrame, units: pd.DataFrame, named: pd.DataFrame) -> pd.DataFrame:
    """Give the units of the sites whose smallest units corrections name."""
    if named.empty:
        return named
    places = _places(located, units)
    at = located.index.get_indexer(pd.Index(named["unit"]))
    owners = places.iloc[at]
    # whoever is of another customer is out of reach from the start
    places = places[
        places["number"].isin(owners["number"].dropna())
        | places["name"].isin(owners["name"].dropna())
        | (places["unknown"] & bool(owners["unknown"].any()))
    ]
    anchors = places.loc[at].assign(override=named["override"].to_numpy())
    by_key = [
        anchors[["row", key, "override"]].merge(
            places[["row", key]].dropna(), on=key, suffixes=("", "_other")
        )
        for key in ("address", "area")
    ]
    tree = PointTree(_points(places))
    asked, near, _ = tree.pairs_within(_points(anchors), radius_m=_ONE_PLACE_M)
    by_point = anchors[["row", "override"]].iloc[asked]
    by_point = by_point.assign(row_other=places["row"].to_numpy()[near])
    pairs = pd.concat([*by_key, by_point], ignore_index=True)
    same = _same_customer(places.loc[pairs["row"]], places.loc[pairs["row_other"]])
    unit = located.index[pairs["row_other"]]
    return pd.DataFrame({"unit": unit, "override": pairs["override"].to_numpy()})[same]


def _places(located: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """Say by row number where each unit is and whose it is."""
    number = units["customer_id"].str.strip()
    table = pd.DataFrame(
        {
            "address": located["address_key"].to_numpy(),
            "area": located["x_area_key"].to_numpy(),
            "lon": located["longitude_at"].to_numpy(dtype=float, na_value=np.nan),
            "lat": located["latitude_at"].to_numpy(dtype=float, na_value=np.nan),
            "number": number.mask(number.eq("")).to_numpy(),
            "name": latin_text(units["customer"]).to_numpy(),
        }
    )
    table["row"] = table.index
    table["unknown"] = table["number"].isna() & table["name"].isna()
    nowhere = table["address"].isna() & table["lon"].isna()
    table["area"] = table["area"].where(nowhere & ~table["unknown"])
    return table


def _points(places: pd.DataFrame) -> gpd.GeoSeries:
    return gpd.GeoSeries.from_xy(places["lon"], places["lat"], crs=WGS84)


def _same_customer(left: pd.DataFrame, right: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Say by the vendor's key, else by the name, whether two units have one customer or none."""
    one, other = left.reset_index(drop=True), right.reset_index(drop=True)
    numbered = one["number"].notna() & other["number"].notna()
    by_number = numbered & one["number"].eq(other["number"])
    by_name = ~numbered & one["name"].notna() & one["name"].eq(other["name"])
    same = by_number | by_name | (one["unknown"] & other["unknown"])
    return same.to_numpy(dtype=bool)


def _row_breaches(table: pd.DataFrame) -> list[str]:
    nameless = table[list(_TARGETS)].isna().all(axis=1)
    off = ~(table["longitude"].abs().le(_MAX_LON) & table["latitude"].abs().le(_MAX_LAT))
    undated = table["when"].isna()
    causes = {
        f"names none of {', '.join(_TARGETS)}": nameless,
        "has no point on the Earth (longitude -180 to 180, latitude -90 to 90)": off,
        "has no date in 'when'": undated,
    }
    return [
        f"{int(rows.sum())} corrections, the first in row {rows.to_numpy().argmax() + 1}: {cause}"
        for cause, rows in causes.items()
        if rows.any()
    ]
