"""The public names, as docs promise them: scripts outside the project call them."""

import inspect
import subprocess
import sys

import pytest

import recallgeo

SIGNATURES = {
    "read_register": "(source, *, columns, as_of)",
    "read_movements": "(source, *, columns)",
    "resolve_custody": "(assets, movements)",
    "match_recall": "(assets, recall)",
    "locate_assets": "(assets, *, index, overrides)",
    "resolve_sites": "(located, *, parties)",
    "read_layer": "(source, *, kind, layer, columns, where, extent, completeness)",
    "read_population": "(source, *, values, when)",
    "measure_exposure": "(sites, layers, population, *, radii_m)",
    "rank_sites": "(exposure_or_frame, model, *, rng, draws, top_k)",
    "plan_outreach": "(ranking, policy, *, as_of, units, parties, log, previous)",
    "load_incident": "(path)",
    "run_incident": "(incident, *, out, client)",
    "write_run": "(run, out)",
    "write_briefing": "(run, path)",
    "compare_runs": "(old, new)",
}
ATTRIBUTES = {
    "Reading": ["assets", "set_aside", "quality"],
    "Layer": ["frame", "extent", "completeness", "provenance"],
    "Exposure": ["frame", "draw"],
    "Ranking": ["frame", "contributions", "explain"],
    "Plan": ["frame", "waves", "questions", "unplanned", "changes"],
    "Run": [
        *("recall", "assets", "scoped", "located", "sites", "exposure", "layers", "population"),
        *("ranking", "plan", "ledger", "set_aside", "quality", "manifest"),
    ],
    "Recall": ["from_toml", "from_dict", "from_frame"],
    "AddressIndex": ["open"],
    "ScoreModel": ["preset", "from_toml", "with_weights"],
}


def shape_of(function) -> str:
    """Parameter names, with the star; further keywords may follow those promised."""
    parts = []
    starred = False
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY and not starred:
            parts.append("*")
            starred = True
        parts.append(name)
    return f"({', '.join(parts)})"


@pytest.mark.parametrize("name", sorted(SIGNATURES))
def test_function_takes_what_the_docs_promise(name):
    promised = SIGNATURES[name]
    assert shape_of(getattr(recallgeo, name)).startswith(promised.rstrip(")"))


@pytest.mark.parametrize("name", sorted(ATTRIBUTES))
def test_class_has_what_the_docs_promise(name):
    cls = getattr(recallgeo, name)
    have = set(dir(cls)) | set(getattr(cls, "__dataclass_fields__", {}))
    assert set(ATTRIBUTES[name]) <= have


def test_every_public_name_loads_and_is_documented():
    for name in recallgeo.__all__:
        value = getattr(recallgeo, name)
        if callable(value):
            assert inspect.getdoc(value), name


def test_policy_is_made_of_the_promised_keywords():
    names = set(inspect.signature(recallgeo.OutreachPolicy).parameters)
    assert {"start_on", "capacity_per_day", "calendar", "verify_share"} <= names


def test_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'rank_places'"):
        _ = recallgeo.rank_places


def test_importing_recallgeo_is_quick():
    code = "import time; t = time.perf_counter(); import recallgeo; print(time.perf_counter() - t)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert float(done.stdout) < 1.5
