"""Open the TOML files that people write: incident, column map, recall, score model."""

import re
import tomllib
from os import PathLike
from pathlib import Path
from typing import Any

from recallgeo.errors import ConfigError, SourceUnavailableError

__all__ = ["read_toml"]


def read_toml(path: str | PathLike[str]) -> dict[str, Any]:
    """Read a TOML file as plain data.

    Parameters
    ----------
    path : path
        A TOML 1.0 file in UTF-8, with or without a byte order mark.

    Returns
    -------
    dict
        Tables as dicts, dates as `datetime.date` and its kin.

    Raises
    ------
    SourceUnavailableError
        If there is no such file, or it may not be opened.
    ConfigError
        If it is not TOML; the message holds file, line, column and the line's text.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "recall.toml").write_text('recall = {id = "25-090"}', encoding="utf-8")
    >>> read_toml(folder / "recall.toml")
    {'recall': {'id': '25-090'}}
    """
    file = Path(path)
    text = _read_text(file)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = f"{file.name} is not TOML: {error}{_line_shown(text, str(error))}"
        raise ConfigError(message) from error


def _read_text(file: Path) -> str:
    try:
        content = file.read_bytes()
    except FileNotFoundError as error:
        message = f"file not found: {file}; check the path, which is relative to the file naming it"
        raise SourceUnavailableError(message) from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        message = f"{file} cannot be opened ({reason}); expected a readable TOML file"
        raise SourceUnavailableError(message) from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = (
            f"{file.name}, line {line}: byte 0x{content[error.start]:02x} is not UTF-8; "
            "save the file as UTF-8"
        )
        raise ConfigError(message) from error


def _line_shown(text: str, reason: str) -> str:
    """Show the line that the parser names, so that the eye need not count."""
    found = re.search(r"at line (\d+)", reason)
    lines = text.splitlines()
    if found is None or not 1 <= int(found[1]) <= len(lines):
        return ""
    return f": {lines[int(found[1]) - 1].strip()[:80]!r}"
