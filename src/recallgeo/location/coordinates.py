"""Supplied coordinates: how precise they are, whether they can be true, and the one repair.

A coordinate is repaired only where exactly one swap or sign change agrees with the stated
country and with the stated city or postcode, and it is flagged; else it is not used.

References
----------
The country test by distance to the nearest place of the country passes 98.9 to 100 % of true
points at 50 km, 99.9 % at 166 km, and finds 93 to 100 % of swapped, negated and zero points
(geocoding study of this project; 60,000 addresses and 64,000 small places).
"""

from itertools import product

import numpy as np
import numpy.typing as npt
import pandas as pd

from recallgeo.geodesy import geodesic_m, to_ecef
from recallgeo.location.flags import add_flag
from recallgeo.location.gazetteer import Gazetteer

__all__ = ["check_coordinates", "decimals_of", "precision_radius_m"]

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

NEAR_COUNTRY_M = 50_000.0
"""A true point has a place of its country within this distance in 98.9 %."""

FAR_FROM_COUNTRY_M = 200_000.0
"""Beyond this distance a point is not in the country (99.9 % of true points: 166 km)."""

FAR_FROM_CITY_M = 50_000.0
"""Beyond the city's 95 % radius and this distance, city and coordinate contradict (judgement)."""

_REPAIR_REACH_M = 20_000.0  # judgement: a repaired point agrees this near to the city's radius
_ZERO_DEGREES = 0.5
_MAX_LON, _MAX_LAT = 180.0, 90.0
_MAX_DECIMALS = 6
# Half a unit of the last decimal, in metres of latitude; at least 10 m for the survey itself.
_RADII_M = np.array([56_000.0, 5_600.0, 560.0, 56.0, 10.0, 10.0, 10.0])


def decimals_of(values: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """Count the decimals that numbers are written with, at most 6; 0 for a missing one.

    Parameters
    ----------
    values : array_like of float
        Degrees as read; zeros at the end are not seen.

    Examples
    --------
    >>> decimals_of([47.0, 47.1, 47.14, 47.141512]).tolist()
    [0, 1, 2, 6]
    """
    numbers = np.nan_to_num(np.asarray(values, dtype=float))
    decimals = np.full(numbers.shape, _MAX_DECIMALS, dtype=np.int64)
    for places in reversed(range(_MAX_DECIMALS)):
        decimals[np.round(numbers, places) == numbers] = places
    return decimals


def precision_radius_m(lon: npt.ArrayLike, lat: npt.ArrayLike) -> Floats:
    """Give the radius that the decimals of a coordinate allow.

    Parameters
    ----------
    lon, lat : array_like of float
        Degrees as read; the longer of the two counts.

    Returns
    -------
    float64 array
        Metres: 10 from four decimals on, then 56, 560, 5,600 and 56,000.

    Examples
    --------
    >>> precision_radius_m([9.5, 9.52], [47.1, 47.1415]).tolist()
    [5600.0, 10.0]
    """
    return _RADII_M[np.maximum(decimals_of(lon), decimals_of(lat))]


def check_coordinates(
    lon: pd.Series, lat: pd.Series, anchors: pd.DataFrame, gazetteer: Gazetteer
) -> pd.DataFrame:
    """Check supplied coordinates, and repair those with exactly one repair.

    Parameters
    ----------
    lon, lat : Series of float64
        Degrees as supplied, missing where unknown.
    anchors : DataFrame
        On the same index: ``country`` (alpha-2), and ``longitude``, ``latitude``,
        ``uncertainty_m`` of the stated city or postcode, missing where unknown.
    gazetteer : Gazetteer
        Places of the countries.

    Returns
    -------
    DataFrame
        On the same index: ``longitude``, ``latitude``, ``uncertainty_m`` (missing where the
        coordinate cannot be used), ``verdict`` (good, conflict, invalid; missing where none was
        supplied) and ``flags``.
    """
    table = pd.DataFrame({"longitude": lon, "latitude": lat})
    table["verdict"] = pd.Series(np.nan, index=table.index, dtype="str")
    table["flags"] = pd.Series(np.nan, index=table.index, dtype="str")
    given = (lon.notna() & lat.notna()).to_numpy()
    half = (lon.notna() ^ lat.notna()).to_numpy()
    x, y = lon.to_numpy(dtype=float), lat.to_numpy(dtype=float)
    in_range = given & (np.abs(x) <= _MAX_LON) & (np.abs(y) <= _MAX_LAT)
    zero = given & (np.abs(x) <= _ZERO_DEGREES) & (np.abs(y) <= _ZERO_DEGREES)
    add_flag(table, half, "coordinate_incomplete")
    add_flag(table, given & ~in_range, "coordinate_out_of_range")
    add_flag(table, zero, "coordinate_zero")
    add_flag(table, given & ~zero & ((x == 0) | (y == 0)), "coordinate_zero_axis")
    add_flag(table, given & ~zero & (np.abs(x) == np.abs(y)), "coordinate_equal")
    usable = in_range & ~zero
    country_m = _distance_to_country(x, y, anchors["country"], gazetteer, usable)
    city_m = np.where(usable, _distance_to_anchor(x, y, anchors), np.nan)
    reach = anchors["uncertainty_m"].to_numpy(dtype=float)
    off_country = country_m > FAR_FROM_COUNTRY_M
    off_city = city_m > reach + FAR_FROM_CITY_M
    suspect = (given & ~in_range) | (usable & (off_country | off_city))
    fixed = _repair(table, suspect, anchors, gazetteer)
    conflict = usable & suspect & ~fixed
    # remote, but not so far that it cannot be in the country
    add_flag(table, usable & ~suspect & (country_m > NEAR_COUNTRY_M), "far_from_country")
    add_flag(table, conflict & off_country, "conflict_country")
    add_flag(table, conflict & off_city, "conflict_city")
    add_flag(table, usable & np.isnan(country_m) & np.isnan(city_m), "coordinate_unchecked")
    good = (usable & ~conflict) | fixed
    table.loc[half | zero | (given & ~in_range), "verdict"] = "invalid"
    table.loc[conflict, "verdict"] = "conflict"
    table.loc[good, "verdict"] = "good"
    radius = precision_radius_m(x, y)
    add_flag(table, good & (radius > _RADII_M[-1]), "few_decimals")
    table["uncertainty_m"] = np.where(good, radius, np.nan)
    table.loc[~good, ["longitude", "latitude"]] = np.nan
    return table[["longitude", "latitude", "uncertainty_m", "verdict", "flags"]]


def _repair(
    table: pd.DataFrame, suspect: Bools, anchors: pd.DataFrame, gazetteer: Gazetteer
) -> Bools:
    """Try the seven swaps and sign changes; write the one that fits, and say which rows did."""
    known = anchors["country"].notna() & anchors["uncertainty_m"].notna()
    rows = np.flatnonzero(suspect & known.to_numpy())
    fixed = np.zeros(len(table), dtype=bool)
    if not len(rows):
        return fixed
    part = anchors.iloc[rows]
    x0, y0 = (table[name].to_numpy(dtype=float)[rows] for name in ("longitude", "latitude"))
    reach = part["uncertainty_m"].to_numpy(dtype=float) + _REPAIR_REACH_M
    fits, spots = [], []
    for swap, east, north in _CHANGES:
        x, y = (y0 * east, x0 * north) if swap else (x0 * east, y0 * north)
        allowed = (np.abs(x) <= _MAX_LON) & (np.abs(y) <= _MAX_LAT)
        near = np.where(allowed, _distance_to_anchor(x, y, part), np.nan) <= reach
        country_m = _distance_to_country(x, y, part["country"], gazetteer, near)
        fits.append(near & (country_m <= NEAR_COUNTRY_M))
        spots.append(np.stack([x, y]))
    fit, spot = np.stack(fits), np.stack(spots)
    alone = fit.sum(axis=0) == 1
    which = fit.argmax(axis=0)
    chosen = spot[which, :, np.arange(len(rows))]
    done = rows[alone]
    table.iloc[done, [0, 1]] = chosen[alone]
    fixed[done] = True
    swapped = np.array([swap for swap, _, _ in _CHANGES])[which[alone]]
    signed = np.array([(east, north) != (1, 1) for _, east, north in _CHANGES])[which[alone]]
    for flag, these in (("repaired_swapped", swapped), ("repaired_sign", signed)):
        where = np.zeros(len(table), dtype=bool)
        where[done[these]] = True
        add_flag(table, where, flag)
    return fixed


_CHANGES = tuple(
    (swap, east, north)
    for swap, east, north in product((False, True), (1, -1), (1, -1))
    if swap or (east, north) != (1, 1)
)


def _distance_to_anchor(x: Floats, y: Floats, anchors: pd.DataFrame) -> Floats:
    usable = np.abs(y) <= _MAX_LAT
    return geodesic_m(
        x,
        np.where(usable, y, np.nan),
        anchors["longitude"].to_numpy(dtype=float),
        anchors["latitude"].to_numpy(dtype=float),
    )


def _distance_to_country(
    x: Floats, y: Floats, country: pd.Series, gazetteer: Gazetteer, rows: Bools
) -> Floats:
    """Distance to the nearest place of the stated country; NaN where there is none to ask."""
    distance = np.full(len(x), np.nan)
    codes, names = pd.factorize(country)
    for code, name in enumerate(names):
        here = np.flatnonzero(rows & (codes == code))
        tree = gazetteer.tree_of(name) if len(here) else None
        if tree is not None:
            # the chord is short of the arc by less than 2 m in 100 km
            distance[here] = tree.query(to_ecef(x[here], y[here]))[0]
    return distance
