"""Value functions: from a column to a value between 0 (harmless) and 1 (worst)."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from recallgeo.errors import ScoringError, nearest_name

__all__ = ["Criterion", "Transform", "Worse"]

Transform = Literal["linear", "log", "table", "exp"]
Worse = Literal["high", "low"]
Floats = npt.NDArray[np.float64]

_LARGEST = sys.float_info.max
_DECIMALS = 12  # logarithms differ in their last bits between processors


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One criterion of the weighted sum.

    Parameters
    ----------
    name : str
        Key, small letters, digits and ``_``; the contribution's column ends in it.
    column : str
        Measure of `recallgeo.scoring`, or column of the table.
    weight : float
        Relative weight, 0 (switched off) or more; a model divides by the sum.
    transform : {"linear", "log", "table", "exp"}
        ``linear``: ``(x - low) / (high - low)``. ``log``: ``ln(1 + x - low) / ln(1 + high - low)``.
        ``exp``: ``exp(-(x - low) / (high - low))``, nearness, 1/e at the upper bound.
        ``table``: a value for each word. All are cut to 0-1.
    bounds : (float, float), optional
        Fixed bounds of ``linear``, ``log`` and ``exp`` in the column's unit; never taken from the
        data, so that a site's value does not depend on the others.
    table : mapping of str to float
        Words and values of ``table``; a word that is not in it counts as missing.
    worse : {"high", "low"}
        Which end is dangerous; ``low`` turns ``linear`` and ``log`` round. ``exp`` needs ``low``.
    missing : float
        Central value where the column has none, 0 to 1.
    missing_range : (float, float)
        What a missing value might be, 0 to 1; drawn for the rank interval.
    label : str
        Words for a reader.
    source : str
        Source of weight and bounds, or the word "judgement".

    Raises
    ------
    ScoringError
        With every fault of the criterion.

    Examples
    --------
    >>> units = Criterion(name="units", column="units", weight=0.13, transform="log",
    ...                   bounds=(0, 100), missing=0.5, source="judgement")
    >>> units.value(np.array([0.0, 9.0, 100.0, 5000.0, np.nan])).round(3).tolist()
    [0.0, 0.499, 1.0, 1.0, nan]
    """

    name: str
    column: str
    weight: float
    transform: Transform
    bounds: tuple[float, float] | None = None
    table: Mapping[str, float] = field(default_factory=dict)
    worse: Worse = "high"
    missing: float = 0.5
    missing_range: tuple[float, float] = (0.0, 1.0)
    label: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        """Check every bound and raise once."""
        faults = [*self._plain_faults(), *self._transform_faults(), *self._missing_faults()]
        if faults:
            message = f"criterion {self.name!r}: " + "; ".join(faults)
            raise ScoringError(message)

    @property
    def is_text(self) -> bool:
        """Whether the column holds words."""
        return self.transform == "table"

    def value(self, column: Floats) -> Floats:
        """Give the value of numbers: 0 harmless, 1 worst, NaN where the column has none."""
        if self.bounds is None:
            message = f"criterion {self.name!r} reads words; use value_of_words"
            raise ScoringError(message)
        low, high = self.bounds
        if self.transform == "linear":
            value = (column - low) / (high - low)
        elif self.transform == "log":
            value = np.log1p(np.maximum(column - low, 0.0)) / np.log1p(high - low)
        else:
            value = np.exp(-np.maximum(column - low, 0.0) / (high - low))
        value = np.clip(value, 0.0, 1.0)
        if self.worse == "low" and self.transform != "exp":
            value = 1.0 - value
        return value if self.transform == "linear" else np.round(value, _DECIMALS)

    def value_of_words(self, words: Sequence[str]) -> Floats:
        """Give the value of words: 0 harmless, 1 worst, NaN where the table has none."""
        return np.array([self.table.get(word, np.nan) for word in words], dtype=np.float64)

    def _plain_faults(self) -> list[str]:
        faults = []
        if not (self.name.isidentifier() and self.name.islower() and self.name.isascii()):
            faults.append("a name is of small letters, digits and '_', such as 'people_density'")
        if not 0 <= self.weight <= _LARGEST:
            faults.append(f"weight is {self.weight}, expected 0 (switched off) or more")
        if not self.source:
            faults.append('source is missing; name it, or write "judgement"')
        if self.worse not in get_args(Worse):
            faults.append(f"worse is {self.worse!r}, expected high or low")
        return faults

    def _transform_faults(self) -> list[str]:
        if self.transform not in get_args(Transform):
            known = get_args(Transform)
            return [
                f"transform {self.transform!r} is not known; {nearest_name(self.transform, known)}"
            ]
        if self.transform == "table":
            wrong = {word: value for word, value in self.table.items() if not 0 <= value <= 1}
            if not self.table:
                return ["table is missing; write such as table = { active = 0.2, expired = 1.0 }"]
            return [
                f"table gives {word!r} {value}, expected 0 to 1" for word, value in wrong.items()
            ]
        if self.bounds is None:
            return [f"bounds are missing; a {self.transform} value needs bounds = [low, high]"]
        faults = []
        low, high = self.bounds
        if not (np.isfinite(low) and np.isfinite(high) and low < high):
            faults.append(
                f"bounds are [{low:g}, {high:g}], expected low < high; "
                'to make small values the dangerous ones write worse = "low"'
            )
        if self.transform == "exp" and self.worse != "low":
            faults.append('an exp value falls with distance: write worse = "low"')
        return faults

    def _missing_faults(self) -> list[str]:
        low, high = self.missing_range
        if 0 <= low <= self.missing <= high <= 1:
            return []
        fault = f"missing is {self.missing} in missing_range [{low}, {high}]"
        return [f"{fault}, expected 0 <= low <= missing <= high <= 1"]
