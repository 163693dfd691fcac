"""What kind of premises a site is, by the customer's own data."""

import numpy as np
import pandas as pd

from recallgeo.reference import kind_of_industry, kind_of_name, kind_of_premises, taxonomy

__all__ = ["find_premises"]

_EVIDENCE = ("declared", "industry_code", "name")


def find_premises(units: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Give the kind of premises of each site and where it comes from.

    The most vulnerable kind counts that a unit of the site declares or whose trade code it has:
    doubt never makes a site safer. Names count only where neither says anything.

    Parameters
    ----------
    units : DataFrame
        ``site`` (number), ``premises``, ``industry_code``, ``industry``, ``customer`` and
        ``site_name``.

    Returns
    -------
    kind, evidence : Series of text
        On the numbers of the sites that have a kind: a kind of the taxonomy;
        declared, industry_code or name; declared where it says the same as a code.
    """
    kinds = {
        "declared": kind_of_premises(units["premises"]),
        "industry_code": kind_of_industry(units["industry_code"]).fillna(
            kind_of_premises(units["industry"])
        ),
        # the place's own name says more than its owner's
        "name": kind_of_name(units["site_name"]).fillna(kind_of_name(units["customer"])),
    }
    # the most vulnerable first, then by name: the least number is the kind that counts
    known = taxonomy()
    ranked = sorted(known, key=lambda name: (-known[name].vulnerability, name))
    codes = [pd.Categorical(kinds[evidence], categories=ranked).codes for evidence in _EVIDENCE]
    code = np.concatenate(codes).astype(np.int64)
    site = np.tile(units["site"].to_numpy(dtype=np.int64), len(_EVIDENCE))
    order = np.repeat(np.arange(len(_EVIDENCE)), len(units))
    guessed = order == _EVIDENCE.index("name")
    # a guess after all else, then by kind, then by evidence
    rank = (guessed * len(ranked) + code) * len(_EVIDENCE) + order
    least = pd.Series(rank)[code >= 0].groupby(site[code >= 0]).min()
    kind_at, evidence_at = np.divmod(least.to_numpy(), len(_EVIDENCE))
    kind_at %= len(ranked)
    kind = pd.Series(np.array(ranked, dtype=object)[kind_at], least.index, dtype="str")
    evidence = np.array(_EVIDENCE, dtype=object)[evidence_at]
    return kind, pd.Series(evidence, least.index, dtype="str")
