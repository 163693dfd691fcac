"""Dates by declared format, kept at the precision at which they are known."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from recallgeo.register.cells import Causes, Parsed, no_causes, parse_distinct
from recallgeo.register.read_options import EXCEL_DAYS

__all__ = ["FIRST_YEAR", "date_bounds", "parse_dates", "parse_instants", "utc_instants"]

FIRST_YEAR = 1900
"""Earlier dates are placeholders of databases; judgement: no recalled unit is older."""

DateUnit = Literal["D", "M", "Y"]

_ISO: tuple[tuple[str, str, int, DateUnit], ...] = (
    (r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}.*)?", "%Y-%m-%d", 10, "D"),
    (r"\d{4}-\d{2}", "%Y-%m", 7, "M"),
    (r"\d{4}", "%Y", 4, "Y"),
)
_EXCEL_LAST = 2_958_465  # 9999-12-31
_DAY_CODES = ("%d", "%j", "%e", "%x", "%c", "%u", "%w", "%a", "%A", "%D", "%F")
_MONTH_CODES = ("%m", "%b", "%B", "%h")


def parse_dates(texts: pd.Series, formats: Sequence[str] = ()) -> Parsed:
    """Read dates as ISO text at the precision known.

    Declared formats come first; a text that two of them read as different dates is missing.
    What none of them reads is read as ISO (``2020``, ``2020-11``, ``2020-11-05``, with or
    without a time of day). A format without a day gives ``2020-11``, one without a month
    ``2020``. Years before 1900 are missing.

    Parameters
    ----------
    texts : Series of str
        Cells, trimmed; missing where empty.
    formats : sequence of str
        `strptime` formats, or ``excel``.

    Returns
    -------
    Parsed
        ISO text.

    Examples
    --------
    >>> parse_dates(pd.Series(["07.11.2025", "2025-11"], dtype="str"), ["%d.%m.%Y"]).result.tolist()
    ['2025-11-07', '2025-11']
    >>> both = parse_dates(pd.Series(["03/04/2020"], dtype="str"), ["%d/%m/%Y", "%m/%d/%Y"])
    >>> both.causes.tolist()
    ['two declared formats read different dates: 2020-04-03, 2020-03-04']
    """
    return parse_distinct(texts, lambda words: _dates(words, formats))


def _dates(words: pd.Series, formats: Sequence[str]) -> tuple[pd.Series, Causes]:
    causes = no_causes(words)
    result = pd.Series(None, index=words.index, dtype="str")
    for form in formats:
        read = _excel_days(words) if form == EXCEL_DAYS else _read_format(words, form)
        differ = (read.notna() & result.notna() & (read != result)).to_numpy(dtype=bool)
        causes[differ] = "two declared formats read different dates: " + (
            result[differ].astype(object) + ", " + read[differ].astype(object)
        )
        result = result.fillna(read)
    ambiguous = np.array([cause is not None for cause in causes], dtype=bool)
    result = result.fillna(_iso_dates(words)).mask(ambiguous)
    early = _before_first_year(result)
    unread = result.isna().to_numpy() & ~ambiguous
    expected = " or ".join([*(repr(form) for form in formats), "an ISO date such as 2020-11-05"])
    causes[unread] = f"not a date: expected {expected}"
    causes[early] = f"a year before {FIRST_YEAR} is a placeholder"
    return result.mask(early), causes


def _before_first_year(iso: pd.Series) -> npt.NDArray[np.bool_]:
    years = pd.to_numeric(iso.str.slice(0, 4), errors="coerce")
    return (years < FIRST_YEAR).to_numpy(dtype=bool)


def _read_format(words: pd.Series, form: str) -> pd.Series:
    unit: DateUnit = "Y"
    if any(code in form for code in _MONTH_CODES):
        unit = "M"
    if any(code in form for code in _DAY_CODES):
        unit = "D"
    return _iso_text(pd.to_datetime(words, format=form, errors="coerce", utc=True), unit)


def _iso_text(instants: pd.Series, unit: DateUnit) -> pd.Series:
    naive = instants.dt.tz_localize(None) if instants.dt.tz is not None else instants
    known = naive.notna()
    text = pd.Series(None, index=instants.index, dtype="str")
    days = naive[known].to_numpy().astype("datetime64[D]")
    text[known] = np.datetime_as_string(days, unit=unit).astype(object)
    return text


def _iso_dates(words: pd.Series) -> pd.Series:
    result = pd.Series(None, index=words.index, dtype="str")
    for pattern, form, width, unit in _ISO:
        fits = words.str.fullmatch(pattern)
        heads = words.where(fits).str.slice(0, width)
        result = result.fillna(_iso_text(pd.to_datetime(heads, format=form, errors="coerce"), unit))
    return result


def _excel_days(words: pd.Series) -> pd.Series:
    numbers = pd.to_numeric(words.where(words.str.fullmatch(r"\d{1,7}(?:\.\d+)?")), errors="coerce")
    days = numbers.where(numbers.between(1, _EXCEL_LAST)).fillna(0).astype("int64").to_numpy()
    moments = np.datetime64("1899-12-30") + days.astype("timedelta64[D]")
    return _iso_text(pd.Series(moments, index=words.index).where(days > 0), "D")


def date_bounds(iso: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Give the first and last day that dates of any precision may mean.

    Parameters
    ----------
    iso : Series of str
        ISO dates at the precision known.

    Returns
    -------
    pair of Series of str
        ISO days, which compare as text; missing where the date is. The last day of a month is
        written as 31 whatever the month: it serves comparison only.

    Examples
    --------
    >>> first, last = date_bounds(pd.Series(["2020-02", "2020"], dtype="str"))
    >>> first.tolist(), last.tolist()
    (['2020-02-01', '2020-01-01'], ['2020-02-31', '2020-12-31'])
    """
    missing_part = iso.str.len().map({4: 4, 7: 7, 10: 10})
    first = iso + missing_part.map({4: "-01-01", 7: "-01", 10: ""}).astype("str")
    last = iso + missing_part.map({4: "-12-31", 7: "-31", 10: ""}).astype("str")
    return first, last


def utc_instants(texts: pd.Series) -> pd.Series:
    """Give ISO texts as instants, so that their order is the order of events.

    Parameters
    ----------
    texts : Series of str
        ISO instants, or dates at the precision known, which count from their start. An instant
        without an offset is taken as UTC.

    Returns
    -------
    Series of datetime64, UTC
        Missing where the text is, or where it is no instant.

    Examples
    --------
    >>> texts = pd.Series(["2021-03-01T10:00+09:00", "2021-03-01T02:00Z", "2021-03"], dtype="str")
    >>> utc_instants(texts).dt.strftime("%d %H:%M").tolist()
    ['01 01:00', '01 02:00', '01 00:00']
    """
    return pd.to_datetime(texts, format="ISO8601", errors="coerce", utc=True)


def parse_instants(texts: pd.Series, formats: Sequence[str] = ()) -> Parsed:
    """Read instants as ISO text in UTC, so that text order is event order.

    A text without a time of day stays a date at its precision; a time without an offset is
    taken as UTC.

    Examples
    --------
    >>> cells = pd.Series(["2022-09-07T10:57:04+02:00", "2022-09-07"], dtype="str")
    >>> parse_instants(cells).result.tolist()
    ['2022-09-07T08:57:04.000Z', '2022-09-07']
    """
    return parse_distinct(texts, lambda words: _instants(words, formats))


def _instants(words: pd.Series, formats: Sequence[str]) -> tuple[pd.Series, Causes]:
    timed = words.str.fullmatch(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}.*")
    moments = pd.to_datetime(words.where(timed), format="ISO8601", errors="coerce", utc=True)
    for form in (form for form in formats if "%H" in form or "%I" in form):
        moments = moments.fillna(pd.to_datetime(words, format=form, errors="coerce", utc=True))
    result = pd.Series(None, index=words.index, dtype="str")
    known = moments.notna()
    stamps = moments[known].dt.tz_localize(None).to_numpy().astype("datetime64[ms]")
    result[known] = np.char.add(np.datetime_as_string(stamps, unit="ms"), "Z").astype(object)
    days, causes = _dates(words.where(~known & ~timed.fillna(value=False), other="2000"), formats)
    causes[known] = None
    broken = (timed & ~known).to_numpy(dtype=bool)
    causes[broken] = "not an instant: expected ISO such as 2022-09-07T10:57:04+02:00"
    return result.fillna(days.mask(known | broken)), causes
