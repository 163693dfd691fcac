"""OpenStreetMap extracts: the sensitive places of a `.osm.pbf` file, streamed.

Three passes, each with its filter in C++: the tagged objects; the ways that their relations are
made of; the nodes that all these need. Memory grows with the places found, not with the file.

References
----------
Tags and life cycle prefixes: https://wiki.openstreetmap.org/wiki/Lifecycle_prefix
"""

from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely

from recallgeo.errors import SourceFormatError, SourceUnavailableError
from recallgeo.layers.places import BuiltPlaces, build_places
from recallgeo.reference import Kind, taxonomy
from recallgeo.sources.osm_shapes import FoundNodes, Outlines, build_outlines

if TYPE_CHECKING:
    from osmium.osm.types import Node, Relation, Way

__all__ = ["OSM_ATTRIBUTION", "OSM_LICENCE", "OsmPlaces", "read_osm_places", "tags_of"]

OSM_LICENCE = "ODbL 1.0"
OSM_ATTRIBUTION = "\u00a9 OpenStreetMap contributors"

_CLOSED_PREFIXES = (
    "abandoned",
    "closed",
    "demolished",
    "destroyed",
    "disused",
    "razed",
    "removed",
    "ruins",
    "was",
)
_PLANNED_PREFIXES = ("construction", "planned", "proposed")
_CAPACITY_TAGS = (
    ("beds", "beds"),
    ("capacity:beds", "beds"),
    ("pupils", "pupils"),
    ("capacity:pupils", "pupils"),
    ("students", "students"),
    ("capacity:persons", "persons"),
    ("capacity", "persons"),
)

_OSM_FIRST_YEAR = 2003
# libosmium's IdSetDense: blocks of 4 MiB, one bit an id
_BLOCK_BITS = 25
_MOST_BLOCKS = 128

Tag = tuple[str, str]


@dataclass(frozen=True, slots=True)
class OsmPlaces:
    """What an extract holds.

    Parameters
    ----------
    built : BuiltPlaces
        Places and counts.
    box : geometry or None
        Bounding box of the file's header, else of the objects found; None where there is neither.
    box_source : str
        Which of the two, in words.
    vintage : str
        ISO date of the file's header, else of the newest object found.
    """

    built: BuiltPlaces
    box: shapely.Geometry | None
    box_source: str
    vintage: str


@dataclass(slots=True)
class _Found:
    """Tagged objects in the order of the file, one row an object and kind."""

    rows: dict[str, list[Any]] = field(
        default_factory=lambda: {
            name: []
            for name in (
                *("place_id", "source_id", "kind", "name", "operator"),
                *("capacity", "capacity_unit", "status"),
            )
        }
    )
    at: list[int] = field(default_factory=list)
    outlines: Outlines = field(default_factory=Outlines)
    plain: Counter[str] = field(default_factory=Counter)
    newest: str = ""


def read_osm_places(path: str | PathLike[str], *, kinds: Sequence[str] | None = None) -> OsmPlaces:
    """Read the places of an OpenStreetMap extract whose tags the taxonomy knows.

    Nodes, ways and relations count, each once a kind. A closed way is an area, a multipolygon is
    assembled, anything else becomes its convex hull. An object that refers to nodes or ways beyond
    the file keeps what is there (noted as ``incomplete_geometry``); one of which nothing is there
    is dropped and counted. Objects under a life cycle prefix (``disused:amenity=school``), or with
    ``disused=yes``, are counted as closed or planned.

    Parameters
    ----------
    path : path
        A ``.osm.pbf``, ``.osm``, ``.osm.bz2`` or ``.osm.gz`` file, of one version an object.
    kinds : sequence of str, optional
        Kinds of the taxonomy; all that have OSM tags where missing.

    Returns
    -------
    OsmPlaces
        Ids are ``osm/n1``, ``osm/w1``, ``osm/r1``; an object of two kinds stands twice, the second
        time as ``osm/w1/clinic``.

    Raises
    ------
    SourceUnavailableError
        If there is no such file.
    SourceFormatError
        If it is truncated, no OSM file, or holds the history of its objects.
    """
    path = Path(path)
    if not path.is_file():
        message = f"{path.name}: no such file; expected an OpenStreetMap extract (.osm.pbf)"
        raise SourceUnavailableError(message)
    known = taxonomy()
    wanted = {name: known[name] for name in (kinds if kinds is not None else known)}
    with _typed_errors(path):
        box, vintage = _read_header(path)
        found = _find_objects(path, _TagTable(wanted))
        outlines = found.outlines
        outlines.add_ways(_read_ways(path, outlines.missing_ways()))
        nodes = _read_nodes(path, outlines.needed_nodes())
    shapes, notes = build_outlines(outlines, nodes)
    features = gpd.GeoDataFrame(found.rows, geometry=shapes[found.at], crs=4326)
    built = build_places(features, source=path.name, notes=notes)
    built = replace(built, kind_counts={kind: found.plain[kind] for kind in sorted(found.plain)})
    box, box_source = _box_of(box, features)
    return OsmPlaces(built, box, box_source, vintage[:10] or found.newest)


class _TagTable:
    """Which tags mean which kind, in which state."""

    def __init__(self, kinds: Mapping[str, Kind]) -> None:
        self.plain: dict[Tag, list[str]] = {}
        self.past: dict[Tag, list[tuple[str, str]]] = {}
        self.tall = {
            kind.name: (kind.osm_tall_tags, kind.osm_tall_levels) for kind in kinds.values()
        }
        for kind in kinds.values():
            for key, value in tags_of(kind):
                self.plain.setdefault((key, value), []).append(kind.name)
                for prefix, status in _states():
                    states = self.past.setdefault((f"{prefix}:{key}", value), [])
                    states.append((kind.name, status))

    def all_tags(self) -> list[Tag]:
        return [*self.plain, *self.past]

    def plain_kinds(self, tags: Mapping[str, str]) -> list[str]:
        """Give the kinds that an object has by tags without a life cycle prefix."""
        kinds = {
            kind
            for tag in tags.items()
            for kind in self.plain.get(tag, ())
            if self._is_tall_enough(kind, tag, tags)
        }
        return sorted(kinds)

    def kinds_of(self, tags: Mapping[str, str]) -> dict[str, str]:
        """Give the kinds of an object with their status, plain tags first."""
        found = dict.fromkeys(self.plain_kinds(tags), _state_of(tags))
        past = [pair for tag in tags.items() for pair in self.past.get(tag, ())]
        for kind, status in sorted(past):
            found.setdefault(kind, status)
        return found

    def _is_tall_enough(self, kind: str, tag: Tag, tags: Mapping[str, str]) -> bool:
        """Hold a tag that counts for tall buildings only against the storeys."""
        tall_tags, levels = self.tall[kind]
        if tag not in tall_tags:
            return True
        storeys = tags.get("building:levels", "").partition(".")[0].strip()
        return storeys.isdecimal() and int(storeys) >= levels


def tags_of(kind: Kind) -> tuple[Tag, ...]:
    """Give every tag that may mark a kind, those for tall buildings included.

    Parameters
    ----------
    kind : Kind
        Kind of the taxonomy.
    """
    return (*kind.osm_tags, *kind.osm_tall_tags)


def _states() -> Iterator[tuple[str, str]]:
    yield from ((prefix, "closed") for prefix in _CLOSED_PREFIXES)
    yield from ((prefix, "planned") for prefix in _PLANNED_PREFIXES)


def _state_of(tags: Mapping[str, str]) -> str:
    return next((status for key, status in _states() if tags.get(key) == "yes"), "open")


@contextmanager
def _typed_errors(path: Path) -> Iterator[None]:
    """Turn what osmium raises into an error that says what to do."""
    try:
        yield
    except RuntimeError as error:
        if isinstance(error, SourceFormatError):
            raise
        message = (
            f"{path.name} cannot be read as OpenStreetMap data ({error}); "
            "expected a whole .osm.pbf file: fetch it again and compare its checksum"
        )
        raise SourceFormatError(message) from error


def _read_header(path: Path) -> tuple[shapely.Geometry | None, str]:
    import osmium

    with osmium.io.Reader(str(path), osmium.osm.NOTHING) as reader:
        header = reader.header()
    if header.has_multiple_object_versions:
        message = f"{path.name} holds the history of its objects; expected one version of each"
        raise SourceFormatError(message)
    vintage = header.get("osmosis_replication_timestamp") or header.get("timestamp")
    box = header.box()
    if not box.valid():
        return None, vintage
    low, high = box.bottom_left, box.top_right
    return shapely.box(low.lon, low.lat, high.lon, high.lat), vintage


def _find_objects(path: Path, table: _TagTable) -> _Found:
    import osmium

    found = _Found()
    wanted = table.all_tags()
    if not wanted:
        return found
    objects = osmium.FileProcessor(str(path)).with_filter(osmium.filter.TagFilter(*wanted))
    for entity in objects:
        if not isinstance(entity, (osmium.osm.Node, osmium.osm.Way, osmium.osm.Relation)):
            continue
        tags = {tag.k: tag.v for tag in entity.tags}
        kinds = table.kinds_of(tags)
        found.plain.update(table.plain_kinds(tags))
        if kinds:
            _add_object(found, entity, kinds)
    return found


def _add_object(found: _Found, entity: "Node | Way | Relation", kinds: Mapping[str, str]) -> None:
    import osmium

    tags = entity.tags
    source_id = f"{entity.type_str()}{entity.id}"
    if isinstance(entity, osmium.osm.Node):
        at = found.outlines.add_node(entity)
    elif isinstance(entity, osmium.osm.Way):
        at = found.outlines.add_way(entity)
    else:
        at = found.outlines.add_relation(entity)
    if entity.timestamp.year > _OSM_FIRST_YEAR:  # a file without metadata gives 1970
        found.newest = max(found.newest, entity.timestamp.date().isoformat())
    capacity, unit = next(
        ((tags[key], unit) for key, unit in _CAPACITY_TAGS if key in tags), (None, None)
    )
    for turn, (kind, status) in enumerate(kinds.items()):
        found.at.append(at)
        row = {
            "place_id": f"osm/{source_id}" + (f"/{kind}" if turn else ""),
            "source_id": source_id,
            "kind": kind,
            "name": tags.get("name"),
            "operator": tags.get("operator"),
            "capacity": capacity,
            "capacity_unit": unit,
            "status": status,
        }
        for name, value in row.items():
            found.rows[name].append(value)


def _read_ways(path: Path, ids: Sequence[int]) -> Iterator[tuple[int, "array[int]"]]:
    import osmium

    if len(ids):
        ways = osmium.FileProcessor(str(path), osmium.osm.WAY)
        for way in ways.with_filter(osmium.filter.IdFilter(ids)):
            if isinstance(way, osmium.osm.Way):
                yield way.id, array("q", (node.ref for node in way.nodes))


def _read_nodes(path: Path, ids: Sequence[int]) -> FoundNodes:
    import osmium

    refs, lon, lat = array("q"), array("d"), array("d")
    for batch in _id_batches(ids):
        nodes = osmium.FileProcessor(str(path), osmium.osm.NODE)
        for node in nodes.with_filter(osmium.filter.IdFilter(batch)):
            if isinstance(node, osmium.osm.Node) and node.location.valid():
                refs.append(node.id)
                lon.append(node.lon)
                lat.append(node.lat)
    return FoundNodes(np.array(refs), np.array(lon), np.array(lat))


def _id_batches(ids: Sequence[int]) -> list[list[int]]:
    """Split sorted ids so that the bit set of one filter takes half a gigabyte at most."""
    if not len(ids):
        return []
    blocks = np.asarray(ids) >> _BLOCK_BITS
    order = np.concatenate([[0], np.cumsum(np.diff(blocks) > 0)])
    ends = np.flatnonzero(np.diff(order // _MOST_BLOCKS)) + 1
    return [part.tolist() for part in np.split(np.asarray(ids), ends)]


def _box_of(
    box: shapely.Geometry | None, features: gpd.GeoDataFrame
) -> tuple[shapely.Geometry | None, str]:
    if box is not None:
        return box, "box in the file's header"
    bounds = features.geometry.total_bounds
    if not np.isfinite(bounds).all() or bounds[0] >= bounds[2] or bounds[1] >= bounds[3]:
        return None, ""
    return shapely.box(*bounds), "box of the places found (the file names none)"
