"""Firmware versions: dotted numbers that compare part by part, so that 1.10 follows 1.9."""

import re
from dataclasses import dataclass
from itertools import zip_longest

from recallgeo.errors import ScopeError
from recallgeo.recall.logic import NO, UNSURE, YES

__all__ = ["Version", "VersionRange", "version_of"]

Version = tuple[int, ...]

_VERSION = re.compile(r"V?(\d{1,18}(?:\.\d{1,18})*)", re.ASCII)


def version_of(text: str) -> Version | None:
    """Read a version of dotted numbers; None where it is something else.

    Examples
    --------
    >>> version_of("v1.10.2"), version_of("beta") is None
    ((1, 10, 2), True)
    """
    found = _VERSION.fullmatch(text.strip().upper())
    return tuple(int(part) for part in found[1].split(".")) if found else None


@dataclass(frozen=True, slots=True)
class VersionRange:
    """Versions between two ends, both included; None is open.

    A version that is finer than the upper end and begins with it (1.4.2 under ``..1.4``) cannot
    be told: a notice may mean 1.4.0 or every 1.4.

    Raises
    ------
    ScopeError
        If the range ends before it begins.

    Examples
    --------
    >>> known = VersionRange((1, 2), (1, 12))
    >>> [known.state(version) for version in ("1.10", "1.12.1", "1.13", "beta")]
    [2, 1, 0, 1]
    """

    low: Version | None
    high: Version | None

    def __post_init__(self) -> None:
        """Check the ends."""
        if self.low is None and self.high is None:
            message = "'..' has no end; write all where every version is meant"
            raise ScopeError(message)
        if self.low is not None and self.high is not None and _less(self.high, self.low):
            low, high = (".".join(map(str, end)) for end in (self.low, self.high))
            message = f"the range {low}..{high} ends before it begins; write {high}..{low}"
            raise ScopeError(message)

    def state(self, text: str) -> int:
        """Tell whether a version lies in the range: YES, NO or UNSURE."""
        version = version_of(text)
        if version is None:
            return UNSURE
        if self.low is not None and _less(version, self.low):
            return NO
        if self.high is None or not _less(self.high, version):
            return YES
        return UNSURE if version[: len(self.high)] == self.high else NO


def _less(left: Version, right: Version) -> bool:
    pairs = list(zip_longest(left, right, fillvalue=0))
    return [a for a, _ in pairs] < [b for _, b in pairs]
