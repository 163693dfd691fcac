"""Address indexes on disk: saved at once or not at all, opened only whole."""

import json
from os import PathLike
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from recallgeo.addresses import NORMALISER_VERSION
from recallgeo.errors import SourceFormatError, SourceUnavailableError
from recallgeo.location.address_index import LEVEL_KEYS, VALUE_DTYPE, AddressIndex, Level
from recallgeo.provenance import Provenance, sha256_of
from recallgeo.sources.osm_addresses import read_osm_addresses

__all__ = ["open_address_index", "read_osm_addresses", "save_address_index"]

_FORMAT = 1
_MANIFEST = "manifest.json"
_REBUILD = "build the index again"


def save_address_index(index: AddressIndex, folder: str | PathLike[str]) -> None:
    """Write an index into a folder.

    Data files carry their checksum in their names and the manifest is replaced at once, so that
    a reader sees the old index or the new one; files of the old one are removed last.

    Parameters
    ----------
    index : AddressIndex
        What to write.
    folder : path
        Made where it does not exist.
    """
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    files = {}
    for level, table in index.levels.items():
        files[level] = {
            "keys": _write_array(target, level, "keys", np.asarray(table.keys, dtype="<u8")),
            "values": _write_array(target, level, "values", np.asarray(table.cells)),
        }
    manifest = {
        "format": _FORMAT,
        "normaliser": index.normaliser,
        "sources": [source.to_dict() for source in index.sources],
        "counts": dict(index.counts),
        "levels": files,
    }
    written = target / f"{_MANIFEST}.new"
    written.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    written.replace(target / _MANIFEST)
    kept = {entry["file"] for level in files.values() for entry in level.values()}
    for path in sorted(target.glob("*.npy")):
        if path.name not in kept:
            path.unlink()


def open_address_index(folder: str | PathLike[str]) -> AddressIndex:
    """Open an index folder, memory-mapped.

    Parameters
    ----------
    folder : path
        As `save_address_index` writes it.

    Raises
    ------
    SourceUnavailableError
        If there is no index.
    SourceFormatError
        If a file is corrupt or missing, or the index was built under other rules of spelling.
    """
    target = Path(folder)
    path = target / _MANIFEST
    if not path.is_file():
        message = (
            f"no address index in {target}: {_MANIFEST} is missing; {_REBUILD} or correct the path"
        )
        raise SourceUnavailableError(message)
    manifest = _read_manifest(path)
    levels = {name: _open_level(target, name, manifest["levels"][name]) for name in LEVEL_KEYS}
    return AddressIndex(
        MappingProxyType(levels),
        tuple(Provenance(**source) for source in manifest["sources"]),
        MappingProxyType(manifest["counts"]),
        manifest["normaliser"],
    )


def _write_array(
    folder: Path, level: str, part: str, array: np.ndarray[Any, np.dtype[Any]]
) -> dict[str, str]:
    written = folder / f"{level}.{part}.new"
    with written.open("wb") as file:
        np.save(file, array, allow_pickle=False)
    digest = sha256_of(written)
    name = f"{level}.{part}.{digest[:12]}.npy"
    written.replace(folder / name)
    return {"file": name, "sha256": digest}


def _read_manifest(path: Path) -> dict[str, Any]:
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        version, spelled = manifest["format"], manifest["normaliser"]
        complete = set(LEVEL_KEYS) <= set(manifest["levels"])
        complete &= {"sources", "counts"} <= set(manifest)
    except (ValueError, KeyError, TypeError) as error:
        message = f"{path} is no manifest of an address index ({error!r}); {_REBUILD}"
        raise SourceFormatError(message) from error
    if version != _FORMAT or spelled != NORMALISER_VERSION or not complete:
        message = (
            f"{path}: the index has format {version} and spelling rules {spelled!r}, expected "
            f"{_FORMAT} and {NORMALISER_VERSION!r}; {_REBUILD} with this version of recallgeo"
        )
        raise SourceFormatError(message)
    return dict(manifest)


def _open_level(folder: Path, level: str, files: dict[str, dict[str, str]]) -> Level:
    keys = _open_array(folder, files["keys"])
    values = _open_array(folder, files["values"])
    if keys.dtype != np.dtype("<u8") or values.dtype != VALUE_DTYPE or len(keys) != len(values):
        message = f"{folder}: level {level!r} does not hold what its name says; {_REBUILD}"
        raise SourceFormatError(message)
    return Level(keys, values)


def _open_array(folder: Path, entry: dict[str, str]) -> np.ndarray[Any, np.dtype[Any]]:
    path = folder / entry["file"]
    if not path.is_file():
        message = f"{path} is missing though the manifest names it; {_REBUILD}"
        raise SourceFormatError(message)
    if sha256_of(path) != entry["sha256"]:
        message = f"{path} is corrupt: its checksum is not the manifest's; {_REBUILD}"
        raise SourceFormatError(message)
    try:
        array: np.ndarray[Any, np.dtype[Any]] = np.load(path, mmap_mode="r", allow_pickle=False)
    except ValueError as error:
        message = f"{path} is no array file ({error}); {_REBUILD}"
        raise SourceFormatError(message) from error
    return array
