"""Write the lowest versions that pyproject.toml allows, as a constraints list for pip.

    python tools/lowest_versions.py [--extra excel ...] > lowest.txt

Only what the project names itself is held at its lower bound; what those packages need in turn
is left to pip. `tests/slow/test_dependencies.py` runs part of the suite with the list.
"""

import argparse
import sys
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path

from packaging.requirements import Requirement
from packaging.version import Version

__all__ = ["lowest_versions", "project_requirements"]

PYPROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"


def project_requirements(pyproject: Path, *, extras: Sequence[str] = ()) -> list[Requirement]:
    """Read the required packages of the project and those of the extras named.

    Parameters
    ----------
    pyproject : Path
        The project's metadata.
    extras : sequence of str
        Names of extras.

    Raises
    ------
    KeyError
        For an extra that the project does not have.
    """
    project = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]
    texts = list(project["dependencies"])
    for extra in extras:
        texts += project["optional-dependencies"][extra]
    return [Requirement(text) for text in texts]


def lowest_versions(requirements: Iterable[Requirement]) -> list[str]:
    """Give one ``name==version`` line for each requirement, the version being its lower bound.

    Parameters
    ----------
    requirements : iterable of Requirement
        Each with one ``>=`` bound and no upper bound.

    Raises
    ------
    ValueError
        With every requirement that has no lower bound, or another kind of bound.
    """
    bounds: dict[str, Version] = {}
    wrong = []
    for requirement in requirements:
        found = list(requirement.specifier)
        if [bound.operator for bound in found] != [">="]:
            wrong.append(str(requirement))
            continue
        bound = Version(found[0].version)
        bounds[requirement.name] = max(bound, bounds.get(requirement.name, bound))
    if wrong:
        message = f"expected one lower bound (>=) and no other, found: {', '.join(wrong)}"
        raise ValueError(message)
    return [f"{name}=={bounds[name]}" for name in sorted(bounds)]


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the list."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--extra", action="append", default=[], help="an extra to include")
    options = parser.parse_args(arguments)
    lines = lowest_versions(project_requirements(PYPROJECT, extras=options.extra))
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
