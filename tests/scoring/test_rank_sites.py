"""Tiers, order, contributions, ties, missing values."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recallgeo.errors import PartialCoverageWarning, SchemaError, ScoringError
from recallgeo.frames import EXPOSED, RANKED
from recallgeo.scoring import Criterion, ScoreModel, rank_sites

AT_KINDERGARTEN = {"kindergarten_on_site_prob": 0.93, "kindergarten_nearest_m": 0.0}
AT_SCHOOL = {"school_on_site_prob": 0.9, "school_nearest_m": 5.0}

SITES = st.fixed_dictionaries(
    {
        "affected_units": st.integers(0, 300),
        "check_units": st.integers(0, 20),
        "hazard": st.sampled_from(["fire", "shock", "toxic"]),
        "severity": st.sampled_from([0.1, 0.4, 0.7, 1.0, None]),
        "incident_reported": st.sampled_from([True, False, None]),
        "support_status": st.sampled_from(["active", "expired", None]),
        "contact_route": st.sampled_from(["direct", "none", None]),
        "uncertainty_m": st.sampled_from([0.0, 10.0, 400.0, 9000.0]),
        "school_on_site_prob": st.sampled_from([0.0, 0.3, 0.6, 1.0, None]),
        "school_within_50_prob": st.sampled_from([0.0, 0.3, 1.0]),
        "school_within_250_prob": st.sampled_from([0.0, 0.7, 1.0]),
        "school_nearest_m": st.sampled_from([0.0, 60.0, 300.0, 20_000.0]),
        "residents_250": st.sampled_from([0.0, 12.5, 5e4, None]),
        "premises_kind": st.sampled_from([None, None, "hospital", "data_centre"]),
        "point": st.sampled_from([True, True, True, False]),
    }
)


def rank(frame, model, **options):
    """Rank; that some criteria have no data in these small tables is no news."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PartialCoverageWarning)
        return rank_sites(frame, model, **options)


def tiers(frame, model):
    ranked = rank(frame, model, reasons=False).frame.sort_index()
    return list(zip(ranked["tier"].tolist(), ranked["tier_worst"].tolist(), strict=True))


# tiers


def test_an_accident_puts_a_site_in_tier_0(exposed, model):
    assert tiers(exposed({"incident_reported": True}, {}), model) == [(0, 0), (3, 3)]


def test_a_kindergarten_is_tier_1_only_with_a_serious_hazard(exposed, model):
    frame = exposed(AT_KINDERGARTEN, {**AT_KINDERGARTEN, "severity": 0.59})
    assert tiers(frame, model) == [(1, 1), (2, 2)]


def test_a_school_is_tier_2(exposed, model):
    assert tiers(exposed(AT_SCHOOL), model) == [(2, 2)]


def test_a_school_within_the_harm_radius_is_tier_2(exposed, model):
    near = {"school_within_50_prob": 0.8, "school_nearest_m": 200.0}
    assert tiers(exposed(near), model) == [(2, 2)]


def test_a_school_beyond_the_harm_radius_is_not(exposed, model):
    near = {"school_within_250_prob": 1.0, "school_nearest_m": 200.0}
    assert tiers(exposed(near), model) == [(3, 3)]


def test_each_site_is_judged_by_its_own_hazard(exposed, model):
    # 200 m from a school: within reach of gas (250 m), not of fire (50 m)
    near = {
        "school_within_50_prob": 0.0,
        "school_within_250_prob": 1.0,
        "school_within_1000_prob": 1.0,
        "school_nearest_m": 200.0,
    }
    frame = exposed({**near, "hazard": "fire"}, {**near, "hazard": "smoke_gas"})
    assert tiers(frame, model) == [(3, 3), (2, 2)]


def test_premises_known_from_the_customer_s_trade_count_as_certain(exposed, model):
    # no layer holds hospitals
    frame = exposed({"premises_kind": "hospital"}, {"premises_kind": "data_centre"})
    assert tiers(frame, model) == [(1, 1), (2, 2)]


def test_premises_count_without_a_point(exposed, model):
    ranked = rank(exposed({"premises_kind": "hospital", "point": False}), model).frame
    assert ranked["tier"].tolist() == [1]
    assert ranked["rank"].isna().all()


def test_a_kindergarten_within_the_doubt_shows_as_the_worst_tier(exposed, model):
    doubtful = {
        "uncertainty_m": 430.0,
        "kindergarten_nearest_m": 400.0,
        "kindergarten_on_site_prob": 0.02,
    }
    assert tiers(exposed(doubtful, {**doubtful, "uncertainty_m": 100.0}), model) == [(3, 1), (3, 3)]


def test_the_customer_s_own_premises_are_at_no_distance(exposed, model):
    school = {f"school_within_{radius}_prob": 1.0 for radius in (50, 250)}
    by_trade = {**school, "premises_kind": "school", "school_nearest_m": 3000.0}
    on_map = {**school, "school_nearest_m": 0.0}
    shares = rank(exposed({**by_trade, "school_on_site_prob": 1.0}, on_map, {}), model)
    assert shares.contributions["nearby"]["s1"] == shares.contributions["nearby"]["s2"] > 0


def test_a_missing_severity_is_the_hazard_s_own(exposed, model):
    # contamination 0.9, data loss 0.3 in data/reference/hazards.toml
    base = {**AT_KINDERGARTEN, "severity": None, "kindergarten_within_1000_prob": 1.0}
    frame = exposed({**base, "hazard": "contamination"}, {**base, "hazard": "data_loss"})
    assert tiers(frame, model) == [(1, 1), (2, 2)]


def test_without_hazard_and_severity_the_worst_is_open(exposed, model):
    unknown = {**AT_KINDERGARTEN, "severity": None, "hazard": None}
    assert tiers(exposed(unknown, {}), model) == [(2, 1), (3, 3)]


def test_without_a_point_the_worst_is_what_any_place_could_make_it(exposed, model):
    frame = exposed({"point": False}, {"point": False, "severity": 0.3}, {})
    assert tiers(frame, model) == [(3, 1), (3, 2), (3, 3)]


def test_a_gap_of_a_layer_is_neither_danger_nor_safety(exposed, model):
    gap = {f"kindergarten_{name}": None for name in ("on_site_prob", "nearest_m")}
    gap |= {f"kindergarten_within_{radius}_prob": None for radius in (50, 250)}
    assert tiers(exposed({**gap, "kindergarten_seen": "outside"}, {}), model) == [(3, 3), (3, 3)]


@settings(max_examples=30, deadline=None)
@given(
    nearest=st.floats(0, 2000),
    radii=st.lists(st.floats(0, 5000), min_size=2, max_size=6),
    chance=st.floats(0, 1),
    kind=st.sampled_from(["kindergarten", "school", "data_centre"]),
)
def test_widening_a_radius_never_makes_the_worst_tier_later(
    exposed, model, nearest, radii, chance, kind
):
    sites = []
    for radius in sorted(radii):
        # a place outside the 95 % disk holds at most the other 5 %
        top = 1.0 if nearest <= radius else 0.05
        sites.append(
            {
                "uncertainty_m": radius,
                f"{kind}_nearest_m": nearest,
                f"{kind}_on_site_prob": chance * top,
                f"{kind}_within_50_prob": chance * top,
            }
        )
    worst = [pair[1] for pair in tiers(exposed(*sites), model)]
    assert worst == sorted(worst, reverse=True)


# order


def test_tiers_come_before_any_score(exposed, model):
    many = {"affected_units": 5000, "support_status": "none", "contact_route": "none"}
    ranked = rank(exposed(many, {**AT_KINDERGARTEN, "affected_units": 1}), model).frame
    assert ranked.index.tolist() == ["s2", "s1"]
    assert ranked["rank"].tolist() == [1, 2]


def test_a_score_worked_out_by_hand(exposed):
    linear = {"transform": "linear", "source": "judgement"}
    model = ScoreModel(
        name="hand",
        tiers=ScoreModel.preset().tiers,
        criteria=(
            Criterion(name="severity", column="severity", weight=3, bounds=(0.0, 1.0), **linear),
            Criterion(name="units", column="units", weight=1, bounds=(0.0, 10.0), **linear),
        ),
    )
    ranking = rank_sites(exposed({"severity": 0.4, "affected_units": 5}, {}), model)
    # 0.75 x 0.4 + 0.25 x 5/10
    assert ranking.frame.loc["s1", "score"] == pytest.approx(0.425, abs=1e-12)
    assert ranking.contributions.loc["s1"].tolist() == pytest.approx([0.3, 0.125])


def test_ties_go_by_site_id_and_share_a_group(exposed, model):
    frame = exposed({"site_id": "b"}, {"site_id": "a"}, {"site_id": "c", "affected_units": 9})
    ranked = rank(frame, model).frame
    assert ranked.index.tolist() == ["c", "a", "b"]
    assert ranked["tie_group"].tolist() == [1, 2, 2]
    assert ranked["rank"].tolist() == [1, 2, 3]


def test_sites_without_a_point_follow_in_the_order_of_what_needs_no_place(exposed, model):
    few, many = {"point": False}, {"point": False, "affected_units": 50}
    accident = {"point": False, "incident_reported": True}
    ranked = rank(exposed(few, many, accident, {}), model).frame
    assert ranked.index.tolist() == ["s4", "s3", "s2", "s1"]
    assert ranked["rank"].tolist()[:1] == [1]
    assert ranked["rank"].isna().tolist() == [False, True, True, True]


@settings(max_examples=25, deadline=None)
@given(st.lists(SITES, min_size=2, max_size=12), st.randoms(use_true_random=False))
def test_leaving_sites_out_or_shuffling_never_reorders_the_others(exposed, model, sites, random):
    frame = exposed(*sites)
    whole = rank(frame, model, reasons=False).frame
    some = random.sample(list(frame.index), k=random.randint(1, len(frame)))
    part = rank(frame.loc[some], model, reasons=False).frame
    assert part.index.tolist() == [label for label in whole.index if label in set(some)]
    assert (part["tier_worst"] == whole.loc[part.index, "tier_worst"]).all()


@settings(max_examples=25, deadline=None)
@given(st.lists(SITES, min_size=1, max_size=12))
def test_contributions_sum_to_the_score_and_the_contract_holds(exposed, model, sites):
    frame = exposed(*sites)
    before = frame.copy()
    ranking = rank(frame, model)
    pd.testing.assert_frame_equal(frame, before)
    RANKED.validate(ranking.frame)
    ranked = ranking.frame
    gap = (ranking.contributions.sum(axis=1) - ranked["score"]).abs()
    assert gap.max() <= 1e-12
    assert ranked["score"].between(0, 1 + 1e-12).all()
    assert (ranked["tier_worst"] <= ranked["tier"]).all()
    for _, group in ranked.groupby([ranked["rank"].isna(), "tier"]):
        assert group["score"].is_monotonic_decreasing
    assert sorted(ranked.index) == sorted(frame.index)


BETTER_EVIDENCE = st.sampled_from(
    [
        {"affected_units": 400},
        {"severity": 1.0},
        {"incident_reported": True},
        {"support_status": "expired"},
        {"contact_route": "none"},
        {"school_on_site_prob": 1.0},
        {"school_within_50_prob": 1.0},
        {"school_within_250_prob": 1.0, "school_nearest_m": 0.0},
        {"residents_250": 1e6},
        {"premises_kind": "hospital"},
        {"check_units": 30},
    ]
)


@settings(max_examples=30, deadline=None)
@given(st.lists(SITES, min_size=2, max_size=8), BETTER_EVIDENCE)
def test_better_evidence_of_danger_never_lowers_a_site(exposed, model, sites, evidence):
    first = {**sites[0], "point": True}
    before = rank(exposed(first, *sites[1:]), model, reasons=False).frame
    after = rank(exposed({**first, **evidence}, *sites[1:]), model, reasons=False).frame
    assert after.loc["s1", "rank"] <= before.loc["s1", "rank"]
    assert after.loc["s1", "tier_worst"] <= before.loc["s1", "tier_worst"]


def test_units_to_check_count_in_full(exposed, model):
    frame = exposed({"affected_units": 3, "check_units": 7}, {"affected_units": 10}, {})
    ranked = rank(frame, model).frame
    assert ranked["tie_group"].tolist() == [1, 1, 2]


# what is dropped


def test_a_criterion_that_is_the_same_for_all_is_dropped_and_said(exposed, model):
    ranking = rank(exposed({"affected_units": 5}, {}), model)
    causes = {each.criterion: each.cause for each in ranking.dropped}
    assert causes["severity"] == "same for all"
    assert "contribution_severity" not in ranking.frame.columns
    assert ranking.frame["contribution_units"].tolist() == pytest.approx(ranking.frame["score"])
    assert "severity of the hazard is the same at every site" in ranking.summary()


def test_a_criterion_without_data_is_dropped_with_a_warning(exposed, model):
    frame = exposed({"affected_units": 5, "support_status": None}, {"support_status": None})
    with pytest.warns(PartialCoverageWarning, match=r"support \(from support_status\)"):
        ranking = rank_sites(frame, model)
    assert ("support", "no data") in {(each.criterion, each.cause) for each in ranking.dropped}


def test_one_site_alone_keeps_its_criteria(exposed, model):
    ranking = rank(exposed({}), model)
    assert ranking.frame["score"].iloc[0] > 0
    assert not [each for each in ranking.dropped if each.cause == "same for all"]


def test_a_missing_value_takes_the_central_one(exposed, model):
    ranking = rank(exposed({"support_status": None}, {}, {"support_status": "expired"}), model)
    # active 0.2 < missing 0.7 < expired 1.0
    assert ranking.frame.index.tolist() == ["s3", "s1", "s2"]
    shares = ranking.contributions["support"]
    assert shares["s1"] / shares["s3"] == pytest.approx(0.7)


def test_all_criteria_missing_is_an_error_that_names_columns(exposed):
    model = ScoreModel(
        name="people only",
        tiers=ScoreModel.preset().tiers,
        criteria=(
            Criterion(
                name="day",
                column="people_day_250",
                weight=1,
                transform="linear",
                bounds=(0.0, 10.0),
                source="judgement",
            ),
        ),
    )
    with pytest.raises(
        ScoringError, match=r"no site has data for any criterion .day needs people_"
    ):
        rank_sites(exposed({}), model)


# bad input


def test_an_unknown_column_of_a_criterion_is_named(exposed, model):
    bad = Criterion(
        name="units",
        column="afected_units",
        weight=1,
        transform="linear",
        bounds=(0.0, 1.0),
        source="judgement",
    )
    wrong = ScoreModel(name="wrong", tiers=model.tiers, criteria=(bad,))
    with pytest.raises(ScoringError, match=r"'units'.*'afected_units'.*'affected_units'"):
        rank_sites(exposed({}), wrong)


def test_an_unknown_name_in_a_tier_rule_is_named(exposed, model):
    from dataclasses import replace

    wrong = replace(model, tiers=(replace(model.tiers[0], rule="sevrity > 1"), *model.tiers[1:]))
    with pytest.raises(ScoringError, match=r"tier 0: 'sevrity' is neither.*'severity'"):
        rank_sites(exposed({}), wrong)


def test_an_unknown_hazard_is_named(exposed, model):
    with pytest.raises(ScoringError, match="hazard 'fir' is not known; did you mean 'fire'"):
        rank_sites(exposed({"hazard": "fir"}), model)


def test_a_table_that_is_not_exposed_is_refused(model):
    with pytest.raises(SchemaError, match="EXPOSED frame breaks its contract"):
        rank_sites(pd.DataFrame({"a": [1]}), model)


def test_nothing_in_gives_nothing_out(model):
    ranking = rank_sites(EXPOSED.empty(), model)
    RANKED.validate(ranking.frame)
    assert ranking.frame.empty
    assert ranking.contributions.empty


def test_words_and_columns_may_stand_in_rules(exposed, model):
    from dataclasses import replace

    rule = 'hazard == "shock" or school_count_250 >= 2'
    own = replace(model, tiers=(replace(model.tiers[0], rule=rule), *model.tiers[1:]))
    frame = exposed({"hazard": "shock"}, {"school_count_250": 2}, {"hazard": None}, {})
    assert tiers(frame, own) == [(0, 0), (0, 0), (3, 0), (3, 3)]


def test_ranking_a_ranking_again_gives_the_same(exposed, model):
    once = rank(exposed(AT_SCHOOL, {}, AT_KINDERGARTEN), model).frame
    twice = rank(once, model).frame
    pd.testing.assert_frame_equal(once, twice)


def test_scores_order_as_numbers_of_another_library_s_weighted_sum(exposed, model):
    """The weighted sum, written as one matrix product, is the oracle."""
    rng = np.random.default_rng(5)
    frame = exposed(
        *(
            {
                "affected_units": int(units),
                "residents_250": float(people),
                "severity": float(severity),
                "school_on_site_prob": 0.0,
            }
            for units, people, severity in zip(
                rng.integers(0, 150, 40), rng.uniform(0, 9000, 40), rng.random(40), strict=True
            )
        )
    )
    ranking = rank(frame, model)
    people_km2 = np.maximum(frame["residents_250"] / (np.pi * 0.25**2), frame["density_km2"])
    values = np.column_stack(
        [
            frame["severity"],
            np.clip(np.log1p(frame["affected_units"].astype(float)) / np.log(101), 0, 1),
            np.clip(np.log1p(np.maximum(people_km2 - 10, 0)) / np.log(19_991), 0, 1),
        ]
    )
    expected = values @ (np.array([0.22, 0.13, 0.10]) / 0.45)
    scores = ranking.frame["score"].reindex(frame.index)
    assert scores.to_numpy() == pytest.approx(expected, abs=1e-10)


def test_a_radius_that_was_not_measured_is_said(exposed, model):
    with pytest.warns(PartialCoverageWarning, match="within 1000, 3000 m were not measured"):
        ranking = rank_sites(exposed({"hazard": "toxic"}, {}), model)
    assert any("measure_exposure(radii_m=)" in note for note in ranking.notes)


def test_another_site_s_premises_do_not_change_a_site_without_point(exposed, model):
    # a customer's own trade adds columns of its kind to the whole table
    without = rank(exposed({"point": False}), model).frame
    hospital = {f"hospital_{name}": None for name in ("nearest_m", "on_site_prob", "seen")}
    beside = {**hospital, "hospital_on_site_prob": 1.0, "premises_kind": "hospital"}
    together = rank(exposed({"point": False, **hospital}, beside), model).frame
    assert together.loc["s1", ["tier", "tier_worst"]].tolist() == [3, 1]
    assert without.loc["s1", ["tier", "tier_worst"]].tolist() == [3, 1]
