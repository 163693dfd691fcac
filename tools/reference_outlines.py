"""Country outlines: Natural Earth from a TopoJSON file, with alpha-2 codes and true pieces."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from reference_packages import read_json

__all__ = ["build_outlines", "country_pieces"]

Floats = npt.NDArray[np.float64]
NAMED = {
    "Kosovo": "XK",
    "N. Cyprus": "CY",
    "Somaliland": "SO",
    "Ashmore and Cartier Is.": "AU",
}
"""Outlines without a numeric code, by name; as GeoNames files their places."""
OWN_SHARE = 0.9
_HALF = 180.0
_DECIMALS = 4


def country_pieces(
    folders: dict[str, Path], countries: pd.DataFrame, places: pd.DataFrame
) -> gpd.GeoDataFrame:
    """Give single polygons with the country that GeoNames files their places under.

    A piece of one country whose places all stand under another code goes to that code: French
    Guiana, Réunion and the like lie inside France's outline. Borders drawn coarsely put some
    places on the wrong side, so a share of nine in ten decides (judgement).

    Returns
    -------
    GeoDataFrame
        ``country`` (missing for ground that no code claims), ``name`` and polygons.
    """
    world = read_json(folders["world-atlas"] / "countries-50m.json")
    numeric = dict(countries.loc[countries["numeric"].notna(), ["numeric", "alpha2"]].to_numpy())
    records = []
    for item in world["objects"]["countries"]["geometries"]:
        name = item["properties"]["name"]
        country = NAMED.get(name) or numeric.get(item.get("id", ""))
        records += [(country, name, piece) for piece in _polygons(world, item)]
    frame = pd.DataFrame(records, columns=["country", "name", "geometry"])
    pieces = gpd.GeoDataFrame(frame, geometry="geometry", crs=4326)
    return _recoded(pieces, countries, places)


def build_outlines(pieces: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Join the pieces to one outline a country, ordered by code and name."""
    frame = pieces.copy()
    frame["key"] = frame["country"].fillna("~" + frame["name"])
    groups = frame.groupby("key", sort=True)
    merged = groups["geometry"].agg(lambda part: shapely.union_all(part.to_numpy()))
    shapes = shapely.set_precision(merged.to_numpy(), 10.0**-_DECIMALS)
    outlines = groups[["country", "name"]].first().reset_index(drop=True)
    return gpd.GeoDataFrame(outlines, geometry=shapely.normalize(shapes), crs=4326)


def _recoded(
    pieces: gpd.GeoDataFrame, countries: pd.DataFrame, places: pd.DataFrame
) -> gpd.GeoDataFrame:
    points = shapely.points(places["longitude"], places["latitude"])
    piece, place = shapely.STRtree(points).query(pieces.geometry.to_numpy(), predicate="covers")
    counts = pd.crosstab(piece, places["country"].to_numpy()[place])
    share = counts.max(axis=1) / counts.sum(axis=1)
    owner = counts.idxmax(axis=1)[share >= OWN_SHARE].reindex(pieces.index)
    names = countries.set_index("alpha2")["name"]
    foreign = owner.notna() & (owner != pieces["country"])
    recoded = pieces.copy()
    recoded.loc[foreign, "country"] = owner[foreign]
    recoded.loc[foreign, "name"] = owner[foreign].map(names)
    return recoded


def _polygons(world: dict[str, Any], item: dict[str, Any]) -> Iterator[shapely.Polygon]:
    polygons = item.get("arcs", [])
    for rings in [polygons] if item["type"] == "Polygon" else polygons:
        # each ring turns inside to outside, so that a coast round a pole needs no case of its own
        shape = shapely.Polygon()
        for ring in rings:
            shape = shape.symmetric_difference(shapely.union_all(_cut(_ring(world, ring))))
        yield from (part for part in shapely.get_parts(shape) if part.geom_type == "Polygon")


def _ring(world: dict[str, Any], arcs: list[int]) -> Floats:
    """Points of a ring in degrees; arcs are shared, a negative number runs one backwards."""
    scale, shift = (np.array(world["transform"][key]) for key in ("scale", "translate"))
    parts = []
    for arc in arcs:
        points = np.cumsum(world["arcs"][arc if arc >= 0 else ~arc], axis=0) * scale + shift
        parts.append((points if arc >= 0 else points[::-1])[1 if parts else 0 :])
    return np.concatenate(parts)


def _cut(ring: Floats) -> list[shapely.Geometry]:
    """Pieces of a ring between -180 and 180; rings may cross the antimeridian or hold a pole."""
    steps = np.diff(ring[:, 0])
    turns = np.cumsum(np.where(steps > _HALF, -1, np.where(steps < -_HALF, 1, 0)))
    lon = ring[:, 0] + 2 * _HALF * np.concatenate([[0], turns])
    points = np.column_stack([lon, ring[:, 1]])
    if abs(lon[-1] - lon[0]) > _HALF:
        pole = np.sign(ring[:, 1].mean()) * 90.0
        points = np.vstack([points, [lon[-1], pole], [lon[0], pole]])
    shape = shapely.make_valid(shapely.Polygon(points))
    cut = []
    for turn in (-2, -1, 0, 1, 2):
        left = (2 * turn - 1) * _HALF
        part = shapely.clip_by_rect(shape, left, -90, left + 2 * _HALF, 90)
        if not part.is_empty:
            moved = shapely.transform(part, lambda xy, t=turn: xy - [2 * _HALF * t, 0])
            cut.append(moved)
    return cut
