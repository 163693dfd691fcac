"""Partner packs: each partner's own units and questions, and nothing of anybody else."""

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from recallgeo.export.readable import mark_drill
from recallgeo.outreach.questions import who_to_ask

if TYPE_CHECKING:
    from recallgeo.export.run import Run

__all__ = ["pack_name", "partner_packs"]

_COLUMNS = (
    *("wave", "due_on", "site_id", "customer", "site_name", "address_raw", "house_number"),
    *(
        "street",
        "postcode",
        "city",
        "region",
        "country",
        "building",
        "floor",
        "department",
        "contact",
        "contact_phone",
    ),
    *("contact_email", "language", "asset_id", "serial", "manufacturer", "model", "part_number"),
    *("quantity", "verdict", "site_cause", "question"),
)
_FIND = "Please tell this customer, and tell us when it is done."
_POSSIBLE = (
    "This unit may stand here or elsewhere: please tell this customer, and whether it is here."
)
_CHECK = "Please have the serial number (or the missing field) read off this unit."


def pack_name(partner: str) -> str:
    """Give a file name for a partner: readable letters and a hash that tells likes apart.

    Parameters
    ----------
    partner : str
        Name of the partner.

    Returns
    -------
    str
        ASCII letters, digits and hyphens, 12 characters of SHA-256, ``.csv``.

    Examples
    --------
    >>> pack_name("Kälte & Söhne / Nord")
    'kalte-sohne-nord-241703f5c587.csv'
    """
    plain = unicodedata.normalize("NFKD", partner).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:40].strip("-") or "partner"
    digest = hashlib.sha256(partner.encode("utf-8", "replace")).hexdigest()[:12]
    return f"{slug}-{digest}.csv"


def partner_packs(
    run: "Run", units: pd.DataFrame, possible: pd.DataFrame
) -> Iterator[tuple[str, pd.DataFrame]]:
    """Give the pack of each partner, by the name of its file.

    A unit belongs to one partner, whom the plan asks about it: who holds it, else the last of its
    chain, nearest to the customer. So a distributor does not learn the customers of its
    resellers, nor one reseller another's.

    Parameters
    ----------
    run : Run
        For the plan's questions, the holders and the canonical names of partners.
    units : GeoDataFrame
        As `units_with_sites` gives them.
    possible : GeoDataFrame
        As `possible_with_sites` gives them; their ``site_cause`` is possible_place.

    Yields
    ------
    name, pack : str and DataFrame
        Units in the order of work; those whose place or end user is unknown last. No column
        speaks of other partners, other customers or the vendor's ranking.
    """
    table = _with_holders(run, units)
    if len(possible):
        table = pd.concat([table, pd.DataFrame(possible)]) if len(table) else pd.DataFrame(possible)
    table["_partner"] = who_to_ask(table, run.parties)
    table = table[table["_partner"].notna()].copy()
    planned = run.plan.frame
    table["due_on"] = table["site_id"].map(planned["due_on"]).astype("str")
    table["_order"] = table["site_id"].map(planned["work_order"]).astype("float64")
    table["question"] = _question(run, table)
    table = table.rename_axis("asset_id").reset_index()
    table = table.sort_values(["_partner", "_order", "asset_id"], kind="stable")
    for partner, pack in table.groupby("_partner", sort=True):
        shown = mark_drill(run, pack[list(_COLUMNS)].reset_index(drop=True))
        yield pack_name(str(partner)), shown


def _with_holders(run: "Run", units: pd.DataFrame) -> pd.DataFrame:
    """Add who holds each unit, where the run knows it."""
    table = pd.DataFrame(units)
    if "channel_party" in run.unit_sites.columns:
        table["channel_party"] = run.unit_sites["channel_party"].reindex(table.index)
    return table


def _question(run: "Run", table: pd.DataFrame) -> pd.Series:
    """Ask what the plan asks of each unit: who has it, its serial, that it be told, or nothing."""
    asked = run.plan.questions
    words = dict(zip(asked["subject"], asked["question"], strict=True))
    subject = table["site_cause"].map(_SUBJECTS)
    question = subject.map(words).astype("str").fillna(subject.map(_WORDS).astype("str"))
    rest = pd.Series(_FIND, table.index, dtype="str").mask(
        table["verdict"] == "check_needed", _CHECK
    )
    rest = rest.mask(table["site_cause"] == "possible_place", _POSSIBLE)
    planned = run.plan.frame
    done = planned["wave_reason"].where(planned["wave"].isna())  # such as "done: repaired on ..."
    return table["site_id"].map(done).astype("str").fillna(question).fillna(rest)


_SUBJECTS = {"in_channel": "end_user_unknown", "nowhere": "place_unknown"}
_WORDS = {
    "end_user_unknown": "To whom did you pass this unit, and where does it stand now?",
    "place_unknown": "Who has this unit, and at which address does it stand?",
}
