"""Runs that are killed at any moment: readers find the old set or the whole new one."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import warnings
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from recallgeo.errors import RecallGeoWarning
from recallgeo.export import roll_forward
from recallgeo.pipeline import run_incident
from recallgeo.provenance import sha256_of

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("kills")]

INCIDENT = """
[incident]
name = "killed drill"
as_of = 2022-06-30
mock = true
[[register]]
files = ["register.csv"]
[recall]
file = "recall.toml"
[layers]
files = [{ file = "schools.geojson", extent = "LI", completeness = { school = 1.0 } }]
[scoring]
draws = 5
[outreach]
capacity_per_day = { call = 4, visit = 2, partner = 3 }
"""
RECALL = """
[recall]
id = "R-1"
issued = 2022-06-01
version = 1
expected_units = { LI = 500 }
[[scope]]
id = "main"
hazard = "fire"
[[scope.rule]]
serial = "A000..A499"
"""
WAYS = ("committing", "writing", "anywhere", "committing", "first", "writing", "committing", "any")
KILLS = 100 if os.environ.get("RECALLGEO_SLOW_SIZE") == "full" else 8
SAME_BYTES = {".csv", ".json", ".geojson", ".parquet"}
PATIENCE_S = 120.0


@dataclass(frozen=True)
class Stage:
    """An incident before and after its register grew, and how long a run takes."""

    old: Path
    new: Path
    old_out: Path
    new_out: Path
    run_s: float
    writing_s: float
    commit_s: float


def write_incident(folder: Path, units: int, resellers: tuple[str, ...]) -> Path:
    """Write an incident of units along a road, a tenth of them with a city only."""
    folder.mkdir()
    rows = ["serial,model,customer,reseller,market,city,country,longitude,latitude,contact_phone"]
    for n in range(units):
        place = "," if n % 10 == 0 else f"{9.5 + n * 0.0007:.4f},{47.05 + n * 0.001:.4f}"
        serial = f"A{n:03d}" if n % 13 else ""
        seller = resellers[n % len(resellers)]
        rows.append(f"{serial},M,Customer {n // 2},{seller},LI,Vaduz,LI,{place},+423 555")
    (folder / "register.csv").write_text("\n".join(rows) + "\n")
    schools = [
        {
            "type": "Feature",
            "properties": {"kind": "school", "name": f"School {n}"},
            "geometry": {"type": "Point", "coordinates": [9.5 + n * 0.01, 47.05 + n * 0.014]},
        }
        for n in range(5)
    ]
    layer = {"type": "FeatureCollection", "features": schools}
    (folder / "schools.geojson").write_text(json.dumps(layer))
    (folder / "recall.toml").write_text(RECALL)
    (folder / "incident.toml").write_text(INCIDENT)
    return folder / "incident.toml"


def start(incident: Path, out: Path) -> subprocess.Popen[bytes]:
    code = "from recallgeo.cli import main; main()"
    return subprocess.Popen(
        [sys.executable, "-c", code, "run", str(incident), "--out", str(out), "--quiet"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def await_path(process: subprocess.Popen[bytes], path: Path, *, there: bool = True) -> float:
    """Wait until a path is there (or gone), or the process has ended; give the clock."""
    given_up = time.perf_counter() + PATIENCE_S
    while os.path.lexists(path) != there and process.poll() is None:
        assert time.perf_counter() < given_up, f"{path.name} did not come"
        time.sleep(0.0002)
    return time.perf_counter()


def work(incident: Path, out: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RecallGeoWarning)
        run_incident(incident, out=out)


@pytest.fixture(scope="module")
def stage(tmp_path_factory) -> Stage:
    folder = tmp_path_factory.mktemp("kills")
    old = write_incident(folder / "old", 40, ("Northern", "Eastern", "Gone"))
    new = write_incident(folder / "new", 60, ("Northern", "Eastern", "Fresh"))
    work(old, folder / "old-out")
    with closing(sqlite3.connect(folder / "old-out" / "outreach.gpkg")) as log, log:
        log.execute("INSERT INTO outreach_log (at, state, note) VALUES ('2022', 'reached', 'kept')")
    new_out = folder / "new-out"
    shutil.copytree(folder / "old-out", new_out)
    began = time.perf_counter()
    process = start(new, new_out)
    writing = await_path(process, new_out / ".next")
    commit = await_path(process, new_out / "commit.json")
    done = await_path(process, new_out / "commit.json", there=False)
    assert process.wait(PATIENCE_S) == 0
    ended = time.perf_counter()
    return Stage(
        old,
        new,
        folder / "old-out",
        new_out,
        run_s=ended - began,
        writing_s=commit - writing,
        commit_s=done - commit,
    )


def kill_once(stage: Stage, out: Path, way: str, rng: np.random.Generator, reach: float) -> bool:
    """Start a run and kill it; say whether it was still alive."""
    process = start(stage.new, out)
    try:
        if way == "committing":
            await_path(process, out / "commit.json")
            time.sleep(rng.uniform(0, reach * stage.commit_s))
        elif way == "writing":
            await_path(process, out / ".next")
            time.sleep(rng.uniform(0, reach * stage.writing_s))
        else:
            time.sleep(rng.uniform(0.1, 1.0) * reach * stage.run_s)
    finally:
        process.send_signal(signal.SIGKILL)
        code = process.wait(PATIENCE_S)
    return code == -signal.SIGKILL


def kill(stage: Stage, out: Path, way: str, rng: np.random.Generator) -> None:
    """Kill a run, sooner at each try: a run that ended first was not killed."""
    for attempt in range(6):
        shutil.rmtree(out, ignore_errors=True)
        if way != "first":
            shutil.copytree(stage.old_out, out)
        if kill_once(stage, out, way, rng, 0.5**attempt):
            return
    pytest.fail(f"no run could be killed {way!r}")


def files_of(out: Path) -> dict[str, str]:
    return {
        path.relative_to(out).as_posix(): sha256_of(path)
        for path in sorted(out.rglob("*"))
        if path.is_file()
    }


def assert_whole(out: Path) -> dict[str, str]:
    """The manifest's files are there, with its hashes, and nothing else but the log."""
    outputs = json.loads((out / "manifest.json").read_text())["outputs"]
    listed = {name: output["sha256"] for name, output in outputs.items()}
    found = files_of(out)
    beside = {"manifest.json", "outreach.gpkg"}
    assert {name: found.get(name) for name in listed} == listed
    assert set(found) - set(listed) <= beside
    return listed


def text_of(listed: dict[str, str]) -> dict[str, str]:
    """Hashes of the files whose bytes are the same at every run."""
    return {name: digest for name, digest in listed.items() if Path(name).suffix in SAME_BYTES}


def assert_ledger_adds_up(out: Path, units: int) -> None:
    balances = json.loads((out / "ledger.json").read_text())["balances"]
    assert balances
    for balance in balances:
        assert sum(balance["parts"].values()) == balance["total"], balance["stage"]
    totals = {(balance["stage"], balance["grain"]): balance["total"] for balance in balances}
    assert totals["match_recall", "units"] == units


def log_rows(out: Path) -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(out / "outreach.gpkg")) as log:
        assert log.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return log.execute("SELECT at, state, note FROM outreach_log").fetchall()


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is of POSIX systems")
@pytest.mark.parametrize("number", range(KILLS))
def test_killed_run_leaves_the_old_set_or_the_whole_new_one(stage, tmp_path, number):
    rng = np.random.default_rng(number)
    way = WAYS[number % len(WAYS)]
    out = tmp_path / "out"
    kill(stage, out, way, rng)
    committed = (out / "commit.json").exists()
    before = files_of(out).get("manifest.json")
    if before and not committed and not (out / ".next").exists():
        assert_whole(out)

    roll_forward(out)

    assert not (out / ".next").exists()
    assert not (out / "commit.json").exists()
    if not (out / "manifest.json").exists():
        assert way == "first"
        assert set(files_of(out)) <= {"outreach.gpkg", ".outreach.new.gpkg"}
    else:
        outcome = text_of(assert_whole(out))
        old, new = (text_of(assert_whole(path)) for path in (stage.old_out, stage.new_out))
        assert outcome in ([new] if committed or way == "first" else [old, new])
        assert_ledger_adds_up(out, 60 if outcome == new else 40)
    if way != "first":
        assert log_rows(out) == [("2022", "reached", "kept")]


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is of POSIX systems")
@pytest.mark.parametrize("way", ["committing", "first"])
def test_run_after_a_killed_run_gives_the_whole_new_set(stage, tmp_path, way):
    out = tmp_path / "out"
    kill(stage, out, way, np.random.default_rng(17))
    work(stage.new, out)
    listed = assert_whole(out)
    if way == "first":
        assert log_rows(out) == []
    else:
        assert text_of(listed) == text_of(assert_whole(stage.new_out))
        assert log_rows(out) == [("2022", "reached", "kept")]
    assert_ledger_adds_up(out, 60)
    assert not any("gone" in name for name in listed)
