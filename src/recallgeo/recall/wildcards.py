"""Characters of a value in a rule: literal, ``?``, ``#``, ``*`` or ``..``, with brackets."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from recallgeo.errors import ScopeError
from recallgeo.recall.texts import normalise_text

__all__ = [
    "Token",
    "find_dots",
    "quote_literals",
    "read_tokens",
    "regex_of",
    "split_values",
    "written",
]

_WILD: dict[str, Literal["any", "digit", "run"]] = {"?": "any", "#": "digit", "*": "run"}
_QUOTED = frozenset("?#*[,.")


@dataclass(frozen=True, slots=True)
class Token:
    """One character of a value.

    Parameters
    ----------
    kind : {"literal", "any", "digit", "run", "dot"}
        ``dot`` is a literal that may be half of ``..``.
    char : str
        The normalised character; for a wildcard, the wildcard.
    """

    kind: Literal["literal", "any", "digit", "run", "dot"]
    char: str


def read_tokens(text: str) -> list[Token]:
    """Read the characters of a value; a character in brackets is a literal.

    Parameters
    ----------
    text : str
        As written in a rule.

    Returns
    -------
    list of Token
        Literals in capitals.

    Examples
    --------
    >>> [(token.kind, token.char) for token in read_tokens(" a[#]#")]
    [('literal', 'A'), ('literal', '#'), ('digit', '#')]
    """
    tokens: list[Token] = []
    text = text.strip()
    place = 0
    while place < len(text):
        char = text[place]
        if char == "[" and text[place + 2 : place + 3] == "]":
            tokens += _literals(text[place + 1])
            place += 3
            continue
        if char in _WILD:
            tokens.append(Token(_WILD[char], char))
        elif char == ".":
            tokens.append(Token("dot", char))
        else:
            tokens += _literals(char)
        place += 1
    return tokens


def _literals(char: str) -> list[Token]:
    if char.isascii() and not char.isspace():
        return [Token("literal", char.upper())]
    normal = " " if char.isspace() else normalise_text(char)
    return [Token("literal", part) for part in normal]


def find_dots(tokens: list[Token]) -> int | None:
    """Give the place of ``..``; None where there is none.

    Raises
    ------
    ScopeError
        If there are several, or three dots in a row.
    """
    places = [
        i
        for i, (left, right) in enumerate(pairwise(tokens))
        if left.kind == "dot" and right.kind == "dot"
    ]
    if len(places) > 1:
        message = (
            f"{written(tokens)!r} has '..' more than once; write one range A..B, and a literal "
            "dot beside it as [.]"
        )
        raise ScopeError(message)
    return places[0] if places else None


def written(tokens: list[Token]) -> str:
    """Give the characters as one text, brackets dropped."""
    return "".join(token.char for token in tokens)


def quote_literals(text: str, wild: set[int]) -> str:
    """Write a text so that it reads back as literals, save at the wild places.

    Examples
    --------
    >>> quote_literals("A#?1", {2})
    'A[#]?1'
    """
    size, parts = 0, []
    for char in text:
        literal = char in _QUOTED and size not in wild
        parts.append(f"[{char}]" if literal else char)
        size += len(char.encode())
    return "".join(parts)


def split_values(text: str) -> list[str]:
    """Split a comma list; a comma in brackets does not separate.

    Raises
    ------
    ScopeError
        If a value between two commas is empty.

    Examples
    --------
    >>> split_values("A1, B[,]2")
    ['A1', 'B[,]2']
    """
    parts = [""]
    for place, char in enumerate(text):
        bracketed = text[place - 1 : place] == "[" and text[place + 1 : place + 2] == "]"
        if char == "," and not bracketed:
            parts.append("")
        else:
            parts[-1] += char
    values = [part.strip() for part in parts]
    if not all(values):
        message = f"{text!r} holds an empty value; drop the extra comma, or write all for any value"
        raise ScopeError(message)
    return values


def regex_of(tokens: list[Token]) -> str:
    r"""Give the pattern of the characters for Arrow's engine (RE2), anchored at both ends.

    Examples
    --------
    >>> regex_of(read_tokens("A#*"))
    '(?s)\\A\\x{41}[0-9].*\\z'
    """
    shapes = {"any": ".", "digit": "[0-9]", "run": ".*"}
    body = "".join(shapes.get(token.kind, f"\\x{{{ord(token.char):x}}}") for token in tokens)
    return rf"(?s)\A{body}\z"
