"""Product hazards: how far the harm of a failing unit reaches, and in what words.

The values stand in ``data/reference/hazards.toml``, each with its source or the word
"judgement"; `recallgeo.reference.hazards` opens them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from recallgeo.errors import ConfigError

__all__ = ["Hazard", "radii_in_play"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hazard:
    """One product hazard.

    Parameters
    ----------
    name : str
        Key, such as ``"fire"``.
    words : str
        What the unit can do, completing "a unit that ...": ``"can catch fire"``.
    radius_m : int
        How far harm reaches, whole metres; 0 means the unit's own premises only.
    context_m : int
        Radius for the neighbourhood and its people, whole metres, at least 1.
    decay_m : float
        Distance at which nearness counts 1/e of nearness at 0, metres, more than 0.
    severity : float
        Default severity where a scope declares none, 0 to 1.
    source : str
        Source of the radii, or the word "judgement".

    Raises
    ------
    ConfigError
        If a value is out of its bounds.

    Examples
    --------
    >>> fire = Hazard(name="fire", words="can catch fire", radius_m=50, context_m=250,
    ...               decay_m=50.0, severity=1.0, source="judgement")
    >>> fire.radii_m
    (50, 250)
    """

    name: str
    words: str
    radius_m: int
    context_m: int
    decay_m: float
    severity: float
    source: str

    def __post_init__(self) -> None:
        """Check the bounds."""
        checks = {
            "radius_m": (self.radius_m, self.radius_m >= 0, "0 or more"),
            "context_m": (self.context_m, self.context_m >= max(1, self.radius_m), "the wider one"),
            "decay_m": (self.decay_m, self.decay_m > 0, "more than 0"),
            "severity": (self.severity, 0 <= self.severity <= 1, "0 to 1"),
            "source": (self.source, bool(self.source), "a source or the word 'judgement'"),
        }
        wrong = [
            f"{key} is {value!r}, expected {expected}"
            for key, (value, fits, expected) in checks.items()
            if not fits
        ]
        if wrong:
            message = f"hazard {self.name!r}: " + "; ".join(wrong)
            raise ConfigError(message)

    @property
    def radii_m(self) -> tuple[int, ...]:
        """The radii that are measured for this hazard, from the nearest, without 0."""
        return tuple(sorted({radius for radius in (self.radius_m, self.context_m) if radius > 0}))


def radii_in_play(hazards: Iterable[Hazard]) -> tuple[int, ...]:
    """Give every radius that the hazards need, once, from the nearest.

    Parameters
    ----------
    hazards : iterable of Hazard
        The hazards of a recall's scopes.

    Returns
    -------
    tuple of int
        Whole metres.

    Examples
    --------
    >>> radii_in_play([])
    ()
    """
    return tuple(sorted({radius for hazard in hazards for radius in hazard.radii_m}))
