"""What kind of premises a site is, by the customer's own data."""

import numpy as np
import pandas as pd

from recallgeo.reference import kind_of_industry, kind_of_name, kind_of_premises, taxonomy

__all__ = ["find_premises"]

_EVIDENCE = ("declared", "industry_code", "name")


def find_premises(units: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Give the kind of premises of each site and where it comes from.

    Declared words count before trade codes, and those before names. Where the units of a site
    declare several kinds on equal evidence, the most vulnerable counts.

    Parameters
    ----------
    units : DataFrame
        ``site`` (number), ``premises``, ``industry_code``, ``industry``, ``customer`` and
        ``site_name``.

    Returns
    -------
    kind, evidence : Series of text
        On the numbers of the sites that have a kind: a kind of the taxonomy;
        declared, industry_code or name.
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
    table = pd.Series(order * len(ranked) + code)[code >= 0]
    least = table.groupby(site[code >= 0]).min()
    evidence_at, kind_at = np.divmod(least.to_numpy(), len(ranked))
    kind = pd.Series(np.array(ranked, dtype=object)[kind_at], least.index, dtype="str")
    evidence = np.array(_EVIDENCE, dtype=object)[evidence_at]
    return kind, pd.Series(evidence, least.index, dtype="str")
