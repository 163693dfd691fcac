"""Which of many values each text meets: hashing for exact ones, search for ranges.

Cost grows with the texts and with the logarithm of the ranges, never with their product; only
patterns that do not begin with their literals are tried one by one.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from recallgeo.recall.line_values import Exact, Item, Pattern, Within
from recallgeo.recall.range_index import RangeIndex
from recallgeo.recall.texts import Texts
from recallgeo.recall.wildcards import regex_of, written

__all__ = ["Meets", "ValueIndex"]

Owners = tuple[int, ...]


class Meets:
    """For each text, which owners it meets: a code into a list of sets, 0 for none.

    Parameters
    ----------
    codes : array of int32
        One for each text.
    sets : list of tuple of int
        Owners in order; the first set is empty.
    """

    def __init__(self, codes: NDArray[np.int32], sets: list[Owners]) -> None:
        self.codes = codes
        self.sets = sets

    @classmethod
    def nothing(cls, size: int) -> "Meets":
        """Give the answer that no text meets anything."""
        return cls(np.zeros(size, np.int32), [()])

    @property
    def first(self) -> NDArray[np.int32]:
        """The first owner that each text meets; -1 for none."""
        firsts = np.array([owners[0] if owners else -1 for owners in self.sets], np.int32)
        return firsts[self.codes]

    def joined(self, other: "Meets") -> "Meets":
        """Give the union of the owners that each text meets here and there."""
        if not other.codes.any():
            return self
        if not self.codes.any():
            return other
        both = self.codes.astype(np.int64) * len(other.sets) + other.codes
        found, codes = np.unique(both, return_inverse=True)
        sets: list[Owners] = [()]
        places = np.zeros(len(found), np.int32)
        for i, pair in enumerate(found.tolist()):
            mine, theirs = divmod(pair, len(other.sets))
            if pair:
                places[i] = len(sets)
                sets.append(tuple(sorted({*self.sets[mine], *other.sets[theirs]})))
        return Meets(places[codes], sets)


class ValueIndex:
    """Exact values, patterns and ranges of many owners, ready to look texts up.

    Parameters
    ----------
    owned : iterable of (int, Item)
        Each value with its owner: the place of an item in a line, or of a row in a table.

    Examples
    --------
    >>> from recallgeo.recall.field_name import resolve_field
    >>> from recallgeo.recall.line_values import read_items
    >>> items = read_items("AB1, AB0..AB5, X*, *Z", resolve_field("serial"))
    >>> index = ValueIndex(enumerate(items))
    >>> meets = index.lookup(pa.array(["AB1", "AB4", "XYZ", "AB6"], pa.large_string()))
    >>> [meets.sets[code] for code in meets.codes]
    [(0, 1), (1,), (2, 3), ()]
    """

    def __init__(self, owned: Iterable[tuple[int, Item]]) -> None:
        self._exact: dict[str, list[int]] = {}
        self._prefixes: dict[int, dict[str, list[int]]] = {}
        self._patterns: list[tuple[str, int]] = []
        ranges = []
        for owner, item in owned:
            if isinstance(item, Exact):
                self._exact.setdefault(item.value, []).append(owner)
            elif isinstance(item, Within):
                ranges.append((owner, item.range))
            elif isinstance(item, Pattern):
                self._add_pattern(item, owner)
        self._ranges = RangeIndex(ranges) if ranges else None

    def _add_pattern(self, item: Pattern, owner: int) -> None:
        *head, last = item.tokens
        if last.kind == "run" and all(token.kind in {"literal", "dot"} for token in head):
            same = self._prefixes.setdefault(len(head), {})
            same.setdefault(written(head), []).append(owner)
        else:
            self._patterns.append((regex_of(list(item.tokens)), owner))

    def lookup(self, values: Texts) -> Meets:
        """Give the owners that each text meets.

        Parameters
        ----------
        values : pyarrow.Array of large_string
            Normalised texts without nulls; an empty one meets nothing.

        Returns
        -------
        Meets
            In the order of the texts.
        """
        found = Meets.nothing(len(values))
        if not len(values):
            return found
        if self._exact:
            found = found.joined(_hashed(values, self._exact))
        for width, prefixes in sorted(self._prefixes.items()):
            heads = pc.utf8_slice_codeunits(values, 0, width)
            found = found.joined(_hashed(heads, prefixes))
        for pattern, owner in self._patterns:
            hits = pc.match_substring_regex(values, pattern).to_numpy(zero_copy_only=False)
            found = found.joined(Meets(hits.astype(np.int32), [(), (owner,)]))
        if self._ranges is not None:
            codes, sets = self._ranges.lookup(values)
            found = found.joined(Meets(codes, sets))
        return _without_empty(found, values)


def _hashed(values: Texts, owners: dict[str, list[int]]) -> Meets:
    places = pc.index_in(values, value_set=pa.array(list(owners), pa.large_string()))
    codes = pc.fill_null(places, -1).to_numpy(zero_copy_only=False).astype(np.int32) + 1
    return Meets(codes, [(), *(_in_order(found) for found in owners.values())])


def _in_order(owners: Sequence[int]) -> Owners:
    return tuple(sorted(set(owners)))


def _without_empty(found: Meets, values: Texts) -> Meets:
    empty = pc.equal(values, "").to_numpy(zero_copy_only=False)
    if empty.any():
        return Meets(np.where(empty, 0, found.codes).astype(np.int32), found.sets)
    return found
