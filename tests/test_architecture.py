"""Which module may import what (the table of docs/architecture.md)."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[1] / "src" / "recallgeo"
LEVELS: dict[str, int] = {
    name: level
    for level, names in enumerate(
        [
            ["errors"],
            ["settings", "progress", "_optional", "_crs"],
            ["schema", "geodesy", "provenance", "spelling", "keys", "philox"],
            ["frames", "ledger", "hazard"],
            ["reference", "addresses"],
            ["register", "recall", "location", "sites", "layers", "population"],
            ["exposure"],
            ["scoring"],
            ["outreach"],
            ["sources", "export"],
            ["report", "testing"],
            ["incident", "demo", "scale"],
            ["pipeline"],
            ["cli"],
        ]
    )
    for name in names
}
LATE = {
    # class methods that open files: each imports `sources` inside the method
    ("recall/model.py", "sources"): "Recall.from_toml",
    ("location/address_index.py", "sources"): "AddressIndex.open and .save",
    ("scoring/model.py", "sources"): "ScoreModel.from_toml",
}
# the root re-exports the public names lazily
MODULES = sorted(set(SOURCE.rglob("*.py")) - {SOURCE / "__init__.py"})


def test_the_documented_table_is_the_one_that_is_held():
    page = SOURCE.parents[1] / "docs" / "architecture.md"
    rows = re.findall(r"^\| (\d+) \| (.+) \|$", page.read_text(encoding="utf-8"), re.MULTILINE)
    documented = {name: int(row) for row, text in rows for name in re.findall(r"`(\w+)`", text)}
    assert documented == LEVELS


def package_of(path: Path) -> str:
    first = path.relative_to(SOURCE).parts[0]
    return first.removesuffix(".py")


def imports_of(path: Path) -> list[tuple[str, bool]]:
    """Packages of ours that a module imports, and whether it does so inside a function."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    late = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
    }
    found = []
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            parts = name.split(".")
            if parts[0] == "recallgeo" and len(parts) > 1 and parts[1] in LEVELS:
                found.append((parts[1], id(node) in late))
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_module_imports_only_from_rows_above_its_own(path):
    own = package_of(path)
    assert own in LEVELS, f"{own} has no row in the table"
    wrong = []
    for package, late in imports_of(path):
        if package == own or LEVELS[package] < LEVELS[own]:
            continue
        if late and (str(path.relative_to(SOURCE)), package) in LATE:
            continue
        wrong.append(package)
    assert not wrong, f"{path.name} (row {LEVELS[own]}) imports {sorted(set(wrong))}"


def test_late_imports_of_the_table_exist():
    for file, package in LATE:
        assert (package, True) in imports_of(SOURCE / file), f"{file} no longer imports {package}"


def test_importing_recallgeo_loads_nothing_heavy():
    heavy = ["scipy", "sklearn", "osmnx", "matplotlib", "numba", "rasterio", "bokeh", "dask"]
    heavy += ["osmium", "h3", "geopandas"]
    code = f"import sys, recallgeo; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_no_module_is_longer_than_a_stranger_reads_once():
    long = {
        str(path.relative_to(SOURCE)): lines
        for path in MODULES
        if (lines := path.read_text(encoding="utf-8").count("\n")) > 500
    }
    assert not long
