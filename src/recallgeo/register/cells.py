"""Texts of a table become dates, numbers and controlled words; a bad cell becomes missing.

Each parser works on the distinct values of a column and says for every cell that it could not
use why. Nothing is guessed: a date that two declared formats read differently is missing.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from recallgeo.register.arrow_text import to_texts

__all__ = [
    "MAX_QUANTITY",
    "Parsed",
    "parse_codes",
    "parse_counts",
    "parse_json",
    "parse_language",
    "parse_numbers",
    "parse_texts",
    "parse_words",
]

MAX_QUANTITY = 10_000_000
"""Most units in one line; judgement, above every line of the registers at hand."""

NO_NAMES = frozenset(
    {"-", "--", "---", "?", "??", "???", "n/a", "n.a.", "na", "nan", "nil", "none", "null", "tba"}
    | {"tbd", "not available", "not known", "unknown", "k.a.", "unbekannt", "nicht bekannt"}
)
"""Words that people write where they know no serial number or code; judgement."""

SPREADSHEET_ERRORS = ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!")

Causes = npt.NDArray[np.object_]
Values = Callable[[pd.Series], tuple[pd.Series, Causes]]

_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_SCIENTIFIC = r"\d[.,]\d+[eE]\+?\d+"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """A column as read.

    Parameters
    ----------
    result : Series
        On the index of the texts; missing where the text was missing or unusable.
    bad : array of int
        Positions of the cells that held something unusable.
    causes : array of str
        Why, one for each bad cell.
    """

    result: pd.Series
    bad: npt.NDArray[np.intp]
    causes: Causes


def parse_distinct(texts: pd.Series, parse: Values) -> Parsed:
    """Parse the distinct values of a column and put the results back in place.

    Parameters
    ----------
    texts : Series of str
        Cells, trimmed; missing where empty.
    parse : callable
        Takes distinct texts, gives their values and causes (None where the text is fine).
    """
    codes, distinct = pd.factorize(texts)
    words = pd.Series(distinct, dtype="str")
    values, causes = parse(words)
    taken = values.array.take(codes, allow_fill=True)
    unusable = np.array([cause is not None for cause in causes], dtype=bool)
    bad = np.flatnonzero(np.append(unusable, False)[codes]) if unusable.any() else codes[:0]
    result = pd.Series(taken, index=texts.index, name=texts.name)
    return Parsed(result=result, bad=bad, causes=causes[codes[bad]])


def no_causes(words: pd.Series) -> Causes:
    """Give an array that says of every word that it is fine."""
    return np.full(len(words), None, dtype=object)


def parse_texts(texts: pd.Series, *, exact: bool = False) -> Parsed:
    """Keep texts as they are, but for the error values of spreadsheets.

    Parameters
    ----------
    texts : Series of str
        Cells.
    exact : bool, default False
        Whether every digit counts, as in a serial number: then a text such as ``1.2E+11``, whose
        digits a spreadsheet has dropped, is missing too, and so is a word such as ``n/a``: a
        unit whose serial is not known is not a unit whose serial lies outside a range.

    Examples
    --------
    >>> parse_texts(pd.Series(["A1", "#REF!"], dtype="str")).result.tolist()
    ['A1', nan]
    >>> parse_texts(pd.Series(["A1", "N/A"], dtype="str"), exact=True).result.tolist()
    ['A1', nan]
    """
    cells = to_texts(texts)
    lost = pc.is_in(cells, value_set=pa.array(SPREADSHEET_ERRORS, cells.type))
    if exact:
        rounded = pc.match_substring_regex(cells, f"^{_SCIENTIFIC}$")
        lost = pc.or_(lost, pc.fill_null(rounded, fill_value=False))
        no_name = pc.is_in(pc.utf8_lower(cells), value_set=pa.array(sorted(NO_NAMES), cells.type))
        lost = pc.or_(lost, no_name)
    bad = np.flatnonzero(np.asarray(lost))
    if not len(bad):
        return Parsed(result=texts, bad=bad, causes=np.empty(0, dtype=object))
    values = texts.copy()
    values.iloc[bad] = None
    found = texts.iloc[bad]
    causes = np.full(
        len(bad), "a spreadsheet has dropped digits of this number; format the column as text", "O"
    )
    causes[found.isin(SPREADSHEET_ERRORS).to_numpy()] = "an error value of a spreadsheet"
    causes[found.str.lower().isin(NO_NAMES).to_numpy()] = "a word for not known, not a name"
    return Parsed(result=values, bad=bad, causes=causes)


def parse_numbers(texts: pd.Series, *, decimal: str = ".") -> Parsed:
    """Read decimal numbers, such as degrees.

    A comma between digits is read as the decimal sign where no point stands beside it: degrees
    have no thousands. What is no finite number is missing.

    Parameters
    ----------
    texts : Series of str
        Cells.
    decimal : str, default "."
        Declared decimal sign; with ``,`` a point separates thousands.

    Examples
    --------
    >>> parse_numbers(pd.Series(["52,5", "13.4", "51.5N"], dtype="str")).result.tolist()
    [52.5, 13.4, nan]
    """
    if decimal == ".":
        plain = _plain_numbers(texts)
        if plain is not None:
            return Parsed(result=plain, bad=np.empty(0, dtype=np.intp), causes=np.empty(0, object))
    return parse_distinct(texts, lambda words: _numbers(words, decimal))


def _plain_numbers(texts: pd.Series) -> pd.Series | None:
    """Read a column of which every cell is a plain finite number, else give None."""
    try:
        numbers = pc.cast(to_texts(texts), pa.float64())
    except pa.ArrowInvalid:
        return None
    if not pc.all(pc.is_finite(numbers), min_count=0).as_py():
        return None
    values = numbers.to_numpy(zero_copy_only=False)
    return pd.Series(values, index=texts.index, name=texts.name, dtype="float64")


def _numbers(words: pd.Series, decimal: str) -> tuple[pd.Series, Causes]:
    causes = no_causes(words)
    plain = _normal(words)
    if decimal == ",":
        plain = plain.where(~plain.str.contains(",", regex=False), _drop_points(plain))
    else:
        comma = plain.str.fullmatch(r"[+-]?\d{1,3},\d+")
        plain = plain.where(~comma, plain.str.replace(",", ".", regex=False))
    good = plain.str.fullmatch(_NUMBER).to_numpy(dtype=bool)
    values = pd.to_numeric(plain.where(good), errors="coerce").astype("float64")
    finite = np.isfinite(values.to_numpy())
    causes[~good] = "not a number"
    causes[good & ~finite] = "not a finite number"
    return values.where(finite), causes


def _drop_points(words: pd.Series) -> pd.Series:
    without = words.str.replace(".", "", regex=False)
    return without.str.replace(",", ".", regex=False)


def _normal(words: pd.Series) -> pd.Series:
    """Write full-width digits and typographic minus signs in the plain way."""
    ascii_only = pc.string_is_ascii(to_texts(words))
    odd = ~np.asarray(ascii_only, dtype=bool)
    if not odd.any():
        return words
    plain = words.copy()
    changed = plain[odd].str.normalize("NFKC").str.replace("\u2212", "-", regex=False)
    plain[odd] = changed.astype("str")
    return plain


def parse_counts(texts: pd.Series) -> Parsed:
    """Read numbers of units: whole, at least 1.

    Zero, a negative number and more than `MAX_QUANTITY` are missing: such a line still counts
    as one unit, and its cause says so. So is ``1,000``: one with three decimals, or a thousand.

    Examples
    --------
    >>> parse_counts(pd.Series(["3", "2.0", "-1", "1,000"], dtype="str")).result.tolist()
    [3, 2, <NA>, <NA>]
    """
    return parse_distinct(texts, _counts)


def _counts(words: pd.Series) -> tuple[pd.Series, Causes]:
    causes = no_causes(words)
    plain = _normal(words)
    thousands = plain.str.fullmatch(r"[+-]?[1-9]\d{0,2}(?:[.,]\d{3})+").to_numpy(dtype=bool)
    whole = plain.str.fullmatch(r"[+-]?\d{1,15}(?:[.,]0+)?").to_numpy(dtype=bool) & ~thousands
    digits = plain.where(whole).str.replace(r"[.,]0+$", "", regex=True)
    numbers = pd.to_numeric(digits, errors="coerce").astype("Int64")
    fits = whole & numbers.between(1, MAX_QUANTITY).fillna(value=False).to_numpy(dtype=bool)
    causes[~whole] = "not a whole number; the line counts as one unit"
    causes[thousands] = "thousands or decimals? write 1000 or 1; the line counts as one unit"
    causes[whole & ~fits] = f"expected 1 to {MAX_QUANTITY} units; the line counts as one unit"
    return numbers.where(fits), causes


def parse_words(texts: pd.Series, choices: Sequence[str]) -> Parsed:
    """Read words of a closed choice, letter case aside; another word is missing.

    Examples
    --------
    >>> parse_words(pd.Series(["Active", "activ"], dtype="str"), ["active"]).result.tolist()
    ['active', nan]
    """
    cause = f"expected one of {', '.join(choices)}; add the word to the column map's values"
    return parse_codes(texts, {choice.casefold(): choice for choice in choices}, cause)


def parse_codes(texts: pd.Series, codes: Mapping[str, str], cause: str) -> Parsed:
    """Translate words into codes; a word that is not known is missing.

    Parameters
    ----------
    texts : Series of str
        Cells.
    codes : mapping of str to str
        Casefolded word to code.
    cause : str
        What to say of a word that is not known.
    """

    def translate(words: pd.Series) -> tuple[pd.Series, Causes]:
        found = [codes.get(word.casefold()) for word in words]
        causes = np.array([None if code else cause for code in found], dtype=object)
        return pd.Series(found, dtype="str"), causes

    return parse_distinct(texts, translate)


def parse_language(texts: pd.Series) -> Parsed:
    """Read language tags such as ``de`` or ``en-GB`` as their first, two-letter part.

    Examples
    --------
    >>> parse_language(pd.Series(["en-GB", "German"], dtype="str")).result.tolist()
    ['en', nan]
    """

    def read(words: pd.Series) -> tuple[pd.Series, Causes]:
        causes = no_causes(words)
        tagged = words.str.fullmatch(r"[A-Za-z]{2}(?:[-_][A-Za-z0-9]{2,8})*").to_numpy(dtype=bool)
        causes[~tagged] = "expected a language code such as de or pt-BR"
        return words.str.slice(0, 2).str.lower().where(tagged), causes

    return parse_distinct(texts, read)


def parse_json(texts: pd.Series) -> Parsed:
    """Check that cells hold a JSON list of objects, and write it in one form.

    Examples
    --------
    >>> parse_json(pd.Series(['[{"model": "B1"}]', "B1"], dtype="str")).result.tolist()
    ['[{"model": "B1"}]', nan]
    """

    def read(words: pd.Series) -> tuple[pd.Series, Causes]:
        lists = [_json_objects(word) for word in words]
        cause = 'not a JSON list of objects such as [{"model": "B1"}]'
        causes = np.array([None if text else cause for text in lists], dtype=object)
        return pd.Series(lists, dtype="str"), causes

    return parse_distinct(texts, read)


def _json_objects(text: str) -> str | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, list) or not all(isinstance(part, dict) for part in value):
        return None
    return json.dumps(value, ensure_ascii=False)
