"""Ranges of serials as values: parse, format, contain, unite, intersect, subtract."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from recallgeo.errors import SerialFormatError
from recallgeo.recall.serial_form import MASK, Alphabet, SerialForm
from recallgeo.recall.texts import normalise_text
from recallgeo.recall.wildcards import Token, find_dots, quote_literals, read_tokens, written

__all__ = ["SerialRange", "merge_ranges"]


@dataclass(frozen=True, slots=True)
class SerialRange:
    """Serials of one form between two ends, both included.

    Parameters
    ----------
    form : SerialForm
        Width, places of letters and digits, masked places.
    first, last : int
        Numbers of the ends within the form.

    Raises
    ------
    SerialFormatError
        If the range ends before it begins, or lies outside its form.

    Examples
    --------
    >>> ups = SerialRange.parse("AB0048..AB0251")
    >>> "ab0100" in ups, "AB0252" in ups, "AB00481" in ups
    (True, False, False)
    >>> [str(part) for part in ups.difference(SerialRange.parse("AB0100..AB0199"))]
    ['AB0048..AB0099', 'AB0200..AB0251']
    >>> str(ups.intersection(SerialRange.parse("AB0250..")))
    'AB0250..AB0251'
    """

    form: SerialForm
    first: int
    last: int

    def __post_init__(self) -> None:
        """Check the ends."""
        if not 0 <= self.first <= self.last < self.form.capacity:
            low = self.form.text(max(self.first, 0))
            high = self.form.text(max(self.last, 0))
            message = f"the range {low}..{high} ends before it begins; write {high}..{low}"
            raise SerialFormatError(message)

    @classmethod
    def parse(cls, text: str, *, alphabet: Alphabet = "own", ignore: str = "") -> "SerialRange":
        """Read ``A..B``, ``A..`` or ``..B``.

        Parameters
        ----------
        text : str
            In a bound ``#`` is 0 below and 9 above, ``?`` is a place that is not looked at, and a
            literal ``?``, ``#`` or ``*`` stands in brackets.
        alphabet : {"own", "base36"}
            ``base36`` where places count 0 to 9, then A to Z.
        ignore : str
            Characters to drop from both ends.

        Raises
        ------
        SerialFormatError
            If the ends are not of one form; the message says what to write instead.
        """
        tokens = read_tokens(text)
        dots = find_dots(tokens)
        if dots is None:
            message = f"{text!r} is no range; write A..B, A.. or ..B"
            raise SerialFormatError(message)
        return cls.between(tokens[:dots], tokens[dots + 2 :], alphabet=alphabet, ignore=ignore)

    @classmethod
    def between(
        cls, low: list[Token], high: list[Token], *, alphabet: Alphabet = "own", ignore: str = ""
    ) -> "SerialRange":
        """Give the range between two bounds that are read already; an empty one is open."""
        lower = _Bound.read(low, "0", ignore) if low else None
        upper = _Bound.read(high, "9", ignore) if high else None
        if lower is None and upper is None:
            message = "a range needs at least one end; write all where every value is meant"
            raise SerialFormatError(message)
        forms = [bound.form(alphabet) for bound in (lower, upper) if bound is not None]
        form = forms[0]
        if lower is not None and upper is not None and forms[0] != forms[1]:
            raise SerialFormatError(_explain_mismatch(lower, upper, alphabet))
        first = form.number(lower.text) if lower is not None else 0
        last = form.number(upper.text) if upper is not None else form.capacity - 1
        return cls(form, first, last)

    @property
    def low(self) -> str:
        """The first serial, masked places as ``?``."""
        return self.form.text(self.first)

    @property
    def high(self) -> str:
        """The last serial, masked places as ``?``."""
        return self.form.text(self.last)

    @property
    def numbers_count(self) -> int:
        """How many numbers the range holds, whatever stands at masked places."""
        return self.last - self.first + 1

    def __str__(self) -> str:
        """Give the canonical text; `parse` reads it back."""
        return f"{self._written(self.first)}..{self._written(self.last)}"

    def _written(self, number: int) -> str:
        masked = {i for i, kind in enumerate(self.form.classes) if kind == MASK}
        return quote_literals(self.form.text(number), masked)

    def __contains__(self, serial: str) -> bool:
        """Tell whether a serial lies in the range; letter case and outer spaces do not count."""
        text = normalise_text(serial)
        return self.form.fits(text) and self.first <= self.form.number(text) <= self.last

    def union(self, other: "SerialRange") -> tuple["SerialRange", ...]:
        """Give the serials of either as disjoint ranges in order."""
        return merge_ranges([self, other])

    def intersection(self, other: "SerialRange") -> "SerialRange | None":
        """Give the serials of both; None where there are none.

        Raises
        ------
        SerialFormatError
            If a serial can be of both forms but their numbers do not compare.
        """
        if not self._compares_with(other):
            return None
        first, last = max(self.first, other.first), min(self.last, other.last)
        return SerialRange(self.form, first, last) if first <= last else None

    def difference(self, other: "SerialRange") -> tuple["SerialRange", ...]:
        """Give the serials of this range that are not in the other, in order.

        Raises
        ------
        SerialFormatError
            As `intersection` does.
        """
        common = self.intersection(other)
        if common is None:
            return (self,)
        rest = []
        if self.first < common.first:
            rest.append(replace(self, last=common.first - 1))
        if common.last < self.last:
            rest.append(replace(self, first=common.last + 1))
        return tuple(rest)

    def _compares_with(self, other: "SerialRange") -> bool:
        if self.form == other.form:
            return True
        if not self.form.may_overlap(other.form):
            return False
        message = (
            f"{self} and {other} cannot be compared: masked places or alphabets differ; "
            "write both with the same masked places and the same alphabet"
        )
        raise SerialFormatError(message)


def merge_ranges(ranges: Iterable[SerialRange]) -> tuple[SerialRange, ...]:
    """Unite ranges into the fewest, ordered by form and then by first serial.

    Parameters
    ----------
    ranges : iterable of SerialRange
        Of any forms, overlapping or adjacent.

    Returns
    -------
    tuple of SerialRange
        Ranges of one form do not touch.

    Examples
    --------
    >>> parts = map(SerialRange.parse, ["A10..A19", "B5..B7", "A20..A29"])
    >>> [str(part) for part in merge_ranges(parts)]
    ['B5..B7', 'A10..A29']
    """
    merged: list[SerialRange] = []
    order = lambda part: (part.form.width, part.form.classes, part.first, part.last)  # noqa: E731  # a key
    for part in sorted(ranges, key=order):
        before = merged[-1] if merged else None
        if before is not None and before.form == part.form and part.first <= before.last + 1:
            merged[-1] = replace(before, last=max(before.last, part.last))
        else:
            merged.append(part)
    return tuple(merged)


@dataclass(frozen=True, slots=True)
class _Bound:
    """One end of a range, as characters and masked places."""

    text: str
    masked: frozenset[int]

    @classmethod
    def read(cls, tokens: list[Token], digit: str, ignore: str) -> "_Bound":
        text, masked = "", set()
        for token in tokens:
            if token.kind == "run":
                message = (
                    f"{written(tokens)!r} cannot end a range: '*' has no width; "
                    "write ? for each character that does not count"
                )
                raise SerialFormatError(message)
            if token.kind == "literal" and token.char in ignore:
                continue
            if token.kind == "any":
                masked.add(len(text.encode()))
            text += {"any": "0", "digit": digit}.get(token.kind, token.char)
        return cls(text, frozenset(masked))

    def form(self, alphabet: Alphabet) -> SerialForm:
        return SerialForm.of(self.text, alphabet, self.masked)

    @property
    def shown(self) -> str:
        return "".join("?" if i in self.masked else c for i, c in enumerate(self.text))


def _explain_mismatch(low: _Bound, high: _Bound, alphabet: Alphabet) -> str:
    ends = f"the ends of {low.shown}..{high.shown} are not of one form"
    if len(low.text) != len(high.text):
        return f"{ends}: {len(low.text)} and {len(high.text)} characters; {_split(low, high)}"
    if low.masked != high.masked:
        return f"{ends}: write ? at the same places of both"
    forms = low.form(alphabet).classes, high.form(alphabet).classes
    place = next(i for i, (a, b) in enumerate(zip(*forms, strict=True)) if a != b)
    found = f"place {place + 1} is {low.text[place]!r} below and {high.text[place]!r} above"
    if low.text[place].isalnum() and high.text[place].isalnum():
        return (
            f'{ends}: {found}; write one range for each form, or alphabet = "base36" in the rule '
            "where serials count 0 to 9 and then A to Z"
        )
    return f"{ends}: {found}; write one range for each form"


def _split(low: _Bound, high: _Bound) -> str:
    """Say how to write a range over several widths."""
    heads = [re.fullmatch(r"(.*?)([0-9]+)", bound.shown) for bound in (low, high)]
    if heads[0] is None or heads[1] is None or heads[0][1] != heads[1][1]:
        return "write one range for each width"
    prefix, widths = heads[0][1], range(len(heads[0][2]), len(heads[1][2]) + 1)
    parts = []
    for width in widths:
        first = heads[0][2] if width == widths[0] else "1" + "0" * (width - 1)
        last = heads[1][2] if width == widths[-1] else "9" * width
        parts.append(f"{prefix}{first}..{prefix}{last}")
    return "write " + ", ".join(parts) if parts else "write one range for each width"
