"""Days and order: no wave waits for a later one, and doubtful calls go by their chance."""

from datetime import date

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from recallgeo.outreach import OutreachPolicy, plan_outreach
from recallgeo.outreach.waves import order_of_work, schedule_days, wave_of
from recallgeo.scoring import Ranking, ScoreModel, verify_first
from tests.outreach.conftest import make_ranked

MONDAY = date(2022, 7, 4)


def calls(*blocks):
    """Give calls in the order of work from (count, wave, tier)."""
    rows = [(wave, tier) for count, wave, tier in blocks for _ in range(count)]
    return pd.DataFrame(rows, columns=["wave", "tier"]).assign(channel="call")


def policy(capacity, share=0.1):
    return OutreachPolicy(start_on=MONDAY, capacity_per_day={"call": capacity}, verify_share=share)


def test_doubtful_calls_of_the_first_wave_do_not_wait_for_sure_calls_of_the_third():
    days = schedule_days(calls((600, 1, 3), (6000, 3, 3)), policy(120))
    assert days[:600].max() == 4
    assert days[600:].min() == 5
    assert days.max() == 54


def test_what_a_wave_leaves_of_its_last_day_goes_to_the_next():
    days = schedule_days(calls((3, 1, 1), (3, 2, 2)), policy(2))
    assert days.tolist() == [0, 0, 1, 1, 2, 2]


def test_doubtful_calls_keep_their_share_of_each_day_of_their_wave():
    days = schedule_days(calls((90, 1, 1), (10, 1, 3)), policy(20))
    assert np.bincount(days[90:]).tolist() == [2, 2, 2, 2, 2]


def test_one_call_a_day_begins_with_a_sure_one_and_doubtful_ones_are_not_left_for_last():
    days = schedule_days(calls((30, 1, 1), (2, 1, 3)), policy(1))
    assert days[0] == 0
    assert days[30:].tolist() == [1, 10]


def test_first_in_the_order_of_work_is_called_first_though_its_tier_may_be_worse():
    frame = make_ranked(tier=[1, 1, 1], tier_worst=[1, 0, 1], score=[0.9, 0.5, 0.8])
    planned = plan_outreach(frame, policy(1), as_of=MONDAY).frame
    assert planned.index.tolist() == ["s1", "s0", "s2"]
    assert planned["due_on"].is_monotonic_increasing


BLOCKS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 3)).map(lambda pair: (max(pair), min(pair))),
    min_size=1,
    max_size=60,
)


@settings(max_examples=200, deadline=None)
@given(BLOCKS, st.integers(1, 12), st.floats(0, 1))
def test_no_call_of_a_later_wave_takes_a_place_that_an_earlier_one_could_have_had(
    tiers, capacity, share
):
    likely = pd.Series([pair[0] for pair in tiers], dtype="Int64")
    wave = wave_of(pd.Series([pair[1] for pair in tiers], dtype="Int64"))
    table = pd.DataFrame({"channel": "call", "wave": wave, "tier": likely})
    table = table.sort_values("wave", kind="stable")
    days = schedule_days(table, policy(capacity, share))
    counts = np.bincount(days)
    assert (counts[:-1] == capacity).all()
    assert counts[-1] <= capacity
    last, first = (pd.Series(days).groupby(table["wave"].to_numpy()).agg(f) for f in ("max", "min"))
    assert (last.iloc[:-1].to_numpy() <= first.iloc[1:].to_numpy()).all()


def test_doubtful_sites_are_ordered_by_chance_then_score_and_a_missing_chance_goes_first():
    frame = make_ranked(
        tier=[3, 2, 3, 3, 1],
        tier_worst=[1, 1, 1, 1, 1],
        score=[0.9, 0.8, 0.1, 0.2, 0.05],
    )
    chance = pd.Series([0.1, 0.4, 0.4, None, None], index=frame.index)
    order = order_of_work(frame, wave_of(frame["tier_worst"]), chance=chance)
    assert frame.index[order].tolist() == ["s4", "s3", "s1", "s2", "s0"]


def test_plan_of_a_ranking_calls_doubtful_sites_by_the_chance_of_their_worst_tier():
    frame = make_ranked(tier=[3, 3, 3], tier_worst=[1, 1, 1], score=[0.9, 0.8, 0.7])
    frame["hospital_on_site_prob"] = [0.1, 0.4, 0.3]
    frame["hospital_nearest_m"] = 5.0
    frame["hazard"] = pd.Series("fire", frame.index, dtype="str")
    frame["uncertainty_m"] = 100.0
    frame["severity"] = 1.0
    ranking = Ranking(
        frame=frame, contributions=pd.DataFrame(index=frame.index), model=ScoreModel.preset()
    )
    chance = verify_first(ranking)["chance"].reindex(frame.index)
    assert chance["s1"] > chance["s2"] > chance["s0"]
    planned = plan_outreach(ranking, policy(1), as_of=MONDAY).frame
    assert planned.index.tolist() == ["s1", "s2", "s0"]
    assert planned["due_on"].is_monotonic_increasing
