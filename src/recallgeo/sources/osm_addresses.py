"""Addresses of OpenStreetMap extracts, as the rows of an address index."""

from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from recallgeo.errors import SourceFormatError, SourceUnavailableError
from recallgeo.geodesy import arc_from_chord, to_ecef

if TYPE_CHECKING:
    import osmium

__all__ = ["read_osm_addresses"]

_TEXTS = ["source_id", "street", "house_number", "postcode", "city", "region", "country"]
_TOWN_LEVELS = ("8", "7")  # admin levels of municipalities in most countries, first choice first
_TOWN_WORDS = ("city", "town", "village")
_TOWN_REACH_M = 3_000.0  # judgement: beyond it the nearest town says nothing of an address


def read_osm_addresses(path: str | PathLike[str], *, country: str | None = None) -> pd.DataFrame:
    """Read the addresses of an OpenStreetMap extract: nodes and outlines with a house number.

    Parameters
    ----------
    path : path
        A ``.osm.pbf`` or ``.osm`` file.
    country : str, optional
        Alpha-2 code for objects without ``addr:country``.

    Returns
    -------
    DataFrame
        ``source_id`` (``n1``, ``w1``; ordered by it), ``street`` (``addr:street``, else
        ``addr:place``), ``house_number``, ``postcode``, ``city`` (``addr:city``, else the
        municipality whose boundary holds it, else the nearest town within 3 km), ``region``,
        ``country``, ``longitude``, ``latitude`` (of an outline, the middle of its bounds).

    Raises
    ------
    SourceUnavailableError
        If there is no such file.
    SourceFormatError
        If it is no OpenStreetMap file.
    """
    file = Path(path)
    if not file.is_file():
        message = f"no OpenStreetMap extract at {file}; give the path of a .osm.pbf file"
        raise SourceUnavailableError(message)
    try:
        rows, towns, boundaries = _collect(file)
    except RuntimeError as error:
        message = f"{file.name} is no OpenStreetMap file ({error}); expected .osm.pbf or .osm"
        raise SourceFormatError(message) from error
    table = pd.DataFrame(rows, columns=[*_TEXTS, "longitude", "latitude"])
    table = table.astype(dict.fromkeys(_TEXTS, "str") | {"longitude": float, "latitude": float})
    table = table.sort_values("source_id", kind="stable", ignore_index=True)
    table["city"] = table["city"].fillna(_city_by_boundary(table, boundaries))
    table["city"] = table["city"].fillna(_city_by_nearest(table, towns))
    return table.fillna({"country": country}) if country else table


def _collect(
    file: Path,
) -> tuple[list[tuple[Any, ...]], pd.DataFrame, pd.DataFrame]:
    """Give address rows, towns and municipal boundaries in one pass."""
    import osmium

    outlines = osmium.filter.TagFilter(("boundary", "administrative"))
    objects = osmium.FileProcessor(str(file)).with_areas(outlines)
    keyed = objects.with_filter(osmium.filter.KeyFilter("addr:housenumber", "place", "boundary"))
    factory = osmium.geom.WKBFactory()
    rows: list[tuple[Any, ...]] = []
    towns: list[tuple[Any, ...]] = []
    boundaries: list[tuple[Any, ...]] = []
    for item in keyed:
        tags = item.tags
        if isinstance(item, osmium.osm.Area):
            level, name = tags.get("admin_level"), tags.get("name")
            if level in _TOWN_LEVELS and name and tags.get("boundary") == "administrative":
                outline = shapely.from_wkb(factory.create_multipolygon(item))
                boundaries.append((_TOWN_LEVELS.index(level), name, outline))
            continue
        if not isinstance(item, osmium.osm.Node | osmium.osm.Way):
            continue
        place = _location_of(item)
        if place is None:
            continue
        if tags.get("place") in _TOWN_WORDS and tags.get("name"):
            towns.append((tags.get("name"), *place))
        if "addr:housenumber" in tags:
            rows.append((f"{item.type_str()}{item.id}", *_texts_of(tags), *place))
    return (
        rows,
        pd.DataFrame(towns, columns=["name", "longitude", "latitude"]),
        pd.DataFrame(boundaries, columns=["order", "name", "outline"]).sort_values("order"),
    )


def _texts_of(tags: "osmium.osm.TagList") -> tuple[str | None, ...]:
    return (
        tags.get("addr:street") or tags.get("addr:place"),
        tags.get("addr:housenumber"),
        tags.get("addr:postcode"),
        tags.get("addr:city"),
        tags.get("addr:state") or tags.get("addr:province"),
        tags.get("addr:country"),
    )


def _location_of(item: "osmium.osm.Node | osmium.osm.Way") -> tuple[float, float] | None:
    """Give longitude and latitude; None where the extract lacks the outline's nodes."""
    import osmium

    if isinstance(item, osmium.osm.Node):
        return item.location.lon, item.location.lat
    known = [node.location for node in item.nodes if node.location.valid()]
    if not known:
        return None
    lons, lats = [place.lon for place in known], [place.lat for place in known]
    return (min(lons) + max(lons)) / 2, (min(lats) + max(lats)) / 2


def _city_by_boundary(table: pd.DataFrame, boundaries: pd.DataFrame) -> pd.Series:
    """Name of the first municipality that holds each address."""
    tree = shapely.STRtree(boundaries["outline"].to_numpy())
    points = shapely.points(table["longitude"], table["latitude"])
    inside, outline = tree.query(points, predicate="intersects")
    first = pd.Series(outline, index=inside, dtype="int64").groupby(level=0).min()
    names = boundaries["name"].to_numpy()[first.to_numpy()]
    return pd.Series(names, index=first.index, dtype="str").reindex(table.index)


def _city_by_nearest(table: pd.DataFrame, towns: pd.DataFrame) -> pd.Series:
    """Name of the nearest town within reach of each address."""
    from scipy.spatial import cKDTree

    nothing = pd.Series(np.nan, index=table.index, dtype="str")
    if towns.empty or table.empty:
        return nothing
    ecef = to_ecef(towns["longitude"], towns["latitude"])
    asked = to_ecef(table["longitude"], table["latitude"])
    _, nearest = cKDTree(ecef).query(asked)
    near = arc_from_chord(asked, ecef[nearest]) <= _TOWN_REACH_M
    names = pd.Series(towns["name"].to_numpy()[nearest], index=table.index, dtype="str")
    return names.where(near, nothing)
