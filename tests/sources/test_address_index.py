"""Address indexes on disk: whole or refused; and addresses of an extract."""

import json

import numpy as np
import pandas as pd
import pytest

from recallgeo.errors import SourceFormatError, SourceUnavailableError
from recallgeo.location import AddressIndex
from recallgeo.location.address_index import LEVEL_KEYS
from recallgeo.provenance import Provenance
from recallgeo.sources.address_index import read_osm_addresses


def make_index(number="1"):
    rows = {"street": ["High Street"], "house_number": [number], "postcode": ["1000"]}
    rows |= {"city": ["Eastville"], "country": ["EC"], "longitude": [0.001], "latitude": [0.0]}
    origin = Provenance(source="towns.csv", licence="ODbL 1.0", attribution="the mappers")
    return AddressIndex.from_frame(pd.DataFrame(rows), source=origin)


@pytest.fixture
def folder(tmp_path):
    make_index().save(tmp_path / "index")
    return tmp_path / "index"


def test_an_index_reads_back_as_it_was_written(folder):
    index, again = make_index(), AddressIndex.open(folder)
    for name in LEVEL_KEYS:
        np.testing.assert_array_equal(index.levels[name].keys, again.levels[name].keys)
        np.testing.assert_array_equal(index.levels[name].cells, again.levels[name].cells)
    assert again.sources == index.sources
    assert dict(again.counts) == dict(index.counts)


def test_writing_again_replaces_the_old_index_and_leaves_no_rest(folder):
    make_index("2").save(folder)
    files = {path.name for path in folder.iterdir()}
    named = json.loads((folder / "manifest.json").read_text())["levels"]
    kept = {part["file"] for level in named.values() for part in level.values()}
    assert files == kept | {"manifest.json"}


def test_the_same_addresses_give_the_same_bytes(folder, tmp_path):
    make_index().save(tmp_path / "twin")
    for path in folder.iterdir():
        assert path.read_bytes() == (tmp_path / "twin" / path.name).read_bytes()


def test_a_corrupt_file_is_refused_by_its_checksum(folder):
    victim = next(folder.glob("postcode.keys.*.npy"))
    data = bytearray(victim.read_bytes())
    data[-1] ^= 1
    victim.write_bytes(data)
    with pytest.raises(SourceFormatError, match="checksum"):
        AddressIndex.open(folder)


def test_a_missing_file_is_refused(folder):
    next(folder.glob("postcode.keys.*.npy")).unlink()
    with pytest.raises(SourceFormatError, match="is missing though"):
        AddressIndex.open(folder)


@pytest.mark.parametrize(("key", "value"), [("normaliser", "0"), ("format", 99), ("levels", {})])
def test_an_index_of_another_version_is_refused(folder, key, value):
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {key: value}))
    with pytest.raises(SourceFormatError, match="build the index again"):
        AddressIndex.open(folder)


def test_a_broken_manifest_is_refused(folder):
    (folder / "manifest.json").write_text("{")
    with pytest.raises(SourceFormatError, match="no manifest"):
        AddressIndex.open(folder)


def test_a_folder_without_index_is_named(tmp_path):
    with pytest.raises(SourceUnavailableError, match="no address index"):
        AddressIndex.open(tmp_path / "nowhere")


def test_an_extract_gives_its_addresses_with_their_municipality(shared_data):
    path = shared_data / "osm" / "liechtenstein-2015.osm.pbf"
    addresses = read_osm_addresses(path, country="LI")
    assert len(addresses) == 1006
    assert addresses["city"].notna().all()
    assert addresses["longitude"].between(9.47, 9.64).all()
    index = AddressIndex.from_frame(addresses, source=path.name)
    # seven objects carry a house number and no street
    assert (index.counts["kept"], index.counts["without_key"]) == (999, 7)


def test_a_file_that_is_no_extract_is_refused(tmp_path):
    path = tmp_path / "map.osm.pbf"
    path.write_text("not a map")
    with pytest.raises(SourceFormatError, match=r"map\.osm\.pbf is no OpenStreetMap file"):
        read_osm_addresses(path)


def test_a_missing_extract_is_named(tmp_path):
    with pytest.raises(SourceUnavailableError, match=r"map\.osm\.pbf"):
        read_osm_addresses(tmp_path / "map.osm.pbf")
