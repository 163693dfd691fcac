"""Progress as a callback: a share done between 0 and 1, and what is being done."""

from collections.abc import Callable

__all__ = ["Progress", "silent"]

Progress = Callable[[float, str], None]


def silent(share: float, message: str) -> None:
    """Take a progress report and show nothing.

    Parameters
    ----------
    share : float
        Share of the work done, 0 to 1.
    message : str
        What is being done; never a customer's name or address.

    Examples
    --------
    >>> silent(0.5, "measure exposure")
    """
