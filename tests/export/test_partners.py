"""Each partner learns of its own units and of nobody else's."""

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recallgeo.export.partners import pack_name, partner_packs
from recallgeo.export.readable import possible_with_sites, units_with_sites
from recallgeo.outreach import ask_questions


def packs_of(run):
    found = partner_packs(run, units_with_sites(run), possible_with_sites(run))
    return {name.split("-")[0]: pack for name, pack in found}


@pytest.fixture
def packs(run):
    return packs_of(run)


def test_each_unit_is_in_the_pack_of_the_partner_nearest_to_the_customer(packs):
    assert packs["alpha"]["asset_id"].tolist() == ["a1", "a2", "a7"]
    assert packs["beta"]["asset_id"].tolist() == ["a3", "a4", "a6", "a8"]


def test_no_pack_speaks_of_another_partner_or_its_customers(packs):
    own = {name: set(pack["customer"]) for name, pack in packs.items()}
    for name, others in (("alpha", own["beta"]), ("beta", own["alpha"])):
        text = packs[name].to_csv()
        assert not [customer for customer in others if customer in text]
    assert "Beta AG" not in packs["alpha"].to_csv()
    assert "Alpha Oy" not in packs["beta"].to_csv()


def test_unit_in_the_channel_asks_for_its_end_user(packs):
    asked = packs["beta"].set_index("asset_id")["question"]
    assert "To whom did you pass" in asked["a8"]
    assert "serial number" in asked["a6"]
    assert "tell this customer" in asked["a3"]


def test_unit_of_a_site_that_is_done_says_so(run):
    frame = run.plan.frame.copy()
    frame.loc["s3", ["wave", "wave_reason"]] = [None, "done: repaired on 2022-07-05"]
    after = replace(run, plan=replace(run.plan, frame=frame))
    beta = packs_of(after)["beta"].set_index("asset_id")
    assert beta.loc["a4", "question"] == "done: repaired on 2022-07-05"
    assert "tell this customer" in beta.loc["a3", "question"]


def test_alias_and_name_of_a_partner_share_a_pack(make_run):
    run = make_run()
    located = run.located.assign(reseller=run.located["reseller"].replace("Beta AG", "beta"))
    after = replace(run, located=located)
    found = partner_packs(after, units_with_sites(after), possible_with_sites(after))
    names = [name for name, _ in found]
    assert len(names) == 2


def test_unit_is_in_the_pack_of_the_partner_whom_the_plan_asks(run):
    # a8 was sold through Alpha, and Beta (party b) holds it now
    located = run.located.copy()
    located.loc["a8", "distributor"] = "Alpha Oy"
    holders = pd.Series({"a8": "b"}).reindex(run.unit_sites.index).astype("str")
    sites = run.unit_sites.assign(channel_party=holders)
    units = located.join(sites)
    asked = ask_questions(units, run.parties).set_index("subject")["partner"]
    assert asked["end_user_unknown"] == "Beta AG"
    packs = packs_of(replace(run, located=located, unit_sites=sites))
    assert "a8" in packs["beta"]["asset_id"].tolist()
    assert "a8" not in packs["alpha"]["asset_id"].tolist()


def test_other_place_of_a_unit_is_in_its_own_partners_pack_and_says_so(run, with_possible):
    packs = packs_of(with_possible)
    row = packs["beta"].set_index("asset_id").loc["z1"]
    assert row["site_cause"] == "possible_place"
    assert row["wave"] == run.plan.frame.loc["s3", "wave"]
    assert "may stand here or elsewhere" in row["question"]
    assert "a1" not in packs["beta"].to_csv()  # nor where it is counted
    assert packs["alpha"]["asset_id"].tolist() == ["a1", "a2", "a7"]


@given(st.text(max_size=80))
def test_any_name_gives_a_safe_file_name(name):
    safe = pack_name(name)
    assert set(safe) <= set("abcdefghijklmnopqrstuvwxyz0123456789-.")
    assert len(safe) <= 60
    assert not safe.startswith(("-", "."))
    assert safe == pack_name(name)


def test_like_names_have_different_packs():
    assert pack_name("Nord AG") != pack_name("Nord/AG")
    assert pack_name("北方") != pack_name("南方")
