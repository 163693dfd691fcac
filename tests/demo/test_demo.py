"""The demo: a drill through the whole line, offline, the same bytes every time."""

import json

import geopandas as gpd
import pandas as pd
import pyproj
import pytest

SAME_BYTES = {".geojson", ".parquet", ".csv", ".json"}

pytestmark = pytest.mark.xdist_group("demo")


def test_first_screen_says_what_it_is_and_what_to_do(demo):
    for words in (
        "DRILL",
        "Made-up units",
        "No network was used",
        "Reach first, on 2026-03-02",
        "in a register",
        "not affected",
        "known exactly",
        "in channel",
        "What we do not know",
        "The first sites",
        "What to check first",
        "Most units without a known place came through",
        "briefing.html",
    ):
        assert words in demo.screen, words


def test_demo_leaves_every_file_of_the_design(demo):
    names = {path.name for path in demo.out.iterdir()}
    assert {
        *("sites.geojson", "sites.parquet", "exposure.parquet", "incident.gpkg", "outreach.gpkg"),
        *("assets.parquet", "not_affected.parquet", "check_needed.csv", "unplaced.csv"),
        *("verify_first.csv", "outreach.csv", "partners", "set_aside.csv", "ledger.json"),
        *("quality.csv", "briefing.html", "map.png", "manifest.json"),
    } <= names
    assert not {".next", "commit.json"} & names


def test_register_has_the_dirt_of_real_ones_and_every_unit_ends_somewhere(demo):
    balances = {
        (line["stage"], line["grain"]): line
        for line in json.loads((demo.out / "ledger.json").read_text("utf-8"))["balances"]
    }
    rows = balances["read_register", "rows"]
    assert 2_300 <= rows["total"] <= 2_600
    assert rows["parts"]["set_aside"] == 2
    assert balances["merge_registers", "rows"]["parts"]["merged"] >= 20
    places = balances["resolve_sites", "units"]["parts"]
    for part in ("placed_supplied", "placed_address", "area_only", "in_channel"):
        assert places[part] > 0, part
    assert balances["possible_places", "units"]["total"] > 0


def test_two_scopes_three_verdicts_and_some_forty_countries(demo):
    units = pd.concat(
        [
            pd.read_parquet(demo.out / "not_affected.parquet"),
            pd.DataFrame(gpd.read_parquet(demo.out / "assets.parquet")),
        ]
    )
    assert set(units["verdict"]) == {"affected", "check_needed", "not_affected"}
    assert {"battery", "rack"} <= set(units["scope_id"].dropna())
    assert units["country"].nunique() >= 40


def test_every_output_is_marked_as_a_drill(demo):
    for name in ("outreach.csv", "verify_first.csv", "check_needed.csv", "briefing.html"):
        assert "DRILL" in (demo.out / name).read_text("utf-8-sig"), name
    assert json.loads((demo.out / "manifest.json").read_text("utf-8"))["incident"]["mock"] is True


def test_same_seed_gives_the_same_bytes_whatever_the_threads(demo, demo_again):
    names = sorted(
        path.relative_to(demo.out)
        for path in demo.out.rglob("*")
        if path.suffix in SAME_BYTES and "inputs" not in path.parts
    )
    assert len(names) > 15
    differing = [
        name.as_posix()
        for name in names
        if name.name != "manifest.json"
        and (demo.out / name).read_bytes() != (demo_again.out / name).read_bytes()
    ]
    assert not differing


def test_inputs_of_the_demo_are_the_same_bytes_too(demo, demo_again):
    for name in ("register.csv", "recall.toml", "incident.toml", "helsinki-places.parquet"):
        first = (demo.out / "inputs" / name).read_bytes()
        assert first == (demo_again.out / "inputs" / name).read_bytes(), name


def test_proj_is_not_allowed_the_network():
    assert not pyproj.network.is_network_enabled()
