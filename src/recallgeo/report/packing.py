"""One blob of typed columns for a page: small, without outside requests, quick to open.

Layout before gzip: the length of the head as a little-endian uint32, the head as JSON, filled up
with spaces to a multiple of 8 bytes, then the buffers, each starting at a multiple of 8. The
script ``data.js`` reads it back.
"""

import base64
import gzip
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["NO_NUMBER", "pack_columns", "whole_numbers"]

NO_NUMBER = -(2**31)
"""Stands for a missing whole number inside the blob."""

_ALIGNED = 8
_LEVEL = 6  # level 9 takes three times as long for 1 % less
_HEAD_LENGTH = 4
_CODES = (np.uint8, np.uint16, np.uint32)
_TYPES = {"u1": "<u1", "u2": "<u2", "u4": "<u4", "i4": "<i4", "f4": "<f4"}
Numbers = npt.NDArray[Any]


def pack_columns(columns: Mapping[str, "Numbers | pd.Series"]) -> str:
    """Pack columns into one text for a page.

    Parameters
    ----------
    columns : mapping of str to array or Series
        Arrays of uint8, uint16, uint32, int32 or float32 travel as they are (a missing number is
        NaN or `NO_NUMBER`). A Series of text becomes a list of its distinct words, in the order
        of appearance, and codes; code 0 is a missing text.

    Returns
    -------
    str
        Base64 of gzip; the same columns give the same text.

    Raises
    ------
    TypeError
        If an array has another type.

    Examples
    --------
    >>> text = pack_columns({"city": pd.Series(["Vaduz", None, "Vaduz"], dtype="str")})
    >>> packed = gzip.decompress(base64.b64decode(text))
    >>> json.loads(packed[4:4 + int.from_bytes(packed[:4], "little")])["city"]["words"]
    ['Vaduz']
    """
    head: dict[str, dict[str, Any]] = {}
    buffers: list[bytes] = []
    offset = 0
    for name, column in columns.items():
        words = None
        if isinstance(column, pd.Series):
            column, words = _coded(column)  # noqa: PLW2901  # text travels as its codes
        array = _little_endian(name, column)
        entry: dict[str, Any] = {"type": array.dtype.str[1:], "at": offset, "length": len(array)}
        head[name] = entry if words is None else entry | {"words": words}
        buffer = array.tobytes()
        buffers.append(buffer + bytes(-len(buffer) % _ALIGNED))
        offset += len(buffers[-1])
    text = json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    text += b" " * (-(len(text) + _HEAD_LENGTH) % _ALIGNED)
    blob = b"".join([len(text).to_bytes(_HEAD_LENGTH, "little"), text, *buffers])
    return base64.b64encode(gzip.compress(blob, _LEVEL, mtime=0)).decode("ascii")


def whole_numbers(column: pd.Series) -> npt.NDArray[np.int32]:
    """Give a column of whole numbers as int32, missing ones as `NO_NUMBER`.

    Examples
    --------
    >>> whole_numbers(pd.Series([1, None], dtype="Int64")).tolist()
    [1, -2147483648]
    """
    filled = column.astype("Int64").fillna(NO_NUMBER)
    return np.asarray(filled.to_numpy(), dtype=np.int32)


def _coded(texts: pd.Series) -> tuple[Numbers, list[str]]:
    codes, words = pd.factorize(texts.astype("str"), use_na_sentinel=True)
    kind = next(kind for kind in _CODES if len(words) <= np.iinfo(kind).max)
    return (codes + 1).astype(kind), [str(word) for word in words]


def _little_endian(name: str, array: Numbers) -> Numbers:
    key = array.dtype.str[1:]
    if key not in _TYPES:
        message = f"column {name!r} is {array.dtype}; expected one of {', '.join(_TYPES)}"
        raise TypeError(message)
    return np.ascontiguousarray(array, dtype=_TYPES[key])
