"""Two versions of a notice over the same units: who comes in, who goes out."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from recallgeo.recall.matching import match_recall
from recallgeo.recall.model import Recall

if TYPE_CHECKING:
    from recallgeo.hazard import Hazard

__all__ = ["compare_scopes"]


def compare_scopes(
    old: Recall,
    new: Recall,
    units: pd.DataFrame,
    *,
    contacted: Iterable[str] | None = None,
    hazards: "Mapping[str, Hazard] | None" = None,
) -> pd.DataFrame:
    """Say for each unit what a new version of a notice changes.

    Parameters
    ----------
    old, new : Recall
        The versions.
    units : DataFrame, one row per unit or line
        ASSETS.
    contacted : iterable of str, optional
        Keys (``asset_id``) of the units that were contacted already.
    hazards : mapping of str to Hazard, optional
        As `match_recall` takes them.

    Returns
    -------
    DataFrame
        On the index of `units`: ``old_verdict, new_verdict``; ``change``: ``newly_in`` (not
        affected before, affected or to check now), ``newly_out``, ``verdict_changed`` (affected
        and to check, either way) or ``unchanged``; ``old_scope_ids, new_scope_ids``; and
        ``contacted``, missing where nobody said.

    Raises
    ------
    SchemaError, ConfigError, ScopeError
        As `match_recall` raises them.

    Examples
    --------
    >>> from recallgeo.frames import ASSETS
    >>> assets = ASSETS.conform(pd.DataFrame(
    ...     {"source_file": "a.csv", "source_row": [2, 3], "serial": ["A10", "A20"]},
    ...     index=pd.Index(["u1", "u2"], name="asset_id")))
    >>> def notice(version, serials):
    ...     head = {"id": "x", "issued": "2025-01-16", "version": version}
    ...     scope = {"id": "s", "hazard": "fire", "rule": [{"serial": serials}]}
    ...     return Recall.from_dict({"recall": head, "scope": [scope]})
    >>> changes = compare_scopes(notice(1, "A10"), notice(2, "A20"), assets, contacted=["u1"])
    >>> changes[["change", "contacted"]].values.tolist()
    [['newly_out', True], ['newly_in', False]]
    """
    before = match_recall(units, old, hazards=hazards)
    after = match_recall(units, new, hazards=hazards)
    was, is_now = (frame["verdict"] != "not_affected" for frame in (before, after))
    same = before["verdict"] == after["verdict"]
    change = np.select(
        [~was & is_now, was & ~is_now, ~same],
        ["newly_in", "newly_out", "verdict_changed"],
        "unchanged",
    )
    reached = pd.Series(pd.NA, index=units.index, dtype="boolean")
    if contacted is not None:
        reached = pd.Series(units.index.isin(list(contacted)), units.index, dtype="boolean")
    return pd.DataFrame(
        {
            "old_verdict": before["verdict"],
            "new_verdict": after["verdict"],
            "change": pd.Series(change, index=units.index, dtype="str"),
            "old_scope_ids": before["scope_ids"],
            "new_scope_ids": after["scope_ids"],
            "contacted": reached,
        }
    )
