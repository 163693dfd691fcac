"""Whether units are in a scope: any rule, less its exceptions, confirmed or not; and why."""

from dataclasses import dataclass

import numpy as np

from recallgeo.recall.line_answer import Rows
from recallgeo.recall.logic import NO, UNSURE, YES, States, negate
from recallgeo.recall.model import Rule, Scope
from recallgeo.recall.phrases import as_objects, choose_texts, join_texts, texts_from
from recallgeo.recall.rule_answer import RuleAnswer, ask_clauses, clauses_of
from recallgeo.recall.texts import Texts
from recallgeo.recall.unit_reader import UnitReader

__all__ = ["ScopeAnswer", "ask_scope"]

_MOST_DOUBTS = 3


@dataclass(frozen=True, slots=True)
class ScopeAnswer:
    """What a scope says of units.

    Parameters
    ----------
    scope : Scope
        The scope.
    states : array of int8
        Of each unit: in it, cannot tell, not in it.
    met : array of int8
        Of each unit, before exceptions, confirmation and drafts.
    sure : array of int8
        As `met`, a draft telling nothing for sure.
    rules : list of RuleAnswer
        For each rule, of all units.
    exceptions : list of (array, RuleAnswer)
        For each exception, of the units that may be in.
    """

    scope: Scope
    states: States
    met: States
    sure: States
    rules: list[RuleAnswer]
    exceptions: list[tuple[Rows, RuleAnswer]]

    def explain(self, units: Rows) -> Texts:
        """Give the reason of each unit that the rules do not rule out."""
        holds = self.met[units] == YES
        reasons = np.full(len(units), None, dtype=object)
        reasons[holds] = as_objects(self._why(units[holds]))
        reasons[~holds] = as_objects(self._why_not_told(units[~holds]))
        return join_texts([texts_from(reasons), *self._provisos(units)], "; ")

    def _why(self, units: Rows) -> Texts:
        """Cite the first rule that holds, with its values; confirmed rules before drafts."""
        words = np.full(len(units), None, dtype=object)
        waiting = np.ones(len(units), bool)
        rules = zip(self.scope.rules, self.rules, strict=True)
        for rule, answer in sorted(rules, key=lambda pair: not pair[0].confirmed):
            at = np.flatnonzero(waiting & (answer.states[units] == YES))
            told = as_objects(answer.explain(units[at]))
            told = np.where(told == "", "every unit", told).astype(object)
            words[at] = f"{self._head(rule)}: " + told
            waiting[at] = False
        return texts_from(words)

    def _why_not_told(self, units: Rows) -> Texts:
        """Name what is missing, rule by rule."""
        columns: list[Texts] = []
        named = np.zeros(len(units), np.intp)
        for rule, answer in zip(self.scope.rules, self.rules, strict=True):
            words = np.full(len(units), None, dtype=object)
            at = np.flatnonzero((answer.states[units] == UNSURE) & (named < _MOST_DOUBTS))
            heads = np.where(answer.decided(units[at]), " holds so far; ", " cannot be told; ")
            doubts = as_objects(answer.explain(units[at]))
            words[at] = self._head(rule) + heads.astype(object) + doubts
            columns.append(texts_from(words))
            named[at] += 1
        return join_texts(columns, "; ")

    def _head(self, rule: Rule) -> str:
        return f"scope {self.scope.id}, rule {rule.number}"

    def _provisos(self, units: Rows) -> list[Texts]:
        """Say what exceptions, confirmation and drafts add."""
        columns = []
        for rule, (at, answer) in zip(self.scope.exceptions, self.exceptions, strict=True):
            columns.append(_exception_words(rule, answer, np.searchsorted(at, units)))
        drafted = (self.met[units] == YES) & (self.sure[units] < YES)
        if drafted.any():
            columns.append(choose_texts(drafted, "the rule is a draft, not confirmed", None))
        if self.scope.confirm_with:
            words = f"to be confirmed with {self.scope.confirm_with}"
            columns.append(choose_texts(self.states[units] > NO, words, None))
        return columns


def _exception_words(rule: Rule, answer: RuleAnswer, places: Rows) -> Texts:
    words = np.full(len(places), None, dtype=object)
    told = answer.states[places] > NO
    holds = answer.states[places[told]] == YES
    verb = "takes it out" if rule.confirmed else "would take it out, but is a draft"
    heads = np.where(holds, f"exception {rule.number} {verb}: ",
                     f"exception {rule.number} cannot be told: ")  # fmt: skip
    words[told] = heads.astype(object) + as_objects(answer.explain(places[told]))
    return texts_from(words)


def ask_scope(reader: UnitReader, scope: Scope, units: Rows | None = None) -> ScopeAnswer:
    """Ask of units whether they are in a scope.

    Parameters
    ----------
    reader : UnitReader
        The table of units.
    scope : Scope
        The scope.
    units : array of int, optional
        Places of the units; all where missing.

    Returns
    -------
    ScopeAnswer
        In the order of `units`.
    """
    units = np.arange(reader.size) if units is None else units
    answers = [_ask_rule(reader, rule, units) for rule in scope.rules]
    met = np.full(len(units), NO, np.int8)
    sure = met.copy()
    for rule, answer in zip(scope.rules, answers, strict=True):
        met = np.maximum(met, answer.states)
        sure = np.maximum(sure, _capped(answer.states, at_unsure=not rule.confirmed))
    states, exceptions = sure.copy(), []
    at = np.flatnonzero(met > NO)
    for rule in scope.exceptions:
        answer = _ask_rule(reader, rule, units[at])
        exceptions.append((at, answer))
        capped = _capped(answer.states, at_unsure=not rule.confirmed)
        states[at] = np.minimum(states[at], negate(capped))
    states = _capped(states, at_unsure=bool(scope.confirm_with))
    return ScopeAnswer(scope, states, met, sure, answers, exceptions)


def _capped(states: States, *, at_unsure: bool) -> States:
    return np.minimum(states, UNSURE).astype(np.int8) if at_unsure else states


def _ask_rule(reader: UnitReader, rule: Rule, units: Rows) -> RuleAnswer:
    return ask_clauses(reader, [clause for _, clause in clauses_of(rule)], units)
