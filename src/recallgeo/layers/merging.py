"""Facilities that stand in several layers: one place each, extents left apart."""

from collections.abc import Iterable
from dataclasses import replace

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from recallgeo.frames import PLACES
from recallgeo.layers.layer import Layer, concat_places
from recallgeo.layers.nearness import local_distance_m, name_keys, near_pairs

__all__ = ["SAME_PLACE_M", "merge_layers"]

SAME_PLACE_M = 50.0
"""Places of two layers with one kind and name within this distance are one (judgement)."""

_SAME_ID_M = 1_000.0  # judgement: a place that was mapped anew, not another one of that number


def merge_layers(layers: Iterable[Layer]) -> list[Layer]:
    """Remove from each layer the places that an earlier layer holds already.

    A place is held already where the earlier layer has its id and kind within 1 km, or a place of
    its kind that is at most 50 m away under the same name, or that touches it while one of them
    has no name. An id that means another place there is numbered (``places/1@2``). Extents,
    completeness and provenance stay each layer's own.

    Parameters
    ----------
    layers : iterable of Layer
        The most trusted first.

    Returns
    -------
    list of Layer
        In the same order; ``counts["dropped_in_other_layer"]`` says how many were removed.

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
        merged.append(_without(layer, concat_places(merged), number))
    return merged


def _without(layer: Layer, earlier: gpd.GeoDataFrame, number: int) -> Layer:
    if layer.frame.empty or earlier.empty:
        return layer
    held = _held(layer.frame, earlier) | _same_id(layer.frame, earlier)
    taken = layer.frame.index.isin(earlier.index) & ~held
    if taken.any():
        ids = layer.frame.index.where(~taken, layer.frame.index + f"@{number}")
        layer = replace(layer, frame=layer.frame.set_index(ids.rename(PLACES.index)))
    if not held.any():
        return layer
    counts = dict(layer.counts) or {"read": len(layer.frame), "places": len(layer.frame)}
    counts["places"] -= int(held.sum())
    counts["dropped_in_other_layer"] = int(held.sum())
    return replace(layer, frame=layer.frame.loc[~held], counts=counts)


def _same_id(frame: gpd.GeoDataFrame, earlier: gpd.GeoDataFrame) -> npt.NDArray[np.bool_]:
    """Say which places the earlier layers hold under the same id: files may number alike."""
    at = earlier.index.get_indexer(frame.index)
    rows = np.flatnonzero(at >= 0)
    mine, theirs = frame.iloc[rows], earlier.iloc[at[rows]]
    away = local_distance_m(
        np.asarray(mine.geometry.array, dtype=object),
        np.asarray(theirs.geometry.array, dtype=object),
    )
    kind = mine["kind"].to_numpy(dtype=object) == theirs["kind"].to_numpy(dtype=object)
    same = np.zeros(len(frame), dtype=bool)
    same[rows[kind & (away <= _SAME_ID_M)]] = True
    return same


def _held(frame: gpd.GeoDataFrame, earlier: gpd.GeoDataFrame) -> npt.NDArray[np.bool_]:
    mine, theirs = (np.asarray(places.geometry.array, dtype=object) for places in (frame, earlier))
    rows, others, distances = near_pairs(mine, theirs, radius_m=SAME_PLACE_M)
    names = name_keys(frame["name"]).to_numpy(dtype=object)[rows]
    other_names = name_keys(earlier["name"]).to_numpy(dtype=object)[others]
    kinds = frame["kind"].to_numpy(dtype=object)[rows]
    same_kind = kinds == earlier["kind"].to_numpy(dtype=object)[others]
    unnamed = pd.isna(names) | pd.isna(other_names)
    same = same_kind & ((names == other_names) | (unnamed & (distances == 0)))
    held = np.zeros(len(frame), dtype=bool)
    held[rows[same]] = True
    return held
