"""CSV for people: opens right in a spreadsheet, and runs nothing there.

UTF-8 with a byte order mark (without it Excel reads names such as Zürich wrongly; every CSV
reader with ``utf-8-sig`` skips it), comma, lines end in a line feed. Texts stand in quotes, missing
cells are empty.
"""

import codecs
import csv
import io
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv
from pandas.api import types

from recallgeo.export.json_text import arrow_text

__all__ = ["FORMULA_STARTS", "neutralise_formulas", "write_csv"]

_BATCH = 65_536
FORMULA_STARTS = "=+-@\t\r\n＝＋－＠"  # noqa: RUF001 - the wide forms start a formula as well
"""Signs at which a spreadsheet takes a cell's text for a formula (OWASP, CSV injection)."""


def neutralise_formulas(texts: pd.Series) -> pd.Series:
    """Put an apostrophe before each text that a spreadsheet would run as a formula.

    Parameters
    ----------
    texts : Series of text
        Any text of a customer, a register or a layer.

    Returns
    -------
    Series of text
        On the same index; a telephone number such as ``+41 ...`` gets the apostrophe too.

    Examples
    --------
    >>> neutralise_formulas(pd.Series(["=1+1", "Zürich"])).tolist()
    ["'=1+1", 'Zürich']
    """
    risky = texts.str.startswith(tuple(FORMULA_STARTS), na=False)
    if not risky.any():
        return texts
    return texts.mask(risky, "'" + texts)


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    r"""Write a table as CSV, the index first unless it merely counts the rows.

    Parameters
    ----------
    frame : DataFrame
        Texts, numbers and booleans; not altered. A geometry column is left out.
    path : Path
        The file.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_csv(pd.DataFrame({"name": ["=A1", None]}), Path(folder, "t.csv"))
    ...     Path(folder, "t.csv").read_bytes()
    b'\xef\xbb\xbfname\n"\'=A1"\n\n'
    """
    table = pd.DataFrame(frame.drop(columns="geometry", errors="ignore"))
    if table.index.name is not None or not isinstance(table.index, pd.RangeIndex):
        table = table.reset_index()
    names = [str(name) for name in table.columns]
    columns = [_column(table.iloc[:, number]) for number in range(len(names))]
    with path.open("wb") as file:
        head = io.StringIO()
        csv.writer(head, lineterminator="\n").writerow(names)
        file.write(codecs.BOM_UTF8 + head.getvalue().encode())
        options = pa_csv.WriteOptions(include_header=False, batch_size=_BATCH)
        pa_csv.write_csv(pa.table(columns, names=names), file, options)


def _column(values: pd.Series) -> Any:  # noqa: ANN401 - pyarrow has no types
    """Give a column as Arrow holds it: numbers and booleans as they are, the rest as safe text."""
    if types.is_numeric_dtype(values.dtype):
        return pa.array(values, from_pandas=True)
    texts = arrow_text(values)
    safe = neutralise_formulas(pd.Series(texts, dtype="str"))
    return pa.array(safe, from_pandas=True, type=pa.string())
