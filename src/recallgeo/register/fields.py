"""Texts under our names become the columns of a contract, typed."""

from collections.abc import Callable, Mapping

import pandas as pd

from recallgeo.frames import DATE_FIELDS
from recallgeo.register.cells import (
    Parsed,
    parse_counts,
    parse_json,
    parse_language,
    parse_numbers,
    parse_texts,
    parse_words,
)
from recallgeo.register.countries import parse_countries
from recallgeo.register.dates import parse_dates, parse_instants
from recallgeo.register.mapping import MappedTable
from recallgeo.register.read_options import ReadOptions
from recallgeo.register.set_aside import cell_lines
from recallgeo.schema import Column, FrameSchema

__all__ = ["parse_fields"]

_EXACT = ("serial", "gtin", "lot", "part_number", "date_code", "customer_id")
_COUNTRIES = ("country", "market")

Parser = Callable[[pd.Series], Parsed]


def parse_fields(
    mapped: MappedTable, schema: FrameSchema, options: ReadOptions, *, source_file: str
) -> tuple[pd.DataFrame, list[pd.DataFrame]]:
    """Parse every field of a table by the dtype and meaning of its column.

    Parameters
    ----------
    mapped : MappedTable
        Texts under our names; the index is the line of the file.
    schema : FrameSchema
        The contract.
    options : ReadOptions
        Date formats and decimal sign.
    source_file : str
        Name of the file, for the lines.

    Returns
    -------
    DataFrame, list of DataFrame
        Typed columns on the same index, and the lines of cells that could not be used.
    """
    typed: dict[str, pd.Series] = {}
    lines = []
    for name in mapped.texts.columns:
        texts = mapped.texts[name]
        column = schema.column(str(name)) or Column(str(name), "text", "key")
        parsed = _parser(column, options)(texts)
        typed[str(name)] = parsed.result
        if len(parsed.bad):
            header = mapped.headers.get(str(name), "")
            lines.append(cell_lines(parsed, texts, source_file=source_file, header=header))
    return pd.DataFrame(typed, index=mapped.texts.index), lines


def _parser(column: Column, options: ReadOptions) -> Parser:
    name = column.name
    if name in DATE_FIELDS:
        return lambda texts: parse_dates(texts, options.date_formats(name))
    if name == "time":
        return lambda texts: parse_instants(texts, options.date_formats(name))
    if name in _COUNTRIES:
        return parse_countries
    if name == "language":
        return parse_language
    if column.choices:
        return lambda texts: parse_words(texts, column.choices)
    by_dtype: Mapping[str, Parser] = {
        "Int64": parse_counts,
        "float64": lambda texts: parse_numbers(texts, decimal=options.decimal),
        "json": parse_json,
    }
    return by_dtype.get(column.dtype, lambda texts: parse_texts(texts, exact=name in _EXACT))
