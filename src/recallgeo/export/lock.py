"""One writer a folder: a lock that dies with its process and leaves no file behind."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from recallgeo.errors import ExportError

__all__ = ["only_writer", "sole_writer"]


@contextmanager
def only_writer(folder: Path) -> Iterator[None]:
    """Hold the folder alone for as long as a run writes.

    Raises
    ------
    ExportError
        If another run is writing there.
    """
    with sole_writer(folder) as alone:
        if not alone:
            message = (
                f"another run is writing to {folder.name or folder}; wait for it, or choose "
                "another folder"
            )
            raise ExportError(message)
        yield


@contextmanager
def sole_writer(folder: Path) -> Iterator[bool]:
    """Try to hold the folder alone; say whether nobody else does.

    The lock is on the folder itself (``flock``). Where the system has none (Windows, some network
    disks), nobody is taken to be writing.

    Parameters
    ----------
    folder : Path
        A folder.

    Yields
    ------
    bool
        False while another process, or another holder in this one, writes.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as name, sole_writer(Path(name)) as first:
    ...     with sole_writer(Path(name)) as second:
    ...         first, second
    (True, False)
    """
    if sys.platform == "win32":
        yield True
        return
    import fcntl

    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            alone = False
        except OSError:  # a disk without locks
            alone = True
        else:
            alone = True
        yield alone
    finally:
        os.close(handle)
