"""What happens to a container happens to the units that are packed in it at that time."""

import pandas as pd

from recallgeo.register.dates import utc_instants

__all__ = ["expand_containers"]

_DEEPEST = 8  # pallet, case, box, ...; judgement
_BEGIN = pd.Timestamp("0001-01-01", tz="UTC")
_END = pd.Timestamp("9999-01-01", tz="UTC")


def expand_containers(movements: pd.DataFrame) -> pd.DataFrame:
    """Add an event for each unit inside a container that moves.

    A container is what other events name as ``parent``: a pallet, which has no serial and moves
    in events that hold only ``parent``, or a unit that holds others, which moves in its own
    events. A unit is inside from the event that packs it to the one that unpacks it, or that
    unpacks the whole container.

    Parameters
    ----------
    movements : DataFrame
        MOVEMENTS.

    Returns
    -------
    DataFrame
        The movements of units, and the added ones under ``<event>/<serial>``.
    """
    stays = _stays(movements)
    if stays.empty:
        return movements
    moving = movements[~movements["kind"].isin(["packed", "unpacked"])]
    moved = moving.assign(_container=_own_name(moving).fillna(moving["parent"]))
    added, inside = [], moved[moved["_container"].isin(stays["parent"])]
    for _ in range(_DEEPEST):
        if inside.empty:
            break
        inside = _children(inside, stays)
        added.append(inside)
        inside = inside[inside["_container"].isin(stays["parent"])]
    rows = pd.concat([movements, *(part.drop(columns="_container") for part in added)])
    return rows[~rows.index.duplicated()]


def _own_name(rows: pd.DataFrame) -> pd.Series:
    """Give the name under which a unit is named as a container: GTIN and serial, or serial."""
    both = rows["gtin"] + "." + rows["serial"]
    return both.fillna(rows["serial"])


def _stays(movements: pd.DataFrame) -> pd.DataFrame:
    """Give the time from which and to which each unit was inside which container."""
    packed = movements[(movements["kind"] == "packed") & movements["parent"].notna()]
    packed = packed[packed["serial"].notna()]
    unpacked = movements[(movements["kind"] == "unpacked") & movements["parent"].notna()]
    stays = pd.DataFrame(
        {
            "parent": packed["parent"],
            "serial": packed["serial"],
            "gtin": packed["gtin"],
            "start": utc_instants(packed["time"]).fillna(_BEGIN),
            "_name": _own_name(packed),
        }
    ).reset_index(drop=True)
    if stays.empty:
        return stays.assign(end=stays["start"])
    ends = pd.DataFrame(
        {
            "parent": unpacked["parent"],
            "_out": _own_name(unpacked),
            "end": utc_instants(unpacked["time"]),
        }
    )
    pairs = stays.reset_index().merge(ends, on="parent")
    fits = (pairs["_out"].isna() | (pairs["_out"] == pairs["_name"])) & (
        pairs["end"] >= pairs["start"]
    )
    first = pairs[fits].groupby("index")["end"].min()
    return stays.assign(end=first.reindex(stays.index).fillna(_END))


def _children(moved: pd.DataFrame, stays: pd.DataFrame) -> pd.DataFrame:
    rows = moved.drop(columns=["serial", "gtin", "parent"]).reset_index()
    pairs = rows.merge(stays, left_on="_container", right_on="parent")
    time = utc_instants(pairs["time"]).fillna(_BEGIN)
    pairs = pairs[(time >= pairs["start"]) & (time <= pairs["end"])]
    index = pairs["event_id"] + "/" + pairs["serial"]
    pairs["_container"] = pairs["_name"]
    pairs.index = pd.Index(index, dtype="str", name="event_id")
    return pairs[[*moved.columns]]
