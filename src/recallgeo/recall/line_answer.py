"""Whether units meet one line of a rule, and in what words."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from recallgeo.recall.dates import SpanSet
from recallgeo.recall.field_name import Field
from recallgeo.recall.line_values import Anything, DateWindow, Exact, Item, Pattern, Versions
from recallgeo.recall.logic import NO, UNSURE, YES, States
from recallgeo.recall.model import Line
from recallgeo.recall.phrases import (
    absent_texts,
    choose_texts,
    join_texts,
    repeat_text,
    texts_from,
)
from recallgeo.recall.texts import Coded, Texts
from recallgeo.recall.unit_reader import UnitReader
from recallgeo.recall.value_index import ValueIndex
from recallgeo.schema import LIST_SEPARATOR

__all__ = ["LineAnswer", "Rows", "ValueStates", "ask_line", "texts_of_codes"]

Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class ValueStates:
    """What a line says of distinct values.

    Parameters
    ----------
    states : array of int8
        One for each value, and last the one of a missing value.
    cites : array of int32
        Place of the item that decided; -1 for none.
    readable : array of bool
        Whether each value could be read at all; last False for the missing one.
    """

    states: States
    cites: NDArray[np.int32]
    readable: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class LineAnswer:
    """What a line says of units.

    Parameters
    ----------
    line : Line
        The line.
    coded : Coded
        Its field; codes of the units asked.
    answers : ValueStates
        For each distinct value.
    source : Field
        The field that a missing value is named by.
    """

    line: Line
    coded: Coded
    answers: ValueStates
    source: Field

    @property
    def states(self) -> States:
        """State of each unit."""
        states: States = self.answers.states[self.coded.codes]
        return states

    def decided(self, rows: Rows) -> NDArray[np.bool_]:
        """Tell for which units the line holds by something known."""
        holds: NDArray[np.bool_] = self.states[rows] == YES
        return holds & (not self.line.holds_always)

    def explain(self, rows: Rows) -> Texts:
        """Give words for each unit: why the line holds, or what cannot be told; null for none."""
        if self.line.holds_always:
            return absent_texts(len(rows))
        codes = self.coded.codes[rows]
        values = texts_of_codes(self.coded, codes)
        cites = self.answers.cites[codes]
        holds = self.answers.states[codes] == YES
        return choose_texts(holds, self._reasons(values, cites), self._doubts(values, cites, codes))

    @property
    def _name(self) -> str:
        field = self.line.field
        return f"{field.words} read from {self.source.words}" if field.derived else field.words

    @property
    def _hidden(self) -> bool:
        return self.line.field.personal or self.source.personal

    def _items(self, words: list[str], cites: NDArray[np.int32]) -> Texts:
        """Give the words of the item that decided."""
        return texts_from(words).take(pa.array(np.maximum(cites, 0)))

    def _reasons(self, values: Texts, cites: NDArray[np.int32]) -> Texts:
        size, items = len(cites), self.line.items
        if self._hidden:
            return repeat_text(f"{self._name} as listed", size)
        exact = np.array([isinstance(item, Exact) for item in items])[cites]
        middle = choose_texts(exact, self._items([item.text for item in items], cites), values)
        ending = self._items([_ending(item) for item in items], cites)
        same = pc.equal(middle, self._items([item.text for item in items], cites))
        ending = pc.if_else(same, "", ending)
        return join_texts([repeat_text(f"{self._name} ", size), middle, ending])

    def _doubts(self, values: Texts, cites: NDArray[np.int32], codes: NDArray[np.int32]) -> Texts:
        size, words = len(codes), self.line.field.words
        shown = repeat_text("as listed", size) if self._hidden else values
        unread = join_texts([repeat_text(f"{words} cannot be read from ", size), shown])
        between = repeat_text(" can be inside or outside ", size)
        window = self._items([item.text for item in self.line.items], cites)
        straddling = join_texts([repeat_text(f"{self._name} ", size), shown, between, window])
        known = choose_texts(self.answers.readable[codes], straddling, unread)
        return choose_texts(codes < 0, f"{self.source.words} is missing", known)


def texts_of_codes(coded: Coded, codes: NDArray[np.int32]) -> Texts:
    """Give the value of each code; null where it is missing."""
    return coded.distinct.take(pa.array(codes, mask=codes < 0))


def _ending(item: Item) -> str:
    if isinstance(item, Exact | Anything):
        return ""
    return f" like {item.text}" if isinstance(item, Pattern) else f" in {item.text}"


def ask_line(reader: UnitReader, line: Line, units: Rows) -> LineAnswer:
    """Ask of units whether they meet a line.

    Parameters
    ----------
    reader : UnitReader
        The table of units.
    line : Line
        The line.
    units : array of int
        Places of the units.

    Returns
    -------
    LineAnswer
        In the order of `units`.
    """
    field = line.field
    if line.holds_always:
        nothing = Coded(np.zeros(len(units), np.int32), pa.array([""], pa.large_string()))
        always = ValueStates(_all(YES, 2), np.full(2, -1, np.int32), np.ones(2, bool))
        return LineAnswer(line, nothing, always, field)
    whole = reader.dates(field)[0] if field.kind == "date" else reader.texts(field)
    coded = Coded(whole.codes[units], whole.distinct)
    return LineAnswer(line, coded, _ask_values(reader, line, coded), reader.source(field))


def _ask_values(reader: UnitReader, line: Line, coded: Coded) -> ValueStates:
    """Ask of the distinct values in use whether they meet a line's items."""
    size = len(coded.distinct)
    states, cites = _all(NO, size + 1), np.full(size + 1, -1, np.int32)
    readable = np.ones(size + 1, bool)
    states[size], readable[size] = UNSURE, False
    if line.field.kind == "date":
        dates = reader.dates(line.field)[1]
        spans = SpanSet([item.span for item in line.items if isinstance(item, DateWindow)])
        states[:size], cites[:size] = spans.states(dates), spans.cites(dates)
        readable[:size] = dates.readable
        return ValueStates(states, cites, readable)
    used = _used_codes(coded)
    values = coded.distinct if len(used) == size else coded.distinct.take(pa.array(used))
    found = _cite_lists(values, line) if line.field.kind == "list" else _cite_texts(values, line)
    cites[used] = found
    states[used] = np.where(found >= 0, YES, NO)
    _compare_versions(line, values, used, ValueStates(states, cites, readable))
    return ValueStates(states, cites, readable)


def _all(state: int, size: int) -> States:
    return np.full(size, state, np.int8)


def _used_codes(coded: Coded) -> NDArray[np.intp]:
    used = np.zeros(len(coded.distinct) + 1, bool)
    used[coded.codes] = True
    return np.flatnonzero(used[:-1])


def _cite_texts(values: Texts, line: Line) -> NDArray[np.int32]:
    return ValueIndex(enumerate(line.items)).lookup(values).first


def _cite_lists(values: Texts, line: Line) -> NDArray[np.int32]:
    """Cite the first item that any element of a list meets."""
    lists = pc.split_pattern(values, LIST_SEPARATOR)
    elements: Any = pc.list_flatten(lists)
    cites = _cite_texts(elements, line)
    parents = pc.list_parent_indices(lists).to_numpy(zero_copy_only=False)
    none = np.iinfo(np.int32).max
    best = np.full(len(values), none, np.int32)
    np.minimum.at(best, parents, np.where(cites < 0, none, cites))
    return np.where(best == none, -1, best).astype(np.int32)


def _compare_versions(
    line: Line, values: Texts, used: NDArray[np.intp], answers: ValueStates
) -> None:
    """Compare firmware with ranges of versions, where nothing else has decided."""
    ranges = [(i, item.range) for i, item in enumerate(line.items) if isinstance(item, Versions)]
    if not ranges:
        return
    for code, text in zip(used.tolist(), values.to_pylist(), strict=True):
        for place, versions in ranges:
            state = versions.state(text)
            if state > answers.states[code]:
                answers.states[code], answers.cites[code] = state, place
