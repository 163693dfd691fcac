"""Who holds a unit: the last known holder and the chain before it, in the order of events."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from recallgeo.register.arrow_text import TEXT, to_series, to_texts
from recallgeo.register.containers import expand_containers
from recallgeo.register.dates import utc_instants
from recallgeo.register.same_unit import fold_text, fold_word
from recallgeo.schema import LIST_SEPARATOR, split_list

__all__ = ["IN_CHANNEL", "resolve_custody"]

IN_CHANNEL = "in channel, end user unknown"
"""What stands in ``x_in_channel`` of a unit whose chain ends at a partner."""

HOLDING = ("shipped", "received", "sold", "installed", "returned")
_MOVING = (*HOLDING, "scrapped")
CHANNEL_ROLES = ("own", "distributor", "reseller", "service", "partner")
_RANK = {kind: at for at, kind in enumerate(("unpacked", "packed", *_MOVING))}
_COLUMNS = ("x_holder", "x_holder_role", "x_custody", "x_in_channel")


def resolve_custody(
    assets: pd.DataFrame, movements: pd.DataFrame, *, parties: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Add the last known holder of each unit, its role, and the chain before it.

    Events count in the order of their instants, whatever the order of the files and the zones of
    their times; an event that was corrected does not count. What happens to a
    container happens to the units packed in it.

    Parameters
    ----------
    assets : DataFrame
        ASSETS; a unit is found by its serial, and by its GTIN where both sides state it.
    movements : DataFrame
        MOVEMENTS.
    parties : DataFrame, optional
        PARTIES; gives the roles of holders, by key, name or alias.

    Returns
    -------
    DataFrame
        The same rows with ``x_holder`` (missing where nobody is known to hold it),
        ``x_holder_role`` (own, distributor, reseller, service, partner, customer), ``x_custody``
        (the chain, oldest step first; a shipment or sale without a receiver says ``left X on D,
        receiver not stated``) and ``x_in_channel`` (`IN_CHANNEL` for a unit that a partner holds
        and whose register names no other customer, or that was returned to a partner).

    Examples
    --------
    >>> from recallgeo.frames import ASSETS, MOVEMENTS
    >>> unit = pd.DataFrame({"serial": ["A1"]}, index=pd.Index(["u1"], name="asset_id"))
    >>> event = {"serial": "A1", "kind": "shipped", "time": "2021-03-01", "from_party": "Acme"}
    >>> events = pd.DataFrame(event, index=pd.Index(["e1"], name="event_id"))
    >>> known = resolve_custody(ASSETS.conform(unit), MOVEMENTS.conform(events))
    >>> known["x_custody"].tolist()
    ['left Acme on 2021-03-01, receiver not stated']
    """
    events = events_in_order(movements)
    units = _match_units(assets, events)
    chains = _chains(events)
    last = last_steps(events).reindex(units)
    roles = holder_roles(assets, last["holder"].set_axis(assets.index), events, parties)
    holder = last["holder"].set_axis(assets.index).astype("str")
    custody = chains.reindex(units).set_axis(assets.index).astype("str")
    returned = (last["kind"] == "returned").to_numpy()
    installed = (last["kind"] == "installed").to_numpy()
    elsewhere = _named_customer(assets, holder)
    waits = roles.isin(CHANNEL_ROLES) & ~installed & (~elsewhere | returned)
    marks = pd.Series(None, index=assets.index, dtype="str").mask(waits, IN_CHANNEL)
    columns = dict(zip(_COLUMNS, (holder, roles, custody, marks), strict=True))
    return assets.assign(**columns)


def events_in_order(movements: pd.DataFrame) -> pd.DataFrame:
    """Give the events of single units that stand, oldest first, with the unit's name."""
    standing = _drop_corrected(expand_containers(movements))
    events = standing[standing["serial"].notna() & standing["kind"].isin(_MOVING)]
    events = events.assign(
        _unit=unit_names(events),
        _at=utc_instants(events["time"]),
        _rank=events["kind"].map(_RANK),
        _event=events.index,
    )
    # an event without a readable time comes first: it must not overrule one whose time is known
    return events.sort_values(
        ["_unit", "_at", "_rank", "_event"], kind="stable", na_position="first"
    )


def unit_names(rows: pd.DataFrame) -> pd.Series:
    """Name units by serial and, where stated, GTIN."""
    gtin = rows["gtin"].str.lstrip("0").fillna("")
    return rows["serial"].str.casefold() + "|" + gtin


def _drop_corrected(events: pd.DataFrame) -> pd.DataFrame:
    """Leave out corrections and what they correct.

    A correction names what it corrects by document or event, else by time and place, else it
    takes back the last event of the unit before it.
    """
    wrong = (events["kind"] == "corrected").to_numpy()
    if not wrong.any():
        return events
    events = events.assign(_unit=events["serial"].str.casefold(), _at=utc_instants(events["time"]))
    others = events[~wrong].assign(_row=range(int((~wrong).sum())))
    fixes = events[wrong].assign(_fix=range(int(wrong.sum())))
    pairs = fixes.merge(others, on="_unit", suffixes=("_fix", ""))
    event = pd.Series(others.index, dtype="str").str.replace(r"#\d+$", "", regex=True)
    base = pairs["_row"].map(event)
    by_name = pairs["document_fix"].notna() & (
        (pairs["document"] == pairs["document_fix"]) | (base == pairs["document_fix"])
    )
    by_moment = (pairs["_at"] == pairs["_at_fix"]) & (pairs["place"] == pairs["place_fix"])
    named = pairs[by_name]
    moments = pairs[by_moment & ~pairs["_fix"].isin(named["_fix"])]
    done = [*named["_fix"], *moments["_fix"]]
    before = pairs[~pairs["_fix"].isin(done) & (pairs["_at"] <= pairs["_at_fix"])]
    latest = before.sort_values(["_fix", "_at", "_row"]).drop_duplicates("_fix", keep="last")
    gone = pd.concat([named["_row"], moments["_row"], latest["_row"]])
    return others[~others["_row"].isin(gone)].drop(columns=["_unit", "_at", "_row"])


def _match_units(assets: pd.DataFrame, events: pd.DataFrame) -> pd.Series:
    """Give the name under which each asset's unit stands in the movements, or missing."""
    names = pd.Series(events["_unit"].unique(), dtype="str")
    serials = names.str.replace(r"\|[^|]*$", "", regex=True)
    only = ~serials.duplicated(keep=False)
    by_serial = pd.Series(names[only].to_numpy(), index=serials[only].to_numpy(), dtype="str")
    exact = unit_names(assets)
    exact = exact.where(exact.isin(names))
    loose = assets["serial"].str.casefold().map(by_serial).astype("str")
    one_gtin = assets["gtin"].isna() | loose.str.endswith("|").fillna(value=False)
    return exact.fillna(loose.where(one_gtin))


def _chains(events: pd.DataFrame) -> pd.Series:
    """Write the chain of each unit."""
    giver = events["from_party"].fillna(events["place"])
    taker = events["to_party"].fillna(
        events["place"].where(events["kind"].isin(["received", "installed", "returned"]))
    )
    day = events["time"].str.slice(0, 10)
    left = "left " + giver.fillna("a place not stated") + (" on " + day).fillna(", date unknown")
    step = events["kind"].astype("str") + (" " + giver.where(giver != taker)).fillna("")
    step = step + (" -> " + taker).fillna("") + (" on " + day).fillna(", date unknown")
    unsaid = events["kind"].isin(["shipped", "sold"]) & taker.isna()
    step = step.mask(unsaid, left + ", receiver not stated").str.replace(";", ",", regex=False)
    return _join_runs(step, events["_unit"])


def _join_runs(texts: pd.Series, names: pd.Series) -> pd.Series:
    """Join the texts of each name; rows of one name stand together."""
    first = ~names.duplicated().to_numpy()
    bounds = np.append(np.flatnonzero(first), len(names))
    runs = pa.LargeListArray.from_arrays(pa.array(bounds, pa.int64()), to_texts(texts))
    joined = pc.binary_join(runs, pa.scalar(LIST_SEPARATOR, TEXT))
    return to_series(joined, pd.Index(names[first], dtype="str"))


def last_steps(events: pd.DataFrame) -> pd.DataFrame:
    last = events.drop_duplicates("_unit", keep="last").set_index("_unit")
    stays = last["place"].where(last["kind"].isin(["received", "installed", "returned"]))
    holder = last["to_party"].fillna(stays).where(last["kind"] != "scrapped")
    return pd.DataFrame({"holder": holder, "kind": last["kind"]})


def holder_roles(
    assets: pd.DataFrame, holder: pd.Series, events: pd.DataFrame, parties: pd.DataFrame | None
) -> pd.Series:
    """Give each holder's role: of the parties, else of the unit's own row, else of its acts."""
    name = fold_text(holder.astype("str"))
    known = name != ""
    roles = name.map(_party_roles(parties)).astype("str")
    for field in ("distributor", "reseller"):
        members = _is_member(name, assets[field])
        roles = roles.mask(roles.isna() & members, field)
    for field in ("customer", "customer_id", "site_name"):
        same = known & (fold_text(assets[field]) == name)
        roles = roles.mask(roles.isna() & same, "customer")
    giving = set(fold_text(events["from_party"].dropna().drop_duplicates()))
    return roles.mask(roles.isna() & known & name.isin(giving), "partner")


def _party_roles(parties: pd.DataFrame | None) -> dict[str, str]:
    if parties is None:
        return {}
    roles: dict[str, str] = {}
    columns = (parties.index, parties["name"], parties["aliases"], parties["role"])
    for party, name, aliases, role in zip(*columns, strict=True):
        words = [fold_word(str(word)) for word in (party, name, *split_list(aliases))]
        roles |= {word: role for word in words if isinstance(role, str) and word}
    return roles


def _is_member(name: pd.Series, lists: pd.Series) -> pd.Series:
    """Tell where a folded name is in a list; worked out once for each distinct pair."""
    pairs = pd.DataFrame({"name": name, "list": lists.fillna("")})
    distinct = pairs.drop_duplicates()
    members = [
        bool(name) and name in map(fold_word, split_list(text))
        for name, text in zip(distinct["name"], distinct["list"], strict=True)
    ]
    found = pd.MultiIndex.from_frame(distinct[np.array(members, dtype=bool)])
    return pd.Series(pd.MultiIndex.from_frame(pairs).isin(found), index=name.index)


def _named_customer(assets: pd.DataFrame, holder: pd.Series) -> pd.Series:
    """Tell units whose register names a customer other than the holder."""
    name = fold_text(holder)
    customer = fold_text(assets["customer"].fillna(assets["customer_id"]))
    return (customer != "") & (customer != name)
