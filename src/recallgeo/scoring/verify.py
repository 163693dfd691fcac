"""What to check first: the addresses and serials whose answer would change the most."""

import numpy as np
import pandas as pd

from recallgeo.scoring.measures import SiteMeasures
from recallgeo.scoring.ranking import Ranking
from recallgeo.scoring.tiers import chance_of_tier

__all__ = ["verify_first"]


def verify_first(ranking: Ranking) -> pd.DataFrame:
    """List the sites that are worth a question, by what the answer would change.

    First those that may belong to a more urgent tier: by that tier, then by chance x units. Then
    those with units to check, by tier and by severity x units to check. Ties go by ``site_id``.

    Parameters
    ----------
    ranking : Ranking
        As `rank_sites` gives it.

    Returns
    -------
    DataFrame
        Index ``site_id``; ``check`` (address, serials, or both), ``tier``, ``tier_worst``,
        ``chance`` (of the worse tier; missing where the tier is sure), ``units`` (affected and to
        check), ``check_units``, ``gain`` (what the order rests on) and ``why``.

    Examples
    --------
    >>> from recallgeo.frames import EXPOSED
    >>> from recallgeo.scoring import ScoreModel, rank_sites
    >>> verify_first(rank_sites(EXPOSED.empty(), ScoreModel.preset())).columns.tolist()[:3]
    ['check', 'tier', 'tier_worst']
    """
    frame = ranking.frame
    sites = SiteMeasures.of(frame)
    tier = frame["tier"].to_numpy(dtype=np.int64)
    worst = frame["tier_worst"].to_numpy(dtype=np.int64)
    units = np.nan_to_num(sites["units"].likely, nan=1.0)
    to_check = frame["check_units"].fillna(0).to_numpy(dtype=np.float64)
    chance = np.full(len(frame), np.nan)
    for each in ranking.model.tiers:
        rows = np.flatnonzero((worst == each.number) & (worst < tier))
        if len(rows):
            chance[rows] = chance_of_tier(sites, each)[rows]
    raised = worst < tier
    severity = np.nan_to_num(sites["severity"].likely, nan=1.0)
    gain = np.where(raised, np.nan_to_num(chance) * units, severity * to_check)
    table = pd.DataFrame(
        {
            "check": pd.array(_what(raised, to_check > 0), dtype="str"),
            "tier": frame["tier"],
            "tier_worst": frame["tier_worst"],
            "chance": np.round(chance, 4),
            "units": pd.array(units.astype(np.int64), dtype="Int64"),
            "check_units": pd.array(to_check.astype(np.int64), dtype="Int64"),
            "gain": np.round(gain, 6),
            "why": pd.array(_why(ranking, raised, worst, to_check), dtype="str"),
        },
        index=frame.index,
    )
    by_id, _ = pd.factorize(frame.index, sort=True)
    order = np.lexsort((by_id, -table["gain"].to_numpy(), worst, ~raised))
    asked = raised | (to_check > 0)
    return table.iloc[order[asked[order]]]


def _what(raised: np.ndarray, serials: np.ndarray) -> np.ndarray:
    both = np.where(raised & serials, "address; serials", np.where(raised, "address", "serials"))
    return both.astype(object)


def _why(
    ranking: Ranking, raised: np.ndarray, worst: np.ndarray, to_check: np.ndarray
) -> np.ndarray:
    """Say what the answer would settle."""
    labels = np.array([tier.label for tier in ranking.model.tiers], dtype=object)
    numbers = np.array([str(tier.number) for tier in ranking.model.tiers], dtype=object)
    place = "may be tier " + numbers[worst] + ": " + labels[worst]
    counts, codes = np.unique(to_check, return_inverse=True)
    pieces = [f"{n:,.0f} unit{'s' if n != 1 else ''} to check" if n else "" for n in counts]
    serials = np.array(pieces or [""], dtype=object)[codes]
    joined = np.where(raised & (to_check > 0), place + "; " + serials, place)
    return np.where(raised, joined, serials)
