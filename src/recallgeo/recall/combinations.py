"""Few combinations over many units: which scopes each is in, and its reason."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from recallgeo.recall.line_answer import Rows
from recallgeo.recall.texts import Texts

__all__ = ["Combinations", "ReasonTexts"]


class Combinations:
    """For each unit the set of marks that it was given, as a code.

    Parameters
    ----------
    size : int
        Units.

    Examples
    --------
    >>> marks = Combinations(3)
    >>> marks.extend(7, np.array([0, 2, 2]))
    >>> marks.extend(8, np.array([0, 0, 1]))
    >>> [marks.sets[code] for code in marks.codes]
    [(), ((7, 2),), ((7, 2), (8, 1))]
    """

    def __init__(self, size: int) -> None:
        self.codes = np.zeros(size, np.int64)
        self.sets: list[tuple[tuple[int, int], ...]] = [()]

    def extend(self, place: int, marks: NDArray[np.integer]) -> None:
        """Add a mark to each unit; a mark of 0 adds nothing.

        Parameters
        ----------
        place : int
            What the marks are about.
        marks : array of int
            One for each unit, 0 or more.
        """
        if not marks.any():
            return
        width = int(marks.max()) + 1
        keys = self.codes * width + marks
        present = np.zeros(len(self.sets) * width, bool)
        present[keys] = True
        found = np.flatnonzero(present)
        places = np.zeros(len(present), np.int64)
        places[found] = np.arange(len(found))
        self.codes = places[keys]
        pairs = [divmod(key, width) for key in found.tolist()]
        self.sets = [
            (*self.sets[code], (place, mark)) if mark else self.sets[code] for code, mark in pairs
        ]


class ReasonTexts:
    """A text for each unit, written in parts, a later one in place of an earlier.

    Parameters
    ----------
    size : int
        Units.

    Examples
    --------
    >>> reasons = ReasonTexts(2)
    >>> reasons.write(np.array([1]), pa.array(["serial fits"], pa.large_string()))
    >>> reasons.read(["outside"], np.array([0, 0])).to_pylist()
    ['outside', 'serial fits']
    """

    def __init__(self, size: int) -> None:
        self._places = np.full(size, -1, np.int64)
        self._chunks: list[Texts] = []
        self._written = 0

    @property
    def is_written(self) -> NDArray[np.bool_]:
        """Whether each unit has a text."""
        return self._places >= 0

    def write(self, units: Rows, texts: Texts) -> None:
        """Write the texts of units."""
        if len(units):
            self._places[units] = self._written + np.arange(len(units))
            self._chunks.append(texts)
            self._written += len(units)

    def read(self, others: Sequence[str], codes: NDArray[np.int64]) -> Texts:
        """Give every unit's text; one of `others`, by code, where none was written."""
        places = np.where(self.is_written, self._places, self._written + codes)
        texts = [*self._chunks, pa.array(others, pa.large_string())]
        return pa.concat_arrays(texts).take(pa.array(places))
