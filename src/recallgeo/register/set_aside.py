"""Lines for rows and cells that could not be used: where, what, why."""

from collections.abc import Sequence

import pandas as pd

from recallgeo.frames import SET_ASIDE
from recallgeo.register.cells import Parsed

__all__ = ["cell_lines", "join_lines", "row_lines"]


def cell_lines(
    parsed: Parsed, texts: pd.Series, *, source_file: str, header: str = ""
) -> pd.DataFrame:
    """Give a line for each cell that was lost while its row was kept.

    Parameters
    ----------
    parsed : Parsed
        What became of the cells.
    texts : Series of str
        The cells; its name is the field, its index the line of the file.
    source_file : str
        Name of the file.
    header : str
        Header of the file's column, where it is another word than the field.
    """
    where = f" (column {header!r})" if header and header != texts.name else ""
    causes = pd.Series(parsed.causes, dtype="str") + where
    return _lines(
        source_file,
        texts.index[parsed.bad],
        column=str(texts.name),
        value=texts.iloc[parsed.bad].to_numpy(),
        cause=causes.to_numpy(),
        kept=True,
    )


def row_lines(
    rows: Sequence[int] | pd.Index,
    *,
    cause: str | Sequence[str],
    source_file: str,
    raw: Sequence[str] | pd.Series | None = None,
    kept: bool = False,
) -> pd.DataFrame:
    """Give a line for each whole row that was set aside, or repaired and kept.

    Parameters
    ----------
    rows : sequence of int
        Lines of the file.
    cause : str or sequence of str
        Why, of all rows or of each.
    source_file : str
        Name of the file.
    raw : sequence of str, optional
        The rows as text.
    kept : bool, default False
        Whether the rows are kept all the same.
    """
    texts = None if raw is None else list(raw)
    causes = cause if isinstance(cause, str) else list(cause)
    return _lines(source_file, rows, cause=causes, kept=kept, raw=texts)


def _lines(source_file: str, rows: Sequence[int] | pd.Index, **columns: object) -> pd.DataFrame:
    frame = pd.DataFrame(
        {"source_file": source_file, "source_row": pd.array(list(rows), dtype="Int64"), **columns}
    )
    return SET_ASIDE.conform(frame)


def join_lines(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Put lines together in the order of file and row, each under a label of its own.

    Parameters
    ----------
    parts : sequence of DataFrame
        Under SET_ASIDE, their labels aside.

    Returns
    -------
    DataFrame
        SET_ASIDE; the label is ``<file>:<row>:<column>``, numbered where it repeats.
    """
    filled = [part for part in parts if len(part)]
    if not filled:
        return SET_ASIDE.empty()
    lines = pd.concat(filled, ignore_index=True)
    order = {name: at for at, name in enumerate(dict.fromkeys(lines["source_file"]))}
    lines["_order"] = lines["source_file"].map(order)
    lines = lines.sort_values(["_order", "source_row"], kind="stable").drop(columns="_order")
    labels = lines["source_file"] + ":" + lines["source_row"].astype("str")
    labels = labels + (":" + lines["column"]).fillna("")
    again = labels.groupby(labels).cumcount()
    labels = labels.where(again == 0, labels + "#" + (again + 1).astype("str"))
    lines.index = pd.Index(labels, dtype="str", name=SET_ASIDE.index)
    return SET_ASIDE.conform(lines)
