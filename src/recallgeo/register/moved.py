"""Units that the channel moved and no register holds: added, so that none is overlooked."""

import pandas as pd

from recallgeo.frames import ASSETS
from recallgeo.keys import short_keys
from recallgeo.register.custody import (
    CHANNEL_ROLES,
    HOLDING,
    events_in_order,
    holder_roles,
    last_steps,
)
from recallgeo.register.tables import number_repeats

__all__ = ["add_moved_units"]

_KEY_DIGITS = 20
_ENDED = ("installed", "returned", "scrapped")


def add_moved_units(
    assets: pd.DataFrame, movements: pd.DataFrame, *, parties: pd.DataFrame | None = None
) -> tuple[pd.DataFrame, int]:
    """Add a row for each unit that was moved and stands in no register.

    A unit is a serial, with its GTIN where the movements state it. It is in a register where a
    row holds the serial and no other GTIN. A unit that was only packed, unpacked or scrapped, or
    whose every event was corrected, is not added.

    Parameters
    ----------
    assets : DataFrame
        ASSETS of all registers.
    movements : DataFrame
        MOVEMENTS.
    parties : DataFrame, optional
        PARTIES; tell partners from customers. Who hands units on is a partner too.

    Returns
    -------
    DataFrame, int
        The rows of `assets` and below them the added ones, and how many these are. An added row
        comes from the line of its last movement and names who holds it: as customer, or as
        distributor or reseller where that is a partner. What no movement says is missing, so
        that a recall that asks for it cannot tell.

    Examples
    --------
    >>> from recallgeo.frames import MOVEMENTS
    >>> event = {"serial": "A1", "kind": "sold", "to_party": "Clinic", "source_file": "pos.csv",
    ...          "source_row": 2}
    >>> sold = MOVEMENTS.conform(pd.DataFrame(event, index=pd.Index(["e1"], name="event_id")))
    >>> units, added = add_moved_units(ASSETS.empty(), sold)
    >>> units[["serial", "customer"]].to_numpy().tolist(), added
    ([['A1', 'Clinic']], 1)
    """
    events = events_in_order(movements)
    last = events.drop_duplicates("_unit", keep="last").set_index("_unit")
    moved = events.loc[events["kind"].isin(HOLDING), "_unit"].unique()
    last = last.loc[last.index.isin(moved)]
    last = last[~_in_registers(last, assets)]
    if last.empty:
        return assets, 0
    added = _rows_of(last, events, parties)
    texts = [name for name in assets.columns if name not in added.columns]
    for name in texts:
        added[name] = pd.Series(None, index=added.index, dtype=assets[name].dtype)
    units = pd.concat([assets, added[assets.columns]])
    keys = number_repeats(pd.Series(units.index, dtype="str"))
    return units.set_axis(pd.Index(keys, dtype="str", name=ASSETS.index)), len(added)


def _in_registers(last: pd.DataFrame, assets: pd.DataFrame) -> pd.Series:
    """Tell which units a register holds, or another name of the movements stands for."""
    serial, gtin = last["serial"].str.casefold(), last["gtin"].str.lstrip("0").fillna("")
    held = assets["serial"].str.casefold()
    several = held.groupby(held).size()
    own_gtin = assets["gtin"].str.lstrip("0")
    open_gtin = held[own_gtin.isna()]
    same = pd.Series(last.index.isin((held + "|" + own_gtin).dropna()), index=last.index)
    known = serial.isin(several.index) & ((gtin == "") | serial.isin(open_gtin) | same)
    named = set(serial[gtin != ""])
    return known | ((gtin == "") & serial.isin(named))


def _rows_of(
    last: pd.DataFrame, events: pd.DataFrame, parties: pd.DataFrame | None
) -> pd.DataFrame:
    """Write the row of each unit from its last movement."""
    index = pd.Index(
        short_keys(pd.Series(last.index, dtype="str"), digits=_KEY_DIGITS), name=ASSETS.index
    )
    holder = last_steps(events).loc[last.index, "holder"].set_axis(index)
    steps = last.set_axis(index)
    rows = ASSETS.conform(steps[["source_file", "source_row", "serial", "gtin"]])
    # who returns a unit is a customer, not a partner
    giving = events[events["kind"] != "returned"]
    role = holder_roles(rows, holder, giving, parties)
    status = steps["kind"].where(steps["kind"].isin(_ENDED))
    return rows.assign(
        customer=holder.where(~role.isin(CHANNEL_ROLES)).astype("str"),
        distributor=holder.where(role == "distributor").astype("str"),
        reseller=holder.where(role.isin(["reseller", "partner"])).astype("str"),
        unit_status=status.astype("str"),
        record_date=steps["time"].str.slice(0, 10).astype("str"),
    )
