"""The whole line on Liechtenstein, against values that were computed apart.

The distances and counts come from osmium-tool's own geometries (`osmium tags-filter`, then
`osmium export`) measured in the Swiss plane EPSG:2056, each address against each school. The
residents come from a 5 m grid in that plane, each point weighted with the density of its raster
cell. Neither uses recallgeo.
"""

import json

import pandas as pd
import pytest

from recallgeo.frames import LOCATED, PLANNED, SCOPED
from recallgeo.ledger import count_units

# one worker runs the line once
pytestmark = pytest.mark.xdist_group("liechtenstein")

# serial: (school_nearest_m, nearest's name, schools within 1 km, 3 km, hospital_nearest_m,
#          residents within 1 km, 3 km)
APART = {
    "LI0000": (0.0, "formatio Privatschule", 3, 4, 2982.80, 496.0, 4035.8),
    "LI0001": (18.15, "Primarschule Triesen", 3, 4, 3230.45, 499.3, 4056.4),
    "LI0002": (192.82, "Primarschule Triesenberg", 1, 4, 2885.24, 312.3, 3747.7),
    "LI0003": (448.45, "Primarschule Triesenberg", 1, 4, 3089.50, 328.4, 3790.6),
    "LI0004": (3803.74, "Weiterführende Schule Triesen", 0, 0, 6975.02, 646.6, 4202.3),
}


def site_of(run, serial):
    asset = run.located.index[run.located["serial"] == serial][0]
    return run.plan.frame.loc[run.unit_sites.loc[asset, "site_id"]]


@pytest.mark.parametrize("serial", sorted(APART))
def test_measures_of_a_site_equal_those_computed_apart(liechtenstein, serial):
    school_m, name, within_1, within_3, hospital_m, people_1, people_3 = APART[serial]
    site = site_of(liechtenstein.run, serial)
    # the Swiss plane stretches lengths here by less than 1 in 5,000
    assert site["school_nearest_m"] == pytest.approx(school_m, rel=2e-4, abs=0.05)
    assert site["school_nearest_name"] == name
    assert site["school_count_1000"] == within_1
    assert site["school_count_3000"] == within_3
    assert site["hospital_nearest_m"] == pytest.approx(hospital_m, rel=2e-4)
    assert site["residents_1000"] == pytest.approx(people_1, rel=0.005)
    assert site["residents_3000"] == pytest.approx(people_3, rel=0.005)


def test_every_row_and_unit_ends_in_one_place(liechtenstein):
    ledger = liechtenstein.run.ledger
    assert ledger.balance("read_register", "rows").parts == {"kept": 320, "set_aside": 0}
    assert ledger.balance("match_recall").parts == {
        "affected": 198,
        "check_needed": 2,
        "not_affected": 120,
    }
    assert ledger.unaccounted == {"LI": 102}
    placed = ledger.balance("resolve_sites").parts
    assert placed["placed_address"] == 198
    assert placed["area_only"] == 2


def test_missing_serial_or_model_is_to_be_checked(liechtenstein):
    scoped = liechtenstein.run.scoped
    check = scoped[scoped["verdict"] == "check_needed"]
    assert set(check["customer"]) == {"Customer 010", "Customer 011"}
    assert check["verdict_reason"].str.contains("serial|model").all()


def test_bad_cell_is_kept_and_named(liechtenstein):
    line = liechtenstein.run.set_aside.query("value == 'actve'").iloc[0]
    assert line["column"] == "support_status"
    assert bool(line["kept"])
    assert line["source_row"] == 16


def test_unknown_street_and_city_only_have_no_point_but_a_wave(liechtenstein):
    for serial in ("LI0012", "LI0013"):
        site = site_of(liechtenstein.run, serial)
        assert site["geometry"] is None
        assert pd.isna(site["rank"])
        assert site["wave"] >= 1


def test_site_on_school_grounds_leads(liechtenstein):
    planned = liechtenstein.run.plan.frame
    on_grounds = planned["school_on_site_prob"] >= 0.5
    assert planned[on_grounds]["tier"].max() < planned[~on_grounds]["tier"].max()
    assert "formatio Privatschule" in site_of(liechtenstein.run, "LI0000")["reason"]


def test_contributions_sum_to_the_score(liechtenstein):
    frame = liechtenstein.run.ranking.frame
    parts = frame.filter(regex="^contribution_")
    assert (parts.sum(axis=1) - frame["score"]).abs().max() < 1e-12


def test_tables_of_the_run_keep_their_contracts(liechtenstein):
    run = liechtenstein.run
    SCOPED.validate(run.scoped)
    LOCATED.validate(run.located)
    PLANNED.validate(run.plan.frame)


def test_every_file_of_the_design_is_there_and_hashed(liechtenstein):
    manifest = json.loads((liechtenstein.out / "manifest.json").read_text("utf-8"))
    promised = {
        *("sites.geojson", "sites.parquet", "exposure.parquet", "incident.gpkg", "assets.parquet"),
        *("not_affected.parquet", "check_needed.csv", "unplaced.csv", "verify_first.csv"),
        *("outreach.csv", "set_aside.csv", "ledger.json", "quality.csv", "briefing.html"),
        "map.png",
    }
    assert promised <= set(manifest["outputs"])
    assert (liechtenstein.out / "outreach.gpkg").exists()
    assert "outreach.gpkg" not in manifest["outputs"]


def test_no_path_of_the_machine_stands_in_any_text_output(liechtenstein):
    folder = str(liechtenstein.incident.parent)
    for path in liechtenstein.out.rglob("*"):
        if path.suffix in {".json", ".csv", ".html", ".geojson"}:
            assert folder not in path.read_text("utf-8"), path.name


def test_units_of_the_sites_are_the_units_in_scope(liechtenstein):
    run = liechtenstein.run
    assert int(run.sites[["affected_units", "check_units"]].sum().sum()) == count_units(run.located)
