"""The last known holder, in the order of events, and never a false one."""

import pandas as pd
import pytest

from recallgeo.frames import ASSETS, MOVEMENTS, PARTIES
from recallgeo.register import IN_CHANNEL, resolve_custody


def units(**columns):
    frame = pd.DataFrame(columns)
    frame.index = pd.Index([f"u{at}" for at in range(len(frame))], name="asset_id")
    return ASSETS.conform(frame)


def events(*rows):
    names = ["time", "kind", "serial", "from_party", "to_party", "parent", "document"]
    frame = pd.DataFrame([{**dict.fromkeys(names), **row} for row in rows])
    frame = frame.assign(source_file="pos.csv", source_row=range(2, 2 + len(frame)))
    frame.index = pd.Index([f"e{at}" for at in range(len(frame))], name="event_id")
    return MOVEMENTS.conform(frame)


def step(time, kind, giver=None, taker=None, serial="A1", **more):
    parties = {"from_party": giver, "to_party": taker}
    return {"time": time, "kind": kind, "serial": serial, **parties, **more}


CHAIN = (
    step("2021-01-01", "shipped", "Acme", "Dee"),
    step("2021-02-01", "sold", "Dee", "Shop"),
    step("2021-03-01", "sold", "Shop", "Clinic"),
)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_the_order_of_the_file_does_not_count(order):
    known = resolve_custody(units(serial=["A1"]), events(*(CHAIN[at] for at in order)))
    assert known["x_holder"].tolist() == ["Clinic"]
    assert known["x_custody"].iloc[0] == (
        "shipped Acme -> Dee on 2021-01-01; sold Dee -> Shop on 2021-02-01; "
        "sold Shop -> Clinic on 2021-03-01"
    )
    assert known["x_in_channel"].isna().all()


def test_a_unit_that_a_partner_holds_is_in_channel():
    known = resolve_custody(units(serial=["A1"], reseller=["Shop"]), events(*CHAIN[:2]))
    assert known["x_holder_role"].tolist() == ["reseller"]
    assert known["x_in_channel"].tolist() == [IN_CHANNEL]


def test_a_unit_whose_register_names_another_customer_is_not_in_channel():
    assets = units(serial=["A1"], reseller=["Shop"], customer=["Clinic"])
    assert resolve_custody(assets, events(*CHAIN[:2]))["x_in_channel"].isna().all()


def test_a_unit_returned_to_a_partner_is_in_channel_again():
    back = step("2021-04-01", "returned", "Clinic", "Dee")
    assets = units(serial=["A1"], distributor=["Dee"], customer=["Clinic"])
    known = resolve_custody(assets, events(*CHAIN, back))
    assert known["x_in_channel"].tolist() == [IN_CHANNEL]


def test_a_shipment_without_receiver_names_no_holder():
    known = resolve_custody(units(serial=["A1"]), events(step("2021-01-01", "shipped", "Acme")))
    assert known["x_holder"].isna().all()
    assert known["x_custody"].tolist() == ["left Acme on 2021-01-01, receiver not stated"]


def test_a_scrapped_unit_has_no_holder():
    known = resolve_custody(
        units(serial=["A1"]), events(*CHAIN, step("2022-01-01", "scrapped", "Clinic"))
    )
    assert known["x_holder"].isna().all()
    assert known["x_custody"].iloc[0].endswith("scrapped Clinic on 2022-01-01")


def test_a_correction_takes_back_the_event_that_it_names():
    wrong = step("2021-03-01", "sold", "Shop", "School", document="I7")
    fix = step("2021-03-05", "corrected", document="I7")
    known = resolve_custody(units(serial=["A1"]), events(*CHAIN[:2], wrong, fix))
    assert known["x_holder"].tolist() == ["Shop"]


def test_a_correction_that_names_nothing_takes_back_the_last_event():
    fix = step("2021-03-05", "corrected")
    assert resolve_custody(units(serial=["A1"]), events(*CHAIN, fix))["x_holder"].tolist() == [
        "Shop"
    ]


def test_what_happens_to_a_pallet_happens_to_the_units_in_it_at_that_time():
    rows = (
        step("2021-01-01", "packed", serial="A1", parent="P1"),
        step("2021-01-01", "packed", serial="A2", parent="P1"),
        step("2021-01-03", "unpacked", serial="A2", parent="P1"),
        step("2021-01-05", "shipped", "Acme", "Dee", serial=None, parent="P1"),
    )
    known = resolve_custody(units(serial=["A1", "A2"]), events(*rows))
    assert known["x_holder"].fillna("?").tolist() == ["Dee", "?"]


def test_a_pallet_holds_the_units_of_its_cases():
    rows = (
        step("2021-01-01", "packed", serial="A1", parent="C1"),
        step("2021-01-02", "packed", serial="C1", parent="P1"),
        step("2021-01-05", "shipped", "Acme", "Dee", serial="P1"),
    )
    assert resolve_custody(units(serial=["A1"]), events(*rows))["x_holder"].tolist() == ["Dee"]


def test_parties_give_the_role_by_alias():
    parties = PARTIES.conform(
        pd.DataFrame(
            {"name": ["TD SYNNEX"], "aliases": ["Tech Data"], "role": ["distributor"]},
            index=pd.Index(["td"], name="party_id"),
        )
    )
    sold = events(step("2021-01-01", "shipped", "Acme", "TECH DATA"))
    known = resolve_custody(units(serial=["A1"]), sold, parties=parties)
    assert known["x_holder_role"].tolist() == ["distributor"]


def test_a_serial_of_another_product_is_another_unit():
    assets = units(serial=["A1", "A1"], gtin=["01", "02"])
    sold = events(step("2021-01-01", "sold", "Shop", "Clinic", gtin="00000000000002"))
    assert resolve_custody(assets, sold)["x_holder"].fillna("?").tolist() == ["?", "Clinic"]


def test_rows_are_conserved_and_units_without_events_are_missing():
    assets = units(serial=["A1", "B1", None])
    known = resolve_custody(assets, events(*CHAIN))
    assert known.index.equals(assets.index)
    assert known["x_custody"].notna().tolist() == [True, False, False]
    empty = resolve_custody(assets, MOVEMENTS.empty())
    assert empty["x_holder"].isna().all()
    assert empty["x_custody"].dtype == "str"


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_events_of_two_time_zones_count_in_the_order_in_which_they_happened(order):
    rows = (
        # 10:00 in Tokyo is 01:00 UTC, an hour before 02:00 UTC
        step("2021-03-01T10:00+09:00", "sold", "Dee", "Shop"),
        step("2021-03-01T02:00Z", "sold", "Shop", "Clinic"),
    )
    known = resolve_custody(units(serial=["A1"]), events(*(rows[at] for at in order)))
    assert known["x_holder"].tolist() == ["Clinic"]


def test_a_correction_of_another_time_zone_takes_back_the_last_event_before_it():
    rows = (
        step("2021-03-01T00:30Z", "sold", "Shop", "Clinic"),
        step("2021-03-01T01:30Z", "sold", "Clinic", "School"),
        step("2021-03-01T10:00+09:00", "corrected"),  # 01:00 UTC: after the first sale only
    )
    known = resolve_custody(units(serial=["A1"]), events(*rows))
    assert known["x_custody"].tolist() == ["sold Clinic -> School on 2021-03-01"]


def test_a_unit_packed_in_another_time_zone_moves_with_its_pallet():
    rows = (
        step("2021-01-05T10:00+09:00", "packed", serial="A1", parent="P1"),  # 01:00 UTC
        step("2021-01-05T02:00Z", "shipped", "Acme", "Dee", serial=None, parent="P1"),
    )
    assert resolve_custody(units(serial=["A1"]), events(*rows))["x_holder"].tolist() == ["Dee"]


def test_a_time_that_cannot_be_read_overrules_none_that_can():
    rows = (*CHAIN, step("soon", "sold", "Clinic", "School"))
    assert resolve_custody(units(serial=["A1"]), events(*rows))["x_holder"].tolist() == ["Clinic"]
