"""Shapes of OpenStreetMap objects from their members, all ways and nodes at once."""

from array import array
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import shapely

from recallgeo.layers.shapes import hull_shape

if TYPE_CHECKING:
    from osmium.osm.types import Node, Relation, Way

__all__ = ["FoundNodes", "Outlines", "build_outlines"]

Shapes = npt.NDArray[np.object_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_AREA_TYPES = frozenset({"multipolygon", "boundary"})
_RING = 4


@dataclass(frozen=True, slots=True)
class FoundNodes:
    """Nodes of a file.

    Parameters
    ----------
    ids : int64 array
        Ids in any order.
    lon, lat : float64 arrays
        Degrees.
    """

    ids: Ints
    lon: Floats
    lat: Floats

    def locate(self, refs: Ints) -> Floats:
        """Give longitude and latitude of nodes, shape (n, 2); NaN for those not in the file."""
        places = np.full((len(refs), 2), np.nan)
        if not len(self.ids):
            return places
        order = np.argsort(self.ids, kind="stable")
        ids = self.ids[order]
        at = np.minimum(np.searchsorted(ids, refs), len(ids) - 1)
        known = ids[at] == refs
        rows = order[at[known]]
        places[known] = np.column_stack([self.lon[rows], self.lat[rows]])
        return places


@dataclass(frozen=True, slots=True)
class _Relation:
    is_area: bool
    ways: tuple[int, ...]
    nodes: tuple[int, ...]


@dataclass(slots=True)
class Outlines:
    """What the shapes of objects are made of, in the order the objects were added."""

    size: int = 0
    points: dict[int, tuple[float, float]] = field(default_factory=dict)
    way_ids: dict[int, int] = field(default_factory=dict)
    relations: dict[int, _Relation] = field(default_factory=dict)
    ways: dict[int, "array[int]"] = field(default_factory=dict)

    def add_node(self, node: "Node") -> int:
        """Take a node of the file and give its number among the objects."""
        if node.location.valid():
            self.points[self.size] = (node.lon, node.lat)
        return self._next()

    def add_way(self, way: "Way") -> int:
        """Take a way of the file and give its number among the objects."""
        self.way_ids[self.size] = way.id
        self.ways[way.id] = array("q", [node.ref for node in way.nodes])
        return self._next()

    def add_relation(self, relation: "Relation") -> int:
        """Take a relation of the file and give its number among the objects."""
        members = [(member.type, member.ref) for member in relation.members]
        self.relations[self.size] = _Relation(
            relation.tags.get("type", "") in _AREA_TYPES,
            tuple(ref for letter, ref in members if letter == "w"),
            tuple(ref for letter, ref in members if letter == "n"),
        )
        return self._next()

    def _next(self) -> int:
        self.size += 1
        return self.size - 1

    def missing_ways(self) -> list[int]:
        """Ids of ways that relations are made of and that were not added yet."""
        wanted = {ref for relation in self.relations.values() for ref in relation.ways}
        return sorted(wanted - self.ways.keys())

    def add_ways(self, ways: Iterable[tuple[int, "array[int]"]]) -> None:
        """Take the node ids of further ways."""
        self.ways.update(ways)

    def needed_nodes(self) -> list[int]:
        """Ids of the nodes that ways and relations refer to."""
        refs = [np.frombuffer(way, dtype=np.int64) for way in self.ways.values()]
        refs += [np.array(relation.nodes, dtype=np.int64) for relation in self.relations.values()]
        ids: list[int] = np.unique(np.concatenate(refs)).tolist() if refs else []
        return ids


def build_outlines(outlines: Outlines, nodes: FoundNodes) -> tuple[Shapes, Counter[str]]:
    """Give the shape of each object.

    Parameters
    ----------
    outlines : Outlines
        Objects with their members.
    nodes : FoundNodes
        The nodes they need, as far as the file has them.

    Returns
    -------
    object array
        Point, Polygon or MultiPolygon in the order of the objects; None where nothing is known.
    Counter
        ``incomplete_geometry`` (objects with members beyond the file), ``missing_references``
        (those members), ``open_outline`` (ways and multipolygons that do not close).
    """
    shapes = np.full(outlines.size, None, dtype=object)
    notes: Counter[str] = Counter()
    if outlines.points:
        at = np.fromiter(outlines.points.keys(), dtype=np.intp)
        shapes[at] = shapely.points(np.array(list(outlines.points.values())))
    located = _locate_ways(outlines, nodes)
    if outlines.way_ids:
        at = np.fromiter(outlines.way_ids.keys(), dtype=np.intp)
        shapes[at] = _way_shapes([located[ref] for ref in outlines.way_ids.values()], notes)
    for number, relation in outlines.relations.items():
        shapes[number] = _relation_shape(relation, located, nodes, notes)
    return shapes, notes


def _locate_ways(outlines: Outlines, nodes: FoundNodes) -> dict[int, Floats]:
    """Locate the nodes of all ways in one search."""
    sizes = [len(refs) for refs in outlines.ways.values()]
    if not sizes:
        return {}
    refs = np.concatenate([np.frombuffer(way, dtype=np.int64) for way in outlines.ways.values()])
    parts = np.split(nodes.locate(refs), np.cumsum(sizes)[:-1])
    return dict(zip(outlines.ways, parts, strict=True))


def _way_shapes(ways: list[Floats], notes: Counter[str]) -> Shapes:
    shapes = np.full(len(ways), None, dtype=object)
    known = [~np.isnan(way[:, 0]) for way in ways]
    whole = np.array([bool(mask.all()) for mask in known])
    closed = np.array([_is_ring(way) for way in ways])
    rings = np.flatnonzero(whole & closed)
    if len(rings):
        shapes[rings] = shapely.polygons(_gather(shapely.linearrings, [ways[row] for row in rings]))
    rest = np.flatnonzero(~(whole & closed))
    parts = [ways[row][known[row]] for row in rest]
    some = [(row, part) for row, part in zip(rest, parts, strict=True) if len(part)]
    if some:
        groups = _gather(shapely.multipoints, [part for _, part in some])
        shapes[[row for row, _ in some]] = hull_shape(groups)
    notes["incomplete_geometry"] += int((~whole).sum())
    notes["missing_references"] += sum(int((~mask).sum()) for mask in known)
    notes["open_outline"] += int((whole & ~closed).sum())
    return shapes


def _is_ring(way: Floats) -> bool:
    return len(way) >= _RING and bool((way[0] == way[-1]).all())


def _gather(make: Callable[..., object], parts: list[Floats]) -> Shapes:
    """Make one geometry a part, all in one call."""
    indices = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    return np.asarray(make(np.concatenate(parts), indices=indices), dtype=object)


def _relation_shape(
    relation: _Relation, located: dict[int, Floats], nodes: FoundNodes, notes: Counter[str]
) -> shapely.Geometry | None:
    ways = [located[ref] for ref in relation.ways if ref in located]
    own = nodes.locate(np.array(relation.nodes, dtype=np.int64))
    missing = sum(ref not in located for ref in relation.ways)
    missing += sum(int(np.isnan(way[:, 0]).sum()) for way in [*ways, own])
    notes["missing_references"] += missing
    notes["incomplete_geometry"] += int(missing > 0)
    known = [way[~np.isnan(way[:, 0])] for way in ways]
    if relation.is_area:
        lines = [shapely.LineString(way) for way in known if len(way) > 1]
        area = shapely.build_area(shapely.MultiLineString(lines))
        if not shapely.is_empty(area):
            return area
        notes["open_outline"] += int(not missing)
    around = np.concatenate([*known, own[~np.isnan(own[:, 0])]])
    if not len(around):
        return None
    hull: shapely.Geometry = hull_shape(np.array([shapely.multipoints(around)], dtype=object))[0]
    return hull
