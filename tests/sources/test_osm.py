import shutil
import subprocess
from functools import cache

import osmium
import pytest
import shapely

from recallgeo.errors import SourceFormatError, SourceUnavailableError
from recallgeo.reference import taxonomy
from recallgeo.sources.osm import read_osm_places

read_once = cache(read_osm_places)
EXTRACTS = [
    "liechtenstein-2013",
    "liechtenstein-2015",
    "andorra-2023",
    "andorra-2025",
    "helsinki-centre",
]


def node(number, lon, lat, **tags):
    return osmium.osm.mutable.Node(id=number, location=(lon, lat), tags=named(tags))


def way(number, nodes, **tags):
    return osmium.osm.mutable.Way(id=number, nodes=nodes, tags=named(tags))


def relation(number, members, **tags):
    return osmium.osm.mutable.Relation(id=number, members=members, tags=named(tags))


def named(tags):
    return {key.replace("__", ":"): value for key, value in tags.items()}


def written(folder, *objects, box=None):
    path = folder / "town.osm.pbf"
    header = osmium.io.Header()
    if box is not None:
        low, high = osmium.osm.Location(*box[:2]), osmium.osm.Location(*box[2:])
        header.add_box(osmium.osm.Box(low, high))
    with osmium.SimpleWriter(str(path), header=header) as writer:
        for thing in objects:
            writer.add(thing)
    return path


def square(first, lon, lat, size):
    corners = [(0, 0), (size, 0), (size, size), (0, size)]
    return [node(first + at, lon + x, lat + y) for at, (x, y) in enumerate(corners)]


def ring(first):
    return [first, first + 1, first + 2, first + 3, first]


def test_node_way_and_multipolygon_become_point_and_polygons(tmp_path):
    path = written(
        tmp_path,
        node(1, 5.0, 5.0, amenity="school", name="Node", capacity="120"),
        *square(10, 1.0, 1.0, 0.1),
        *square(20, 2.0, 2.0, 0.4),
        *square(30, 2.1, 2.1, 0.2),
        way(1, ring(10), amenity="hospital", beds="60", operator="City"),
        way(2, ring(20)),
        way(3, ring(30)),
        relation(1, [("w", 2, "outer"), ("w", 3, "inner")], type="multipolygon", amenity="school"),
    )
    built = read_osm_places(path).built
    frame = built.frame
    assert frame.index.tolist() == ["osm/n1", "osm/r1", "osm/w1"]
    assert frame.geom_type.tolist() == ["Point", "Polygon", "Polygon"]
    assert shapely.area(frame.geometry).tolist() == pytest.approx([0.0, 0.16 - 0.04, 0.01])
    assert frame["capacity"].tolist()[::2] == [120.0, 60.0]
    assert frame.loc["osm/w1", ["operator", "capacity_unit", "status"]].tolist() == [
        "City",
        "beds",
        "open",
    ]
    assert built.counts == {"read": 3, "places": 3, "joined": 0}


def test_missing_references_are_counted_and_what_is_there_is_kept(tmp_path):
    corners = square(10, 1.0, 1.0, 0.1)
    path = written(
        tmp_path,
        *corners[:3],
        way(1, [10, 11, 12, 99, 10], amenity="school"),
        way(2, [97, 98, 96, 97], amenity="school"),
        relation(1, [("w", 77, "outer")], type="multipolygon", amenity="school"),
    )
    built = read_osm_places(path).built
    assert built.frame.index.tolist() == ["osm/w1"]
    assert shapely.area(built.frame.geometry.iloc[0]) == pytest.approx(0.005)
    assert built.counts == {"read": 3, "places": 1, "joined": 0, "dropped_no_geometry": 2}
    assert built.kind_counts == {"school": 3}
    # way 1 lacks one node, way 2 lists its four (one twice), the relation lacks its way
    assert built.notes == {"incomplete_geometry": 3, "missing_references": 6}


def test_outline_that_does_not_close_becomes_its_hull(tmp_path):
    path = written(tmp_path, *square(10, 1.0, 1.0, 0.1), way(1, [10, 11, 12, 13], amenity="school"))
    built = read_osm_places(path).built
    assert shapely.area(built.frame.geometry).tolist() == pytest.approx([0.01])
    assert built.notes == {"open_outline": 1}


def test_site_relation_covers_its_members(tmp_path):
    path = written(
        tmp_path,
        *square(10, 1.0, 1.0, 0.1),
        node(20, 1.3, 1.0),
        way(1, ring(10)),
        relation(1, [("w", 1, ""), ("n", 20, "entrance")], type="site", amenity="university"),
    )
    frame = read_osm_places(path).built.frame
    assert frame.geometry.iloc[0].bounds == pytest.approx((1.0, 1.0, 1.3, 1.1))


def test_closed_and_planned_places_are_dropped_and_counted(tmp_path):
    path = written(
        tmp_path,
        node(1, 1, 1, disused__amenity="school"),
        node(2, 1, 2, amenity="school", disused="yes"),
        node(3, 1, 3, construction__amenity="hospital"),
        node(4, 1, 4, amenity="school", was__amenity="hospital"),
        node(5, 1, 5, amenity="school"),
        node(6, 1, 6, amenity="bench"),
    )
    built = read_osm_places(path).built
    assert built.counts == {
        "read": 6,
        "places": 2,
        "joined": 0,
        "dropped_closed": 3,
        "dropped_planned": 1,
    }
    assert built.frame.index.tolist() == ["osm/n4", "osm/n5"]


def test_object_of_two_kinds_stands_under_both(tmp_path):
    path = written(tmp_path, node(1, 1, 1, amenity="clinic", healthcare="hospital"))
    assert read_osm_places(path).built.frame["kind"].to_dict() == {
        "osm/n1": "clinic",
        "osm/n1/hospital": "hospital",
    }


def test_building_counts_as_tower_from_its_storeys(tmp_path):
    tower = taxonomy()["residential_tower"]
    key, value = tower.osm_tall_tags[0]
    enough = tower.osm_tall_levels
    path = written(
        tmp_path,
        node(1, 1, 1, **{key: value, "building__levels": str(enough)}),
        node(2, 1, 2, **{key: value, "building__levels": str(enough - 1)}),
        node(3, 1, 3, **{key: value}),
        node(4, 1, 4, **{key: value, "building__levels": "many"}),
    )
    assert read_osm_places(path).built.frame.index.tolist() == ["osm/n1"]


def test_kinds_can_be_chosen(tmp_path):
    path = written(tmp_path, node(1, 1, 1, amenity="school"), node(2, 2, 2, amenity="hospital"))
    built = read_osm_places(path, kinds=["hospital"]).built
    assert built.kind_counts == {"hospital": 1}


def test_box_comes_from_the_header_or_else_from_the_places(tmp_path):
    places = [node(1, 1, 1, amenity="school"), node(2, 2, 3, amenity="school")]
    with_box = read_osm_places(written(tmp_path, *places, box=(0, 0, 4, 4)))
    assert with_box.box.bounds == (0, 0, 4, 4)
    assert with_box.box_source == "box in the file's header"
    (tmp_path / "town.osm.pbf").unlink()
    without = read_osm_places(written(tmp_path, *places))
    assert without.box.bounds == (1, 1, 2, 3)
    assert without.box_source == "box of the places found (the file names none)"


def test_extract_without_places_gives_none(tmp_path):
    found = read_osm_places(written(tmp_path, node(1, 1, 1, amenity="bench")))
    assert found.built.counts == {"read": 0, "places": 0, "joined": 0}
    assert found.box is None


def test_missing_file_is_named():
    with pytest.raises(SourceUnavailableError, match=r"nowhere\.osm\.pbf"):
        read_osm_places("nowhere.osm.pbf")


def test_file_that_is_no_extract_is_refused(tmp_path):
    path = tmp_path / "town.osm.pbf"
    path.write_text("no pbf")
    with pytest.raises(SourceFormatError, match=r"town\.osm\.pbf"):
        read_osm_places(path)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_truncated_extract_is_refused(shared_data, tmp_path, share):
    whole = (shared_data / "osm" / "liechtenstein-2015.osm.pbf").read_bytes()
    path = tmp_path / "cut.osm.pbf"
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(SourceFormatError, match="expected a whole"):
        read_osm_places(path)


@pytest.mark.parametrize(
    ("extract", "kind_counts"),
    [
        ("liechtenstein-2015", {"school": 19, "university": 5, "hospital": 1}),
        ("andorra-2025", {"school": 26, "hospital": 11}),
        ("helsinki-centre", {"school": 3, "university": 7, "clinic": 4}),
    ],
)
def test_known_extracts_hold_their_schools_and_hospitals(shared_data, extract, kind_counts):
    counts = read_once(shared_data / "osm" / f"{extract}.osm.pbf").built.kind_counts
    assert {kind: counts[kind] for kind in kind_counts} == kind_counts


@pytest.mark.parametrize("extract", EXTRACTS)
def test_counts_by_kind_equal_those_of_osmium_tool(shared_data, tmp_path, extract):
    tool = shutil.which("osmium")
    if tool is None:
        pytest.skip("osmium-tool is not installed (make system-packages)")
    path = shared_data / "osm" / f"{extract}.osm.pbf"
    counts = read_once(path).built.kind_counts
    filters = {
        kind.name: [f"nwr/{key}={value}" for key, value in kind.osm_tags]
        for kind in taxonomy().values()
        if not kind.osm_tall_tags
    }
    every = [one for filters_of_kind in filters.values() for one in filters_of_kind]
    small = tmp_path / "small.osm.pbf"
    command = [tool, "tags-filter", "--no-progress", "-R", "-o"]
    subprocess.run([*command, small, path, *every], check=True)
    for name, tags in filters.items():
        found = subprocess.run(
            [*command, "-", "-f", "opl", small, *tags],
            capture_output=True,
            check=True,
        )
        assert counts.get(name, 0) == len(found.stdout.splitlines()), name


@pytest.mark.parametrize("extract", ["liechtenstein-2015", "helsinki-centre"])
def test_areas_equal_those_that_osmium_assembles(shared_data, extract):
    path = shared_data / "osm" / f"{extract}.osm.pbf"
    frame = read_once(path).built.frame
    ours = dict(zip(frame["source_id"], frame.geometry, strict=True))
    tags = [tag for kind in taxonomy().values() for tag in kind.osm_tags]
    make = osmium.geom.WKBFactory()
    tagged = osmium.filter.TagFilter(*tags)
    areas = osmium.FileProcessor(str(path)).with_areas(tagged).with_filter(tagged)
    compared = 0
    for area in areas:
        if not isinstance(area, osmium.osm.Area):
            continue
        source_id = f"{'w' if area.from_way() else 'r'}{area.orig_id()}"
        if frame["parts"].isna().get(f"osm/{source_id}", default=False):
            theirs = shapely.from_wkb(make.create_multipolygon(area))
            assert ours[source_id].symmetric_difference(theirs).area < 1e-12, source_id
            compared += 1
    assert compared > 5
