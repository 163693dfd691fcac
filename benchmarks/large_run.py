"""Work one large made-up incident through in memory, and say how long and how large it was.

    python benchmarks/large_run.py --units 1000000 --places 20000 --json large.json

No time or size is asserted: the numbers depend on the machine. The ledger must add up, or the run
ends with an error.
"""

import argparse
import json
import platform
import resource
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

from synthetic import write_incident

from recallgeo.errors import RecallGeoWarning
from recallgeo.pipeline import run_incident


class Clock:
    """Wall time and peak memory of each step that a run reports."""

    def __init__(self) -> None:
        self.steps: list[dict[str, Any]] = []
        self._step = "start"
        self._began = time.perf_counter()

    def __call__(self, share: float, message: str) -> None:  # noqa: ARG002 - the contract of progress
        """Close the step before, and begin the next."""
        now = time.perf_counter()
        wall_s = round(now - self._began, 3)
        self.steps.append({"step": self._step, "wall_s": wall_s, "peak_mb": peak_mb()})
        self._step, self._began = message, now


def peak_mb() -> int:
    """Largest resident size of this process so far; kilobytes on Linux, bytes on macOS."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(peak / (1 << 20 if sys.platform == "darwin" else 1 << 10))


def work_through(units: int, places: int, draws: int) -> dict[str, Any]:
    """Work the incident through and give its times, counts and ledger."""
    with tempfile.TemporaryDirectory() as folder:
        incident = write_incident(Path(folder), units=units, places=places, draws=draws)
        clock = Clock()
        run = run_incident(incident, progress=clock)
    return {
        "wall_s": round(sum(step["wall_s"] for step in clock.steps), 3),
        "peak_mb": peak_mb(),
        "steps": clock.steps,
        "counts": {"units": len(run.scoped), "in_scope": len(run.located), "sites": len(run.sites)},
        "ledger": run.ledger.to_dict(),
    }


def main() -> None:
    """Run and report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--units", type=int, default=100_000)
    parser.add_argument("--places", type=int, default=20_000)
    parser.add_argument("--draws", type=int, default=50)
    parser.add_argument("--json", type=Path, help="file for the numbers")
    options = parser.parse_args()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RecallGeoWarning)
        result = work_through(options.units, options.places, options.draws)
    asked = {"units": options.units, "places": options.places, "draws": options.draws}
    machine = {"machine": platform.machine(), "python": platform.python_version()}
    if options.json:
        report = json.dumps({**asked, **machine, **result}, indent=2)
        options.json.write_text(report + "\n", encoding="utf-8")
    for step in result["steps"]:
        print(f"{step['step']:<24} {step['wall_s']:>9.2f} s {step['peak_mb']:>7} MB")
    print(f"{asked}: {result['wall_s']:.1f} s, {result['peak_mb']} MB, {result['counts']}")


if __name__ == "__main__":
    main()
