"""What people read is short, in words, and in rank order."""

from dataclasses import replace

import pandas as pd
import pytest

from recallgeo.errors import LedgerError
from recallgeo.export.readable import (
    MAX_FIELDS,
    describe_field,
    readable_sites,
    readable_units,
    sites_by_rank,
    units_with_sites,
)


def test_sites_without_a_point_come_last(run):
    assert sites_by_rank(run).index.tolist() == ["s1", "s2", "s3", "s5", "s4", "s6"]


def test_plan_that_lost_a_site_raises(run):
    lost = replace(run, plan=replace(run.plan, frame=run.plan.frame.iloc[1:]))
    with pytest.raises(LedgerError, match="5 sites, the ranking 6"):
        sites_by_rank(lost)


def test_surroundings_are_said_in_words(run):
    shown = readable_sites(run, sites_by_rank(run))
    assert shown["surroundings"].to_dict() | {"s4": None, "s6": None} == {
        "s1": "school 120 m",
        "s2": "school on the grounds",
        "s3": "hospital 213 m",
        "s5": "school 12.3 km",
        "s4": None,
        "s6": None,
    }
    assert shown["surroundings"].isna()[["s4", "s6"]].all()
    assert shown["not_covered"]["s4"] == "hospital; school"


def test_layers_have_at_most_thirty_fields_and_each_is_described(run):
    units = readable_units(run, units_with_sites(run))
    for shown in (readable_sites(run, sites_by_rank(run)), units):
        fields = [shown.index.name, *shown.columns.drop("geometry")]
        assert len(fields) <= MAX_FIELDS
        assert [name for name in fields if describe_field(name) is None] == []


def test_units_of_urgent_sites_come_first_and_homeless_ones_last(run):
    units = readable_units(run, units_with_sites(run))
    assert units.index.tolist() == ["a1", "a2", "a3", "a4", "a6", "a5", "a7", "a8", "a9"]
    assert units["tier"].isna().tolist() == [False] * 7 + [True] * 2


def test_numbers_are_rounded_for_reading_only(run):
    shown = readable_sites(run, sites_by_rank(run))
    assert shown["score"]["s1"] == 0.9123
    assert shown["uncertainty_m"]["s2"] == 1015.0
    assert shown["residents_250"]["s1"] == 1235.0
    assert run.plan.frame["score"]["s1"] == 0.91234567
    assert pd.isna(shown["uncertainty_m"]["s4"])
