"""The small grammar of tier rules: comparisons joined by ``and``, ``or`` and parentheses.

    rule       = "otherwise" | any
    any        = all { "or" all }
    all        = term { "and" term }
    term       = comparison | "(" any ")"
    comparison = name (">=" | "<=" | ">" | "<") number
               | name ("==" | "!=") (number | text in double quotes)

Nothing else: no arithmetic, no functions, no negation, so a rule can neither run code nor be
made true by knowing less.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache, reduce
from typing import Literal, NoReturn

import numpy as np
import numpy.typing as npt

from recallgeo.errors import ScoringError

__all__ = ["Combination", "Comparison", "Otherwise", "Rule", "evaluate_rule", "parse_rule"]

Values = npt.NDArray[np.bool_] | npt.NDArray[np.float64]

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<operator>>=|<=|==|!=|>|<)
      | (?P<bracket>[()])
      | (?P<number>-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?![\w.])
      | (?P<text>"[^"\n]*")
      | (?P<name>[A-Za-z_]\w*)
    )""",
    re.VERBOSE,
)
_MAX_DEPTH = 50  # far beyond a rule that a person can read; keeps recursion bounded
_SHAPE = 'write such as: severity >= 0.6 and (affected_units >= 10 or hazard == "fire")'


@dataclass(frozen=True, slots=True)
class Comparison:
    """One comparison of a column or measure with a fixed value."""

    name: str
    operator: Literal[">=", "<=", ">", "<", "==", "!="]
    value: float | str

    def __str__(self) -> str:
        """Give the comparison as it may be written."""
        value = f'"{self.value}"' if isinstance(self.value, str) else f"{self.value:g}"
        return f"{self.name} {self.operator} {value}"


@dataclass(frozen=True, slots=True)
class Combination:
    """Rules of which all (``and``) or any (``or``) must hold."""

    operator: Literal["and", "or"]
    parts: "tuple[Rule, ...]"

    def __str__(self) -> str:
        """Give the combination as it may be written."""
        shown = (f"({part})" if isinstance(part, Combination) else str(part) for part in self.parts)
        return f" {self.operator} ".join(shown)


@dataclass(frozen=True, slots=True)
class Otherwise:
    """The rule that always holds: the last tier's."""

    def __str__(self) -> str:
        """Give the word."""
        return "otherwise"


Rule = Comparison | Combination | Otherwise


def comparisons_of(rule: Rule) -> Iterator[Comparison]:
    """Give the comparisons of a rule, from left to right."""
    if isinstance(rule, Comparison):
        yield rule
    elif isinstance(rule, Combination):
        for part in rule.parts:
            yield from comparisons_of(part)


def evaluate_rule(
    rule: Rule, leaf: Callable[[Comparison], Values], *, rows: int, whole: float | bool = True
) -> Values:
    """Evaluate a rule over arrays: the least of ``and``, the greatest of ``or``.

    Parameters
    ----------
    rule : Rule
        As `parse_rule` gives it.
    leaf : callable
        Gives the array of one comparison: truth, or a chance between 0 and 1.
    rows : int
        Length of the arrays.
    whole : bool or float, default True
        What ``otherwise`` gives.

    Returns
    -------
    ndarray
        Of the dtype that `leaf` gives.

    Examples
    --------
    >>> units = np.array([5.0, 20.0])
    >>> evaluate_rule(parse_rule("units >= 10"), lambda c: units >= c.value, rows=2)
    array([False,  True])
    """
    if isinstance(rule, Otherwise):
        return np.full(rows, whole)
    if isinstance(rule, Comparison):
        return leaf(rule)
    join = np.minimum if rule.operator == "and" else np.maximum
    parts = (evaluate_rule(part, leaf, rows=rows, whole=whole) for part in rule.parts)
    return reduce(join, parts)


@lru_cache(maxsize=256)
def parse_rule(text: str) -> Rule:
    """Read a tier rule.

    Parameters
    ----------
    text : str
        A rule in the grammar of this module.

    Returns
    -------
    Rule
        A tree of comparisons; its ``str`` is the rule in canonical spelling.

    Raises
    ------
    ScoringError
        With the place of the fault, what stands there, and what was expected.

    Examples
    --------
    >>> str(parse_rule('severity>=.6 and (affected_units > 9 or hazard == "fire")'))
    'severity >= 0.6 and (affected_units > 9 or hazard == "fire")'
    >>> parse_rule("severity => 0.6")
    Traceback (most recent call last):
    ...
    recallgeo.errors.ScoringError: rule 'severity => 0.6': '=> 0.6' at character 10, ...
    """
    return _Parser(text).parse()


class _Parser:
    """Recursive descent over the tokens of one rule."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = self._scan()
        self.at = 0

    def parse(self) -> Rule:
        if self._peek() == ("name", "otherwise"):
            self.at += 1
            rule: Rule = Otherwise()
        else:
            rule = self._any(0)
        if self.at < len(self.tokens):
            self._fail("the rule to end, 'and', or 'or'")
        return rule

    def _scan(self) -> list[tuple[str, str, int]]:
        tokens: list[tuple[str, str, int]] = []
        position, end = 0, len(self.text.rstrip())
        while position < end:
            found = _TOKEN.match(self.text, position)
            if found is None or found.lastgroup is None:
                start = position + len(self.text[position:]) - len(self.text[position:].lstrip())
                self._fail_at(start, "a name, a number, a comparison or a bracket")
            kind = found.lastgroup
            tokens.append((kind, found[kind], found.start(kind)))
            position = found.end()
        return tokens

    def _peek(self) -> tuple[str, str] | None:
        return self.tokens[self.at][:2] if self.at < len(self.tokens) else None

    def _take(self, kind: str, expected: str) -> str:
        token = self._peek()
        if token is None or token[0] != kind or token[1] in {"and", "or", "otherwise"}:
            self._fail(expected)
        self.at += 1
        return token[1]

    def _any(self, depth: int) -> Rule:
        return self._joined("or", self._all, depth)

    def _all(self, depth: int) -> Rule:
        return self._joined("and", self._term, depth)

    def _joined(self, word: Literal["and", "or"], part: Callable[[int], Rule], depth: int) -> Rule:
        parts = [part(depth)]
        while self._peek() == ("name", word):
            self.at += 1
            parts.append(part(depth))
        return parts[0] if len(parts) == 1 else Combination(word, tuple(parts))

    def _term(self, depth: int) -> Rule:
        if self._peek() != ("bracket", "("):
            return self._comparison()
        if depth >= _MAX_DEPTH:
            self._fail(f"at most {_MAX_DEPTH} brackets inside each other")
        self.at += 1
        inner = self._any(depth + 1)
        if self._peek() != ("bracket", ")"):
            self._fail("')'")
        self.at += 1
        return inner

    def _comparison(self) -> Rule:
        name = self._take("name", "the name of a column or measure")
        operator = self._take("operator", "a comparison (>=, <=, >, <, ==, !=)")
        token = self._peek()
        if token is not None and token[0] == "text":
            if operator not in {"==", "!="}:
                self._fail("a number, since text is compared by == and != only")
            self.at += 1
            return Comparison(name, operator, token[1][1:-1])  # type: ignore[arg-type]  # by _TOKEN
        number = self._take("number", "a number, or text in double quotes")
        return Comparison(name, operator, float(number))  # type: ignore[arg-type]  # by _TOKEN

    def _fail(self, expected: str) -> NoReturn:
        here = self.tokens[self.at][2] if self.at < len(self.tokens) else len(self.text)
        self._fail_at(here, expected)

    def _fail_at(self, position: int, expected: str) -> NoReturn:
        rest = self.text[position : position + 20]
        found = f"{rest!r} at character {position + 1}" if rest.strip() else "the end"
        message = f"rule {self.text!r}: {found}, expected {expected}; {_SHAPE}"
        raise ScoringError(message)
