"""Country words of any spelling to ISO 3166-1 alpha-2."""

import pandas as pd

from recallgeo.reference import country_codes
from recallgeo.register.cells import Causes, Parsed, no_causes, parse_distinct

__all__ = ["parse_countries"]

_CAUSE = "not a country that is known; expected ISO 3166-1 alpha-2, or add it to the map's values"


def parse_countries(texts: pd.Series) -> Parsed:
    """Read countries: codes of two or three letters, numbers, names in many languages.

    Parameters
    ----------
    texts : Series of str
        Cells.

    Returns
    -------
    Parsed
        ISO 3166-1 alpha-2; an unknown word is missing, with its cause.

    Examples
    --------
    >>> parse_countries(pd.Series(["gb", "FRA", "Atlantis"], dtype="str")).result.tolist()
    ['GB', 'FR', nan]
    """
    return parse_distinct(texts, _codes)


def _codes(words: pd.Series) -> tuple[pd.Series, Causes]:
    codes = country_codes(words)
    causes = no_causes(words)
    causes[codes.isna().to_numpy()] = _CAUSE
    return codes.astype("str"), causes
