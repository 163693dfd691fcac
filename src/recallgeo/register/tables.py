"""From raw cells to a table under any of our contracts: map, sort out, parse, name the rows."""

import csv
import hashlib
import io
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from recallgeo.register.arrow_text import TEXT, to_texts
from recallgeo.register.column_map import ColumnMap
from recallgeo.register.fields import parse_fields
from recallgeo.register.mapping import MappedTable, map_columns
from recallgeo.register.set_aside import row_lines
from recallgeo.schema import FrameSchema

__all__ = ["TypedTable", "build_table", "content_ids", "number_repeats"]

_ID_BYTES = 10
_UNIT_SEPARATOR = "\x1f"

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedTable:
    """A table under a contract, and what could not be used.

    Parameters
    ----------
    frame : DataFrame
        Under the contract, its index made of keys or content.
    lines : list of DataFrame
        Lines for SET_ASIDE, rows and cells.
    """

    frame: pd.DataFrame
    lines: list[pd.DataFrame]


def build_table(
    raw: pd.DataFrame,
    column_map: ColumnMap,
    schema: FrameSchema,
    *,
    source_file: str,
    identifying: Collection[str],
    what: str,
) -> TypedTable:
    """Bring a raw table under a contract.

    A row is set aside only if it is no row (blank, a repeated header) or identifies nothing.
    Any other cell that cannot be used becomes missing, with a line that says why.

    Parameters
    ----------
    raw : DataFrame of str
        Cells as read; the index is the line of the file where it is named ``source_row``, else
        rows are counted from 1.
    column_map : ColumnMap
        The rules.
    schema : FrameSchema
        The contract.
    source_file : str
        Name of the file.
    identifying : collection of str
        Fields of which a row must hold at least one; constants of the map do not count.
    what : str
        What a row that holds none of them fails to identify, for the cause.

    Returns
    -------
    TypedTable
    """
    cells = raw if raw.index.name == "source_row" else _number_rows(raw)
    mapped = map_columns(cells, column_map, schema)
    causes = _row_causes(cells, mapped, identifying, what)
    lost = np.array([cause is not None for cause in causes], dtype=bool)
    lines = [_lost_lines(cells[lost], causes[lost], source_file)]
    if lost.any():
        mapped = _keep_rows(mapped, ~lost)
        cells = cells[~lost]
    typed, cell_lines = parse_fields(mapped, schema, column_map.read, source_file=source_file)
    keys = typed.pop(schema.index) if schema.index in typed else None
    index = number_repeats(_row_keys(cells, keys))
    frame = pd.concat([typed, mapped.extras], axis=1)
    if "source_row" in schema.names:
        frame = frame.assign(source_file=source_file, source_row=cells.index.to_numpy())
    frame.index = pd.Index(index, dtype="str", name=schema.index)
    return TypedTable(frame=schema.conform(frame), lines=[*lines, *cell_lines])


def _number_rows(raw: pd.DataFrame) -> pd.DataFrame:
    return raw.set_axis(pd.RangeIndex(1, len(raw) + 1, name="source_row"))


def _keep_rows(mapped: MappedTable, kept: Flags) -> MappedTable:
    return MappedTable(
        texts=mapped.texts[kept],
        extras=mapped.extras[kept],
        headers=mapped.headers,
        constant=mapped.constant,
    )


def _row_causes(
    cells: pd.DataFrame, mapped: MappedTable, identifying: Collection[str], what: str
) -> npt.NDArray[np.object_]:
    texts, extras = mapped.texts, mapped.extras
    varying = [name for name in texts.columns if name not in mapped.constant]
    telling = [name for name in varying if name in identifying]
    causes = np.full(len(cells), None, dtype=object)
    causes[~_any_filled(texts[telling])] = what
    causes[~(_any_filled(texts[varying]) | _any_filled(extras))] = "blank row"
    causes[_repeats_header(cells)] = "the header again"
    return causes


def _any_filled(frame: pd.DataFrame) -> Flags:
    filled = np.zeros(len(frame), dtype=bool)
    for name in frame.columns:
        if filled.all():
            break
        filled |= frame[name].notna().to_numpy()
    return filled


def _repeats_header(cells: pd.DataFrame) -> Flags:
    """Tell rows whose filled cells are the headers of their columns."""
    same = np.zeros(len(cells), dtype=bool)
    filled = np.zeros(len(cells), dtype=bool)
    open_rows = np.ones(len(cells), dtype=bool)
    for header in cells.columns:
        column = cells.loc[open_rows, header]
        holds = column.notna().to_numpy() & (column.str.strip() != "").to_numpy()
        equal = (column.str.strip() == header).to_numpy()
        at = np.flatnonzero(open_rows)
        filled[at[holds]] = True
        same[at[equal]] = True
        open_rows[at[holds & ~equal]] = False
        if not open_rows.any():
            break
    return open_rows & filled & same


def _lost_lines(
    lost: pd.DataFrame, causes: npt.NDArray[np.object_], source_file: str
) -> pd.DataFrame:
    raw = [_csv_line(row) for row in lost.fillna("").itertuples(index=False, name=None)]
    return row_lines(lost.index, cause=list(causes), source_file=source_file, raw=raw)


def _csv_line(row: tuple[str, ...]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="").writerow(row)
    return buffer.getvalue()


def _row_keys(cells: pd.DataFrame, keys: pd.Series | None) -> pd.Series:
    """Give the source's own key of each row, and a hash of the content where it has none."""
    if keys is None:
        return pd.Series(content_ids(cells), dtype="str")
    plain = keys.reset_index(drop=True)
    absent = plain.isna()
    if absent.any():
        plain = plain.copy()
        plain[absent] = content_ids(cells[absent.to_numpy()])
    return plain


def content_ids(cells: pd.DataFrame) -> list[str]:
    """Hash the content of rows (BLAKE2b, 80 bits): equal rows have equal ids.

    Examples
    --------
    >>> content_ids(pd.DataFrame({"serial": ["A1", "A1"]}, dtype="str"))
    ['5fe03e8284d67f0c00de', '5fe03e8284d67f0c00de']
    """
    columns = [to_texts(cells[name]) for name in cells.columns]
    rows = pc.binary_join_element_wise(
        *columns, pa.scalar(_UNIT_SEPARATOR, TEXT), null_handling="replace", null_replacement=""
    )
    return [
        hashlib.blake2b(row, digest_size=_ID_BYTES).hexdigest()
        for row in rows.cast(pa.large_binary()).to_pylist()
    ]


def number_repeats(keys: pd.Series) -> pd.Series:
    """Make keys unique: the second of a key ends in ``#2``.

    Examples
    --------
    >>> number_repeats(pd.Series(["a", "b", "a"], dtype="str")).tolist()
    ['a', 'b', 'a#2']
    """
    unique = keys
    while unique.duplicated().any():
        again = unique.groupby(unique).cumcount()
        unique = unique.where(again == 0, unique + "#" + (again + 1).astype("str"))
    return unique
