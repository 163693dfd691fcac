"""Fields decoded from codes: a date code by its pattern, or any code by a table."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from recallgeo.errors import ScopeError
from recallgeo.recall.dates import Span, iso_week_span, month_span, span_of
from recallgeo.recall.field_name import Field, FieldKind
from recallgeo.recall.texts import normalise_text

__all__ = ["CodeTable", "DateCode", "Derive", "read_years"]

_RUN = re.compile(r"(Y+|M+|W+|D+|\?)")
_WIDTHS = {"Y": (1, 2, 4), "M": (1, 2), "W": (2,), "D": (2, 3)}
_SHAPES = frozenset({"Y", "YM", "YMD", "YW", "YDDD"})
_MONTH_LETTERS = "123456789XYZ"
_FULL_YEAR = 4
_DAY_OF_YEAR = 3


def read_years(text: str) -> tuple[int, int]:
    """Read the years in which a code was used, such as ``2015..2025``.

    Raises
    ------
    ScopeError
        If it is no range of years.
    """
    found = re.fullmatch(r"\s*(\d{4})\s*(?:\.\.\s*(\d{4})\s*)?", text, re.ASCII)
    if found is None or int(found[2] or found[1]) < int(found[1]):
        message = f'years = {text!r} is no range of years; write years = "2015..2025"'
        raise ScopeError(message)
    return int(found[1]), int(found[2] or found[1])


@dataclass(frozen=True, slots=True)
class DateCode:
    """How a code spells a date.

    Parameters
    ----------
    format : str
        ``YYYY``, ``YY`` or ``Y``; ``MM`` or ``M`` (1-9, X, Y, Z); ``WW`` (ISO week); ``DD`` (day
        of the month) or ``DDD`` (day of the year); ``?`` a character that does not count.
    years : tuple of int, optional
        First and last year in use; needed where the code holds one or two digits of the year.

    Raises
    ------
    ScopeError
        If the format cannot spell a date, or needs years.

    Examples
    --------
    >>> from datetime import date
    >>> day = DateCode("DDDYY", (2015, 2025)).decode("16919")[0][0]
    >>> date.fromordinal(day).isoformat()
    '2019-06-18'
    >>> DateCode("DDDYY", (2015, 2025)).decode("99919") is None
    True
    """

    format: str
    years: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        """Check the format."""
        runs = _runs(self.format)
        kinds = [run[0] for run in runs if run[0] in _WIDTHS]
        shape = "".join("DDD" if run == "DDD" else run[0] for run in runs if run[0] in _WIDTHS)
        ordered = "".join(sorted(shape, key="YMWD".index))
        wrong = [r for r in runs if r[0] in _WIDTHS and len(r) not in _WIDTHS[r[0]]]
        if wrong or len(set(kinds)) != len(kinds) or ordered not in _SHAPES:
            message = (
                f"the format {self.format!r} spells no date; write a year (YYYY, YY, Y) with a "
                "week (WW), a day of the year (DDD), or a month (MM, M) and day (DD)"
            )
            raise ScopeError(message)
        short = next(len(run) for run in runs if run[0] == "Y")
        if short < _FULL_YEAR and self.years is None:
            message = (
                f"the format {self.format!r} holds {short} digits of the year; "
                'add the years of use, such as years = "2015..2025"'
            )
            raise ScopeError(message)

    def decode(self, code: str) -> tuple[Span, ...] | None:
        """Give the spans that a code may mean; None where it cannot be decoded.

        Several where the years in use hold the same digits twice.
        """
        parts = self._parts(code)
        if parts is None or not all(text.isdigit() for key, text in parts.items() if key != "M"):
            return None
        spans = (self._span(year, parts) for year in self._candidates(parts["Y"]))
        return tuple(span for span in spans if span is not None) or None

    def _parts(self, code: str) -> dict[str, str] | None:
        if len(code) != len(self.format) or not code.isascii():
            return None
        parts, place = {}, 0
        for run in _runs(self.format):
            text = code[place : place + len(run)]
            place += len(run)
            if run[0] in _WIDTHS:
                parts[run[0]] = text
            elif run != "?" and run.upper() != text:
                return None
        return parts

    def _candidates(self, digits: str) -> list[int]:
        if len(digits) == _FULL_YEAR:
            year = int(digits)
            fits = self.years is None or self.years[0] <= year <= self.years[1]
            return [year] if fits else []
        first, last = self.years or (1, 0)
        return [year for year in range(first, last + 1) if str(year).endswith(digits)]

    def _span(self, year: int, parts: Mapping[str, str]) -> Span | None:
        if "W" in parts:
            return iso_week_span(year, int(parts["W"]))
        if len(parts.get("D", "")) == _DAY_OF_YEAR:
            whole = month_span(year)
            day = whole[0] + int(parts["D"]) - 1 if whole else 0
            return (day, day) if whole and whole[0] <= day <= whole[1] else None
        if "M" not in parts:
            return month_span(year)
        month = _month(parts["M"])
        return month_span(year, month, int(parts["D"]) if "D" in parts else None) if month else None


def _runs(text: str) -> list[str]:
    return [run for run in _RUN.split(text) if run]


def _month(text: str) -> int | None:
    if len(text) == 1:
        return _MONTH_LETTERS.find(text) + 1 or None
    return int(text) if text.isdigit() else None


@dataclass(frozen=True, slots=True)
class CodeTable:
    """What each code of a table means: a date, or a word.

    Parameters
    ----------
    meanings : mapping of str to str
        Codes as stamped; a meaning is an ISO date at any precision, or text.

    Raises
    ------
    ScopeError
        If two codes are one but for letter case.

    Examples
    --------
    >>> table = CodeTable({"911": "2019-11", "912": "2019-12"})
    >>> table.kind, len(table.decode("911")), table.decode("125")
    ('date', 1, ())
    """

    meanings: Mapping[str, str]

    def __post_init__(self) -> None:
        """Normalise the codes."""
        codes = {normalise_text(code): normalise_text(text) for code, text in self.meanings.items()}
        if len(codes) < len(self.meanings) or not codes or "" in codes:
            message = "the table is empty, or holds a code that is blank or stands there twice"
            raise ScopeError(message)
        object.__setattr__(self, "meanings", codes)

    @property
    def kind(self) -> FieldKind:
        """Whether its meanings are dates or text."""
        dates = all(span_of(text) is not None for text in self.meanings.values())
        return "date" if dates else "text"

    def decode(self, code: str) -> tuple[Span, ...]:
        """Give the span of a code of dates; none where it is outside the table."""
        span = span_of(self.meanings.get(code, ""))
        return () if span is None else (span,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Derive:
    """A field that is computed from another one.

    Parameters
    ----------
    name : str
        Name of the derived field.
    source : Field
        What it is computed from.
    code : DateCode or CodeTable
        How.
    """

    name: str
    source: Field
    code: DateCode | CodeTable

    @property
    def kind(self) -> FieldKind:
        """How its values compare."""
        return self.code.kind if isinstance(self.code, CodeTable) else "date"
