"""One site explained: rank, reason, tier rule, contributions, what was missing, the way back."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from recallgeo.errors import ScoringError, nearest_name
from recallgeo.scoring.measures import MEASURES, SiteMeasures
from recallgeo.scoring.rules import comparisons_of
from recallgeo.scoring.tiers import chance_of_tier, numbers_of
from recallgeo.scoring.weighing import criterion_values

if TYPE_CHECKING:
    from recallgeo.scoring.ranking import Ranking

__all__ = ["explain_site"]

_ROWS_SHOWN = 10


def explain_site(ranking: "Ranking", site_id: str, *, units: pd.DataFrame | None = None) -> str:
    """Explain one site of a ranking; see `Ranking.explain`."""
    if site_id not in ranking.frame.index:
        message = f"no site {site_id!r}; {nearest_name(site_id, map(str, ranking.frame.index))}"
        raise ScoringError(message)
    row = ranking.frame.loc[[site_id]].iloc[0]
    sites = SiteMeasures.of(ranking.frame.loc[[site_id]])
    lines = [_headline(ranking, row), str(row["reason"]), *_tier_lines(ranking, row, sites)]
    lines += _contribution_lines(ranking, site_id, sites)
    lines += [f"Left out of the score: {each.words}." for each in ranking.dropped]
    if units is not None:
        lines += _source_lines(units, site_id)
    return "\n".join(line for line in lines if line)


def _headline(ranking: "Ranking", row: pd.Series) -> str:
    placed = int(ranking.frame["rank"].notna().sum())
    ties = int((ranking.frame["tie_group"] == row["tie_group"]).sum())
    tied = f", tied with {ties - 1} more (ties go by site id)" if ties > 1 else ""
    if pd.isna(row["rank"]):
        return f"{row.name}: no rank, since it has no point; tier {row['tier']}{tied}"
    text = f"{row.name}: rank {row['rank']} of {placed}"
    if pd.notna(row["rank_best"]):
        text += f" ({row['rank_best']} to {row['rank_worst']} in 90 % of {ranking.draws} draws of "
        text += f"{row['interval_from']}; first {ranking.top_k} in {row['prob_top_k']:.0%})"
    return text + tied


def _tier_lines(ranking: "Ranking", row: pd.Series, sites: SiteMeasures) -> list[str]:
    tier = ranking.model.tiers[int(row["tier"])]
    lines = [f"Tier {tier.number}: {tier.label} [{tier.parsed}]; source: {tier.source}"]
    if row["tier_worst"] < row["tier"]:
        worst = ranking.model.tiers[int(row["tier_worst"])]
        chance = float(chance_of_tier(sites, worst)[0])
        lines.append(
            f"Tier {worst.number} cannot be ruled out ({worst.label}) [{worst.parsed}], "
            f"chance about {chance:.2f}"
        )
    named = {c.name for each in ranking.model.tiers for c in comparisons_of(each.parsed)}
    for name in sorted(named & set(MEASURES)):
        measure = numbers_of(sites, name)
        likely, high = float(measure.likely[0]), float(measure.high[0])
        at_worst = f", at worst {high:g}" if not np.isclose(likely, high, equal_nan=True) else ""
        shown = "not known" if np.isnan(likely) else f"{likely:.3g}"
        lines.append(f"  {name} = {shown}{at_worst}")
    return lines


def _contribution_lines(ranking: "Ranking", site_id: str, sites: SiteMeasures) -> list[str]:
    shares = ranking.contributions.loc[[site_id]].iloc[0]
    score = ranking.frame.loc[[site_id], "score"].iloc[0]
    lines = [f"Score {float(score):.4f}, the sum of:"]
    weights = ranking.model.weights
    kept = sum(weights[name] for name in shares.index)
    for criterion in ranking.model.criteria:
        if criterion.name not in shares.index:
            continue
        value = float(criterion_values(sites, criterion)[0])
        missing = np.isnan(value)
        shown = f"not known, taken as {criterion.missing:g}" if missing else f"{value:.3f}"
        lines.append(
            f"  {shares[criterion.name]:.4f}  {criterion.label or criterion.name}: "
            f"{shown} x weight {weights[criterion.name] / kept:.3f}; {criterion.source}"
        )
    return lines


def _source_lines(units: pd.DataFrame, site_id: str) -> list[str]:
    """Give the files and lines of the site's units."""
    own = units[units["site_id"] == site_id]
    lines = [f"{len(own)} rows of registers stand behind it:"]
    for asset_id, unit in own.sort_index().head(_ROWS_SHOWN).iterrows():
        lines.append(f"  {asset_id}: {unit['source_file']}, line {unit['source_row']}")
    more = len(own) - _ROWS_SHOWN
    return [*lines, f"  and {more} more"] if more > 0 else lines
