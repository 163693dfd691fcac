"""Waves under capacity; doubt and contact never push a site down."""

from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recallgeo.errors import LedgerError, SchemaError
from recallgeo.frames import PARTIES, PLANNED
from recallgeo.outreach import OutreachPolicy, plan_outreach
from tests.outreach.conftest import make_ranked

MONDAY = date(2022, 7, 4)
POLICY = OutreachPolicy(start_on=MONDAY, capacity_per_day={"call": 2, "visit": 1, "partner": 5})


def plan(frame, **options):
    return plan_outreach(frame, POLICY, as_of=MONDAY, **options)


def test_plan_is_a_valid_table_with_every_site_once(ranked):
    frame = ranked()
    result = plan(frame)
    PLANNED.validate(result.frame)
    assert sorted(result.frame.index) == sorted(frame.index)
    assert result.frame["work_order"].tolist() == [1, 2, 3, 4]


def test_tiers_zero_and_one_share_the_first_wave(ranked):
    assert plan(ranked()).frame["wave"].tolist() == [1, 1, 2, 3]


def test_capacity_bounds_each_day(ranked):
    frame = plan(ranked(score=[0.9, 0.8, 0.7, 0.6, 0.5], tier=[1] * 5, tier_worst=[1] * 5)).frame
    assert frame["due_on"].tolist() == ["2022-07-04"] * 2 + ["2022-07-05"] * 2 + ["2022-07-06"]


def test_doubtful_site_is_called_in_the_wave_of_its_worst_tier(ranked):
    frame = plan(ranked(tier=[3, 3], tier_worst=[3, 1], score=[0.9, 0.1])).frame
    assert frame.index[0] == "s1"
    assert frame.loc["s1", "wave"] == 1
    assert frame.loc["s1", "channel"] == "call"
    assert "verify the place first" in frame.loc["s1", "wave_reason"]


def test_doubtful_calls_have_their_share_of_the_first_day(ranked):
    frame = plan(ranked(tier=[1, 1, 1, 3], tier_worst=[1, 1, 1, 1], score=[0.9, 0.8, 0.7, 0.1]))
    assert frame.frame.loc["s3", "due_on"] == "2022-07-04"
    assert frame.frame.groupby("due_on").size().max() == 2


def test_site_without_contact_changes_channel_not_wave(ranked):
    frame = plan(ranked(tier=[1, 1], tier_worst=[1, 1], contact_route=["direct", None])).frame
    assert frame["wave"].tolist() == [1, 1]
    assert frame.loc["s1", "channel"] == "visit"
    assert "no contact on record" in frame.loc["s1", "wave_reason"]


def test_site_through_a_reseller_goes_by_its_partner(ranked):
    frame = ranked(
        tier=[1],
        tier_worst=[1],
        contact_route=["reseller"],
        partners=["Nord Distribution; kauppa"],
    )
    parties = PARTIES.conform(
        pd.DataFrame({"name": ["Kauppa Oy"], "aliases": ["Kauppa; KAUPPA OYJ"]}, index=["p1"])
    )
    row = plan(frame, parties=parties).frame.loc["s0"]
    assert row["channel"] == "partner"
    assert row["partner"] == "Kauppa Oy"


def test_site_without_a_point_is_planned_by_call(ranked):
    frame = ranked(tier=[1], tier_worst=[1], geometry=[None])
    row = plan(frame).frame.loc["s0"]
    assert row["channel"] == "call"
    assert "ask for the address" in row["wave_reason"]


def test_remedied_site_leaves_the_plan_and_is_kept_as_done(ranked):
    log = pd.DataFrame({"site_id": ["s0"], "at": ["2022-07-02T10:00:00Z"], "state": ["repaired"]})
    frame = plan(ranked(), log=log).frame
    assert pd.isna(frame.loc["s0", "wave"])
    assert frame.loc["s0", "wave_reason"] == "done: repaired on 2022-07-02"
    assert len(frame) == 4


def test_reached_site_stays_in_the_plan(ranked):
    log = pd.DataFrame({"site_id": ["s0"], "at": ["2022-07-02T10:00:00Z"], "state": ["reached"]})
    assert plan(ranked(), log=log).frame.loc["s0", "wave"] == 1


def test_changes_name_what_moved(ranked):
    before = plan(ranked()).frame
    log = pd.DataFrame({"site_id": ["s0"], "at": ["2022-07-02T10:00:00Z"], "state": ["repaired"]})
    changes = plan(ranked(), log=log, previous=before).changes
    # the free place of the first day goes to the third site
    assert changes["change"].to_dict() == {"s0": "done", "s2": "other day"}


def test_units_without_a_site_are_asked_for_or_listed(ranked, units):
    table = units(
        site_id=["s0", None, None, None],
        site_cause=["placed", "in_channel", "nowhere", "nowhere"],
        reseller=[None, "Kauppa Oy", "Kauppa Oy", None],
        quantity=[1, 5, 2, 3],
        serial=["A1", None, "A3", "A4"],
    )
    result = plan(ranked(), units=table)
    asked = result.questions.set_index("subject")
    assert asked["units"].to_dict() == {"end_user_unknown": 5, "place_unknown": 2}
    assert result.unplanned.index.tolist() == ["u3"]
    assert result.unplanned["cause"].tolist() == ["neither place, customer nor partner is known"]


def test_check_needed_unit_asks_its_site_for_the_serial(ranked, units):
    table = units(site_id=["s0"], verdict=["check_needed"], reseller=["Kauppa Oy"])
    question = plan(ranked(), units=table).questions.iloc[0]
    assert question["subject"] == "serial_unknown"
    assert question["site_id"] == "s0"
    assert pd.isna(question["partner"])


def test_unit_of_an_unknown_site_raises(ranked, units):
    with pytest.raises(LedgerError, match="1 units name sites"):
        plan(ranked(), units=units(site_id=["elsewhere"]))


def test_broken_ranking_is_refused(ranked):
    with pytest.raises(SchemaError, match="tier_worst"):
        plan(ranked().drop(columns="tier_worst"))


def test_empty_ranking_gives_an_empty_plan(ranked):
    result = plan(ranked().iloc[:0])
    assert result.frame.empty
    assert result.waves.empty


TIERS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=12)


@settings(max_examples=40, deadline=None)
@given(TIERS, st.data())
def test_a_worse_worst_tier_never_makes_the_wave_later(tiers, data):
    likely = [max(pair) for pair in tiers]
    worst = [min(pair) for pair in tiers]
    scores = [0.5] * len(tiers)
    before = plan(make_ranked(tier=likely, tier_worst=worst, score=scores)).frame
    position = data.draw(st.integers(0, len(tiers) - 1))
    worse = [*worst]
    worse[position] = data.draw(st.integers(0, worst[position]))
    after = plan(make_ranked(tier=likely, tier_worst=worse, score=scores)).frame
    site = f"s{position}"
    assert after.loc[site, "wave"] <= before.loc[site, "wave"]


@settings(max_examples=30, deadline=None)
@given(TIERS, st.randoms(use_true_random=False))
def test_order_of_rows_changes_nothing(tiers, random):
    frame = make_ranked(
        tier=[max(pair) for pair in tiers],
        tier_worst=[min(pair) for pair in tiers],
        score=[0.5] * len(tiers),
    )
    rows = list(range(len(frame)))
    random.shuffle(rows)
    pd.testing.assert_frame_equal(plan(frame.iloc[rows]).frame, plan(frame).frame)


def test_partner_who_holds_a_unit_is_asked_first(ranked, units):
    table = units(site_cause=["in_channel"], reseller=["Kauppa Oy"])
    table["channel_party"] = ["p9"]
    parties = PARTIES.conform(pd.DataFrame({"name": ["Depot AG"]}, index=["p9"]))
    asked = plan(ranked(), units=table, parties=parties).questions
    assert asked["partner"].tolist() == ["Depot AG"]


def test_partner_of_a_site_is_the_last_of_its_units_chain_not_of_the_alphabet(ranked, units):
    frame = ranked(partners=["Alpha Retail; Zeta Wholesale"], tier=[0], tier_worst=[0], score=[0.5])
    table = units(site_id=["s0"], distributor=["Zeta Wholesale"], reseller=["Alpha Retail"])
    assert plan(frame, units=table).frame["partner"].tolist() == ["Alpha Retail"]


def line(site, state, day, asset=None):
    return {"site_id": site, "asset_id": asset, "state": state, "at": f"2022-07-{day:02}T10:00:00Z"}


def wave_after(ranked, table, *lines):
    return plan(ranked(), units=table, log=pd.DataFrame(lines)).frame.loc["s0", "wave"]


def test_unit_delivered_after_the_repair_opens_its_site_again(ranked, units):
    old = units(site_id=["s0", "s0"], delivered=["2020-01-03", None])
    assert pd.isna(wave_after(ranked, old, line("s0", "repaired", 5)))
    for dates in ({"delivered": "2022-07-06"}, {"record_date": "2022-08"}, {"delivered": "2023"}):
        new = units(site_id=["s0"] * 3, **{name: [None, None, day] for name, day in dates.items()})
        assert wave_after(ranked, new, line("s0", "repaired", 5)) == 1, dates
        assert pd.isna(
            wave_after(ranked, new, line("s0", "repaired", 5), line("s0", "returned", 6, "u2"))
        )


def test_date_that_may_lie_before_the_repair_leaves_the_site_done(ranked, units):
    table = units(site_id=["s0"], delivered=["2022-07"], record_date=["2022-07-05"])
    assert pd.isna(wave_after(ranked, table, line("s0", "repaired", 5)))


def test_line_about_a_unit_closes_that_unit_alone(ranked, units):
    table = units(site_id=["s0", "s0", "s1"])
    first, second = line("s0", "repaired", 5, "u0"), line("s0", "replaced", 7, "u1")
    assert wave_after(ranked, table, first) == 1
    done = plan(ranked(), units=table, log=pd.DataFrame([second, first])).frame
    assert done.loc["s0", "wave_reason"] == "done: replaced on 2022-07-07"
    assert done.loc["s1", "wave"] == 1


def test_newer_line_about_a_unit_opens_it_and_a_contact_of_the_site_does_not(ranked, units):
    table = units(site_id=["s0"])
    site, unit = line("s0", "repaired", 5), line("s0", "repaired", 5, "u0")
    assert wave_after(ranked, table, site, line("s0", "not_found", 6, "u0")) == 1
    assert pd.isna(wave_after(ranked, table, line("s0", "not_found", 4, "u0"), site))
    assert pd.isna(wave_after(ranked, table, unit, line("s0", "reached", 6)))


def test_without_units_lines_about_single_units_do_not_close_a_site(ranked):
    log = pd.DataFrame([line("s0", "repaired", 5, "u0"), line("s1", "repaired", 5, "")])
    waves = plan(ranked(), log=log).frame["wave"]
    assert waves["s0"] == 1
    assert pd.isna(waves["s1"])


def test_unit_that_may_stand_at_a_site_keeps_it_open(ranked, units):
    table, other = units(site_id=["s0"]), units(site_id=["s0"]).set_axis(["x0"])
    log = pd.DataFrame([line("s0", "repaired", 5, "u0")])
    assert pd.isna(plan(ranked(), units=table, log=log).frame.loc["s0", "wave"])
    assert plan(ranked(), units=table, possible=other, log=log).frame.loc["s0", "wave"] == 1
    both = pd.DataFrame([*log.to_dict("records"), line("s0", "returned", 6, "x0")])
    assert pd.isna(plan(ranked(), units=table, possible=other, log=both).frame.loc["s0", "wave"])


def test_log_beside_units_without_any_site_still_closes_the_sites_it_names(ranked, units):
    table = units(site_cause=["nowhere"])
    assert pd.isna(wave_after(ranked, table, line("s0", "repaired", 5)))


def test_lines_about_a_unit_and_its_site_are_compared_as_instants(ranked, units):
    table = units(site_id=["s0"], delivered=["2020"])
    site = line("s0", "repaired", 5) | {"at": "2022-07-05T10:00:00+09:00"}  # 01:00 in UTC
    unit = line("s0", "not_found", 5, "u0") | {"at": "2022-07-05T02:00:00Z"}
    assert wave_after(ranked, table, site, unit) == 1
    assert pd.isna(wave_after(ranked, table, site, unit | {"at": "2022-07-05T00:30:00Z"}))
    assert wave_after(ranked, table, site | {"at": "last week"}) == 1
