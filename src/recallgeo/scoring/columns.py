"""The columns of EXPOSED as arrays, for all sites or for some, with drawn values in place."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["SiteColumns", "kinds_in", "radius_columns"]

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.intp]
Rows = npt.NDArray[np.intp]

_KIND = re.compile(r"([a-z][a-z_]*)_(?:nearest_m|on_site_prob|within_\d+_prob)")
_PEOPLE = re.compile(r"(residents|people_day|people_night|people_expected)_(\d+)")


def kinds_in(frame: pd.DataFrame) -> tuple[str, ...]:
    """Give the kinds of sensitive places that a table has columns of, sorted.

    Examples
    --------
    >>> kinds_in(pd.DataFrame(columns=["care_home_on_site_prob", "school_within_50_prob"]))
    ('care_home', 'school')
    """
    return _kinds_among(tuple(map(str, frame.columns)))


def radius_columns(frame: pd.DataFrame, radius_m: int) -> tuple[str, ...]:
    """Give the columns that count people within a radius, sorted.

    Examples
    --------
    >>> radius_columns(pd.DataFrame(columns=["residents_50", "people_day_250"]), 250)
    ('people_day_250',)
    """
    return _people_among(tuple(map(str, frame.columns)), radius_m)


# draws ask again and again for the columns of one table
@lru_cache(maxsize=64)
def _kinds_among(names: tuple[str, ...]) -> tuple[str, ...]:
    found = (_KIND.fullmatch(name) for name in names)
    return tuple(sorted({match[1] for match in found if match}))


@lru_cache(maxsize=64)
def _people_among(names: tuple[str, ...], radius_m: int) -> tuple[str, ...]:
    found = (_PEOPLE.fullmatch(name) for name in names)
    return tuple(sorted(match[0] for match in found if match and int(match[2]) == radius_m))


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteColumns:
    """Columns of some sites as arrays; a column that is absent is None.

    Parameters
    ----------
    frame : DataFrame
        EXPOSED, or a part of it.
    drawn : mapping of str to array
        Values that stand in for a column's, on the same rows.
    """

    frame: pd.DataFrame
    drawn: Mapping[str, Floats] = field(default_factory=dict)
    _cache: dict[str, Floats | None] = field(default_factory=dict, repr=False)
    _codes: dict[str, tuple[Codes, list[str]]] = field(default_factory=dict, repr=False)
    _points: list[Bools] = field(default_factory=list, repr=False)

    def __len__(self) -> int:
        """Give the number of sites."""
        return len(self.frame)

    def numbers(self, name: str) -> Floats | None:
        """Give a column as floats, NaN where missing; None where the table has no such column."""
        if name in self.drawn:
            return self.drawn[name]
        if name not in self._cache:
            known = name in self.frame.columns
            self._cache[name] = (
                self.frame[name].to_numpy(dtype=np.float64, na_value=np.nan) if known else None
            )
        return self._cache[name]

    def words(self, name: str) -> tuple[Codes, list[str]]:
        """Give a text column as codes into its words, -1 where missing."""
        if name not in self._codes:
            if name in self.frame.columns:
                codes, words = pd.factorize(self.frame[name])
                self._codes[name] = codes, [str(word) for word in words]
            else:
                self._codes[name] = np.full(len(self), -1, dtype=np.intp), []
        return self._codes[name]

    def with_drawn(self, drawn: Mapping[str, Floats]) -> "SiteColumns":
        """Give the same sites with other drawn values; what is cached stays."""
        return SiteColumns(
            frame=self.frame,
            drawn=drawn,
            _cache=self._cache,
            _codes=self._codes,
            _points=self._points,
        )

    @property
    def has_point(self) -> Bools:
        """Whether a site has a point."""
        if not self._points:
            known = "geometry" in self.frame.columns
            self._points.append(
                self.frame["geometry"].notna().to_numpy()
                if known
                else np.zeros(len(self), dtype=bool)
            )
        return self._points[0]
