"""Two rankings compared: who moved, and which data made them move."""

import numpy as np
import pandas as pd

from recallgeo.schema import join_list
from recallgeo.scoring.ranking import Ranking

__all__ = ["compare_rankings"]

_GROUPS = {
    "units": ("affected_units", "check_units"),
    "scope": ("scope_ids", "hazard", "severity"),
    "place": ("geometry", "match_level", "uncertainty_m", "premises_kind"),
    "status": ("incident_reported", "support_status", "contact_route", "oldest_built"),
}
_PEOPLE = r"(residents|people_day|people_night|people_expected)_\d+|density_km2|people_source"
_LAYERS = (
    r"[a-z][a-z_]*_(nearest_m|nearest_id|on_site_prob|seen|count_\d+|within_\d+_prob|expected_\d+)"
)


def compare_rankings(old: Ranking | pd.DataFrame, new: Ranking | pd.DataFrame) -> pd.DataFrame:
    """Say how each site moved between two rankings, and which of its data differ.

    Parameters
    ----------
    old, new : Ranking or RANKED
        Joined by ``site_id``.

    Returns
    -------
    DataFrame
        Index ``site_id``; ``change`` (new, gone, up, down, same), ``rank_old``, ``rank_new``,
        ``move`` (places gained, above 0 is up), ``tier_old``, ``tier_new``, ``causes``: the groups
        of columns that differ (units, scope, place, status, population, layers), ``weights``
        where two models differ, ``other sites`` where a site moved though nothing of its own
        changed. Sites of `new` in its order, then those that are gone.

    Examples
    --------
    >>> from recallgeo.frames import EXPOSED
    >>> from recallgeo.scoring import ScoreModel, rank_sites
    >>> empty = rank_sites(EXPOSED.empty(), ScoreModel.preset())
    >>> compare_rankings(empty, empty).shape
    (0, 7)
    """
    before = old.frame if isinstance(old, Ranking) else old
    after = new.frame if isinstance(new, Ranking) else new
    gone = before.index.difference(after.index, sort=True)
    index = after.index.append(gone).rename("site_id")
    left, right = before.reindex(index), after.reindex(index)
    table = pd.DataFrame(
        {
            "change": pd.array([""] * len(index), dtype="str"),
            "rank_old": left["rank"].astype("Int64"),
            "rank_new": right["rank"].astype("Int64"),
            "move": (left["rank"] - right["rank"]).astype("Int64"),
            "tier_old": left["tier"].astype("Int64"),
            "tier_new": right["tier"].astype("Int64"),
        },
        index=index,
    )
    table["change"] = _change(table, index.isin(before.index), index.isin(after.index))
    reweighed = isinstance(old, Ranking) and isinstance(new, Ranking) and old.model != new.model
    table["causes"] = _causes(table, left, right, reweighed=reweighed)
    return table


def _change(
    table: pd.DataFrame, was: np.ndarray, is_now: np.ndarray
) -> pd.api.extensions.ExtensionArray:
    move = table["move"].to_numpy(dtype=np.float64, na_value=0.0)
    tier = (table["tier_old"] - table["tier_new"]).to_numpy(dtype=np.float64, na_value=0.0)
    gained = np.where(move == 0, tier, move)
    words = np.select(
        [~was, ~is_now, gained > 0, gained < 0], ["new", "gone", "up", "down"], default="same"
    )
    return pd.array(words.astype(object), dtype="str")


def _causes(
    table: pd.DataFrame, left: pd.DataFrame, right: pd.DataFrame, *, reweighed: bool
) -> pd.api.extensions.ExtensionArray:
    both = ~table["change"].isin(["new", "gone"]).to_numpy()
    differs = {
        name: both & _differs(left, right, cols) for name, cols in _groups(left, right).items()
    }
    moved = both & (table["change"] != "same").to_numpy()
    differs["weights"] = moved & reweighed
    own = np.logical_or.reduce(list(differs.values()))
    differs["other sites"] = moved & ~own
    code = sum((flags.astype(np.int64) << at for at, flags in enumerate(differs.values())), start=0)
    names = list(differs)
    codes, inverse = np.unique(code, return_inverse=True)
    words = [join_list(name for at, name in enumerate(names) if each >> at & 1) for each in codes]
    return pd.array(np.array(words, dtype=object)[inverse], dtype="str")


def _groups(left: pd.DataFrame, right: pd.DataFrame) -> dict[str, list[str]]:
    names = pd.Index(sorted({*left.columns, *right.columns}))
    groups = {group: [name for name in names if name in own] for group, own in _GROUPS.items()}
    groups["population"] = list(names[names.str.fullmatch(_PEOPLE)])
    groups["layers"] = list(names[names.str.fullmatch(_LAYERS)])
    return groups


def _differs(left: pd.DataFrame, right: pd.DataFrame, names: list[str]) -> np.ndarray:
    """Whether any of the columns differs; two missing values are the same."""
    result = np.zeros(len(left), dtype=bool)
    for name in names:
        if name not in left.columns or name not in right.columns:
            present = left[name] if name in left.columns else right[name]
            result |= present.notna().to_numpy()
            continue
        mine, yours = left[name], right[name]
        gone = mine.isna().to_numpy() & yours.isna().to_numpy()
        same = (mine == yours).fillna(value=False).to_numpy(dtype=bool)
        result |= ~(same | gone)
    return result
