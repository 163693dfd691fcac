"""The rules of a column map: first of several, join, split, constant, blocks of columns."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self

from recallgeo.errors import ConfigError, nearest_name

__all__ = ["ColumnRule", "ComponentRule", "parse_rule", "text_tuple"]

_KINDS = ("const", "join", "split")
_REPEAT = re.compile(r"(\d{1,3})\.\.(\d{1,3})")
_PLACEHOLDER = "{n}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnRule:
    """How one of our fields is filled.

    Parameters
    ----------
    kind : {"first", "join", "split", "const"}
        First of the headers that is not empty; all that are not empty, joined; pieces of one
        header; the same text in each row.
    headers : tuple of str
        Headers of the table, in order.
    sep : str
        What stands between joined or split pieces.
    part : int
        Which piece of a split, counted from 1, or from the end with -1; 0 keeps all as a list.
    const : str
        The text of a constant.
    """

    kind: Literal["first", "join", "split", "const"]
    headers: tuple[str, ...] = ()
    sep: str = ""
    part: int = 0
    const: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentRule:
    """A block of columns that describes one part, repeated for several parts.

    Parameters
    ----------
    numbers : tuple of int
        What ``{n}`` in the headers stands for, one a part; a single 0 for no repetition.
    fields : mapping of str to str
        Field of the part to header, with ``{n}`` for the number.
    """

    numbers: tuple[int, ...]
    fields: Mapping[str, str]

    @classmethod
    def from_dict(cls, table: object) -> Self:
        """Read one ``[[columns.components]]`` table; raise `ConfigError` with what is wrong."""
        if not isinstance(table, Mapping):
            message = f"is {table!r}; expected a table"
            raise ConfigError(message)
        fields = {str(name): header for name, header in table.items() if name != "repeat"}
        wrong = [name for name, header in fields.items() if not isinstance(header, str)]
        if wrong or not fields:
            shown = f"{wrong[0]} is {fields[wrong[0]]!r}" if wrong else "is empty"
            message = f'{shown}; expected field = "header"'
            raise ConfigError(message)
        if "repeat" not in table:
            return cls(numbers=(0,), fields=fields)
        return cls(numbers=_repeat(table["repeat"], fields), fields=fields)

    def header(self, name: str, number: int) -> str:
        """Give the header of a field in one part."""
        return self.fields[name].replace(_PLACEHOLDER, str(number))

    def headers(self) -> list[str]:
        """Give all headers of the block."""
        return [self.header(name, number) for number in self.numbers for name in self.fields]


def _repeat(value: object, fields: Mapping[str, str]) -> tuple[int, ...]:
    bounds = _REPEAT.fullmatch(str(value))
    if bounds is None or int(bounds[1]) > int(bounds[2]):
        message = f'repeat is {value!r}; expected two numbers such as "1..8"'
        raise ConfigError(message)
    plain = [name for name, header in fields.items() if _PLACEHOLDER not in header]
    if plain:
        message = f"{plain[0]} is {fields[plain[0]]!r}; with repeat, write {{n}} for the number"
        raise ConfigError(message)
    return tuple(range(int(bounds[1]), int(bounds[2]) + 1))


def text_tuple(value: object) -> tuple[str, ...]:
    """Read a text or an array of texts; raise `ConfigError` for anything else."""
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list | tuple) or not all(isinstance(text, str) for text in texts):
        message = f"{value!r} is no text and no array of texts"
        raise ConfigError(message)
    return tuple(texts)


def parse_rule(value: object, *, is_list: bool) -> ColumnRule:
    """Read what stands right of ``field =``.

    Parameters
    ----------
    value : object
        A header, an array of headers, or a table with ``join``, ``split`` or ``const``.
    is_list : bool
        Whether the field is a list; a split of another field names the ``part`` it wants.

    Returns
    -------
    ColumnRule

    Raises
    ------
    ConfigError
        If it is none of these.

    Examples
    --------
    >>> parse_rule({"split": "coords", "sep": ",", "part": 2}, is_list=False).part
    2
    """
    if not isinstance(value, Mapping):
        headers = text_tuple(value)
        if not headers:
            message = "an empty array fills nothing; name a header or leave the field out"
            raise ConfigError(message)
        return ColumnRule(kind="first", headers=headers)
    kinds = [kind for kind in _KINDS if kind in value]
    known = [*_KINDS, "sep", "part"]
    unknown = [key for key in value if key not in known]
    if unknown:
        message = f"no such key {unknown[0]!r}; {nearest_name(str(unknown[0]), known)}"
        raise ConfigError(message)
    if len(kinds) != 1:
        message = f"{dict(value)!r} must hold one of join, split, const"
        raise ConfigError(message)
    return _table_rule(kinds[0], value, is_list=is_list)


def _table_rule(kind: str, value: Mapping[str, Any], *, is_list: bool) -> ColumnRule:
    if kind == "const":
        return ColumnRule(kind="const", const=_text(value["const"], "const"))
    sep = _text(value.get("sep", " " if kind == "join" else ","), "sep")
    if kind == "join":
        return ColumnRule(kind="join", headers=text_tuple(value["join"]), sep=sep)
    part = value.get("part", 0)
    if not isinstance(part, int) or isinstance(part, bool):
        message = f"part is {part!r}; expected a number, 1 for the first piece, -1 for the last"
        raise ConfigError(message)
    if not sep:
        message = "sep is empty; expected what stands between the pieces"
        raise ConfigError(message)
    if not part and not is_list:
        message = "a split gives a list here; say which piece with part = 1"
        raise ConfigError(message)
    headers = (_text(value["split"], "split"),)
    return ColumnRule(kind="split", headers=headers, sep=sep, part=part)


def _text(value: object, key: str) -> str:
    if not isinstance(value, str):
        message = f"{key} is {value!r}; expected a text"
        raise ConfigError(message)
    return value
