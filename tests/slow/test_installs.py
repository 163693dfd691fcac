"""Installed as users install it: from the wheel, with the lowest and the newest packages."""

import json
import os
import sys
import zipfile
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name
from packaging.version import Version

from recallgeo.reference import registry
from recallgeo.reference.files import broken_files, reference_folder

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("installs")]

FULL = os.environ.get("RECALLGEO_SLOW_SIZE") == "full"
CHOICES = {"lowest": ["lowest"], "newest": ["newest"], "both": ["lowest", "newest"]}
VERSIONS = CHOICES[os.environ.get("RECALLGEO_DEPS", "both")]
TOOLS = ["pytest", "pytest-socket", "hypothesis", "jsonschema", "packaging"]
PART = [
    *("test_api.py", "test_geodesy.py", "test_schema.py", "recall/test_forms.py"),
    *("register/test_assets.py", "sources/test_register.py", "sources/test_layers.py"),
    *("export/test_geoparquet.py", "export/test_geopackage.py", "export/test_outreach_log.py"),
    *("exposure/test_exposed.py", "scoring/test_rank_sites.py", "outreach/test_plan.py"),
    *("population/test_grids.py", "location/test_address_index.py", "cli"),
]
"""Tests that between them use every required package; the full size runs them all."""


def pip_install(python: Path) -> list[str | Path]:
    return [python, "-m", "pip", "install", "--quiet", "--no-compile", "--only-binary", ":all:"]


def installed(run_apart, python: Path) -> dict[str, str]:
    listed = json.loads(run_apart([python, "-m", "pip", "list", "--format", "json"]))
    return {canonicalize_name(package["name"]): package["version"] for package in listed}


def lower_bounds(run_apart, repository: Path, folder: Path) -> Path:
    """Write the lowest versions, and the pins of the tools that are not among them."""
    script = repository / "tools" / "lowest_versions.py"
    lowest = run_apart([sys.executable, script, "--extra", "excel"])
    held = {line.split("==")[0].lower() for line in lowest.splitlines()}
    pins = (repository / "constraints.txt").read_text().splitlines()
    tools = [pin for pin in pins if pin.split("==")[0] in TOOLS and pin.split("==")[0] not in held]
    file = folder / "lowest.txt"
    file.write_text("\n".join([*lowest.split(), *tools]) + "\n")
    return file


@pytest.mark.parametrize("versions", VERSIONS)
def test_suite_passes_with_these_versions(
    run_apart, empty_environment, wheel, repository, tmp_path, versions
):
    python = empty_environment(versions)
    constraint = lower_bounds(run_apart, repository, tmp_path) if versions == "lowest" else None
    held = ["--constraint", constraint] if constraint else ["--upgrade"]
    run_apart([*pip_install(python), *held, f"recallgeo[excel] @ {wheel.as_uri()}", *TOOLS])
    if constraint:
        found = installed(run_apart, python)
        bounds = dict(line.split("==") for line in constraint.read_text().splitlines())
        wrong = {
            name: found[canonicalize_name(name)]
            for name, version in bounds.items()
            if Version(found.get(canonicalize_name(name), "0")) != Version(version)
        }
        assert wrong == {}
    tests = [repository / "tests"] if FULL else [repository / "tests" / name for name in PART]
    deselected = "not slow and not browser and not qgis"
    run_apart([python, "-m", "pytest", "-q", "-m", deselected, *tests], cwd=repository)


def test_wheel_holds_the_package_the_data_and_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names} == {"recallgeo", f"{wheel.name[:15]}.dist-info"}
    reference = {f"recallgeo/data/reference/{name}" for name in [*registry(), "registry.toml"]}
    assert reference <= set(names)
    assert "recallgeo/py.typed" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert wheel.stat().st_size < 25 * 1024 * 1024


@pytest.fixture(scope="module")
def installed_python(run_apart, empty_environment, wheel, repository) -> Path:
    python = empty_environment("wheel")
    run_apart([*pip_install(python), "--constraint", repository / "constraints.txt", wheel])
    return python


def test_installed_wheel_runs_the_demo_from_an_empty_home(run_apart, installed_python, tmp_path):
    home, elsewhere = tmp_path / "home", tmp_path / "elsewhere"
    home.mkdir()
    elsewhere.mkdir()
    command = installed_python.parent / ("recallgeo.exe" if os.name == "nt" else "recallgeo")
    said = run_apart(
        [command, "demo", "--out", "drill"],
        cwd=elsewhere,
        env={"HOME": str(home), "USERPROFILE": str(home)},
    )
    assert "DRILL" in said
    outputs = json.loads((elsewhere / "drill" / "manifest.json").read_text())["outputs"]
    assert {"sites.geojson", "incident.gpkg", "briefing.html", "outreach.csv"} <= set(outputs)


def test_installed_wheel_finds_its_own_reference_data(run_apart, installed_python, tmp_path):
    code = (
        "from recallgeo.reference.files import broken_files, reference_folder; "
        "print(reference_folder().as_posix()); print(broken_files())"
    )
    where, broken = run_apart([installed_python, "-c", code], cwd=tmp_path).split("\n")[:2]
    assert Path(where).is_relative_to(installed_python.parents[1])
    assert where.endswith("recallgeo/data/reference")
    assert broken == "{}"


def test_editable_install_finds_the_reference_data_of_the_project(repository):
    assert reference_folder() == repository / "data" / "reference"
    assert broken_files() == {}
