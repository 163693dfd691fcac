"""Countries as people write them: names in many languages, and ISO codes. Exact, never guessed."""

import unicodedata
from functools import cache

import pandas as pd

from recallgeo.reference.tables import countries
from recallgeo.schema import split_list

__all__ = ["country_codes", "name_key"]


def name_key(text: str) -> str:
    """Give what is left of a name when case, accents, spaces and punctuation do not count.

    Parameters
    ----------
    text : str
        A name in any script; only Latin, Greek and Cyrillic accents are dropped.

    Examples
    --------
    >>> name_key("Côte d'Ivoire"), name_key("U. S. A."), name_key("日本")
    ('cotedivoire', 'usa', '日本')
    """
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(filter(str.isalnum, plain))


@cache
def _codes_by_key() -> dict[str, str]:
    table = countries()
    known: dict[str, str] = {}
    for alpha2, name, aliases in zip(table.index, table["name"], table["aliases"], strict=True):
        for text in (name, *split_list(aliases)):
            known[name_key(text)] = alpha2
    # codes come last: where a name looks like a code, the code is meant
    for column in ("numeric", "alpha3"):
        known |= {code.casefold(): alpha2 for alpha2, code in table[column].dropna().items()}
    return known | {alpha2.casefold(): alpha2 for alpha2 in table.index}


def country_codes(values: pd.Series) -> pd.Series:
    """Give the ISO 3166-1 alpha-2 code of countries as written.

    Exact matches only: alpha-2, alpha-3 and three-digit codes, names in the languages of the
    CLDR, and common spellings such as ``UK`` and ``Holland``. A name that two countries bear
    (``Congo``) stays missing, and so does anything unknown.

    Parameters
    ----------
    values : Series of text
        Countries as written; may hold missing values.

    Returns
    -------
    Series of text, named ``country``
        On the index of `values`; missing where nothing matches exactly.

    Examples
    --------
    >>> written = pd.Series(["Deutschland", "UK", "usa", "246", "日本", "Congo", "Atlantis", None])
    >>> country_codes(written).fillna("-").tolist()
    ['DE', 'GB', 'US', 'FI', 'JP', '-', '-', '-']
    """
    codes = _codes_by_key()
    distinct = values.dropna().unique()
    found = {value: codes.get(name_key(str(value))) for value in distinct}
    result = values.map(found).astype("str")
    return result.rename("country")
