"""The command line: exit codes, messages without tracebacks, silence where asked."""

import pytest

from recallgeo import __version__
from recallgeo.cli import main

INCIDENT = """
[incident]
name = "drill"
as_of = 2022-06-30
[[register]]
files = ["register.csv"]
[recall]
file = "recall.toml"
[scoring]
draws = 0
"""
RECALL = """
[recall]
id = "R-1"
issued = 2022-06-01
version = 1
[[scope]]
id = "main"
hazard = "fire"
[[scope.rule]]
serial = "A000..A499"
"""
REGISTER = """serial,model,customer,city,country,longitude,latitude,contact_phone
A001,M,Customer One,Vaduz,LI,9.5215,47.1410,+423 555
A002,M,Customer Two,Vaduz,LI,,,
A900,M,Customer Three,Vaduz,LI,9.5216,47.1411,
"""


@pytest.fixture
def incident(tmp_path):
    (tmp_path / "incident.toml").write_text(INCIDENT)
    (tmp_path / "recall.toml").write_text(RECALL)
    (tmp_path / "register.csv").write_text(REGISTER)
    return tmp_path / "incident.toml"


def run(capsys, *arguments):
    with pytest.raises(SystemExit) as left:
        main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return left.value.code or 0, captured.out, captured.err


@pytest.fixture
def finished(incident, capsys):
    out = incident.parent / "out"
    code, _, err = run(capsys, "run", incident, "--out", out, "--quiet")
    assert code == 0, err
    return out


def test_version_is_said(capsys):
    assert run(capsys, "--version")[:2] == (0, f"recallgeo {__version__}\n")


def test_no_command_shows_the_help(capsys):
    code, out, err = run(capsys)
    assert code == 2
    assert "lookup" in out + err


def test_run_gives_its_answer_on_standard_output_and_nothing_else_on_error(incident, capsys):
    code, out, err = run(capsys, "run", incident, "--out", incident.parent / "out")
    assert code == 0
    assert "2 units are affected" in out
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("recall.toml", "recal.toml"), "did you mean 'recall.toml'?"),
        (("as_of", "asof"), "did you mean 'as_of'?"),
        (("[scoring]", "[scorings]"), "did you mean 'scoring'?"),
        (('"register.csv"', '"registers.csv"'), "did you mean 'register.csv'?"),
    ],
)
def test_wrong_incident_is_one_message_and_exit_code_2(incident, capsys, change, words):
    incident.write_text(INCIDENT.replace(*change))
    out = incident.parent / "out"
    code, _, err = run(capsys, "run", incident, "--out", out)
    assert code == 2
    assert words in err
    assert "Traceback" not in err
    assert not out.exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "register.csv"),
        ("serial,model\n", "holds no record"),
        ("colour,size\nred,1\n", "name the columns in a columns.toml"),
    ],
)
def test_register_without_units_is_exit_code_2(incident, capsys, text, words):
    (incident.parent / "register.csv").write_text(text)
    code, _, err = run(capsys, "run", incident, "--out", incident.parent / "out")
    assert code == 2, err
    assert words in err


def test_layer_without_crs_is_exit_code_2(incident, capsys):
    import geopandas as gpd

    layer = gpd.GeoDataFrame(geometry=gpd.points_from_xy([757_000], [220_000]))
    layer.to_file(incident.parent / "schools.gpkg")
    incident.write_text(INCIDENT + '[layers]\nfiles = [{ file = "schools.gpkg", kind = "school" }]')
    code, _, err = run(capsys, "run", incident, "--out", incident.parent / "out")
    assert code == 2
    assert "CRS" in err


def test_draft_rule_is_refused(incident, capsys):
    (incident.parent / "recall.toml").write_text(RECALL + "confirmed = false\n")
    code, _, err = run(capsys, "run", incident, "--out", incident.parent / "out")
    assert code == 2
    assert "unconfirmed" in err


def test_failed_run_leaves_the_previous_output_intact(incident, finished, capsys):
    before = {path: path.read_bytes() for path in finished.iterdir() if path.is_file()}
    (incident.parent / "register.csv").write_text("serial\n")
    assert run(capsys, "run", incident, "--out", finished)[0] == 2
    assert before == {path: path.read_bytes() for path in finished.iterdir() if path.is_file()}


def test_debug_shows_the_traceback(incident):
    incident.write_text("not toml at all")
    with pytest.raises(Exception, match="not TOML"):
        main(["run", str(incident), "--out", str(incident.parent / "out"), "--debug"])


def test_lookup_answers_by_serial_customer_and_address(finished, capsys):
    code, out, _ = run(capsys, "lookup", "a001", "--in", finished)
    assert code == 0
    assert "affected" in out
    assert "scope main, rule 1" in out
    assert "wave" in out
    assert "Customer Two" in run(capsys, "lookup", "customer two", "--in", finished)[1]
    assert "3 units" in run(capsys, "lookup", "vaduz", "--in", finished)[1]


def test_lookup_of_an_unaffected_unit_says_so(finished, capsys):
    assert "not affected" in run(capsys, "lookup", "A900", "--in", finished)[1]


def test_lookup_of_a_misread_serial_names_look_alikes(finished, capsys):
    out = run(capsys, "lookup", "AO01", "--in", finished)[1]
    assert "not in any register" in out
    assert "A001" in out


def test_lookup_without_a_run_is_exit_code_2(tmp_path, capsys):
    code, _, err = run(capsys, "lookup", "A001", "--in", tmp_path)
    assert code == 2
    assert "--in" in err


def test_check_says_what_will_never_match(incident, capsys):
    (incident.parent / "recall.toml").write_text(RECALL.replace("A000..A499", "B0000..B0499"))
    code, out, _ = run(capsys, "check", incident)
    assert code == 0
    assert "matches no unit" in out
    assert "the register holds A000" in out
    assert "no address index" in out


def test_init_writes_skeletons_that_load(tmp_path, capsys):
    folder = tmp_path / "new"
    (tmp_path / "register.csv").write_text(REGISTER.replace("serial", "Serial No"))
    code, out, _ = run(capsys, "init", folder, "--register", tmp_path / "register.csv")
    assert code == 0
    assert len(out.split()) == 4
    assert '= "Serial No"' in (folder / "columns.toml").read_text()
    code, out, err = run(capsys, "check", folder / "incident.toml")
    assert code == 0, err
    assert "matches no unit" in out


def test_init_never_overwrites(tmp_path, capsys):
    (tmp_path / "recall.toml").write_text("mine")
    code, _, err = run(capsys, "init", tmp_path)
    assert code == 2
    assert "recall.toml" in err
    assert (tmp_path / "recall.toml").read_text() == "mine"
    assert not (tmp_path / "incident.toml").exists()


def test_lookup_never_calls_an_unknown_unit_safe(finished, capsys):
    out = run(capsys, "lookup", "Z999", "--in", finished)[1]
    assert "not in any register" in out
    assert "no all-clear" in out
    assert "R-1" in out


def test_lookup_finds_a_serial_in_a_row_that_was_set_aside(incident, capsys):
    register = incident.parent / "register.csv"
    register.write_text(REGISTER + "A005,M,Long,Vaduz,LI,9.5,47.1,+423,extra,extra2\n")
    out = incident.parent / "out"
    assert run(capsys, "run", incident, "--out", out, "--quiet")[0] == 0
    told = run(capsys, "lookup", "A005", "--in", out)[1]
    assert "not in any register" not in told


def test_unknown_calendar_is_found_before_the_work(incident, capsys):
    incident.write_text(INCIDENT + '[outreach]\ncalendar = "XX"\n')
    (incident.parent / "register.csv").write_text("")
    code, _, err = run(capsys, "run", incident, "--out", incident.parent / "out")
    assert code == 2
    assert "calendar 'XX'" in err
