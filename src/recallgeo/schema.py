"""Contracts of tables: columns with dtype, meaning, unit and privacy, checked all at once.

A `FrameSchema` serves five uses: `validate` at a public door, `empty` for empty results,
the tables page of the docs, field descriptions of exports, and the privacy filter.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd
from pandas.api import types

from recallgeo._crs import wgs84_error
from recallgeo.errors import CRSError, MissingCRSError, SchemaError

__all__ = ["LIST_SEPARATOR", "WGS84", "Column", "FrameSchema", "join_list", "split_list"]

WGS84 = "EPSG:4326"
LIST_SEPARATOR = "; "

DType = Literal["text", "list", "json", "Int64", "float64", "boolean", "geometry"]

_PANDAS_DTYPES = {
    "text": "str",
    "list": "str",
    "json": "str",
    "Int64": "Int64",
    "float64": "float64",
    "boolean": "boolean",
}


def join_list(values: Iterable[object]) -> str | None:
    """Write a list as the text of a ``list`` column.

    Parameters
    ----------
    values : iterable
        Values in the order wanted; a separator inside a value becomes a comma.

    Returns
    -------
    str or None
        Values joined by ``"; "``; None for no value.

    Examples
    --------
    >>> join_list(["Tech Data", "Also"])
    'Tech Data; Also'
    >>> join_list([]) is None
    True
    """
    texts = [str(value).replace(";", ",") for value in values]
    return LIST_SEPARATOR.join(texts) if texts else None


def split_list(text: object) -> list[str]:
    """Read the text of a ``list`` column.

    Parameters
    ----------
    text : str or missing
        As `join_list` writes it.

    Returns
    -------
    list of str
        Empty for a missing text.

    Examples
    --------
    >>> split_list("Tech Data; Also")
    ['Tech Data', 'Also']
    >>> split_list(None)
    []
    """
    if not isinstance(text, str) or not text:
        return []
    return text.split(LIST_SEPARATOR)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a contract.

    Parameters
    ----------
    name : str
        Column name; for a pattern, with ``{kind}`` or ``{radius}`` in it.
    dtype : str
        ``text``; ``list`` (text joined by ``"; "``); ``json`` (text); ``Int64``, ``boolean``
        (nullable); ``float64`` (NaN is missing); ``geometry``.
    doc : str
        Meaning, one line.
    unit : str, optional
        Unit of a number.
    nullable : bool, default True
        Whether a value may be missing.
    personal : bool, default False
        Whether the value may identify a person or a customer.
    choices : tuple of str
        The closed choice of a text column; empty for free text.
    """

    name: str
    dtype: DType
    doc: str
    unit: str = ""
    nullable: bool = True
    personal: bool = False
    choices: tuple[str, ...] = ()

    @property
    def pattern(self) -> re.Pattern[str]:
        """Pattern that the column's names match."""
        text = re.escape(self.name)
        text = text.replace(r"\{kind\}", r"(?P<kind>[a-z][a-z_]*)")
        text = text.replace(r"\{radius\}", r"(?P<radius>\d+)")
        return re.compile(text.replace(r"\{criterion\}", r"(?P<criterion>[a-z][a-z0-9_]*)"))

    @property
    def is_pattern(self) -> bool:
        """Whether the name stands for a family of columns."""
        return "{" in self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameSchema:
    """Contract of a table.

    Parameters
    ----------
    name : str
        Name of the table, as in the docs.
    index : str
        Name of the index; its labels are unique text.
    columns : tuple of Column
        Columns in order; patterns stand for families that may be absent.
    geometry : bool, default False
        Whether the table is a GeoDataFrame in WGS84 longitude and latitude.
    extra : str, default "x_"
        Prefix of the columns that may stand beside the contract's.

    Examples
    --------
    >>> units = FrameSchema(name="units", index="unit_id", columns=(Column("model", "text", "."),))
    >>> units.validate(pd.DataFrame({"model": ["A"]}, index=pd.Index(["u1"], name="unit_id")))
    >>> units.empty().shape
    (0, 1)
    """

    name: str
    index: str
    columns: tuple[Column, ...]
    geometry: bool = False
    extra: str = "x_"
    _by_name: dict[str, Column] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the columns by name."""
        named = {column.name: column for column in self.columns if not column.is_pattern}
        object.__setattr__(self, "_by_name", named)

    @property
    def names(self) -> list[str]:
        """Names of the fixed columns, in order."""
        return list(self._by_name)

    def column(self, name: str) -> Column | None:
        """Give the column of a name, patterns included.

        Parameters
        ----------
        name : str
            Name of a column of a frame.

        Returns
        -------
        Column or None
            None where the contract does not know the name.
        """
        if name in self._by_name:
            return self._by_name[name]
        patterns = (column for column in self.columns if column.is_pattern)
        return next((column for column in patterns if column.pattern.fullmatch(name)), None)

    def extend(
        self, name: str, columns: Sequence[Column], *, geometry: bool | None = None
    ) -> "FrameSchema":
        """Give the contract of the next stage: these columns and further ones.

        Parameters
        ----------
        name : str
            Name of the new table.
        columns : sequence of Column
            What the stage adds.
        geometry : bool, optional
            As this one where missing.
        """
        return FrameSchema(
            name=name,
            index=self.index,
            columns=(*self.columns, *columns),
            geometry=self.geometry if geometry is None else geometry,
            extra=self.extra,
        )

    def personal_columns(self) -> list[str]:
        """Give the names of the fixed columns that may identify a person or a customer."""
        return [column.name for column in self.columns if column.personal]

    def empty(self) -> pd.DataFrame:
        """Give a frame of no rows under this contract."""
        return self.conform(pd.DataFrame(index=pd.Index([], dtype="str", name=self.index)))

    def conform(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Give the frame with every fixed column, in the contract's order and dtypes.

        Absent columns are added as missing; columns beyond the contract follow in their order.
        A value that does not fit its dtype raises: cells are repaired in `register`, not here.

        Parameters
        ----------
        frame : DataFrame
            Any subset of the columns; not altered.

        Returns
        -------
        DataFrame or GeoDataFrame
            On the same index.
        """
        fixed: dict[str, pd.Series] = {}
        for column in self._by_name.values():
            if column.dtype == "geometry":
                continue
            fixed[column.name] = _conform_column(frame, column)
        rest = [name for name in frame.columns if name not in self._by_name]
        table = pd.DataFrame(fixed, index=frame.index)
        if rest:
            table = pd.concat([table, frame[rest]], axis=1)
        table.index = table.index.rename(self.index)
        if not self.geometry:
            return pd.DataFrame(table)
        if "geometry" in frame.columns:
            points = gpd.GeoSeries(frame["geometry"])
            points = points.set_crs(WGS84) if points.crs is None and points.isna().all() else points
        else:
            nowhere = np.full(len(frame), None, dtype=object)
            points = gpd.GeoSeries(nowhere, index=frame.index, crs=WGS84)
        table = table.drop(columns="geometry", errors="ignore")
        return gpd.GeoDataFrame(table, geometry=points)

    def validate(self, frame: pd.DataFrame) -> None:
        """Check a frame against the contract and raise once, with every breach.

        Parameters
        ----------
        frame : DataFrame
            The frame at a public door.

        Raises
        ------
        SchemaError
            With a line for each breach, except where the CRS alone is wrong.
        MissingCRSError, GeographicCRSError
            Where the only breach is the CRS.
        """
        breaches = [*self._index_breaches(frame), *self._column_breaches(frame)]
        crs_error = self._crs_breach(frame)
        if crs_error is not None and not breaches:
            raise crs_error
        if crs_error is not None:
            breaches.append(str(crs_error))
        if breaches:
            lines = "\n".join(f"  - {breach}" for breach in breaches)
            message = f"{self.name} frame breaks its contract:\n{lines}"
            raise SchemaError(message)

    def _index_breaches(self, frame: pd.DataFrame) -> list[str]:
        breaches = []
        if frame.index.name != self.index:
            breaches.append(f"index must be named {self.index!r}, not {frame.index.name!r}")
        if not frame.index.is_unique:
            twice = frame.index[frame.index.duplicated()].unique()
            shown = ", ".join(repr(label) for label in twice[:3])
            breaches.append(f"index has {len(twice)} labels more than once: {shown}")
        if frame.index.hasnans:
            breaches.append("index has missing labels")
        return breaches

    def _column_breaches(self, frame: pd.DataFrame) -> list[str]:
        breaches = []
        for column in self._by_name.values():
            if column.name not in frame.columns:
                breaches.append(f"column {column.name!r} is missing ({column.doc})")
                continue
            breaches += _cell_breaches(frame[column.name], column)
        for name in frame.columns:
            if name in self._by_name or str(name).startswith(self.extra):
                continue
            family = self.column(str(name))
            if family is not None:
                breaches += _cell_breaches(frame[name], family)
        return breaches

    def _crs_breach(self, frame: pd.DataFrame) -> CRSError | None:
        if not self.geometry:
            return None
        if not isinstance(frame, gpd.GeoDataFrame):
            return MissingCRSError(f"{self.name} must be a GeoDataFrame, not a plain DataFrame")
        return wgs84_error(frame, self.name)


def _conform_column(frame: pd.DataFrame, column: Column) -> pd.Series:
    dtype = _PANDAS_DTYPES[column.dtype]
    if column.name not in frame.columns:
        missing = np.nan if dtype in {"float64", "str"} else pd.NA
        return pd.Series(missing, index=frame.index, dtype=dtype)
    values = frame[column.name]
    if str(values.dtype) == dtype:
        return values
    try:
        return values.astype(types.pandas_dtype(dtype))
    except (TypeError, ValueError) as error:
        message = f"column {column.name!r} cannot be {dtype}: {error}"
        raise SchemaError(message) from error


def _cell_breaches(values: pd.Series, column: Column) -> list[str]:
    breaches = []
    if not _fits(values, column.dtype):
        breaches.append(f"column {column.name!r} must be {column.dtype}, not {values.dtype}")
        return breaches
    if not column.nullable and values.isna().any():
        breaches.append(f"column {column.name!r} has {int(values.isna().sum())} missing values")
    if column.dtype == "float64" and np.isinf(values.to_numpy()).any():
        breaches.append(f"column {column.name!r} holds infinite values; unknown is missing (NaN)")
    if column.choices:
        strange = sorted(set(values.dropna().unique()) - set(column.choices))
        if strange:
            allowed = ", ".join(column.choices)
            breaches.append(f"column {column.name!r} holds {strange[0]!r}; expected: {allowed}")
    return breaches


def _fits(values: pd.Series, dtype: DType) -> bool:
    if dtype == "geometry":
        return str(values.dtype) == "geometry"
    if dtype in {"text", "list", "json"}:
        return types.is_string_dtype(values.dtype)
    if dtype == "Int64":
        return types.is_integer_dtype(values.dtype)
    if dtype == "float64":
        return types.is_float_dtype(values.dtype)
    return types.is_bool_dtype(values.dtype)
