"""The other place of a unit that the registers put at two: warned too, never counted."""

import pandas as pd

from recallgeo.frames import SCOPED

__all__ = ["possible_units"]


def possible_units(possible_places: pd.DataFrame, in_scope: pd.DataFrame) -> pd.DataFrame:
    """Give the losing rows of units in scope, as units to check where they may stand.

    Parameters
    ----------
    possible_places : DataFrame
        ASSETS with ``x_of``, the `asset_id` of the row that stands for the unit.
    in_scope : DataFrame
        SCOPED, units that are affected or to check.

    Returns
    -------
    DataFrame
        SCOPED, ``check_needed``, with scope and hazard of the unit.
    """
    losers = possible_places[possible_places["x_of"].isin(in_scope.index)]
    winners = in_scope.loc[losers["x_of"]]
    table = losers.assign(
        verdict="check_needed",
        verdict_reason="this serial stands at another place by a more trusted row",
    )
    for name in ("scope_ids", "scope_id", "hazard", "severity"):
        table[name] = winners[name].to_numpy()
    return SCOPED.conform(table)
