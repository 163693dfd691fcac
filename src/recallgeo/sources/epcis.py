"""EPCIS 2.0 (JSON) and 1.2 (XML) events as rows of movements.

References
----------
GS1 EPCIS 2.0 and Core Business Vocabulary 2.0 (event fields, business steps, error declaration).
"""

import hashlib
import json
import re
import xml.etree.ElementTree as ET  # documents with a DTD are refused before parsing
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from recallgeo.errors import SourceFormatError
from recallgeo.register import ColumnMap, TableReading, build_movements
from recallgeo.register.set_aside import join_lines, row_lines
from recallgeo.sources.encodings import decode_text
from recallgeo.sources.epc_names import EpcName, parse_epc, short_word

__all__ = ["MOST_EPCIS", "parse_epcis"]

MOST_EPCIS = 512 << 20
"""Largest EPCIS document that is read: 512 MiB; judgement."""

_KINDS = {
    "shipping": "shipped",
    "departing": "shipped",
    "receiving": "received",
    "accepting": "received",
    "arriving": "received",
    "retail_selling": "sold",
    "dispensing": "sold",
    "installing": "installed",
    "destroying": "scrapped",
    "decommissioning": "scrapped",
    "packing": "packed",
    "loading": "packed",
    "unpacking": "unpacked",
    "unloading": "unpacked",
    "void_shipping": "corrected",
}
_COLUMNS = (
    "event_id",
    "time",
    "kind",
    "serial",
    "gtin",
    "quantity",
    "parent",
    "from_party",
    "to_party",
    "place",
    "document",
)
_PARTY_TYPES = ("owning_party", "possessing_party", "location")

_TEXT_FIELDS = ("eventTime", "eventID", "action", "bizStep", "disposition", "parentID")

Event = Mapping[str, Any]


def parse_epcis(content: bytes, *, name: str) -> TableReading:
    """Read the events of an EPCIS document as movements, one a thing and event.

    Parameters
    ----------
    content : bytes
        JSON (2.0) or XML (1.2).
    name : str
        Name of the file.

    Returns
    -------
    TableReading
        MOVEMENTS; ``source_row`` is the number of the event. A business step that moves nothing
        has no kind. An event that names no thing is set aside. An event with an error
        declaration is ``corrected`` and names the event as its document.

    Raises
    ------
    SourceFormatError
        If it is cut short, not EPCIS, larger than `MOST_EPCIS`, or XML with a document type.
    """
    if len(content) > MOST_EPCIS:
        message = f"{name} is larger than {MOST_EPCIS:,} bytes; split it into several documents"
        raise SourceFormatError(message)
    text = decode_text(content, name=name).text
    is_xml = text.lstrip().startswith("<")
    events = list(_xml_events(text, name) if is_xml else _json_events(text, name))
    rows, numbers, lost = [], [], []
    for number, event in enumerate(events, 1):
        found = list(_event_rows(event, _event_id(event)))
        rows += found
        numbers += [number] * len(found)
        if not found:
            lost.append((number, str(event.get("type"))))
    raw = pd.DataFrame(
        {column: pd.array([row.get(column) for row in rows], dtype="str") for column in _COLUMNS},
        index=pd.Index(numbers, dtype="int64", name="source_row"),
    )
    reading = build_movements(raw, ColumnMap(), source_file=name)
    lines = row_lines(
        [number for number, _ in lost],
        cause=[f"{kind} names no thing" for _, kind in lost],
        source_file=name,
        raw=[kind for _, kind in lost],
    )
    return TableReading(
        frame=reading.frame,
        set_aside=join_lines([reading.set_aside, lines]),
        rows_read=reading.rows_read + len(lost),
        notes=(f"{name}: {len(events)} EPCIS events, {len(rows)} movements",),
    )


def _json_events(text: str, name: str) -> Iterator[Event]:
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        message = f"{name}, line {error.lineno}: the JSON ends or breaks here ({error.msg})"
        raise SourceFormatError(message) from error
    except RecursionError as error:
        message = f"{name} is nested too deeply to be EPCIS"
        raise SourceFormatError(message) from error
    body = document.get("epcisBody") if isinstance(document, dict) else None
    events = body.get("eventList", [body.get("event")]) if isinstance(body, dict) else None
    if not isinstance(events, list) or not all(isinstance(event, dict) for event in events):
        message = f"{name} is no EPCIS document; expected epcisBody with an eventList"
        raise SourceFormatError(message)
    yield from events


def _xml_events(text: str, name: str) -> Iterator[Event]:
    if re.search(r"<!(?:DOCTYPE|ENTITY)", text, re.IGNORECASE):
        message = f"{name} holds a document type; EPCIS needs none, and none is expanded"
        raise SourceFormatError(message)
    try:
        root = ET.fromstring(text)  # noqa: S314  # no document type, so no entities
    except ET.ParseError as error:
        message = f"{name}: the XML ends or breaks here ({error})"
        raise SourceFormatError(message) from error
    lists = [node for node in root.iter() if _tag(node) == "EventList"]
    if not lists:
        message = f"{name} is no EPCIS document; expected an EventList"
        raise SourceFormatError(message)
    for node in lists[0].iter():
        if _tag(node).endswith("Event"):
            yield _xml_event(node)


def _tag(node: ET.Element) -> str:
    return node.tag.rpartition("}")[2]


def _xml_event(node: ET.Element) -> Event:
    """Bring an XML event into the shape of a JSON one."""
    fields = {_tag(child): child for child in node.iter()}
    event: dict[str, Any] = {"type": _tag(node)}
    event |= {key: _node_text(fields[key]) for key in _TEXT_FIELDS if key in fields}
    for key in ("epcList", "childEPCs"):
        event[key] = [_node_text(child) for child in fields.get(key, ())]
    for key in ("quantityList", "childQuantityList"):
        event[key] = [_node_texts(child) for child in fields.get(key, ())]
    for key in ("readPoint", "bizLocation"):
        event[key] = _node_texts(fields[key]) if key in fields else None
    for key in ("source", "destination", "bizTransaction"):
        event[f"{key}List"] = [
            {"type": child.get("type", ""), key: _node_text(child)}
            for child in fields.get(f"{key}List", ())
        ]
    return event | ({"errorDeclaration": {}} if "errorDeclaration" in fields else {})


def _node_text(node: ET.Element) -> str:
    return (node.text or "").strip()


def _node_texts(node: ET.Element) -> dict[str, str]:
    return {_tag(part): _node_text(part) for part in node}


def _event_id(event: Event) -> str:
    if event.get("eventID"):
        return str(event["eventID"])
    text = json.dumps(event, sort_keys=True, ensure_ascii=False)
    return hashlib.blake2b(text.encode(), digest_size=10).hexdigest()


def _event_rows(event: Event, event_id: str) -> Iterator[dict[str, str | None]]:
    kind = _kind(event)
    corrected = "errorDeclaration" in event
    common = {
        "time": _text(event.get("eventTime")),
        "kind": "corrected" if corrected else kind,
        "from_party": _party(event.get("sourceList"), "source"),
        "to_party": _party(event.get("destinationList"), "destination"),
        "place": _place(event),
        "document": event_id if corrected else _document(event),
    }
    marked = f"{event_id}#error" if corrected else event_id
    for number, (thing, parent, quantity) in enumerate(_things(event, kind), 1):
        yield common | {
            "event_id": f"{marked}#{number}",
            "serial": thing.serial or thing.container,
            "gtin": thing.gtin,
            "quantity": quantity,
            "parent": parent,
        }


def _things(event: Event, kind: str | None) -> Iterator[tuple[EpcName, str | None, str | None]]:
    """Give the things of an event, the container each is in, and quantities of classes."""
    container = parse_epc(str(event["parentID"])) if event.get("parentID") else EpcName()
    inside = container.parent
    for key in ("epcList", "inputEPCList", "outputEPCList", "childEPCs"):
        for epc in event.get(key) or []:
            yield parse_epc(str(epc)), inside if key == "childEPCs" else None, None
    for key in ("quantityList", "childQuantityList"):
        for element in event.get(key) or []:
            thing = parse_epc(str(element.get("epcClass", "")))
            yield thing, inside, _text(element.get("quantity"))
    if inside and kind == "unpacked" and not event.get("childEPCs"):
        yield EpcName(), inside, None  # the whole container is unpacked
    elif inside and kind not in {"packed", "unpacked"}:
        yield container, None, None


def _kind(event: Event) -> str | None:
    kind = _KINDS.get(short_word(_text(event.get("bizStep")) or ""))
    if kind == "received" and short_word(_text(event.get("disposition")) or "") == "returned":
        return "returned"
    if event.get("type") in {"AggregationEvent", "AssociationEvent"}:
        return {"ADD": "packed", "DELETE": "unpacked"}.get(str(event.get("action")), kind)
    if kind is None and event.get("action") == "DELETE":
        return "scrapped"
    return kind


def _party(entries: Any, key: str) -> str | None:  # noqa: ANN401  # JSON of a stranger
    named = {short_word(str(entry.get("type", ""))): entry.get(key) for entry in entries or []}
    return next((_text(named[kind]) for kind in _PARTY_TYPES if named.get(kind)), None)


def _place(event: Event) -> str | None:
    for key in ("bizLocation", "readPoint"):
        place = event.get(key)
        if isinstance(place, Mapping) and place.get("id"):
            return _text(place["id"])
    return None


def _document(event: Event) -> str | None:
    entries = event.get("bizTransactionList") or []
    return next((_text(entry.get("bizTransaction")) for entry in entries), None)


def _text(value: Any) -> str | None:  # noqa: ANN401  # JSON of a stranger
    return None if value is None else str(value)
