"""CSV and its kin: fast where the file is regular, record by record where it is not."""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv

from recallgeo.errors import SourceFormatError
from recallgeo.register import ReadOptions
from recallgeo.sources.broken_records import split_records
from recallgeo.sources.encodings import decode_text
from recallgeo.sources.raw_table import RawTable, unique_headers

__all__ = ["parse_delimited"]

DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_LINES = 50
_HEAD_LINES = 1000
_BLOCK = 1 << 24
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\s*')


def parse_delimited(
    content: bytes, options: ReadOptions, *, name: str, wanted: Sequence[str] = ()
) -> RawTable:
    r"""Parse a delimited text file; every cell stays text.

    A regular file (one line a record, each of the header's width) takes the fast path. Any other
    is taken apart record by record: quoted line breaks, records with too few or too many fields,
    stray quotes, records broken in half.

    Parameters
    ----------
    content : bytes
        The file.
    options : ReadOptions
        Delimiter, encoding, header row, repairs.
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
        If there is no header.
    ConfigError
        If a wanted header stands twice.

    Examples
    --------
    >>> table = parse_delimited(b"serial;city\n007;Bonn\n", ReadOptions(), name="units.csv")
    >>> table.cells.reset_index().to_numpy().tolist()
    [[2, '007', 'Bonn']]
    """
    decoded = decode_text(content, name=name, encoding=options.encoding)
    head = _read_head(decoded.text, options, name)
    headers = unique_headers(head.fields, keep=options.duplicate_headers, wanted=wanted, name=name)
    notes = (
        f"{name}: delimiter {head.delimiter!r}, encoding {decoded.encoding}",
        *decoded.notes,
    )
    body = decoded.text[head.end :]
    cells = _parse_regular(body, len(headers), head.delimiter)
    if cells is not None:
        first = head.lines + 1
        cells = _name_columns(cells, headers, range(first, first + len(cells)))
        return RawTable(name=name, cells=cells, notes=notes)
    records = split_records(body, head.delimiter, len(headers), rejoin=options.rejoin_broken_lines)
    cells = pd.DataFrame(dict(enumerate(records.columns())), dtype="str")
    rows = [head.lines + row for row in records.rows]
    return RawTable(
        name=name,
        cells=_name_columns(cells, headers, rows),
        lines=records.set_aside(name, first_line=head.lines + 1),
        notes=(*notes, *records.notes(name)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Head:
    """Header of a file: its fields, the lines up to its end, and where the body starts."""

    fields: list[str]
    delimiter: str
    lines: int
    end: int


def _read_head(text: str, options: ReadOptions, name: str) -> _Head:
    top = text.split("\n", _HEAD_LINES)[:_HEAD_LINES]
    declared = _SEPARATOR_LINE.fullmatch(top[0])
    start = 1 if declared else 0
    if options.header_row is not None:
        start = options.header_row - 1
    else:
        while start < len(top) and not top[start].strip():
            start += 1
    delimiter = options.delimiter or (declared[1] if declared else _find_delimiter(top[start:]))
    reader = csv.reader((f"{line}\n" for line in top[start:]), delimiter=delimiter)
    fields = next(reader, [])
    if not any(field.strip() for field in fields):
        message = f"{name} has no header in line {start + 1}; say where it is: [read] header_row"
        raise SourceFormatError(message)
    used = start + reader.line_num
    end = sum(len(line) + 1 for line in top[:used])
    return _Head(fields=fields, delimiter=delimiter, lines=used, end=end)


def _find_delimiter(lines: Sequence[str]) -> str:
    """Give the delimiter under which most lines are as wide as the first."""
    sample = [f"{line}\n" for line in lines[:_SAMPLE_LINES]]

    def fit(delimiter: str) -> tuple[bool, float, int]:
        widths = [len(row) for row in csv.reader(sample, delimiter=delimiter) if row]
        width = widths[0] if widths else 0
        return width > 1, widths.count(width) / max(len(widths), 1), width

    return max(DELIMITERS, key=fit)


def _name_columns(
    cells: pd.DataFrame, headers: Sequence[str | None], rows: Sequence[int]
) -> pd.DataFrame:
    kept = {at: header for at, header in enumerate(headers) if header is not None}
    named = cells.iloc[:, list(kept)].set_axis(list(kept.values()), axis=1)
    named.index = pd.Index(np.asarray(rows, dtype="int64"), name="source_row")
    return named


def _parse_regular(body: str, width: int, delimiter: str) -> pd.DataFrame | None:
    """Parse a body in which each line is a record of the header's width, else give None."""
    lines = body.count("\n") + (not body.endswith("\n") and bool(body))
    if not lines:
        return pd.DataFrame({at: pd.Series([], dtype="str") for at in range(width)})
    names = [str(at) for at in range(width)]
    try:
        table = pa_csv.read_csv(
            pa.py_buffer(body.encode()),
            read_options=pa_csv.ReadOptions(column_names=names, block_size=_BLOCK),
            parse_options=pa_csv.ParseOptions(delimiter=delimiter, ignore_empty_lines=False),
            convert_options=pa_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.large_string()),
                strings_can_be_null=False,
                check_utf8=False,
            ),
        )
    except pa.ArrowInvalid:
        return None
    if table.num_rows != lines:
        return None
    columns = [pd.array(column.combine_chunks(), dtype="str") for column in table.columns]
    return pd.DataFrame({at: pd.Series(column) for at, column in enumerate(columns)})
