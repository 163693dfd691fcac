"""Facilities that stand in several layers: one place each, extents left apart."""

from collections.abc import Iterable
from dataclasses import replace

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from recallgeo.frames import PLACES
from recallgeo.layers.conflation import join_places
from recallgeo.layers.layer import Layer, concat_places
from recallgeo.layers.nearness import local_distance_m, name_keys, near_pairs

__all__ = ["SAME_PLACE_M", "merge_layers"]

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

SAME_PLACE_M = 50.0
"""Places of two layers with one kind and name within this distance are one (judgement)."""

_SAME_ID_M = 1_000.0  # judgement: a place that was mapped anew, not another one of that number


def merge_layers(layers: Iterable[Layer]) -> list[Layer]:
    """Join places that several layers hold: each stands once, in the earliest of them.

    A place is held already where the earlier layer has its id and kind within 1 km, or a place of
    its kind that is at most 50 m away under the same name, or that touches it while one of them
    has no name. An id that means another place there is numbered (``places/1@2``). Extents,
    completeness and provenance stay each layer's own.

    The place that stands keeps its id and all it says, takes from the later ones what it does not
    say, and its grounds are the areas of all: a school's point never takes away its campus. A
    place of that id farther than 50 m away was mapped anew and gives nothing.

    Parameters
    ----------
    layers : iterable of Layer
        The most trusted first.

    Returns
    -------
    list of Layer
        In the same order; ``counts["dropped_in_other_layer"]`` says how many were removed, the
        earlier layer's ``notes["joined_from_other_layer"]`` how many of its places took some up,
        and their ``parts`` which.

    Examples
    --------
    >>> import shapely
    >>> places = gpd.GeoDataFrame({"kind": ["school"], "name": ["Resch"]}, index=["a/1"],
    ...                           geometry=[shapely.Point(9.5, 47.1)], crs=4326)
    >>> first, second = Layer.from_places(places), Layer.from_places(places.rename({"a/1": "b/7"}))
    >>> [len(layer) for layer in merge_layers([first, second])]
    [1, 0]
    """
    merged: list[Layer] = []
    for number, layer in enumerate(layers, start=1):
        earlier = concat_places(merged)
        if layer.frame.empty or earlier.empty:
            merged.append(layer)
            continue
        at, gives = _held_by(layer.frame, earlier)
        rows = np.flatnonzero(gives)
        joined = _taken_up(earlier, layer.frame.iloc[rows], at[rows])
        merged = [*(_with_joined(one, joined) for one in merged)]
        merged.append(_without(layer, earlier.index, at >= 0, number))
    return merged


def _taken_up(earlier: gpd.GeoDataFrame, given: gpd.GeoDataFrame, at: Ints) -> gpd.GeoDataFrame:
    """Give those of the earlier places that take up others, with what they took up."""
    heads, head = np.unique(at, return_inverse=True)
    together = gpd.GeoDataFrame(pd.concat([earlier.iloc[heads], given]))
    groups = np.concatenate([np.arange(len(heads)), head.ravel()]).astype(np.intp)
    return join_places(together, groups)


def _with_joined(layer: Layer, joined: gpd.GeoDataFrame) -> Layer:
    mine = layer.frame.index.isin(joined.index)
    if not mine.any():
        return layer
    frame = pd.concat([layer.frame.loc[~mine], joined.loc[joined.index.isin(layer.frame.index)]])
    frame = gpd.GeoDataFrame(PLACES.conform(frame.reindex(layer.frame.index)))
    before = layer.frame["parts"].fillna("").loc[mine]
    grown = int((frame["parts"].fillna("").loc[mine] != before).sum())
    notes = dict(layer.notes)
    if grown:
        notes["joined_from_other_layer"] = notes.get("joined_from_other_layer", 0) + grown
    return replace(layer, frame=frame, notes=notes)


def _without(layer: Layer, taken_ids: pd.Index, held: Bools, number: int) -> Layer:
    taken = layer.frame.index.isin(taken_ids) & ~held
    if taken.any():
        ids = layer.frame.index.where(~taken, layer.frame.index + f"@{number}")
        layer = replace(layer, frame=layer.frame.set_index(ids.rename(PLACES.index)))
    if not held.any():
        return layer
    counts = dict(layer.counts) or {"read": len(layer.frame), "places": len(layer.frame)}
    counts["places"] -= int(held.sum())
    counts["dropped_in_other_layer"] = int(held.sum())
    return replace(layer, frame=layer.frame.loc[~held], counts=counts)


def _held_by(frame: gpd.GeoDataFrame, earlier: gpd.GeoDataFrame) -> tuple[Ints, Bools]:
    """Give for each place the row of the earlier one that is it, else -1, and whether it gives.

    Of several the one of its id, then of its name, the nearest, the first.
    """
    by_id, away = _same_id(frame, earlier)
    rows, others, distances, named = _same_place(frame, earlier)
    order = np.lexsort((others, distances, ~named, rows))
    rows, others = rows[order], others[order]
    by_place = np.full(len(frame), -1, dtype=np.intp)
    by_place[rows[::-1]] = others[::-1]  # the first of each row is written last
    at = np.where(by_id >= 0, by_id, by_place)
    return at, np.where(by_id >= 0, away <= SAME_PLACE_M, by_place >= 0)


def _same_id(frame: gpd.GeoDataFrame, earlier: gpd.GeoDataFrame) -> tuple[Ints, Floats]:
    """Give the row of the earlier place of the same id, and metres: files may number alike."""
    at = earlier.index.get_indexer(frame.index)
    rows = np.flatnonzero(at >= 0)
    mine, theirs = frame.iloc[rows], earlier.iloc[at[rows]]
    away = np.full(len(frame), np.inf)
    away[rows] = local_distance_m(
        np.asarray(mine.geometry.array, dtype=object),
        np.asarray(theirs.geometry.array, dtype=object),
    )
    kind = mine["kind"].to_numpy(dtype=object) == theirs["kind"].to_numpy(dtype=object)
    same = np.zeros(len(frame), dtype=bool)
    same[rows[kind]] = True
    return np.where(same & (away <= _SAME_ID_M), at, -1), away


def _same_place(
    frame: gpd.GeoDataFrame, earlier: gpd.GeoDataFrame
) -> tuple[Ints, Ints, Floats, Bools]:
    """Give pairs that are one by name or touch, their metres, and whether by name."""
    mine, theirs = (np.asarray(places.geometry.array, dtype=object) for places in (frame, earlier))
    rows, others, distances = near_pairs(mine, theirs, radius_m=SAME_PLACE_M)
    names = name_keys(frame["name"]).to_numpy(dtype=object)[rows]
    other_names = name_keys(earlier["name"]).to_numpy(dtype=object)[others]
    kinds = frame["kind"].to_numpy(dtype=object)[rows]
    same_kind = kinds == earlier["kind"].to_numpy(dtype=object)[others]
    unnamed = pd.isna(names) | pd.isna(other_names)
    named = np.asarray(names == other_names, dtype=bool) & ~unnamed
    same = same_kind & (named | (unnamed & (distances == 0)))
    return rows[same], others[same], distances[same], named[same]
