"""The reason of each site in plain words, from the same numbers as its score.

Whole columns at a time: each piece of a sentence is written once for each distinct value, then
the pieces are joined. No piece holds the customer's name or address.
"""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from recallgeo.scoring.columns import Floats, radius_columns
from recallgeo.scoring.measures import SiteMeasures

__all__ = ["write_reasons"]

Texts = npt.NDArray[np.object_]

_WORTH_SAYING = 0.025
"""A chance below this is left unsaid (judgement: one in forty)."""

_PLACED = {
    "supplied": "placed by supplied coordinates",
    "building": "placed at the building",
    "address": "placed at the address",
    "interpolated": "placed between house numbers",
    "street": "placed by street",
    "postcode": "placed by postcode",
    "locality": "placed by town",
    "admin": "placed by region",
    "country": "placed by country",
}
_SUPPORT = {
    "active": "support active",
    "expired": "support expired",
    "none": "no support contract",
}
_EVIDENCE = {
    "declared": "as declared",
    "industry_code": "by industry code",
    "name": "by its name",
}


def write_reasons(ranked: pd.DataFrame) -> "pd.Series[str]":
    """Write why each site stands where it stands.

    Parameters
    ----------
    ranked : DataFrame
        RANKED without reasons.

    Returns
    -------
    Series of str
        Named ``reason``, on the index of `ranked`: tier, units and hazard, who is there and how
        surely, people around, support, how it was placed. "None recorded" names the layers'
        kinds, and holds inside their extent only; elsewhere it is "not known here".
    """
    sites = SiteMeasures.of(ranked)
    pieces = [_tier_words(ranked), _units_words(sites), _incident_words(sites)]
    pieces += [_premises_words(sites), _place_words(sites), _unseen_words(sites)]
    pieces += [_people_words(sites), _support_words(sites), _placement_words(sites)]
    text = pieces[0]
    for piece in pieces[1:]:
        text = text + piece
    text = text + "."
    return pd.Series(text, index=ranked.index, dtype="str", name="reason")


def _written(values: Sequence[npt.NDArray[np.generic]], words: Callable[..., str]) -> Texts:
    """Write words for each distinct combination of values, then spread them over the rows."""
    table = pd.DataFrame(dict(enumerate(values)))
    codes = table.groupby(list(table.columns), sort=False, dropna=False).ngroup().to_numpy()
    firsts = np.unique(codes, return_index=True)[1]
    rows = zip(*(value[firsts].tolist() for value in values), strict=True)
    return np.array([words(*row) for row in rows] + [""], dtype=object)[codes]


def _tier_words(ranked: pd.DataFrame) -> Texts:
    def words(tier: int, worst: int) -> str:
        if worst < tier:
            return f"Tier {tier}, but tier {worst} cannot be ruled out: "
        return f"Tier {tier}: "

    tiers = [ranked[name].to_numpy(dtype=np.int64) for name in ("tier", "tier_worst")]
    return _written(tiers, words)


def _units_words(sites: SiteMeasures) -> Texts:
    def words(affected: float, check: float, code: int) -> str:
        does = sites.hazards[sites.hazard_names[code]].words if code >= 0 else "are recalled"
        joined = f"that {does}" if code >= 0 else "(hazard not stated)"
        if not affected:
            return f"{_units(check)} to check {joined} if affected"
        more = f" ({check:,.0f} more to check)" if check else ""
        return f"{affected:,.0f} affected unit{'s' if affected != 1 else ''}{more} {joined}"

    measure = sites["units"]
    affected = np.nan_to_num(measure.low, nan=0.0)
    check = np.nan_to_num(measure.high, nan=0.0) - affected
    return _written([affected, check, sites.hazard_codes], words)


def _units(count: float) -> str:
    return f"{count:,.0f} unit{'s' if count != 1 else ''}"


def _incident_words(sites: SiteMeasures) -> Texts:
    reported = sites["incident_reported"].likely >= 1
    return np.array(["", "; an accident was reported here"], dtype=object)[reported.astype(np.intp)]


def _premises_words(sites: SiteMeasures) -> Texts:
    kinds, kind_names = sites.columns.words("premises_kind")
    evidence, evidence_names = sites.columns.words("premises_evidence")

    def words(kind: int, how: int) -> str:
        if kind < 0:
            return ""
        source = f" ({_EVIDENCE.get(evidence_names[how], evidence_names[how])})" if how >= 0 else ""
        return f"; the customer's premises are a {_label(sites, kind_names[kind])}{source}"

    return _written([kinds, evidence], words)


def _label(sites: SiteMeasures, kind: str) -> str:
    known = sites.taxonomy.get(kind)
    return kind.replace("_", " ") if known is None else known.label


def _plural(sites: SiteMeasures, kind: str) -> str:
    known = sites.taxonomy.get(kind)
    return kind.replace("_", " ") + " places" if known is None else known.plural


def _place_words(sites: SiteMeasures) -> Texts:
    """Name the place that weighs most: on whose grounds, else near by, else within the doubt."""
    text = np.full(sites.rows, "", dtype=object)
    on_site = {
        kind: _recorded(
            sites, kind, sites.columns.numbers(f"{kind}_on_site_prob"), sites.footprint_m(kind)
        )
        for kind in sites.kinds
    }
    on_rows, on_kind, on_chance = _weightiest(sites, on_site)
    found = _named(sites, on_rows, on_kind)
    chance = np.char.mod("%.2f", on_chance[on_rows]).astype(object)
    text[on_rows] = "; on the grounds of " + found + " (P " + chance + ")"
    within = {
        kind: _recorded(
            sites,
            kind,
            sites.by_radius(f"{kind}_within_{{radius}}_prob", sites.context_rows),
            np.nan_to_num(sites.context_m, nan=0.0),
        )
        for kind in sites.kinds
    }
    near_rows, near_kind, near_chance = _weightiest(sites, within)
    near_rows = near_rows[text[near_rows] == ""]
    text[near_rows] = _near_words(sites, near_rows, near_kind, near_chance)
    open_rows, open_kind, _ = _weightiest(sites, _not_ruled_out(sites))
    open_rows = open_rows[text[open_rows] == ""]
    text[open_rows] = _near_words(sites, open_rows, open_kind, None)
    return text


def _recorded(
    sites: SiteMeasures, kind: str, chance: Floats | None, reach_m: Floats | float
) -> Floats | None:
    """Give the chance of a recorded place; the customer's own trade alone names none."""
    if chance is None:
        return None
    by_trade = sites.premises_of(lambda word: word == kind)
    return np.where(by_trade & ~sites.may_be_within(kind, reach_m), np.nan, chance)


def _not_ruled_out(sites: SiteMeasures) -> dict[str, Floats | None]:
    """Give 1 where a recorded place may be near, since the site's own place is in doubt."""
    reach = np.nan_to_num(sites.context_m, nan=0.0)
    return {
        kind: (sites.has_point & sites.may_be_within(kind, reach)).astype(np.float64)
        for kind in sites.kinds
    }


def _weightiest(
    sites: SiteMeasures, chances: dict[str, Floats | None]
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], Floats]:
    """Give the rows worth saying, and for every row the weightiest kind and its chance."""
    weight = np.zeros(sites.rows)
    which = np.full(sites.rows, -1, dtype=np.intp)
    chance_of = np.zeros(sites.rows)
    for code, (kind, chance) in enumerate(chances.items()):
        if chance is None:
            continue
        # the tiny term keeps a kind of vulnerability 0, such as a data centre, worth naming
        own = (sites.vulnerability(kind) + 1e-6) * np.nan_to_num(chance, nan=0.0)
        better = (own > weight) & (chance >= _WORTH_SAYING)
        weight[better], which[better], chance_of[better] = own[better], code, chance[better]
    return np.flatnonzero(which >= 0), which, chance_of


def _named(sites: SiteMeasures, rows: npt.NDArray[np.intp], which: npt.NDArray[np.intp]) -> Texts:
    """Give the name and kind of the nearest place of each row's weightiest kind."""
    text = np.full(len(rows), "", dtype=object)
    for code, kind in enumerate(sites.kinds):
        at = np.flatnonzero(which[rows] == code)
        if not len(at):
            continue
        label = _label(sites, kind)
        text[at] = f"a {label}"
        column = f"{kind}_nearest_name"
        if column not in sites.columns.frame.columns:
            continue
        names = sites.columns.frame[column].to_numpy(dtype=object)[rows[at]]
        known = np.array([isinstance(name, str) and name != "" for name in names], dtype=bool)
        text[at[known]] = names[known] + f" ({label})"
    return text


def _near_words(
    sites: SiteMeasures,
    rows: npt.NDArray[np.intp],
    which: npt.NDArray[np.intp],
    chance: Floats | None,
) -> Texts:
    """Say how far the nearest place of each row's kind is, and how sure that is."""
    distance = np.full(len(rows), np.nan)
    for code, kind in enumerate(sites.kinds):
        nearest = sites.columns.numbers(f"{kind}_nearest_m")
        at = which[rows] == code
        if nearest is not None:
            distance[at] = nearest[rows[at]]

    def words(metres: float, probability: float, context: float) -> str:
        if np.isnan(probability):
            return f" {metres:,.0f} m from the point as placed, but may be nearer"
        far = "near by" if np.isnan(metres) else f"at {metres:,.0f} m"
        return f" {far} (P {probability:.2f} within {context:,.0f} m)"

    sure = np.full(len(rows), np.nan) if chance is None else np.round(chance[rows], 2)
    rounded = [np.round(distance), sure, sites.context_m[rows]]
    text: Texts = "; " + _named(sites, rows, which) + _written(rounded, words)
    return text


def _unseen_words(sites: SiteMeasures) -> Texts:
    """Say which kinds have none recorded, and which are not known here."""
    if not sites.kinds:
        return np.full(sites.rows, "; no layer of sensitive places was given", dtype=object)
    maybe = _not_ruled_out(sites)
    states = [_state(sites, kind, maybe[kind]) for kind in sites.kinds]

    def words(has_point: bool, context: float, *state: int) -> str:  # noqa: FBT001 - a row of a table
        if not has_point:
            return ""
        where = "here" if np.isnan(context) else f"within {context:,.0f} m"
        none = [
            _plural(sites, kind) for kind, at in zip(sites.kinds, state, strict=True) if at == _NONE
        ]
        gaps = [
            _plural(sites, kind) for kind, at in zip(sites.kinds, state, strict=True) if at == _GAP
        ]
        unknown = [
            _plural(sites, kind)
            for kind, at in zip(sites.kinds, state, strict=True)
            if at == _OUTSIDE
        ]
        text = ""
        if not any(at == _SOME for at in state) and none:
            text += f"; none recorded {where} in the layers of {_listed(none)}"
        if not any(at == _SOME for at in state) and gaps:
            text += f"; none recorded {where} of {_listed(gaps)}, whose layers may have gaps"
        return text + (f"; {_listed(unknown)} not known here" if unknown else "")

    return _written([sites.has_point, sites.context_m, *states], words)


_NONE, _GAP, _OUTSIDE, _SOME = 0, 1, 2, 3


def _state(sites: SiteMeasures, kind: str, maybe: Floats | None) -> npt.NDArray[np.int8]:
    """Say of a kind at each site: none recorded, none in a layer with gaps, outside, or some."""
    seen, words = sites.columns.words(f"{kind}_seen")
    table = {"complete": _NONE, "partial": _GAP, "undeclared": _GAP, "outside": _OUTSIDE}
    state = np.array([*(table.get(word, _GAP) for word in words), _GAP], dtype=np.int8)[seen]
    chances = (
        sites.columns.numbers(f"{kind}_on_site_prob"),
        sites.by_radius(f"{kind}_within_{{radius}}_prob", sites.context_rows),
    )
    known = np.zeros(sites.rows, dtype=bool)
    for chance in chances:
        if chance is not None:
            known |= ~np.isnan(chance)
            state[chance >= _WORTH_SAYING] = _SOME
    state[~known] = _OUTSIDE
    if maybe is not None:
        state[maybe > 0] = _SOME
    return state


def _listed(names: list[str]) -> str:
    if len(names) > 3:  # noqa: PLR2004 - a reader's patience
        return f"{', '.join(names[:2])} and {len(names) - 2} other kinds"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _people_words(sites: SiteMeasures) -> Texts:
    who = {
        radius: "residents"
        if all(name.startswith("residents") for name in radius_columns(sites.columns.frame, radius))
        else "people"
        for radius in sites.context_rows
    }

    def words(people: float, density: float, context: float) -> str:
        if not np.isnan(people):
            return f"; {people:,.0f} {who[int(context)]} within {context:,.0f} m"
        if not np.isnan(density):
            return f"; about {density:,.0f} people per km2"
        return ""

    density = sites["people_km2"].likely
    people = sites["people_within_context"].likely
    return _written([_rounded(people), _rounded(density), sites.context_m], words)


def _rounded(values: Floats) -> Floats:
    """Round to two figures above 100, to one below: no false precision, few distinct values."""
    with np.errstate(divide="ignore", invalid="ignore"):
        digits = np.where(values >= 1, np.floor(np.log10(np.abs(values))) - 1, 0.0)
    step = 10.0 ** np.maximum(np.nan_to_num(digits), 0.0)
    rounded: Floats = np.round(values / step) * step
    return rounded


def _support_words(sites: SiteMeasures) -> Texts:
    codes, words = sites.columns.words("support_status")
    texts = [f"; {_SUPPORT.get(word, word)}" for word in words]
    return np.array([*texts, "; support status not known"], dtype=object)[codes]


def _placement_words(sites: SiteMeasures) -> Texts:
    codes, levels = sites.columns.words("match_level")

    def words(code: int, uncertainty: float, has_point: bool) -> str:  # noqa: FBT001 - a row of a table
        level = levels[code] if code >= 0 else ""
        if not has_point:
            return (
                f"; known only by its area{f' ({level})' if level else ''}: where, is to be asked"
            )
        placed = _PLACED.get(level, "placed")
        if np.isinf(uncertainty):
            return f"; {placed}, doubt not stated"
        return f"; {placed}, within {uncertainty:,.0f} m"

    return _written([codes, np.ceil(sites.uncertainty_m), sites.has_point], words)
