"""Match units to a recall: a verdict, a reason and every scope for each."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from recallgeo.frames import ASSETS, SCOPED
from recallgeo.recall.combinations import Combinations, ReasonTexts
from recallgeo.recall.logic import NO, UNSURE, YES
from recallgeo.recall.model import Recall
from recallgeo.recall.phrases import choose_texts, join_texts, repeat_text, texts_from
from recallgeo.recall.rule_answer import clauses_of
from recallgeo.recall.scope_answer import ScopeAnswer, ask_scope
from recallgeo.recall.severity import measure_severities
from recallgeo.recall.texts import Texts
from recallgeo.recall.unit_reader import UnitReader
from recallgeo.schema import join_list

if TYPE_CHECKING:
    from recallgeo.hazard import Hazard

__all__ = ["match_recall"]

_VERDICTS = {YES: "affected", UNSURE: "check_needed", NO: "not_affected"}
_FAILURES = {"table": "no row of its table fits", "component": "no component fits"}
_MOST_RULES_NAMED = 6


def match_recall(
    assets: pd.DataFrame, recall: Recall, *, hazards: "Mapping[str, Hazard] | None" = None
) -> pd.DataFrame:
    """Give each unit its verdict: affected, check_needed or not_affected.

    A missing field makes a line "cannot tell", which matters only where no other line decides;
    the reason then names the field. A unit in several scopes lists them all; the most severe
    leads, ties by their order in the file.

    Parameters
    ----------
    assets : DataFrame, one row per unit or line
        ASSETS; ``x_`` columns may stand beside. Not altered.
    recall : Recall
        The notice; a match by an unconfirmed rule is check_needed.
    hazards : mapping of str to Hazard, optional
        Known hazards; those of `recallgeo.reference.hazards` where missing.

    Returns
    -------
    DataFrame
        SCOPED, on the index of `assets` in its order.

    Raises
    ------
    SchemaError
        If `assets` breaks its contract.
    ConfigError
        If a scope's hazard is unknown.
    ScopeError
        If a rule names an ``x_`` column that the register does not have.

    Examples
    --------
    >>> assets = ASSETS.conform(pd.DataFrame(
    ...     {"source_file": "a.csv", "source_row": [2, 3, 4], "serial": ["AB0048", "AB9", None]},
    ...     index=pd.Index(["u1", "u2", "u3"], name="asset_id")))
    >>> recall = Recall.from_dict({
    ...     "recall": {"id": "25-090", "issued": "2025-01-16"},
    ...     "scope": [{"id": "ups", "hazard": "fire", "rule": [{"serial": "AB0048..AB0251"}]}]})
    >>> match_recall(assets, recall)["verdict"].tolist()
    ['affected', 'not_affected', 'check_needed']
    """
    ASSETS.validate(assets)
    if hazards is None:
        from recallgeo.reference import hazards as known_hazards

        hazards = known_hazards()
    severities = measure_severities(recall, hazards)
    order = sorted(range(len(severities)), key=lambda place: (-severities[place], place))
    reader = UnitReader.of_frame(assets, recall.derives)
    verdicts = _Verdicts(assets, recall)
    for place in order:
        verdicts.take(place, ask_scope(reader, recall.scopes[place]))
    columns = verdicts.columns(severities)
    kept = assets.drop(columns=[name for name in columns if name in assets.columns])
    return SCOPED.conform(pd.concat([kept, pd.DataFrame(columns, index=assets.index)], axis=1))


class _Verdicts:
    """Collects what the scopes say, the most severe first."""

    def __init__(self, assets: pd.DataFrame, recall: Recall) -> None:
        size = len(assets)
        self._recall = recall
        self._lead = np.full(size, NO, np.int8)
        self._members = Combinations(size)
        self._failures = Combinations(size)
        self._reasons = ReasonTexts(size)
        self._quantity = assets["quantity"].fillna(1).to_numpy(np.int64)
        rules = sum(len(scope.rules) for scope in recall.scopes)
        self._names_failures = rules <= _MOST_RULES_NAMED

    def take(self, place: int, answer: ScopeAnswer) -> None:
        """Take in what a scope says of every unit."""
        states = answer.states
        self._members.extend(place, states)
        leads = np.flatnonzero(states > self._lead)
        self._reasons.write(leads, answer.explain(leads))
        self._lead[leads] = states[leads]
        taken_out = (self._lead == NO) & (answer.met > NO) & ~self._reasons.is_written
        out = np.flatnonzero(taken_out)
        self._reasons.write(out, answer.explain(out))
        if self._names_failures:
            for number, rule in enumerate(answer.rules):
                self._failures.extend(place * _MOST_RULES_NAMED + number, rule.failed + 1)

    def columns(self, severities: Sequence[float]) -> dict[str, object]:
        """Give the columns that SCOPED adds."""
        told = [self._tell(members, severities) for members in self._members.sets]
        codes = self._members.codes
        verdicts, scope_ids, scopes, hazards, numbers, suffixes = zip(*told, strict=True)
        return {
            "verdict": _texts_of(verdicts, codes),
            "verdict_reason": pd.array(self._reason_texts(suffixes), dtype="str"),
            "scope_ids": _texts_of(scope_ids, codes),
            "scope_id": _texts_of(scopes, codes),
            "hazard": _texts_of(hazards, codes),
            "severity": np.array(numbers, np.float64)[codes],
        }

    def _tell(
        self, members: Sequence[tuple[int, int]], severities: Sequence[float]
    ) -> tuple[str, str | None, str | None, str | None, float, str]:
        """Give verdict, scopes, worst scope, hazard, severity and a last remark of a set."""
        if not members:
            return _VERDICTS[NO], None, None, None, np.nan, ""
        scopes = [self._recall.scopes[place] for place, _ in members]
        state = max(state for _, state in members)
        lead = next(i for i, (_, found) in enumerate(members) if found == state)
        others = [
            f"; {'also in' if found == YES else 'may also be in'} scope {scope.id}"
            for i, (scope, (_, found)) in enumerate(zip(scopes, members, strict=True))
            if i != lead
        ]
        ids = join_list(scope.id for scope in scopes)
        worst = members[0][0]
        hazard = scopes[0].hazard
        return _VERDICTS[state], ids, scopes[0].id, hazard, severities[worst], "".join(others)

    def _reason_texts(self, suffixes: Sequence[str]) -> Texts:
        outside = [self._tell_failures(failures) for failures in self._failures.sets]
        reasons = self._reasons.read(outside, self._failures.codes)
        columns = [reasons]
        if any(suffixes):
            columns.append(texts_from(suffixes).take(pa.array(self._members.codes)))
        several = (self._lead == UNSURE) & (self._quantity > 1)
        if several.any():
            counts = pa.array(self._quantity).cast(pa.large_string())
            heads = repeat_text("; 0 to ", len(several))
            units = join_texts([heads, counts, repeat_text(" units", len(several))])
            columns.append(choose_texts(several, units, ""))
        return join_texts(columns) if columns[1:] else reasons

    def _tell_failures(self, failures: Sequence[tuple[int, int]]) -> str:
        """Say which clause rules a unit out, rule by rule."""
        if not self._names_failures:
            return f"in none of the {len(self._recall.scopes)} scopes"
        told = []
        for where, mark in failures:
            place, number = divmod(where, _MOST_RULES_NAMED)
            scope = self._recall.scopes[place]
            name = clauses_of(scope.rules[number])[mark - 1][0]
            why = _FAILURES.get(name, f"{name} does not fit")
            told.append(f"not scope {scope.id}, rule {number + 1}: {why}")
        return "; ".join(told)


def _texts_of(texts: Sequence[str | None], codes: NDArray[np.int64]) -> object:
    """Give a text for each unit by the code of its set."""
    return pd.array(texts_from(texts).take(pa.array(codes)), dtype="str")
