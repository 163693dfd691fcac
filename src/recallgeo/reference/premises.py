"""Kinds of premises from a customer's own data: declared words, trade codes, and names.

Words match whole words, whatever the letter case, Latin accents and punctuation; ``*`` in a word
of the taxonomy stands for any run inside a word, so that ``*schule`` finds *Grundschule*. A guard
(``driving school``, ``School Lane``, ``Hospital Supplies``) takes its words out before the rest is
looked at. Where several kinds match, the longest word wins, then the order of the taxonomy.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from recallgeo.errors import ConfigError, nearest_name
from recallgeo.reference.kinds import Kind, ambiguous_codes, taxonomy, words_beside

__all__ = ["CodeScheme", "kind_of_industry", "kind_of_name", "kind_of_premises"]

CodeScheme = Literal["naics", "isic", "nace", "sic"]

_RUN = "[^ ]*"
_NAICS_DIGITS = 6
_SIC_DIGITS = 4
_NACE_NAMES = ("uksic", "wz", "ateco", "naf", "sbi", "noga", "cae", "tol")  # national versions
_SCHEMES: dict[str, CodeScheme] = {
    **{name: name for name in get_args(CodeScheme)},
    **dict.fromkeys(_NACE_NAMES, "nace"),
}
_CODE = re.compile(r"([a-z]{2,6})?[\s:.-]*([a-u])?[\s.-]*(\d[\d.\s-]*)")


def kind_of_premises(words: pd.Series) -> pd.Series:
    """Give the kind of premises that a declared word names.

    Parameters
    ----------
    words : Series of text
        Declared premises, such as ``"hospital"``, ``"care_home"`` or ``"Grundschule"``.

    Returns
    -------
    Series of text, named ``premises_kind``
        On the index of `words`; a key of `taxonomy`, missing where no word is known.

    Examples
    --------
    >>> declared = pd.Series(["care_home", "Grundschule", "driving school", "office", None])
    >>> kind_of_premises(declared).fillna("-").tolist()
    ['care_home', 'school', '-', '-', '-']
    """
    return _kinds_in_text(words)


def kind_of_name(names: pd.Series) -> pd.Series:
    """Give the kind of premises that a customer's or a place's name tells.

    Parameters
    ----------
    names : Series of text
        Names in any language of the taxonomy.

    Returns
    -------
    Series of text, named ``premises_kind``
        On the index of `names`; a key of `taxonomy`, missing where the name tells none.

    Examples
    --------
    >>> names = pd.Series(["Städtisches Klinikum", "ABC Driving School", "12 School Lane Garage",
    ...                    "University Hospital of Wales", "東京都立病院", "Church's Chicken"])
    >>> kind_of_name(names).fillna("-").tolist()
    ['hospital', '-', '-', 'hospital', 'hospital', '-']
    """
    return _kinds_in_text(names)


def kind_of_industry(codes: pd.Series, *, scheme: CodeScheme | None = None) -> pd.Series:
    """Give the kind of premises that a trade code names.

    A code may name its scheme (``NAICS 622110``, ``WZ 86.10``). Without one, a dot or a section
    letter means NACE or ISIC, six digits mean NAICS, and shorter codes are read in every scheme;
    those that mean a sensitive kind in one scheme and another trade in a second stay missing.

    Parameters
    ----------
    codes : Series of text
        Codes as written.
    scheme : "naics", "isic", "nace" or "sic" (United States, 1987), optional
        The scheme of codes that name none.

    Returns
    -------
    Series of text, named ``premises_kind``
        On the index of `codes`; a key of `taxonomy`, missing where no kind is meant.

    Raises
    ------
    ConfigError
        If the scheme is unknown.

    Examples
    --------
    >>> written = pd.Series(["622110", "Q86.10", "8610", "NAICS 518210", "4911", "6201", None])
    >>> kind_of_industry(written).fillna("-").tolist()
    ['hospital', 'hospital', 'hospital', 'data_centre', '-', '-', '-']
    """
    if scheme is not None and scheme not in get_args(CodeScheme):
        message = f"unknown scheme of trade codes {scheme!r}; "
        raise ConfigError(message + nearest_name(str(scheme), get_args(CodeScheme)))
    found = {code: _kind_of_code(str(code), scheme) for code in codes.dropna().unique()}
    return codes.map(found).astype("str").rename("premises_kind")


def _kind_of_code(text: str, declared: CodeScheme | None) -> str | None:
    match = _CODE.match(text.strip().casefold().replace("uk sic", "uksic"))
    if match is None:
        return None
    word, section, number = match.groups()
    digits = re.sub(r"\D", "", number)
    named = _SCHEMES.get(word) if word else declared
    if word and named is None:
        return None
    classified = bool(section) or "." in number.rstrip(". ")
    schemes = [named] if named else _possible_schemes(digits, classified=classified)
    hits = (k.name for k in taxonomy().values() if any(_names(k, digits, s) for s in schemes))
    return next(hits, None)


def _possible_schemes(digits: str, *, classified: bool) -> Sequence[CodeScheme]:
    """Give the schemes that a nameless code may belong to; none where they would disagree."""
    if classified:
        return ("isic", "nace")
    if len(digits) == _NAICS_DIGITS:
        return ("naics",)
    if len(digits) > _NAICS_DIGITS or digits in ambiguous_codes():
        return ()
    return get_args(CodeScheme) if len(digits) == _SIC_DIGITS else ("naics", "isic", "nace")


def _names(kind: Kind, digits: str, scheme: CodeScheme) -> bool:
    prefixes = {"naics": kind.naics, "isic": kind.isic, "nace": kind.nace, "sic": kind.sic}[scheme]
    return digits.startswith(prefixes)


def _kinds_in_text(values: pd.Series) -> pd.Series:
    """Match the distinct values, and spread the kinds back on the caller's index."""
    code, texts = pd.factorize(values)
    plain = _plain(pa.array(texts, type=pa.string()))
    names = list(_vocabulary())
    hits = np.column_stack([_matches(plain, words) for words in _vocabulary().values()])
    # one place more, which the code -1 of a missing text takes
    kinds = np.full(len(texts) + 1, None, dtype=object)
    told = np.flatnonzero(hits.any(axis=1))
    kinds[told] = np.array(names, dtype=object)[hits[told].argmax(axis=1)]
    for position in np.flatnonzero(hits.sum(axis=1) > 1):
        several = [name for name, hit in zip(names, hits[position], strict=True) if hit]
        kinds[position] = _longest(plain[position].as_py(), several)
    return pd.Series(kinds[code], index=values.index, dtype="str", name="premises_kind")


def _plain(texts: pa.Array) -> pa.Array:
    """Write in lower case, without Latin accents, each word between two blanks of its own."""
    text = pc.utf8_lower(pc.utf8_normalize(texts, form="NFKD"))
    text = pc.replace_substring_regex(text, r"[\x{0300}-\x{036F}]", "")
    text = pc.replace_substring(text, "ß", "ss")
    text = pc.utf8_trim(pc.replace_substring_regex(text, r"[^\p{L}\p{N}\p{M}*]+", " "), " ")
    text = pc.replace_substring(text, " ", "  ")
    return pc.binary_join_element_wise(" ", text, " ", "")


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of a kind, and what looks like them, as patterns over plain text."""

    words: tuple[str, ...]
    guards: tuple[str, ...]

    @property
    def guard(self) -> str:
        return _either(self.guards)


def _matches(plain: pa.Array, words: _Words) -> npt.NDArray[np.bool_]:
    rest = pc.replace_substring_regex(plain, words.guard, " _ ")
    hits = pc.match_substring_regex(rest, _either(words.words)).to_numpy(zero_copy_only=False)
    return np.asarray(hits, dtype=bool)


@cache
def _vocabulary() -> dict[str, _Words]:
    after, before = (_either(_patterns(words)) for words in words_beside())
    vocabulary = {}
    for name, kind in taxonomy().items():
        words = _patterns((*kind.premises_words, kind.label, kind.plural))
        guards = (_either(words) + after, before + _either(words))
        vocabulary[name] = _Words(words=words, guards=(*_patterns(kind.guard_words), *guards))
    return vocabulary


def _patterns(words: tuple[str, ...]) -> tuple[str, ...]:
    """Turn words of the taxonomy into patterns over plain text."""
    plain: list[str] = _plain(pa.array(words, type=pa.string())).to_pylist()
    return tuple(re.escape(word).replace(r"\*", _RUN).replace(r"\ ", " ") for word in plain)


def _either(patterns: Iterable[str]) -> str:
    return "(?:" + "|".join(patterns) + ")"


def _longest(text: str, kinds: list[str]) -> str:
    """Give the kind whose matching word is the longest; the taxonomy's order breaks ties."""

    def length(name: str) -> int:
        words = _vocabulary()[name]
        rest = _compiled(words.guard).sub(" _ ", text)
        found = (word for word in words.words if _compiled(word).search(rest))
        return max(len(word.replace(_RUN, "")) for word in found)

    return max(kinds, key=length)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
