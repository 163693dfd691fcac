"""Units that are still in the channel: their place or their customer is a partner's own."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from recallgeo.addresses import normalise_address
from recallgeo.frames import PARTIES
from recallgeo.reference import country_codes
from recallgeo.schema import split_list
from recallgeo.spelling import join_texts, latin_text

__all__ = ["KEY_PARTS", "find_partners_in_place", "split_address_keys"]

KEY_PARTS: tuple[str, ...] = ("country", "postcode", "city", "street", "last")
"""Parts of an ``address_key``."""


def find_partners_in_place(located: pd.DataFrame, parties: pd.DataFrame | None) -> pd.Series:
    """Say which units stand with a partner, or with ourselves, instead of a customer.

    A unit is in the channel where its address is a party's own, where its customer bears a
    party's name or alias, or where its movements end with a partner (``x_in_channel``).

    Parameters
    ----------
    located : DataFrame
        LOCATED.
    parties : DataFrame, optional
        PARTIES.

    Returns
    -------
    Series of text
        On the index of `located`: ``party_id`` (the smallest of several), ``"unknown"`` where
        only the movements say so, missing where the unit is not in the channel.
    """
    moved = pd.Series(False, index=located.index)  # noqa: FBT003  # a value, not an option
    if "x_in_channel" in located.columns:
        told = located["x_in_channel"]
        # custody says it in words; a register's own column may say true or false
        moved = told.notna() & ~told.isin([False, "false", "no", "0"])
    partner = pd.Series(None, index=located.index, dtype="str")
    if parties is not None and len(parties):
        known = PARTIES.conform(parties).sort_index()
        PARTIES.validate(known)
        partner = latin_text(located["customer"]).map(_by_name(known)).astype("str")
        partner = partner.fillna(_by_address(located["address_key"], known))
    return partner.fillna(partner.mask(moved, "unknown"))


def split_address_keys(keys: pd.Series) -> pd.DataFrame:
    """Take address keys apart.

    Parameters
    ----------
    keys : Series of text
        ``address_key`` of LOCATED.

    Returns
    -------
    DataFrame
        `KEY_PARTS` on the same index, missing where a part is empty.

    Examples
    --------
    >>> split_address_keys(pd.Series(["LI||vaduz|stadtle|49"])).iloc[0].fillna("-").tolist()
    ['LI', '-', 'vaduz', 'stadtle', '49']
    """
    code, distinct = pd.factorize(keys)
    lists = pc.split_pattern(
        pa.array(distinct, type=pa.large_string()), "|", max_splits=len(KEY_PARTS) - 1
    )
    flat = pc.list_flatten(lists)
    flat = pc.if_else(pc.equal(flat, ""), pa.scalar(None, flat.type), flat)
    size = pc.list_value_length(lists).to_numpy()
    start = (np.cumsum(size) - size)[code]
    columns = {}
    for at, name in enumerate(KEY_PARTS):
        held = (code >= 0) & (at < np.append(size, 0)[code])
        columns[name] = flat.take(pa.array(start + at, mask=~held)).to_pandas()
    return pd.DataFrame(columns).set_axis(keys.index).astype("str")


def _by_name(parties: pd.DataFrame) -> dict[str, str]:
    aliases = parties["aliases"].map(split_list).explode()
    names = pd.concat([parties["name"], aliases]).dropna().astype("str")
    keyed = pd.DataFrame({"name": latin_text(names).to_numpy(), "party": names.index}).dropna()
    first = keyed.sort_values("party", kind="stable").drop_duplicates("name")
    return dict(zip(first["name"], first["party"], strict=True))


def _by_address(keys: pd.Series, parties: pd.DataFrame) -> pd.Series:
    """Party whose own address a unit has: street and number, in the postcode or the city."""
    own = normalise_address(parties).assign(country=country_codes(parties["country"]))
    own = own.rename(columns={"number": "last"})[list(KEY_PARTS)]
    asked = split_address_keys(keys)
    found = _same_place(asked, own, "postcode")
    # where one of the two lacks the postcode, the city decides
    found = found.fillna(_same_place(asked, own[own["postcode"].isna()], "city"))
    return found.fillna(_same_place(asked[asked["postcode"].isna()], own, "city"))


def _same_place(asked: pd.DataFrame, own: pd.DataFrame, area: str) -> pd.Series:
    names = ["country", area, "street", "last"]
    known = own[own[names].notna().all(axis=1)]
    first = pd.Series(known.index, index=pd.Index(join_texts(known[names], "|")), dtype="str")
    theirs = join_texts(asked[names], "|").where(asked[names].notna().all(axis=1))
    return theirs.map(first[~first.index.duplicated()]).astype("str")
