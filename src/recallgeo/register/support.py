"""Support status of a unit on a day, from its dates, else as declared."""

from datetime import date

import numpy as np
import pandas as pd

from recallgeo.register.cells import Parsed
from recallgeo.register.dates import date_bounds

__all__ = ["resolve_support"]


def resolve_support(assets: pd.DataFrame, *, as_of: date | None) -> Parsed:
    """Say whether units are under support on a day.

    ``active``: the day lies within the support. ``expired``: it lies after the last day.
    ``none``: it lies before the first day. Missing where the dates do not decide, as where only
    the year of the end is known and it is the year of `as_of`. Where dates decide they stand,
    and a declared status that contradicts them is a bad cell; elsewhere the declared one stands.

    Parameters
    ----------
    assets : DataFrame
        With ``support_start``, ``support_end``, ``support_status``, any of them absent.
    as_of : date, optional
        The day; without it only the declared status counts.

    Returns
    -------
    Parsed
        ``active``, ``expired``, ``none`` or missing.

    Examples
    --------
    >>> units = pd.DataFrame({"support_end": ["2020", "2024-07", "2024-06"]}, dtype="str")
    >>> resolve_support(units, as_of=date(2024, 6, 30)).result.tolist()
    ['expired', 'active', nan]
    """
    declared = _column(assets, "support_status")
    if as_of is None:
        return Parsed(result=declared, bad=np.array([], dtype=np.intp), causes=np.array([]))
    dated = _from_dates(assets, as_of.isoformat())
    differ = declared.notna() & dated.notna() & (declared != dated)
    bad = np.flatnonzero(differ)
    cause = "the support dates say " + dated.iloc[bad].astype(object)
    values = dated.fillna(declared)
    return Parsed(result=values, bad=bad, causes=cause.to_numpy(dtype=object))


def _column(assets: pd.DataFrame, name: str) -> pd.Series:
    if name in assets.columns:
        return assets[name].astype("str")
    return pd.Series(None, index=assets.index, dtype="str", name=name)


def _from_dates(assets: pd.DataFrame, day: str) -> pd.Series:
    start_first, start_last = date_bounds(_column(assets, "support_start"))
    end_first, end_last = date_bounds(_column(assets, "support_end"))
    started = (start_last <= day) | start_first.isna()
    status = pd.Series(None, index=assets.index, dtype="str", name="support_status")
    status = status.mask((end_first >= day) & started, "active")
    status = status.mask(start_first > day, "none")
    return status.mask(end_last < day, "expired")
