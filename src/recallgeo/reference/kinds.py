"""Kinds of sensitive places and product hazards, from their TOML files."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, Literal, get_args

from recallgeo.errors import SourceFormatError
from recallgeo.hazard import Hazard
from recallgeo.reference.files import read_toml

__all__ = ["Hours", "Kind", "KindTier", "hazards", "kinds_from_dict", "taxonomy"]

KindTier = Literal["very_vulnerable", "vulnerable", "critical", "public", "other"]
Hours = Literal["school_day", "always"]
Tags = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of sensitive place: who is there, and how sources name it.

    Parameters
    ----------
    name, label, plural : str
        Key, and the words for one and for several.
    vulnerability : float
        Weight of who is there, 0 to 1; judgement.
    tier : str
        ``very_vulnerable, vulnerable, critical, public`` or ``other``.
    hours : str
        ``school_day`` or ``always``: when people are there.
    footprint_radius_m : float
        Radius of its grounds where a source gives only a point, metres; judgement.
    capacity_unit : str
        Unit of a capacity: beds, pupils, MW, ...
    osm_tags : tuple of (key, value)
        Any of them marks the kind in OpenStreetMap.
    osm_tall_tags : tuple of (key, value)
        These mark it only with at least `osm_tall_levels` in ``building:levels``.
    osm_tall_levels : int
        Storeys; 0 where no tag asks for them.
    overture : tuple of str
        Primary categories of Overture places.
    naics, isic, nace, sic : tuple of str
        Prefixes of trade codes, digits only.
    premises_words : tuple of str
        Words of any language, `recallgeo.reference.premises` says how they match.
    guard_words : tuple of str
        Words that look like this kind and are not.
    source : str
        Source of the entry, or the word "judgement".
    """

    name: str
    label: str
    plural: str
    vulnerability: float
    tier: KindTier
    hours: Hours
    footprint_radius_m: float
    capacity_unit: str
    osm_tags: Tags
    osm_tall_tags: Tags
    osm_tall_levels: int
    overture: tuple[str, ...]
    naics: tuple[str, ...]
    isic: tuple[str, ...]
    nace: tuple[str, ...]
    sic: tuple[str, ...]
    premises_words: tuple[str, ...]
    guard_words: tuple[str, ...]
    source: str

    def __post_init__(self) -> None:
        """Check the bounds."""
        checks = {
            "vulnerability": (self.vulnerability, 0 <= self.vulnerability <= 1, "0 to 1"),
            "tier": (self.tier, self.tier in get_args(KindTier), "one of the tiers"),
            "hours": (self.hours, self.hours in get_args(Hours), "school_day or always"),
            "footprint_radius_m": (self.footprint_radius_m, self.footprint_radius_m > 0, "> 0"),
            "source": (self.source, bool(self.source), "a source or the word 'judgement'"),
        }
        wrong = [
            f"{key} is {value!r}, expected {expected}"
            for key, (value, fits, expected) in checks.items()
            if not fits
        ]
        if wrong:
            message = f"kind {self.name!r}: " + "; ".join(wrong)
            raise SourceFormatError(message)


def kinds_from_dict(data: Mapping[str, Any]) -> dict[str, Kind]:
    """Give the kinds of a parsed taxonomy.

    Parameters
    ----------
    data : mapping
        Content of a file in the form of ``taxonomy.toml``.

    Returns
    -------
    dict of str to Kind
        In the order of the file.

    Raises
    ------
    SourceFormatError
        If a key is missing or unknown, or a value is out of its bounds.

    Examples
    --------
    >>> kinds_from_dict({"kind": {}})
    {}
    """
    return {name: _kind(name, entry) for name, entry in data.get("kind", {}).items()}


def _kind(name: str, entry: Mapping[str, Any]) -> Kind:
    plain = {key: value for key, value in entry.items() if key not in _LISTS}
    try:
        return Kind(
            name=name,
            **{"osm_tall_levels": 0, **plain},
            osm_tags=_tags(entry.get("osm_tags", [])),
            osm_tall_tags=_tags(entry.get("osm_tall_tags", [])),
            overture=tuple(entry.get("overture", [])),
            naics=_codes(entry.get("naics", [])),
            isic=_codes(entry.get("isic", [])),
            nace=_codes(entry.get("nace", [])),
            sic=_codes(entry.get("sic", [])),
            premises_words=_words(entry.get("words", {})),
            guard_words=tuple(entry.get("guards", [])),
        )
    except (TypeError, ValueError) as error:
        if isinstance(error, SourceFormatError):
            raise
        known = ", ".join(field.name for field in fields(Kind))
        message = f"kind {name!r}: {error}; known keys: {known}"
        raise SourceFormatError(message) from error


_LISTS = frozenset(
    {"osm_tags", "osm_tall_tags", "overture", "naics", "isic", "nace", "sic", "words", "guards"}
)


def _tags(texts: list[str]) -> Tags:
    pairs = [text.split("=", 1) for text in texts]
    return tuple((key, value) for key, value in pairs)


def _codes(texts: list[str]) -> tuple[str, ...]:
    return tuple(text.replace(".", "") for text in texts)


def _words(by_language: Mapping[str, list[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for words in by_language.values() for word in words))


@cache
def taxonomy() -> dict[str, Kind]:
    """Give the kinds of sensitive places.

    Returns
    -------
    dict of str to Kind
        From the most to the least vulnerable, roughly; the order breaks ties. Cached: must not
        be altered.

    Examples
    --------
    >>> kinds = taxonomy()
    >>> kinds["school"].plural, kinds["school"].osm_tags
    ('schools', (('amenity', 'school'),))
    """
    return kinds_from_dict(_content())


@cache
def _content() -> dict[str, Any]:
    return read_toml("taxonomy.toml")


def ambiguous_codes() -> frozenset[str]:
    """Give the four-digit trade codes that mean different trades in different schemes."""
    return frozenset(_content()["industry"]["ambiguous"])


def words_beside() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the words after and before which a kind's word names a street, a shop or a supplier."""
    guards = _content()["guards"]
    return tuple(guards["after"]), tuple(guards["before"])


@cache
def hazards() -> dict[str, Hazard]:
    """Give the product hazards.

    Returns
    -------
    dict of str to Hazard
        In the order of ``hazards.toml``. Cached: must not be altered.

    Examples
    --------
    >>> hazards()["fire"].radii_m
    (50, 250)
    """
    rows = read_toml("hazards.toml")
    try:
        return {name: Hazard(name=name, **row) for name, row in rows.items()}
    except TypeError as error:
        message = f"hazards.toml: {error}; reinstall recallgeo"
        raise SourceFormatError(message) from error
