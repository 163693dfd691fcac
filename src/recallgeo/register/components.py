"""Blocks of columns become the list of parts of a unit, as JSON text."""

import json
from collections.abc import Callable, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from recallgeo.register.arrow_text import TEXT, Texts, join_texts, translate_texts
from recallgeo.register.column_rules import ComponentRule

__all__ = ["write_components"]


def write_components(rules: Sequence[ComponentRule], take: Callable[[str], Texts]) -> Texts:
    """Write the parts of each unit as a JSON list of objects.

    Parameters
    ----------
    rules : sequence of ComponentRule
        The blocks, in order.
    take : callable
        Gives the cells of a header, null where missing.

    Returns
    -------
    arrow array of text
        Null for a unit without a part; a part of which nothing is known is left out.
    """
    parts = [_part(rule, number, take) for rule in rules for number in rule.numbers]
    return _wrap("[", join_texts(parts, ", "), "]")


def _part(rule: ComponentRule, number: int, take: Callable[[str], Texts]) -> Texts:
    items = [_item(name, take(rule.header(name, number))) for name in rule.fields]
    return _wrap("{", join_texts(items, ", "), "}")


def _item(name: str, values: Texts) -> Texts:
    key = json.dumps(name, ensure_ascii=False)
    return translate_texts(values, lambda text: f"{key}: {json.dumps(text, ensure_ascii=False)}")


def _wrap(start: str, texts: Texts, end: str) -> Texts:
    ends = pa.scalar(start, TEXT), pa.scalar(end, TEXT)
    return pc.binary_join_element_wise(ends[0], texts, ends[1], pa.scalar("", TEXT))
