"""The incident file: every fault at once, with the nearest right name."""

from datetime import date

import pytest

from recallgeo.errors import ConfigError, SourceUnavailableError
from recallgeo.incident import load_incident

SMALLEST = """
[incident]
name = "drill"
as_of = 2022-06-30
[[register]]
files = ["registers/*.csv"]
[recall]
file = "recall.toml"
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "registers").mkdir()
    for name in ("registers/b.csv", "registers/a.csv", "recall.toml"):
        (tmp_path / name).write_text("")
    return tmp_path


def load(folder, text):
    (folder / "incident.toml").write_text(text)
    return load_incident(folder / "incident.toml")


def test_smallest_incident_has_stated_defaults(folder):
    case = load(folder, SMALLEST)
    assert case.as_of == date(2022, 6, 30)
    assert case.outreach.start_on == case.as_of
    assert case.draws == 200
    assert case.profile == "internal"


def test_pattern_gives_files_in_the_order_of_their_names(folder):
    case = load(folder, SMALLEST)
    assert [file.name for file in case.registers[0].files] == ["a.csv", "b.csv"]


def test_paths_are_relative_to_the_file(folder, monkeypatch):
    monkeypatch.chdir("/")
    assert load(folder, SMALLEST).recall == (folder / "recall.toml").resolve()


def test_precedence_is_file_order_unless_stated(folder):
    text = SMALLEST + '[[register]]\nfiles = ["registers/a.csv"]\nprecedence = -1\n'
    assert [entry.precedence for entry in load(folder, text).registers] == [0, -1]


def test_every_fault_is_named_with_the_nearest_key(folder):
    text = SMALLEST.replace("as_of = 2022-06-30", 'as_off = "soon"').replace("file =", "fil =")
    with pytest.raises(ConfigError) as raised:
        load(folder, text)
    message = str(raised.value)
    assert "unknown key 'incident.as_off'; did you mean 'as_of'?" in message
    assert "key 'incident.as_of' is missing" in message
    assert "unknown key 'recall.fil'; did you mean 'file'?" in message


def test_unfit_value_is_named(folder):
    with pytest.raises(ConfigError, match=r"scoring\.draws is -1"):
        load(folder, SMALLEST + "[scoring]\ndraws = -1\n")


def test_text_is_no_number(folder):
    with pytest.raises(ConfigError, match=r"scoring\.draws is '200'"):
        load(folder, SMALLEST + '[scoring]\ndraws = "200"\n')


def test_name_that_no_disk_takes_is_a_file_that_is_not_there(folder):
    with pytest.raises(SourceUnavailableError, match="names 1 files that are not there"):
        load(folder, SMALLEST.replace("recall.toml", "r" * 5000))


def test_absent_files_are_listed_together_with_their_neighbours(folder):
    (folder / "recal.toml").write_text("")
    text = SMALLEST.replace("recall.toml", "recalls.toml") + '[parties]\nfile = "x/parties.csv"\n'
    with pytest.raises(SourceUnavailableError) as raised:
        load(folder, text)
    message = str(raised.value)
    assert "names 2 files that are not there" in message
    assert "did you mean 'recall.toml'?" in message
    assert "there is no folder 'x'" in message


def test_pattern_that_finds_nothing_is_an_absent_file(folder):
    with pytest.raises(SourceUnavailableError, match=r"\*\.tsv"):
        load(folder, SMALLEST.replace("*.csv", "*.tsv"))


def test_log_that_is_not_there_yet_is_no_fault(folder):
    case = load(folder, SMALLEST + '[outreach]\nlog = "outreach.gpkg"\n')
    assert case.outreach.log is not None


def test_parameters_hold_no_path_of_the_machine(folder):
    (folder / "m.toml").write_text("")
    case = load(folder, SMALLEST + '[scoring]\nmodel = "m.toml"\n')
    assert str(folder) not in str(case.parameters())


def test_extent_file_is_relative_and_a_country_stays(folder):
    (folder / "a.gpkg").write_text("")
    (folder / "box.geojson").write_text("")
    text = SMALLEST + (
        '[layers]\nfiles = [{ file = "a.gpkg", extent = "LI" }, '
        '{ file = "a.gpkg", extent = "box.geojson" }]\n'
    )
    extents = [entry.extent for entry in load(folder, text).layers]
    assert extents[0] == "LI"
    assert extents[1].endswith("box.geojson")


def test_files_of_one_name_are_all_named_for_the_manifest(folder):
    (folder / "more").mkdir()
    (folder / "more/a.csv").write_text("")
    (folder / "box.geojson").write_text("")
    text = SMALLEST.replace('"registers/*.csv"', '"registers/a.csv", "more/a.csv"')
    text += '[layers]\nfiles = [{ file = "recall.toml", extent = "box.geojson" }]\n'
    files = load(folder, text).files
    assert len({path for name, path in files.items() if name.startswith("register 1: a.csv")}) == 2
    assert files["layer 1 extent"].name == "box.geojson"
