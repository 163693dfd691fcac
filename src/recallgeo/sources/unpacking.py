"""Bytes of a file, unpacked where it is packed, never more than a bound."""

import gzip
import io
import zipfile
import zlib
from pathlib import Path
from typing import IO

from recallgeo.errors import SourceFormatError, SourceUnavailableError

__all__ = ["MOST_UNPACKED", "check_unpacked_size", "read_bytes"]

MOST_UNPACKED = 4 << 30
"""Most bytes that a packed file may unpack to: 4 GiB; judgement."""


def read_bytes(path: Path, *, most: int = MOST_UNPACKED) -> bytes:
    """Read a file whole; ``.gz`` and a ``.zip`` of one file are unpacked.

    Parameters
    ----------
    path : Path
        The file.
    most : int
        Most bytes to unpack.

    Raises
    ------
    SourceUnavailableError
        If it cannot be opened.
    SourceFormatError
        If it is damaged, unpacks to more than `most`, or a ``.zip`` holds several files.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        message = f"{path} cannot be opened ({reason}); expected a readable file"
        raise SourceUnavailableError(message) from error
    unpack = {".gz": _unpack_gzip, ".zip": _unpack_zip}.get(path.suffix.lower())
    if unpack is None:
        return content
    try:
        return unpack(content, path.name, most)
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile) as error:
        message = f"{path.name} is damaged and cannot be unpacked: {error}"
        raise SourceFormatError(message) from error


def _unpack_gzip(content: bytes, name: str, most: int) -> bytes:
    with gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
        return _read_bounded(file, name, most)


def _unpack_zip(content: bytes, name: str, most: int) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = [info for info in archive.infolist() if not info.is_dir()]
        if len(files) != 1:
            message = f"{name} holds {len(files)} files; expected one table"
            raise SourceFormatError(message)
        with archive.open(files[0]) as file:
            return _read_bounded(file, name, most)


def _read_bounded(file: IO[bytes] | gzip.GzipFile, name: str, most: int) -> bytes:
    content = file.read(most + 1)
    if len(content) > most:
        raise SourceFormatError(_too_large(name, most))
    return content


def check_unpacked_size(content: bytes, *, name: str, most: int = MOST_UNPACKED) -> None:
    """Refuse an archive, such as a workbook, that says it unpacks to more than a bound.

    Parameters
    ----------
    content : bytes
        The archive.
    name : str
        Its name.
    most : int
        Most bytes of all its files together.

    Raises
    ------
    SourceFormatError
        If it is no archive or unpacks to more.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            total = sum(info.file_size for info in archive.infolist())
    except zipfile.BadZipFile as error:
        message = f"{name} is no workbook: {error}; open it in a spreadsheet and save it as .xlsx"
        raise SourceFormatError(message) from error
    if total > most:
        raise SourceFormatError(_too_large(name, most))


def _too_large(name: str, most: int) -> str:
    return f"{name} unpacks to more than {most:,} bytes; unpack it yourself if you trust it"
