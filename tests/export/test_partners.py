"""Each partner learns of its own units and of nobody else's."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recallgeo.export.partners import pack_name, partner_packs
from recallgeo.export.readable import units_with_sites


@pytest.fixture
def packs(run):
    return {name.split("-")[0]: pack for name, pack in partner_packs(run, units_with_sites(run))}


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
    packs = dict(partner_packs(after, units_with_sites(after)))
    [beta] = [pack.set_index("asset_id") for name, pack in packs.items() if "beta" in name]
    assert beta.loc["a4", "question"] == "done: repaired on 2022-07-05"
    assert "tell this customer" in beta.loc["a3", "question"]


def test_alias_and_name_of_a_partner_share_a_pack(make_run):
    run = make_run()
    located = run.located.assign(reseller=run.located["reseller"].replace("Beta AG", "beta"))
    names = [
        name for name, _ in partner_packs(run, units_with_sites(replace(run, located=located)))
    ]
    assert len(names) == 2


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
