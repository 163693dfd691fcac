"""The weighted sum: values of the criteria, what is dropped and why, contributions."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recallgeo.errors import PartialCoverageWarning, ScoringError
from recallgeo.scoring.columns import Floats
from recallgeo.scoring.measures import MEASURES, SiteMeasures
from recallgeo.scoring.model import ScoreModel
from recallgeo.scoring.tiers import check_names, numbers_of
from recallgeo.scoring.values import Criterion

__all__ = ["Dropped", "Weighed", "criterion_values", "weigh_sites"]

_UNIT = 1e14
"""Weighted sums are ordered in whole steps of 1e-14: beyond the noise of a sum, below meaning."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """A criterion that was left out of the score, and why.

    Parameters
    ----------
    criterion : str
        Its name.
    cause : {"no data", "same for all"}
        Neither changes the order of any two sites.
    words : str
        A sentence for the reader.
    """

    criterion: str
    cause: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """Weighted sums of some sites.

    Parameters
    ----------
    steps : array of int64
        The whole weighted sum in steps of 1e-14, missing values at the model's central value.
        A site's own columns alone decide it, so it orders sites whoever else is there.
    score : array
        The sum over the criteria that were kept, their weights adding to 1.
    contributions : mapping of str to array
        Share of each kept criterion in the score.
    values : mapping of str to array
        Value of each criterion with a weight, 0 to 1; NaN where the site has none.
    dropped : tuple of Dropped
        What was left out.
    """

    steps: npt.NDArray[np.int64]
    score: Floats
    contributions: Mapping[str, Floats]
    values: Mapping[str, Floats]
    dropped: tuple[Dropped, ...]


def criterion_values(sites: SiteMeasures, criterion: Criterion) -> Floats:
    """Give the value of a criterion for each site; NaN where it has none."""
    if criterion.is_text:
        if criterion.column not in sites.columns.frame.columns:
            return np.full(sites.rows, np.nan)
        codes, words = sites.columns.words(criterion.column)
        return np.append(criterion.value_of_words(words), np.nan)[codes]
    return criterion.value(numbers_of(sites, criterion.column).likely)


def weigh_sites(sites: SiteMeasures, model: ScoreModel) -> Weighed:
    """Weigh the criteria of each site.

    Parameters
    ----------
    sites : SiteMeasures
        The sites.
    model : ScoreModel
        Criteria and weights.

    Returns
    -------
    Weighed
        On the rows of `sites`.

    Raises
    ------
    ScoringError
        If a column is unknown, or no criterion has data at any site.
    """
    active = [criterion for criterion in model.criteria if criterion.weight > 0]
    check_names(sites, [(f"criterion {one.name!r}", one.column) for one in active])
    values = {one.name: criterion_values(sites, one) for one in active}
    central = {one.name: _central(values[one.name], one) for one in active}
    weights = model.weights
    whole = sum((weights[name] * value for name, value in central.items()), np.zeros(sites.rows))
    steps = np.rint(whole * _UNIT).astype(np.int64)
    dropped = _dropped(sites, active, values, central)
    kept = [one.name for one in active if one.name not in {each.criterion for each in dropped}]
    share = sum(weights[name] for name in kept)
    rest = sum(
        (weights[each.criterion] * central[each.criterion] for each in dropped),
        np.zeros(sites.rows),
    )
    # from the steps, so that equal steps are equal scores and the order is the score's order
    score = np.maximum((steps / _UNIT - rest) / share, 0.0) if kept else whole
    return Weighed(
        steps=steps,
        score=score,
        contributions={name: weights[name] / share * central[name] for name in kept},
        values=values,
        dropped=dropped,
    )


def _central(values: Floats, criterion: Criterion) -> Floats:
    missing = np.isnan(values)
    return np.where(missing, criterion.missing, values) if missing.any() else values


def _dropped(
    sites: SiteMeasures,
    active: list[Criterion],
    values: Mapping[str, Floats],
    central: Mapping[str, Floats],
) -> tuple[Dropped, ...]:
    if not sites.rows:
        return ()
    empty = [one for one in active if np.isnan(values[one.name]).all()]
    if len(empty) == len(active):
        columns = ", ".join(f"{one.name} needs {one.column}" for one in active)
        message = (
            f"no site has data for any criterion ({columns}); "
            "measure the exposure first, or give a model over the columns that are there"
        )
        raise ScoringError(message)
    same = [one for one in active if one not in empty and np.ptp(central[one.name]) == 0]
    if len(same) + len(empty) == len(active):
        same = []  # nothing tells the sites apart: keep what is known, so that it can be shown
    _warn_of_gaps(empty)
    no_data = [Dropped(one.name, "no data", _no_data_words(one)) for one in empty]
    constant = [
        Dropped(one.name, "same for all", f"{one.label or one.name} is the same at every site")
        for one in same
    ]
    return (*no_data, *constant)


def _no_data_words(criterion: Criterion) -> str:
    what = "measure" if criterion.column in MEASURES else "column"
    name = criterion.label or criterion.name
    return f"{name} is known at no site ({what} {criterion.column})"


def _warn_of_gaps(empty: list[Criterion]) -> None:
    if not empty:
        return
    names = ", ".join(f"{one.name} (from {one.column})" for one in empty)
    message = (
        f"criteria without data at any site were dropped: {names}; the other weights were "
        "scaled up. Give a layer, a population or the column to bring them back"
    )
    warnings.warn(message, PartialCoverageWarning, stacklevel=4)
