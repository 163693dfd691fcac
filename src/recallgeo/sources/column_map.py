"""Open a column map."""

from collections.abc import Mapping
from os import PathLike
from typing import Any

from recallgeo.errors import ConfigError
from recallgeo.frames import ASSETS
from recallgeo.register import ColumnMap
from recallgeo.schema import FrameSchema
from recallgeo.sources.toml import read_toml

__all__ = ["read_column_map"]


def read_column_map(
    source: ColumnMap | Mapping[str, Any] | str | PathLike[str] | None,
    *,
    schema: FrameSchema = ASSETS,
) -> ColumnMap:
    """Give a column map from a file, plain data, or nothing.

    Parameters
    ----------
    source : path, mapping, ColumnMap or None
        A ``columns.toml``, its content, a map as it is, or None for headers that are our names.
    schema : FrameSchema, default ASSETS
        Contract whose columns are filled.

    Returns
    -------
    ColumnMap

    Raises
    ------
    ConfigError
        If the file is no TOML or the map cannot be used; the message names the file.
    SourceUnavailableError
        If there is no such file.

    Examples
    --------
    >>> read_column_map({"columns": {"serial": "S/N"}}).columns["serial"].headers
    ('S/N',)
    """
    if source is None:
        return ColumnMap()
    if isinstance(source, ColumnMap):
        return source
    if isinstance(source, Mapping):
        return ColumnMap.from_dict(source, schema=schema)
    try:
        return ColumnMap.from_dict(read_toml(source), schema=schema)
    except ConfigError as error:
        message = f"{source}: {error}"
        raise ConfigError(message) from error
