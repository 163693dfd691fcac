"""Sizes of the slow tier, and processes that are run apart from this one.

``RECALLGEO_SLOW_SIZE`` is ``small`` (the gate; the default) or ``full`` (before a release).
"""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

SIZE = os.environ.get("RECALLGEO_SLOW_SIZE", "small")
if SIZE not in {"small", "full"}:
    wrong = f"RECALLGEO_SLOW_SIZE is {SIZE!r}; expected 'small' or 'full'"
    raise pytest.UsageError(wrong)


def outside() -> dict[str, str]:
    """The environment without what this pytest and its virtual environment put there."""
    ours = ("PYTEST_", "PYTHONPATH", "VIRTUAL_ENV", "COV_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


@pytest.fixture(scope="session")
def full_size() -> bool:
    """Whether the large sizes were asked for."""
    return SIZE == "full"


@pytest.fixture(scope="session")
def repository() -> Path:
    """Folder of the project."""
    return Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def run_apart() -> Callable[..., str]:
    """Run a command to its end and give what it printed; its last lines where it fails."""

    def run(
        command: Sequence[str | Path],
        *,
        cwd: Path | None = None,
        env: dict[str, str] | None = None,
        timeout_s: float = 900.0,
    ) -> str:
        done = subprocess.run(
            [str(part) for part in command],
            cwd=cwd,
            env={**outside(), **(env or {})},
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )
        said = (done.stdout + done.stderr)[-6000:]
        assert done.returncode == 0, f"{Path(command[0]).name} left with {done.returncode}:\n{said}"
        return done.stdout

    return run


@pytest.fixture(scope="session")
def empty_environment(run_apart, tmp_path_factory) -> Callable[[str], Path]:
    """Make a virtual environment with nothing but pip; give its python."""

    def make(name: str) -> Path:
        folder = tmp_path_factory.mktemp(name) / "venv"
        run_apart([sys.executable, "-m", "venv", folder])
        return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    return make


@pytest.fixture(scope="session")
def wheel(run_apart, repository, tmp_path_factory) -> Path:
    """The project's wheel, built as an installer builds it."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder]
    run_apart([*build, repository])
    (built,) = folder.glob("recallgeo-*.whl")
    return built
