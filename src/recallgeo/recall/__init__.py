"""Recall scope: notices as rules, and which units they mean."""

from recallgeo.recall.matching import match_recall
from recallgeo.recall.notice import Line, Recall, Rule, RuleTable, Scope
from recallgeo.recall.serial_form import SerialForm
from recallgeo.recall.serial_range import SerialRange, merge_ranges
from recallgeo.recall.severity import SEVERITY_SCHEMES, Severity

__all__ = [
    "SEVERITY_SCHEMES",
    "Line",
    "Recall",
    "Rule",
    "RuleTable",
    "Scope",
    "SerialForm",
    "SerialRange",
    "Severity",
    "match_recall",
    "merge_ranges",
]
