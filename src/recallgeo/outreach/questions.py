"""Questions to partners and customers: what only they can tell."""

import pandas as pd

from recallgeo.schema import join_list, split_list

__all__ = [
    "QUESTION_COLUMNS",
    "ask_questions",
    "chain_of",
    "partner_names",
    "partner_of",
    "who_to_ask",
]

QUESTION_COLUMNS = ("partner", "site_id", "subject", "units", "serials", "question")
_SHOWN = 20


def partner_names(parties: pd.DataFrame | None) -> dict[str, str]:
    """Give the canonical name of each partner, by name and alias in lower case.

    Parameters
    ----------
    parties : DataFrame or None
        PARTIES.

    Returns
    -------
    dict of str to str
        Empty without parties.
    """
    names: dict[str, str] = {}
    if parties is None:
        return names
    for name, aliases in zip(parties["name"], parties["aliases"], strict=True):
        for alias in [str(name), *split_list(aliases)]:
            names.setdefault(alias.casefold().strip(), str(name))
    return names


def partner_of(partners: pd.Series, parties: pd.DataFrame | None) -> pd.Series:
    """Give the partner who can help: the last of the chain, the nearest to the customer.

    Parameters
    ----------
    partners : Series of list text
        Distributors, then resellers.
    parties : DataFrame or None
        PARTIES, for canonical names.

    Returns
    -------
    Series of str, named ``partner``
        Missing where no partner is known.

    Examples
    --------
    >>> partner_of(pd.Series(["Nord Distribution; Kauppa Oy"]), None).tolist()
    ['Kauppa Oy']
    """
    canonical = partner_names(parties)
    distinct = {text: split_list(text) for text in partners.dropna().unique()}
    named = {
        text: canonical.get(names[-1].casefold().strip(), names[-1])
        for text, names in distinct.items()
        if names
    }
    return partners.map(named).astype("str").rename("partner")


def ask_questions(units: pd.DataFrame | None, parties: pd.DataFrame | None) -> pd.DataFrame:
    """Collect the questions that units without a site, or to be checked, raise.

    Parameters
    ----------
    units : DataFrame or None
        LOCATED units that are affected or to check, with ``site_id`` and ``site_cause``.
    parties : DataFrame or None
        PARTIES.

    Returns
    -------
    DataFrame, index ``question_id``
        partner (missing: ask the site itself), site_id, subject (end_user_unknown,
        place_unknown, serial_unknown), units, serials (the first 20), question in words.
    """
    if units is None or units.empty:
        empty = pd.DataFrame({name: pd.Series(dtype="str") for name in QUESTION_COLUMNS})
        empty["units"] = empty["units"].astype("Int64")
        return empty.rename_axis("question_id")
    table = pd.DataFrame(
        {
            "partner": who_to_ask(units, parties),
            "site_id": units["site_id"],
            "subject": _subject(units),
            "units": units["quantity"].fillna(1),
            "serial": units["serial"],
        }
    )
    table = table[table["subject"].notna()]
    at_partner = table["subject"].isin(["end_user_unknown", "place_unknown"])
    table = table[~(at_partner & table["partner"].isna())]
    table.loc[table["subject"] == "serial_unknown", "partner"] = pd.NA
    keys = ["subject", "partner", "site_id"]
    groups = table.sort_index().groupby(keys, dropna=False, sort=True)
    asked = groups.agg(units=("units", "sum"), serials=("serial", _first_serials)).reset_index()
    asked["question"] = asked["subject"].map(_WORDS)
    asked["units"] = asked["units"].astype("Int64")
    asked.index = pd.Index([f"q{n:05d}" for n in range(1, len(asked) + 1)], name="question_id")
    return asked[list(QUESTION_COLUMNS)]


def who_to_ask(units: pd.DataFrame, parties: pd.DataFrame | None) -> pd.Series:
    """Give the partner to ask about each unit.

    Parameters
    ----------
    units : DataFrame
        LOCATED, with ``site_cause`` and, where known, ``channel_party`` (who holds the unit).
    parties : DataFrame or None
        PARTIES.

    Returns
    -------
    Series of str
        The holder of a unit in the channel, by party id or by the customer's name where that is
        a partner's; else the last partner of its chain; missing where none is known.
    """
    asked = partner_of(chain_of(units), parties)
    if "channel_party" not in units.columns:
        return asked
    holder = units["channel_party"].where(units["channel_party"] != "unknown")
    if parties is not None and len(parties):
        holder = holder.map(parties["name"])
    return holder.fillna(asked).astype("str").rename("partner")


_WORDS = {
    "end_user_unknown": "To whom did you pass these units, and where do they stand now?",
    "place_unknown": "Who has these units, and at which address do they stand?",
    "serial_unknown": "Please read the serial number (or the missing field) off these units.",
}


def chain_of(units: pd.DataFrame) -> pd.Series:
    """Give the partners of each unit: distributors, then resellers, as list text.

    Parameters
    ----------
    units : DataFrame
        ASSETS or any table that extends it.

    Returns
    -------
    Series of str
        Missing where neither is known.
    """
    both = units[["distributor", "reseller"]]
    text = both["distributor"].str.cat(both["reseller"], sep="; ")
    return text.fillna(both["reseller"]).fillna(both["distributor"])


def _subject(units: pd.DataFrame) -> pd.Series:
    subject = pd.Series(pd.NA, index=units.index, dtype="str")
    checked = (units["verdict"] == "check_needed") & units["site_id"].notna()
    subject[checked] = "serial_unknown"
    subject[units["site_cause"] == "nowhere"] = "place_unknown"
    subject[units["site_cause"] == "in_channel"] = "end_user_unknown"
    return subject


def _first_serials(serials: pd.Series) -> str | None:
    known = serials.dropna()
    more = len(known) - _SHOWN
    shown = known.iloc[:_SHOWN].tolist()
    return join_list([*shown, f"and {more} more"] if more > 0 else shown)
