"""The state of each site, folded from the outreach log."""

from typing import Final

import pandas as pd

from recallgeo.errors import PlanError, nearest_name
from recallgeo.register import utc_instants

__all__ = ["CLOSED_STATES", "CONTACT_STATES", "REMEDY_STATES", "fold_log"]

CONTACT_STATES: Final = ("attempted", "reached", "right_person", "understood")
REMEDY_STATES: Final = (
    "repaired",
    "replaced",
    "refunded",
    "returned",
    "destroyed",
    "unavailable",
    "refused",
    "not_found",
)
CLOSED_STATES: Final = ("repaired", "replaced", "refunded", "returned", "destroyed")
"""States after which nothing dangerous is left; a completed contact is not a remedy."""

_COLUMNS = ("site_id", "at", "state")


def fold_log(log: pd.DataFrame | None) -> pd.DataFrame:
    """Give the state of each site: the newest line, remedies before contacts of the same time.

    Parameters
    ----------
    log : DataFrame or None
        ``site_id``; ``at``, ISO instant in any zone or date, which counts from its start;
        ``state``. In any order. A line whose ``at`` cannot be read overrules none that can.

    Returns
    -------
    DataFrame, index ``site_id``
        ``state`` and ``at``; empty for no log. The same log gives the same state in any order.

    Raises
    ------
    PlanError
        For a missing column or an unknown state.

    Examples
    --------
    >>> log = pd.DataFrame({"site_id": ["a", "a"], "state": ["repaired", "reached"],
    ...                     "at": ["2022-07-05T10:00:00Z", "2022-07-04T09:00:00Z"]})
    >>> fold_log(log).loc["a", "state"]
    'repaired'
    """
    if log is None or log.empty:
        return pd.DataFrame({"state": [], "at": []}, dtype="str").rename_axis("site_id")
    absent = [name for name in _COLUMNS if name not in log.columns]
    if absent:
        message = f"the outreach log lacks {absent}; expected {list(_COLUMNS)}"
        raise PlanError(message)
    states = [*CONTACT_STATES, *REMEDY_STATES]
    unknown = sorted(set(log["state"].dropna()) - set(states))
    if unknown:
        message = f"state {unknown[0]!r} is not known; {nearest_name(unknown[0], states)}"
        raise PlanError(message)
    order = {state: number for number, state in enumerate(states)}
    table = log.assign(_order=log["state"].map(order)).dropna(subset=list(_COLUMNS))
    table["_at"] = utc_instants(table["at"])
    table = table.sort_values(
        ["site_id", "_at", "_order", "at"], kind="stable", na_position="first"
    )
    return table.groupby("site_id")[["state", "at"]].last()
