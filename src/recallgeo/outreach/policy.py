"""How the outreach is worked: capacity, calendar, and the share kept for checking doubts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from recallgeo.errors import PlanError, nearest_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from holidays import HolidayBase

__all__ = ["CHANNELS", "DEFAULT_CAPACITY", "OutreachPolicy"]

CHANNELS = ("call", "email", "visit", "partner", "letter")
DEFAULT_CAPACITY: Mapping[str, int] = MappingProxyType(
    # judgement: a small team in its first week
    {"call": 120, "email": 400, "visit": 15, "partner": 40}
)

_WEEKEND = (5, 6)  # Saturday and Sunday, Monday being 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OutreachPolicy:
    """Capacity and calendar of the outreach.

    Parameters
    ----------
    start_on : date
        First day of work; moved to the next working day where it is none.
    capacity_per_day : mapping of str to int
        Contacts a day per channel (call, email, visit, partner, letter); a channel without
        capacity is not used.
    calendar : str, optional
        Country of the holidays, ISO 3166-1 alpha-2, with a subdivision after a hyphen
        (``"GB-ENG"``), which also says which days are the weekend; Saturday and Sunday alone
        where missing.
    verify_share : float, default 0.10
        Share of each day's calls kept for addresses worth checking first, 0 to 1 (judgement).

    Raises
    ------
    PlanError
        For an unknown channel or calendar, or where no channel has capacity.

    Examples
    --------
    >>> policy = OutreachPolicy(start_on=date(2022, 12, 24), calendar="GB-ENG")
    >>> str(policy.working_days(2)[0])
    '2022-12-28'
    """

    start_on: date
    capacity_per_day: Mapping[str, int] = field(default_factory=lambda: dict(DEFAULT_CAPACITY))
    calendar: str | None = None
    verify_share: float = 0.10

    def __post_init__(self) -> None:
        """Check every value and raise once."""
        faults = [
            f"unknown channel {channel!r}; {nearest_name(channel, CHANNELS)}"
            for channel in self.capacity_per_day
            if channel not in CHANNELS
        ]
        faults += [
            f"capacity of {channel} is {count}; expected 0 or more contacts a day"
            for channel, count in self.capacity_per_day.items()
            if count < 0
        ]
        if not any(count > 0 for count in self.capacity_per_day.values()):
            faults.append("no channel has capacity; give at least one, such as call = 120")
        if not 0 <= self.verify_share <= 1:
            faults.append(f"verify_share is {self.verify_share}; expected a share from 0 to 1")
        if faults:
            message = "; ".join(faults)
            raise PlanError(message)
        self.holidays(range(self.start_on.year, self.start_on.year + 1))

    @property
    def channels(self) -> tuple[str, ...]:
        """The channels that have capacity, in the order of `CHANNELS`."""
        return tuple(name for name in CHANNELS if self.capacity_per_day.get(name, 0) > 0)

    def holidays(self, years: "Iterable[int]") -> npt.NDArray[np.datetime64]:
        """Give the holidays of the calendar.

        Parameters
        ----------
        years : iterable of int
            Calendar years.

        Returns
        -------
        datetime64[D] array
            Sorted; empty without a calendar.

        Raises
        ------
        PlanError
            If the calendar is not known.
        """
        return np.array(sorted(self._calendar(years) or ()), dtype="datetime64[D]")

    def _calendar(self, years: "Iterable[int]") -> "HolidayBase | None":
        if self.calendar is None:
            return None
        import holidays

        country, _, subdivision = self.calendar.partition("-")
        try:
            return holidays.country_holidays(country, subdiv=subdivision or None, years=years)
        except NotImplementedError as error:
            known = holidays.list_supported_countries()
            names = [*known, *(f"{country}-{part}" for part in known.get(country, []))]
            hint = nearest_name(self.calendar, names)[:200]
            message = f"calendar {self.calendar!r} is not known; {hint}"
            raise PlanError(message) from error

    def working_days(self, count: int) -> npt.NDArray[np.datetime64]:
        """Give the first working days from `start_on` on.

        Parameters
        ----------
        count : int
            How many.

        Returns
        -------
        datetime64[D] array
            In order; the weekend is the calendar's own, Saturday and Sunday without a calendar.
        """
        # five working days a week, and no calendar takes half of them away
        years = range(self.start_on.year, self.start_on.year + 2 + count // 125)
        offsets = np.arange(count)
        start = np.datetime64(self.start_on, "D")
        found = self._calendar(years)
        weekend = _WEEKEND if found is None else found.weekend
        week = [day not in weekend for day in range(7)]
        closed = np.array(sorted(found or ()), dtype="datetime64[D]")
        return np.busday_offset(start, offsets, roll="forward", weekmask=week, holidays=closed)
