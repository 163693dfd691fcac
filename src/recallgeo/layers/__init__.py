"""Layers of sensitive places: schools, hospitals, data centres, and what else stands around.

Pure: tables in, tables out. Files are opened by `recallgeo.sources.layers.read_layer`.
"""

from recallgeo.layers.conflation import SAME_NAME_M, conflate_places
from recallgeo.layers.extents import (
    COMPLETE_SHARE,
    edge_distance_m,
    extent_states,
    resolve_extent,
)
from recallgeo.layers.layer import Layer, concat_places, require_kinds
from recallgeo.layers.merging import SAME_PLACE_M, merge_layers
from recallgeo.layers.places import BuiltPlaces, build_places, life_cycle
from recallgeo.layers.where import select_rows

__all__ = [
    "COMPLETE_SHARE",
    "SAME_NAME_M",
    "SAME_PLACE_M",
    "BuiltPlaces",
    "Layer",
    "build_places",
    "concat_places",
    "conflate_places",
    "edge_distance_m",
    "extent_states",
    "life_cycle",
    "merge_layers",
    "require_kinds",
    "resolve_extent",
    "select_rows",
]
