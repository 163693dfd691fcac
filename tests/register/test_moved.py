"""A unit that only the channel knows is a unit all the same, and is counted once."""

import pandas as pd
import pytest

from recallgeo.frames import ASSETS, MOVEMENTS, PARTIES
from recallgeo.register import IN_CHANNEL, add_moved_units, resolve_custody


def units(**columns):
    frame = pd.DataFrame(columns)
    frame.index = pd.Index([f"u{at}" for at in range(len(frame))], name="asset_id")
    return ASSETS.conform(
        frame.assign(source_file="units.csv", source_row=range(2, 2 + len(frame)))
    )


def events(*rows):
    names = ["time", "kind", "serial", "gtin", "from_party", "to_party", "parent"]
    frame = pd.DataFrame([{**dict.fromkeys(names), **row} for row in rows])
    frame = frame.assign(source_file="pos.csv", source_row=range(2, 2 + len(frame)))
    frame.index = pd.Index([f"e{at}" for at in range(len(frame))], name="event_id")
    return MOVEMENTS.conform(frame)


def step(time, kind, giver=None, taker=None, serial="B7", **more):
    parties = {"from_party": giver, "to_party": taker}
    return {"time": time, "kind": kind, "serial": serial, **parties, **more}


TO_SHOP = step("2021-02-01", "sold", "Dee", "Shop", gtin="01")
TO_CLINIC = step("2021-03-01", "sold", "Shop", "Clinic", gtin="01")


def test_a_unit_that_no_register_holds_is_added_with_its_holder_as_customer():
    assets, added = add_moved_units(units(serial=["A1"]), events(TO_CLINIC, TO_SHOP))
    assert added == 1
    assert assets["serial"].tolist() == ["A1", "B7"]
    unit = assets.iloc[1]
    assert unit[["gtin", "customer", "source_file", "source_row", "record_date"]].tolist() == [
        *("01", "Clinic", "pos.csv", 2, "2021-03-01")
    ]
    ASSETS.validate(assets)
    known = resolve_custody(assets, events(TO_CLINIC, TO_SHOP))
    assert known["x_holder"].tolist()[1:] == ["Clinic"]
    assert known["x_in_channel"].isna().all()


def test_a_unit_that_a_partner_holds_is_added_in_the_channel():
    parties = pd.DataFrame({"name": ["Shop"], "role": ["reseller"]})
    parties.index = pd.Index(["p1"], name="party_id")
    parties = PARTIES.conform(parties)
    assets, added = add_moved_units(units(serial=["A1"]), events(TO_SHOP), parties=parties)
    assert added == 1
    assert assets["reseller"].fillna("").tolist() == ["", "Shop"]
    assert assets["customer"].isna().all()
    known = resolve_custody(assets, events(TO_SHOP), parties=parties)
    assert known["x_in_channel"].fillna("").tolist() == ["", IN_CHANNEL]


def test_who_returned_another_unit_is_no_partner():
    back = step("2021-04-01", "returned", "Clinic", "Shop", serial="C8")
    assets, _ = add_moved_units(ASSETS.empty(), events(TO_CLINIC, back))
    assert assets.set_index("serial").loc["B7", "customer"] == "Clinic"


@pytest.mark.parametrize("gtin", [[None], ["0001"]])
def test_a_unit_that_a_register_holds_is_not_added_again(gtin):
    register = units(serial=["b7"], gtin=gtin)
    assets, added = add_moved_units(register, events(TO_SHOP, TO_CLINIC))
    assert added == 0
    pd.testing.assert_frame_equal(assets, register)


def test_a_serial_of_another_product_is_another_unit():
    assets, added = add_moved_units(units(serial=["B7"], gtin=["02"]), events(TO_CLINIC))
    assert (added, assets["gtin"].tolist()) == (1, ["02", "01"])


def test_a_serial_with_and_without_its_gtin_is_one_unit():
    assets, added = add_moved_units(ASSETS.empty(), events(TO_SHOP, {**TO_CLINIC, "gtin": None}))
    assert (added, assets["gtin"].tolist()) == (1, ["01"])


def test_a_unit_shipped_in_a_pallet_is_added_and_one_only_packed_is_not():
    rows = (
        step("2021-01-01", "packed", parent="P1"),
        step("2021-01-02", "shipped", "Acme", "Dee", serial=None, parent="P1"),
        step("2021-01-01", "packed", serial="C8", parent="P2"),
    )
    assets, added = add_moved_units(ASSETS.empty(), events(*rows))
    assert (added, assets["serial"].tolist()) == (1, ["B7"])


def test_a_sale_that_was_taken_back_adds_no_unit():
    fix = step("2021-03-05", "corrected")
    assert add_moved_units(ASSETS.empty(), events(TO_CLINIC, fix))[1] == 0


def test_a_scrapped_unit_is_added_as_scrapped_and_without_a_holder():
    assets, _ = add_moved_units(
        ASSETS.empty(), events(TO_CLINIC, step("2022-01-01", "scrapped", "Clinic", gtin="01"))
    )
    assert assets["unit_status"].tolist() == ["scrapped"]
    assert assets["customer"].isna().all()


def test_the_order_of_the_file_does_not_count():
    rows = [TO_SHOP, TO_CLINIC, step("2021-03-01", "sold", "Shop", "School", serial="C8")]
    there, _ = add_moved_units(ASSETS.empty(), events(*rows))
    back, _ = add_moved_units(ASSETS.empty(), events(*rows[::-1]))
    columns = ["serial", "customer", "gtin"]
    pd.testing.assert_frame_equal(there[columns], back[columns])
