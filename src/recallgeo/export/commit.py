"""Commit a run's files as one: a reader sees the old set or the whole new one.

Everything is written into ``DIR/.next`` first. ``DIR/commit.json`` then names the files with
their hashes; from there on the new run is whole, and whoever finds that file finishes the move.
The manifest is moved last, so a manifest whose hashes fit speaks of one run.
"""

import json
import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from recallgeo.errors import ExportError
from recallgeo.export.lock import sole_writer
from recallgeo.provenance import sha256_of

__all__ = [
    "COMMIT",
    "MANIFEST",
    "STAGING",
    "commit_files",
    "discard_staging",
    "open_staging",
    "roll_forward",
    "write_json",
]

STAGING = ".next"
COMMIT = "commit.json"
MANIFEST = "manifest.json"


def roll_forward(out: str | os.PathLike[str]) -> bool:
    """Finish an interrupted commit, and clear what an interrupted run left behind.

    Parameters
    ----------
    out : path
        Folder of a run; it may not exist.

    Returns
    -------
    bool
        True if a commit was finished; False if there was none, or a run is writing just now
        (it will finish its own).

    Raises
    ------
    ExportError
        If the commit names a file that is neither staged nor moved.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     roll_forward(folder)
    False
    """
    folder = Path(out)
    if not folder.is_dir():
        return False
    with sole_writer(folder) as alone:
        return alone and _roll_forward(folder)


def _roll_forward(folder: Path) -> bool:
    if not (folder / COMMIT).is_file():
        discard_staging(folder)
        return False
    plan = _read_plan(folder)
    _check_staged(folder, plan["files"])
    _finish(folder, plan)
    return True


def open_staging(folder: Path) -> Path:
    """Make an empty ``.next``, after finishing an interrupted commit; the caller holds the lock."""
    _roll_forward(folder)
    staging = folder / STAGING
    staging.mkdir()
    return staging


def discard_staging(folder: Path) -> None:
    """Remove ``.next``, unless a commit stands on it."""
    staging = folder / STAGING
    if staging.is_dir() and not (folder / COMMIT).exists():
        shutil.rmtree(staging)


def commit_files(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Move the staged files into the folder, the manifest last.

    Parameters
    ----------
    folder : Path
        The run's folder; its ``.next`` holds every output.
    manifest : mapping
        Plain data; ``outputs`` maps each staged name to its ``sha256``.

    Raises
    ------
    ExportError
        If an output would replace a file that no earlier run wrote.
    """
    staging = folder / STAGING
    outputs = manifest["outputs"]
    before = _listed(folder)
    foreign = [name for name in outputs if name not in before and (folder / name).exists()]
    if foreign:
        shown = ", ".join(repr(name) for name in foreign[:3])
        message = (
            f"{folder.name} holds {len(foreign)} files of these names that no run wrote ({shown}); "
            "move them away or choose another folder"
        )
        raise ExportError(message)
    write_json(staging / MANIFEST, manifest)
    hashes = {name: output["sha256"] for name, output in outputs.items()}
    hashes[MANIFEST] = sha256_of(staging / MANIFEST)
    plan = {"files": hashes, "remove": sorted(set(before) - set(outputs))}
    _sync_tree(staging)
    write_json(staging / COMMIT, plan)
    _sync(staging / COMMIT)
    (staging / COMMIT).replace(folder / COMMIT)
    _sync(folder)
    _finish(folder, plan)


def write_json(path: Path, data: Mapping[str, Any]) -> None:
    """Write plain data as JSON: indented, keys in their order, no NaN."""
    text = json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False, default=_plain)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def _plain(value: Any) -> Any:  # noqa: ANN401 - the hook of json.dumps takes and gives anything
    """Turn numpy scalars, dates and paths' names into plain data."""
    if hasattr(value, "item"):
        return value.item()
    if hasattr(value, "isoformat"):
        return value.isoformat()
    message = f"{type(value).__name__} {value!r:.60} is not plain data; the manifest cannot hold it"
    raise ExportError(message)


def _read_plan(folder: Path) -> dict[str, Any]:
    """Read the commit; each of its names stays inside the folder."""
    try:
        plan = json.loads((folder / COMMIT).read_text(encoding="utf-8"))
        names = [*plan["files"], *plan["remove"]]
    except (ValueError, KeyError, TypeError) as error:
        message = (
            f"{folder.name}/{COMMIT} is not the commit of a run; "
            "move it away or choose another folder"
        )
        raise ExportError(message) from error
    for name in names:
        _inside(folder, name)
    return {"files": plan["files"], "remove": plan["remove"]}


def _finish(folder: Path, plan: Mapping[str, Any]) -> None:
    staging = folder / STAGING
    last = [MANIFEST]
    for name in [*(n for n in plan["files"] if n != MANIFEST), *last]:
        if name == MANIFEST:
            _remove(folder, plan["remove"])
            _sync_folders(folder, plan["files"])
        if (staging / name).exists():
            (folder / name).parent.mkdir(exist_ok=True)
            (staging / name).replace(folder / name)
    _sync(folder)
    (folder / COMMIT).unlink()
    _sync(folder)
    if staging.is_dir():
        shutil.rmtree(staging)


def _remove(folder: Path, names: Iterable[str]) -> None:
    """Remove files of the earlier run that the new one no longer has."""
    for name in names:
        path = _inside(folder, name)
        path.unlink(missing_ok=True)
        if path.parent != folder and path.parent.is_dir() and not any(path.parent.iterdir()):
            path.parent.rmdir()


def _check_staged(folder: Path, files: Mapping[str, str]) -> None:
    """Check that each file of the commit is whole, staged or moved."""
    for name, digest in files.items():
        staged = _inside(folder / STAGING, name)
        moved = _inside(folder, name)
        there = staged if staged.exists() else moved
        if not there.is_file() or sha256_of(there) != digest:
            message = (
                f"{folder.name}: the interrupted commit names {name!r}, which is missing or "
                f"altered; delete {COMMIT} and {STAGING} in that folder and run again"
            )
            raise ExportError(message)


def _listed(folder: Path) -> list[str]:
    """Give the names of the outputs of the run that stands in the folder."""
    path = folder / MANIFEST
    if not path.exists():
        return []
    try:
        outputs = json.loads(path.read_text(encoding="utf-8"))["outputs"]
        return [name for name in outputs if _inside(folder, name)]
    except (ValueError, KeyError, TypeError) as error:
        message = (
            f"{folder.name}/{MANIFEST} is not the manifest of a run; "
            "move it away or choose another folder"
        )
        raise ExportError(message) from error


def _inside(folder: Path, name: str) -> Path:
    """Give the path of a name, which may not lead out of the folder."""
    parts = PurePosixPath(name)
    if parts.is_absolute() or ".." in parts.parts or "\\" in name or ":" in name or not name:
        message = f"{name!r} is not the name of a file inside {folder.name}; delete {COMMIT}"
        raise ExportError(message)
    return folder / parts


def _sync_tree(staging: Path) -> None:
    for path in sorted(staging.rglob("*")):
        _sync(path)
    _sync(staging)


def _sync_folders(folder: Path, names: Iterable[str]) -> None:
    for parent in sorted({(folder / name).parent for name in names}):
        if parent.is_dir():
            _sync(parent)


def _sync(path: Path) -> None:
    """Put a file or a folder's names on the disk; folders only where the system can."""
    if path.is_dir() and os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
