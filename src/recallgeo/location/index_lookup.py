"""The cascade through an address index: number, street, postcode, each with its radius."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from recallgeo.frames import MATCH_LEVELS
from recallgeo.geodesy import geodesic_m
from recallgeo.location.address_index import LEVEL_KEYS, AddressIndex, hash_keys
from recallgeo.location.flags import add_flag
from recallgeo.spelling import replace_pattern

__all__ = ["FAR_APART_M", "find_addresses", "find_in_indexes"]

Floats = npt.NDArray[np.float64]

FAR_APART_M = 50_000.0
"""A stated postcode and a city farther apart than this, beyond their radii, contradict."""

_E7 = 1e7
_INTERPOLATED_M = 60.0  # measured: leave-one-out between neighbours, 95 % within 56 m


@dataclass(frozen=True, slots=True)
class _Rule:
    """What the spread of a level's points means.

    Parameters
    ----------
    floor_m : float
        Smallest radius.
    few : int
        Below this count the spread says little, and `default_m` is the least radius.
    default_m : float
        Measured 95 % error of the level.
    widest_m : float
        Points spread wider than this are not one place: the answer is ambiguous.
    """

    floor_m: float
    few: int
    default_m: float
    widest_m: float


# Floors, counts and widest spreads are judgement; defaults are the measured 95 % errors. The
# spread of duplicated addresses is 578 m at 99 %, that of streets in a city 4,117 m.
_RULES = {
    "address": _Rule(50.0, 1, 50.0, 600.0),
    "interpolated": _Rule(_INTERPOLATED_M, 1, _INTERPOLATED_M, 600.0),
    "street": _Rule(100.0, 5, 1_015.0, 10_000.0),
    "postcode": _Rule(500.0, 10, 3_665.0, 30_000.0),
}

# Strength of the text evidence, 0 to 1 (judgement): a key with the postcode says most.
_STEPS: tuple[tuple[str, str, str, float], ...] = (
    ("address_by_postcode", "address", "stated", 1.0),
    ("address_by_city", "address", "stated", 0.95),
    ("address_by_postcode", "interpolated", "base_number", 0.85),
    ("address_by_city", "interpolated", "base_number", 0.8),
    ("street_by_postcode", "street", "stated", 1.0),
    ("street_by_postcode", "street", "street_line", 0.95),
    ("street_by_city", "street", "stated", 0.95),
    ("street_by_city", "street", "street_line", 0.9),
    ("postcode", "postcode", "stated", 1.0),
)
_OTHER_POSTCODE_COSTS = 0.1
_ASKED = ("country", "city", "postcode", "street", "street_line", "number", "po_box")


def find_in_indexes(
    parts: pd.DataFrame, indexes: Sequence[AddressIndex], areas: pd.DataFrame
) -> pd.DataFrame:
    """Ask several indexes, each distinct address once, and hold the answers against the city.

    Parameters
    ----------
    parts : DataFrame
        As `recallgeo.addresses.normalise_address` gives them, one row a unit.
    indexes : sequence of AddressIndex
        In order of trust.
    areas : DataFrame
        From `recallgeo.location.area_lookup.find_areas`, on the same index.

    Returns
    -------
    DataFrame
        As `find_addresses`, with ``located_by``, on the index of `parts`. Of the answers the
        finest counts, of equal ones the first index; equally fine answers farther apart than
        their radii are ambiguous. An answer far from the stated city is a conflict: no point.
    """
    code = parts.groupby(list(_ASKED), dropna=False, sort=False).ngroup()
    first = ~code.duplicated()
    distinct = parts[first].reset_index(drop=True)
    best = _nothing(distinct.index).assign(
        located_by=pd.Series(np.nan, distinct.index, dtype="str")
    )
    for index in indexes:
        best = _finer(best, find_addresses(distinct, index).assign(located_by=index.name))
    city = areas[first].reset_index(drop=True)
    city = city.where(city["match_level"].eq("locality"))
    away = geodesic_m(best["longitude"], best["latitude"], city["longitude"], city["latitude"])
    limit = FAR_APART_M + city["uncertainty_m"] + best["uncertainty_m"]
    far = pd.Series(away, index=best.index) > limit
    add_flag(best, far & ~best["status"].eq("conflict"), "conflict_postcode_city")
    best.loc[far, "status"] = "conflict"
    refused = best["status"].eq("conflict")
    best.loc[refused, ["longitude", "latitude", "uncertainty_m", "geocode_score"]] = np.nan
    best.loc[refused, ["match_level", "located_by"]] = np.nan
    return best.iloc[code.to_numpy()].set_axis(parts.index)


def _finer(best: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """Take the finer of two answers, row by row."""
    order = {level: number for number, level in enumerate(MATCH_LEVELS)}
    last = len(order)
    mine, theirs = (table["match_level"].map(order).fillna(last) for table in (best, other))
    away = geodesic_m(best["longitude"], best["latitude"], other["longitude"], other["latitude"])
    apart = away > (best["uncertainty_m"] + other["uncertainty_m"]).to_numpy()
    # where neither has an answer, the one that says why counts
    silent = (mine == last) & (theirs == last) & best["status"].eq("unmatched")
    joined = other.where((theirs < mine) | silent, best)
    torn = (mine == theirs) & apart
    joined.loc[torn, ["longitude", "latitude", "uncertainty_m", "geocode_score"]] = np.nan
    joined.loc[torn, ["match_level", "located_by"]] = np.nan
    joined.loc[torn, "status"] = "ambiguous"
    add_flag(joined, torn, "indexes_disagree")
    return joined


def find_addresses(parts: pd.DataFrame, index: AddressIndex) -> pd.DataFrame:
    """Find the finest answer of an index to each address.

    Parameters
    ----------
    parts : DataFrame
        As `recallgeo.addresses.normalise_address` gives them, ``country`` as alpha-2; unique
        index, best distinct rows.
    index : AddressIndex
        Known addresses.

    Returns
    -------
    DataFrame
        On the same index: ``match_level`` (address, interpolated, street, postcode; missing
        where nothing fits), ``longitude``, ``latitude``, ``uncertainty_m``, ``geocode_score``,
        ``status`` (matched, ambiguous, conflict, unmatched), ``flags``. A house number that the
        index lacks never becomes an address: "12a" at a known 12 is ``interpolated``, another
        number is ``street``.
    """
    found = _nothing(parts.index)
    # a post-office box says nothing of the street; its postcode is the box's, not the site's
    boxed = (parts["po_box"] & parts["street"].isna()).to_numpy(dtype=bool)
    for level, match_level, asked, score in _STEPS:
        if match_level == "postcode":
            _note_unknown_address(parts, found)
        rest = np.flatnonzero(found["match_level"].isna().to_numpy() & ~boxed)
        if len(rest):
            part = _asked(parts.iloc[rest], asked)
            _answer(found, rest, part, index, (level, match_level, score))
    ambiguous = found["match_level"].isna() & found["status"].eq("ambiguous")
    add_flag(found, ambiguous, "address_ambiguous")
    found.loc[found["match_level"].notna(), "status"] = "matched"
    _check_postcode(parts, found, index)
    return found


def _answer(
    found: pd.DataFrame,
    rest: npt.NDArray[np.intp],
    parts: pd.DataFrame,
    index: AddressIndex,
    step: tuple[str, str, float],
) -> None:
    level, match_level, score = step
    table = index.levels[level]
    at = table.find(hash_keys(parts, LEVEL_KEYS[level]))
    rest, at = rest[at >= 0], at[at >= 0]
    values = table.cells[at]
    rule = _RULES[match_level]
    spread = values["spread_m"].astype("float64")
    wide = spread > rule.widest_m
    labels = found.index[rest[wide]]
    found.loc[labels, "status"] = "ambiguous"
    kept, spread, values = rest[~wide], spread[~wide], values[~wide]
    labels = found.index[kept]
    least = np.where(values["points"] < rule.few, rule.default_m, rule.floor_m)
    found.loc[labels, "match_level"] = match_level
    found.loc[labels, "longitude"] = values["longitude"] / _E7
    found.loc[labels, "latitude"] = values["latitude"] / _E7
    found.loc[labels, "uncertainty_m"] = np.maximum(spread, least)
    found.loc[labels, "geocode_score"] = score
    found.loc[labels, "by"] = level


def _asked(parts: pd.DataFrame, asked: str) -> pd.DataFrame:
    if asked == "base_number":
        base = replace_pattern(parts["number"], r"^(\d+).*$", r"\1")
        return parts.assign(number=base.mask(base == parts["number"]))
    if asked == "street_line":
        line = parts["street_line"]
        return parts.assign(street=line.mask(line == parts["street"]))
    return parts


def _note_unknown_address(parts: pd.DataFrame, found: pd.DataFrame) -> None:
    missing = found["match_level"].isna() & parts["street"].notna()
    add_flag(found, missing & found["status"].eq("unmatched"), "address_not_found")
    number = found["match_level"].eq("street") & parts["number"].notna()
    add_flag(found, number, "number_not_found")


def _check_postcode(parts: pd.DataFrame, found: pd.DataFrame, index: AddressIndex) -> None:
    """Flag answers found by city whose stated postcode is another, or lies far away."""
    by_city = found["by"].isin(["address_by_city", "street_by_city"]) & parts["postcode"].notna()
    if not by_city.any():
        return
    add_flag(found, by_city, "postcode_differs")
    found.loc[by_city, "geocode_score"] -= _OTHER_POSTCODE_COSTS
    rows = np.flatnonzero(by_city.to_numpy())
    table = index.levels["postcode"]
    at = table.find(hash_keys(parts.iloc[rows], LEVEL_KEYS["postcode"]))
    rows, values = rows[at >= 0], table.cells[at[at >= 0]]
    away = geodesic_m(
        found["longitude"].iloc[rows],
        found["latitude"].iloc[rows],
        values["longitude"] / _E7,
        values["latitude"] / _E7,
    )
    far = rows[away > FAR_APART_M + values["spread_m"]]
    conflict = np.zeros(len(found), dtype=bool)
    conflict[far] = True
    found.loc[conflict, "status"] = "conflict"
    add_flag(found, conflict, "conflict_postcode_city")


def _nothing(labels: pd.Index) -> pd.DataFrame:
    columns: dict[str, pd.Series] = {}
    for name in ("match_level", "flags", "by"):
        columns[name] = pd.Series(np.nan, index=labels, dtype="str")
    for name in ("longitude", "latitude", "uncertainty_m", "geocode_score"):
        columns[name] = pd.Series(np.nan, index=labels, dtype="float64")
    columns["status"] = pd.Series("unmatched", index=labels, dtype="str")
    return pd.DataFrame(columns, index=labels)
