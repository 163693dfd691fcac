"""Workbooks: cells as a person sees them, as text."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

import pandas as pd

from recallgeo import _optional
from recallgeo.errors import SourceFormatError, nearest_name
from recallgeo.frames import SET_ASIDE
from recallgeo.register import ReadOptions
from recallgeo.register.set_aside import join_lines, row_lines
from recallgeo.sources.raw_table import RawTable, unique_headers
from recallgeo.sources.unpacking import check_unpacked_size

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

__all__ = ["MOST_WORKBOOK", "parse_workbook"]

MOST_WORKBOOK = 1 << 30
"""Most bytes that a workbook may unpack to: 1 GiB; judgement."""

_ZEROS = re.compile(r"0{2,}")


def parse_workbook(
    content: bytes, options: ReadOptions, *, name: str, wanted: Sequence[str] = ()
) -> RawTable:
    """Parse one sheet of a workbook.

    Dates become ISO text, numbers shown with leading zeros keep them, a cell that is merged over
    several rows or columns holds its value in each. A formula gives the value that was last
    stored; where none was, the cell is missing, with a line.

    Parameters
    ----------
    content : bytes
        An ``.xlsx`` file.
    options : ReadOptions
        Sheet and header row.
    name : str
        Its name.
    wanted : sequence of str
        Headers that must not be in doubt.

    Returns
    -------
    RawTable

    Raises
    ------
    SourceFormatError
        If it is no workbook, has no such sheet or no header, or unpacks to more than
        `MOST_WORKBOOK` bytes.
    MissingDependencyError
        If openpyxl is not installed.
    """
    check_unpacked_size(content, name=name, most=MOST_WORKBOOK)
    sheet = _open_sheet(content, options.sheet, name, values=True)
    grid = [[_cell_text(cell) for cell in row] for row in sheet.iter_rows()]
    _fill_merged(sheet, grid)
    start = _header_row(grid, options.header_row, name)
    headers = unique_headers(
        [text or "" for text in grid[start]],
        keep=options.duplicate_headers,
        wanted=wanted,
        name=name,
    )
    kept = {at: header for at, header in enumerate(headers) if header is not None}
    rows = grid[start + 1 :]
    cells = pd.DataFrame(
        {header: pd.array([row[at] for row in rows], dtype="str") for at, header in kept.items()},
        index=pd.RangeIndex(start + 2, start + 2 + len(rows), name="source_row"),
    )
    return RawTable(
        name=name,
        cells=cells,
        lines=_formula_lines(content, sheet, kept, start + 2, name),
        notes=(f"{name}: sheet {sheet.title!r}, header in row {start + 1}",),
    )


# what openpyxl, zipfile, zlib and the XML parser raise on workbooks with bytes changed
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, SyntaxError, EOFError, KeyError, ValueError, TypeError),
    *(AttributeError, IndexError, NotImplementedError, RuntimeError),
)


def _open_sheet(content: bytes, wanted: str | None, name: str, *, values: bool) -> "Worksheet":
    with _optional.needs("excel"):
        import openpyxl
        from openpyxl.utils.exceptions import InvalidFileException
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), data_only=values)
    except (InvalidFileException, *_BROKEN) as error:
        message = f"{name} is no workbook: {error}; open it in a spreadsheet and save it as .xlsx"
        raise SourceFormatError(message) from error
    sheets = {sheet.title: sheet for sheet in book.worksheets}
    if wanted is not None and wanted not in sheets:
        message = f"{name} has no sheet {wanted!r}; {nearest_name(wanted, sheets)}"
        raise SourceFormatError(message)
    if not sheets:
        message = f"{name} has no sheet with cells"
        raise SourceFormatError(message)
    return sheets[wanted] if wanted else next(iter(sheets.values()))


def _cell_text(cell: Any) -> str | None:  # noqa: ANN401  # a cell of any kind
    value = cell.value
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and _ZEROS.fullmatch(cell.number_format or ""):
        return str(value).zfill(len(cell.number_format))
    return str(value)


def _fill_merged(sheet: "Worksheet", grid: list[list[str | None]]) -> None:
    for area in sheet.merged_cells.ranges:
        value = grid[area.min_row - 1][area.min_col - 1]
        for row in grid[area.min_row - 1 : area.max_row]:
            row[area.min_col - 1 : area.max_col] = [value] * (area.max_col - area.min_col + 1)


def _header_row(grid: list[list[str | None]], declared: int | None, name: str) -> int:
    filled = [any(text and text.strip() for text in row) for row in grid]
    if declared is not None:
        filled = [full and at == declared - 1 for at, full in enumerate(filled)]
    if not any(filled):
        message = f"{name} has no header in row {declared or 1}; say where: [read] header_row"
        raise SourceFormatError(message)
    return filled.index(True)


def _formula_lines(
    content: bytes, sheet: "Worksheet", kept: dict[int, str], first: int, name: str
) -> pd.DataFrame:
    """Give a line for each formula of which no value was stored."""
    if not _has_formulas(content):
        return SET_ASIDE.empty()
    formulas = _open_sheet(content, sheet.title, name, values=False)
    lines = []
    for at, header in kept.items():
        for row, formula in _column_formulas(formulas, at, first):
            if sheet.cell(row, at + 1).value is None:
                cause = "a formula of which no value was stored; open and save the workbook"
                line = row_lines([row], cause=cause, source_file=name, kept=True)
                lines.append(line.assign(column=header, value=formula))
    return join_lines(lines)


def _column_formulas(sheet: "Worksheet", at: int, first: int) -> Iterator[tuple[int, str]]:
    column = sheet.iter_rows(min_row=first, min_col=at + 1, max_col=at + 1)
    for row, (cell,) in enumerate(column, first):
        if cell.data_type == "f":
            yield row, str(cell.value)


def _has_formulas(content: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        return any(b"<f" in archive.read(name) for name in sheets)
