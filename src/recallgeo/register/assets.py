"""From the raw cells of a register to units under the ASSETS contract."""

from datetime import date

import pandas as pd

from recallgeo.frames import ADDRESS_FIELDS, ASSETS
from recallgeo.register.column_map import ColumnMap
from recallgeo.register.reading import Reading
from recallgeo.register.set_aside import cell_lines, join_lines
from recallgeo.register.support import resolve_support
from recallgeo.register.tables import build_table

__all__ = ["build_assets"]

_UNIT = ("asset_id", "serial", "model", "part_number", "gtin", "lot", "components")
_CUSTOMER = ("customer_id", "customer", "contact", "contact_phone", "contact_email")
_PLACE = ("site_name", *ADDRESS_FIELDS, "longitude", "latitude")


def build_assets(
    raw: pd.DataFrame, column_map: ColumnMap, *, source_file: str, as_of: date | None
) -> Reading:
    """Turn the raw cells of a register into units.

    Parameters
    ----------
    raw : DataFrame of str
        Cells as read, headers as written. The index is the line of the file where it is named
        ``source_row``, else rows are counted from 1. Not altered.
    column_map : ColumnMap
        How its columns become ours.
    source_file : str
        Name of the file.
    as_of : date or None
        Day of the support status; without it only a declared status counts.

    Returns
    -------
    Reading
        Every row of `raw` is a row of ``assets`` or set aside. A row is set aside only if it is
        blank, repeats the header, or identifies neither unit, customer nor place. A cell that
        cannot be used is missing, with a line that is marked ``kept``. Duplicates still stand:
        `merge_readings` merges them.

    Raises
    ------
    ConfigError
        If the map names a header that is absent, or no column becomes one of ours.

    Examples
    --------
    >>> raw = pd.DataFrame({"serial": ["0042", ""], "Breite": ["52,5", ""]}, dtype="str")
    >>> columns = ColumnMap.from_dict({"columns": {"latitude": "Breite"}})
    >>> reading = build_assets(raw, columns, source_file="units.csv", as_of=None)
    >>> reading.assets[["serial", "latitude"]].to_numpy().tolist()
    [['0042', 52.5]]
    >>> reading.set_aside["cause"].tolist()
    ['blank row']
    """
    table = build_table(
        raw,
        column_map,
        ASSETS,
        source_file=source_file,
        identifying=(*_UNIT, *_CUSTOMER, *_PLACE),
        what="identifies neither unit, customer nor place",
    )
    support = resolve_support(table.frame, as_of=as_of)
    declared = table.frame["support_status"].set_axis(table.frame["source_row"])
    contradicted = cell_lines(support, declared, source_file=source_file)
    assets = table.frame.assign(support_status=support.result.to_numpy())
    assets["support_status"] = assets["support_status"].astype("str")
    return Reading(
        assets=assets,
        set_aside=join_lines([*table.lines, contradicted]),
        rows_read=len(raw),
        as_of=as_of,
    )
