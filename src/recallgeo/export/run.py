"""What a run holds, from the recall to the plan."""

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd

    from recallgeo.exposure import Exposure
    from recallgeo.layers import Layer
    from recallgeo.ledger import Ledger
    from recallgeo.outreach import Plan
    from recallgeo.population import Population
    from recallgeo.recall import Recall
    from recallgeo.scoring import Ranking

__all__ = ["Run"]

_SHOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One incident, worked through; `write_run` puts it on disk.

    Parameters
    ----------
    recall : Recall
        The notice with its scopes.
    assets : DataFrame
        ASSETS, every unit of every register.
    scoped : DataFrame
        SCOPED, the verdict of every unit.
    located : GeoDataFrame
        LOCATED, the units that are affected or to check.
    unit_sites : DataFrame
        On the index of `located`: ``site_id`` and ``site_cause`` (placed, area_only, in_channel,
        nowhere).
    sites : GeoDataFrame
        SITES.
    exposure : Exposure
        What surrounds the sites.
    layers : sequence of Layer
        Sensitive places.
    population : Population
        The people.
    ranking : Ranking
        Tiers, scores, ranks, reasons.
    plan : Plan
        Waves, channels, questions.
    ledger : Ledger
        Rows and units, conserved.
    set_aside : DataFrame
        SET_ASIDE, bad rows and cells.
    quality : DataFrame
        Scorecard of the registers.
    parties : DataFrame
        PARTIES, empty where none were given.
    manifest : mapping
        ``incident`` (name, as_of, seed, mock, profile, recall), ``parameters``, ``versions``,
        ``inputs`` (name -> sha256), ``layers`` and ``population`` (provenance), ``reference``
        (name -> sha256) as plain data; `write_run` adds ``outputs``.
    near_misses : DataFrame
        Units just outside a scope, with the reason; never part of the counts.
    possible : GeoDataFrame, optional
        LOCATED, the other places of units that the registers put at two: ``x_of`` (the
        `asset_id` that is counted), ``site_id``, ``site_cause`` (possible_place) and, where
        known, ``channel_party``. Listed for those who go there; never part of the counts.
    """

    recall: "Recall"
    assets: pd.DataFrame
    scoped: pd.DataFrame
    located: "gpd.GeoDataFrame"
    unit_sites: pd.DataFrame
    sites: "gpd.GeoDataFrame"
    exposure: "Exposure"
    layers: "Sequence[Layer]"
    population: "Population"
    ranking: "Ranking"
    plan: "Plan"
    ledger: "Ledger"
    set_aside: pd.DataFrame
    quality: pd.DataFrame
    parties: pd.DataFrame
    near_misses: pd.DataFrame
    manifest: "Mapping[str, Any]"
    possible: "gpd.GeoDataFrame | None" = None

    def summary(self) -> str:
        """Say the run in a few lines: units by verdict, where they are, and the plan."""
        verdicts = self.ledger.balance("match_recall").parts
        places = self.ledger.balance("resolve_sites").parts
        incident = self.manifest["incident"]
        where = ", ".join(
            f"{name.replace('_', ' ')} {count:,}" for name, count in places.items() if count
        )
        units = ", ".join(f"{name.replace('_', ' ')} {n:,}" for name, n in verdicts.items())
        drill = "DRILL " if incident["mock"] else ""
        head = f"{drill}{incident['name']}, recall {self.recall.id}, as of {incident['as_of']}"
        return "\n".join([head, f"units: {units}", f"in scope: {where}", self.plan.summary()])

    def _repr_html_(self) -> str:
        """Show the summary and the first sites in a notebook; no network."""
        columns = ["rank", "tier", "wave", "due_on", "channel", "name", "city", "reason"]
        first = pd.DataFrame(self.plan.frame[columns]).head(_SHOWN)
        text = escape(self.summary()).replace("\n", "<br>")
        return f"<p>{text}</p>{first.to_html(border=0, na_rep='')}"
