"""What rules see of a table of units or parts: fields as coded texts and as spans of dates."""

import json
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from recallgeo.errors import ScopeError, nearest_name
from recallgeo.recall.date_code import CodeTable, Derive
from recallgeo.recall.dates import DateSpans, span_of
from recallgeo.recall.field_name import Field, Part
from recallgeo.recall.texts import Coded, Texts, encode_texts

__all__ = ["PartTable", "UnitReader"]


@dataclass(frozen=True, slots=True)
class PartTable:
    """The parts of the units.

    Parameters
    ----------
    units : Coded
        The component texts of the units.
    readable : array of bool
        Whether each distinct text could be read.
    owner : array of int
        Distinct text that each part belongs to.
    reader : UnitReader
        The fields of the parts.
    """

    units: Coded
    readable: NDArray[np.bool_]
    owner: NDArray[np.intp]
    reader: "UnitReader"


class UnitReader:
    """Fields of a table, encoded once each.

    Parameters
    ----------
    size : int
        Rows of the table.
    column : callable
        Gives the column of a name.
    derives : sequence of Derive
        Fields computed from codes.
    """

    def __init__(
        self, size: int, column: Callable[[str], pd.Series | Texts], derives: Sequence[Derive]
    ) -> None:
        self.size = size
        self._column = column
        self._derives = {derive.name: derive for derive in derives}
        self._base: dict[str, Coded] = {}
        self._texts: dict[Field, Coded] = {}
        self._dates: dict[Field, tuple[Coded, DateSpans]] = {}

    @classmethod
    def of_frame(cls, frame: pd.DataFrame, derives: Sequence[Derive]) -> "UnitReader":
        """Read a frame of units.

        Parameters
        ----------
        frame : DataFrame
            ASSETS, any ``x_`` columns beside.
        derives : sequence of Derive
            Fields computed from codes.
        """

        def column(name: str) -> pd.Series | Texts:
            if name in frame.columns:
                return frame[name].astype("str")
            if name.startswith("x_") and len(frame):
                own = [str(label) for label in frame.columns if str(label).startswith("x_")]
                message = f"the register has no column {name!r}; {nearest_name(name, own)}"
                raise ScopeError(message)
            return pa.nulls(len(frame), pa.large_string())

        return cls(len(frame), column, derives)

    def texts(self, field: Field) -> Coded:
        """Give a field as coded texts: part taken, ignored characters dropped."""
        if field not in self._texts:
            self._texts[field] = self._read_texts(field)
        return self._texts[field]

    def reading(self, field: Field, coded: Coded) -> "UnitReader":
        """Give the same table with one field read another way."""
        other = copy(self)
        other._texts = {**self._texts, field: coded}  # noqa: SLF001  # its own copy
        return other

    def _read_texts(self, field: Field) -> Coded:
        if field.derived:
            derive = self._derives[field.base]
            coded = self.texts(replace(derive.source, ignore=field.ignore))
            meanings = derive.code.meanings if isinstance(derive.code, CodeTable) else {}
            words = [meanings.get(code, "") for code in coded.distinct.to_pylist()]
            return coded.recode(pa.array(words, pa.large_string()))
        coded = self._base_texts(field.base)
        if field.ignore:
            coded = coded.recode(_without(coded.distinct, field.ignore))
        if field.part is not None:
            return coded.recode(_take_part(coded.distinct, field.part))
        return coded.recode(_whole_gtins(coded.distinct)) if field.base == "gtin" else coded

    def _base_texts(self, name: str) -> Coded:
        if name not in self._base:
            self._base[name] = encode_texts(self._column(name))
        return self._base[name]

    def dates(self, field: Field) -> tuple[Coded, DateSpans]:
        """Give a field as spans of days, beside the coded texts that they are read from."""
        if field not in self._dates:
            self._dates[field] = self._read_dates(field)
        return self._dates[field]

    def _read_dates(self, field: Field) -> tuple[Coded, DateSpans]:
        if not field.derived:
            coded = self.texts(field)
            spans = (span_of(text) for text in coded.distinct.to_pylist())
            return coded, DateSpans.of([None if span is None else [span] for span in spans])
        derive = self._derives[field.base]
        coded = self.texts(replace(derive.source, ignore=field.ignore))
        code = derive.code
        if not isinstance(code, CodeTable) and field.ignore:
            code = replace(code, format=_drop(code.format, field.ignore))
        return coded, DateSpans.of([code.decode(text) for text in coded.distinct.to_pylist()])

    def source(self, field: Field) -> Field:
        """Give the field that a missing value is named by: the source of a derived one."""
        return self._derives[field.base].source if field.derived else field

    @cached_property
    def parts(self) -> PartTable:
        """The parts of the units, from the JSON of their components."""
        coded = encode_texts(self._column("components"), normalise=False)
        lists = [_read_parts(text) for text in coded.distinct.to_pylist()]
        parts = [part for found in lists for part in found or ()]
        owner = np.repeat(np.arange(len(lists)), [len(found or ()) for found in lists])
        names = {name for part in parts for name in part}

        def column(name: str) -> pd.Series | Texts:
            cells = [part.get(name) if name in names else None for part in parts]
            return pa.array([_cell_text(cell) for cell in cells], pa.large_string())

        readable = np.array([found is not None for found in lists], dtype=bool)
        reader = UnitReader(len(parts), column, tuple(self._derives.values()))
        return PartTable(coded, readable, owner, reader)


def _drop(text: str, characters: str) -> str:
    return "".join(char for char in text if char not in characters)


def _without(values: Texts, characters: str) -> Texts:
    for char in characters:
        values = pc.replace_substring(values, char, "")
    return pc.if_else(pc.equal(values, ""), pa.scalar(None, pa.large_string()), values)


def _take_part(values: Texts, part: Part) -> Texts:
    """Take a part of each text; empty where the text is too short to have it."""
    needed = {"first": part.start, "last": part.start, "at": part.stop, "from": part.start}
    if part.how == "last":
        taken = pc.utf8_slice_codeunits(values, -part.start)
    elif part.how == "first":
        taken = pc.utf8_slice_codeunits(values, 0, part.start)
    else:
        stop = part.stop if part.how == "at" else None
        taken = pc.utf8_slice_codeunits(values, part.start - 1, stop)
    long_enough = pc.greater_equal(pc.utf8_length(values), needed[part.how])
    return pc.if_else(long_enough, taken, "")


def _whole_gtins(values: Texts) -> Texts:
    """Write GTINs of 8, 12 and 13 digits as the 14 digits that they stand for."""
    short = pc.match_substring_regex(values, r"\A(?:[0-9]{8}|[0-9]{12}|[0-9]{13})\z")
    return pc.if_else(short, pc.utf8_lpad(values, 14, "0"), values)


def _read_parts(text: str) -> list[Mapping[str, Any]] | None:
    """Read a list of parts; None where it is not a list of objects."""
    try:
        found = json.loads(text)
    except ValueError:
        return None
    parts = [found] if isinstance(found, dict) else found
    if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
        return None
    return parts


def _cell_text(cell: object) -> str | None:
    """Give a scalar as text; nested values and nulls are missing."""
    if isinstance(cell, str):
        return cell
    whole = isinstance(cell, int) and not isinstance(cell, bool)
    return str(cell) if whole else None
