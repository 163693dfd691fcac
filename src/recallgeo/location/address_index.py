"""Known addresses as sorted keys: exact lookup of numbers, streets and postcodes.

A key is a 64-bit hash of normalised parts; each level of keys is sorted and holds a centre, the
95 % spread of the points behind it, and their count. What a spread means (a radius, or too wide to
be one place) is decided at lookup, so that a rule may change without a new index.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from recallgeo.addresses import NORMALISER_VERSION, normalise_address
from recallgeo.errors import SchemaError
from recallgeo.location.spread import measure_spread
from recallgeo.provenance import Provenance

__all__ = ["LEVEL_KEYS", "VALUE_DTYPE", "AddressIndex", "Level", "hash_keys"]

Floats = npt.NDArray[np.float64]
Keys = npt.NDArray[np.uint64]

LEVEL_KEYS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "address_by_postcode": ("country", "postcode", "street", "number"),
        "address_by_city": ("country", "city", "street", "number"),
        "street_by_postcode": ("country", "postcode", "street"),
        "street_by_city": ("country", "city", "street"),
        "postcode": ("country", "postcode"),
    }
)
"""Parts that make the key of each level, finest level first."""

VALUE_DTYPE = np.dtype(
    [("longitude", "<i4"), ("latitude", "<i4"), ("spread_m", "<f4"), ("points", "<i4")]
)
"""One value of a level: degrees times 1e7, metres, count."""

_E7 = 1e7
_NEEDED = ("street", "house_number", "postcode", "city", "country", "longitude", "latitude")
_MAX_LATITUDE, _MAX_LONGITUDE = 90.0, 180.0
_HASH_STEP = np.uint64(0x9E3779B97F4A7C15)
_HASH_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))


class Level(NamedTuple):
    """Sorted keys of one level with their values.

    Parameters
    ----------
    keys : uint64 array
        Sorted, each once.
    cells : structured array
        `VALUE_DTYPE`, one a key.
    """

    keys: Keys
    cells: npt.NDArray[np.void]

    def find(self, keys: Keys) -> npt.NDArray[np.intp]:
        """Give the position of each key, -1 where it is not there.

        Parameters
        ----------
        keys : uint64 array
            As `hash_keys` gives them; 0 is never found.
        """
        if not len(self.keys):
            return np.full(len(keys), -1, dtype=np.intp)
        order = np.argsort(keys, kind="stable")  # sorted questions read the file once
        at = np.empty(len(keys), dtype=np.intp)
        at[order] = np.searchsorted(self.keys, keys[order])
        at[at == len(self.keys)] = 0
        return np.where((self.keys[at] == keys) & (keys != 0), at, -1)


def hash_keys(parts: pd.DataFrame, names: Sequence[str]) -> Keys:
    """Hash some parts of addresses into one 64-bit key a row.

    Parameters
    ----------
    parts : DataFrame
        As `recallgeo.addresses.normalise_address` gives them.
    names : sequence of str
        Columns that make the key, in order.

    Returns
    -------
    uint64 array
        The same on every machine and version; 0 where a part is missing.

    Examples
    --------
    >>> parts = pd.DataFrame({"country": ["LI", "LI"], "postcode": ["9490", None]})
    >>> (hash_keys(parts, ["country", "postcode"]) == 0).tolist()
    [False, True]
    """
    key = np.zeros(len(parts), dtype=np.uint64)
    missing = np.zeros(len(parts), dtype=bool)
    for name in names:
        codes, distinct = pd.factorize(parts[name])
        digests = [hashlib.blake2b(str(text).encode(), digest_size=8).digest() for text in distinct]
        hashes = np.frombuffer(b"".join([*digests, bytes(8)]), dtype="<u8")
        missing |= codes < 0
        key = _mixed(key + _HASH_STEP + hashes[codes])
    key[key == 0] = np.uint64(1)
    key[missing] = 0
    return key


def _mixed(key: Keys) -> Keys:
    """Spread the bits (the finaliser of SplitMix64, Steele, Lea and Flood 2014)."""
    key = (key ^ (key >> np.uint64(30))) * _HASH_MIX[0]
    key = (key ^ (key >> np.uint64(27))) * _HASH_MIX[1]
    return key ^ (key >> np.uint64(31))


@dataclass(frozen=True)
class AddressIndex:
    """Known addresses of one or more sources.

    Parameters
    ----------
    levels : mapping of str to Level
        By the names of `LEVEL_KEYS`.
    sources : tuple of Provenance
        Where the addresses come from.
    counts : mapping of str to int
        Rows ``read``, ``kept``, and dropped: ``without_point``, ``without_country``,
        ``without_key``.
    normaliser : str
        Version of the rules that spelled the keys.

    Examples
    --------
    >>> addresses = pd.DataFrame(
    ...     {"street": ["Städtle"], "house_number": ["49"], "postcode": ["9490"],
    ...      "city": ["Vaduz"], "country": ["LI"], "longitude": [9.5227], "latitude": [47.1392]}
    ... )
    >>> AddressIndex.from_frame(addresses, source="town list").counts["kept"]
    1
    """

    levels: Mapping[str, Level]
    sources: tuple[Provenance, ...]
    counts: Mapping[str, int]
    normaliser: str = NORMALISER_VERSION

    @classmethod
    def from_frame(
        cls, addresses: pd.DataFrame, *, source: str | Provenance, country: str | None = None
    ) -> "AddressIndex":
        """Build an index from a table of address points.

        Parameters
        ----------
        addresses : DataFrame
            ``street, house_number, postcode, city, country`` (text), ``longitude, latitude``
            (degrees, WGS84); further columns are ignored.
        source : str or Provenance
            Where they come from.
        country : str, optional
            Alpha-2 code for rows that state none.

        Raises
        ------
        SchemaError
            If columns are missing.
        """
        absent = [name for name in _NEEDED if name not in addresses.columns]
        if absent:
            message = f"addresses lack {', '.join(absent)}; an index needs {', '.join(_NEEDED)}"
            raise SchemaError(message)
        table = addresses.reset_index(drop=True)
        if country is not None:
            table = table.assign(country=table["country"].fillna(country))
        parts = normalise_address(table.drop(columns=["site_name", "address_raw"], errors="ignore"))
        lon = table["longitude"].to_numpy(dtype="float64")
        lat = table["latitude"].to_numpy(dtype="float64")
        on_earth = (np.abs(lon) <= _MAX_LONGITUDE) & (np.abs(lat) <= _MAX_LATITUDE)
        named = parts["country"].notna().to_numpy()
        usable = on_earth & named
        levels, keyed = {}, np.zeros(len(table), dtype=bool)
        for name, fields in LEVEL_KEYS.items():
            keys = np.where(usable, hash_keys(parts, fields), np.uint64(0))
            keyed |= keys != 0
            levels[name] = _build_level(keys, lon, lat)
        counts = {
            "read": len(table),
            "kept": int(keyed.sum()),
            "without_point": int((~on_earth).sum()),
            "without_country": int((on_earth & ~named).sum()),
            "without_key": int((usable & ~keyed).sum()),
        }
        origin = Provenance(source=source) if isinstance(source, str) else source
        return cls(MappingProxyType(levels), (origin,), MappingProxyType(counts))

    @classmethod
    def open(cls, folder: str | PathLike[str]) -> "AddressIndex":
        """Open an index folder, memory-mapped, after checking every file's checksum.

        Parameters
        ----------
        folder : path
            As `save` writes it.

        Raises
        ------
        SourceUnavailableError
            If there is no index.
        SourceFormatError
            If a file is corrupt, or the index was built under other rules of spelling.
        """
        from recallgeo.sources.address_index import open_address_index

        return open_address_index(folder)

    def save(self, folder: str | PathLike[str]) -> None:
        """Write the index into a folder; a reader sees the old or the new one, never a part.

        Parameters
        ----------
        folder : path
            Made where it does not exist.
        """
        from recallgeo.sources.address_index import save_address_index

        save_address_index(self, folder)

    @property
    def name(self) -> str:
        """What `located_by` says of a point from this index."""
        return ", ".join(source.source for source in self.sources)


def _build_level(keys: Keys, lon: Floats, lat: Floats) -> Level:
    rows = np.flatnonzero(keys)
    distinct, group = np.unique(keys[rows], return_inverse=True)
    values = np.zeros(len(distinct), dtype=VALUE_DTYPE)
    if len(rows):
        spread = measure_spread(group, lon[rows], lat[rows], share=0.95)
        values["longitude"] = np.round(spread.longitude * _E7)
        values["latitude"] = np.round(spread.latitude * _E7)
        values["spread_m"] = spread.radius_m
        values["points"] = spread.points
    return Level(distinct, values)
