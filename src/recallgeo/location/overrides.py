"""Human corrections of places, re-applied on every run."""

import pandas as pd

from recallgeo.errors import SchemaError, nearest_name
from recallgeo.keys import short_keys
from recallgeo.location.flags import add_flag

__all__ = ["OVERRIDE_COLUMNS", "apply_overrides", "check_overrides"]

OVERRIDE_COLUMNS: tuple[str, ...] = (
    *("asset_id", "address_key", "site", "longitude", "latitude", "who", "when", "why"),
)
"""Columns of a table of corrections; the first three name what is corrected, one is enough."""

_TARGETS = ("asset_id", "address_key", "site")
_NEEDED = ("longitude", "latitude", "who", "when", "why")
_CORRECTED_M = 25.0  # judgement: a place pointed out by a person who looked
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


def apply_overrides(located: pd.DataFrame, overrides: pd.DataFrame) -> pd.Series:
    """Write corrections into a located table, in place, and count what each one met.

    Where several corrections name one unit, the latest ``when`` counts, of equal ones the last.

    Parameters
    ----------
    located : DataFrame
        The table under construction, index ``asset_id``, with columns ``longitude_at`` and
        ``latitude_at``; altered.
    overrides : DataFrame
        From `check_overrides`.

    Returns
    -------
    Series of int64
        Units that each correction names, on its index; 0 where it no longer matches.
    """
    ordered = overrides.sort_values("when", kind="stable")
    # a site's id is the key of its smallest asset: that unit carries the correction
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
