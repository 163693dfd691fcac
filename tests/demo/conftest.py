"""The demo, run by its own command in processes of their own."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

# every way out of Python is closed: the process dies of the first attempt
NO_NETWORK = """
import sys
def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto", "urllib.Request"):
        raise SystemExit(f"network: {event} {arguments}")
sys.addaudithook(refuse)
from recallgeo.cli import main
main(["demo", "--out", sys.argv[1], "--seed", "1"])
"""


@dataclass(frozen=True)
class Demo:
    out: Path
    screen: str


def run_demo(out: Path, *, threads: int, hash_seed: int) -> Demo:
    counts = dict.fromkeys(
        ("OMP_NUM_THREADS", "NUMBA_NUM_THREADS", "OPENBLAS_NUM_THREADS"), str(threads)
    )
    environment = os.environ | counts | {"PYTHONHASHSEED": str(hash_seed), "HOME": str(out.parent)}
    done = subprocess.run(
        [sys.executable, "-c", NO_NETWORK, str(out)],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return Demo(out, done.stdout)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    return run_demo(tmp_path_factory.mktemp("first") / "demo", threads=1, hash_seed=1)


@pytest.fixture(scope="session")
def demo_again(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    return run_demo(tmp_path_factory.mktemp("again") / "demo", threads=2, hash_seed=2)
