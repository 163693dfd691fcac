"""Sensitive places around drawn places of sites: candidates once a site, distances each draw."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recallgeo.exposure.chances import Within
from recallgeo.exposure.doubt import Doubt
from recallgeo.exposure.measures import measure_chances, measure_counts
from recallgeo.exposure.place_index import TIE_M, Pairs, PlaceIndex
from recallgeo.geodesy import arc_from_chord, to_ecef

__all__ = ["DrawnPlaces", "DrawnQuestion", "measure_drawn"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]

_FEW = 64
_BLOCK = 400_000


@dataclass(frozen=True, slots=True)
class DrawnQuestion:
    """What is asked of each draw.

    Parameters
    ----------
    radii_m : sequence of float
        Radii to count within, metres.
    footprint_m : float
        Radius of the grounds of places known as points.
    limit_m : float
        Beyond it there is no nearest.
    """

    radii_m: Sequence[float]
    footprint_m: float
    limit_m: float

    @property
    def widest_m(self) -> float:
        """The widest radius that is asked for."""
        return float(max((*self.radii_m, self.footprint_m)))


@dataclass(frozen=True, slots=True)
class DrawnPlaces:
    """Answers for each site and draw.

    Parameters
    ----------
    nearest_m : float64 array, shape (sites, draws)
        NaN where nothing lies within the limit.
    on_site : float64 array, shape (sites, draws)
        1 on the grounds of a place, else 0.
    counts : float64 array, shape (sites, draws, radii)
        Places within each radius.
    """

    nearest_m: Floats
    on_site: Floats
    counts: Floats


def measure_drawn(
    index: PlaceIndex,
    placed: tuple[Floats, Floats],
    drawn: tuple[Floats, Floats],
    question: DrawnQuestion,
) -> DrawnPlaces:
    """Measure the places around drawn places.

    Parameters
    ----------
    index : PlaceIndex
        The places.
    placed : tuple of two float64 arrays
        Longitude and latitude of each site as placed.
    drawn : tuple of two float64 arrays, shape (sites, draws)
        Longitude and latitude of each draw.
    question : DrawnQuestion
        What is asked.

    Returns
    -------
    DrawnPlaces
        The same as asking the trees at every draw (``tests/exposure/test_drawing.py``); where a
        site has few places within its draws' reach they are measured one by one, which is quicker.
    """
    shape = drawn[0].shape
    result = DrawnPlaces(
        np.full(shape, np.nan), np.zeros(shape), np.zeros((*shape, len(question.radii_m)))
    )
    if not len(index) or not drawn[0].size:
        return result
    reach = _reach(index, placed, drawn, question)
    candidates = index.count_near(*placed, reach_m=reach)
    few = np.flatnonzero(candidates <= _FEW)
    step = max(1, _BLOCK // (shape[1] * max(_FEW, 1)))
    for start in range(0, len(few), step):
        rows = few[start : start + step]
        _fill_one_by_one(index, placed, drawn, (question, rows, reach[rows]), result)
    many = np.flatnonzero(candidates > _FEW)
    step = max(1, _BLOCK // shape[1])
    for start in range(0, len(many), step):
        _fill_by_trees(index, drawn, question, many[start : start + step], result)
    return result


def _reach(
    index: PlaceIndex,
    placed: tuple[Floats, Floats],
    drawn: tuple[Floats, Floats],
    question: DrawnQuestion,
) -> Floats:
    """Give how far from each site a place may lie that matters to any of its draws."""
    start = np.repeat(to_ecef(*placed), drawn[0].shape[1], axis=0)
    moved = arc_from_chord(start, to_ecef(drawn[0].ravel(), drawn[1].ravel()))
    farthest = moved.reshape(drawn[0].shape).max(axis=1)
    nearest, _ = index.nearest(*placed, limit_m=question.limit_m)
    # every draw has a place within nearest + farthest, so its own nearest is no farther
    nearest = np.fmin(nearest + farthest, question.limit_m)
    return np.asarray(np.maximum(nearest, question.widest_m) + farthest * (1 + 1e-6) + 2 * TIE_M)


def _fill_one_by_one(
    index: PlaceIndex,
    placed: tuple[Floats, Floats],
    drawn: tuple[Floats, Floats],
    asked: tuple[DrawnQuestion, Ints, Floats],
    result: DrawnPlaces,
) -> None:
    question, rows, reach = asked
    none = np.zeros(len(rows), dtype=bool)
    lon, lat = placed[0][rows], placed[1][rows]
    for part, pairs in index.blocks(lon, lat, reach_m=reach, exact=none):
        if not len(pairs.site):
            continue
        sites = rows[part]
        apart = _distances(index, pairs, (drawn[0][sites], drawn[1][sites]), question)
        starts = np.flatnonzero(np.diff(pairs.site, prepend=-1))
        at = sites[pairs.site[starts]]
        nearest = np.minimum.reduceat(apart, starts, axis=0)
        result.nearest_m[at] = np.where(nearest <= question.limit_m, nearest, np.nan)
        grounds = np.where(index.is_point[pairs.place], question.footprint_m, 0.0)
        on_site = np.logical_or.reduceat(apart <= grounds[:, None], starts, axis=0)
        result.on_site[at] = on_site
        for column, radius in enumerate(question.radii_m):
            near = (apart <= radius).astype(np.float64)
            result.counts[at, :, column] = np.add.reduceat(near, starts, axis=0)


def _distances(
    index: PlaceIndex, pairs: Pairs, drawn: tuple[Floats, Floats], question: DrawnQuestion
) -> Floats:
    """Give distances to 1 cm, pairs x draws; infinite where a polygon cannot matter."""
    draws = drawn[0].shape[1]
    lon, lat = drawn[0][pairs.site], drawn[1][pairs.site]
    ecef = to_ecef(drawn[0].ravel(), drawn[1].ravel()).reshape(*drawn[0].shape, 3)
    flat = ecef[pairs.site].reshape(-1, 3)
    middle = np.repeat(index.middle_ecef[pairs.place], draws, axis=0)
    apart = arc_from_chord(flat, middle).reshape(-1, draws)
    shaped = np.flatnonzero(~index.is_point[pairs.place])
    if len(shaped):
        starts = np.flatnonzero(np.diff(pairs.site, prepend=-1))
        bound = np.minimum.reduceat(apart, starts, axis=0)
        group = np.cumsum(np.diff(pairs.site, prepend=-1) != 0) - 1
        shape = index.shape_of[pairs.place[shaped]]
        least = apart[shaped] * (1 - 1e-6) - index.outlines.reach_m[shape][:, None]
        open_ = least <= np.maximum(bound[group[shaped]], question.widest_m) + TIE_M
        pair, draw = np.nonzero(open_)
        x, y = lon[shaped[pair], draw], lat[shaped[pair], draw]
        exact = np.full(open_.shape, np.inf)
        exact[pair, draw] = index.outlines.distance_m(x, y, shape[pair])
        apart[shaped] = exact
    return np.asarray(np.round(apart, 2))


def _fill_by_trees(
    index: PlaceIndex,
    drawn: tuple[Floats, Floats],
    question: DrawnQuestion,
    rows: Ints,
    result: DrawnPlaces,
) -> None:
    lon, lat = drawn[0][rows].ravel(), drawn[1][rows].ravel()
    shape = (len(rows), drawn[0].shape[1])
    nearest, _ = index.nearest(lon, lat, limit_m=question.limit_m)
    result.nearest_m[rows] = nearest.reshape(shape)
    certain = Doubt(np.ones((len(lon), 1)), np.zeros((len(lon), 1)))
    grounds = Within(point_m=question.footprint_m, shape_m=0.0)
    on_site, _ = measure_chances(index, lon, lat, certain, questions=[grounds])
    result.on_site[rows] = on_site.reshape(shape)
    counts = measure_counts(index, lon, lat, radii_m=question.radii_m)
    result.counts[rows] = counts.reshape(*shape, len(question.radii_m))
