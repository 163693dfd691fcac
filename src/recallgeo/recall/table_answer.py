"""Whether units meet a row of a table: narrowed key by key, never each row over all units."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from recallgeo.recall.field_name import Field
from recallgeo.recall.line_answer import Rows, ask_line, texts_of_codes
from recallgeo.recall.line_values import Anything, Exact, Item, Versions
from recallgeo.recall.logic import NO, UNSURE, YES, States
from recallgeo.recall.model import Line, RuleTable
from recallgeo.recall.phrases import choose_texts, join_texts, repeat_text, texts_from
from recallgeo.recall.texts import Coded, Texts
from recallgeo.recall.unit_reader import UnitReader
from recallgeo.recall.value_index import ValueIndex

__all__ = ["TableAnswer", "ask_table"]

_LONGEST_CELL = 60


@dataclass(frozen=True, slots=True)
class TableAnswer:
    """What a table says of units.

    Parameters
    ----------
    table : RuleTable
        The table.
    reader : UnitReader
        The table of units.
    units : array of int
        Places of the units asked.
    states : array of int8
        Of each unit.
    rows : array of int64
        The first row that holds, or may hold; -1 for none.
    doubts : array of int64
        Bit k is set where key k cannot be told.
    """

    table: RuleTable
    reader: UnitReader
    units: Rows
    states: States
    rows: NDArray[np.int64]
    doubts: NDArray[np.int64]

    def decided(self, rows: Rows) -> NDArray[np.bool_]:
        """Tell for which units a key holds by something known."""
        every = (1 << len(self.table.keys)) - 1
        known: NDArray[np.bool_] = self.doubts[rows] != every
        return known & (self.states[rows] > NO)

    def explain(self, rows: Rows) -> Texts:
        """Give words for each unit: the row and its values, or what cannot be told."""
        keys = range(len(self.table.keys))
        numbers = texts_from([f"row {i + 1}: " for i in range(len(self.table.rows))])
        cited = numbers.take(pa.array(np.maximum(self.rows[rows], 0)))
        values = join_texts([self._reason(key, rows) for key in keys], ", ")
        doubts = join_texts([self._doubt(key, rows) for key in keys], " and ")
        return choose_texts(self.states[rows] == YES, join_texts([cited, values]), doubts)

    def _reason(self, key: int, rows: Rows) -> Texts:
        """Give a key's value in each unit beside the cell that it meets; null for ``all``."""
        field = self.table.keys[key]
        cells = [_cell_words(row[key], hidden=field.personal) for row in self.table.rows]
        endings = texts_from(cells).take(pa.array(np.maximum(self.rows[rows], 0)))
        values = [] if field.personal else [pc.fill_null(self._values(field, rows), "")]
        head = repeat_text(field.words if field.personal else f"{field.words} ", len(rows))
        return join_texts([head, *values, endings], skip=False)

    def _doubt(self, key: int, rows: Rows) -> Texts:
        """Say what cannot be told of a key; null where nothing is."""
        field = self.table.keys[key]
        values, source = self._values(field, rows), self.reader.source(field)
        shown = repeat_text("as listed", len(rows)) if source.personal else values
        ending = repeat_text(" can be inside or outside", len(rows))
        known = join_texts([repeat_text(f"{field.words} ", len(rows)), shown, ending])
        absent = pc.is_null(values).to_numpy(zero_copy_only=False)
        words = choose_texts(absent, f"{source.words} is missing", known)
        return choose_texts((self.doubts[rows] >> key) & 1 == 1, words, None)

    def _values(self, field: Field, rows: Rows) -> Texts:
        coded = _coded(self.reader, field)
        return texts_of_codes(coded, coded.codes[self.units[rows]])


def _cell_words(cell: Sequence[Item], *, hidden: bool) -> str | None:
    if any(isinstance(item, Anything) for item in cell):
        return None
    if hidden:
        return " as listed"
    text = ", ".join(item.text for item in cell)
    exact = all(isinstance(item, Exact) for item in cell)
    return "" if exact or len(text) > _LONGEST_CELL else f" in {text}"


def _coded(reader: UnitReader, field: Field) -> Coded:
    return reader.dates(field)[0] if field.kind == "date" else reader.texts(field)


def ask_table(reader: UnitReader, table: RuleTable, units: Rows) -> TableAnswer:
    """Ask of units whether they meet a row of a table.

    Parameters
    ----------
    reader : UnitReader
        The table of units.
    table : RuleTable
        The rule's table.
    units : array of int
        Places of the units.
    """
    search = _Search(reader, table, units)
    search.narrow(range(len(table.rows)), np.arange(len(units)), _Trail())
    return TableAnswer(table, reader, units, search.states, search.rows, search.doubts)


@dataclass(frozen=True, slots=True)
class _Trail:
    """How far a search has come, and which keys it could not tell."""

    depth: int = 0
    state: int = YES
    doubts: int = 0

    def sure(self) -> "_Trail":
        return _Trail(self.depth + 1, self.state, self.doubts)

    def unsure(self, key: int) -> "_Trail":
        return _Trail(self.depth + 1, UNSURE, self.doubts | 1 << key)


class _Search:
    """Narrows rows and units together, the most telling keys first."""

    def __init__(self, reader: UnitReader, table: RuleTable, units: Rows) -> None:
        self._reader = reader
        self._table = table
        self._units = units
        keys = range(len(table.keys))
        self._singly = [_compares_singly(table, key) for key in keys]
        self._order = sorted(keys, key=lambda key: (self._singly[key], _inexact(table, key), key))
        self.states = np.full(len(units), NO, np.int8)
        self.rows = np.full(len(units), -1, np.int64)
        self.doubts = np.zeros(len(units), np.int64)

    def narrow(self, rows: Sequence[int], at: Rows, trail: _Trail) -> None:
        """Go on with the rows that units at these places may still meet."""
        if not len(at) or not rows:
            return
        if trail.depth == len(self._order):
            self._record(rows[0], at, trail)
            return
        key = self._order[trail.depth]
        always = [row for row in rows if _is_always(self._table.rows[row][key])]
        valued = [row for row in rows if not _is_always(self._table.rows[row][key])]
        self.narrow(always, at, trail.sure())
        if not valued:
            return
        codes = _coded(self._reader, self._table.keys[key]).codes[self._units[at]]
        self.narrow(valued, at[codes < 0], trail.unsure(key))
        known = codes >= 0
        if self._singly[key]:
            self._narrow_singly(key, valued, at[known], trail)
        else:
            self._narrow_by_value(key, valued, at[known], trail)

    def _narrow_by_value(self, key: int, rows: list[int], at: Rows, trail: _Trail) -> None:
        """Look the distinct values up once, and follow each set of rows with its units."""
        if not len(at):
            return
        coded = self._reader.texts(self._table.keys[key])
        used, inverse = np.unique(coded.codes[self._units[at]], return_inverse=True)
        owned = ((row, item) for row in rows for item in self._table.rows[row][key])
        meets = ValueIndex(owned).lookup(coded.distinct.take(pa.array(used)))
        codes = meets.codes[inverse]
        order = np.argsort(codes, kind="stable")
        found, starts = np.unique(codes[order], return_index=True)
        ends = [*starts[1:].tolist(), len(order)]
        for code, start, end in zip(found.tolist(), starts.tolist(), ends, strict=True):
            self.narrow(meets.sets[code], at[order[start:end]], trail.sure())

    def _narrow_singly(self, key: int, rows: list[int], at: Rows, trail: _Trail) -> None:
        """Follow each row by itself where a value may be inside and outside."""
        for row in rows:
            line = Line(field=self._table.keys[key], items=self._table.rows[row][key])
            states = ask_line(self._reader, line, self._units[at]).states
            self.narrow([row], at[states == YES], trail.sure())
            self.narrow([row], at[states == UNSURE], trail.unsure(key))

    def _record(self, row: int, at: Rows, trail: _Trail) -> None:
        better = (self.states[at] < trail.state) | (
            (self.states[at] == trail.state) & (self.rows[at] > row)
        )
        places = at[better]
        self.states[places] = trail.state
        self.rows[places] = row
        self.doubts[places] = trail.doubts


def _is_always(cell: Sequence[Item]) -> bool:
    return any(isinstance(item, Anything) for item in cell)


def _compares_singly(table: RuleTable, key: int) -> bool:
    versions = any(isinstance(item, Versions) for row in table.rows for item in row[key])
    return table.keys[key].kind != "text" or versions


def _inexact(table: RuleTable, key: int) -> int:
    exact = (isinstance(item, Exact | Anything) for row in table.rows for item in row[key])
    return sum(not one for one in exact)
