"""A ranking: the table in order, what made it, and how to ask why."""

from dataclasses import dataclass
from html import escape

import pandas as pd

from recallgeo.scoring.baselines import compare_baselines
from recallgeo.scoring.model import ScoreModel
from recallgeo.scoring.weighing import Dropped

__all__ = ["Ranking"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """Sites in the order in which they are in danger.

    Parameters
    ----------
    frame : DataFrame
        RANKED, placed sites by rank, then sites without a point by tier and score.
    contributions : DataFrame
        On the index of `frame`: the share of each criterion in the score; they sum to it.
    model : ScoreModel
        What weighed them.
    dropped : tuple of Dropped
        Criteria left out, each with its cause.
    notes : tuple of str
        What the reader must know: kinds that no layer holds, rules that no site meets.
    draws : int
        Draws behind the rank interval; 0 where none were made.
    top_k : int
        The k of ``prob_top_k``.
    """

    frame: pd.DataFrame
    contributions: pd.DataFrame
    model: ScoreModel
    dropped: tuple[Dropped, ...] = ()
    notes: tuple[str, ...] = ()
    draws: int = 0
    top_k: int = 50

    @property
    def baselines(self) -> pd.DataFrame:
        """Share of harm in the first contacts, beside two baselines and the best order.

        See `recallgeo.scoring.compare_baselines`.
        """
        return compare_baselines(self.frame)

    def summary(self) -> str:
        """Give the ranking in a few lines.

        Returns
        -------
        str
            Sites by tier, what was dropped, notes.
        """
        tiers = self.frame["tier"].value_counts()
        unplaced = int(self.frame["rank"].isna().sum())
        lines = [
            f"{len(self.frame):,} sites ranked by model {self.model.name}, {unplaced:,} by area"
        ]
        lines += [
            f"  tier {tier.number}: {tiers.get(tier.number, 0):,} sites, {tier.label}"
            for tier in self.model.tiers
        ]
        raised = int((self.frame["tier_worst"] < self.frame["tier"]).sum())
        lines.append(f"  {raised:,} sites may belong to a more urgent tier: verify first")
        lines += [f"  left out of the score: {each.words}" for each in self.dropped]
        lines += [f"  {note}" for note in self.notes]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return f"<pre>{escape(self.summary())}</pre>"

    def explain(self, site_id: str, *, units: pd.DataFrame | None = None) -> str:
        """Say in plain words why a site stands where it stands, and where its data came from.

        Parameters
        ----------
        site_id : str
            A label of `frame`.
        units : DataFrame, optional
            Units with ``site_id``, ``source_file`` and ``source_row``: the way back to the files.

        Returns
        -------
        str
            Rank and interval, reason, the rule of its tier, contributions, what was missing.

        Raises
        ------
        ScoringError
            If there is no such site; the message holds the nearest known one.
        """
        from recallgeo.scoring.explaining import explain_site

        return explain_site(self, site_id, units=units)
