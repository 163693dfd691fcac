"""Chances and expected counts of places around sites whose own place is in doubt."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recallgeo.exposure.doubt import REACH_SIGMAS, Doubt
from recallgeo.exposure.outlines import Outlines
from recallgeo.exposure.overlap import (
    RAYS,
    Stretches,
    disk_stretches,
    edge_stretches,
    overlap_of,
)
from recallgeo.exposure.place_index import Pairs, PlaceIndex
from recallgeo.geodesy import LocalPlanes, to_ecef

__all__ = ["Chances", "Within", "chances_around"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

_SETTLED = 5e-4
_STRETCHES = 2_000_000


@dataclass(frozen=True, slots=True)
class Chances:
    """What doubt leaves of a question, for each site.

    Parameters
    ----------
    any_prob : float64 array
        Probability that at least one place is within.
    expected : float64 array
        Expected number of places within.
    """

    any_prob: Floats
    expected: Floats


@dataclass(frozen=True, slots=True)
class Within:
    """Within a radius of points, and within a radius of polygons (0: on their grounds)."""

    point_m: float
    shape_m: float


def chances_around(
    index: PlaceIndex,
    lonlat: tuple[Floats, Floats],
    pairs: Pairs,
    doubt: Doubt,
    question: Within,
) -> Chances:
    """Give the chance of at least one place within, and the expected number.

    Parameters
    ----------
    index : PlaceIndex
        The places.
    lonlat : tuple of two float64 arrays
        Points of the sites, degrees.
    pairs : Pairs
        Every place within the question's radius and the reach of the doubt.
    doubt : Doubt
        Place errors of the sites.
    question : Within
        Radius for points and for polygons, metres.

    Returns
    -------
    Chances
        Rounded to 6 decimals.

    Notes
    -----
    Points and polygons are closed form one by one; only where the surroundings of several places
    overlap, the overlap is taken on rays (`recallgeo.exposure.overlap`).
    """
    sites = len(doubt)
    chance = _one_by_one(index, lonlat, pairs, doubt, question)
    expected = np.bincount(pairs.site, chance, sites).astype(np.float64)
    largest = np.zeros(sites)
    starts = np.flatnonzero(np.diff(pairs.site, prepend=-1))
    if len(starts):
        largest[pairs.site[starts]] = np.maximum.reduceat(chance, starts)
    any_prob = np.minimum(expected, 1.0)
    any_prob[largest >= 1 - _SETTLED] = largest[largest >= 1 - _SETTLED]
    crowded = (expected - largest > _SETTLED) & (largest < 1 - _SETTLED)
    if crowded.any():
        twice = _overlap(index, lonlat, pairs, doubt, (question, crowded, chance))
        union = np.clip(expected - twice, largest, np.minimum(expected, 1.0))
        any_prob = np.where(crowded, union, any_prob)
    return Chances(_rounded(any_prob), _rounded(expected))


def _rounded(values: Floats) -> Floats:
    """Round to 6 decimals, so that orders do not hang on the last bit."""
    return np.asarray(np.round(values, 6), dtype=np.float64)


def _one_by_one(
    index: PlaceIndex,
    lonlat: tuple[Floats, Floats],
    pairs: Pairs,
    doubt: Doubt,
    question: Within,
) -> Floats:
    is_point = index.is_point[pairs.place]
    chance = np.zeros(len(pairs.site))
    chance[is_point] = doubt.chance_within(
        pairs.site[is_point], pairs.distance_m[is_point], question.point_m
    )
    shaped = np.flatnonzero(~is_point)
    if len(shaped):
        chance[shaped] = _inside_shapes(index, lonlat, pairs.take(shaped), doubt, question)
    return chance


def _inside_shapes(
    index: PlaceIndex,
    lonlat: tuple[Floats, Floats],
    pairs: Pairs,
    doubt: Doubt,
    question: Within,
) -> Floats:
    """Give the chance of each polygon, one normal of the mixture after the other."""
    certain = doubt.widest_m[pairs.site] == 0
    chance = np.where(certain & (pairs.distance_m <= question.shape_m), 1.0, 0.0)
    outlines = _outlines_for(index, question)
    for part in range(doubt.weights.shape[1]):
        weight, sigma = doubt.weights[pairs.site, part], doubt.sigmas_m[pairs.site, part]
        near = pairs.distance_m - question.shape_m < REACH_SIGMAS * sigma
        open_ = np.flatnonzero((weight > 0) & (sigma > 0) & near)
        site, shape = pairs.site[open_], index.shape_of[pairs.place[open_]]
        inside = outlines.chance_inside(lonlat[0][site], lonlat[1][site], shape, sigma[open_])
        chance[open_] += weight[open_] * inside
    return np.asarray(np.clip(chance, 0.0, 1.0))


def _outlines_for(index: PlaceIndex, question: Within) -> Outlines:
    return index.widened(question.shape_m) if question.shape_m > 0 else index.outlines


def _overlap(
    index: PlaceIndex,
    lonlat: tuple[Floats, Floats],
    pairs: Pairs,
    doubt: Doubt,
    asked: tuple[Within, npt.NDArray[np.bool_], Floats],
) -> Floats:
    question, crowded, chance = asked
    twice = np.zeros(len(doubt))
    # places whose surroundings meet no other's, and chances that sum to less than what is settled,
    # cannot overlap by more than that
    of_site = np.bincount(pairs.site, minlength=len(doubt))[pairs.site]
    meets = index.crowded(point_m=question.point_m, shape_m=question.shape_m)[pairs.place]
    kept = np.flatnonzero(crowded[pairs.site] & meets & (chance > _SETTLED / of_site))
    # sites are never split between blocks: an overlap needs all the places of its site
    sites, pair_counts = np.unique(pairs.site[kept], return_counts=True)
    block = np.cumsum(pair_counts) * RAYS // _STRETCHES
    for members in np.split(sites, np.flatnonzero(np.diff(block)) + 1) if len(sites) else ():
        ends = np.searchsorted(pairs.site[kept], [members[0], members[-1] + 1])
        part = kept[ends[0] : ends[1]]
        site, place = pairs.site[part], pairs.place[part]
        stretches = _stretches(index, lonlat, site, place, question)
        local = np.searchsorted(members, site)
        twice[members] = overlap_of(stretches, local, doubt.take(members))
    return twice


def _stretches(
    index: PlaceIndex,
    lonlat: tuple[Floats, Floats],
    site: Ints,
    place: Ints,
    question: Within,
) -> Stretches:
    lon, lat = lonlat[0][site], lonlat[1][site]
    point = np.flatnonzero(index.is_point[place])
    centres = to_ecef(*index.point_lonlat[place[point]].T)
    xy = LocalPlanes(lon, lat).xy(point, centres)
    stretches = disk_stretches(point, xy, question.point_m)
    shaped = np.flatnonzero(~index.is_point[place])
    if len(shaped):
        outlines, shape = _outlines_for(index, question), index.shape_of[place[shaped]]
        for part, edges in outlines.placed(lon[shaped], lat[shaped], shape):
            stretches = stretches.join(edge_stretches(shaped[part], edges))
    return stretches
