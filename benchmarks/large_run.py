"""Work one large made-up incident through in memory, and say how long and how large it was.

    python benchmarks/large_run.py --units 1000000 --places 20000 --json large.json

No time or size is asserted: the numbers depend on the machine. The ledger must add up.
"""

import argparse
import json
import platform
import resource
import sys
import time
import warnings
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from synthetic import make_layer_frame, make_recall, make_register

from recallgeo.errors import RecallGeoWarning
from recallgeo.exposure import measure_exposure
from recallgeo.hazard import radii_in_play
from recallgeo.layers import Layer
from recallgeo.location import locate_assets
from recallgeo.outreach import OutreachPolicy, plan_outreach
from recallgeo.pipeline.balance import RunTables, balance_run
from recallgeo.provenance import Provenance
from recallgeo.recall import match_recall
from recallgeo.reference import hazards
from recallgeo.scoring import ScoreModel, rank_sites
from recallgeo.sites import assign_sites, resolve_sites
from recallgeo.sources.population import default_population
from recallgeo.sources.register import read_register

AS_OF = date(2022, 6, 30)
Result = TypeVar("Result")


class Clock:
    """Wall time and peak memory of each stage, in order."""

    def __init__(self) -> None:
        self.stages: list[dict[str, Any]] = []

    def time(self, stage: str, work: Callable[[], Result]) -> Result:
        """Do the work and note what it took."""
        began = time.perf_counter()
        result = work()
        taken = {"stage": stage, "wall_s": round(time.perf_counter() - began, 3)}
        self.stages.append({**taken, "peak_mb": peak_mb()})
        return result


def peak_mb() -> int:
    """Largest resident size of this process so far; kilobytes on Linux, bytes on macOS."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(peak / (1 << 20 if sys.platform == "darwin" else 1 << 10))


def work_through(units: int, places: int, draws: int, clock: Clock) -> dict[str, Any]:
    """Work the incident through and give its counts and its ledger."""
    raw = clock.time("make the register", lambda: make_register(units))
    frame = make_layer_frame(places)
    kinds = tuple(sorted(set(frame["kind"])))
    layer = Layer(frame=frame, kinds=kinds, provenance=Provenance(source="made up"))
    recall = make_recall(units)
    people = default_population()
    radii = radii_in_play(hazards()[scope.hazard] for scope in recall.scopes)

    reading = clock.time("read_register", lambda: read_register(raw, as_of=AS_OF))
    scoped = clock.time("match_recall", lambda: match_recall(reading.assets, recall))
    in_scope = scoped[scoped["verdict"] != "not_affected"]
    located = clock.time("locate_assets", lambda: locate_assets(in_scope))
    unit_sites = clock.time("assign_sites", lambda: assign_sites(located))
    sites = clock.time("resolve_sites", lambda: resolve_sites(located))
    exposure = clock.time(
        "measure_exposure", lambda: measure_exposure(sites, [layer], people, radii_m=radii)
    )
    model = ScoreModel.preset("default")
    rng = np.random.default_rng(1)
    ranking = clock.time(
        "rank_sites", lambda: rank_sites(exposure, model, rng=rng, draws=draws, top_k=50)
    )
    policy = OutreachPolicy(start_on=AS_OF, capacity_per_day={"call": 2000, "partner": 500})
    plan = clock.time(
        "plan_outreach",
        lambda: plan_outreach(ranking, policy, as_of=AS_OF, units=located.join(unit_sites)),
    )
    set_aside = int((~reading.set_aside["kept"].astype(bool)).sum())
    tables = RunTables(
        rows_read=reading.rows_read,
        rows_set_aside=set_aside,
        rows_merged=reading.merged,
        scoped=scoped,
        located=located,
        unit_sites=unit_sites,
        planned=plan.frame,
        unplanned=plan.unplanned,
        possible=0,
    )
    ledger = clock.time("balance_run", lambda: balance_run(tables, expected_units={}))
    counts = {"rows": reading.rows_read, "in_scope": len(located), "sites": len(sites)}
    return {"counts": counts, "ledger": ledger.to_dict()}


def main() -> None:
    """Run and report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--units", type=int, default=100_000)
    parser.add_argument("--places", type=int, default=20_000)
    parser.add_argument("--draws", type=int, default=50)
    parser.add_argument("--json", type=Path, help="file for the numbers")
    options = parser.parse_args()
    clock = Clock()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RecallGeoWarning)
        result = work_through(options.units, options.places, options.draws, clock)
    wall_s = round(sum(stage["wall_s"] for stage in clock.stages[1:]), 3)
    machine = {"machine": platform.machine(), "python": platform.python_version()}
    report = {
        "units": options.units,
        "places": options.places,
        "wall_s": wall_s,
        "peak_mb": peak_mb(),
        **machine,
        "stages": clock.stages,
        **result,
    }
    if options.json:
        options.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    for stage in clock.stages:
        print(f"{stage['stage']:<18} {stage['wall_s']:>9.2f} s {stage['peak_mb']:>7} MB")
    print(f"{options.units} units: {wall_s:.1f} s, {peak_mb()} MB, {result['counts']}")


if __name__ == "__main__":
    main()
