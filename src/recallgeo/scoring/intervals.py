"""Rank intervals: joint draws of place, missing values, units to check, and weights."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from recallgeo.philox import Words, hash_ids, uniform
from recallgeo.scoring.columns import Floats
from recallgeo.scoring.measures import SiteMeasures
from recallgeo.scoring.model import ScoreModel
from recallgeo.scoring.tiers import Tiers, likely_tiers
from recallgeo.scoring.weighing import criterion_values

__all__ = ["Measured", "PlaceDraws", "RankIntervals", "draw_intervals"]

_TIER_STEP = 2.0  # a score is at most 1, so tiers never mix
_BLOCK = 50_000
_FIRST, _LAST = 0.05, 0.95
_CHECK_STREAM = 1 << 16  # beyond the number of any criterion

Ranks = npt.NDArray[np.int32]


class PlaceDraws(Protocol):
    """Drawn columns of the sites whose place is uncertain, as `Exposure.draw` gives them."""

    @property
    def index(self) -> pd.Index:
        """Sites that were drawn."""

    @property
    def columns(self) -> Mapping[str, Floats]:
        """Column of EXPOSED -> array of sites x draws."""


class Measured(Protocol):
    """What `rank_sites` needs of an `Exposure`."""

    @property
    def frame(self) -> pd.DataFrame:
        """EXPOSED."""

    def draw(self, rng: np.random.Generator, draws: int) -> PlaceDraws:
        """Draw what surrounds the uncertain sites."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RankIntervals:
    """Rank interval of each site, in the order given.

    Parameters
    ----------
    best, worst : array of int
        Ranks that hold 90 % of the draws, and the site's own rank.
    prob_top_k : array
        Share of the draws in which the site is among the first k.
    basis : array of str
        What was drawn for the site: weights, missing values, units to check, place.
    """

    best: Ranks
    worst: Ranks
    prob_top_k: Floats
    basis: npt.NDArray[np.object_]


def draw_intervals(
    frame: pd.DataFrame,
    model: ScoreModel,
    *,
    places: PlaceDraws | None,
    key: int,
    draws: int,
    top_k: int,
) -> RankIntervals:
    """Rank the sites again under joint draws of all that is uncertain.

    Weights come from a Dirichlet of the model's concentration, missing values uniformly from the
    criterion's range, units to check uniformly from none to all, the place from `places`. What is
    drawn for a site depends on the key, its id and the number of the draw alone. Holds 4 bytes a
    site and draw.

    Parameters
    ----------
    frame : DataFrame
        EXPOSED, sites with a point, in rank order.
    model : ScoreModel
        Tiers, criteria and weights.
    places : PlaceDraws, optional
        Drawn surroundings; without them the place is not drawn and `basis` says so.
    key : int
        64 bits.
    draws : int
        How many, at least 1.
    top_k : int
        The k of the chance to be among the first k.

    Returns
    -------
    RankIntervals
        On the rows of `frame`.
    """
    redraw = _Redraw.of(frame, model, places=places, key=key)
    rng = np.random.Generator(np.random.Philox(key=key))
    shares = np.array([model.weights[name] for name in redraw.criteria])
    weights = rng.dirichlet(model.concentration * shares / shares.sum(), size=draws)
    ranks = np.empty((draws, len(frame)), dtype=np.int32)
    places_in_order = np.arange(1, len(frame) + 1, dtype=np.int32)
    for draw in range(draws):
        order = np.argsort(redraw.sort_key(draw, weights[draw]), kind="stable")
        ranks[draw, order] = places_in_order
    best, worst = _quantiles(ranks)
    return RankIntervals(
        best=np.minimum(best, places_in_order),
        worst=np.maximum(worst, places_in_order),
        prob_top_k=np.mean(ranks <= top_k, axis=0),
        basis=redraw.basis(drawn=places is not None),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Redraw:
    """What stays the same over the draws, and which rows do not."""

    model: ScoreModel
    key: int
    labels: Words
    criteria: dict[str, Floats]
    tiers: Tiers
    rows: npt.NDArray[np.intp]
    part: SiteMeasures
    base: dict[str, Floats]
    placed: npt.NDArray[np.intp]
    places: PlaceDraws | None

    @classmethod
    def of(
        cls, frame: pd.DataFrame, model: ScoreModel, *, places: PlaceDraws | None, key: int
    ) -> "_Redraw":
        sites = SiteMeasures.of(frame)
        active = [one for one in model.criteria if one.weight > 0]
        values = {one.name: criterion_values(sites, one) for one in active}
        values = {name: value for name, value in values.items() if not np.isnan(value).all()}
        check = sites.columns.numbers("check_units")
        uncertain = np.zeros(len(frame), dtype=bool) if check is None else check > 0
        placed = np.empty(0, dtype=np.intp)
        if places is not None:
            placed = frame.index.get_indexer(places.index)
            uncertain[placed[placed >= 0]] = True
        rows = np.flatnonzero(uncertain)
        part = SiteMeasures.of(frame.iloc[rows])
        names = ["check_units", *(places.columns if places is not None else ())]
        base = {name: part.columns.numbers(name) for name in names}
        return cls(
            model=model,
            key=key,
            labels=hash_ids(frame.index),
            criteria=values,
            tiers=likely_tiers(sites, model),
            rows=rows,
            part=part,
            base={name: column for name, column in base.items() if column is not None},
            placed=placed,
            places=places,
        )

    def sort_key(self, draw: int, weights: Floats) -> Floats:
        """Give the number by which the sites of one draw are sorted, the first the least."""
        tiers = self.tiers
        values = dict(self.criteria)
        if len(self.rows):
            part = self.part.with_drawn(self._drawn(draw))
            tiers = tiers.copy()
            tiers[self.rows] = likely_tiers(part, self.model)
            values |= {name: self._patched(name, part) for name in values}
        score = np.zeros(len(tiers))
        for weight, name in zip(weights, values, strict=True):
            score += weight * self._filled(name, values[name], draw)
        return tiers * _TIER_STEP - score

    def _drawn(self, draw: int) -> dict[str, Floats]:
        drawn = {name: column.copy() for name, column in self.base.items()}
        check = drawn.get("check_units")
        if check is not None:
            chance = uniform(self.key, self.labels[self.rows], stream=_CHECK_STREAM, draw=draw)
            drawn["check_units"] = np.floor(chance * (check + 1.0))
        if self.places is not None:
            known = self.placed >= 0
            at = np.searchsorted(self.rows, self.placed[known])
            for name, column in self.places.columns.items():
                if name in drawn:
                    drawn[name][at] = column[known, draw]
        return drawn

    def _patched(self, name: str, part: SiteMeasures) -> Floats:
        criterion = next(one for one in self.model.criteria if one.name == name)
        if criterion.is_text:
            return self.criteria[name]
        value = self.criteria[name].copy()
        value[self.rows] = criterion_values(part, criterion)
        return value

    def _filled(self, name: str, value: Floats, draw: int) -> Floats:
        missing = np.flatnonzero(np.isnan(value))
        if not len(missing):
            return value
        stream = [one.name for one in self.model.criteria].index(name)
        low, high = self.model.criteria[stream].missing_range
        chance = uniform(self.key, self.labels[missing], stream=stream, draw=draw)
        filled = value.copy()
        filled[missing] = low + (high - low) * chance
        return filled

    def basis(self, *, drawn: bool) -> npt.NDArray[np.object_]:
        """Say for each site what was drawn."""
        unknown = np.zeros(len(self.tiers), dtype=bool)
        for value in self.criteria.values():
            unknown |= np.isnan(value)
        check = self.base.get("check_units")
        to_check = np.zeros(len(unknown), dtype=bool)
        if check is not None:
            to_check[self.rows] = check > 0
        by_place = np.zeros(len(unknown), dtype=bool)
        by_place[self.placed[self.placed >= 0]] = True
        code = unknown.astype(int) + 2 * to_check + 4 * by_place
        words = [_basis_words(at, drawn=drawn) for at in range(8)]
        result: npt.NDArray[np.object_] = np.array(words, dtype=object)[code]
        return result


def _basis_words(code: int, *, drawn: bool) -> str:
    parts = ["weights"]
    parts += [word for bit, word in _BASIS if code & bit]
    return ", ".join(parts) + ("" if drawn else "; place not drawn")


_BASIS = ((1, "missing values"), (2, "units to check"), (4, "place"))


def _quantiles(ranks: Ranks) -> tuple[Ranks, Ranks]:
    """Give the ranks at 5 and 95 %, rounded outwards to ranks that were drawn."""
    draws, sites = ranks.shape
    first, last = int(np.floor(_FIRST * (draws - 1))), int(np.ceil(_LAST * (draws - 1)))
    best, worst = np.empty(sites, dtype=np.int32), np.empty(sites, dtype=np.int32)
    for start in range(0, sites, _BLOCK):
        block = np.partition(ranks[:, start : start + _BLOCK], (first, last), axis=0)
        best[start : start + _BLOCK], worst[start : start + _BLOCK] = block[first], block[last]
    return best, worst
