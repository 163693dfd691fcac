"""TOML files are read as plain data, and each fault names its file and line."""

import pytest

from recallgeo.errors import ConfigError, SourceUnavailableError
from recallgeo.sources.toml import read_toml


def test_tables_come_back_as_dicts(tmp_path):
    file = tmp_path / "a.toml"
    file.write_text('[recall]\nid = "x"\n', encoding="utf-8")
    assert read_toml(str(file)) == {"recall": {"id": "x"}}


def test_a_byte_order_mark_is_no_fault(tmp_path):
    file = tmp_path / "a.toml"
    file.write_bytes(b"\xef\xbb\xbfa = 1\n")
    assert read_toml(file) == {"a": 1}


def test_a_fault_names_file_line_and_text(tmp_path):
    file = tmp_path / "a.toml"
    file.write_text("a = 1\nb = = 2\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"a\.toml is not TOML.*line 2.*'b = = 2'"):
        read_toml(file)


def test_a_fault_at_the_end_of_the_file_is_told_without_a_line(tmp_path):
    file = tmp_path / "a.toml"
    file.write_text('a = """never closed', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"a\.toml is not TOML"):
        read_toml(file)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(SourceUnavailableError, match=r"file not found: .*absent\.toml"):
        read_toml(tmp_path / "absent.toml")


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(SourceUnavailableError, match="cannot be opened"):
        read_toml(tmp_path)


def test_bytes_of_another_encoding_are_named_with_their_line(tmp_path):
    file = tmp_path / "a.toml"
    file.write_bytes(b'a = 1\nname = "Z\xfcrich"\n')
    with pytest.raises(ConfigError, match="line 2: byte 0xfc is not UTF-8"):
        read_toml(file)
