"""The small language of ``where``: which features of a file count.

``status = 'OPEN'``, ``type != 'CLOSED' and beds is not null``, ``kind in ('A', 'B')``,
``not (a = 1 or b = 2)``. Nothing else: no functions, no arithmetic, nothing is executed.
"""

import re
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api import types

from recallgeo.errors import ConfigError, nearest_name

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["select_rows"]

Mask = npt.NDArray[np.bool_]
Token = tuple[str, str]

_TOKEN = re.compile(
    r"""\s*(?:
    '(?P<text>(?:[^']|'')*)'
    | "(?P<quoted>[^"]+)"
    | (?P<number>-?\d+(?:\.\d+)?)(?![\w.])
    | (?P<word>[^\W\d][\w.:\-]*)
    | (?P<sign><>|!=|=|\(|\)|,)
    )""",
    re.VERBOSE,
)
_KEYWORDS = frozenset({"and", "or", "not", "in", "is", "null"})
_MAX_DEPTH = 50  # far beyond a condition that a person can read; keeps recursion bounded
_GRAMMAR = (
    "write field = 'value', !=, in ('a', 'b'), is null, is not null, joined by and, or, not, ( )"
)


def select_rows(table: pd.DataFrame, where: str) -> pd.Series:
    """Say which rows of a table meet a ``where`` condition.

    A missing value equals nothing, so ``!=`` holds for it and ``=`` and ``in`` do not; empty text
    is missing. Text is compared exactly, a number also with a column of numbers in text.

    Parameters
    ----------
    table : DataFrame
        Features under the file's own column names.
    where : str
        The condition; a field's letter case may differ where that leaves one column. A field whose
        name has spaces stands in double quotes.

    Returns
    -------
    Series of bool, named ``where``
        On the index of `table`.

    Raises
    ------
    ConfigError
        If the condition cannot be read, or names a field that the table does not have.

    Examples
    --------
    >>> table = pd.DataFrame({"STATUS": ["OPEN", "CLOSED", None], "BEDS": ["5", "-999", "7"]})
    >>> select_rows(table, "status = 'OPEN'").tolist()
    [True, False, False]
    >>> select_rows(table, "STATUS != 'CLOSED' and BEDS in (5, 6)").tolist()
    [True, False, False]
    >>> select_rows(table, "stats is null")
    Traceback (most recent call last):
    ...
    recallgeo.errors.ConfigError: where names 'stats', which is no column; did you mean 'STATUS'?
    """
    condition = _Condition(table, where)
    return pd.Series(condition.evaluate(), index=table.index, name="where", dtype=bool)


class _Condition:
    """Recursive descent over the tokens of one condition, a mask at each step."""

    def __init__(self, table: pd.DataFrame, where: str) -> None:
        self._table = table
        self._where = where
        self._tokens = _split_tokens(where)
        self._at = 0

    def evaluate(self) -> Mask:
        mask = self._either(0)
        if self._at < len(self._tokens):
            raise _error(self._where, f"has {self._tokens[self._at][1]!r} where it should end")
        return mask

    def _either(self, depth: int) -> Mask:
        mask = self._both(depth)
        while self._take("keyword", "or"):
            mask = mask | self._both(depth)
        return mask

    def _both(self, depth: int) -> Mask:
        mask = self._one(depth)
        while self._take("keyword", "and"):
            mask = mask & self._one(depth)
        return mask

    def _one(self, depth: int) -> Mask:
        if depth > _MAX_DEPTH:
            start = self._where[:60] + "..."
            raise _error(start, f"has more than {_MAX_DEPTH} 'not' and '(' inside another")
        if self._take("keyword", "not"):
            return ~self._one(depth + 1)
        if self._take("sign", "("):
            mask = self._either(depth + 1)
            self._expect("sign", ")")
            return mask
        return self._comparison(self._field())

    def _comparison(self, values: pd.Series) -> Mask:
        if self._take("sign", "="):
            return _equals(values, [self._value()])
        if self._take("sign", "!=") or self._take("sign", "<>"):
            return ~_equals(values, [self._value()])
        if self._take("keyword", "is"):
            negated = self._take("keyword", "not")
            self._expect("keyword", "null")
            return ~_is_missing(values) if negated else _is_missing(values)
        negated = self._take("keyword", "not")
        self._expect("keyword", "in")
        mask = _equals(values, self._values())
        return ~mask if negated else mask

    def _values(self) -> list[Token]:
        self._expect("sign", "(")
        values = [self._value()]
        while self._take("sign", ","):
            values.append(self._value())
        self._expect("sign", ")")
        return values

    def _field(self) -> pd.Series:
        kind, text = self._next("a field name")
        if kind not in {"word", "quoted"}:
            raise _error(self._where, f"has {text!r} where a field name should stand")
        names = [str(name) for name in self._table.columns]
        if text in names:
            return self._table[text]
        alike = [name for name in names if name.casefold() == text.casefold()]
        if len(alike) == 1:
            return self._table[alike[0]]
        message = f"where names {text!r}, which is no column; {nearest_name(text, names)}"
        by_case = {name.casefold(): name for name in names}
        hint = nearest_name(text.casefold(), by_case)
        if hint.startswith("did you mean"):
            meant = by_case[hint.split("'")[1]]
            message = f"where names {text!r}, which is no column; did you mean {meant!r}?"
        raise ConfigError(message)

    def _value(self) -> Token:
        kind, text = self._next("a value")
        if kind not in {"text", "number"}:
            raise _error(self._where, f"has {text!r} where a 'value' in single quotes should stand")
        return kind, text

    def _next(self, wanted: str) -> Token:
        if self._at >= len(self._tokens):
            raise _error(self._where, f"ends where {wanted} should stand")
        token = self._tokens[self._at]
        self._at += 1
        return token

    def _take(self, kind: str, text: str) -> bool:
        if self._at < len(self._tokens) and self._tokens[self._at] == (kind, text):
            self._at += 1
            return True
        return False

    def _expect(self, kind: str, text: str) -> None:
        if not self._take(kind, text):
            raise _error(self._where, f"lacks {text!r} after {self._words_before()!r}")

    def _words_before(self) -> str:
        return " ".join(text for _, text in self._tokens[: self._at])


def _error(where: str, what: str) -> ConfigError:
    return ConfigError(f"where = {where!r} {what}; {_GRAMMAR}")


def _split_tokens(where: str) -> list[Token]:
    tokens: list[Token] = []
    at = 0
    text = where.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            message = f"where = {where!r} cannot be read at {text[at:][:20]!r}; {_GRAMMAR}"
            raise ConfigError(message)
        kind, value = match.lastgroup, match.group(match.lastgroup)
        if kind == "word" and value.casefold() in _KEYWORDS:
            kind, value = "keyword", value.casefold()
        tokens.append((kind, value.replace("''", "'") if kind == "text" else value))
        at = match.end()
    if not tokens:
        message = f"where is empty; {_GRAMMAR}"
        raise ConfigError(message)
    return tokens


def _is_missing(values: pd.Series) -> Mask:
    missing = values.isna()
    if _is_text(values):
        missing |= values.astype("str").str.strip() == ""
    return missing.to_numpy(dtype=bool)


def _equals(values: pd.Series, wanted: "Sequence[Token]") -> Mask:
    numbers = [float(text) for kind, text in wanted if kind == "number"]
    texts = [text for kind, text in wanted if kind == "text"]
    found = np.zeros(len(values), dtype=bool)
    if numbers:
        as_numbers = pd.to_numeric(values, errors="coerce")
        found |= as_numbers.isin(numbers).to_numpy(dtype=bool, na_value=False)
    if texts:
        as_text = values.astype("str").where(values.notna())
        if _is_text(values):
            as_text = as_text.str.strip()
        found |= as_text.isin(texts).to_numpy(dtype=bool)
    return found & ~_is_missing(values)


def _is_text(values: pd.Series) -> bool:
    return types.is_string_dtype(values.dtype) or types.is_object_dtype(values.dtype)
