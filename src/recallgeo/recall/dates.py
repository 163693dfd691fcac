"""Dates known to a day, a month or a year, as spans of days; and sets of spans.

A span that straddles an end of a set can be inside or outside: nobody can tell.
"""

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from recallgeo.recall.logic import NO, UNSURE, YES

__all__ = ["FOREVER", "DateSpans", "Span", "SpanSet", "iso_week_span", "month_span", "span_of"]

FOREVER = 10**7
"""A day beyond every date, as an ordinal."""

Span = tuple[int, int]
"""First and last day, as proleptic Gregorian ordinals."""

_CALENDAR = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:[T ].*)?)?)?", re.ASCII)
_WEEK = re.compile(r"(\d{4})-W(\d{2})(?:-([1-7]))?", re.ASCII)


def span_of(text: str) -> Span | None:
    """Give the days that an ISO date covers; None where it is no date.

    Parameters
    ----------
    text : str
        ``2020``, ``2020-11``, ``2020-11-05``, ``2020-W45``; a time of day is left out.

    Examples
    --------
    >>> first, last = span_of("2020-11")
    >>> date.fromordinal(first).isoformat(), date.fromordinal(last).isoformat()
    ('2020-11-01', '2020-11-30')
    >>> span_of("2020-13") is None
    True
    """
    text = text.strip().upper()
    week = _WEEK.fullmatch(text)
    if week is not None:
        return iso_week_span(int(week[1]), int(week[2]), int(week[3]) if week[3] else None)
    found = _CALENDAR.fullmatch(text)
    if found is None:
        return None
    return month_span(int(found[1]), *(int(part) for part in found.groups()[1:] if part))


def month_span(year: int, month: int | None = None, day: int | None = None) -> Span | None:
    """Give the days of a year, a month or one day; None where there is no such date.

    Examples
    --------
    >>> first, last = month_span(2019)
    >>> last - first + 1
    365
    """
    try:
        first = date(year, 1 if month is None else month, 1 if day is None else day)
    except ValueError:
        return None
    if day is not None:
        last = first
    elif month is None:
        last = first.replace(month=12, day=31)
    else:
        last = first.replace(day=calendar.monthrange(year, month)[1])
    return first.toordinal(), last.toordinal()


def iso_week_span(year: int, week: int, day: int | None = None) -> Span | None:
    """Give the days of an ISO week, Monday to Sunday, or one of them.

    Examples
    --------
    >>> first, _ = iso_week_span(2019, 19)
    >>> date.fromordinal(first).isoformat()
    '2019-05-06'
    """
    try:
        first = date.fromisocalendar(year, week, day or 1).toordinal()
    except ValueError:
        return None
    return (first, first + 6) if day is None else (first, first)


@dataclass(frozen=True, slots=True)
class DateSpans:
    """What distinct values say of a date: no, one or several spans each.

    Parameters
    ----------
    readable : array of bool
        Whether each value can be read as a date at all; one that can but has no span is a code
        outside its table, which is in no range.
    owner : array of int
        Place of the value that each span belongs to.
    first, last : array of int
        Ends of the spans.
    """

    readable: NDArray[np.bool_]
    owner: NDArray[np.intp]
    first: NDArray[np.int64]
    last: NDArray[np.int64]

    @classmethod
    def of(cls, spans: Sequence[Sequence[Span] | None]) -> "DateSpans":
        """Collect the spans of each value; None for a value that cannot be read."""
        readable = np.array([found is not None for found in spans], dtype=bool)
        flat = [(i, *span) for i, found in enumerate(spans) for span in found or ()]
        table = np.array(flat, dtype=np.int64).reshape(len(flat), 3)
        return cls(readable, table[:, 0].astype(np.intp), table[:, 1], table[:, 2])


class SpanSet:
    """A union of spans that says of other spans: inside, outside, or cannot tell.

    Parameters
    ----------
    spans : sequence of Span
        In the order in which they are cited.

    Examples
    --------
    >>> window = SpanSet([(span_of("2020-11-01")[0], span_of("2021-12-31")[1])])
    >>> dates = DateSpans.of([[span_of(text)] for text in ("2021-12", "2020", "2022")])
    >>> window.states(dates).tolist()
    [2, 1, 0]
    """

    def __init__(self, spans: Sequence[Span]) -> None:
        self._spans = list(spans)
        merged: list[Span] = []
        for first, last in sorted(spans):
            if merged and first <= merged[-1][1] + 1:
                merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
            else:
                merged.append((first, last))
        self._starts = np.array([first for first, _ in merged], dtype=np.int64)
        self._ends = np.array([last for _, last in merged], dtype=np.int64)

    def states(self, dates: DateSpans) -> NDArray[np.int8]:
        """Give the state of each value: YES inside, NO outside, UNSURE where it straddles."""
        each = self._span_states(dates)
        lowest = np.full(len(dates.readable), YES, np.int8)
        highest = np.full(len(dates.readable), NO, np.int8)
        np.minimum.at(lowest, dates.owner, each)
        np.maximum.at(highest, dates.owner, each)
        states = np.where(highest == NO, NO, np.where(lowest == YES, YES, UNSURE))
        return np.where(dates.readable, states, UNSURE).astype(np.int8)

    def _span_states(self, dates: DateSpans) -> NDArray[np.int8]:
        if not len(self._starts):
            return np.full(len(dates.first), NO, np.int8)
        at_first = np.searchsorted(self._starts, dates.first, side="right") - 1
        at_last = np.searchsorted(self._starts, dates.last, side="right") - 1
        inside = (at_first >= 0) & (self._ends[at_first] >= dates.last)
        touched = (at_last >= 0) & (self._ends[at_last] >= dates.first)
        return np.where(inside, YES, np.where(touched, UNSURE, NO)).astype(np.int8)

    def cites(self, dates: DateSpans) -> NDArray[np.int32]:
        """Give for each value the place of the first span that it touches; -1 for none."""
        cited = np.full(len(dates.readable), -1, np.int32)
        for place in reversed(range(len(self._spans))):
            first, last = self._spans[place]
            touched = (dates.first <= last) & (dates.last >= first)
            cited[dates.owner[touched]] = place
        return cited
