"""Addresses taken apart and spelled one way, so that equal addresses have equal keys.

This first form splits number, floor and post-office box from the street conservatively, in the
number's usual place for the country, else in the other; nothing is guessed about parts that are
missing.
"""

import re

import pandas as pd

from recallgeo.spelling import (
    extract_groups,
    fold_text,
    latin_text,
    matches_pattern,
    replace_pattern,
)

__all__ = [
    "ADDRESS_PARTS",
    "NORMALISER_VERSION",
    "normalise_address",
    "normalise_number",
    "normalise_postcode",
    "normalise_street",
]

NORMALISER_VERSION = "1"
"""Version of these rules; an index built under another one is refused."""

ADDRESS_PARTS: tuple[str, ...] = (
    *("country", "region", "city", "postcode", "street", "street_line", "number", "place"),
    *("floor", "po_box"),
)
"""Columns that `normalise_address` gives."""

_INPUTS = (
    *("country", "region", "city", "postcode", "street", "house_number", "building", "floor"),
    *("site_name", "address_raw"),
)

# Countries where the number usually stands before the street's name (judgement, from the
# national postal formats).
_NUMBER_FIRST = frozenset(
    re.findall(
        "..",
        "AUBBBDBMBNCACIDZEGFRGBGGGHGIHKIEILIMINJEJMKELKLUMAMCMTMUMYNGNZOMPHPKPRSGSNTHTNTTUGUSZAZMZW",
    )
)
# Postcodes of five digits, whose leading zeros spreadsheets lose.
_FIVE_DIGITS = frozenset(re.findall("..", "DEEEESFIFRGRHRITKRMXMYTRUS"))

_NUMBER = r"\d{1,5} ?\p{L}?\d{0,3}(?: ?[-/] ?(?:\d{1,5} ?\p{L}?|\p{L}))?"
_SIGN = r"(?:no\.? ?|nr\.? ?|n[°º]\.? ?|№ ?|#)?"
_SIGN_AFTER_STREET = r"(?i)[ ,]+(?:no|nr|n|num|№|#)\.?$"
_TRAILING = rf"^(?P<street>.*\p{{L}}.*?)[ ,]+{_SIGN}(?P<number>{_NUMBER})\.?$"
_LEADING = (
    rf"^{_SIGN}(?P<number>\d{{1,5}}\p{{L}}?(?: ?[-/] ?\d{{1,5}}\p{{L}}?)?)[ ,]+"
    r"(?P<street>.*\p{L}{2}.*)$"
)
# "Katu 12 A 5" is flat 5 of stair A
_FLAT_AFTER_STAIR = r"^(.*\p{L}.*? \d{1,4} ?\p{L}) \d{1,3}$"
_LONE_NUMBER = rf"(?i), *(?:(?:no?|д)\.? *)?({_NUMBER}) *(,|$)"
_LONE_FIRST = r"^(\d{1,5}\p{L}?) *, *"

_FLOOR_WORDS = (
    r"(?:floor|fl|level|krs|kerros|og|ug|eg|etage|stock|obergeschoss|untergeschoss|erdgeschoss"
    r"|piso|planta|piano|vaning|sal)"
)
_FLOOR = (
    rf"^(?:(?:\p{{L}}+ |\d{{1,3}} ?(?:st|nd|rd|th|er|e|o|a)? ?)?{_FLOOR_WORDS}(?: \d{{1,3}})?"
    r"|(?:room|rm|suite|ste|unit|apt|apartment|flat|ward|zimmer|raum|bureau|dept|department|building|bldg|batiment|gebaude|block|tower)"
    r" .{1,40})$"
)
_FLOOR_AT_END = (
    rf"(?i)^(?P<line>.*\d.*?)[ ,]+(?P<floor>\d{{1,3}} ?(?:\.|st|nd|rd|th)? ?{_FLOOR_WORDS}"
    r"|(?:floor|level|piso|planta|etage) \d{1,3}"
    r"|(?:suite|ste|apt|unit|room|rm|flat)\.? ?#?\d{1,5}\p{L}?)\.?$"
)
_PO_BOX = (
    r"\b(?:p ?o ?box|post office box|postfach|boite postale|b ?p \d+|casilla \d+|caixa postal"
    r"|apartado(?: postal| de correos)? \d+|postbus|postboks|postilokero|a ja \d+"
    r"|skrytka pocztowa|private bag|p ?m ?b \d+)"
)
_PO_BOX_IN_LINE = (
    r"(?i)\b(?:p\. ?o\. ?box|p ?o ?box|post office box|postfach|postbus|postboks|private bag"
    r"|apartado|casilla|caixa postal|bo[iî]te postale|postilokero|skrytka pocztowa|b\.? ?p\.? \d)"
    r"[^,;]*"
)
_RAW_POSTCODE = (
    r"(?i)(?P<postcode>\b[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2}\b|\b\d{3} \d{2}\b|\b\d{4,6}\b)"
)
_RAW_CITY = r"(?:^|[ ,])(?:\d{4,6}|\d{3} \d{2}) +(?P<city>\p{L}[^,\d]*)"

# Words that stand for others, by country (judgement, the commonest only).
_ENGLISH = frozenset({"AU", "CA", "GB", "IE", "IN", "NZ", "SG", "US", "ZA"})
_GERMAN = frozenset({"AT", "CH", "DE", "LI"})
_ABBREVIATIONS: tuple[tuple[frozenset[str], str, str], ...] = (
    (_GERMAN, "str$", "strasse"),
    (_ENGLISH, " st$", " street"),
    (_ENGLISH, " rd$", " road"),
    (_ENGLISH, " ave?$", " avenue"),
    (_ENGLISH, " blvd$", " boulevard"),
    (_ENGLISH, " dr$", " drive"),
    (_ENGLISH, " ln$", " lane"),
    (_ENGLISH, " ct$", " court"),
    (_ENGLISH, " sq$", " square"),
    (_ENGLISH, " hwy$", " highway"),
    (frozenset({"ES"}), "^c ", "calle "),
    (frozenset({"ES"}), "^avd?a? ", "avenida "),
    (frozenset({"FR"}), "^ave? ", "avenue "),
    (frozenset({"FR"}), "^(?:bd|blvd) ", "boulevard "),
)


def normalise_address(addresses: pd.DataFrame) -> pd.DataFrame:
    """Take addresses apart into parts that are spelled one way.

    Parameters
    ----------
    addresses : DataFrame
        Any of the address columns of ASSETS or PARTIES (`recallgeo.frames.ADDRESS_FIELDS`) and
        ``site_name``; others are ignored, absent ones count as missing. ``street`` may hold the
        number and the floor; ``address_raw`` serves where there is no street.

    Returns
    -------
    DataFrame
        On the same index, text, missing where unknown: ``country`` (upper case), ``region``,
        ``city``, ``street`` (without number), ``street_line`` (the street before the number was
        split off), ``number``, ``place`` (building, else site name), ``postcode`` (letters and
        digits only), all in ASCII; ``floor`` as written; ``po_box`` (boolean).

    Examples
    --------
    >>> frame = pd.DataFrame(
    ...     {"street": ["Mannerheimintie 12 A, 3. krs"], "postcode": ["FI-00100"],
    ...      "city": ["Helsinki"], "country": ["FI"]}
    ... )
    >>> normalise_address(frame)[["street", "number", "floor", "postcode"]].iloc[0].tolist()
    ['mannerheimintie', '12a', '3. krs', '00100']
    """
    fields = [name for name in _INPUTS if name in addresses.columns]
    if not fields or addresses.empty:
        nothing = pd.DataFrame(index=addresses.index, columns=list(_INPUTS), dtype="str")
        return _parse_distinct(nothing)
    given = addresses[fields].astype("str")
    # one address stands on many rows of a register: each is parsed once
    group = given.groupby(fields, dropna=False, sort=False).ngroup()
    distinct = given[~group.duplicated()].reindex(columns=list(_INPUTS)).astype("str")
    parsed = _parse_distinct(distinct.reset_index(drop=True))
    return parsed.iloc[group.to_numpy()].set_axis(addresses.index)


def normalise_street(streets: pd.Series, country: pd.Series) -> pd.Series:
    """Give street names in one spelling, the commonest abbreviations written out.

    Parameters
    ----------
    streets : Series of text
        Names without number.
    country : Series of text
        ISO 3166-1 alpha-2, upper case, on the same index.

    Returns
    -------
    Series of text
        ASCII, lower case.

    Examples
    --------
    >>> streets = pd.Series(["Habersaathstr.", "Dury Rd."])
    >>> normalise_street(streets, pd.Series(["DE", "GB"])).tolist()
    ['habersaathstrasse', 'dury road']
    """
    plain = latin_text(streets)
    for countries, pattern, replacement in _ABBREVIATIONS:
        here = country.isin(countries)
        if here.any():
            plain.loc[here] = replace_pattern(plain[here], pattern, replacement)
    return plain


def normalise_number(numbers: pd.Series) -> pd.Series:
    """Give house numbers in one spelling.

    Parameters
    ----------
    numbers : Series of text
        Such as ``12 A``, ``No. 5`` or ``12 - 14``.

    Returns
    -------
    Series of text
        Lower case without spaces; missing for "s/n", "0" and other words for none.

    Examples
    --------
    >>> normalise_number(pd.Series(["12 A", "No. 5", "012 - 14", "s/n", "0"])).tolist()
    ['12a', '5', '12-14', nan, nan]
    """
    plain = _one_line(numbers).str.lower()
    plain = replace_pattern(plain, r"^(?:no\.?|nr\.?|n[°º]\.?|№|#)+ *", "")
    plain = replace_pattern(plain, r"[ .,]+", "")
    plain = replace_pattern(plain, "^0+", "")
    return plain.mask(plain.isin(["", "s/n", "sn", "bb", "-", "nan"]))


def normalise_postcode(postcodes: pd.Series, country: pd.Series) -> pd.Series:
    """Give postcodes in one spelling, letters and digits only.

    A country's letters before the digits are dropped, the last four digits of US codes too, and
    leading zeros that a spreadsheet lost are put back where codes have five digits.

    Parameters
    ----------
    postcodes : Series of text
        As written.
    country : Series of text
        ISO 3166-1 alpha-2, upper case, on the same index.

    Returns
    -------
    Series of text
        Upper case.

    Examples
    --------
    >>> codes = pd.Series(["FI-00100", "8003", "nw10 0th", "92801-1234"])
    >>> normalise_postcode(codes, pd.Series(["FI", "ES", "GB", "US"])).tolist()
    ['00100', '08003', 'NW100TH', '92801']
    """
    plain = latin_text(postcodes)
    plain = replace_pattern(plain, r"^[a-z]{1,2} (\d{4,6})$", r"\1")
    plain = replace_pattern(plain, " +", "").str.upper()
    plain = plain.mask(country.eq("US"), replace_pattern(plain, r"^(\d{5})\d{4}$", r"\1"))
    short = country.isin(_FIVE_DIGITS) & matches_pattern(plain, r"^\d{3,4}$")
    return plain.mask(short, plain.str.zfill(5))


def _one_line(texts: pd.Series) -> pd.Series:
    """One spelling of spaces and dashes, every other sign kept."""
    plain = texts.astype("str").str.normalize("NFKC")
    plain = replace_pattern(plain, "[\u2010-\u2015\u2212]", "-")
    return replace_pattern(plain, r"\s+", " ").str.strip()


def _parse_distinct(given: pd.DataFrame) -> pd.DataFrame:
    country = given["country"].str.strip().str.upper()
    fields = _with_raw(given)
    line, box = _without_box(_one_line(fields["street"]))
    line, floor = _split_floor(line)
    street, number = _split_number(line, country)
    stated = normalise_number(given["house_number"])
    # a number in both columns: where they differ, the digits belong to the street's name
    differ = stated.notna() & number.notna() & (stated != number)
    street = street.mask(differ, line)
    return pd.DataFrame(
        {
            "country": country,
            "region": latin_text(given["region"]),
            "city": latin_text(fields["city"]),
            "postcode": normalise_postcode(fields["postcode"], country),
            "street": normalise_street(street, country),
            "street_line": normalise_street(line, country),
            "number": stated.fillna(number),
            "place": latin_text(given["building"].fillna(given["site_name"])),
            "floor": given["floor"].fillna(floor),
            "po_box": box.astype("boolean"),
        },
        index=given.index,
    )


def _with_raw(given: pd.DataFrame) -> pd.DataFrame:
    """Take street, postcode and city from the whole address where they are missing."""
    fields = given[["street", "postcode", "city"]].copy()
    use = given["street"].isna() & given["address_raw"].notna()
    if not use.any():
        return fields
    lines = _one_line(replace_pattern(given.loc[use, "address_raw"], r"\s*[;\n]\s*", ", "))
    parts = lines.str.partition(",")
    fields.loc[use, "street"] = parts[0].str.strip()
    postcode = _blank_to_missing(extract_groups(parts[2], _RAW_POSTCODE)["postcode"])
    city = _blank_to_missing(extract_groups(parts[2], _RAW_CITY)["city"])
    fields["postcode"] = fields["postcode"].fillna(postcode)
    fields["city"] = fields["city"].fillna(city.str.strip())
    return fields


def _blank_to_missing(texts: pd.Series) -> pd.Series:
    return texts.mask(texts.eq(""))


def _without_box(lines: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Say which lines name a post-office box, and take it out of them."""
    box = matches_pattern(latin_text(lines), _PO_BOX)
    if not box.any():
        return lines, box
    rest = replace_pattern(lines[box], _PO_BOX_IN_LINE, "").str.strip(" ,;")
    return lines.mask(box, _blank_to_missing(rest).reindex(lines.index)), box


def _split_floor(lines: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Part floors and rooms from the line; of several segments keep the one with a number."""
    # a number alone between commas belongs to its neighbour: "Via Roma, 12", "12, High Street"
    joined = replace_pattern(replace_pattern(lines, _LONE_NUMBER, r" \1\2"), _LONE_FIRST, r"\1 ")
    ends = extract_groups(joined, _FLOOR_AT_END)
    joined = ends["line"].fillna(joined)
    several = matches_pattern(joined, ",")
    if not several.any():
        return joined, ends["floor"]
    segments = joined[several].str.split(r"\s*,\s*", regex=True).explode()
    segments = segments[segments.str.len() > 0].astype("str")
    is_floor = matches_pattern(fold_text(segments), _FLOOR)
    streets, floors = segments[~is_floor], segments[is_floor]
    # the first segment with a number, else the first
    best = pd.concat([streets[matches_pattern(streets, r"\d")], streets])
    kept = best[~best.index.duplicated()].reindex(joined.index)
    floor = floors.groupby(level=0, sort=False).agg(", ".join).reindex(joined.index)
    return joined.mask(several, kept), ends["floor"].fillna(floor.astype("str"))


def _split_number(lines: pd.Series, country: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Split the number off, first where the country writes it, else at the other end."""
    line = lines.mask(country.eq("FI"), replace_pattern(lines, _FLAT_AFTER_STAIR, r"\1"))
    first = country.isin(_NUMBER_FIRST)
    leading = extract_groups(line, r"(?i)" + _LEADING)
    trailing = extract_groups(line, r"(?i)" + _TRAILING)
    found = leading.where(first, trailing).fillna(trailing.where(first, leading))
    street = replace_pattern(found["street"], _SIGN_AFTER_STREET, "")
    return street.fillna(line), normalise_number(found["number"])
