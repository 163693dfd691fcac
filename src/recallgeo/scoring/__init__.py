"""Scoring: an order of the affected sites that can be defended, with its reasons."""

from recallgeo.scoring.baselines import compare_baselines, harm_index
from recallgeo.scoring.comparing import compare_rankings
from recallgeo.scoring.intervals import Measured, PlaceDraws
from recallgeo.scoring.measures import MEASURES
from recallgeo.scoring.model import ScoreModel, Tier
from recallgeo.scoring.order import rank_sites
from recallgeo.scoring.ranking import Ranking
from recallgeo.scoring.rules import parse_rule
from recallgeo.scoring.values import Criterion
from recallgeo.scoring.verify import verify_first
from recallgeo.scoring.weighing import Dropped

__all__ = [
    "MEASURES",
    "Criterion",
    "Dropped",
    "Measured",
    "PlaceDraws",
    "Ranking",
    "ScoreModel",
    "Tier",
    "compare_baselines",
    "compare_rankings",
    "harm_index",
    "parse_rule",
    "rank_sites",
    "verify_first",
]
