"""Recall scope: notices as rules, and which units they mean."""

from recallgeo.recall.comparison import compare_scopes
from recallgeo.recall.matching import match_recall
from recallgeo.recall.model import Line, Recall, Rule, RuleTable, Scope
from recallgeo.recall.nearness import NEAR_MARGIN, near_misses
from recallgeo.recall.serial_form import SerialForm
from recallgeo.recall.serial_range import SerialRange, merge_ranges
from recallgeo.recall.severity import SEVERITY_SCHEMES, Severity
from recallgeo.recall.text_search import search_text
from recallgeo.recall.trial import RecallTrial, try_recall

__all__ = [
    "NEAR_MARGIN",
    "SEVERITY_SCHEMES",
    "Line",
    "Recall",
    "RecallTrial",
    "Rule",
    "RuleTable",
    "Scope",
    "SerialForm",
    "SerialRange",
    "Severity",
    "compare_scopes",
    "match_recall",
    "merge_ranges",
    "near_misses",
    "search_text",
    "try_recall",
]
