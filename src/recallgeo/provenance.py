"""Where data come from: source, licence, attribution, vintage and hash."""

import hashlib
from dataclasses import asdict, dataclass
from os import PathLike
from pathlib import Path

__all__ = ["Provenance", "sha256_of"]

_BLOCK = 1 << 20


def sha256_of(path: str | PathLike[str]) -> str:
    """Give the SHA-256 of a file as hexadecimal text.

    Parameters
    ----------
    path : path
        A file; read in blocks of 1 MiB.
    """
    digest = hashlib.sha256()
    with Path(path).open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Origin of a layer, a raster, an index or a reference file.

    Parameters
    ----------
    source : str
        Name of the file or service; no folder of this machine.
    licence : str
        Name of the licence; empty where it is not stated.
    attribution : str
        The words that the licence asks for.
    vintage : str
        ISO date at the precision known; empty where it is not stated.
    sha256 : str
        Hash of the file; empty for data in memory.

    Examples
    --------
    >>> Provenance(source="map.osm.pbf", licence="ODbL 1.0").to_dict()["licence"]
    'ODbL 1.0'
    """

    source: str
    licence: str = ""
    attribution: str = ""
    vintage: str = ""
    sha256: str = ""

    def to_dict(self) -> dict[str, str]:
        """Give plain data for the manifest."""
        return asdict(self)
