"""Whatever the register holds, every row and unit ends in exactly one place."""

import csv
import tempfile
import warnings
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from recallgeo.errors import RecallGeoWarning
from recallgeo.incident import load_incident
from recallgeo.pipeline.line import work_incident

INCIDENT = """
[incident]
name = "any"
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
id = "R"
issued = 2022-06-01
version = 1
[[scope]]
id = "main"
hazard = "fire"
[[scope.rule]]
serial = "A000..A499"
model = "M1, M2"
"""
HEADERS = (
    *("serial", "model", "quantity", "customer", "street", "city", "country", "longitude"),
    *("latitude", "built", "reseller"),
)
CELLS = st.tuples(
    st.sampled_from(["A001", "A001", "A002", "A499", "A500", "AO01", "", "n/a", "B7", "=1+1"]),
    st.sampled_from(["M1", "M2", "m1", "", "X", "M\u202e1"]),
    st.sampled_from(["", "1", "6", "-5", "many", "0", "1,000"]),
    st.sampled_from(["", "Klinik", "Schule", "Kauppa Oy", "<b>&"]),
    st.sampled_from(["", "Städtle 1", "PO Box 7"]),
    st.sampled_from(["", "Vaduz", "Springfield", "Nowhere"]),
    st.sampled_from(["LI", "US", "", "Narnia", "Liechtenstein"]),
    st.sampled_from(["", "9.52", "47.14", "0", "999", "text", "9,52"]),
    st.sampled_from(["", "47.14", "9.52", "0", "91", "47,14"]),
    st.sampled_from(["", "2020", "31.02.2019", "2020-11-05"]),
    st.sampled_from(["", "Kauppa Oy"]),
)
# one serial at two places, with a quantity: the losing place is warned with all of its units
HERE = ("A001", "M1", "6", "Klinik", "", "Vaduz", "LI", "9.52", "47.14", "", "")
THERE = ("A001", "M1", "6", "Klinik", "", "Springfield", "US", "-93.3", "37.2", "", "")


@example([HERE, THERE])
@example([THERE, HERE])
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(CELLS, min_size=1, max_size=12))
def test_rows_and_units_are_conserved_through_the_whole_line(rows):
    # at least one row that is surely a unit, so that the register is not empty
    table = [*rows, ("A100", "M1", "", "Klinik", "", "Vaduz", "LI", "9.5215", "47.1410", "", "")]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with (folder / "register.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([HEADERS, *table])
        (folder / "recall.toml").write_text(RECALL)
        (folder / "incident.toml").write_text(INCIDENT)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RecallGeoWarning)
            run = work_incident(load_incident(folder / "incident.toml"))
    ledger = run.ledger
    assert ledger.balance("read_register", "rows").total == len(table)
    assert len(run.scoped) == ledger.balance("match_recall", "rows").total
    # a unit in scope is at a site, in a question, or listed: counted from the tables themselves
    at_sites = run.unit_sites["site_id"].notna()
    units = run.located["quantity"].fillna(1)
    asked = run.plan.questions["subject"].isin(["end_user_unknown", "place_unknown"])
    elsewhere = run.plan.questions.loc[asked, "units"].sum() + run.plan.unplanned["units"].sum()
    assert int(units[at_sites].sum() + elsewhere) == int(units.sum())
    assert set(run.unit_sites["site_id"].dropna()) <= set(run.plan.frame.index)
    # no cell that looks like a recalled unit ends as not affected
    serial, model = run.scoped["serial"], run.scoped["model"]
    surely = serial.isin(["A001", "A002", "A100", "A499"]) & model.isin(["M1", "M2", "m1"])
    assert (run.scoped.loc[surely, "verdict"] == "affected").all()
    doubtful = serial.isna() & (model.isna() | model.isin(["M1", "M2", "m1"]))
    assert (run.scoped.loc[doubtful, "verdict"] == "check_needed").all()
