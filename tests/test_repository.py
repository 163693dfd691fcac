"""What is in the repository, and what may not be."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
LARGEST = 2 * 1024 * 1024
# one letter of each name stands in brackets, so that this file does not hold what it looks for
REGISTRY_HOSTS = re.compile(
    rb"pyp[i]\.(?:org|python)|pythonhoste[d]\.org|npmj[s]\.(?:org|com)|yarnpk[g]\.com"
    rb"|(?:deb|security)\.debia[n]\.org|archive\.ubunt[u]\.com|anacond[a]\.org|crate[s]\.io"
    rb"|proxy\.golan[g]\.org|index-ur[l]|find-link[s]",
    re.IGNORECASE,
)
# a folder of one machine; `.work/` and `a/root/` are parts of relative paths
MACHINE_PATHS = re.compile(
    rb"(?<![\w./-])(?:/wor[k]/|/roo[t]/|/hom[e]/\w|/User[s]/\w|/mn[t]/\w|[A-Z]:\\\\?Users)"
)


def read_pyproject():
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def tracked() -> list[Path]:
    """Files in git; in an unpacked archive, which has no git, every file of the archive."""
    command = ["git", "ls-files", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    if listed.returncode == 0:
        names = [name for name in listed.stdout.decode().split("\0") if name]
        return [ROOT / name for name in names if (ROOT / name).is_file()]
    hidden = [path for path in ROOT.iterdir() if path.name.startswith(".")]
    return [
        path
        for path in ROOT.rglob("*")
        if path.is_file() and not any(path.is_relative_to(folder) for folder in hidden)
    ]


def found_in(files: list[Path], pattern: re.Pattern[bytes]) -> list[str]:
    """Name each place in a text file where the pattern stands."""
    places = []
    for path in files:
        content = path.read_bytes()
        name = path.relative_to(ROOT).as_posix()
        if b"\0" in content[:8192]:
            continue
        for match in pattern.finditer(content):
            line = content.count(b"\n", 0, match.start()) + 1
            places.append(f"{name}:{line}: {match[0].decode()}")
    return places


def test_no_file_names_a_package_registry(tracked):
    assert found_in(tracked, REGISTRY_HOSTS) == []


def test_no_file_names_a_folder_of_one_machine(tracked):
    assert found_in(tracked, MACHINE_PATHS) == []


@pytest.mark.parametrize(
    ("text", "pattern", "hit"),
    [
        # an underscore stands where nothing stands in the text that is searched
        (b"--index-_url x", REGISTRY_HOSTS, True),
        (b"see files.Python_Hosted.org/x", REGISTRY_HOSTS, True),
        (b'open("/wo_rk/main/x")', MACHINE_PATHS, True),
        (b"cd /ho_me/anna/x", MACHINE_PATHS, True),
        (b"files/home/x and net/ro_ot/x", MACHINE_PATHS, False),
        (b"https://example.org/home/x", MACHINE_PATHS, False),
    ],
)
def test_patterns_find_what_they_are_for(text, pattern, hit):
    assert bool(pattern.search(text.replace(b"_", b""))) is hit


def test_only_reference_data_is_larger_than_2_mib(tracked):
    reference = ROOT / "data" / "reference"
    large = [
        path.relative_to(ROOT).as_posix()
        for path in tracked
        if path.stat().st_size > LARGEST and not path.is_relative_to(reference)
    ]
    assert large == []


def test_nothing_that_is_made_is_in_git(tracked):
    made = re.compile(r"(^|/)(__pycache__|\.venv|\.hypothesis|build|dist|demo-out)/|\.pyc$")
    names = [path.relative_to(ROOT).as_posix() for path in tracked]
    assert [name for name in names if made.search(name)] == []


def constraint_lines() -> list[str]:
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def test_constraints_are_plain_pins_in_no_place():
    wrong = [
        line
        for line in constraint_lines()
        if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.!+_-]+", line)
    ]
    assert wrong == []


def test_constraints_name_each_package_once():
    names = [canonicalize_name(line.split("==")[0]) for line in constraint_lines()]
    assert sorted(names) == sorted(set(names))


def test_constraints_pin_every_package_that_the_targets_install():
    data = read_pyproject()
    project = data["project"]
    texts = [
        *data["build-system"]["requires"],
        *project["dependencies"],
        *project["optional-dependencies"]["excel"],
        *project["optional-dependencies"]["scale"],
        *data["dependency-groups"]["dev"],
    ]
    pins = {
        canonicalize_name(name): version
        for name, version in (line.split("==") for line in constraint_lines())
    }
    wanted = [Requirement(text) for text in texts]
    assert [str(one) for one in wanted if canonicalize_name(one.name) not in pins] == []
    unfit = [
        str(one) for one in wanted if not one.specifier.contains(pins[canonicalize_name(one.name)])
    ]
    assert unfit == []


def test_requirements_have_lower_bounds_only():
    data = read_pyproject()
    extras = data["project"]["optional-dependencies"].values()
    texts = [*data["project"]["dependencies"], *(text for extra in extras for text in extra)]
    bounds = {text: [bound.operator for bound in Requirement(text).specifier] for text in texts}
    assert {text: kinds for text, kinds in bounds.items() if kinds != [">="]} == {}
