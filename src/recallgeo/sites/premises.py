"""What kind of premises a site is, by the customer's own data."""

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
        ``site_id``, ``premises``, ``industry_code``, ``industry``, ``customer``, ``site_name``.

    Returns
    -------
    kind, evidence : Series of text
        On the sites that have a kind: a kind of the taxonomy; declared, industry_code or name.
    """
    kinds = {
        "declared": kind_of_premises(units["premises"]),
        "industry_code": kind_of_industry(units["industry_code"]).fillna(
            kind_of_premises(units["industry"])
        ),
        # the place's own name says more than its owner's
        "name": kind_of_name(units["site_name"]).fillna(kind_of_name(units["customer"])),
    }
    found = [
        pd.DataFrame({"site": units["site_id"], "kind": kinds[evidence], "evidence": evidence})
        for evidence in _EVIDENCE
    ]
    table = pd.concat(found).dropna().drop_duplicates()
    weight = {name: kind.vulnerability for name, kind in taxonomy().items()}
    table["order"] = table["evidence"].map({name: n for n, name in enumerate(_EVIDENCE)})
    table["weight"] = -table["kind"].map(weight).astype("float64")
    table = table.sort_values(["site", "order", "weight", "kind"], kind="stable")
    first = table.drop_duplicates("site").set_index("site")
    return first["kind"].astype("str"), first["evidence"].astype("str")
