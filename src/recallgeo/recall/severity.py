"""Severity of a scope on one scale from 0 to 1, from the grades that regulators use."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from recallgeo.errors import ConfigError, nearest_name

if TYPE_CHECKING:
    from recallgeo.hazard import Hazard
    from recallgeo.recall.model import Recall

__all__ = ["SEVERITY_SCHEMES", "Severity", "measure_severities"]

SEVERITY_SCHEMES: Mapping[str, Mapping[str, float]] = {
    "CPSC": {"A": 1.0, "B": 0.6, "C": 0.3},
    "FDA": {"I": 1.0, "II": 0.6, "III": 0.3},
    "SafetyGate": {"S": 1.0, "H": 0.7, "M": 0.4, "L": 0.1},
}
"""Number of each grade. That grades have numbers, and these, is judgement; the order is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Severity:
    """A declared grade of severity.

    Parameters
    ----------
    scheme : {"CPSC", "FDA", "SafetyGate"}
        Who grades: CPSC hazard priority A-C, FDA recall class I-III (21 CFR 7.3(m)), Safety Gate
        risk level S, H, M, L (Delegated Regulation (EU) 2024/3173).
    level : str
        The grade.
    source : str
        Who gave it, or the word "judgement".

    Raises
    ------
    ConfigError
        If the scheme or the grade is unknown, or the source is empty.

    Examples
    --------
    >>> Severity(scheme="CPSC", level="B", source="judgement").value
    0.6
    """

    scheme: str
    level: str
    source: str

    def __post_init__(self) -> None:
        """Check the grade."""
        if self.scheme not in SEVERITY_SCHEMES:
            hint = nearest_name(self.scheme, SEVERITY_SCHEMES)
            message = f"severity scheme {self.scheme!r} is unknown; {hint}"
            raise ConfigError(message)
        if self.level not in SEVERITY_SCHEMES[self.scheme]:
            levels = ", ".join(SEVERITY_SCHEMES[self.scheme])
            message = f"severity level {self.level!r} is not of {self.scheme}; expected {levels}"
            raise ConfigError(message)
        if not self.source.strip():
            message = 'severity needs a source: who graded it, or the word "judgement"'
            raise ConfigError(message)

    @property
    def value(self) -> float:
        """The grade as a number, 0 to 1."""
        return SEVERITY_SCHEMES[self.scheme][self.level]


def measure_severities(recall: "Recall", hazards: "Mapping[str, Hazard]") -> tuple[float, ...]:
    """Give the severity of each scope: as declared, else its hazard's default.

    Parameters
    ----------
    recall : Recall
        The notice.
    hazards : mapping of str to Hazard
        Known hazards.

    Returns
    -------
    tuple of float
        0 to 1, in the order of the scopes.

    Raises
    ------
    ConfigError
        If a scope's hazard is unknown; the message names the nearest.
    """
    for scope in recall.scopes:
        if scope.hazard not in hazards:
            hint = nearest_name(scope.hazard, hazards)
            message = f"scope {scope.id!r}: the hazard {scope.hazard!r} is unknown; {hint}"
            raise ConfigError(message)
    return tuple(
        scope.severity.value if scope.severity is not None else hazards[scope.hazard].severity
        for scope in recall.scopes
    )
