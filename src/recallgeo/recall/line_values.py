"""The values of a line: exact, a pattern, a range, a span of dates, versions, or all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

from recallgeo.errors import ScopeError, SerialFormatError
from recallgeo.recall.dates import FOREVER, Span, span_of
from recallgeo.recall.field_name import Field
from recallgeo.recall.serial_form import Alphabet
from recallgeo.recall.serial_range import SerialRange
from recallgeo.recall.versions import VersionRange, version_of
from recallgeo.recall.wildcards import Token, find_dots, read_tokens, split_values, written

__all__ = ["Anything", "DateWindow", "Exact", "Item", "Pattern", "Versions", "Within", "read_items"]

_GTIN_WIDTHS = frozenset({8, 12, 13})


@dataclass(frozen=True, slots=True)
class Anything:
    """``all``: holds whatever stands there, or nothing does."""

    text: str = "all"


@dataclass(frozen=True, slots=True)
class Exact:
    """One value, normalised in `value`, as written in `text`."""

    text: str
    value: str


@dataclass(frozen=True, slots=True)
class Pattern:
    """A value with wildcards."""

    text: str
    tokens: tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Within:
    """A range of serials."""

    text: str
    range: SerialRange


@dataclass(frozen=True, slots=True)
class DateWindow:
    """A date or a range of dates, as a span of days."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Versions:
    """A range of firmware versions."""

    text: str
    range: VersionRange


Item: TypeAlias = Anything | Exact | Pattern | Within | DateWindow | Versions


def read_items(value: object, field: Field, alphabet: Alphabet = "own") -> tuple[Item, ...]:
    """Read the values of a line.

    Parameters
    ----------
    value : str, int, date, or list of them
        A comma list, one value, or an array whose elements are not split.
    field : Field
        What the values are compared with.
    alphabet : {"own", "base36"}
        How the places of ranges count.

    Returns
    -------
    tuple of Item
        In the order written.

    Raises
    ------
    ScopeError, SerialFormatError
        If a value cannot be meant; the message says what to write instead.

    Examples
    --------
    >>> from recallgeo.recall.field_name import resolve_field
    >>> [type(item).__name__ for item in read_items("A1, B*, C1..C9", resolve_field("serial"))]
    ['Exact', 'Pattern', 'Within']
    """
    if isinstance(value, str):
        texts = split_values(value)
    elif isinstance(value, Sequence):
        texts = [part for element in value for part in _element(element, value)]
    else:
        texts = [_text_of(value)]
    if not texts:
        message = "an empty array matches nothing; write all where every value is meant"
        raise ScopeError(message)
    return tuple(_read_item(text, field, alphabet) for text in texts)


def _element(element: object, whole: object) -> list[str]:
    if isinstance(element, str) and not element.strip():
        message = f"{whole!r} holds an empty value; write all where every value is meant"
        raise ScopeError(message)
    return [_text_of(element)]


def _text_of(value: object) -> str:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    message = f'{value!r} is no text; write it in quotes, as "{value}", with every zero it has'
    raise ScopeError(message)


def _read_item(text: str, field: Field, alphabet: Alphabet) -> Item:
    if text.casefold() == "all":
        return Anything()
    tokens = read_tokens(text)
    dots = find_dots(tokens)
    if field.kind == "date":
        return DateWindow(text, _read_dates(text, tokens, dots, field))
    if dots is not None:
        return _read_range(text, tokens, dots, field, alphabet)
    kept = [t for t in tokens if t.kind not in {"literal", "dot"} or t.char not in field.ignore]
    _check_width(text, kept, field)
    if all(token.kind in {"literal", "dot"} for token in kept):
        return Exact(text, _whole_gtin(written(kept), field))
    return Pattern(text, tuple(kept))


def _read_range(
    text: str, tokens: list[Token], dots: int, field: Field, alphabet: Alphabet
) -> Item:
    low, high = _trimmed(tokens[:dots]), _trimmed(tokens[dots + 2 :])
    if field.base == "firmware" and field.part is None:
        ends = [version_of(written(side)) for side in (low, high)]
        if all(end is not None or not side for end, side in zip(ends, (low, high), strict=True)):
            return Versions(text, VersionRange(*ends))
    found = SerialRange.between(
        _gtin_bound(low, field), _gtin_bound(high, field), alphabet=alphabet, ignore=field.ignore
    )
    if field.width is not None and found.form.width != field.width:
        raise SerialFormatError(_width_message(text, found.form.width, field))
    return Within(text, found)


def _trimmed(tokens: list[Token]) -> list[Token]:
    """Drop outer spaces, as around the dots of ``A .. B``."""
    while tokens and tokens[0].char == " ":
        tokens = tokens[1:]
    while tokens and tokens[-1].char == " ":
        tokens = tokens[:-1]
    return tokens


def _read_dates(text: str, tokens: list[Token], dots: int | None, field: Field) -> Span:
    if any(token.kind in {"any", "digit", "run"} for token in tokens):
        message = f'{text!r}: dates have no wildcards; write {field.name} = "2020" or "2020..2029"'
        raise ScopeError(message)
    if dots is None:
        return _date_bound(text, field)
    low, high = written(tokens[:dots]).strip(), written(tokens[dots + 2 :]).strip()
    if not low and not high:
        message = "'..' has no end; write all where every date is meant"
        raise ScopeError(message)
    first = _date_bound(low, field)[0] if low else -FOREVER
    last = _date_bound(high, field)[1] if high else FOREVER
    if first > last:
        message = f"the range {text} ends before it begins; write {high}..{low}"
        raise ScopeError(message)
    return first, last


def _date_bound(text: str, field: Field) -> Span:
    span = span_of(text)
    if span is None:
        message = f"{field.name}: {text!r} is no date; write 2020, 2020-11 or 2020-11-05"
        raise ScopeError(message)
    return span


def _check_width(text: str, tokens: list[Token], field: Field) -> None:
    runs = sum(token.kind == "run" for token in tokens)
    width = len(tokens) - runs
    if field.width is None or width == field.width or (runs and width < field.width):
        return
    raise SerialFormatError(_width_message(text, width, field))


def _width_message(text: str, width: int, field: Field) -> str:
    ignored = f" without {field.ignore!r}" if field.ignore else ""
    return (
        f"{field.name} has {field.width} characters, but {text!r} has {width}{ignored}; "
        f"write values of {field.width} characters, or name another part of {field.base}"
    )


def _whole_gtin(value: str, field: Field) -> str:
    """Write a GTIN of 8, 12 or 13 digits as the 14 digits that it stands for."""
    whole = field.base == "gtin" and field.part is None
    return value.zfill(14) if whole and value.isdigit() and len(value) in _GTIN_WIDTHS else value


def _gtin_bound(tokens: list[Token], field: Field) -> list[Token]:
    if field.base != "gtin" or field.part is not None or len(tokens) not in _GTIN_WIDTHS:
        return tokens
    zeros = [Token("literal", "0")] * (14 - len(tokens))
    return [*zeros, *tokens]
