"""The UK charge-point register, with the column map of FORMATS, through the whole line."""

import warnings
from pathlib import Path

import pandas as pd
import pytest

from recallgeo.errors import PartialCoverageWarning
from recallgeo.pipeline import run_incident

# one worker runs the line once
pytestmark = pytest.mark.xdist_group("uk")

COLUMNS = """
[read]
delimiter = ","
missing   = ["", "n/a", "0000-00-00 00:00:00"]
datetime  = "%Y-%m-%d %H:%M:%S"
duplicate_headers   = { connector3Validated = "last" }
rejoin_broken_lines = true

[columns]
serial       = "reference"
manufacturer = "deviceManufacturer"
model        = "deviceModel"
site_name    = "name"
premises     = "locationType"
customer     = "deviceOwnerName"
distributor  = { split = "deviceNetworks", sep = "," }
building     = ["buildingName", "subBuildingName"]
house_number = "buildingNumber"
city         = "town"
region       = "county"
street       = { join = ["thoroughfare", "street"], sep = ", " }
country      = { const = "GB" }

[[columns.components]]
repeat      = "1..8"
part_number = "connector{n}Type"
serial      = "connector{n}ID"

[values.premises]
"NHS property" = "hospital"
"Educational establishment" = "school"
"""
RECALL = """
[recall]
id = "UK-DRILL"
issued = 2022-06-01
version = 1
[[scope]]
id = "rapid"
hazard = "fire"
severity = { scheme = "CPSC", level = "A", source = "judgement" }
[[scope.rule]]
manufacturer = "DBT"
[[scope]]
id = "plug"
hazard = "shock"
severity = { scheme = "CPSC", level = "B", source = "judgement" }
[[scope.rule]]
manufacturer = "Chargemaster"
component = { part_number = "*Type G*" }
"""
INCIDENT = """
[incident]
name = "UK rapid chargers, drill"
as_of = 2022-06-30
mock = true
[[register]]
files = ["{register}"]
columns = "columns.toml"
[recall]
file = "recall.toml"
[population]
files = [{{ file = "{population}", values = "density_land" }}]
[scoring]
draws = 0
[outreach]
calendar = "GB-ENG"
start_on = 2022-07-04
"""


@pytest.fixture(scope="module")
def run(shared_data: Path, tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("uk")
    (folder / "columns.toml").write_text(COLUMNS)
    (folder / "recall.toml").write_text(RECALL)
    register = shared_data / "registers/uk-chargepoints-2022.csv"
    population = shared_data / "population/world-gpwv4-density-2020-15min.tif"
    text = INCIDENT.format(register=register.as_posix(), population=population.as_posix())
    (folder / "incident.toml").write_text(text)
    with warnings.catch_warnings():
        # the register has no support status, and no layer of places is given
        warnings.simplefilter("ignore", PartialCoverageWarning)
        return run_incident(folder / "incident.toml", out=folder / "out")


def test_two_records_broken_by_a_line_break_are_whole_again(run):
    # 3,968 records in the file, two of them halves of their neighbours
    rows = run.ledger.balance("read_register", "rows")
    assert rows.total == 3966
    assert rows.parts["set_aside"] == 0


def test_units_of_a_make_are_affected_and_units_without_a_make_are_checked(run):
    made_by = run.scoped["manufacturer"]
    rapid = run.scoped["scope_ids"].fillna("").str.contains("rapid")
    assert rapid[made_by == "DBT"].all()
    assert (run.scoped.loc[made_by == "DBT", "verdict"] == "affected").all()
    assert (run.scoped.loc[made_by.isna(), "verdict"] == "check_needed").all()
    assert (run.scoped.loc[made_by == "APT", "verdict"] == "not_affected").all()


def test_declared_premises_are_kept_as_the_customer_declared_them(run):
    kinds = run.sites["premises_kind"].value_counts()
    assert kinds["hospital"] > 10
    assert kinds["school"] > 10
    assert (run.sites.loc[run.sites["premises_kind"].notna(), "premises_evidence"].notna()).all()


def test_bad_coordinates_are_flagged_or_repaired_never_taken(run):
    placed = run.located[run.located["geometry"].notna()]
    outside = (placed.geometry.x < -9) | (placed.geometry.x > 2.5) | (placed.geometry.y < 49)
    assert not outside.any()


def test_units_are_conserved_from_the_register_to_the_plan(run):
    ledger = run.ledger
    in_scope = ledger.balance("resolve_sites").total
    assert in_scope == ledger.part("match_recall", "affected") + ledger.part(
        "match_recall", "check_needed"
    )
    housed = ledger.balance("plan_outreach").total
    homeless = ledger.balance("ask_partners").total
    assert housed + homeless == in_scope


def test_first_day_is_a_working_day_in_england(run):
    assert run.plan.frame["due_on"].min() == "2022-07-04"
    assert not pd.to_datetime(run.plan.frame["due_on"].dropna()).dt.day_of_week.isin([5, 6]).any()


def test_hospital_premises_with_an_affected_unit_are_in_the_first_wave(run):
    planned = run.plan.frame
    urgent = (planned["premises_kind"] == "hospital") & (planned["affected_units"] > 0)
    urgent &= planned["severity"] >= 1
    assert urgent.any()
    assert (planned.loc[urgent, "wave"] == 1).all()
