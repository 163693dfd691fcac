import numpy as np

from recallgeo.report.packing import NO_NUMBER
from recallgeo.report.site_columns import SEEN, site_columns


def test_site_without_a_point_has_no_place_on_the_map(run):
    planned = run.plan.frame
    columns = site_columns(run, planned)
    turku = planned["city"].tolist().index("Turku")
    assert columns["x"][turku] == NO_NUMBER
    assert columns["rank"][turku] == NO_NUMBER
    assert (columns["x"] != NO_NUMBER).sum() == 4


def test_units_lead_back_to_file_and_line(run):
    columns = site_columns(run, run.plan.frame)
    lines = {
        serial: (file, line)
        for serial, file, line in zip(
            columns["unit_serial"], columns["unit_source_file"], columns["unit_line"], strict=True
        )
    }
    assert lines["SN-0000"] == ("register.csv", 2)
    assert lines["SN-0004"] == ("register.csv", 6)
    assert columns["unit_rows"].sum() == 5


def test_shares_sum_to_the_score(run):
    columns = site_columns(run, run.plan.frame)
    shares = sum(columns[name] / 10_000 for name in columns if name.startswith("share_"))
    assert np.allclose(shares, columns["score"], atol=0.001)


def test_school_by_a_site_counts_as_near_and_one_outside_the_extent_as_not_looked_at(run):
    planned = run.plan.frame
    columns = site_columns(run, planned)
    names = planned["name"].str.contains("Alpha").to_numpy()
    kinds = list(run.exposure.kinds)
    near = columns["near"].reshape(len(kinds), -1)[kinds.index("school")]
    assert near[names].tolist() == [1]
    seen = columns["seen"].reshape(len(kinds), -1)[kinds.index("school")]
    vaduz = (planned["city"] == "Vaduz").to_numpy()
    assert [SEEN[code] for code in seen[vaduz]] == ["outside"]


def test_columns_do_not_alter_the_plan(run):
    before = run.plan.frame.copy()
    site_columns(run, run.plan.frame)
    assert before.equals(run.plan.frame)


def test_no_sites_give_empty_columns(run):
    columns = site_columns(run, run.plan.frame.iloc[:0])
    assert {len(column) for column in columns.values()} == {0}
