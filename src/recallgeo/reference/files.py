"""Where the reference files stand, and the row of each in ``registry.toml``.

In a wheel they stand inside the package, in a checkout in the folder ``data/reference``; both
are read only.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from recallgeo.errors import SourceFormatError, nearest_name
from recallgeo.provenance import Provenance, sha256_of

__all__ = ["ReferenceFile", "broken_files", "read_toml", "reference_path", "registry"]

REGISTRY = "registry.toml"
_PACKAGE = Path(__file__).parents[1]
_FOLDERS = (_PACKAGE / "data" / "reference", _PACKAGE.parents[1] / "data" / "reference")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceFile:
    """A file of the reference data as ``registry.toml`` describes it.

    Parameters
    ----------
    name : str
        Name of the file.
    title : str
        What it holds, in a few words.
    source : str
        Packages with version that it is built from, or "written by hand".
    licence : str
        Licence of the data.
    attribution : str
        The words that the licence asks for.
    vintage : str
        Date of the data, ISO at the precision known.
    sha256 : str
        Hash of the file.
    script : str
        The script that builds it; empty where it is written by hand.
    """

    name: str
    title: str
    source: str
    licence: str
    attribution: str
    vintage: str
    sha256: str
    script: str = ""

    @property
    def provenance(self) -> Provenance:
        """Origin in the form that layers and rasters carry."""
        return Provenance(
            source=self.name,
            licence=self.licence,
            attribution=self.attribution,
            vintage=self.vintage,
            sha256=self.sha256,
        )


@cache
def reference_folder() -> Path:
    """Give the folder of the reference data."""
    for folder in _FOLDERS:
        if (folder / REGISTRY).is_file():
            return folder
    message = f"{REGISTRY} of the reference data is missing; expected beside the package: reinstall"
    raise SourceFormatError(message)


def reference_path(name: str) -> Path:
    """Give the path of a reference file.

    Parameters
    ----------
    name : str
        Name of the file, such as ``"places.parquet"``.

    Raises
    ------
    SourceFormatError
        If the registry does not know the name, or the file is missing.

    Examples
    --------
    >>> reference_path("hazards.toml").name
    'hazards.toml'
    """
    if name != REGISTRY and name not in registry():
        message = f"no reference file {name!r}; {nearest_name(name, registry())}"
        raise SourceFormatError(message)
    path = reference_folder() / name
    if not path.is_file():
        message = f"reference file {name!r} is missing from the installation; reinstall recallgeo"
        raise SourceFormatError(message)
    return path


@cache
def registry() -> dict[str, ReferenceFile]:
    """Give the row of each reference file, by name.

    Returns
    -------
    dict of str to ReferenceFile
        In the order of ``registry.toml``; must not be altered.

    Examples
    --------
    >>> registry()["places.parquet"].licence
    'CC BY 4.0'
    """
    rows = read_toml(REGISTRY).get("file", {})
    try:
        return {name: ReferenceFile(name=name, **row) for name, row in rows.items()}
    except TypeError as error:
        message = f"{REGISTRY}: {error}; reinstall recallgeo"
        raise SourceFormatError(message) from error


def read_toml(name: str) -> dict[str, Any]:
    """Read a TOML file of the reference data.

    Parameters
    ----------
    name : str
        Name of the file.

    Raises
    ------
    SourceFormatError
        If it is missing or no TOML.
    """
    try:
        with reference_path(name).open("rb") as file:
            return tomllib.load(file)
    except tomllib.TOMLDecodeError as error:
        message = f"reference file {name!r} is damaged ({error}); reinstall recallgeo"
        raise SourceFormatError(message) from error


def broken_files() -> dict[str, str]:
    """Compare every reference file with its hash.

    Returns
    -------
    dict of str to str
        Name to what is wrong: ``"missing"``, ``"changed"`` or ``"without a row"``; empty where
        all is well.

    Examples
    --------
    >>> broken_files()
    {}
    """
    folder = reference_folder()
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    wrong = dict.fromkeys(sorted(found - {*registry(), REGISTRY}), "without a row")
    for name, row in registry().items():
        if name not in found:
            wrong[name] = "missing"
        elif sha256_of(folder / name) != row.sha256:
            wrong[name] = "changed"
    return wrong
