"""The tables between the stages, each under its contract; each extends the one before.

Units: `ASSETS` -> `SCOPED` -> `LOCATED`. Sites: `SITES` -> `EXPOSED` -> `RANKED` -> `PLANNED`.
Beside them: `MOVEMENTS`, `PARTIES`, `PLACES` (the frame of a layer) and `SET_ASIDE`.

Text columns are pandas ``str``; ``list`` columns are text joined by ``"; "``; ``json`` columns
are JSON text. Unknown is missing: never 0, -1, -999 or infinity.
"""

from typing import Literal, get_args

from recallgeo.schema import Column, DType, FrameSchema

__all__ = [
    "ADDRESS_FIELDS",
    "ALL_SCHEMAS",
    "ASSETS",
    "DATE_FIELDS",
    "EXPOSED",
    "LOCATED",
    "MATCH_LEVELS",
    "MOVEMENTS",
    "PARTIES",
    "PLACES",
    "PLANNED",
    "RANKED",
    "SCOPED",
    "SET_ASIDE",
    "SITES",
    "GeocodeStatus",
    "MatchLevel",
    "Seen",
    "SupportStatus",
    "Verdict",
]

SupportStatus = Literal["active", "expired", "none"]
Verdict = Literal["affected", "check_needed", "not_affected"]
MatchLevel = Literal[
    "supplied",
    "building",
    "address",
    "interpolated",
    "street",
    "postcode",
    "locality",
    "admin",
    "country",
]
GeocodeStatus = Literal["matched", "ambiguous", "conflict", "po_box", "invalid", "unmatched"]
Seen = Literal["complete", "partial", "undeclared", "outside"]

MATCH_LEVELS: tuple[str, ...] = get_args(MatchLevel)
"""From the finest to the coarsest."""


def _texts(dtype: DType = "text", *, personal: bool = False, **docs: str) -> tuple[Column, ...]:
    return tuple(Column(name, dtype, doc, personal=personal) for name, doc in docs.items())


_ADDRESS: tuple[Column, ...] = (
    *_texts(
        building="building name or letter",
        floor="floor as written",
        department="department, ward, room or desk",
        house_number="number with suffix or range",
        street="street name; may hold the number and the floor",
        district="part of a city",
        city="city, town or village",
        region="state, province or county",
        postcode="postal code, leading zeros kept",
    ),
    Column("country", "text", "ISO 3166-1 alpha-2"),
    Column("address_raw", "text", "a whole address in one text", personal=True),
)

ADDRESS_FIELDS: tuple[str, ...] = tuple(column.name for column in _ADDRESS)
"""Names of the address columns, finest first, then country and the raw text."""

DATE_FIELDS: tuple[str, ...] = ("built", "delivered", "record_date", "support_start", "support_end")
"""Columns that hold ISO dates at the precision known: ``2020``, ``2020-11``, ``2020-11-05``."""

ASSETS = FrameSchema(
    name="ASSETS",
    index="asset_id",
    columns=(
        Column("source_file", "text", "name of the register's file", nullable=False),
        Column("source_row", "Int64", "line of the file, counted from 1", nullable=False),
        Column("serial", "text", "serial number as printed on the unit"),
        *_texts(
            manufacturer="who made it",
            brand="brand on the unit",
            model="model name or number",
            part_number="part number",
            gtin="global trade item number, 14 digits or as written",
            lot="lot or batch",
            date_code="date code as stamped",
            firmware="firmware version",
            model_year="model year",
        ),
        Column("quantity", "Int64", "units in a line; missing counts as one", unit="units"),
        Column("components", "json", "parts, a JSON list of objects (model, part_number, ...)"),
        *_texts(
            unit_status="installed, returned, scrapped, ... as declared",
            built="build date, ISO at the precision known",
            delivered="delivery date, ISO at the precision known",
            record_date="date of the record, ISO at the precision known",
            market="where it was sold, ISO 3166-1 alpha-2",
        ),
        *_texts("list", distributor="distributors", reseller="resellers", documents="contracts"),
        *_texts(
            support_start="first day of support, ISO at the precision known",
            support_end="last day of support, ISO at the precision known",
        ),
        Column(
            "support_status",
            "text",
            "support at as_of, declared or from the dates",
            choices=get_args(SupportStatus),
        ),
        Column("customer_id", "text", "the vendor's key of the customer"),
        Column("customer", "text", "customer's name", personal=True),
        *_texts(
            site_name="name of the place",
            premises="kind of premises in declared words, such as hospital or school",
            industry_code="NAICS, SIC, ISIC or NACE code as written",
            industry="industry in words",
        ),
        *_texts(
            personal=True,
            contact="contact person",
            contact_phone="telephone",
            contact_email="e-mail",
        ),
        Column("language", "text", "language of the contact, ISO 639-1"),
        Column(
            "address_role",
            "text",
            "which address was used",
            choices=("install_at", "ship_to", "bill_to"),
        ),
        *_ADDRESS,
        Column("longitude", "float64", "supplied longitude", unit="degrees"),
        Column("latitude", "float64", "supplied latitude", unit="degrees"),
    ),
)

SCOPED = ASSETS.extend(
    "SCOPED",
    (
        Column("verdict", "text", "affected?", nullable=False, choices=get_args(Verdict)),
        Column("verdict_reason", "text", "scope, rule, and what is missing", nullable=False),
        Column("scope_ids", "list", "every scope that the unit is or may be in"),
        Column("scope_id", "text", "the most severe of them"),
        Column("hazard", "text", "product hazard of that scope"),
        Column("severity", "float64", "severity of that scope", unit="0 to 1"),
    ),
)

_PLACEMENT: tuple[Column, ...] = (
    Column("match_level", "text", "how finely it was placed", choices=MATCH_LEVELS),
    Column("uncertainty_m", "float64", "radius that holds the true place in 95 %", unit="m"),
)

LOCATED = SCOPED.extend(
    "LOCATED",
    (
        *_PLACEMENT,
        Column(
            "geocode_status",
            "text",
            "outcome of locating",
            nullable=False,
            choices=get_args(GeocodeStatus),
        ),
        Column("geocode_score", "float64", "strength of the text evidence", unit="0 to 1"),
        Column("located_by", "text", "source of the point"),
        Column("location_flags", "list", "what was found odd or was repaired"),
        Column("address_key", "text", "normalised address; sites join on it", personal=True),
        Column("geometry", "geometry", "point, WGS84; missing where only an area is known"),
    ),
    geometry=True,
)

SITES = FrameSchema(
    name="SITES",
    index="site_id",
    geometry=True,
    columns=(
        Column("name", "text", "customer and place", personal=True),
        Column("address", "text", "address in one line", personal=True),
        *_texts("list", buildings="buildings on the site", departments="floors and departments"),
        *_texts(
            city="city, town or village",
            region="state, province or county",
            country="ISO 3166-1 alpha-2",
            time_zone="IANA time zone",
            customer_id="the vendor's key of the customer",
            premises_kind="kind of sensitive premises by the customer's own data",
        ),
        Column(
            "premises_evidence",
            "text",
            "where the kind comes from",
            choices=("declared", "industry_code", "name"),
        ),
        Column("affected_units", "Int64", "affected units", unit="units", nullable=False),
        Column("check_units", "Int64", "units to check, at most", unit="units", nullable=False),
        Column("scope_ids", "list", "every scope in play"),
        Column("hazard", "text", "hazard of the worst scope"),
        Column("severity", "float64", "severity of the worst scope", unit="0 to 1"),
        Column("incident_reported", "boolean", "an accident was reported here"),
        Column(
            "support_status", "text", "worst of its units", choices=("active", "expired", "none")
        ),
        *_texts(
            oldest_built="build date of its oldest unit",
            record_date="date of its newest record",
        ),
        Column("partners", "list", "distributors and resellers of its units"),
        Column(
            "contact_route",
            "text",
            "direct, through a reseller, or none",
            choices=("direct", "reseller", "none"),
        ),
        Column("documents", "list", "contract documents"),
        *_PLACEMENT,
        Column("flags", "list", "what the reader must know: in_channel, ambiguous, ..."),
        Column("geometry", "geometry", "point of its best placed unit; missing for an area"),
    ),
)

EXPOSED = SITES.extend(
    "EXPOSED",
    (
        Column("{kind}_nearest_m", "float64", "distance to the nearest place", unit="m"),
        Column("{kind}_nearest_id", "text", "place_id of the nearest place"),
        Column("{kind}_nearest_name", "text", "name of the nearest place"),
        Column("{kind}_on_site_prob", "float64", "chance to stand on its grounds", unit="0 to 1"),
        Column("{kind}_count_{radius}", "Int64", "places within the radius", unit="places"),
        Column("{kind}_within_{radius}_prob", "float64", "chance of one within", unit="0 to 1"),
        Column("{kind}_expected_{radius}", "float64", "expected places within", unit="places"),
        Column("{kind}_seen", "text", "what the layer can say here", choices=get_args(Seen)),
        Column("residents_{radius}", "float64", "residents within the radius", unit="persons"),
        Column("people_day_{radius}", "float64", "people by day within", unit="persons"),
        Column("people_night_{radius}", "float64", "people by night within", unit="persons"),
        Column("people_expected_{radius}", "float64", "people with the place's doubt in"),
        Column("density_km2", "float64", "people per square kilometre at the point"),
        Column("people_source", "text", "the population used"),
    ),
)

RANKED = EXPOSED.extend(
    "RANKED",
    (
        Column("tier", "Int64", "tier at the likely place, 0 is worst", nullable=False),
        Column("tier_worst", "Int64", "tier at the plausible worst place", nullable=False),
        Column("score", "float64", "score within the tier", unit="0 to 1", nullable=False),
        Column("contribution_{criterion}", "float64", "share of the score", unit="0 to 1"),
        Column("rank", "Int64", "1 is first; missing without a point"),
        Column("rank_best", "Int64", "best rank in 90 % of draws"),
        Column("rank_worst", "Int64", "worst rank in 90 % of draws"),
        Column("prob_top_k", "float64", "chance to be among the first k", unit="0 to 1"),
        Column("interval_from", "text", "what the rank interval rests on"),
        Column("tie_group", "Int64", "sites that share tier and score share a number"),
        Column("reason", "text", "why it stands here, in plain words", nullable=False),
    ),
)

PLANNED = RANKED.extend(
    "PLANNED",
    (
        Column("wave", "Int64", "wave of the outreach, 1 is first"),
        Column("due_on", "text", "ISO date in the site's time zone"),
        Column("work_order", "Int64", "place in the order of work, 1 is first"),
        Column(
            "channel",
            "text",
            "how to reach it",
            choices=("call", "email", "visit", "partner", "letter"),
        ),
        Column("partner", "text", "who can help"),
        Column("wave_reason", "text", "why this wave and channel"),
    ),
)

MOVEMENTS = FrameSchema(
    name="MOVEMENTS",
    index="event_id",
    columns=(
        Column("time", "text", "ISO instant or date at the precision known"),
        Column(
            "kind",
            "text",
            "what happened",
            choices=(
                "shipped",
                "received",
                "sold",
                "installed",
                "returned",
                "scrapped",
                "packed",
                "unpacked",
                "corrected",
            ),
        ),
        *_texts(serial="serial number", gtin="global trade item number"),
        Column("quantity", "Int64", "units moved", unit="units"),
        *_texts(
            parent="container or assembly",
            from_party="who gave it",
            to_party="who received it",
            place="where",
            document="delivery note, invoice or order",
        ),
        Column("source_file", "text", "name of the file", nullable=False),
        Column("source_row", "Int64", "line or event of the file, from 1", nullable=False),
    ),
)

PARTIES = FrameSchema(
    name="PARTIES",
    index="party_id",
    columns=(
        Column("name", "text", "name", nullable=False),
        Column("aliases", "list", "other names"),
        Column(
            "role",
            "text",
            "what the party is to us",
            choices=("own", "distributor", "reseller", "service"),
        ),
        *_ADDRESS,
        *_texts(personal=True, contact="contact person", phone="telephone", email="e-mail"),
        *_texts(language="language, ISO 639-1", time_zone="IANA time zone"),
    ),
)

PLACES = FrameSchema(
    name="PLACES",
    index="place_id",
    geometry=True,
    columns=(
        Column("kind", "text", "kind of the taxonomy: school, hospital, ...", nullable=False),
        *_texts(name="name", operator="operator"),
        Column("capacity", "float64", "size", unit="capacity_unit"),
        *_texts(
            capacity_unit="beds, pupils, MW, ...",
            hours="school_day, always, or as written",
        ),
        Column("vulnerability", "float64", "weight of who is there", unit="0 to 1"),
        *_texts(
            status="open, closed or planned as the source says",
            source="layer it comes from",
            source_id="the source's own id",
            vintage="date of the source, ISO at the precision known",
        ),
        Column("parts", "list", "source ids that were joined into this place"),
        Column("geometry", "geometry", "point or polygon, WGS84", nullable=False),
    ),
)

SET_ASIDE = FrameSchema(
    name="SET_ASIDE",
    index="line",
    columns=(
        Column("source_file", "text", "name of the file", nullable=False),
        Column("source_row", "Int64", "line of the file, counted from 1", nullable=False),
        Column("column", "text", "column of a bad cell; missing for a whole row"),
        Column("value", "text", "the value as read", personal=True),
        Column("cause", "text", "why, and what was expected", nullable=False),
        Column("kept", "boolean", "true: only the cell was lost, the row is kept", nullable=False),
        Column("raw", "text", "the whole row as text, where the row was set aside", personal=True),
    ),
)

ALL_SCHEMAS: tuple[FrameSchema, ...] = (
    ASSETS,
    MOVEMENTS,
    PARTIES,
    PLACES,
    SET_ASIDE,
    SCOPED,
    LOCATED,
    SITES,
    EXPOSED,
    RANKED,
    PLANNED,
)
