"""Errors and warnings of recallgeo.

Every error is a `RecallGeoError` and also the builtin that fits (`ValueError`, `RuntimeError`,
...), so callers may catch by domain or by kind. A message holds the offending value, what was
expected, and the next step.

The command line maps them to exit codes: `SourceError` to 3, every other `RecallGeoError` to 2,
`LedgerError` and anything else to 1 (a defect).
"""

from collections.abc import Iterable

__all__ = [
    "AmbiguousAddressError",
    "CRSAssumedWarning",
    "CRSError",
    "CRSMismatchError",
    "ConfigError",
    "ExportError",
    "GeocodingError",
    "GeographicCRSError",
    "LedgerError",
    "MissingCRSError",
    "MissingDependencyError",
    "OfflineError",
    "PartialCoverageWarning",
    "PlanError",
    "RecallGeoError",
    "RecallGeoWarning",
    "SchemaError",
    "ScopeError",
    "ScoringError",
    "SerialFormatError",
    "SourceError",
    "SourceFormatError",
    "SourceUnavailableError",
    "StaleDataWarning",
    "UnlocatedAssetsWarning",
    "nearest_name",
]


class RecallGeoError(Exception):
    """Root of every error that recallgeo raises on purpose."""


class SchemaError(RecallGeoError, ValueError):
    """A frame breaks its contract; the message lists every breach at once."""


class CRSError(RecallGeoError, ValueError):
    """A coordinate reference system is missing or unfit."""


class MissingCRSError(CRSError):
    """Data without a CRS; recallgeo never assumes one."""


class CRSMismatchError(CRSError):
    """Two inputs that must share a CRS do not."""


class GeographicCRSError(CRSError):
    """Data in another CRS than WGS84 longitude and latitude where that is required."""


class ScopeError(RecallGeoError, ValueError):
    """A recall file or rule that cannot mean what it says."""


class SerialFormatError(ScopeError):
    """Range bounds or values whose form does not fit their key."""


class GeocodingError(RecallGeoError, LookupError):
    """An address lookup that was asked for one answer and has none."""


class AmbiguousAddressError(GeocodingError):
    """Several equally good answers.

    Parameters
    ----------
    message : str
        What was asked and what to add to make it unique.
    candidates : iterable of str
        The answers that remain.
    """

    def __init__(self, message: str, candidates: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.candidates = tuple(candidates)


class SourceError(RecallGeoError, RuntimeError):
    """A file or service that could not be read."""


class SourceUnavailableError(SourceError):
    """The source does not exist or does not answer."""


class SourceFormatError(SourceError):
    """The source is there but is not what it claims to be; names file, layer and row."""


class OfflineError(SourceError):
    """A network source was named without consent; also names the cached copy, if any."""


class ScoringError(RecallGeoError, ValueError):
    """A score model that cannot be applied."""


class PlanError(RecallGeoError, ValueError):
    """An outreach policy that cannot be carried out."""


class ExportError(RecallGeoError, RuntimeError):
    """An output that could not be written; the previous output is intact."""


class MissingDependencyError(RecallGeoError, ImportError):
    """An optional package is not installed; the message holds the install line."""


class ConfigError(RecallGeoError, ValueError):
    """A file that people write (incident, column map, policy) with a wrong key or value."""


class LedgerError(RecallGeoError, RuntimeError):
    """Rows or units were lost or doubled between stages: a defect, never the user's fault."""


class RecallGeoWarning(UserWarning):
    """Root of every warning that recallgeo gives."""


class UnlocatedAssetsWarning(RecallGeoWarning):
    """Some units have no point."""


class PartialCoverageWarning(RecallGeoWarning):
    """Some sites lie outside a layer's extent or a raster."""


class StaleDataWarning(RecallGeoWarning):
    """A source is older than the incident warrants."""


class CRSAssumedWarning(RecallGeoWarning):
    """A CRS was taken from the format's standard, since the file states none."""


def nearest_name(name: str, known: Iterable[str]) -> str:
    """Give the hint that ends a message about an unknown name.

    Parameters
    ----------
    name : str
        What was written.
    known : iterable of str
        What could have been meant.

    Returns
    -------
    str
        ``"did you mean 'x'?"``, or the list of known names where none is near.

    Examples
    --------
    >>> nearest_name("sevrity", ["severity", "hazard"])
    "did you mean 'severity'?"
    >>> nearest_name("zzz", ["severity", "hazard"])
    'known names: hazard, severity'
    """
    import difflib

    names = sorted(set(known))
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if close:
        return f"did you mean {close[0]!r}?"
    return "known names: " + ", ".join(names)
