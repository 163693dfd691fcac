"""A recall file on trial: what each rule matches, what never matches and why."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import pyarrow.compute as pc
from numpy.typing import NDArray

from recallgeo.errors import SchemaError
from recallgeo.frames import ASSETS
from recallgeo.recall.logic import NO, UNSURE, YES
from recallgeo.recall.matching import match_recall
from recallgeo.recall.model import Line, Recall, Rule, Scope
from recallgeo.recall.rule_answer import Clause, RuleAnswer, ask_clauses, clauses_of
from recallgeo.recall.unit_reader import UnitReader

if TYPE_CHECKING:
    from collections.abc import Mapping

    from recallgeo.hazard import Hazard

__all__ = ["RecallTrial", "try_recall"]

_SHOWN: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallTrial:
    """What a recall file does to a register.

    Parameters
    ----------
    rules : DataFrame, one row per rule
        ``scope_id, rule, affected_units, check_units`` (units, exceptions left out) and ``never``:
        why it matches nothing; missing where it matches.
    wrong : DataFrame, one row per known unit whose verdict is another one
        ``expected, found, reason``.
    markets : DataFrame, one row per market
        ``expected_units`` of the notice beside ``affected_units`` and ``check_units`` found; an
        expectation is missing where the notice has none.
    """

    rules: pd.DataFrame
    wrong: pd.DataFrame
    markets: pd.DataFrame

    def summary(self) -> str:
        """Give what a reader of the notice must look at, a line each."""
        never = self.rules[self.rules["never"].notna()]
        lines = [f"{len(self.rules)} rules, {len(never)} match nothing, {len(self.wrong)} wrong"]
        lines += [
            f"scope {scope}, rule {rule} matches nothing: {why}"
            for scope, rule, why in never[["scope_id", "rule", "never"]].itertuples(index=False)
        ]
        lines += [
            f"{unit}: expected {expected}, found {found} ({reason})"
            for unit, expected, found, reason in self.wrong.itertuples()
        ]
        return "\n".join(lines)


def try_recall(
    recall: Recall,
    assets: pd.DataFrame,
    *,
    known: pd.DataFrame | None = None,
    hazards: "Mapping[str, Hazard] | None" = None,
) -> RecallTrial:
    """Try a recall file on a register and on units whose verdict is known.

    Parameters
    ----------
    recall : Recall
        The notice; drafts are tried as they stand.
    assets : DataFrame, one row per unit or line
        ASSETS of the register.
    known : DataFrame, optional
        ASSETS with a column ``verdict`` that holds the verdict expected.
    hazards : mapping of str to Hazard, optional
        As `match_recall` takes them.

    Returns
    -------
    RecallTrial
        Counts of units per rule and market, and the known units that came out wrong.

    Raises
    ------
    SchemaError
        If a frame breaks its contract, or `known` has no verdicts.
    ConfigError, ScopeError
        As `match_recall` raises them.

    Examples
    --------
    >>> assets = ASSETS.conform(pd.DataFrame(
    ...     {"source_file": "a.csv", "source_row": [2, 3], "serial": ["AB0048", "AB0049"]},
    ...     index=pd.Index(["u1", "u2"], name="asset_id")))
    >>> recall = Recall.from_dict({
    ...     "recall": {"id": "25-090", "issued": "2025-01-16"},
    ...     "scope": [{"id": "ups", "hazard": "fire", "rule": [{"serial": "AB00048..AB00251"}]}]})
    >>> print(try_recall(recall, assets).summary())
    1 rules, 1 match nothing, 0 wrong
    scope ups, rule 1 matches nothing: no serial fits AB00048..AB00251; the register holds AA0000
    """
    scoped = match_recall(assets, recall, hazards=hazards)
    reader = UnitReader.of_frame(assets, recall.derives)
    quantity = assets["quantity"].fillna(1).to_numpy(np.int64)
    pairs = [(scope, rule) for scope in recall.scopes for rule in scope.rules]
    rows = [_try_rule(reader, scope, rule, quantity) for scope, rule in pairs]
    columns = ["scope_id", "rule", "affected_units", "check_units", "never"]
    rules = pd.DataFrame(rows, columns=columns).astype({"scope_id": "str", "never": "str"})
    wrong = _wrong_verdicts(known, recall, hazards)
    return RecallTrial(rules=rules, wrong=wrong, markets=_count_markets(scoped, recall))


def _try_rule(
    reader: UnitReader, scope: Scope, rule: Rule, quantity: NDArray[np.int64]
) -> tuple[str, int, int, int, str | None]:
    clauses = [clause for _, clause in clauses_of(rule)]
    states = _ask(reader, clauses).states
    counts = [int(quantity[states == state].sum()) for state in (YES, UNSURE)]
    never = None if any(counts) else _why_never(reader, rule)
    return scope.id, rule.number, counts[0], counts[1], never


def _ask(reader: UnitReader, clauses: list[Clause]) -> RuleAnswer:
    return ask_clauses(reader, clauses, np.arange(reader.size))


def _why_never(reader: UnitReader, rule: Rule) -> str:
    """Say which line alone fits no unit, and what the register holds in its place."""
    told = [
        _why_no_unit(reader, name, clause)
        for name, clause in clauses_of(rule)
        if (_ask(reader, [clause]).states == NO).all()
    ]
    if not reader.size:
        return "the register holds no units"
    return "; ".join(told) or "each line fits some unit, but no unit fits all of them"


def _why_no_unit(reader: UnitReader, name: str, clause: Clause) -> str:
    if not isinstance(clause, Line):
        return f"no row of its {name} fits" if name == "table" else f"no {name} fits"
    listed = [item.text for item in clause.items]
    more = f" and {len(listed) - _SHOWN} more" if len(listed) > _SHOWN else ""
    told = f"no {name} fits {', '.join(listed[:_SHOWN])}{more}"
    if clause.field.personal:
        return told
    return f"{told}; the register holds {_shapes(reader, clause)}"


def _shapes(reader: UnitReader, line: Line) -> str:
    """Give the most common shapes of a field's distinct values: A a letter, 0 a digit."""
    field = reader.source(line.field)
    shapes = pc.replace_substring_regex(reader.texts(field).distinct, "[A-Z]", "A")
    counts = pc.replace_substring_regex(shapes, "[0-9]", "0").value_counts().to_pylist()
    ordered = sorted(counts, key=lambda count: (-count["counts"], count["values"]))
    return ", ".join(count["values"] for count in ordered[:_SHOWN])


def _wrong_verdicts(
    known: pd.DataFrame | None, recall: Recall, hazards: "Mapping[str, Hazard] | None"
) -> pd.DataFrame:
    units = ASSETS.empty().assign(verdict="") if known is None else known
    if "verdict" not in units.columns:
        message = "the known units have no column 'verdict'; add the verdict that each must get"
        raise SchemaError(message)
    found = match_recall(units.drop(columns="verdict"), recall, hazards=hazards)
    table = pd.DataFrame(
        {
            "expected": units["verdict"].astype("str"),
            "found": found["verdict"],
            "reason": found["verdict_reason"],
        }
    )
    return table[table["expected"] != table["found"]]


def _count_markets(scoped: pd.DataFrame, recall: Recall) -> pd.DataFrame:
    """Count units found per market beside those that the notice expects."""
    units = scoped["quantity"].fillna(1)
    markets = scoped["market"].fillna("unknown").str.strip().str.upper()
    markets = markets.where(markets != "UNKNOWN", "unknown")
    found = {
        name: units.where(scoped["verdict"] == verdict, 0).groupby(markets).sum()
        for name, verdict in (("affected_units", "affected"), ("check_units", "check_needed"))
    }
    expected = pd.Series(dict(recall.expected_units), dtype="Int64")
    table = pd.DataFrame({"expected_units": expected, **found}).astype("Int64")
    counts = table[["affected_units", "check_units"]].fillna(0)
    return table.assign(**counts).sort_index().rename_axis("market")
