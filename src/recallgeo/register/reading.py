"""What reading a register gives: units, what was set aside, and how good the data are."""

from dataclasses import dataclass, field
from datetime import date
from html import escape

import pandas as pd

from recallgeo.errors import LedgerError
from recallgeo.frames import ASSETS, SET_ASIDE
from recallgeo.ledger import count_units
from recallgeo.register.scorecard import score_quality

__all__ = ["Reading"]


def empty_places() -> pd.DataFrame:
    """Give the frame of possible places without a row."""
    return ASSETS.empty().assign(x_of=pd.Series([], dtype="str"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A register as read.

    Parameters
    ----------
    assets : DataFrame
        ASSETS, one row a unit or quantity line; ``x_origins`` lists ``file:line`` of every row
        that was merged into a unit.
    set_aside : DataFrame
        SET_ASIDE: rows that could not be used, and lost cells of rows that were kept.
    rows_read : int
        Records of the files, headers aside.
    merged : int
        Rows that were merged into another row of the same unit.
    units_merged : int
        Units of those rows.
    possible_places : DataFrame
        ASSETS and ``x_of``: rows of a unit at a place other than the one that stands for it.
        They are no further units; ``x_of`` is the `asset_id` of the unit.
    notes : tuple of str
        How the files were opened: delimiter, encoding, repairs.
    as_of : date, optional
        Day of the support status and of the age of records.

    Raises
    ------
    LedgerError
        If rows read are not rows kept, merged and set aside.

    Examples
    --------
    >>> Reading(assets=ASSETS.empty(), rows_read=0).summary()
    '0 rows read: 0 units in 0 rows, 0 rows merged, 0 rows set aside, 0 cells in doubt'
    """

    assets: pd.DataFrame
    set_aside: pd.DataFrame = field(default_factory=SET_ASIDE.empty)
    rows_read: int
    merged: int = 0
    units_merged: int = 0
    possible_places: pd.DataFrame = field(default_factory=empty_places)
    notes: tuple[str, ...] = ()
    as_of: date | None = None

    def __post_init__(self) -> None:
        """Check that no row was lost or doubled."""
        known = len(self.assets) + self.merged + self.rows_set_aside
        if known != self.rows_read:
            message = (
                f"register: {self.rows_read} rows were read, {known} are accounted for "
                f"(kept {len(self.assets)}, merged {self.merged}, set aside {self.rows_set_aside})"
            )
            raise LedgerError(message)

    @property
    def rows_set_aside(self) -> int:
        """Rows that could not be used."""
        return int((~self.set_aside["kept"].astype("bool")).sum())

    @property
    def units(self) -> int:
        """Units of the register, quantities counted."""
        return count_units(self.assets)

    @property
    def quality(self) -> pd.DataFrame:
        """Scorecard of the register; computed when asked for.

        Columns ``by`` (all, country, distributor, reseller), ``group``, ``rows``, ``field``,
        ``measure`` (complete, valid, current, duplicated, locatable) and ``share`` (0 to 1,
        missing where there is nothing to measure).
        """
        return score_quality(self.assets, self.set_aside, as_of=self.as_of)

    def summary(self) -> str:
        """Say in one line what was read, merged and set aside."""
        cells = int(self.set_aside["column"].notna().sum())
        return (
            f"{self.rows_read} rows read: {self.units} units in {len(self.assets)} rows, "
            f"{self.merged} rows merged, {self.rows_set_aside} rows set aside, "
            f"{cells} cells in doubt"
        )

    def _repr_html_(self) -> str:
        notes = "".join(f"<li>{escape(note)}</li>" for note in self.notes)
        return f"<p>{escape(self.summary())}</p><ul>{notes}</ul>"
