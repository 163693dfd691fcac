"""Several rows of one unit: count it once, keep every origin and every place it may stand at."""

from collections.abc import Sequence

import pandas as pd

from recallgeo.errors import ConfigError
from recallgeo.frames import ASSETS
from recallgeo.ledger import count_units
from recallgeo.register.reading import Reading, empty_places
from recallgeo.register.same_unit import group_units
from recallgeo.register.set_aside import join_lines
from recallgeo.register.survivors import merge_groups
from recallgeo.register.tables import number_repeats

__all__ = ["merge_readings"]

_REGISTER = "_register"


def merge_readings(
    readings: Sequence[Reading], *, movements: pd.DataFrame | None = None
) -> Reading:
    """Put registers together and count each unit once.

    Rows are one unit where they share a serial and neither manufacturer nor model contradict
    it, or where they have no serial and the same key and content. Rows of one serial under
    several manufacturers or models are different units. A serial in more than ten
    rows at different places is a placeholder: its rows stay apart, each with a line that says so.
    Rows without a serial are never merged within one register, where they may be several units.

    Of several rows of a unit one stands for it: the row whose customer or place the latest
    movement names, else that of the register that comes first, else the most complete, else the
    newest record, else the one with the smallest key. Its missing cells are filled from the
    others; its place only as a whole. A row at another place goes to ``possible_places``, to be
    warned as well. What the rows contradict each other in is missing, whichever row stands for
    the unit: a recall that decides by it cannot tell, and the unit is checked.

    Parameters
    ----------
    readings : sequence of Reading
        Registers in the order of their precedence.
    movements : DataFrame, optional
        MOVEMENTS.

    Returns
    -------
    Reading
        Rows read are the sum; merged rows are counted in ``merged``. Rows that contradict each
        other in what recalls decide by (lot, dates, firmware, ...) leave a line each in
        ``set_aside``, marked kept; ``x_disputed`` lists the fields of the unit.

    Raises
    ------
    ConfigError
        If there is no register.

    Examples
    --------
    >>> from recallgeo.register import ColumnMap, build_assets
    >>> raw = pd.DataFrame({"serial": ["A1", "A1"], "city": ["Bonn", "Ulm"], "floor": ["1", ""]})
    >>> reading = build_assets(raw.astype("str"), ColumnMap(), source_file="units.csv", as_of=None)
    >>> merged = merge_readings([reading])
    >>> len(merged.assets), merged.merged, merged.possible_places["city"].tolist()
    (1, 1, ['Ulm'])
    """
    if not readings:
        message = "no register was given; name at least one"
        raise ConfigError(message)
    rows, keys = _stack(readings)
    groups, placeholders = group_units(rows, keys)
    merged = merge_groups(rows, groups, movements=movements)
    assets = merged.assets.drop(columns=_REGISTER)
    places = [reading.possible_places for reading in readings]
    if any(map(len, places)):
        final = _final_ids(rows, keys, groups, merged.winners)
        places = [_moved_places(part, final, at) for at, part in enumerate(places)]
    return Reading(
        assets=assets,
        set_aside=join_lines(
            [*(reading.set_aside for reading in readings), *placeholders, *merged.lines]
        ),
        rows_read=sum(reading.rows_read for reading in readings),
        merged=sum(reading.merged for reading in readings) + len(rows) - len(assets),
        units_merged=sum(reading.units_merged for reading in readings)
        + count_units(rows)
        - count_units(assets),
        possible_places=_join_places([*places, merged.places.drop(columns=_REGISTER)]),
        notes=tuple(note for reading in readings for note in reading.notes),
        as_of=next((reading.as_of for reading in readings if reading.as_of), None),
    )


def _stack(readings: Sequence[Reading]) -> tuple[pd.DataFrame, pd.Series]:
    """Put the rows of all registers together under unique keys; give their former keys too."""
    parts = [reading.assets.assign(**{_REGISTER: at}) for at, reading in enumerate(readings)]
    rows = parts[0] if len(parts) == 1 else pd.concat(parts)
    extras = [name for name in rows.columns if str(name).startswith(ASSETS.extra)]
    texts = {name: "str" for name in extras if rows[name].dtype != "str"}
    rows = rows.astype(texts) if texts else rows
    keys = pd.Series(rows.index, dtype="str")
    if len(parts) > 1:
        rows.index = pd.Index(number_repeats(keys), dtype="str", name=ASSETS.index)
    return rows, keys


def _final_ids(
    rows: pd.DataFrame, keys: pd.Series, groups: pd.Series, winners: pd.Series
) -> pd.Series:
    """Give the key under which each row's unit stands now, by register and former key."""
    index = pd.MultiIndex.from_arrays([rows[_REGISTER].to_numpy(), keys.to_numpy()])
    ids = groups.map(winners).astype("str").fillna(pd.Series(rows.index, index=rows.index))
    return pd.Series(ids.to_numpy(), index=index)


def _moved_places(places: pd.DataFrame, final: pd.Series, at: int) -> pd.DataFrame:
    if places.empty:
        return places
    return places.assign(x_of=final.loc[at].reindex(places["x_of"]).to_numpy())


def _join_places(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    filled = [part for part in parts if len(part)]
    if not filled:
        return empty_places()
    places = pd.concat(filled)
    keys = number_repeats(pd.Series(places.index, dtype="str"))
    places.index = pd.Index(keys, dtype="str", name=ASSETS.index)
    return ASSETS.conform(places)
