"""Commented skeletons of the files that people write."""

from importlib import resources
from pathlib import Path

from recallgeo.errors import ConfigError, nearest_name
from recallgeo.frames import ASSETS
from recallgeo.register import ReadOptions
from recallgeo.sources.tables import open_tables

__all__ = ["write_skeletons"]

_NAMES = ("incident.toml", "columns.toml", "recall.toml", "parties.csv")


def write_skeletons(folder: Path, *, register: Path | None = None) -> list[Path]:
    """Write the skeletons of an incident; a file that is there already stops all.

    Parameters
    ----------
    folder : Path
        Made where it is missing.
    register : Path, optional
        A register; its headers are listed in the column map, each beside the nearest of our
        names, commented out for a person to confirm.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    ConfigError
        If one of the files exists.
    """
    there = [name for name in _NAMES if (folder / name).exists()]
    if there:
        message = f"{folder} already holds {', '.join(there)}; choose another folder"
        raise ConfigError(message)
    headers = _headers(register) if register is not None else []
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name in _NAMES:
        text = resources.files("recallgeo.cli").joinpath("skeletons", name).read_text("utf-8")
        if name == "columns.toml" and headers:
            text += _proposal(headers)
        if name == "incident.toml" and register is not None:
            text = text.replace("register.csv", register.resolve().as_posix())
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
        written.append(folder / name)
    return written


def _headers(register: Path) -> list[str]:
    tables = open_tables(register, ReadOptions())
    return [str(name) for name in tables[0].cells.columns]


def _proposal(headers: list[str]) -> str:
    """List the register's headers as lines to confirm; a run uses none of them before that."""
    lines = ["", "# The register's headers; remove the # of each line that is right."]
    for header in headers:
        close = nearest_name(header.strip().lower().replace(" ", "_"), ASSETS.names)
        ours = close.split("'")[1] if close.startswith("did") else "..."
        lines.append(f'# {ours} = "{header.replace(chr(34), "")}"')
    return "\n".join(lines) + "\n"
