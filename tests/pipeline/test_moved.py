"""A recalled unit that only the channel knows reaches the plan."""

import pytest

from recallgeo.pipeline import run_incident

RECALL = """
[recall]
id = "R-1"
issued = 2022-06-01
version = 1
[[scope]]
id = "store"
hazard = "fire"
severity = { scheme = "CPSC", level = "A", source = "judgement" }
[[scope.rule]]
serial = "A1..A9"
"""
INCIDENT = """
[incident]
name = "moved"
as_of = 2022-06-30
[[register]]
files = ["units.csv"]
[recall]
file = "recall.toml"
[movements]
files = ["pos.csv"]
[scoring]
draws = 2
[outreach]
capacity_per_day = { call = 20 }
"""


# the unit that was sold on has no address, and no register states what is near
@pytest.mark.filterwarnings("ignore::recallgeo.errors.RecallGeoWarning")
def test_a_recalled_unit_known_from_movements_only_is_counted_and_planned(tmp_path):
    (tmp_path / "units.csv").write_text(
        "serial,customer,longitude,latitude,country\nA1,Nord,9.52,47.14,LI\n", encoding="utf-8"
    )
    (tmp_path / "pos.csv").write_text(
        "serial,kind,time,from_party,to_party\nA2,sold,2021-03-01,Shop,Clinic\n", encoding="utf-8"
    )
    (tmp_path / "recall.toml").write_text(RECALL, encoding="utf-8")
    (tmp_path / "incident.toml").write_text(INCIDENT, encoding="utf-8")
    run = run_incident(tmp_path / "incident.toml")
    assert run.scoped.set_index("serial")["verdict"].to_dict() == {
        "A1": "affected",
        "A2": "affected",
    }
    assert run.ledger.part("movements", "from_registers", "rows") == 1
    assert run.ledger.part("movements", "added_by_movements", "rows") == 1
    assert sorted(run.plan.frame["name"].str.split(",").str[0]) == ["Clinic", "Nord"]
