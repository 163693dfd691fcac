"""Fixtures and options that every test may use."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# a shared machine may be slow at any moment; the gate tries the same examples every time, and
# everybody else tries new ones
settings.register_profile("local", deadline=None)
settings.register_profile("gate", deadline=None, derandomize=True)
settings.load_profile("gate" if os.environ.get("CI") else "local")

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the gate forbid skips."""
    parser.addoption(
        "--require-all",
        action="store_true",
        help="a skipped test is a failed test: nothing may be missing on this machine",
    )


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    """Turn skips into failures where the gate asks for it."""
    outcome = yield
    report = outcome.get_result()
    if (
        item.config.getoption("--require-all")
        and report.skipped
        and not hasattr(report, "wasxfail")
    ):
        report.outcome = "failed"
        report.longrepr = f"skipped under --require-all: {report.longrepr}"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the real data; the test is skipped by name where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"real data not found: {SHARED_DATA.parent.name}/{SHARED_DATA.name}")
    return SHARED_DATA
