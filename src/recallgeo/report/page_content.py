"""The plain parts of the briefing: bar, lists and tables, as data for the template."""

from typing import TYPE_CHECKING, Any

import pandas as pd

from recallgeo.export.symbols import STATUS_SYMBOLS, TIER_SYMBOLS, tier_symbol
from recallgeo.hazard import Hazard
from recallgeo.reference import hazards, registry
from recallgeo.report.facts import PLACEMENT_LEVELS, RunFacts
from recallgeo.scoring import Criterion, verify_first

if TYPE_CHECKING:
    from recallgeo.export import Run
    from recallgeo.provenance import Provenance

__all__ = ["RINGS", "SYMBOL_PATHS", "plain_content"]

RINGS: dict[str, dict[str, Any]] = {
    "active": {
        "label": "under support",
        "colour": STATUS_SYMBOLS["active"].colour,
        "width": 1.2,
        "dash": [],
    },
    "expired": {"label": "support ended", "colour": "#000000", "width": 1.8, "dash": []},
    "none": {
        "label": "never had support",
        "colour": STATUS_SYMBOLS["none"].colour,
        "width": 1.8,
        "dash": [3, 2],
    },
    "unknown": {"label": "support not known", "colour": "#ffffff", "width": 0.8, "dash": []},
}
"""The edge of a mark by support status: colour, width and dashes, so that a grey print reads."""

SYMBOL_PATHS: dict[str, str] = {
    "star": "M0-9 2.6-3 9-2.6 4 1.6 5.7 8 0 4.4-5.7 8-4 1.6-9-2.6-2.6-3Z",
    "triangle": "M0-8 8 7H-8Z",
    "diamond": "M0-8 6 0 0 8-6 0Z",
    "square": "M-6-6H6V6H-6Z",
    "circle": "M-6 0A6 6 0 1 0 6 0A6 6 0 1 0-6 0Z",
}
"""Shapes of the tiers in a field of -10 to 10."""

_LISTED = 20
_ON_GROUND = ("known exactly", "by street", "by postcode")


def plain_content(run: "Run", facts: RunFacts, page_rows: pd.Series) -> dict[str, Any]:
    """Give what the template shows without the script.

    Parameters
    ----------
    run : Run
        A whole run.
    facts : RunFacts
        Its facts.
    page_rows : Series of int
        Row in the page of each site, by ``site_id``; the page may hold fewer sites than the run.

    Returns
    -------
    dict
        Plain data by the names that the template uses.
    """
    checks = verify_first(run.ranking)
    return {
        "bar": _bar(facts),
        "area": _area(run.plan.frame),
        "symbols": [
            {"path": SYMBOL_PATHS[symbol.shape], "colour": symbol.colour}
            for symbol in (tier_symbol(number) for number in range(_tier_count(run)))
        ],
        "tiers": _tiers(run),
        "rings": list(RINGS.values()),
        "waves": run.plan.waves.reset_index().to_dict("records"),
        "checks": _with_sites(checks.head(_LISTED).reset_index(), run, page_rows),
        "more_checks": max(0, len(checks) - _LISTED),
        "questions": _with_sites(run.plan.questions.head(_LISTED), run, page_rows),
        "more_questions": max(0, len(run.plan.questions) - _LISTED),
        "changes": _with_sites(run.plan.changes.head(_LISTED * 5).reset_index(), run, page_rows),
        "hits": _hits(run.set_aside),
        "balances": [balance.to_dict() for balance in run.ledger.balances],
        "quality": _quality(run.quality),
        "model": run.ranking.model,
        "draws": run.ranking.draws,
        "notes": [*run.ranking.notes, *(f"left out: {one.words}" for one in run.ranking.dropped)],
        "criteria": _criteria(run),
        "hazards": _hazards(run),
        "baselines": _baselines(run),
        "sources": _sources(run),
        "credit": _credit(run),
        "parameters": {
            name: value for name, value in run.manifest["parameters"].items() if name != "model"
        },
        "versions": run.manifest["versions"],
    }


def _bar(facts: RunFacts) -> list[dict[str, Any]]:
    """Give the steps from made to done, each as a share of the longest."""
    in_scope = facts.affected_units + facts.check_units
    placed = sum(facts.placement.get(label, 0) for label in _ON_GROUND if label in PLACEMENT_LEVELS)
    longest = max(facts.units_made or 0, facts.units_known, in_scope, 1)
    check = f" +{facts.check_units:,}?" if facts.check_units else ""
    made = "not declared" if facts.units_made is None else f"{facts.units_made:,}"
    steps = [
        ("made", facts.units_made or 0, 0, made, ""),
        ("in a register", facts.units_known, 0, f"{facts.units_known:,}", ""),
        (
            "affected",
            facts.affected_units,
            facts.check_units,
            f"{facts.affected_units:,}{check}",
            "harm",
        ),
        ("placed", placed, 0, f"{placed:,}", "good"),
        ("done", facts.done_units, 0, f"{facts.done_units:,}", "good"),
    ]
    return [
        {
            "label": label,
            "share": count / longest,
            "more": more,
            "more_share": more / longest,
            "words": words,
            "look": look,
        }
        for label, count, more, words, look in steps
    ]


def _area(planned: pd.DataFrame) -> dict[str, int]:
    away = planned[planned["geometry"].isna()]
    units = away[["affected_units", "check_units"]].sum().sum()
    cities = away[["city", "country"]].dropna(subset=["city"]).drop_duplicates()
    return {"units": int(units), "cities": len(cities)}


def _tier_count(run: "Run") -> int:
    return max(len(run.ranking.model.tiers), len(TIER_SYMBOLS))


def _tiers(run: "Run") -> list[dict[str, Any]]:
    counts = run.plan.frame["tier"].value_counts()
    return [
        {
            "number": tier.number,
            "label": tier.label,
            "rule": " ".join(tier.rule.split()),
            "source": tier.source,
            "sites": int(counts.get(tier.number, 0)),
        }
        for tier in run.ranking.model.tiers
    ]


def _criteria(run: "Run") -> list[dict[str, Any]]:
    weights = run.ranking.model.weights
    return [
        {
            "label": criterion.label or criterion.name,
            "weight": weights[criterion.name],
            "scale": _scale(criterion),
            "missing": f"{criterion.missing:g}",
            "source": criterion.source,
        }
        for criterion in run.ranking.model.criteria
    ]


def _scale(criterion: Criterion) -> str:
    if criterion.bounds is None:
        words = ", ".join(f"{word} {value:g}" for word, value in criterion.table.items())
        return f"{criterion.column}: {words}"
    low, high = criterion.bounds
    return f"{criterion.column}, {criterion.transform} from {low:g} to {high:g}"


def _hazards(run: "Run") -> list[Hazard]:
    known = hazards()
    names = dict.fromkeys(scope.hazard for scope in run.recall.scopes)
    return [known[name] for name in names if name in known]


def _baselines(run: "Run") -> dict[str, Any] | None:
    table = run.ranking.baselines
    if table.empty:
        return None
    rows = [
        {"order": str(order), "shares": [_percent(value) for value in row]}
        for order, row in zip(table.index, table.to_numpy(), strict=True)
    ]
    return {"columns": [str(name) for name in table.columns], "rows": rows}


def _quality(quality: pd.DataFrame) -> dict[str, Any]:
    """Give the scorecard of all rows together: fields down, measures across."""
    whole = quality[quality["by"] == "all"]
    measures = list(dict.fromkeys(whole["measure"]))
    fields = list(dict.fromkeys(whole["field"]))
    shares = whole.set_index(["field", "measure"])["share"]
    rows = [
        {
            "field": field,
            "shares": [_percent(shares.get((field, measure))) for measure in measures],
        }
        for field in fields
    ]
    return {"measures": measures, "rows": rows}


def _percent(share: Any) -> str:  # noqa: ANN401  # a number or missing
    return "" if pd.isna(share) else f"{share:.0%}"


def _sources(run: "Run") -> list[dict[str, str]]:
    rows = []
    for layer in run.layers:
        counts = layer.frame["kind"].value_counts()
        found = [f"{counts.get(kind, 0):,} {kind.replace('_', ' ')}" for kind in layer.kinds]
        known = [f"{kind} {share:.0%}" for kind, share in layer.completeness.items()]
        covers = layer.extent_source or ("as given" if layer.extent is not None else "not declared")
        complete = f"; completeness {', '.join(known)}" if known else ""
        rows.append(_source(layer.provenance, ", ".join(found), covers + complete))
    people = "population"
    if run.population.coarse_default:
        people = "population: coarse default, density only, no counts under 5 km"
    rows.append(_source(run.population.provenance, people, "the world"))
    ground = registry()["outlines.parquet"].provenance
    return [*rows, _source(ground, "country outlines", "the world")]


def _source(origin: "Provenance", holds: str, covers: str) -> dict[str, str]:
    return {**origin.to_dict(), "holds": holds, "covers": covers}


def _credit(run: "Run") -> str:
    words = [layer.provenance.attribution for layer in run.layers]
    words += [registry()[name].attribution for name in ("outlines.parquet", "demo-streets.parquet")]
    return "; ".join(dict.fromkeys(word for word in words if word))


def _with_sites(table: pd.DataFrame, run: "Run", page_rows: pd.Series) -> list[dict[str, Any]]:
    """Add name, place and page row of the site to each row."""
    ids = pd.Index(table["site_id"], dtype=object)
    extra = {name: run.plan.frame[name].astype(object) for name in ("name", "city", "country")}
    extra["page_row"] = page_rows.astype(object)
    found = {name: column.reindex(ids).to_numpy() for name, column in extra.items()}
    rows = _text_rows(table.reset_index(drop=True).assign(**found))
    return [row | {"page_row": None if row["page_row"] == "" else row["page_row"]} for row in rows]


def _hits(set_aside: pd.DataFrame) -> list[dict[str, Any]]:
    if "x_recalled" not in set_aside.columns:
        return []
    named = set_aside[set_aside["x_recalled"].fillna(value=False).astype(bool)]
    return _text_rows(named.head(_LISTED)[["source_file", "source_row", "cause", "raw"]])


def _text_rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Give rows as plain values; missing cells as an empty text."""
    shown = table.astype(object).where(table.notna(), "")
    return [{str(name): value for name, value in row.items()} for row in shown.to_dict("records")]
