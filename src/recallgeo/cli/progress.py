"""Progress bars on standard error: only for work over two seconds, only on a terminal."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from recallgeo.progress import Progress, silent

__all__ = ["show_progress"]

_PATIENCE_S = 2.0


@contextmanager
def show_progress(*, quiet: bool) -> Iterator[Progress]:
    """Give a progress callback for the time of a piece of work.

    Parameters
    ----------
    quiet : bool
        Show nothing.

    Yields
    ------
    callable
        Takes the share done and what is being done.
    """
    if quiet or not sys.stderr.isatty():
        yield silent
        return
    started = time.monotonic()
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=1.0, visible=False)

        def report(share: float, message: str) -> None:
            slow = time.monotonic() - started > _PATIENCE_S
            bar.update(task, completed=share, description=message, visible=slow)

        yield report
