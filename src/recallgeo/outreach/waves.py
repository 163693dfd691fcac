"""Waves, channels and days: the order of work, which never changes the order of risk."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from recallgeo.outreach.policy import OutreachPolicy

__all__ = ["channel_of", "needs_verifying", "order_of_work", "schedule_days", "wave_of"]

_URGENT_TIER = 1
"""Tiers up to this one share wave 1: a serious hazard on vulnerable grounds cannot wait."""


def wave_of(tiers: pd.Series) -> pd.Series:
    """Give the wave of a tier: tiers 0 and 1 make wave 1, tier n makes wave n.

    Parameters
    ----------
    tiers : Series of Int64
        The worst tier that the doubt of the place allows, so that doubt never delays.

    Returns
    -------
    Series of Int64, named ``wave``
        From 1.

    Examples
    --------
    >>> wave_of(pd.Series([0, 1, 2, 3], dtype="Int64")).tolist()
    [1, 1, 2, 3]
    """
    return tiers.clip(lower=_URGENT_TIER).rename("wave").astype("Int64")


def needs_verifying(ranked: pd.DataFrame) -> pd.Series:
    """Say which sites may be in a more urgent tier than their likely place shows.

    Parameters
    ----------
    ranked : DataFrame
        RANKED.

    Returns
    -------
    Series of bool
        True where the worst tier is more urgent than the tier.
    """
    return (ranked["tier_worst"] < ranked["tier"]).rename("verify")


def channel_of(ranked: pd.DataFrame, policy: OutreachPolicy) -> pd.Series:
    """Choose how to reach each site; a site without contact gets another way, not a lower place.

    Parameters
    ----------
    ranked : DataFrame
        RANKED, with ``contact_route``.
    policy : OutreachPolicy
        Its channels are those with capacity.

    Returns
    -------
    Series of str, named ``channel``
        The first channel with capacity of: with a direct contact, call (from wave 3 on e-mail
        first); through a reseller, partner; with neither, a visit where the place is known, or a
        letter.
    """
    wave = wave_of(ranked["tier_worst"])
    route = ranked["contact_route"].fillna("none").to_numpy()
    placed = ranked.geometry.notna().to_numpy()
    verify = needs_verifying(ranked).to_numpy(dtype=bool)
    late = (wave > 2).to_numpy(dtype=bool)  # noqa: PLR2004  # waves 1 and 2 are called
    cases: list[tuple[npt.NDArray[np.bool_], tuple[str, ...]]] = [
        ((route == "direct") & late & ~verify, ("email", "call", "letter", "visit", "partner")),
        (route == "direct", ("call", "email", "visit", "letter", "partner")),
        (route == "reseller", ("partner", "call", "visit", "letter", "email")),
        (placed, ("visit", "letter", "call", "partner", "email")),
    ]
    wishes = [next(name for name in wish if name in policy.channels) for _, wish in cases]
    rest = next(n for n in ("letter", "call", "partner", "email", "visit") if n in policy.channels)
    chosen = np.select([mask for mask, _ in cases], wishes, default=rest)
    return pd.Series(chosen, index=ranked.index, dtype="str", name="channel")


def order_of_work(ranked: pd.DataFrame, wave: pd.Series) -> npt.NDArray[np.intp]:
    """Order the sites for work: by wave, then surely urgent ones, then by risk.

    Parameters
    ----------
    ranked : DataFrame
        RANKED; sites without a point are ordered by score among the others of their tier.
    wave : Series of Int64
        As `wave_of` gives it.

    Returns
    -------
    intp array
        Positions in `ranked`, in the order of work; ties by site_id.
    """
    return np.lexsort(
        (
            ranked.index.to_numpy(dtype=str),
            -ranked["score"].to_numpy(dtype=float),
            ranked["tier"].to_numpy(dtype=int),
            wave.to_numpy(dtype=int),
        )
    )


def schedule_days(
    channel: pd.Series, verify: pd.Series, policy: OutreachPolicy
) -> npt.NDArray[np.int64]:
    """Spread the work over working days under each channel's capacity.

    Parameters
    ----------
    channel : Series of str
        In the order of work.
    verify : Series of bool
        Calls that check a doubtful place; they have their own share of each day's calls.
    policy : OutreachPolicy
        Capacity and share.

    Returns
    -------
    int64 array
        Working day of each site, 0 is the first.

    Examples
    --------
    >>> from datetime import date
    >>> policy = OutreachPolicy(start_on=date(2022, 7, 4), capacity_per_day={"call": 2})
    >>> calls = pd.Series(["call"] * 5)
    >>> schedule_days(calls, pd.Series([False] * 5), policy).tolist()
    [0, 0, 1, 1, 2]
    """
    names = channel.to_numpy(dtype=str)
    doubtful = verify.to_numpy(dtype=bool)
    days = np.zeros(len(names), dtype=np.int64)
    for name in policy.channels:
        capacity = policy.capacity_per_day[name]
        mine = names == name
        if name == "call":
            sure, doubt = mine & ~doubtful, mine & doubtful
            days[sure], days[doubt] = _two_queues(
                int(sure.sum()), int(doubt.sum()), capacity, policy.verify_share
            )
        else:
            days[mine] = np.arange(mine.sum()) // capacity
    return days


def _two_queues(
    sure: int, doubt: int, capacity: int, share: float
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Share each day's calls between two queues; what one leaves free the other takes."""
    kept = min(capacity, max(1, round(capacity * share))) if doubt and share > 0 else 0
    if capacity == 1:
        kept = 0 if sure else kept
    per_day: list[tuple[int, int]] = []
    while sure or doubt:
        for_doubt = min(doubt, max(kept, capacity - sure))
        for_sure = min(sure, capacity - for_doubt)
        per_day.append((for_sure, for_doubt))
        sure, doubt = sure - for_sure, doubt - for_doubt
    counts = np.array(per_day, dtype=np.int64).reshape(-1, 2)
    day = np.arange(len(counts))
    return np.repeat(day, counts[:, 0]), np.repeat(day, counts[:, 1])
