"""Tiers as an interval: at the likely place, and at the worst that may be true."""

from collections.abc import Callable, Iterable

import numpy as np
import numpy.typing as npt

from recallgeo.errors import ScoringError, nearest_name
from recallgeo.frames import EXPOSED
from recallgeo.scoring.columns import Bools, Floats
from recallgeo.scoring.measures import MEASURES, Measure, SiteMeasures
from recallgeo.scoring.model import ScoreModel, Tier
from recallgeo.scoring.rules import Comparison, comparisons_of, evaluate_rule

__all__ = ["assign_tiers", "chance_of_tier", "check_names", "numbers_of"]

Tiers = npt.NDArray[np.int8]
_HALF = 0.5


def check_names(sites: SiteMeasures, names: Iterable[tuple[str, str]]) -> None:
    """Refuse names that are neither a measure nor a column.

    Parameters
    ----------
    sites : SiteMeasures
        The sites.
    names : iterable of (where, name)
        Such as ``("criterion 'units'", "units")``.

    Raises
    ------
    ScoringError
        With a line for each unknown name and the nearest known one.
    """
    columns = sites.columns.frame.columns
    known = [*MEASURES, *EXPOSED.names, *map(str, columns)]
    faults = [
        f"{where}: {name!r} is neither a measure nor a column; {nearest_name(name, known)}"
        for where, name in names
        if name not in MEASURES and name not in columns and EXPOSED.column(name) is None
    ]
    if faults:
        raise ScoringError("; ".join(faults))


def numbers_of(sites: SiteMeasures, name: str) -> Measure:
    """Give a measure, or a column of the table as a measure without doubt of its own.

    Where the table does not know a value that depends on the place, it is open without a point
    and adds nothing elsewhere (a gap of a layer is no evidence).
    """
    if name in MEASURES:
        return sites[name]
    try:
        values = sites.columns.numbers(name)
    except (TypeError, ValueError) as error:
        message = f"column {name!r} holds words; compare it with text in double quotes"
        raise ScoringError(message) from error
    if values is None:
        values = np.full(sites.rows, np.nan)
    gap = np.isnan(values) & (sites.has_point if _is_of_place(name) else False)
    low, high = np.where(gap, np.inf, values), np.where(gap, -np.inf, values)
    return Measure(low, values, high, chance=name.endswith("_prob"))


def _is_of_place(name: str) -> bool:
    return name not in EXPOSED.names and EXPOSED.column(name) is not None


def assign_tiers(sites: SiteMeasures, model: ScoreModel) -> tuple[Tiers, Tiers]:
    """Give the tier at the likely place and the tier at the plausible worst.

    The second is the first tier whose rule may hold for some value between low and high of each
    measure; it is never later than the first. A wider disk widens the intervals, so it never
    makes the second later.

    Parameters
    ----------
    sites : SiteMeasures
        The sites.
    model : ScoreModel
        Its tiers.

    Returns
    -------
    (array, array) of int8
        Tier and worst tier of each site.
    """
    names = ((f"tier {t.number}", c.name) for t in model.tiers for c in comparisons_of(t.parsed))
    check_names(sites, names)
    likely = np.full(sites.rows, model.tiers[-1].number, dtype=np.int8)
    worst = likely.copy()
    for tier in reversed(model.tiers):
        likely[_holds(sites, tier)] = tier.number
        worst[_possible(sites, tier)] = tier.number
    return likely, np.minimum(likely, worst)


def likely_tiers(sites: SiteMeasures, model: ScoreModel) -> Tiers:
    """Give the tier at the likely place alone, for draws."""
    likely = np.full(sites.rows, model.tiers[-1].number, dtype=np.int8)
    for tier in reversed(model.tiers):
        likely[_holds(sites, tier)] = tier.number
    return likely


def chance_of_tier(sites: SiteMeasures, tier: Tier) -> Floats:
    """Estimate the chance that a tier's rule holds: the least of ``and``, the greatest of ``or``.

    A comparison that holds counts 1, one that cannot hold 0, one that may hold its measure's own
    chance, or one half where there is none (an unknown chance is not a small one).
    """

    def leaf(comparison: Comparison) -> Floats:
        holds, possible = _truth(sites, comparison)
        own: Floats | float = _HALF
        if not isinstance(comparison.value, str):
            measure = numbers_of(sites, comparison.name)
            if measure.chance:
                own = np.where(np.isnan(measure.likely), _HALF, measure.likely)
        return np.where(holds, 1.0, np.where(possible, own, 0.0))

    return np.asarray(evaluate_rule(tier.parsed, leaf, rows=sites.rows, whole=1.0), dtype=float)


def _holds(sites: SiteMeasures, tier: Tier) -> Bools:
    truth = evaluate_rule(tier.parsed, lambda c: _truth(sites, c)[0], rows=sites.rows)
    return np.asarray(truth, dtype=bool)


def _possible(sites: SiteMeasures, tier: Tier) -> Bools:
    truth = evaluate_rule(tier.parsed, lambda c: _truth(sites, c)[1], rows=sites.rows)
    return np.asarray(truth, dtype=bool)


def _truth(sites: SiteMeasures, comparison: Comparison) -> tuple[Bools, Bools]:
    """Whether a comparison holds, and whether it may hold; unknown does not hold but may."""
    value = comparison.value
    if isinstance(value, str):
        return _truth_of_words(sites, comparison.name, comparison.operator, value)
    measure = numbers_of(sites, comparison.name)
    low, likely, high = measure.low, measure.likely, measure.high
    known = ~np.isnan(likely)
    table: dict[str, Callable[[], tuple[Bools, Bools]]] = {
        ">=": lambda: (likely >= value, ~(high < value)),
        ">": lambda: (likely > value, ~(high <= value)),
        "<=": lambda: (likely <= value, ~(low > value)),
        "<": lambda: (likely < value, ~(low >= value)),
        "==": lambda: (likely == value, ~((high < value) | (low > value))),
        "!=": lambda: (known & (likely != value), ~((low == value) & (high == value))),
    }
    return table[comparison.operator]()


def _truth_of_words(
    sites: SiteMeasures, name: str, operator: str, value: str
) -> tuple[Bools, Bools]:
    codes, words = sites.columns.words(name)
    equal = np.array([*(word == value for word in words), False], dtype=bool)[codes]
    missing = codes < 0
    holds = equal if operator == "==" else ~equal & ~missing
    return holds, holds | missing


def absent_kinds(sites: SiteMeasures) -> list[str]:
    """Give the kinds of the taxonomy that count for a tier and that no layer holds."""
    present = {kind for kind in sites.kinds if _is_seen(sites, kind)}
    weighty = {"very_vulnerable", "vulnerable", "critical"}
    return sorted(
        name
        for name, kind in sites.taxonomy.items()
        if kind.tier in weighty and name not in present
    )


def _is_seen(sites: SiteMeasures, kind: str) -> bool:
    """Whether a layer speaks of the kind at some site; a table without that column does."""
    if f"{kind}_seen" not in sites.columns.frame.columns:
        return True
    return bool(set(sites.columns.words(f"{kind}_seen")[1]) - {"outside"})
