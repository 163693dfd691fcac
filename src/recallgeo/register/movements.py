"""From raw cells to channel events (MOVEMENTS) and partners (PARTIES)."""

from dataclasses import dataclass

import pandas as pd

from recallgeo.errors import LedgerError
from recallgeo.frames import MOVEMENTS, PARTIES
from recallgeo.register.column_map import ColumnMap
from recallgeo.register.set_aside import join_lines
from recallgeo.register.tables import build_table

__all__ = ["TableReading", "build_movements", "build_parties"]

_EVENT = ("serial", "gtin", "parent", "document")


@dataclass(frozen=True, slots=True, kw_only=True)
class TableReading:
    """Movements or parties as read.

    Parameters
    ----------
    frame : DataFrame
        Under its contract.
    set_aside : DataFrame
        SET_ASIDE.
    rows_read : int
        Records of the files, headers aside.
    notes : tuple of str
        How the files were opened.

    Raises
    ------
    LedgerError
        If rows read are not rows kept and set aside.
    """

    frame: pd.DataFrame
    set_aside: pd.DataFrame
    rows_read: int
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check that no row was lost or doubled."""
        aside = int((~self.set_aside["kept"].astype("bool")).sum())
        if len(self.frame) + aside != self.rows_read:
            message = (
                f"{self.rows_read} rows were read, {len(self.frame) + aside} are accounted for "
                f"(kept {len(self.frame)}, set aside {aside})"
            )
            raise LedgerError(message)


def build_movements(raw: pd.DataFrame, column_map: ColumnMap, *, source_file: str) -> TableReading:
    """Turn the rows of a point-of-sale or shipment file into movements.

    Parameters
    ----------
    raw : DataFrame of str
        One row a sale or shipment, of any tier.
    column_map : ColumnMap
        Made with ``schema=MOVEMENTS``.
    source_file : str
        Name of the file.

    Returns
    -------
    TableReading
        A row is set aside only if it names neither unit, product, container nor document.

    Examples
    --------
    >>> raw = pd.DataFrame({"serial": ["A1"], "kind": ["Sold"], "time": ["2021-03-01"]})
    >>> reading = build_movements(raw.astype("str"), ColumnMap(), source_file="pos.csv")
    >>> reading.frame[["serial", "kind", "time"]].to_numpy().tolist()
    [['A1', 'sold', '2021-03-01']]
    """
    table = build_table(
        raw,
        column_map,
        MOVEMENTS,
        source_file=source_file,
        identifying=_EVENT,
        what="names neither unit, product, container nor document",
    )
    return TableReading(frame=table.frame, set_aside=join_lines(table.lines), rows_read=len(raw))


def build_parties(raw: pd.DataFrame, column_map: ColumnMap, *, source_file: str) -> TableReading:
    """Turn the rows of a file of our own sites and partners into parties.

    Parameters
    ----------
    raw : DataFrame of str
        One row a party.
    column_map : ColumnMap
        Made with ``schema=PARTIES``.
    source_file : str
        Name of the file.

    Returns
    -------
    TableReading
        A party without a name is set aside: nobody could be called.

    Examples
    --------
    >>> raw = pd.DataFrame({"party_id": ["td"], "name": ["Tech Data"], "role": ["distributor"]})
    >>> reading = build_parties(raw.astype("str"), ColumnMap(), source_file="parties.csv")
    >>> reading.frame["role"].tolist()
    ['distributor']
    """
    table = build_table(
        raw,
        column_map,
        PARTIES,
        source_file=source_file,
        identifying=("name",),
        what="a party without a name",
    )
    return TableReading(frame=table.frame, set_aside=join_lines(table.lines), rows_read=len(raw))
