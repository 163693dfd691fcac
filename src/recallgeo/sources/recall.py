"""Open recall files, and the tables of ranges that they name."""

import csv
from collections.abc import Iterator, Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from recallgeo.errors import ConfigError, SourceFormatError, SourceUnavailableError
from recallgeo.recall import Recall
from recallgeo.sources.toml import read_toml

__all__ = ["read_recall", "recall_files"]


def read_recall(path: str | PathLike[str]) -> Recall:
    """Read a recall file with its tables.

    Parameters
    ----------
    path : path
        A TOML file; the path of a ``rows_file`` is relative to it.

    Returns
    -------
    Recall
        As the file says.

    Raises
    ------
    SourceUnavailableError
        If a file does not exist.
    SourceFormatError
        If a table of ranges is broken; the message holds file and line.
    ConfigError, ScopeError, SerialFormatError
        If the file breaks the format, or a rule cannot mean what it says.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "ranges.csv").write_text("model,serial", encoding="utf-8")
    >>> read_recall(folder / "recall.toml")
    Traceback (most recent call last):
    ...
    recallgeo.errors.SourceUnavailableError: file not found: ...
    """
    file = Path(path)
    data = read_toml(file)
    for rule, table in _tables_of(data, file):
        if "keys" in rule or "rows" in rule:
            message = (
                f"{file.name}: a rule has rows_file = {table.name!r} and keys or rows; "
                "keep one, since the headers of the file are the keys"
            )
            raise ConfigError(message)
        del rule["rows_file"]
        rule["keys"], rule["rows"] = _read_rows(table)
    return Recall.from_dict(data)


def recall_files(path: str | PathLike[str]) -> list[Path]:
    """Give every file that a recall is read from: the TOML file, then its tables.

    Parameters
    ----------
    path : path
        A TOML file.

    Raises
    ------
    SourceUnavailableError, ConfigError
        As `read_recall`.
    """
    file = Path(path)
    tables = (table for _, table in _tables_of(read_toml(file), file))
    return [file, *dict.fromkeys(tables)]


def _tables_of(data: Mapping[str, Any], file: Path) -> Iterator[tuple[dict[str, Any], Path]]:
    """Give the rules that name a table, with its path."""
    scopes = data.get("scope")
    for scope in scopes if isinstance(scopes, list) else []:
        for kind in ("rule", "except"):
            rules = scope.get(kind) if isinstance(scope, dict) else None
            for rule in rules if isinstance(rules, list) else []:
                if isinstance(rule, dict) and isinstance(rule.get("rows_file"), str):
                    yield rule, file.parent / rule["rows_file"]


def _read_rows(table: Path) -> tuple[list[str], list[list[str]]]:
    """Read headers and rows, separated by commas, semicolons or tabs."""
    try:
        text = table.read_text(encoding="utf-8-sig")
    except OSError as error:
        message = f"file not found: {table}; rows_file is relative to the recall file"
        raise SourceUnavailableError(message) from error
    except UnicodeDecodeError as error:
        message = f"{table.name} is not UTF-8; save it as UTF-8 CSV"
        raise SourceFormatError(message) from error
    heading = text.partition("\n")[0]
    delimiter = max(",;\t", key=heading.count)
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=True)
    try:
        return _checked_rows(reader, table)
    except csv.Error as error:
        message = f"{table.name}, line {reader.line_num}: {error}; check the quotes"
        raise SourceFormatError(message) from error


def _checked_rows(reader: Any, table: Path) -> tuple[list[str], list[list[str]]]:  # noqa: ANN401  # csv's reader has no public type
    keys = [header.strip() for header in next(reader, [])]
    rows = []
    for row in reader:
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        if len(cells) != len(keys) or not all(cells):
            message = (
                f"{table.name}, line {reader.line_num}: {sum(map(bool, cells))} cells for "
                f"{len(keys)} headers ({', '.join(keys)}); write all where any value is meant"
            )
            raise SourceFormatError(message)
        rows.append(cells)
    if not rows:
        message = f"{table.name} holds no rows; expected headers such as model,serial and a row"
        raise SourceFormatError(message)
    return keys, rows
