"""Spellings made comparable: letter case, accents, punctuation and scripts.

Work is done on distinct values with Arrow's vectorised text functions; only text that is still
not ASCII afterwards is transliterated, value by value.
"""

from collections.abc import Callable

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

__all__ = [
    "extract_groups",
    "fold_text",
    "join_texts",
    "latin_text",
    "matches_pattern",
    "replace_pattern",
]

_Change = Callable[[pa.Array], pa.Array]

# letters that no Unicode decomposition turns into a base letter
_LETTERS = {
    "ß": "ss",
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "þ": "th",
    "æ": "ae",
    "œ": "oe",
    "\u0131": "i",
}
_LATIN_MARKS = "[\u0300-\u036f]"
_NO_WORD = r"[^\p{L}\p{N}\p{M}]+"
_APOSTROPHES = "[`\u2018\u2019\u02bc\u2032]"


def fold_text(texts: pd.Series) -> pd.Series:
    """Give texts in lower case, without accents and punctuation, in their own script.

    Parameters
    ----------
    texts : Series of text
        Any spelling; missing values stay missing.

    Returns
    -------
    Series of text
        On the same index; words are parted by one space. Missing where no letter or digit is.

    Examples
    --------
    >>> fold_text(pd.Series(["  Hauptstraße 5,", "L'Hôpital", "Москва", "--"])).tolist()
    ['hauptstrasse 5', 'lhopital', 'москва', nan]
    """
    return _on_distinct(texts, _fold)


def latin_text(texts: pd.Series) -> pd.Series:
    """Give texts as `fold_text` does, transliterated to ASCII letters and digits.

    Parameters
    ----------
    texts : Series of text
        Any script; missing values stay missing.

    Returns
    -------
    Series of text
        On the same index, ASCII.

    Examples
    --------
    >>> latin_text(pd.Series(["Москва", "Αθήνα", "Øster Allé"])).tolist()
    ['moskva', 'athina', 'oster alle']
    """
    return _on_distinct(texts, _latin)


def replace_pattern(texts: pd.Series, pattern: str, replacement: str) -> pd.Series:
    r"""Replace every match of a pattern.

    Parameters
    ----------
    texts : Series of text
        Missing values stay missing.
    pattern : str
        In the syntax of RE2, which knows ``\p{L}`` and runs in linear time on any input.
    replacement : str
        May hold ``\1``.

    Examples
    --------
    >>> replace_pattern(pd.Series(["a--b", None]), "-+", " ").tolist()
    ['a b', nan]
    """
    changed = pc.replace_substring_regex(_arrow(texts), pattern=pattern, replacement=replacement)
    return _series(changed, texts)


def matches_pattern(texts: pd.Series, pattern: str) -> pd.Series:
    r"""Say where a pattern is found; a missing text never matches.

    Parameters
    ----------
    texts : Series of text
        Texts to search.
    pattern : str
        In the syntax of RE2.

    Examples
    --------
    >>> matches_pattern(pd.Series(["12a", None]), r"\d").tolist()
    [True, False]
    """
    found = pc.fill_null(pc.match_substring_regex(_arrow(texts), pattern=pattern), fill_value=False)
    return pd.Series(found.to_numpy(zero_copy_only=False), index=texts.index, dtype="bool")


def extract_groups(texts: pd.Series, pattern: str) -> pd.DataFrame:
    r"""Give the named groups of a pattern as columns; missing where it is not found.

    Parameters
    ----------
    texts : Series of text
        Texts to search.
    pattern : str
        In the syntax of RE2, every group named.

    Examples
    --------
    >>> extract_groups(pd.Series(["5 High Street"]), r"^(?P<number>\d+) (?P<street>.*)$").values
    array([['5', 'High Street']], dtype=object)
    """
    found = pc.extract_regex(_arrow(texts), pattern=pattern)
    groups = dict(zip([field.name for field in found.type], found.flatten(), strict=True))
    return pd.DataFrame(
        {name: _series(group, texts) for name, group in groups.items()}, index=texts.index
    )


def join_texts(texts: pd.DataFrame, separator: str) -> pd.Series:
    """Join the text columns of a table row by row; a missing text counts as empty.

    Parameters
    ----------
    texts : DataFrame
        Text columns, in order.
    separator : str
        What stands between them.

    Examples
    --------
    >>> join_texts(pd.DataFrame({"a": ["x", None], "b": ["y", "z"]}), "|").tolist()
    ['x|y', '|z']
    """
    columns = [pc.fill_null(_arrow(texts[name]), "") for name in texts.columns]
    joined = pc.binary_join_element_wise(*columns, pa.scalar(separator, pa.large_string()))
    return pd.Series(joined.to_pandas().array, index=texts.index, dtype="str")


def _arrow(texts: pd.Series) -> pa.Array:
    array = pa.array(texts.astype("str"), from_pandas=True)
    plain = array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
    return plain.cast(pa.large_string())


def _series(array: pa.Array, like: pd.Series) -> pd.Series:
    # the values only: a Series would be aligned by label
    return pd.Series(array.to_pandas().array, index=like.index, name=like.name, dtype="str")


def _on_distinct(texts: pd.Series, change: _Change) -> pd.Series:
    encoded = _arrow(texts).dictionary_encode()
    return _series(change(encoded.dictionary).take(encoded.indices), texts)


def _fold(texts: pa.Array) -> pa.Array:
    other = pc.fill_null(pc.invert(pc.string_is_ascii(texts)), fill_value=False)
    if pc.any(other).as_py():
        texts = pc.replace_with_mask(texts, other, _without_accents(texts.filter(other)))
    plain = pc.replace_substring(pc.utf8_lower(texts), pattern="'", replacement="")
    plain = pc.replace_substring_regex(plain, pattern=_NO_WORD, replacement=" ")
    plain = pc.utf8_trim_whitespace(plain)
    return pc.if_else(pc.equal(plain, ""), pa.scalar(None, plain.type), plain)


def _without_accents(texts: pa.Array) -> pa.Array:
    plain = pc.utf8_normalize(texts, form="NFKD")
    plain = pc.replace_substring_regex(plain, pattern=_LATIN_MARKS, replacement="")
    plain = pc.utf8_lower(pc.utf8_normalize(plain, form="NFKC"))
    for letter, latin in _LETTERS.items():
        plain = pc.replace_substring(plain, pattern=letter, replacement=latin)
    return pc.replace_substring_regex(plain, pattern=_APOSTROPHES, replacement="")


def _latin(texts: pa.Array) -> pa.Array:
    from anyascii import anyascii

    folded = _fold(texts)
    other = pc.fill_null(pc.invert(pc.string_is_ascii(folded)), fill_value=False)
    if not pc.any(other).as_py():
        return folded
    spelled = pa.array([anyascii(text) for text in folded.filter(other).to_pylist()], folded.type)
    return pc.replace_with_mask(folded, other, _fold(spelled))
