"""Optional packages: one context that turns an ImportError into the install line."""

from collections.abc import Iterator
from contextlib import contextmanager

from recallgeo.errors import MissingDependencyError

__all__ = ["needs"]


@contextmanager
def needs(extra: str) -> Iterator[None]:
    """Import optional packages of an extra inside this context.

    Parameters
    ----------
    extra : str
        Name of the extra in the project's metadata, such as ``"scale"``.

    Raises
    ------
    MissingDependencyError
        If an import inside fails; the message holds the install line.

    Examples
    --------
    >>> with needs("excel"):
    ...     import json
    """
    try:
        yield
    except ImportError as error:
        message = f"{error.name or error} is not installed; run: pip install 'recallgeo[{extra}]'"
        raise MissingDependencyError(message) from error
