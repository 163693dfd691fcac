"""A large made-up register, worked through in memory in a process of its own."""

import json
import sys

import pytest

pytestmark = pytest.mark.slow


def test_large_register_is_worked_through_and_no_unit_is_lost(
    run_apart, repository, tmp_path, full_size
):
    units, places = (1_000_000, 20_000) if full_size else (20_000, 20_000)
    file = tmp_path / "large-run.json"
    script = repository / "benchmarks" / "large_run.py"
    size = ["--units", units, "--places", places, "--json", file]
    print(run_apart([sys.executable, script, *size], timeout_s=7200))  # noqa: T201 - the numbers are what it is run for
    report = json.loads(file.read_text())
    balances = {
        (balance["stage"], balance["grain"]): balance for balance in report["ledger"]["balances"]
    }
    assert balances["read_register", "rows"]["total"] == units
    for name, balance in balances.items():
        assert sum(balance["parts"].values()) == balance["total"], name
    verdicts = balances["match_recall", "units"]["parts"]
    # the recall takes models and years of half of the serials
    assert 0.3 < (verdicts["affected"] + verdicts["check_needed"]) / sum(verdicts.values()) < 0.7
    assert report["counts"]["sites"] > units // 10
    assert report["wall_s"] > 0
    assert report["peak_mb"] > 0
