"""Search of many serials among many ranges, one sorted search for each form of serial."""

import heapq
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from recallgeo.recall.serial_form import MASK, Alphabet, SerialForm, class_table
from recallgeo.recall.serial_range import SerialRange
from recallgeo.recall.texts import Texts, byte_rows

__all__ = ["RangeIndex"]

Owners = tuple[int, ...]
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


class RangeIndex:
    """Ranges of many owners, cut into segments that have one set of owners each.

    Parameters
    ----------
    owned : iterable of (int, SerialRange)
        Each range with its owner.

    Examples
    --------
    >>> import pyarrow as pa
    >>> ranges = [SerialRange.parse("A10..A19"), SerialRange.parse("A15..A29")]
    >>> index = RangeIndex(enumerate(ranges))
    >>> codes, sets = index.lookup(pa.array(["A14", "A15", "A30", "B15"], pa.large_string()))
    >>> [sets[code] for code in codes]
    [(0,), (0, 1), (), ()]
    """

    def __init__(self, owned: Iterable[tuple[int, SerialRange]]) -> None:
        by_form: defaultdict[SerialForm, list[tuple[int, int, int]]] = defaultdict(list)
        for owner, found in owned:
            by_form[found.form].append((found.first, found.last, owner))
        self._sets: list[Owners] = [()]
        self._places: dict[Owners, int] = {(): 0}
        groups: defaultdict[_Shape, list[_Segments]] = defaultdict(list)
        for form, ranges in by_form.items():
            segments = _Segments(form, *self._cut(ranges))
            groups[_shape_of(form)].append(segments)
        self._groups = [_FormGroup(shape, segments) for shape, segments in groups.items()]

    def _cut(self, ranges: list[tuple[int, int, int]]) -> tuple[list[int], list[int]]:
        """Cut overlapping ranges into segments: where each starts, and its set of owners."""
        starts: list[int] = []
        codes: list[int] = []
        waiting = sorted(ranges, reverse=True)
        active: list[tuple[int, int]] = []
        place = 0
        while waiting or active:
            if not active:
                place = waiting[-1][0]
            while waiting and waiting[-1][0] <= place:
                _, last, owner = waiting.pop()
                heapq.heappush(active, (last, owner))
            while active and active[0][0] < place:
                heapq.heappop(active)
            starts.append(place)
            codes.append(self._code(tuple(sorted({owner for _, owner in active}))))
            ahead = [active[0][0] + 1] if active else []
            ahead += [waiting[-1][0]] if waiting else []
            place = min(ahead) if ahead else place
        return starts, codes

    def _code(self, owners: Owners) -> int:
        if owners not in self._places:
            self._places[owners] = len(self._sets)
            self._sets.append(owners)
        return self._places[owners]

    def lookup(self, values: Texts) -> tuple[NDArray[np.int32], list[Owners]]:
        """Give for each text the code of its set of owners, and the sets; 0 is the empty one.

        Parameters
        ----------
        values : pyarrow.Array of large_string
            Normalised texts without nulls.
        """
        codes = np.zeros(len(values), np.int32)
        sets = list(self._sets)
        places = dict(self._places)
        widths = pc.binary_length(values).to_numpy(zero_copy_only=False)
        for group in self._groups:
            rows = np.flatnonzero(widths == group.shape[0])
            if not len(rows):
                continue
            found = group.lookup(byte_rows(values, rows, group.shape[0]))
            twice = (codes[rows] > 0) & (found > 0)
            for row, code in zip(rows[twice].tolist(), found[twice].tolist(), strict=True):
                joined = tuple(sorted({*sets[codes[row]], *sets[code]}))
                places.setdefault(joined, len(sets))
                if places[joined] == len(sets):
                    sets.append(joined)
                codes[row] = places[joined]
            only = (found > 0) & ~twice
            codes[rows[only]] = found[only]
        return codes, sets


_Shape = tuple[int, tuple[int, ...], Alphabet]


def _shape_of(form: SerialForm) -> _Shape:
    return form.width, form.looked_at, form.alphabet


class _Segments:
    """Segments of one form: the sorted keys where they start, and their codes."""

    def __init__(self, form: SerialForm, starts: list[int], codes: list[int]) -> None:
        beyond = [i for i, start in enumerate(starts) if start < form.capacity]
        self.form = form
        self.starts: NDArray[Any] = form.key_array([starts[i] for i in beyond])
        self.codes = np.array([0, *(codes[i] for i in beyond)], np.int32)

    def lookup(self, places: NDArray[np.uint8]) -> NDArray[np.int32]:
        found = np.searchsorted(self.starts, self.form.keys(places), side="right")
        return self.codes[found]


class _FormGroup:
    """Forms of one width, mask and alphabet, told apart by the class of each place."""

    def __init__(self, shape: _Shape, segments: list[_Segments]) -> None:
        self.shape = shape
        self._table = class_table(shape[2])
        self._looked_at = np.array(shape[1], np.intp)
        classes = [[kind for kind in part.form.classes if kind != MASK] for part in segments]
        marks = self._marks(np.array(classes, np.uint8).reshape(len(segments), -1))
        order = np.argsort(marks, kind="stable")
        self._sorted_marks = marks[order]
        self._segments = [segments[i] for i in order]
        self._classes = np.array(classes, np.uint8).reshape(len(segments), -1)[order]

    @staticmethod
    def _marks(classes: NDArray[np.uint8]) -> NDArray[np.uint64]:
        """Hash the classes of each row."""
        marks = np.zeros(len(classes), np.uint64)
        for column in range(classes.shape[1]):
            marks = (marks ^ classes[:, column]) * _MULTIPLIER
        return marks

    def lookup(self, places: NDArray[np.uint8]) -> NDArray[np.int32]:
        codes = np.zeros(len(places), np.int32)
        classes = self._table[places[:, self._looked_at]]
        if len(self._segments) == 1:
            fits = (classes == self._classes[0]).all(axis=1)
            codes[fits] = self._segments[0].lookup(places[fits])
            return codes
        marks = self._marks(classes)
        lows = np.searchsorted(self._sorted_marks, marks, side="left")
        order = np.argsort(lows, kind="stable")
        bounds = np.searchsorted(lows[order], np.arange(len(self._segments) + 1))
        for form, segments in enumerate(self._segments):
            rows = order[bounds[form] : bounds[form + 1]]
            if len(rows):
                rows = rows[(classes[rows] == self._classes[form]).all(axis=1)]
                codes[rows] = segments.lookup(places[rows])
        return codes
