"""The registry of the reference files, and what a broken installation says."""

import pytest

from recallgeo.errors import SourceFormatError
from recallgeo.reference import ReferenceFile, broken_files, files, reference_path, registry, tables

MEGABYTE = 1_000_000


@pytest.fixture
def other_folder(tmp_path, monkeypatch):
    """An installation in a folder of the test's own."""
    monkeypatch.setattr(files, "_FOLDERS", (tmp_path,))
    caches = (files.reference_folder, files.registry, tables.places)
    for cached in caches:
        cached.cache_clear()
    yield tmp_path
    for cached in caches:
        cached.cache_clear()


def write_registry(folder, name="places.parquet"):
    row = "".join(
        f'{key} = "x"\n' for key in ("title", "source", "licence", "attribution", "vintage")
    )
    text = f'[file."{name}"]\n{row}sha256 = "{"0" * 64}"\n'
    (folder / "registry.toml").write_text(text, encoding="utf-8")


def test_every_file_has_its_row_and_its_hash():
    assert broken_files() == {}


def test_every_row_says_where_the_data_come_from():
    for row in registry().values():
        assert isinstance(row, ReferenceFile)
        assert row.title
        assert row.source
        assert row.licence
        assert row.vintage[:2] == "20"
        assert row.attribution or row.source == "written by hand" or row.name == "licences.txt"


def test_files_are_small_enough_for_a_wheel():
    sizes = {name: reference_path(name).stat().st_size for name in registry()}
    assert sizes["places.parquet"] <= 12 * MEGABYTE
    assert sizes["population.tif"] <= 3 * MEGABYTE
    assert sum(sizes.values()) <= 16 * MEGABYTE


def test_unknown_name_is_answered_with_the_nearest():
    with pytest.raises(SourceFormatError, match=r"did you mean 'places\.parquet'"):
        reference_path("place.parquet")


@pytest.mark.usefixtures("other_folder")
def test_installation_without_registry_says_so():
    with pytest.raises(SourceFormatError, match=r"registry\.toml .* is missing"):
        registry()


def test_missing_file_is_named(other_folder):
    write_registry(other_folder)
    with pytest.raises(SourceFormatError, match=r"'places\.parquet' is missing"):
        tables.places()


def test_damaged_file_is_named(other_folder):
    write_registry(other_folder)
    (other_folder / "places.parquet").write_bytes(b"PAR1 but not really")
    with pytest.raises(SourceFormatError, match=r"'places\.parquet' is damaged"):
        tables.places()


def test_damaged_registry_is_named(other_folder):
    (other_folder / "registry.toml").write_text("[file", encoding="utf-8")
    with pytest.raises(SourceFormatError, match=r"'registry\.toml' is damaged"):
        registry()


def test_changed_missing_and_strange_files_are_told_apart(other_folder):
    write_registry(other_folder)
    assert broken_files() == {"places.parquet": "missing"}
    (other_folder / "places.parquet").write_bytes(b"changed")
    (other_folder / "notes.txt").write_bytes(b"")
    assert broken_files() == {"notes.txt": "without a row", "places.parquet": "changed"}
