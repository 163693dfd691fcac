"""Whether units meet a rule: all its lines, its table, and a part for each component."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from recallgeo.recall.line_answer import Rows, ask_line
from recallgeo.recall.logic import NO, UNSURE, YES, States
from recallgeo.recall.model import Line, Rule, RuleTable
from recallgeo.recall.phrases import as_objects, choose_texts, join_texts, texts_from
from recallgeo.recall.table_answer import ask_table
from recallgeo.recall.texts import Coded, Texts
from recallgeo.recall.unit_reader import UnitReader

__all__ = ["Clause", "RuleAnswer", "ask_clauses", "clauses_of"]

Clause = Line | RuleTable | tuple[Line, ...]
"""A line, a table, or the lines that one part must meet."""


class Answer(Protocol):
    """What a clause says of the units that it was asked about."""

    @property
    def states(self) -> States:
        """State of each unit."""

    def decided(self, rows: Rows) -> NDArray[np.bool_]:
        """Tell for which units the clause holds by something known."""

    def explain(self, rows: Rows) -> Texts:
        """Give the words of each unit; null for none."""


@dataclass(frozen=True, slots=True)
class RuleAnswer:
    """What clauses that must all hold say of units.

    Parameters
    ----------
    states : array of int8
        Of each unit asked.
    failed : array of int16
        Place of the first clause that does not hold; -1 for none.
    answers : list of (array, Answer)
        For each clause the units, by their place among those asked, that came to it.
    """

    states: States
    failed: NDArray[np.int16]
    answers: list[tuple[Rows, Answer]]

    def decided(self, rows: Rows) -> NDArray[np.bool_]:
        """Tell for which units something known holds."""
        found = np.zeros(len(rows), bool)
        for at, answer in self.answers:
            found |= answer.decided(np.searchsorted(at, rows))
        return found

    def explain(self, rows: Rows) -> Texts:
        """Give words for units that no clause rules out: all reasons, or all doubts."""
        holds = self.states[rows] == YES
        columns = []
        for at, answer in self.answers:
            places = np.searchsorted(at, rows)
            told = answer.states[places] == np.where(holds, YES, UNSURE)
            words = answer.explain(places)
            columns.append(choose_texts(told, words, None))
        return choose_texts(holds, join_texts(columns, ", "), join_texts(columns, " and "))


def clauses_of(rule: Rule) -> list[tuple[str, Clause]]:
    """Give the clauses of a rule with their names, cheap ones first, in an order of their own.

    Parameters
    ----------
    rule : Rule
        The rule.

    Returns
    -------
    list of (str, Clause)
        Lines first, serials after the others, then the table and the components.
    """
    lines: list[tuple[str, Clause]] = [
        (line.field.words, line)
        for line in sorted(rule.lines, key=lambda line: line.field.base == "serial")
    ]
    if rule.table is not None:
        lines.append(("table", rule.table))
    return lines + [("component", part) for part in rule.components]


def ask_clauses(reader: UnitReader, clauses: Sequence[Clause], units: Rows) -> RuleAnswer:
    """Ask of units whether they meet every clause; a unit that fails one is not asked further.

    Parameters
    ----------
    reader : UnitReader
        The table of units.
    clauses : sequence of Clause
        All must hold.
    units : array of int
        Places of the units.

    Returns
    -------
    RuleAnswer
        In the order of `units`.
    """
    states = np.full(len(units), YES, np.int8)
    failed = np.full(len(units), -1, np.int16)
    answers: list[tuple[Rows, Answer]] = []
    alive: Rows = np.arange(len(units))
    for place, clause in enumerate(clauses):
        answer = _ask(reader, clause, units[alive])
        answers.append((alive, answer))
        told = answer.states
        states[alive] = np.minimum(states[alive], told)
        failed[alive[told == NO]] = place
        alive = alive[told != NO]
    return RuleAnswer(states, failed, answers)


def _ask(reader: UnitReader, clause: Clause, units: Rows) -> Answer:
    if isinstance(clause, Line):
        return ask_line(reader, clause, units)
    if isinstance(clause, RuleTable):
        return ask_table(reader, clause, units)
    return _ask_parts(reader, clause, units)


@dataclass(frozen=True, slots=True)
class _PartAnswer:
    """What the lines of a component say of units."""

    coded: Coded
    by_value: States
    readable: NDArray[np.bool_]
    best: Rows
    parts: RuleAnswer

    @property
    def states(self) -> States:
        states: States = self.by_value[self.coded.codes]
        return states

    def decided(self, rows: Rows) -> NDArray[np.bool_]:
        decided = np.zeros(len(rows), bool)
        known = self._known(rows)
        decided[known] = self.parts.decided(self.best[self.coded.codes[rows[known]]])
        return decided

    def explain(self, rows: Rows) -> Texts:
        codes = self.coded.codes[rows]
        words = np.full(len(rows), None, dtype=object)
        words[codes < 0] = "components are missing"
        words[(codes >= 0) & ~self.readable[codes]] = "components cannot be read"
        known = self._known(rows)
        found = self.parts.explain(self.best[codes[known]])
        holds = self.by_value[codes[known]] == YES
        heads = choose_texts(holds, "a component with ", "of a component, ")
        words[known] = as_objects(join_texts([heads, found]))
        return texts_from(words)

    def _known(self, rows: Rows) -> NDArray[np.bool_]:
        codes = self.coded.codes[rows]
        known: NDArray[np.bool_] = (codes >= 0) & self.readable[codes] & (self.by_value[codes] > NO)
        return known


def _ask_parts(reader: UnitReader, lines: tuple[Line, ...], units: Rows) -> _PartAnswer:
    """Ask whether one and the same part meets all lines."""
    table = reader.parts
    parts = ask_clauses(table.reader, lines, np.arange(table.reader.size))
    size = len(table.readable)
    states = np.full(size + 1, NO, np.int8)
    np.maximum.at(states, table.owner, parts.states)
    states[:size][~table.readable] = UNSURE
    states[size] = UNSURE
    best = np.zeros(size + 1, np.intp)
    leads = np.flatnonzero(parts.states == states[table.owner])[::-1]
    best[table.owner[leads]] = leads
    readable = np.append(table.readable, False)
    coded = Coded(table.units.codes[units], table.units.distinct)
    return _PartAnswer(coded, states, readable, best, parts)
