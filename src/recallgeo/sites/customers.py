"""Who a unit belongs to: one key for the spellings of a customer."""

import pandas as pd

from recallgeo.spelling import latin_text

__all__ = ["customer_keys"]


def customer_keys(units: pd.DataFrame) -> pd.Series:
    """Give one key for each customer.

    A customer is known by the vendor's key, else by the name; a name that stands with exactly
    one vendor's key elsewhere in the table takes that key.

    Parameters
    ----------
    units : DataFrame
        ``customer_id`` and ``customer``.

    Returns
    -------
    Series of text
        On the same index: ``id:<key>`` or ``name:<name>``; missing where neither is known.

    Examples
    --------
    >>> units = pd.DataFrame(
    ...     {"customer_id": ["7", None, None], "customer": ["Klinik Süd", "KLINIK SÜD", "Ost AG"]}
    ... )
    >>> customer_keys(units).tolist()
    ['id:7', 'id:7', 'name:ost ag']
    """
    number = units["customer_id"].str.strip()
    number = number.mask(number.eq(""))
    name = latin_text(units["customer"])
    pairs = pd.DataFrame({"name": name, "number": number}).dropna().drop_duplicates()
    alone = pairs[~pairs["name"].duplicated(keep=False)].set_index("name")["number"]
    known = number.fillna(name.map(alone).astype("str"))
    return ("id:" + known).fillna("name:" + name)
