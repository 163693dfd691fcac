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


def order_of_work(
    ranked: pd.DataFrame, wave: pd.Series, *, chance: pd.Series | None = None
) -> npt.NDArray[np.intp]:
    """Order the sites for work: by wave, then surely urgent ones, then by risk.

    Inside a wave the sites that surely belong to it come first, by tier; those of a tier that may
    be worse come before the others of that tier. Then come the sites that only their doubt puts
    into the wave. Doubtful sites go by the chance of their worst tier, the others by score.

    Parameters
    ----------
    ranked : DataFrame
        RANKED; sites without a point are ordered by score among the others of their tier.
    wave : Series of Int64
        As `wave_of` gives it.
    chance : Series of float, optional
        On the index of `ranked`, 0 to 1: chance of the worst tier. A missing chance goes before
        every known one.

    Returns
    -------
    intp array
        Positions in `ranked`, in the order of work; ties by score, then site_id.

    Examples
    --------
    >>> sites = pd.DataFrame({"tier": [3, 3, 1], "tier_worst": [1, 1, 1], "score": [0.9, 0.5, 0.1]})
    >>> wave = wave_of(sites["tier_worst"])
    >>> order_of_work(sites, wave, chance=pd.Series([0.2, 0.7, None])).tolist()
    [2, 1, 0]
    """
    doubtful = needs_verifying(ranked).to_numpy(dtype=bool)
    raised = _raised_by_doubt(ranked["tier"], wave)
    known = np.full(len(ranked), np.nan)
    if chance is not None:
        known = chance.reindex(ranked.index).to_numpy(dtype=float, na_value=np.nan)
    return np.lexsort(
        (
            ranked.index.to_numpy(dtype=str),
            -ranked["score"].to_numpy(dtype=float),
            -np.where(doubtful, np.where(np.isnan(known), np.inf, known), 0.0),
            ~doubtful,
            np.where(raised, 0, ranked["tier"].to_numpy(dtype=int)),
            raised,
            wave.to_numpy(dtype=int),
        )
    )


def _raised_by_doubt(tier: pd.Series, wave: pd.Series) -> npt.NDArray[np.bool_]:
    """Say which sites stand in an earlier wave than their likely tier has."""
    return wave_of(tier).to_numpy(dtype=int) > wave.to_numpy(dtype=int)


def schedule_days(table: pd.DataFrame, policy: OutreachPolicy) -> npt.NDArray[np.int64]:
    """Spread the work over working days under each channel's capacity, wave by wave.

    A wave begins in a channel on the day that the wave before leaves room, never earlier.

    Parameters
    ----------
    table : DataFrame
        ``channel``, ``wave`` and ``tier``, in the order of work. Inside a wave the calls that
        check whether a site belongs to it at all have their own share of the capacity.
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
    >>> calls = pd.DataFrame({"channel": "call", "wave": [1, 1, 1, 2, 3], "tier": [1, 1, 3, 2, 3]})
    >>> schedule_days(calls, policy).tolist()
    [0, 1, 0, 1, 2]
    """
    names = table["channel"].to_numpy(dtype=str)
    waves = table["wave"].to_numpy(dtype=np.int64)
    doubtful = _raised_by_doubt(table["tier"], table["wave"])
    days = np.zeros(len(names), dtype=np.int64)
    for name in policy.channels:
        capacity = policy.capacity_per_day[name]
        rows = np.flatnonzero(names == name)
        if name != "call":
            days[rows] = np.arange(len(rows)) // capacity
            continue
        for wave in np.unique(waves[rows]):
            mine = rows[waves[rows] == wave]
            done = int((waves[rows] < wave).sum())
            sure, doubt = mine[~doubtful[mine]], mine[doubtful[mine]]
            days[sure], days[doubt] = _two_queues(
                len(sure), len(doubt), done=done, capacity=capacity, share=policy.verify_share
            )
    return days


def _two_queues(
    sure: int, doubt: int, *, done: int, capacity: int, share: float
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Share the calls of a wave between two queues; what one leaves free the other takes.

    The wave follows on `done` earlier calls. By the end of each day the doubtful ones have had
    their share, rounded up, but not the very first call while a sure one waits.
    """
    first_day = done // capacity
    last_day = (done + max(sure + doubt, 1) - 1) // capacity
    ends = np.arange(first_day + 1, last_day + 2, dtype=np.int64) * capacity - done
    ends = np.minimum(ends, sure + doubt)
    share_of_ends = np.ceil(np.round(ends * share, 9)).astype(np.int64)
    kept = share_of_ends if share >= 1 else np.minimum(share_of_ends, ends - 1)
    of_doubt = np.minimum(doubt, np.maximum(kept, ends - sure))
    day_of_doubt = first_day + np.searchsorted(of_doubt, np.arange(1, doubt + 1))
    day_of_sure = first_day + np.searchsorted(ends - of_doubt, np.arange(1, sure + 1))
    return day_of_sure.astype(np.int64), day_of_doubt.astype(np.int64)
