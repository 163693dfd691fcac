"""Settings that are passed to the sources that need them; there is no global state."""

from dataclasses import dataclass
from pathlib import Path

from recallgeo.errors import ConfigError

__all__ = ["Settings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How sources behave.

    Parameters
    ----------
    offline : bool, default True
        Refuse every source that would leave the machine.
    cache_dir : Path, optional
        Folder for cached answers; none is kept where it is missing.
    timeout_s : float, default 30
        Longest wait for one answer, more than 0 seconds.
    retries : int, default 3
        Further tries after a failed one, 0 or more.
    user_agent : str
        What this machine calls itself to a service that the caller named.

    Examples
    --------
    >>> Settings().offline
    True
    """

    offline: bool = True
    cache_dir: Path | None = None
    timeout_s: float = 30.0
    retries: int = 3
    user_agent: str = "recallgeo"

    def __post_init__(self) -> None:
        """Check the bounds."""
        if self.timeout_s <= 0:
            message = f"timeout_s is {self.timeout_s}; expected more than 0 seconds"
            raise ConfigError(message)
        if self.retries < 0:
            message = f"retries is {self.retries}; expected 0 or more"
            raise ConfigError(message)
