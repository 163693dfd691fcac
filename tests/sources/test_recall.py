"""Recall files are read with their tables, and each fault names file and line."""

import pytest

from recallgeo.errors import ConfigError, ScopeError, SourceFormatError, SourceUnavailableError
from recallgeo.recall import Recall
from recallgeo.sources.recall import read_recall, recall_files

HEAD = """
[recall]
id = "r"
issued = 2025-01-16
[[scope]]
id = "s"
hazard = "fire"
[[scope.rule]]
"""


@pytest.fixture
def write(tmp_path):
    def run(rule, table=None):
        (tmp_path / "tables").mkdir()
        if table is not None:
            (tmp_path / "tables" / "ranges.csv").write_bytes(table)
        file = tmp_path / "recall.toml"
        file.write_text(HEAD + rule, encoding="utf-8")
        return file

    return run


FROM_FILE = 'rows_file = "tables/ranges.csv"\n'


@pytest.mark.parametrize(
    "table",
    [
        b"model,serial\n172N,1000..1999\n172P,all\n",
        b"\xef\xbb\xbfmodel;serial\r\n172N;1000..1999\r\n\r\n172P;all\r\n",
        b"model\tserial\n172N\t1000..1999\n172P\tall",
        b'model,serial\n"172N"," 1000..1999 "\n172P,all\n',
    ],
)
def test_a_table_of_ranges_is_read_beside_the_file(write, table):
    recall = Recall.from_toml(write(FROM_FILE, table))
    found = recall.scopes[0].rules[0].table
    assert [key.name for key in found.keys] == ["model", "serial"]
    assert [[item.text for cell in row for item in cell] for row in found.rows] == [
        ["172N", "1000..1999"],
        ["172P", "all"],
    ]


def test_every_file_is_listed_once(write):
    file = write(FROM_FILE + "[[scope.except]]\n" + FROM_FILE, b"lot\n1\n")
    assert [path.name for path in recall_files(file)] == ["recall.toml", "ranges.csv"]


def test_a_missing_table_is_named(write):
    with pytest.raises(SourceUnavailableError, match=r"file not found: .*ranges\.csv"):
        read_recall(write(FROM_FILE))


@pytest.mark.parametrize(
    ("table", "told"),
    [
        (b"model,serial\n172N,1\n172P\n", "line 3: 1 cells for 2 headers"),
        (b"model,serial\n172N,\n", "line 2: 1 cells for 2 headers"),
        (b'model,serial\n"172N,1\n', "check the quotes"),
        (b"model,serial\n", "holds no rows"),
        (b"", "holds no rows"),
        (b"model\nZ\xfcrich\n", "not UTF-8"),
    ],
)
def test_a_broken_table_is_told_with_its_line(write, table, told):
    with pytest.raises(SourceFormatError, match=told):
        read_recall(write(FROM_FILE, table))


def test_an_unknown_header_is_told_with_the_nearest_field(write):
    with pytest.raises(ScopeError, match="did you mean 'serial'"):
        read_recall(write(FROM_FILE, b"model,serail\nA,1\n"))


def test_rows_and_a_file_of_rows_exclude_each_other(write):
    with pytest.raises(ConfigError, match="keep one"):
        read_recall(write(FROM_FILE + 'keys = ["lot"]\n', b"lot\n1\n"))


def test_the_forms_of_real_recalls_are_read(shared_data):
    recall = read_recall(shared_data / "recalls" / "forms.toml")
    assert len(recall.scopes) == 35
    assert len(recall.derives) == 5
