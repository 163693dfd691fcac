"""Reasons, explanations, questions, baselines, comparison."""

import warnings

import numpy as np
import pandas as pd
import pytest

from recallgeo.errors import PartialCoverageWarning, ScoringError
from recallgeo.scoring import compare_rankings, harm_index, rank_sites, verify_first

pytestmark = pytest.mark.filterwarnings("ignore::recallgeo.errors.PartialCoverageWarning")

AT_KINDERGARTEN = {
    "kindergarten_on_site_prob": 0.93,
    "kindergarten_within_50_prob": 0.97,
    "kindergarten_within_250_prob": 1.0,
    "kindergarten_nearest_m": 0.0,
    "kindergarten_nearest_name": "Kruununhaka",
}
IN_DOUBT = {
    "match_level": "street",
    "uncertainty_m": 430.0,
    "kindergarten_on_site_prob": 0.1,
    "kindergarten_nearest_m": 300.0,
}


def reason_of(exposed, model, site, *others):
    return rank_sites(exposed(site, *others), model).frame.loc["s1", "reason"]


def test_the_reason_says_what_who_and_how_surely(exposed, model):
    site = {
        **AT_KINDERGARTEN,
        "affected_units": 12,
        "check_units": 8,
        "support_status": "expired",
        "match_level": "street",
        "uncertainty_m": 430.0,
        "residents_250": 3123.0,
    }
    assert reason_of(exposed, model, site) == (
        "Tier 1: 12 affected units (8 more to check) that can catch fire; "
        "on the grounds of Kruununhaka (kindergarten) (P 0.93); 3,100 residents within 250 m; "
        "support expired; placed by street, within 430 m."
    )


def test_nothing_near_is_none_recorded_and_names_the_layers(exposed, model):
    reason = reason_of(exposed, model, {})
    assert "none recorded within 250 m in the layers of data centres, kindergartens" in reason


def test_a_layer_with_gaps_and_a_place_outside_a_layer_are_said(exposed, model):
    outside = {
        f"school_{name}": None
        for name in ("on_site_prob", "within_50_prob", "within_250_prob", "nearest_m")
    }
    site = {**outside, "school_seen": "outside", "data_centre_seen": "partial"}
    reason = reason_of(exposed, model, site, {})
    assert "none recorded within 250 m in the layers of kindergartens" in reason
    assert "none recorded within 250 m of data centres, whose layers may have gaps" in reason
    assert "schools not known here" in reason


def test_what_the_doubt_leaves_open_is_not_called_none_recorded(exposed, model):
    site = {**IN_DOUBT, "kindergarten_on_site_prob": 0.01}
    reason = reason_of(exposed, model, site)
    assert reason.startswith("Tier 3, but tier 1 cannot be ruled out: ")
    assert "a kindergarten 300 m from the point as placed, but may be nearer" in reason
    assert "none recorded" not in reason


def test_only_units_to_check_are_not_called_affected(exposed, model):
    reason = reason_of(exposed, model, {"affected_units": 0, "check_units": 1})
    assert "1 unit to check that can catch fire if affected" in reason


def test_a_site_known_by_its_area_says_so(exposed, model):
    site = {
        "point": False,
        "match_level": "locality",
        "premises_kind": "hospital",
        "premises_evidence": "industry_code",
    }
    reason = reason_of(exposed, model, site, {})
    assert "the customer's premises are a hospital (by industry code)" in reason
    assert "known only by its area (locality)" in reason
    assert "none recorded" not in reason


def test_a_reason_holds_no_customer(exposed, model):
    site = {**AT_KINDERGARTEN, "name": "Acme Oy", "address": "Mannerheimintie 1", "city": "Espoo"}
    ranking = rank_sites(exposed(site), model)
    assert not any(word in ranking.frame["reason"].iloc[0] for word in ("Acme", "Manner", "Espoo"))


def test_a_far_place_is_not_taken_for_the_customer_s_own_premises(exposed, model):
    site = {
        "premises_kind": "school",
        "school_nearest_m": 3000.0,
        "school_nearest_name": "Another school",
        "school_on_site_prob": 1.0,
        "school_within_50_prob": 1.0,
        "school_within_250_prob": 1.0,
    }
    reason = reason_of(exposed, model, site, {})
    assert "the customer's premises are a school" in reason
    assert "Another school" not in reason


def test_reasons_may_be_left_out(exposed, model):
    assert rank_sites(exposed({}), model, reasons=False).frame["reason"].tolist() == [""]


# explain


def test_explain_gives_rank_rule_parts_and_files(exposed, model):
    ranking = rank_sites(exposed(AT_KINDERGARTEN, {"support_status": None}), model)
    units = pd.DataFrame(
        {"site_id": ["s1", "s2", "s1"], "source_file": "reg.csv", "source_row": [7, 8, 2]},
        index=["u3", "u2", "u1"],
    )
    text = ranking.explain("s1", units=units)
    assert text.startswith("s1: rank 1 of 2\nTier 1: 1 affected unit")
    assert "very_vulnerable_on_site = 0.93, at worst 1" in text
    assert "2 rows of registers stand behind it:\n  u1: reg.csv, line 2\n  u3: reg.csv" in text
    assert "not known, taken as 0.7" in ranking.explain("s2")
    parts = [float(line.split()[0]) for line in text.splitlines() if " x weight " in line]
    assert sum(parts) == pytest.approx(ranking.frame.loc["s1", "score"], abs=1e-3)


def test_explain_says_what_cannot_be_ruled_out_and_how_likely(exposed, model):
    text = rank_sites(exposed(IN_DOUBT, {}), model).explain("s1")
    assert "Tier 1 cannot be ruled out" in text
    assert "chance about 0.10" in text


def test_explain_of_an_unknown_site_names_the_nearest(exposed, model):
    ranking = rank_sites(exposed({"site_id": "site-0001"}), model)
    with pytest.raises(ScoringError, match="did you mean 'site-0001'"):
        ranking.explain("site-001")


def test_the_summary_counts_tiers_and_names_absent_layers(exposed, model):
    ranking = rank_sites(exposed(AT_KINDERGARTEN, IN_DOUBT, {"point": False}), model)
    text = ranking.summary()
    assert "3 sites ranked by model default, 1 by area" in text
    assert "tier 1: 1 sites" in text
    assert "2 sites may belong to a more urgent tier" in text
    assert any("no layer holds: airport" in note for note in ranking.notes)
    assert "<pre>" in ranking._repr_html_()


# verify first


def test_verify_first_puts_the_worst_possible_tier_before_more_units(exposed, model):
    school = {"uncertainty_m": 430.0, "school_nearest_m": 300.0, "school_on_site_prob": 0.4}
    frame = exposed(
        {**school, "affected_units": 900},
        IN_DOUBT,
        {**IN_DOUBT, "affected_units": 5},
        {"check_units": 50},
        {"check_units": 60, "severity": 0.5},
        {},
    )
    questions = verify_first(rank_sites(frame, model))
    # tier 1 possible: chance 0.1 x 5 before 0.1 x 1; then tier 2; then 50 x 1.0 before 60 x 0.5
    assert questions.index.tolist() == ["s3", "s2", "s1", "s4", "s5"]
    assert questions["chance"].tolist()[:3] == pytest.approx([0.1, 0.1, 0.4])
    assert questions["check"].tolist() == ["address"] * 3 + ["serials"] * 2
    assert questions.loc["s4", "why"] == "50 units to check"


def test_verify_first_asks_both_where_both_are_open(exposed, model):
    ranking = rank_sites(exposed({**IN_DOUBT, "check_units": 1}, {}), model)
    questions = verify_first(ranking)
    assert questions["check"].tolist() == ["address; serials"]
    assert questions["why"].iloc[0].endswith("; 1 unit to check")


def test_an_unknown_chance_is_not_a_small_one(exposed, model):
    questions = verify_first(rank_sites(exposed({"point": False}, IN_DOUBT), model))
    assert questions["chance"].to_dict() == {"s1": 0.5, "s2": 0.1}


# baselines


def test_baselines_stand_beside_the_order(exposed, model):
    # 10 sites; one kindergarten with 1 unit, nine warehouses with 2 units each
    frame = exposed(AT_KINDERGARTEN, *[{"affected_units": 2, "site_id": f"w{n}"} for n in range(9)])
    ranking = rank_sites(frame, model)
    table = ranking.baselines
    harm = harm_index(frame)
    assert harm["w1"] == pytest.approx(2 * 0.02)
    share = harm["s1"] / harm.sum()
    assert table.loc["model", "first_10_percent"] == pytest.approx(share)
    assert table.loc["best_possible", "first_10_percent"] == pytest.approx(share)
    assert table.loc["most_units_first", "first_10_percent"] == pytest.approx(0.04 / harm.sum())
    assert table.index.tolist()[2] == "random_within_tier"


def test_baselines_of_nothing_are_missing(model):
    from recallgeo.frames import EXPOSED

    assert rank_sites(EXPOSED.empty(), model).baselines.isna().all(axis=None)


# comparison


def test_each_move_is_given_its_cause(exposed, model):
    old = rank_sites(exposed({}, {"affected_units": 3}, {}, {}, {"affected_units": 2}), model)
    moved = [{"affected_units": 9}, {"affected_units": 3}, {"residents_250": 9e3}]
    new = rank_sites(exposed(*moved, AT_KINDERGARTEN, {"site_id": "s9"}), model)
    table = compare_rankings(old, new)
    assert table.loc["s9", "change"] == "new"
    assert table.loc["s5", "change"] == "gone"
    assert table.loc["s1", "causes"] == "units"
    assert table.loc["s3", "causes"] == "population"
    assert table.loc["s4", "causes"] == "layers"
    assert table.loc["s4", ["change", "rank_new", "tier_new"]].tolist() == ["up", 1, 1]
    assert table.loc["s2", ["change", "causes"]].tolist() == ["down", "other sites"]
    assert table.index.tolist() == [*new.frame.index, "s5"]


def test_two_models_are_named_as_the_cause(exposed, model):
    frame = exposed({"affected_units": 50}, {"residents_250": 4e4})
    old = rank_sites(frame, model.with_weights(units=0.9))
    new = rank_sites(frame, model.with_weights(people=0.9))
    assert compare_rankings(old, new)["causes"].tolist() == ["weights", "weights"]


def test_nothing_moved_has_no_cause(exposed, model):
    ranking = rank_sites(exposed({}, AT_KINDERGARTEN), model)
    table = compare_rankings(ranking, ranking)
    assert set(table["change"]) == {"same"}
    assert table["causes"].isna().all()


def test_the_warning_is_the_only_one(exposed, model):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        rank_sites(exposed({"support_status": None, "contact_route": None}), model)
    assert [each.category for each in caught] == [PartialCoverageWarning]
    assert np.char.count(str(caught[0].message), "from ") == 2
