"""Open any table as text: delimited files, workbooks, Parquet, vector files, frames in memory."""

import difflib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import TypeAlias

import pandas as pd
import pyarrow as pa

from recallgeo.errors import SourceFormatError, SourceUnavailableError
from recallgeo.register import ReadOptions
from recallgeo.sources.arrow_tables import frame_to_cells, parquet_to_cells, vector_to_cells
from recallgeo.sources.delimited import parse_delimited
from recallgeo.sources.excel import parse_workbook
from recallgeo.sources.raw_table import RawTable
from recallgeo.sources.unpacking import read_bytes

__all__ = ["TableSource", "open_tables"]

TableSource: TypeAlias = (
    str | PathLike[str] | pd.DataFrame | pa.Table | Sequence[str | PathLike[str]]
)
"""A file, a folder, a pattern such as ``registers/*.csv``, a list of these, or a table."""

DELIMITED = (".csv", ".tsv", ".txt", ".tab")
WORKBOOKS = (".xlsx", ".xlsm")
PARQUET = (".parquet", ".geoparquet", ".pq")
VECTOR = (".gpkg", ".geojson", ".json", ".shp", ".fgb", ".gml", ".kml", ".geojsonl")
PACKED = (".gz", ".zip")


def open_tables(
    source: TableSource, options: ReadOptions, *, wanted: Sequence[str] = ()
) -> list[RawTable]:
    """Open every table that a source names, cells as text.

    Parameters
    ----------
    source : path, pattern, folder, list, DataFrame or pyarrow Table
        The files of a folder or pattern are taken in the order of their names; files of a
        folder that hold no table are passed over with a note.
    options : ReadOptions
        How to open them.
    wanted : sequence of str
        Headers that must not be in doubt.

    Returns
    -------
    list of RawTable

    Raises
    ------
    SourceUnavailableError
        If there is no such file, or it cannot be opened.
    SourceFormatError
        If a file is no table of its kind.

    Examples
    --------
    >>> frame = pd.DataFrame({"serial": [42]})
    >>> open_tables(frame, ReadOptions())[0].cells["serial"].tolist()
    ['42']
    """
    if isinstance(source, pd.DataFrame | pa.Table):
        return [RawTable(name="table", cells=frame_to_cells(source))]
    passed_over: list[str] = []
    tables = [open_table(path, options, wanted=wanted) for path in list_files(source, passed_over)]
    if passed_over:
        note = f"{len(passed_over)} files hold no table and were passed over: "
        tables[0] = replace(tables[0], notes=(*tables[0].notes, note + ", ".join(passed_over)))
    return tables


def list_files(
    source: str | PathLike[str] | Sequence[str | PathLike[str]], passed_over: list[str]
) -> Iterator[Path]:
    """Give the files that a source names, in order; name what was passed over in a folder.

    Parameters
    ----------
    source : path, pattern, folder or list of these
        Where to look.
    passed_over : list of str
        Gets the names of files of another kind that stand in a folder.
    """
    if not isinstance(source, str | PathLike):
        for one in source:
            yield from list_files(one, passed_over)
        return
    path = Path(source)
    if path.is_dir():
        yield from _list_folder(path, passed_over)
    elif path.is_file():
        yield path
    else:
        yield from _list_pattern(path)


def _list_folder(folder: Path, passed_over: list[str]) -> Iterator[Path]:
    files = sorted(path for path in folder.iterdir() if path.is_file())
    tables = [path for path in files if _kind(path) is not None]
    passed_over += [path.name for path in files if path not in tables]
    if not tables:
        message = f"{folder} holds no table; expected {', '.join(_KINDS)} files"
        raise SourceUnavailableError(message)
    yield from tables


def _list_pattern(path: Path) -> Iterator[Path]:
    found = []
    if any(sign in path.name for sign in "*?[") and path.parent.is_dir():
        found = sorted(match for match in path.parent.glob(path.name) if match.is_file())
    if not found:
        message = f"file not found: {path}; {_near_file(path)}"
        raise SourceUnavailableError(message)
    yield from found


def _near_file(path: Path) -> str:
    if not path.parent.is_dir():
        return f"there is no folder {path.parent}"
    names = [file.name for file in path.parent.iterdir() if file.is_file()]
    close = difflib.get_close_matches(path.name, sorted(names), n=1)
    return f"did you mean {close[0]!r}?" if close else "check the path and its folder"


def _kind(path: Path) -> "Opener | None":
    suffixes = [suffix.lower() for suffix in path.suffixes]
    while suffixes and suffixes[-1] in PACKED:
        suffixes.pop()
    return _KINDS.get(suffixes[-1]) if suffixes else None


def open_table(path: Path, options: ReadOptions, *, wanted: Sequence[str] = ()) -> RawTable:
    """Open one file by its ending; raise as `open_tables` does.

    Parameters
    ----------
    path : Path
        A file, which may be packed (``.gz``, ``.zip``).
    options : ReadOptions
        How to open it.
    wanted : sequence of str
        Headers that must not be in doubt.
    """
    opener = _kind(path)
    if opener is None:
        message = f"{path.name} ends in no known kind of table; expected {', '.join(_KINDS)}"
        raise SourceFormatError(message)
    return opener(path, options, wanted)


def _open_delimited(path: Path, options: ReadOptions, wanted: Sequence[str]) -> RawTable:
    return parse_delimited(read_bytes(path), options, name=path.name, wanted=wanted)


def _open_workbook(path: Path, options: ReadOptions, wanted: Sequence[str]) -> RawTable:
    return parse_workbook(read_bytes(path), options, name=path.name, wanted=wanted)


def _open_parquet(path: Path, options: ReadOptions, wanted: Sequence[str]) -> RawTable:  # noqa: ARG001  # one signature for all kinds
    return RawTable(name=path.name, cells=parquet_to_cells(path))


def _open_vector(path: Path, options: ReadOptions, wanted: Sequence[str]) -> RawTable:  # noqa: ARG001  # one signature for all kinds
    return RawTable(name=path.name, cells=vector_to_cells(path, layer=options.sheet))


Opener: TypeAlias = Callable[[Path, ReadOptions, Sequence[str]], RawTable]

_KINDS: dict[str, Opener] = {
    **dict.fromkeys(DELIMITED, _open_delimited),
    **dict.fromkeys(WORKBOOKS, _open_workbook),
    **dict.fromkeys(PARQUET, _open_parquet),
    **dict.fromkeys(VECTOR, _open_vector),
}
