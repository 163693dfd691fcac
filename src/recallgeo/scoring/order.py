"""The straight line from EXPOSED to RANKED."""

import warnings
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from recallgeo.errors import PartialCoverageWarning, ScoringError
from recallgeo.frames import EXPOSED, RANKED
from recallgeo.philox import key_of
from recallgeo.scoring.intervals import Measured, PlaceDraws, RankIntervals, draw_intervals
from recallgeo.scoring.measures import SiteMeasures
from recallgeo.scoring.model import ScoreModel
from recallgeo.scoring.ranking import Ranking
from recallgeo.scoring.reasons import write_reasons
from recallgeo.scoring.tiers import Tiers, absent_kinds, assign_tiers
from recallgeo.scoring.weighing import Weighed, weigh_sites

__all__ = ["rank_sites"]

_TIER_STEPS = 2 * 10**14  # more than any weighted sum in steps of 1e-14
_OURS = set(RANKED.names) - set(EXPOSED.names)


def rank_sites(
    exposure_or_frame: Measured | pd.DataFrame,
    model: ScoreModel,
    *,
    rng: np.random.Generator | None = None,
    draws: int = 0,
    top_k: int = 50,
    reasons: bool = True,
) -> Ranking:
    """Put the affected sites in the order in which people are in danger.

    Tiers first, then the weighted sum, then ``site_id``. The order of two sites depends on their
    own columns and the model alone, never on who else is in the table.

    Parameters
    ----------
    exposure_or_frame : Exposure or DataFrame
        Exposure, or a bare EXPOSED table; of a bare table the place cannot be drawn.
    model : ScoreModel
        Tiers, criteria and weights.
    rng : Generator, optional
        Gives one 64-bit key for the draws; needed where `draws` is above 0.
    draws : int, default 0
        Joint draws for the rank interval; 0 leaves it missing.
    top_k : int, default 50
        The k of ``prob_top_k``.
    reasons : bool, default True
        Whether to write the reasons; without them the column holds empty text.

    Returns
    -------
    Ranking
        ``frame`` holds RANKED: sites with a point by rank, then those without, whose rank is
        missing, by tier and score. ``score`` is comparable within a table. Empty in, empty out.

    Raises
    ------
    SchemaError, CRSError
        If the table is not EXPOSED.
    ScoringError
        If a column or hazard is unknown, no criterion has data, or draws have no `rng`.

    Warns
    -----
    PartialCoverageWarning
        If a criterion has no data at any site; it is dropped and stands in ``dropped``.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from recallgeo.frames import EXPOSED
    >>> sites = EXPOSED.conform(gpd.GeoDataFrame(
    ...     {"affected_units": [3, 5], "check_units": [0, 0], "hazard": "fire",
    ...      "premises_kind": ["hospital", None], "support_status": "active",
    ...      "contact_route": ["direct", "none"], "uncertainty_m": 10.0, "density_km2": 500.0,
    ...      "school_on_site_prob": 0.0, "school_within_50_prob": 0.0,
    ...      "school_within_250_prob": [0.0, 1.0], "school_nearest_m": [900.0, 80.0],
    ...      "data_centre_on_site_prob": [0.0, 0.0]},
    ...     geometry=gpd.points_from_xy([0, 1], [0, 0]), crs=4326,
    ...     index=pd.Index(["s1", "s2"])))
    >>> ranking = rank_sites(sites, ScoreModel.preset("default"))
    >>> ranking.frame[["rank", "tier"]].values.tolist()
    [[1, 1], [2, 3]]
    >>> ranking.frame["reason"]["s1"]
    "Tier 1: 3 affected units that can catch fire; the customer's premises are a hospital; ..."
    """
    source = exposure_or_frame
    frame = source if isinstance(source, pd.DataFrame) else source.frame
    key = _check_call(frame, rng=rng, draws=draws, top_k=top_k)
    sites = SiteMeasures.of(frame)
    tiers = assign_tiers(sites, model)
    weighed = weigh_sites(sites, model)
    order = _order(frame.index, tiers[0], weighed.steps, sites.has_point)
    placed = int(sites.has_point.sum())
    ranked = _table(frame, order, tiers, weighed, placed)
    if draws and key is not None:
        places = None if isinstance(source, pd.DataFrame) else _draw_places(source, key, draws)
        intervals = draw_intervals(
            ranked.iloc[:placed], model, places=places, key=key, draws=draws, top_k=top_k
        )
        ranked = _with_intervals(ranked, intervals)
    if reasons:
        ranked["reason"] = write_reasons(ranked)
    contributions = pd.DataFrame(
        {name: values[order.rows] for name, values in weighed.contributions.items()},
        index=ranked.index,
    )
    return Ranking(
        frame=ranked,
        contributions=contributions,
        model=model,
        dropped=weighed.dropped,
        notes=_notes(sites, model, tiers[0]),
        draws=draws,
        top_k=top_k,
    )


def _check_call(
    frame: pd.DataFrame, *, rng: np.random.Generator | None, draws: int, top_k: int
) -> int | None:
    """Check the arguments and give the key of the draws."""
    EXPOSED.validate(frame)
    if draws < 0 or top_k < 1:
        message = f"draws is {draws} and top_k is {top_k}; expected 0 or more, and 1 or more"
        raise ScoringError(message)
    if draws and rng is None:
        message = f"{draws} draws need chance: pass rng=numpy.random.default_rng(seed)"
        raise ScoringError(message)
    if not draws or rng is None:
        return None
    return key_of(rng)


def _draw_places(exposure: Measured, key: int, draws: int) -> PlaceDraws:
    return exposure.draw(np.random.Generator(np.random.Philox(key=(key + 1) % 2**64)), draws)


def _order(
    ids: pd.Index, tiers: Tiers, steps: npt.NDArray[np.int64], has_point: npt.NDArray[np.bool_]
) -> "_Order":
    """Sort by point, tier and weighted sum, ties by id."""
    key = tiers * np.int64(_TIER_STEPS) - steps
    key[~has_point] += np.int64(100 * _TIER_STEPS)
    rows = np.argsort(key, kind="stable")
    ordered = key[rows]
    same = ordered[1:] == ordered[:-1]
    tied = np.zeros(len(rows), dtype=bool)
    tied[1:] |= same
    tied[:-1] |= same
    at = np.flatnonzero(tied)
    if len(at):
        by_id, _ = pd.factorize(ids[rows[at]], sort=True)
        rows[at] = rows[at][np.lexsort((by_id, ordered[at]))]
    groups = np.cumsum(np.append(True, ~same)[: len(rows)])
    return _Order(rows, groups)


@dataclass(frozen=True, slots=True)
class _Order:
    """Rows in order, and the tie group of each place in it."""

    rows: npt.NDArray[np.intp]
    groups: npt.NDArray[np.int64]


def _table(
    frame: pd.DataFrame,
    order: _Order,
    tiers: tuple[Tiers, Tiers],
    weighed: Weighed,
    placed: int,
) -> pd.DataFrame:
    """Give RANKED without intervals and reasons, in order."""
    rows = order.rows
    own = [name for name in frame.columns if name in _OURS or name.startswith("contribution_")]
    rank = np.arange(1, len(rows) + 1)
    added: dict[str, object] = {
        "tier": pd.array(tiers[0][rows], dtype="Int64"),
        "tier_worst": pd.array(tiers[1][rows], dtype="Int64"),
        "score": weighed.score[rows],
        "rank": pd.arrays.IntegerArray(rank, rank > placed),
        "rank_best": _no_ranks(len(rows)),
        "rank_worst": _no_ranks(len(rows)),
        "prob_top_k": np.full(len(rows), np.nan),
        "interval_from": _same_word("not drawn", len(rows)),
        "tie_group": pd.array(order.groups, dtype="Int64"),
        "reason": _same_word("", len(rows)),
    }
    for name, share in weighed.contributions.items():
        added[f"contribution_{name}"] = share[rows]
    base = frame.drop(columns=own).iloc[rows]
    return pd.concat([base, pd.DataFrame(added, index=base.index)], axis=1)


def _unmeasured(sites: SiteMeasures) -> list[str]:
    """Warn of radii that a hazard needs and no column has."""
    columns = set(sites.columns.frame.columns)
    radii = sorted({*sites.harm_rows, *sites.context_rows})
    lacking = [
        radius
        for radius in radii
        if not columns & {f"{kind}_within_{radius}_prob" for kind in sites.kinds}
    ]
    if not lacking or not sites.kinds:
        return []
    shown = ", ".join(map(str, lacking))
    message = f"places within {shown} m were not measured; pass them to measure_exposure(radii_m=)"
    warnings.warn(message, PartialCoverageWarning, stacklevel=4)
    return [message]


def _no_ranks(rows: int) -> pd.arrays.IntegerArray:
    return pd.arrays.IntegerArray(np.zeros(rows, dtype=np.int64), np.ones(rows, dtype=bool))


def _same_word(word: str, rows: int) -> pd.api.extensions.ExtensionArray:
    return pd.array([word], dtype="str").take(np.zeros(rows, dtype=np.intp))


def _with_intervals(ranked: pd.DataFrame, intervals: RankIntervals) -> pd.DataFrame:
    """Give the table with the intervals of the placed sites, which come first."""
    rest = len(ranked) - len(intervals.best)
    hidden = np.arange(len(ranked)) >= len(intervals.best)

    def whole(values: npt.NDArray[np.int32]) -> pd.arrays.IntegerArray:
        return pd.arrays.IntegerArray(np.pad(values.astype(np.int64), (0, rest)), hidden)

    basis = [*intervals.basis, *["not drawn: no point"] * rest]
    chance = np.pad(intervals.prob_top_k, (0, rest), constant_values=np.nan)
    return ranked.assign(
        rank_best=whole(intervals.best),
        rank_worst=whole(intervals.worst),
        prob_top_k=chance,
        interval_from=pd.array(basis, dtype="str"),
    )


def _notes(sites: SiteMeasures, model: ScoreModel, tiers: Tiers) -> tuple[str, ...]:
    """Say what no layer holds, which radii were not measured, and which tiers are empty."""
    notes = _unmeasured(sites)
    absent = absent_kinds(sites)
    if absent:
        notes.append("no layer holds: " + ", ".join(absent) + "; near them is not known")
    strange = [kind for kind in sites.kinds if kind not in sites.taxonomy]
    if strange:
        notes.append("not in the taxonomy, taken as vulnerable: " + ", ".join(strange))
    counts = np.bincount(tiers, minlength=len(model.tiers))
    notes += [
        f"no site is in tier {tier.number} ({tier.label})"
        for tier in model.tiers
        if sites.rows and not counts[tier.number]
    ]
    return tuple(notes)
