"""Near misses: units outside a scope that one slip of the pen would bring in."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from recallgeo.frames import ASSETS
from recallgeo.recall.field_name import Field
from recallgeo.recall.line_answer import Rows
from recallgeo.recall.line_values import Exact, Item, Within
from recallgeo.recall.logic import NO
from recallgeo.recall.model import Line, Recall, Rule, Scope
from recallgeo.recall.phrases import as_objects, join_texts, repeat_text, texts_from
from recallgeo.recall.rewriting import REWRITINGS
from recallgeo.recall.scope_answer import ask_scope
from recallgeo.recall.serial_range import SerialRange
from recallgeo.recall.texts import Coded, Texts
from recallgeo.recall.unit_reader import UnitReader
from recallgeo.recall.value_index import ValueIndex

__all__ = ["NEAR_MARGIN", "near_misses"]

NEAR_MARGIN: Final = 10
"""How many numbers beyond the end of a range still count as just outside (judgement)."""

_NAMED = ("serial", "model", "part_number", "gtin", "lot", "date_code")
_COLUMNS = ("scope_id", "field", "value", "why")
_Miss = tuple[int, str, str, str, str]


def near_misses(assets: pd.DataFrame, recall: Recall) -> pd.DataFrame:
    """List units that are outside a scope but would be in it if one value read another way.

    Tried, in this order: look-alike characters (O/0, I/1, B/8), separators, zeros lost, one
    character too many or too few, and numbers just outside a range. A near miss is never
    included in a verdict.

    Parameters
    ----------
    assets : DataFrame, one row per unit or line
        ASSETS; not altered.
    recall : Recall
        The notice.

    Returns
    -------
    DataFrame, one row per unit and scope
        Index ``asset_id``, in the order of `assets` within each scope; ``scope_id``, ``field``
        in words, ``value`` as it stands, ``why``.

    Raises
    ------
    SchemaError
        If `assets` breaks its contract.

    Examples
    --------
    >>> assets = ASSETS.conform(pd.DataFrame(
    ...     {"source_file": "a.csv", "source_row": [2, 3], "serial": ["ABOO48", "AB0252"]},
    ...     index=pd.Index(["u1", "u2"], name="asset_id")))
    >>> recall = Recall.from_dict({
    ...     "recall": {"id": "25-090", "issued": "2025-01-16"},
    ...     "scope": [{"id": "ups", "hazard": "fire", "rule": [{"serial": "AB0048..AB0251"}]}]})
    >>> near_misses(assets, recall)["why"].tolist()
    ['look-alike characters, would read AB0048', 'at most 10 outside AB0048..AB0251']
    """
    ASSETS.validate(assets)
    reader = UnitReader.of_frame(assets, recall.derives)
    found = [_misses_of(reader, scope) for scope in recall.scopes]
    rows = [row for table in found for row in table]
    table = pd.DataFrame(rows, columns=["unit", *_COLUMNS])
    index = assets.index[table["unit"].to_numpy(np.intp)]
    return table[list(_COLUMNS)].astype("str").set_axis(index, axis=0).rename_axis("asset_id")


def _misses_of(reader: UnitReader, scope: Scope) -> list[_Miss]:
    answer = ask_scope(reader, scope)
    outside = np.flatnonzero(answer.met == NO)
    found: dict[int, _Miss] = {}
    for field, items in _fields_of(scope):
        coded = reader.texts(field)
        for reason, rewriting in REWRITINGS:
            values = rewriting(coded.distinct, items)
            changed = pc.not_equal(values, coded.distinct).to_numpy(zero_copy_only=False)
            units = _left(outside, found)
            units = units[np.append(changed, False)[coded.codes[units]]]
            other = reader.reading(field, coded.recode(values))
            near = units[ask_scope(other, scope, units).states > NO]
            why = join_texts([repeat_text(f"{reason} ", len(near)), _taken(values, coded, near)])
            _add(found, near, (scope.id, field.words), _taken(coded.distinct, coded, near), why)
        if any(isinstance(item, Within) for item in items):
            units = _left(outside, found)
            near = units[ask_scope(reader, _widened(scope, field), units).states > NO]
            why = _beyond(coded, items, near)
            _add(found, near, (scope.id, field.words), _taken(coded.distinct, coded, near), why)
    return [found[unit] for unit in sorted(found)]


def _taken(values: Texts, coded: Coded, units: Rows) -> Texts:
    return values.take(pa.array(coded.codes[units]))


def _left(units: Rows, found: dict[int, _Miss]) -> Rows:
    return np.setdiff1d(units, np.array(list(found), np.intp), assume_unique=True)


def _add(
    found: dict[int, _Miss], units: Rows, named: tuple[str, str], values: Texts, why: Texts
) -> None:
    told = zip(as_objects(values).tolist(), as_objects(why).tolist(), strict=True)
    for unit, (value, words) in zip(units.tolist(), told, strict=True):
        found[unit] = (unit, *named, value, words)


def _beyond(coded: Coded, items: Sequence[Item], units: Rows) -> Texts:
    """Say of which range each value is just outside."""
    wider = [_widen(item) for item in items]
    used, inverse = np.unique(coded.codes[units], return_inverse=True)
    first = ValueIndex(enumerate(wider)).lookup(coded.distinct.take(pa.array(used))).first
    texts = texts_from([item.text for item in items]).take(pa.array(np.maximum(first, 0)))
    named = texts.take(pa.array(inverse))
    return join_texts([repeat_text(f"at most {NEAR_MARGIN} outside ", len(units)), named])


def _fields_of(scope: Scope) -> Iterator[tuple[Field, tuple[Item, ...]]]:
    """Give the naming fields of a scope, each with all values that its rules hold for it."""
    owned: dict[Field, list[Item]] = {}
    for rule in scope.rules:
        for field, items in _cells_of(rule):
            if field.kind == "text" and not field.derived and _is_naming(field):
                owned.setdefault(field, []).extend(items)
    for field, items in owned.items():
        distinct = dict.fromkeys(item for item in items if isinstance(item, Exact | Within))
        if distinct:
            yield field, tuple(distinct)


def _is_naming(field: Field) -> bool:
    return field.base in _NAMED or field.base.startswith("x_")


def _cells_of(rule: Rule) -> Iterator[tuple[Field, Iterable[Item]]]:
    for line in rule.lines:
        yield line.field, line.items
    if rule.table is not None:
        for row in rule.table.rows:
            yield from zip(rule.table.keys, row, strict=True)


def _widen(item: Item) -> Item:
    if not isinstance(item, Within):
        return item
    form = item.range.form
    first = max(item.range.first - NEAR_MARGIN, 0)
    last = min(item.range.last + NEAR_MARGIN, form.capacity - 1)
    return replace(item, range=SerialRange(form, first, last))


def _widened(scope: Scope, field: Field) -> Scope:
    """Give the scope with the ranges of one field widened by the margin."""
    return replace(scope, rules=tuple(_widened_rule(rule, field) for rule in scope.rules))


def _widened_rule(rule: Rule, field: Field) -> Rule:
    lines = tuple(
        Line(field=line.field, items=tuple(map(_widen, line.items)))
        if line.field == field
        else line
        for line in rule.lines
    )
    if rule.table is None or field not in rule.table.keys:
        return replace(rule, lines=lines)
    key = rule.table.keys.index(field)
    rows = tuple(
        (*row[:key], tuple(map(_widen, row[key])), *row[key + 1 :]) for row in rule.table.rows
    )
    return replace(rule, lines=lines, table=replace(rule.table, rows=rows))
