"""The long table holds every number of the wide one."""

import pandas as pd

from recallgeo.export.exposure_table import long_exposure


def test_one_row_a_site_kind_and_radius(run):
    table = long_exposure(run.plan.frame)
    sites = len(run.plan.frame)
    assert len(table) == sites * (2 + 1 + 1)  # school at two radii, hospital, residents
    first = table[table["site_id"] == "s1"]
    assert first["kind"].tolist() == ["hospital", "residents", "school", "school"]
    assert first["radius_m"].tolist() == [pd.NA, 250, 50, 250]


def test_numbers_and_missing_values_are_kept(run):
    table = long_exposure(run.plan.frame).set_index(["site_id", "kind", "radius_m"])
    school = table.loc[("s2", "school", 250)]
    assert (school["count"], school["expected"], school["within_prob"]) == (2, 1.6, 1.0)
    assert (school["nearest_m"], school["nearest_id"], school["seen"]) == (0.0, "p2", "complete")
    assert table.loc[("s1", "residents", 250), "people"] == 1234.56
    assert pd.isna(table.loc[("s6", "school", 250), "count"])
    assert pd.isna(table.loc[("s6", "residents", 250), "people"])


def test_table_without_measures_is_empty_with_all_columns():
    table = long_exposure(pd.DataFrame(index=pd.Index(["s1"], name="site_id", dtype="str")))
    assert len(table) == 0
    assert {"site_id", "kind", "radius_m", "count", "people"} <= set(table.columns)


def test_kind_whose_name_starts_like_another_is_not_mixed_up():
    wide = pd.DataFrame(
        {
            "school_nearest_m": [1.0],
            "school_count_50": [1],
            "school_bus_nearest_m": [2.0],
            "school_bus_count_50": [5],
        },
        index=pd.Index(["s1"], name="site_id"),
    )
    table = long_exposure(wide)
    assert table[["kind", "count"]].to_numpy().tolist() == [["school", 1], ["school_bus", 5]]
