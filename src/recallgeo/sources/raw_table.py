"""A table as it stands in a file: cells as text, the line of each record, what was spoiled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from recallgeo.errors import ConfigError
from recallgeo.frames import SET_ASIDE

__all__ = ["RawTable", "unique_headers"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RawTable:
    """A table as it stands in a file.

    Parameters
    ----------
    name : str
        Name of the file.
    cells : DataFrame of str
        Cells as written, under unique headers; the index ``source_row`` is the line of the
        record's first line, counted from 1, the header's line included.
    lines : DataFrame
        SET_ASIDE: records that could not be told apart, and repairs (marked kept).
    notes : tuple of str
        How it was opened.
    """

    name: str
    cells: pd.DataFrame
    lines: pd.DataFrame = field(default_factory=SET_ASIDE.empty)
    notes: tuple[str, ...] = ()

    @property
    def rows_read(self) -> int:
        """Records of the file, those that were set aside included."""
        return len(self.cells) + int((~self.lines["kept"].astype("bool")).sum())


def unique_headers(
    headers: Sequence[str], *, keep: Mapping[str, str], wanted: Sequence[str], name: str
) -> list[str | None]:
    """Make headers unique and say which columns to leave out.

    Parameters
    ----------
    headers : sequence of str
        As written.
    keep : mapping of str to str
        Which column of a repeated header counts: ``first`` or ``last``.
    wanted : sequence of str
        Headers that a column map names, and our own names: they must not be in doubt.
    name : str
        Name of the file.

    Returns
    -------
    list of str or None
        One a column; None for a column that `keep` leaves out. An empty header is
        ``column_<n>``; the second of an undeclared pair ends in `` (2)``.

    Raises
    ------
    ConfigError
        If a wanted header stands twice and nothing says which one counts.

    Examples
    --------
    >>> unique_headers(["a", "a", ""], keep={}, wanted=[], name="units.csv")
    ['a', 'a (2)', 'column_3']
    """
    plain = [" ".join(str(text).split()) for text in headers]
    plain = [text or f"column_{at}" for at, text in enumerate(plain, 1)]
    total = pd.Series(plain).value_counts()
    seen: dict[str, int] = {}
    result: list[str | None] = []
    for text in plain:
        seen[text] = seen.get(text, 0) + 1
        if total[text] == 1:
            result.append(text)
        elif text in keep:
            counts = 1 if keep[text] == "first" else total[text]
            result.append(text if seen[text] == counts else None)
        elif text in wanted:
            message = (
                f"{name} has {total[text]} columns {text!r}; say which one counts: "
                f'[read] duplicate_headers = {{ "{text}" = "last" }}'
            )
            raise ConfigError(message)
        else:
            result.append(text if seen[text] == 1 else f"{text} ({seen[text]})")
    return result
