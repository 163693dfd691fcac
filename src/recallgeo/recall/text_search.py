"""Search of raw text, as of rows that were set aside, for recalled serials and models."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from recallgeo.recall.field_name import Field
from recallgeo.recall.line_values import Anything, Exact, Item, Pattern, Within
from recallgeo.recall.model import Line, Recall, Rule
from recallgeo.recall.texts import Texts, normalise_texts
from recallgeo.recall.unit_reader import UnitReader
from recallgeo.recall.value_index import ValueIndex
from recallgeo.recall.wildcards import written

__all__ = ["search_text"]

_SEARCHED: Final = frozenset({"serial", "model", "part_number", "gtin", "lot"})
_BETWEEN_WORDS: Final = r"[^A-Z0-9_./#*+-]+"
_WORD: Final = re.compile(r"[A-Z0-9_./#*+-]+")
_TRIMMED: Final = "_./#*+-"
_SHORTEST: Final = 4
"""Characters below which a value says too little by itself, as a lot "7" would (judgement)."""


def search_text(raw: pd.Series, recall: Recall) -> pd.Series:
    """Tell which raw texts name a recalled serial, model, part number, GTIN or lot.

    A hit is a reason to look, not a verdict: exact values, ranges and patterns are searched for
    among the words of the text, values with spaces among its characters. A part of a serial
    (``serial_first_4``) counts only where its rule names no model and the part has four
    characters or more.

    Parameters
    ----------
    raw : Series of str
        Raw text of rows; missing is no hit.
    recall : Recall
        The notice.

    Returns
    -------
    Series of bool, named ``recalled``
        On the index of `raw`.

    Examples
    --------
    >>> recall = Recall.from_dict({
    ...     "recall": {"id": "25-090", "issued": "2025-01-16"},
    ...     "scope": [{"id": "ups", "hazard": "fire", "rule": [{"serial": "AB0048..AB0251"}]}]})
    >>> search_text(pd.Series(["x;ab0100;y", "x;AB0252;y", None]), recall).tolist()
    [True, False, False]
    """
    texts = normalise_texts(_as_text(raw))
    search = _Search(pc.fill_null(texts, ""))
    hits = np.zeros(len(raw), bool)
    for scope in recall.scopes:
        for rule in scope.rules:
            hits |= search.rule(rule)
    return pd.Series(hits, index=raw.index, name="recalled")


def _as_text(raw: pd.Series) -> Texts:
    values = pa.array(raw.astype("str"), from_pandas=True)
    whole = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    return whole.cast(pa.large_string())


class _Search:
    """The texts, and their words with the text that each belongs to."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        lists = pc.split_pattern_regex(texts, _BETWEEN_WORDS)
        self._owner: NDArray[np.intp] = pc.list_parent_indices(lists).to_numpy(zero_copy_only=False)
        words = pc.utf8_trim(pc.list_flatten(lists), _TRIMMED)
        self._reader = UnitReader(len(words), lambda _: words, ())

    def rule(self, rule: Rule) -> NDArray[np.bool_]:
        """Tell which texts name something that the rule means."""
        searched = list(_searched(rule))
        names_models = any(field.base == "model" for field, _ in searched)
        hits = np.zeros(len(self._texts), bool)
        for field, items in searched:
            if field.part is None or not names_models:
                hits |= self._line(field, items)
        return hits

    def _line(self, field: Field, items: Sequence[Item]) -> NDArray[np.bool_]:
        told = [item for item in items if _tells(item, field)]
        hits = np.zeros(len(self._texts), bool)
        coded = self._reader.texts(field)
        found = ValueIndex(enumerate(told)).lookup(coded.distinct).first >= 0
        hits[self._owner[np.append(found, False)[coded.codes]]] = True
        for value in sorted({item.value for item in told if isinstance(item, Exact)}):
            if field.part is None and not _WORD.fullmatch(value):
                hits |= pc.match_substring(self._texts, value).to_numpy(zero_copy_only=False)
        return hits


def _searched(rule: Rule) -> Iterator[tuple[Field, tuple[Item, ...]]]:
    lines = [*rule.lines, *(line for part in rule.components for line in part)]
    if rule.table is not None:
        for place, key in enumerate(rule.table.keys):
            items = dict.fromkeys(item for row in rule.table.rows for item in row[place])
            lines.append(Line(field=key, items=tuple(items)))
    for line in lines:
        if line.field.base in _SEARCHED and not line.field.derived:
            yield line.field, line.items


def _tells(item: Item, field: Field) -> bool:
    """Tell whether a value says enough to be searched for."""
    if field.width is not None:
        return field.width >= _SHORTEST and not isinstance(item, Anything)
    if isinstance(item, Exact):
        return len(item.value) >= _SHORTEST
    if isinstance(item, Pattern):
        literals = [token for token in item.tokens if token.kind in {"literal", "dot"}]
        return len(written(literals)) >= _SHORTEST - 1
    return isinstance(item, Within)
