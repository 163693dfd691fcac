"""Hashes of files."""

from recallgeo.provenance import Provenance, sha256_of


def test_hash_is_the_published_one(tmp_path):
    path = tmp_path / "abc.txt"
    path.write_bytes(b"abc")
    # FIPS 180-2, appendix B.1
    assert sha256_of(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_provenance_names_no_folder():
    assert Provenance(source="a.pbf").to_dict()["source"] == "a.pbf"
