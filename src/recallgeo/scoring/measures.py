"""Measures of a site, each by its own hazard, as intervals: low, likely, high.

``likely`` is at the place as placed, with the chances that `recallgeo.exposure` gives. ``high`` is
the worst that may hold anywhere within the 95 % disk: a sensitive place that exists within reach
of the disk counts as there. It therefore never falls as the disk widens. Without a point any
sensitive place may be there, so every chance is open.

=========================== =================================================================
severity                    declared by the worst scope, else the hazard's own
incident_reported           1 where an accident was reported, else 0
very_vulnerable_on_site     chance to stand on the grounds of a kind of the taxonomy's tier
vulnerable_on_site          of that name; 1 where the customer's own trade says so
critical_on_site            (`premises_kind`)
public_on_site
occupancy_on_site           greatest vulnerability x that chance, over all kinds
vulnerable_within_harm      chance that a (very) vulnerable place is within the harm radius
nearby_sensitive            1 - product over kinds of (1 - vulnerability x decay x chance within
                            the context radius); decay = exp(-distance / decay_m), the distance
                            of the nearest, at most the context radius; 0 for the premises
people_within_context       people within the context radius, the most of day, night, residents
people_km2                  the greater of those per square kilometre of the whole circle and the
                            density at the point: at the edge of what is known the circle counts
                            the people of its known part only
units                       affected units and units to check; low is the affected ones
built_year                  year of the oldest unit
=========================== =================================================================

Kinds are taken as independent of each other (judgement: the truth lies between the most likely
kind alone and the sum). A kind that no layer holds, or that is not known at a site, adds nothing:
a gap of a layer is reported, never read as danger nor as safety.
"""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
import pandas as pd

from recallgeo.errors import ScoringError, nearest_name
from recallgeo.exposure import DEFAULT_FOOTPRINT_M, SEARCH_LIMIT_M
from recallgeo.hazard import Hazard
from recallgeo.reference import Kind, hazards, taxonomy
from recallgeo.scoring.columns import Bools, Floats, Rows, SiteColumns, kinds_in, radius_columns

__all__ = ["MEASURES", "Measure", "SiteMeasures"]

UNKNOWN_KIND_VULNERABILITY = 0.7
"""Of a kind that the taxonomy does not hold (judgement: whoever adds it cares about it)."""
UNKNOWN_KIND_TIER = "vulnerable"
OUTSIDE_DISK = 0.05
"""A chance above this cannot come from outside a 95 % disk."""


@dataclass(frozen=True, slots=True)
class Measure:
    """Low, likely and high of a measure, one number a site; NaN is unknown.

    Parameters
    ----------
    low, likely, high : array
        An unknown high may be anything.
    chance : bool
        Whether the likely value is a chance.
    drawn : bool
        Whether the interval stands for a missing value that draws must fill.
    """

    low: Floats
    likely: Floats
    high: Floats
    chance: bool = False
    drawn: bool = False


class SiteMeasures:
    """Measures of the sites of a table, computed when asked for.

    Parameters
    ----------
    columns : SiteColumns
        EXPOSED as arrays.
    hazards : mapping of str to Hazard
        As `recallgeo.reference.hazards` gives them.
    kinds : mapping of str to Kind
        As `recallgeo.reference.taxonomy` gives it.

    Raises
    ------
    ScoringError
        If a site has a hazard that is not known.
    """

    def __init__(
        self, columns: SiteColumns, *, hazards: Mapping[str, Hazard], kinds: Mapping[str, Kind]
    ) -> None:
        self.columns = columns
        self.hazards = hazards
        self.taxonomy = kinds
        self.kinds = kinds_in(columns.frame)
        self.rows = len(columns)
        self._known: dict[str, Measure] = {}
        self.hazard_codes, self.hazard_names = columns.words("hazard")
        for name in self.hazard_names:
            if name not in hazards:
                message = f"hazard {name!r} is not known; {nearest_name(name, hazards)}"
                raise ScoringError(message)

    @classmethod
    def of(cls, frame: pd.DataFrame) -> "SiteMeasures":
        """Give the measures of a table by the hazards and the taxonomy of `reference`."""
        return cls(SiteColumns(frame=frame), hazards=hazards(), kinds=taxonomy())

    def __getitem__(self, name: str) -> Measure:
        """Give a measure by name; KeyError for a name not in `MEASURES`."""
        if name not in self._known:
            self._known[name] = MEASURES[name](self)
        return self._known[name]

    def with_drawn(self, drawn: Mapping[str, Floats]) -> "SiteMeasures":
        """Give the measures of the same sites with drawn values in place of columns."""
        columns = self.columns.with_drawn(drawn)
        return SiteMeasures(columns, hazards=self.hazards, kinds=self.taxonomy)

    @cached_property
    def has_point(self) -> Bools:
        """Whether a site has a point."""
        return self.columns.has_point

    @cached_property
    def harm_m(self) -> Floats:
        """Harm radius of each site's hazard, metres; NaN where the hazard is unknown."""
        return self.of_hazard(lambda hazard: hazard.radius_m)

    @cached_property
    def context_m(self) -> Floats:
        """Context radius of each site's hazard, metres; NaN where the hazard is unknown."""
        return self.of_hazard(lambda hazard: hazard.context_m)

    @cached_property
    def uncertainty_m(self) -> Floats:
        """95 % radius, metres; infinite where a point has none stated."""
        radius = self.columns.numbers("uncertainty_m")
        known = np.full(self.rows, np.nan) if radius is None else radius
        return np.where(np.isnan(known), np.inf, known)

    def vulnerability(self, kind: str) -> float:
        """Give the vulnerability of a kind, 0 to 1."""
        known = self.taxonomy.get(kind)
        return UNKNOWN_KIND_VULNERABILITY if known is None else known.vulnerability

    def kind_tier(self, kind: str) -> str:
        """Give the tier of a kind in the taxonomy."""
        known = self.taxonomy.get(kind)
        return UNKNOWN_KIND_TIER if known is None else known.tier

    def footprint_m(self, kind: str) -> float:
        """Give how far the grounds of a kind reach round a point, metres."""
        known = self.taxonomy.get(kind)
        return DEFAULT_FOOTPRINT_M if known is None else float(known.footprint_radius_m)

    def may_be_within(self, kind: str, reach_m: Floats | float) -> Bools:
        """Whether a place of the kind exists within reach of the 95 % disk.

        True without a point, since nothing is known to be out of reach.
        """
        nearest = self.columns.numbers(f"{kind}_nearest_m")
        if nearest is None:
            return ~self.has_point
        reach = self.uncertainty_m + reach_m
        may_be = (nearest <= reach) | ~self.has_point
        wide = np.flatnonzero(reach > SEARCH_LIMIT_M)  # beyond it no nearest is searched
        chance = self.columns.numbers(f"{kind}_on_site_prob")
        if len(wide) and chance is not None:
            may_be[wide] |= np.isnan(nearest[wide]) & ~np.isnan(chance[wide])
        return may_be

    @cached_property
    def harm_rows(self) -> dict[int, Rows]:
        """Sites of each harm radius above 0."""
        return self._rows_by_radius(self.harm_m)

    @cached_property
    def context_rows(self) -> dict[int, Rows]:
        """Sites of each context radius."""
        return self._rows_by_radius(self.context_m)

    def by_radius(self, pattern: str, rows: Mapping[int, Rows]) -> Floats | None:
        """Give, for each site, the column of its own hazard's radius; None where all are absent.

        Parameters
        ----------
        pattern : str
            Name of the columns with ``{radius}`` in it.
        rows : mapping of int to array
            `harm_rows` or `context_rows`.
        """
        result = None
        for radius, chosen in rows.items():
            column = self.columns.numbers(pattern.format(radius=radius))
            if column is None:
                continue
            if len(chosen) == self.rows:
                return column
            result = np.full(self.rows, np.nan) if result is None else result
            result[chosen] = column[chosen]
        return result

    def premises_of(self, wanted: Callable[[str], bool]) -> Bools:
        """Whether the customer's own trade says a kind that is wanted."""
        codes, words = self.columns.words("premises_kind")
        return np.array([*(wanted(word) for word in words), False], dtype=bool)[codes]

    def of_hazard(self, value: Callable[[Hazard], float]) -> Floats:
        """Give a number of each site's hazard; NaN where the hazard is unknown."""
        values = [float(value(self.hazards[name])) for name in self.hazard_names]
        return np.array([*values, np.nan])[self.hazard_codes]

    def _rows_by_radius(self, radii_m: Floats) -> dict[int, Rows]:
        codes = range(len(self.hazard_names))
        firsts = (int(np.argmax(self.hazard_codes == code)) for code in codes)
        radii = sorted({int(radii_m[at]) for at in firsts} - {0})
        return {radius: np.flatnonzero(radii_m == radius) for radius in radii}


def _exactly(values: Floats) -> Measure:
    return Measure(values, values, values)


def _severity(sites: SiteMeasures) -> Measure:
    declared = sites.columns.numbers("severity")
    own = sites.of_hazard(lambda hazard: hazard.severity)
    return _exactly(own if declared is None else np.where(np.isnan(declared), own, declared))


def _incident(sites: SiteMeasures) -> Measure:
    reported = sites.columns.numbers("incident_reported")
    # no report is what is known: a missing one is no doubt about the place
    return _exactly(np.zeros(sites.rows) if reported is None else np.nan_to_num(reported, nan=0.0))


def _on_site(tier: str) -> Callable[[SiteMeasures], Measure]:
    def measure(sites: SiteMeasures) -> Measure:
        chances = {
            kind: sites.columns.numbers(f"{kind}_on_site_prob")
            for kind in sites.kinds
            if sites.kind_tier(kind) == tier
        }
        certain = sites.premises_of(lambda kind: sites.kind_tier(kind) == tier)
        return _any_of(sites, chances, certain, sites.footprint_m)

    return measure


def _within_harm(sites: SiteMeasures) -> Measure:
    wanted = {"very_vulnerable", "vulnerable"}
    kinds = [kind for kind in sites.kinds if sites.kind_tier(kind) in wanted]
    chances = {}
    for kind in kinds:
        on_site = sites.columns.numbers(f"{kind}_on_site_prob")
        within = sites.by_radius(f"{kind}_within_{{radius}}_prob", sites.harm_rows)
        chances[kind] = on_site if within is None else _greater(within, on_site)
    certain = sites.premises_of(lambda kind: sites.kind_tier(kind) in wanted)
    widest = max((float(hazard.radius_m) for hazard in sites.hazards.values()), default=0.0)
    harm = np.nan_to_num(sites.harm_m, nan=widest)  # an unknown hazard may reach as far as any
    return _any_of(sites, chances, certain, lambda kind: np.maximum(harm, sites.footprint_m(kind)))


def _greater(first: Floats, second: Floats | None) -> Floats:
    """Give the greater of two, or the one that is known."""
    greater: Floats = first if second is None else np.fmax(first, second)
    return greater


def _any_of(
    sites: SiteMeasures,
    chances: Mapping[str, Floats | None],
    certain: Bools,
    reach_m: Callable[[str], Floats | float],
) -> Measure:
    """Chance of at least one of several kinds; unknown where no kind is known."""
    none_of = np.ones(sites.rows)
    known = certain.copy()
    may_be = certain | ~sites.has_point
    for kind, chance in chances.items():
        may_be |= sites.may_be_within(kind, reach_m(kind))
        if chance is None:
            continue
        known |= ~np.isnan(chance)
        rows = np.flatnonzero(chance > 0)
        none_of[rows] *= 1.0 - np.minimum(chance[rows], 1.0)
    likely = np.where(known, 1.0 - none_of, np.nan)
    likely[certain] = 1.0
    high = np.where(may_be | (likely > OUTSIDE_DISK), 1.0, 0.0)
    low = np.where(likely >= 1.0 - OUTSIDE_DISK / 2, likely, 0.0)
    return Measure(low, likely, high, chance=True)


def _occupancy(sites: SiteMeasures) -> Measure:
    likely: Floats = np.full(sites.rows, np.nan)
    high = np.zeros(sites.rows)
    for kind in sites.kinds:
        weight = sites.vulnerability(kind)
        chance = sites.columns.numbers(f"{kind}_on_site_prob")
        may_be = sites.may_be_within(kind, sites.footprint_m(kind))
        np.maximum(high, np.where(may_be, weight, 0.0), out=high)
        if chance is not None:
            likely = _greater(likely, weight * chance)
    codes, words = sites.columns.words("premises_kind")
    weights = [*(sites.vulnerability(word) for word in words), np.nan]
    by_trade = np.array(weights, dtype=np.float64)[codes]
    likely = _greater(likely, by_trade)
    low = np.nan_to_num(by_trade, nan=0.0)
    return Measure(low, likely, np.maximum(high, np.nan_to_num(likely, nan=0.0)))


def _nearby(sites: SiteMeasures) -> Measure:
    none_of = np.ones(sites.rows)
    known = np.zeros(sites.rows, dtype=bool)
    decay_m = sites.of_hazard(lambda hazard: hazard.decay_m)
    for kind in sorted({*sites.kinds, *sites.columns.words("premises_kind")[1]}):
        here = sites.premises_of(partial(operator.eq, kind))
        none_of[here] *= 1.0 - sites.vulnerability(kind)  # its own premises are at no distance
        known |= here
        chance = sites.by_radius(f"{kind}_within_{{radius}}_prob", sites.context_rows)
        if chance is None:
            continue
        known |= ~np.isnan(chance)
        rows = np.flatnonzero((chance > 0) & ~here)
        nearest = sites.columns.numbers(f"{kind}_nearest_m")
        # given that one is within the context radius, it is no farther than that
        far = sites.context_m[rows]
        distance = far if nearest is None else np.fmin(nearest[rows], far)
        decay = np.exp(-distance / decay_m[rows])
        none_of[rows] *= 1.0 - np.minimum(sites.vulnerability(kind) * decay * chance[rows], 1.0)
    none_of[~known] = np.nan
    likely = (1.0 - none_of).round(12)
    return Measure(np.zeros(sites.rows), likely, np.ones(sites.rows))


def _people(sites: SiteMeasures) -> Measure:
    result = np.full(sites.rows, np.nan)
    for radius, chosen in sites.context_rows.items():
        for name in radius_columns(sites.columns.frame, radius):
            column = sites.columns.numbers(name)
            if column is not None:
                result[chosen] = np.fmax(result[chosen], column[chosen])
    return _exactly(result)


def _people_km2(sites: SiteMeasures) -> Measure:
    area_km2 = np.pi * (sites.context_m / 1000.0) ** 2
    around = sites["people_within_context"].likely / area_km2
    density = sites.columns.numbers("density_km2")
    return _exactly(_greater(around, density))


def _units(sites: SiteMeasures) -> Measure:
    counts = [sites.columns.numbers(name) for name in ("affected_units", "check_units")]
    affected, check = (np.full(sites.rows, np.nan) if one is None else one for one in counts)
    # cannot tell is not safe: a unit to check counts in full
    most = affected + np.nan_to_num(check, nan=0.0)
    return Measure(affected, most, most, drawn=True)


def _built_year(sites: SiteMeasures) -> Measure:
    codes, words = sites.columns.words("oldest_built")
    years = pd.to_numeric(pd.Series([*words, ""]).str.slice(0, 4), errors="coerce")
    return _exactly(years.to_numpy(dtype=np.float64)[codes])


MEASURES: dict[str, Callable[[SiteMeasures], Measure]] = {
    "severity": _severity,
    "incident_reported": _incident,
    "very_vulnerable_on_site": _on_site("very_vulnerable"),
    "vulnerable_on_site": _on_site("vulnerable"),
    "critical_on_site": _on_site("critical"),
    "public_on_site": _on_site("public"),
    "occupancy_on_site": _occupancy,
    "vulnerable_within_harm": _within_harm,
    "nearby_sensitive": _nearby,
    "people_within_context": _people,
    "people_km2": _people_km2,
    "units": _units,
    "built_year": _built_year,
}
"""Measures by name; a rule or criterion may use any of them beside the table's own columns."""
