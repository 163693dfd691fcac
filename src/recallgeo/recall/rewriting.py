"""Other ways to read a value: look-alike characters, separators, lost zeros, wrong width.

Nothing here decides a verdict: a unit that a rewritten value would bring into a scope is listed
as a near miss.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from recallgeo.recall.line_values import Exact, Item, Within
from recallgeo.recall.phrases import texts_from
from recallgeo.recall.serial_form import MASK, SerialForm, class_table
from recallgeo.recall.texts import Texts, byte_rows

__all__ = ["REWRITINGS", "Rewriting", "forms_in"]

Rewriting = Callable[[Texts, Sequence[Item]], Texts]
"""From distinct values and the items of their field to values read another way."""

_LOOK_ALIKES: Final = (("O", "0"), ("I", "1"), ("B", "8"))
_SEPARATORS: Final = r"[-\s./_]"
_MOST_ZEROS: Final = 4
"""How many leading zeros may have been lost (judgement)."""

_DIGIT, _LETTER = ord("0"), ord("A")


def forms_in(items: Iterable[Item]) -> list[SerialForm]:
    """Give the forms of the ranges among items, each once, in order.

    Parameters
    ----------
    items : iterable of Item
        Values of lines.
    """
    return list(dict.fromkeys(item.range.form for item in items if isinstance(item, Within)))


def _folded(values: Texts) -> Texts:
    for letter, digit in _LOOK_ALIKES:
        values = pc.replace_substring(values, letter, digit)
    return values


def _bare(values: Texts) -> Texts:
    return pc.replace_substring_regex(values, _SEPARATORS, "")


def _as_listed(values: Texts, items: Sequence[Item], fold: Callable[[Texts], Texts]) -> Texts:
    """Give for each value the exact item that it equals once both are folded; else itself."""
    exact = texts_from(sorted({item.value for item in items if isinstance(item, Exact)}))
    if not len(exact):
        return values
    places = pc.index_in(fold(values), value_set=fold(exact))
    listed = pc.is_in(values, value_set=exact)
    return pc.if_else(listed, values, pc.coalesce(exact.take(places), values))


def _rewrite(values: Texts, rows: NDArray[np.intp], texts: Texts) -> Texts:
    mask = np.zeros(len(values), bool)
    mask[rows] = True
    return pc.replace_with_mask(values, mask, texts)


def _rewrite_rows(values: Texts, rows: NDArray[np.intp], places: NDArray[np.uint8]) -> Texts:
    """Replace some values by rows of bytes."""
    if not len(rows):
        return values
    width = places.shape[1]
    flat = np.ascontiguousarray(places).view(f"S{width}").ravel()
    words = np.char.decode(flat, "utf-8", "replace").astype(object)
    return _rewrite(values, rows, texts_from(words))


def look_alikes(values: Texts, items: Sequence[Item]) -> Texts:
    """Read O as 0, I as 1 and B as 8, or the other way, where that gives a form or a value.

    Parameters
    ----------
    values : pyarrow.Array of large_string
        Distinct values.
    items : sequence of Item
        Values of their field.
    """
    values = _as_listed(values, items, _folded)
    widths = pc.binary_length(values).to_numpy(zero_copy_only=False)
    for form in forms_in(items):
        rows = np.flatnonzero(widths == form.width)
        if len(rows):
            places, changed = _read_as(byte_rows(values, rows, form.width), form)
            values = _rewrite_rows(values, rows[changed], places[changed])
    return values


def _read_as(
    places: NDArray[np.uint8], form: SerialForm
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Read serials in a form's letters and digits; tell which changed and now fit."""
    read = places.copy()
    for place, kind in enumerate(form.classes):
        for letter, digit in _LOOK_ALIKES:
            if kind == _DIGIT:
                read[places[:, place] == ord(letter), place] = ord(digit)
            elif kind == _LETTER:
                read[places[:, place] == ord(digit), place] = ord(letter)
    changed = (read != places).any(axis=1)
    return read, changed & _fit(read, form)


def _fit(places: NDArray[np.uint8], form: SerialForm) -> NDArray[np.bool_]:
    looked_at = list(form.looked_at)
    expected = np.frombuffer(form.classes, np.uint8)[looked_at]
    fits: NDArray[np.bool_] = (class_table(form.alphabet)[places[:, looked_at]] == expected).all(1)
    return fits


def separators(values: Texts, items: Sequence[Item]) -> Texts:
    """Read values without hyphens, spaces, dots and slashes, or with those of a form.

    Parameters
    ----------
    values : pyarrow.Array of large_string
        Distinct values.
    items : sequence of Item
        Values of their field.
    """
    listed = _as_listed(values, items, _bare)
    bare = _bare(values)
    widths = pc.binary_length(bare).to_numpy(zero_copy_only=False)
    for form in forms_in(items):
        kept = [place for place, kind in enumerate(form.classes) if _is_kept(kind)]
        rows = np.flatnonzero(widths == len(kept))
        if not len(rows) or not kept:
            continue
        whole = np.tile(np.frombuffer(form.classes, np.uint8), (len(rows), 1))
        whole[:, kept] = byte_rows(bare, rows, len(kept))
        listed = _rewrite_rows(listed, rows, whole)
    return listed


def _is_kept(kind: int) -> bool:
    return kind == MASK or chr(kind).isalnum()


def lost_zeros(values: Texts, items: Sequence[Item]) -> Texts:
    """Read values with zeros put back before their last digits, to the width of a form.

    Parameters
    ----------
    values : pyarrow.Array of large_string
        Distinct values.
    items : sequence of Item
        Values of their field.
    """
    widths = pc.binary_length(values).to_numpy(zero_copy_only=False)
    for form in forms_in(items):
        head = len(form.classes.rstrip(b"0"))
        short = (widths < form.width) & (widths >= max(head + 1, form.width - _MOST_ZEROS))
        rows = np.flatnonzero(short)
        for width in np.unique(widths[rows]).tolist():
            same = rows[widths[rows] == width]
            places = byte_rows(values, same, width)
            zeros = np.full((len(same), form.width - width), ord("0"), np.uint8)
            padded = np.hstack([places[:, :head], zeros, places[:, head:]])
            fits = _fit(padded, form)
            values = _rewrite_rows(values, same[fits], padded[fits])
    return values


def one_too_many(values: Texts, items: Sequence[Item]) -> Texts:
    """Read values one character longer than a form without their last character.

    Parameters
    ----------
    values : pyarrow.Array of large_string
        Distinct values.
    items : sequence of Item
        Values of their field.
    """
    widths = pc.binary_length(values).to_numpy(zero_copy_only=False)
    rewritten = values
    for form in forms_in(items):
        rows = np.flatnonzero(widths == form.width + 1)
        if len(rows):
            places = byte_rows(values, rows, form.width + 1)[:, :-1]
            fits = _fit(places, form)
            rewritten = _rewrite_rows(rewritten, rows[fits], places[fits])
    return rewritten


def _one_too_few(last: str) -> Rewriting:
    def rewriting(values: Texts, items: Sequence[Item]) -> Texts:
        widths = pc.binary_length(values).to_numpy(zero_copy_only=False)
        rewritten = values
        for form in forms_in(items):
            rows = np.flatnonzero(widths == form.width - 1)
            if len(rows) and form.width > 1 and form.classes[-1] == _DIGIT:
                end = np.full((len(rows), 1), ord(last), np.uint8)
                places = np.hstack([byte_rows(values, rows, form.width - 1), end])
                fits = _fit(places, form)
                rewritten = _rewrite_rows(rewritten, rows[fits], places[fits])
        return rewritten

    return rewriting


REWRITINGS: Final[tuple[tuple[str, Rewriting], ...]] = (
    ("look-alike characters, would read", look_alikes),
    ("separators, would read", separators),
    ("wrong width, with zeros put back would read", lost_zeros),
    ("one character too many, would read", one_too_many),
    *(("one character too few, could read", _one_too_few(digit)) for digit in "0123456789"),
)
"""Why, and how, in the order in which they are tried."""
