"""Two baselines beside the order: most units first, and random within the tier."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from recallgeo.philox import hash_ids, uniform
from recallgeo.scoring.measures import SiteMeasures

__all__ = ["compare_baselines", "harm_index"]

_LEAST_EXPOSED = 0.02  # judgement: somebody is near every unit
_SHARES = (0.1, 0.25, 0.5)


def harm_index(frame: pd.DataFrame) -> pd.Series:
    """Give a plain index of the harm at each site: severity x units x who is exposed.

    Exposed is the chance-weighted vulnerability of who is on the grounds or near by, at least
    0.02. All three are judgement, and the index reads the same columns as the score: it shows
    what an order does, it does not prove the order right.

    Parameters
    ----------
    frame : DataFrame
        EXPOSED or RANKED.

    Returns
    -------
    Series
        On the index of `frame`, named ``harm_index``; an unknown severity counts 1.
    """
    sites = SiteMeasures.of(frame)
    on_site = np.nan_to_num(sites["occupancy_on_site"].likely, nan=0.0)
    nearby = np.nan_to_num(sites["nearby_sensitive"].likely, nan=0.0)
    exposed = np.maximum(1.0 - (1.0 - on_site) * (1.0 - nearby), _LEAST_EXPOSED)
    severity = np.nan_to_num(sites["severity"].likely, nan=1.0)
    units = np.nan_to_num(sites["units"].likely, nan=1.0)
    return pd.Series(severity * units * exposed, index=frame.index, name="harm_index")


def compare_baselines(frame: pd.DataFrame) -> pd.DataFrame:
    """Give the share of the harm index that the first sites of four orders hold.

    Parameters
    ----------
    frame : DataFrame
        RANKED, in rank order.

    Returns
    -------
    DataFrame
        Index ``order`` (model, most_units_first, random_within_tier, best_possible), columns
        ``first_10_percent``, ``first_25_percent``, ``first_50_percent``: shares 0 to 1, missing
        for an empty table. Random is seeded by the sites' ids alone.
    """
    placed = frame[frame["rank"].notna()]
    harm = harm_index(placed).to_numpy()
    units = SiteMeasures.of(placed)["units"].likely
    tiers = placed["tier"].to_numpy(dtype=np.int64)
    labels = hash_ids(placed.index)
    chance = uniform(0, labels, stream=0, draw=0)
    orders = {
        "model": np.arange(len(placed)),
        "most_units_first": np.lexsort((labels, -np.nan_to_num(units, nan=1.0))),
        "random_within_tier": np.lexsort((chance, tiers)),
        "best_possible": np.lexsort((labels, -harm)),
    }
    rows = {name: _covered(harm[order]) for name, order in orders.items()}
    names = [f"first_{share * 100:.0f}_percent" for share in _SHARES]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=names)
    return table.rename_axis("order")


def _covered(harm: npt.NDArray[np.float64]) -> list[float]:
    total = harm.sum()
    if not total > 0:
        return [float("nan")] * len(_SHARES)
    counts = [max(1, int(np.ceil(share * len(harm)))) for share in _SHARES]
    return [float(harm[:count].sum() / total) for count in counts]
