"""Which sites are done: every unit at them is covered by a line of the log that says so."""

import pandas as pd

from recallgeo.outreach.status import CLOSED_STATES, fold_log
from recallgeo.register import utc_instants

__all__ = ["find_closed"]

_DAY = 10  # characters of an ISO date


def find_closed(
    sites: pd.Index, log: pd.DataFrame | None, units: pd.DataFrame | None
) -> pd.DataFrame:
    """Find the sites at which nothing dangerous is left, unit by unit.

    A line of the log with an ``asset_id`` closes that unit alone. A line without one closes the
    units that the site had then: those whose delivery and record are not known to be after the
    line's day. Dates are compared at the precision both have; a missing date is not after, and a
    line whose day cannot be read covers only units without any date. A newer line about the unit
    itself opens it again. A site of which `units` knows no unit is closed by a line about the
    site, never by lines about single units.

    Parameters
    ----------
    sites : Index
        ``site_id`` of each site of the plan.
    log : DataFrame or None
        As `fold_log` takes it; ``asset_id`` may be absent.
    units : DataFrame or None
        Index ``asset_id``; ``site_id``, ``delivered`` and ``record_date``.

    Returns
    -------
    DataFrame, index ``site_id``
        The closed ones, in the order of `sites`: ``state`` and ``at`` of the line that closed
        the last unit.

    Raises
    ------
    PlanError
        As `fold_log` raises it.

    Examples
    --------
    >>> log = pd.DataFrame({"site_id": ["a"], "asset_id": ["u1"], "state": ["repaired"],
    ...                     "at": ["2022-07-05T10:00:00Z"]})
    >>> units = pd.DataFrame({"site_id": ["a", "a"], "delivered": None, "record_date": None},
    ...                      index=["u1", "u2"])
    >>> find_closed(pd.Index(["a"]), log, units).empty
    True
    >>> find_closed(pd.Index(["a"]), log, units.loc[["u1"]])["state"].tolist()
    ['repaired']
    """
    of_sites, of_units = _fold_both(log)
    lines = of_sites[of_sites["state"].isin(CLOSED_STATES)]
    if units is not None:
        housed = units[units["site_id"].notna()]
        told = _lines_of_units(housed, of_sites, of_units)
        site = housed["site_id"].to_numpy()
        is_closed = told["state"].isin(CLOSED_STATES).groupby(site).all()
        ordered = told.assign(site_id=site, _at=utc_instants(told["at"]))
        ordered = ordered.sort_values(["site_id", "_at", "state"], na_position="first")
        last = ordered.groupby("site_id")[["state", "at"]].last()
        lines = pd.concat([lines[~lines.index.isin(last.index)], last[is_closed]])
    return lines.reindex(sites[sites.isin(lines.index)])


def _fold_both(log: pd.DataFrame | None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Fold the lines about sites by site, and those about units by unit."""
    if log is None or log.empty or "asset_id" not in log.columns:
        return fold_log(log), fold_log(None)
    asset = log["asset_id"].astype("str").str.strip()
    about_unit = (asset.notna() & (asset != "")).to_numpy(dtype=bool)
    fold_log(log)  # a wrong state or column is said once, of the log as a whole
    return fold_log(log[~about_unit]), fold_log(log.assign(site_id=asset)[about_unit])


def _lines_of_units(
    units: pd.DataFrame, of_sites: pd.DataFrame, of_units: pd.DataFrame
) -> pd.DataFrame:
    """Give the line that says how each unit stands: its own, or one that closed its site."""
    own = of_units.reindex(units.index)
    shared = of_sites.reindex(units["site_id"]).set_axis(units.index)
    own_at, shared_at = utc_instants(own["at"]), utc_instants(shared["at"])
    day = shared["at"].str[:_DAY]
    dates = units[["delivered", "record_date"]]
    later = dates.gt(day, axis=0).any(axis=1)  # "2022-08" is after "2022-07-05", "2022-07" is not
    later |= shared_at.isna() & dates.notna().any(axis=1)
    covers = shared["state"].isin(CLOSED_STATES) & ~later
    finished = own["state"].isin(CLOSED_STATES)
    newer = (own_at > shared_at) | (own_at.notna() & shared_at.isna())
    return own.mask(covers & ~finished & ~newer, shared)
