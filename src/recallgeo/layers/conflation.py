"""Conflation: one facility drawn as point, building and campus is one sensitive place.

Two places of one kind are the same facility where

- one lies within the other, and at most one distinct name is in play: an unnamed building joins
  the named campus around it, an unnamed campus takes the name of the one school inside; or
- their names are the same and their nearest parts are at most 100 m apart.

Two differently named schools on one campus stay two. An unnamed campus around several names
joins the largest of them, so its grounds still count, once.
"""

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from recallgeo.frames import PLACES
from recallgeo.layers.nearness import name_keys, near_pairs
from recallgeo.schema import join_list, split_list

__all__ = ["SAME_NAME_M", "conflate_places", "join_places"]

SAME_NAME_M = 100.0
"""Places of one kind and name within this distance are one facility (judgement)."""

Ints = npt.NDArray[np.intp]
Shapes = npt.NDArray[np.object_]


def conflate_places(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Join the parts of one facility into one sensitive place that remembers them.

    The largest polygon gives id and geometry (else the first point by id); name, operator,
    capacity, hours and status are the first that is known, from the largest part to the smallest.

    Parameters
    ----------
    frame : GeoDataFrame
        PLACES; not altered.

    Returns
    -------
    GeoDataFrame
        PLACES, ordered by `place_id`; ``parts`` lists the source ids (else place ids) that
        were joined into a place.

    Examples
    --------
    >>> places = gpd.GeoDataFrame(
    ...     {"kind": ["school", "school"], "name": ["Resch", None], "source_id": ["w1", "n2"]},
    ...     index=["osm/w1", "osm/n2"],
    ...     geometry=[shapely.box(9.50, 47.10, 9.51, 47.11), shapely.Point(9.505, 47.105)],
    ...     crs=4326,
    ... )
    >>> conflate_places(places)[["name", "parts"]].to_dict("index")
    {'osm/w1': {'name': 'Resch', 'parts': 'n2'}}
    """
    places = gpd.GeoDataFrame(PLACES.conform(frame).sort_index())
    if places.empty:
        return places
    area = _rough_area(np.asarray(places.geometry.array, dtype=object))
    # the order within a facility: from the largest part, ties by id (the frame is sorted by it)
    places = places.iloc[np.argsort(-area, kind="stable")]
    groups = np.arange(len(places), dtype=np.intp)
    for rows in places.reset_index().groupby("kind", sort=True).indices.values():
        part = places.iloc[rows]
        keys = name_keys(part["name"]).to_numpy(dtype=object)
        groups[rows] = rows[_facilities(np.asarray(part.geometry.array, dtype=object), keys)]
    return join_places(places, groups)


def _rough_area(shapes: Shapes) -> npt.NDArray[np.float64]:
    """Area in square degrees of the equator; it only orders the parts of one facility."""
    bounds = shapely.bounds(shapes)
    middle = np.radians((bounds[:, 1] + bounds[:, 3]) / 2)
    return np.asarray(shapely.area(shapes) * np.cos(middle), dtype=np.float64)


def _facilities(shapes: Shapes, keys: npt.NDArray[np.object_]) -> Ints:
    """Give for each shape of one kind the row of the facility's first part."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    inner, outer = _containments(shapes)
    keys = keys.copy()
    edges = [_join_by_place(keys, inner, outer), _join_by_name(shapes, keys)]
    ends = np.concatenate(edges, axis=1)
    size = len(shapes)
    ones = np.ones(ends.shape[1], dtype=np.int8)
    graph = coo_matrix((ones, (ends[0], ends[1])), shape=(size, size))
    _, labels = connected_components(graph, directed=False)
    first = np.full(labels.max() + 1, size, dtype=np.intp)
    np.minimum.at(first, labels, np.arange(size, dtype=np.intp))
    return np.asarray(first[labels], dtype=np.intp)


def _containments(shapes: Shapes) -> tuple[Ints, Ints]:
    """Give each shape with the smallest larger polygon that holds its middle."""
    middles = np.asarray(shapely.point_on_surface(shapes), dtype=object)
    inner, outer = shapely.STRtree(shapes).query(middles, predicate="intersects")
    polygonal = shapely.get_dimensions(shapes) == 2  # noqa: PLR2004  two dimensions: an area
    larger = polygonal[outer] & (outer < inner)
    inner, outer = inner[larger], outer[larger]
    order = np.lexsort((-outer, inner))
    inner, outer = inner[order], outer[order]
    nearest = np.r_[True, inner[1:] != inner[:-1]] if len(inner) else np.zeros(0, dtype=bool)
    return inner[nearest], outer[nearest]


def _join_by_place(keys: npt.NDArray[np.object_], inner: Ints, outer: Ints) -> Ints:
    """Give the joins of holder and held where one name at most is in play; fills `keys`.

    Rows go from the largest shape, so a holder always stands before what it holds.
    """
    unnamed = pd.isna(keys)
    held: dict[int, list[int]] = {}
    for low, high in zip(inner.tolist(), outer.tolist(), strict=True):
        held.setdefault(high, []).append(low)
    # from the smallest holder outward: an unnamed one takes the name of its largest named part
    for high in sorted(held, reverse=True):
        named = [low for low in sorted(held[high]) if not unnamed[low]]
        if unnamed[high] and named:
            keys[high], unnamed[high] = keys[named[0]], False
    joins: list[tuple[int, int]] = []
    for high in sorted(held):
        for low in sorted(held[high]):
            if unnamed[low]:
                keys[low], unnamed[low] = keys[high], unnamed[high]
                joins.append((high, low))
            elif keys[low] == keys[high]:
                joins.append((high, low))
    return np.array(joins, dtype=np.intp).reshape(-1, 2).T


def _join_by_name(shapes: Shapes, keys: npt.NDArray[np.object_]) -> Ints:
    codes, _ = pd.factorize(pd.Series(keys))
    shared = (codes >= 0) & (np.bincount(codes + 1, minlength=1)[codes + 1] > 1)
    rows: Ints = np.flatnonzero(shared)
    if not len(rows):
        return np.zeros((2, 0), dtype=np.intp)
    left, right, _ = near_pairs(shapes[rows], shapes[rows], radius_m=SAME_NAME_M)
    left, right = rows[left], rows[right]
    same = (codes[left] == codes[right]) & (left < right)
    return np.stack([left[same], right[same]])


def join_places(places: gpd.GeoDataFrame, groups: Ints) -> gpd.GeoDataFrame:
    """Give one row a group: what is known first, the areas together, the ids of all parts.

    Parameters
    ----------
    places : GeoDataFrame
        PLACES, the part of a facility that counts most before its others.
    groups : intp array
        For each row that of the facility's first part, whose id the facility takes.

    Returns
    -------
    GeoDataFrame
        PLACES, ordered by `place_id`.
    """
    first = groups == np.arange(len(groups))
    result = places[first].copy()
    together = places.groupby(groups, sort=True)
    known = together[["name", "operator", "hours", "vulnerability", "status"]].first()
    for column in known.columns:
        result[column] = known[column].astype(places[column].dtype).to_numpy()
    _take_capacity(result, places, groups)
    sizes = np.bincount(groups, minlength=len(groups))
    several = np.flatnonzero(sizes[np.flatnonzero(first)] > 1)
    heads = np.flatnonzero(first)[several]
    parts = result["parts"].to_numpy(dtype=object, copy=True)
    shapes = np.asarray(result.geometry.array, dtype=object).copy()
    all_shapes = np.asarray(places.geometry.array, dtype=object)
    order = np.argsort(groups, kind="stable")
    starts = np.searchsorted(groups[order], heads)
    for at, head, start in zip(several, heads, starts, strict=True):
        rows = order[start : start + sizes[head]]
        parts[at] = _parts_text(places, rows)
        shapes[at] = _union_of_areas(all_shapes[rows])
    result["parts"] = pd.Series(parts, index=result.index, dtype="str")
    result = result.set_geometry(gpd.GeoSeries(shapes, index=result.index, crs=places.crs))
    return gpd.GeoDataFrame(PLACES.conform(result).sort_index())


def _take_capacity(result: gpd.GeoDataFrame, places: gpd.GeoDataFrame, groups: Ints) -> None:
    """Take number and unit from one and the same part."""
    known = np.flatnonzero(places["capacity"].notna())
    chosen = places.iloc[known[np.unique(groups[known], return_index=True)[1]]]
    at = np.searchsorted(np.unique(groups), np.unique(groups[known]))
    for column in ("capacity", "capacity_unit"):
        values = result[column].copy()
        values.iloc[at] = chosen[column].to_numpy()
        result[column] = values


def _parts_text(places: gpd.GeoDataFrame, rows: Ints) -> str | None:
    """Name the further parts, and those that had joined them before."""
    own = places["source_id"].fillna(places.index.to_series()).to_numpy(dtype=object)
    before = places["parts"].to_numpy(dtype=object)
    ids = [str(own[row]) for row in rows[1:]]
    ids += [part for row in rows for part in split_list(before[row])]
    return join_list(name for name in dict.fromkeys(ids) if name != own[rows[0]])


def _union_of_areas(shapes: Shapes) -> shapely.Geometry:
    """Give the grounds of a facility: its areas together, or its first point."""
    areas: Shapes = shapes[shapely.get_dimensions(shapes) == 2]  # noqa: PLR2004  two dimensions: an area
    if len(areas) > 1:
        return shapely.union_all(areas)
    one: shapely.Geometry = areas[0] if len(areas) else shapes[0]
    return one
