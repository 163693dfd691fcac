"""Names of fields in rules: a column, a part of it, an ``x_`` column, or a derived field."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from recallgeo.errors import ScopeError, nearest_name
from recallgeo.frames import ASSETS, DATE_FIELDS

__all__ = ["FIELD_NAMES", "Field", "FieldKind", "Part", "resolve_field"]

FieldKind = Literal["text", "list", "date"]

FIELD_NAMES: tuple[str, ...] = tuple(
    column.name for column in ASSETS.columns if column.dtype in {"text", "list"}
)
"""Columns of a register that rules can read."""

_LISTS = frozenset(column.name for column in ASSETS.columns if column.dtype == "list")
_DATES = frozenset((*DATE_FIELDS, "model_year"))
_PERSONAL = frozenset(ASSETS.personal_columns())
_END = re.compile(r"(?P<base>.+)_(?P<how>first|last|from)_(?P<count>\d+)")
_AT = re.compile(r"(?P<base>.+?)_at_(?P<first>\d+)(?:_(?P<last>\d+))?")


@dataclass(frozen=True, slots=True)
class Part:
    """Which characters of a field, counted from 1 as notices count.

    Parameters
    ----------
    how : {"first", "last", "at", "from"}
        From the front, from the end, between two places, or from a place to the end.
    start, stop : int
        Places from 1, both included, for ``at``; else the count or the place in `start`.
    """

    how: Literal["first", "last", "at", "from"]
    start: int
    stop: int = 0

    @property
    def width(self) -> int | None:
        """How many characters the part has; None where it runs to the end."""
        if self.how == "from":
            return None
        return self.stop - self.start + 1 if self.how == "at" else self.start

    @property
    def words(self) -> str:
        """The part in plain words, ending before the field's name."""
        if self.how == "at":
            places = f"{self.start}" if self.start == self.stop else f"{self.start}-{self.stop}"
            return f"place {places} of"
        return f"{self.how} {self.start} of" if self.how != "from" else f"place {self.start} on of"


@dataclass(frozen=True, slots=True)
class Field:
    """What a line of a rule looks at.

    Parameters
    ----------
    name : str
        As written in the rule.
    base : str
        Column that it is read from; the derived field's name where it is derived.
    part : Part, optional
        Which characters of it.
    kind : {"text", "list", "date"}
        How its values compare.
    derived : bool
        Whether it is computed from another field.
    ignore : str
        Characters to drop before anything else.

    Examples
    --------
    >>> field = resolve_field("serial_first_4")
    >>> field.base, field.part.width, field.words
    ('serial', 4, 'first 4 of serial')
    """

    name: str
    base: str
    part: Part | None = None
    kind: FieldKind = "text"
    derived: bool = False
    ignore: str = ""

    @property
    def words(self) -> str:
        """The field in plain words."""
        name = self.base.replace("_", " ") if not self.derived else self.base
        return f"{self.part.words} {name}" if self.part is not None else name

    @property
    def personal(self) -> bool:
        """Whether its values may identify a person or a customer."""
        return self.base in _PERSONAL

    @property
    def width(self) -> int | None:
        """How many characters every value has; None where that is open."""
        return self.part.width if self.part is not None else None


def resolve_field(
    name: str, derived: Mapping[str, FieldKind] | None = None, *, ignore: str = ""
) -> Field:
    """Give the field of a name.

    Parameters
    ----------
    name : str
        A column of ASSETS, an ``x_<name>`` column, a derived field, or a part of a column:
        ``_first_n``, ``_last_n``, ``_at_i``, ``_at_i_j``, ``_from_i``.
    derived : mapping of str to kind, optional
        Derived fields of the recall.
    ignore : str
        Characters to drop; dates keep theirs.

    Raises
    ------
    ScopeError
        If there is no such field; the message names the nearest.
    """
    known = dict(derived or {})
    if name in known:
        return Field(name, name, kind=known[name], derived=True, ignore=ignore)
    if name in FIELD_NAMES:
        kind: FieldKind = "date" if name in _DATES else "list" if name in _LISTS else "text"
        return Field(name, name, kind=kind, ignore="" if kind == "date" else ignore)
    base, part = _split_part(name)
    if part is not None and (base in FIELD_NAMES or base.startswith("x_")):
        if base in _LISTS:
            message = f"{name!r} is a part of a list; write {base} with a pattern such as 'A*'"
            raise ScopeError(message)
        return Field(name, base, part, ignore=ignore)
    if name.startswith("x_"):
        return Field(name, name, ignore=ignore)
    raise ScopeError(_unknown(name, base if part else name, known))


def _split_part(name: str) -> tuple[str, Part | None]:
    end = _END.fullmatch(name)
    if end is not None:
        return end["base"], _checked(name, _part_from_end(end["how"], int(end["count"])))
    place = _AT.fullmatch(name)
    if place is not None:
        first = int(place["first"])
        part = Part("at", first, int(place["last"] or first))
        return place["base"], _checked(name, part)
    return name, None


def _part_from_end(how: str, count: int) -> Part:
    if how == "first":
        return Part("first", count)
    return Part("last", count) if how == "last" else Part("from", count)


def _checked(name: str, part: Part) -> Part:
    if part.start < 1 or (part.how == "at" and part.stop < part.start):
        message = f"{name!r}: places count from 1, and the last is not before the first"
        raise ScopeError(message)
    return part


def _unknown(name: str, base: str, known: Mapping[str, FieldKind]) -> str:
    column = ASSETS.column(base)
    if column is not None:
        hint = "write component = { ... }" if base == "components" else "rules read text columns"
        return f"the field {name!r} cannot stand in a rule ({column.doc}); {hint}"
    hint = nearest_name(base, [*FIELD_NAMES, *known])
    return f"unknown field {name!r}; {hint} A column of your own is written x_<name>"
