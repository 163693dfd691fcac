"""Apply a column map: raw cells in, texts under our names out. Nothing is parsed here."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from recallgeo.errors import ConfigError, nearest_name
from recallgeo.register.arrow_text import (
    NOTHING,
    TEXT,
    Texts,
    join_texts,
    repeat_text,
    to_series,
    to_texts,
    translate_texts,
)
from recallgeo.register.column_map import ColumnMap
from recallgeo.register.column_rules import ColumnRule
from recallgeo.register.components import write_components
from recallgeo.register.roles import choose_roles
from recallgeo.schema import FrameSchema, join_list

__all__ = ["MappedTable", "extra_name", "map_columns"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MappedTable:
    """A table under our names, still as text.

    Parameters
    ----------
    texts : DataFrame of str
        Fields of the contract that the table fills, on the index of the raw table.
    extras : DataFrame of str
        Every other column, as ``x_<name>``.
    headers : mapping of str to str
        Field to the header or headers it comes from.
    constant : frozenset of str
        Fields that are the same in every row because the map says so.
    """

    texts: pd.DataFrame
    extras: pd.DataFrame
    headers: Mapping[str, str]
    constant: frozenset[str]


def map_columns(raw: pd.DataFrame, column_map: ColumnMap, schema: FrameSchema) -> MappedTable:
    """Bring the columns of a raw table under our names.

    Parameters
    ----------
    raw : DataFrame of str
        Cells as read, headers as written.
    column_map : ColumnMap
        The rules.
    schema : FrameSchema
        Contract whose names are ours.

    Returns
    -------
    MappedTable

    Raises
    ------
    ConfigError
        If a mapped header is not in the table, or no column becomes one of ours.
    """
    rules = _all_rules(raw.columns, column_map, schema)
    _require_headers(list(raw.columns), column_map)
    cells = _Cells(raw, column_map.read.missing)
    filled = {name: cells.fill(rule) for name, rule in rules.items()}
    if column_map.components:
        filled["components"] = write_components(column_map.components, cells.take)
    if column_map.roles:
        blocks = {
            role: {name: cells.fill(rule) for name, rule in block.items()}
            for role, block in column_map.roles.items()
        }
        filled = choose_roles(filled, blocks, column_map.role_precedence)
    filled = {name: _translate(value, column_map.words.get(name)) for name, value in filled.items()}
    if not any(schema.column(name) or name == schema.index for name in filled):
        message = _nothing_maps(list(raw.columns), schema)
        raise ConfigError(message)
    unused = [header for header in raw.columns if header not in cells.used]
    names = extra_names(unused, taken=filled)
    extras = {names[header]: cells.take(header) for header in unused}
    extras |= {name: filled.pop(name) for name in list(filled) if name.startswith(schema.extra)}
    return MappedTable(
        texts=_frame(filled, raw.index),
        extras=_frame(extras, raw.index),
        headers={name: ", ".join(rule.headers) for name, rule in rules.items()},
        constant=frozenset(name for name, rule in rules.items() if rule.kind == "const"),
    )


def _frame(columns: Mapping[str, Texts], index: pd.Index) -> pd.DataFrame:
    series = {name: to_series(value, index) for name, value in columns.items()}
    return pd.DataFrame(series, index=index)


class _Cells:
    """Cleaned cells by header, and which headers were used."""

    def __init__(self, raw: pd.DataFrame, missing: Iterable[str]) -> None:
        self.used: set[str] = set()
        self._raw = raw
        words = dict.fromkeys(["", *(word.strip() for word in missing)])
        self._missing = pa.array(list(words), TEXT)

    def take(self, header: str) -> Texts:
        """Give a column as an arrow array, trimmed, missing words as null."""
        self.used.add(header)
        trimmed = pc.utf8_trim_whitespace(to_texts(self._raw[header]))
        empty = pc.is_in(trimmed, value_set=self._missing)
        return pc.if_else(empty, NOTHING, trimmed)

    def fill(self, rule: ColumnRule) -> Texts:
        """Give the column that a rule makes."""
        if rule.kind == "const":
            return repeat_text(rule.const, len(self._raw))
        columns = [self.take(header) for header in rule.headers]
        if rule.kind == "first":
            return pc.coalesce(*columns)
        if rule.kind == "join":
            return join_texts(columns, rule.sep)
        return translate_texts(columns[0], lambda text: _split(text, rule))


def _split(text: str, rule: ColumnRule) -> str | None:
    pieces = [piece.strip() for piece in text.split(rule.sep)]
    if not rule.part:
        return join_list(dict.fromkeys(filter(None, pieces)))
    at = rule.part - 1 if rule.part > 0 else rule.part
    return pieces[at] or None if -len(pieces) <= at < len(pieces) else None


def _all_rules(
    headers: Iterable[str], column_map: ColumnMap, schema: FrameSchema
) -> dict[str, ColumnRule]:
    """Add the headers that are our names to the rules of the map."""
    rules = dict(column_map.columns)
    taken = set(column_map.headers())
    for header in headers:
        ours = header in schema.names or header == schema.index or header.startswith(schema.extra)
        if ours and header not in taken and header not in rules:
            rules[header] = ColumnRule(kind="first", headers=(header,))
    order = [schema.index, *schema.names]
    known = {name: rules[name] for name in order if name in rules}
    return known | {name: rule for name, rule in rules.items() if name not in known}


def _require_headers(headers: Sequence[str], column_map: ColumnMap) -> None:
    absent = [header for header in column_map.headers() if header not in set(headers)]
    if absent:
        lines = "\n".join(f"  - {header!r}: {nearest_name(header, headers)}" for header in absent)
        message = f"the column map names columns that the table does not have:\n{lines}"
        raise ConfigError(message)


def _nothing_maps(headers: Sequence[str], schema: FrameSchema) -> str:
    shown = ", ".join(repr(str(header)) for header in headers[:5])
    return (
        f"no header is a name of {schema.name} (found {shown}); "
        'name the columns in a columns.toml, such as [columns] serial = "..."'
    )


def _translate(values: Texts, words: Mapping[str, str] | None) -> Texts:
    if not words:
        return values
    folded = {word.strip().casefold(): ours for word, ours in words.items()}
    return translate_texts(values, lambda text: folded.get(text.casefold(), text) or None)


def extra_name(header: str) -> str:
    """Write a header as the name of an extra column.

    Examples
    --------
    >>> extra_name("deviceOwnerWebsite"), extra_name("Straße / Nr.")
    ('x_device_owner_website', 'x_strasse_nr')
    """
    from anyascii import anyascii

    plain = anyascii(str(header))
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z][a-z])|(?<=[a-z])(?=[A-Z])", "_", plain)
    return "x_" + (re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_") or "column")


def extra_names(headers: Sequence[str], *, taken: Iterable[str]) -> dict[str, str]:
    """Name extra columns, each once: a second one of a name ends in ``_2``."""
    seen, names = set(taken), {}
    for header in headers:
        stem = name = extra_name(header)
        count = 1
        while name in seen:
            count += 1
            name = f"{stem}_{count}"
        seen.add(name)
        names[header] = name
    return names
