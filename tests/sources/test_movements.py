"""Movements from flat files and EPCIS documents; parties."""

import pandas as pd
import pytest

from recallgeo.errors import RecallGeoWarning, SourceFormatError
from recallgeo.frames import ASSETS, MOVEMENTS, PARTIES
from recallgeo.register import resolve_custody
from recallgeo.sources.epc_names import parse_epc
from recallgeo.sources.movements import read_movement_files, read_movements
from recallgeo.sources.parties import read_parties

POS = {
    "read": {"datetime": "%m/%d/%Y"},
    "columns": {
        "serial": "Serial Number",
        "time": "Ship Date",
        "from_party": "Reporting Partner",
        "to_party": "Sold To",
        "document": "Invoice",
        "kind": {"const": "sold"},
    },
}


def units_of(movements):
    things = movements[movements["serial"].notna()].drop_duplicates(["serial", "gtin"])
    index = pd.Index(things.index.to_numpy(), name="asset_id", dtype="str")
    frame = pd.DataFrame(
        {"serial": things["serial"].to_numpy(), "gtin": things["gtin"].to_numpy()}, index=index
    )
    return ASSETS.conform(frame)


def test_a_point_of_sale_file_becomes_movements(tmp_path):
    path = tmp_path / "pos.csv"
    path.write_text(
        "Reporting Partner,Serial Number,Ship Date,Sold To,Invoice\n"
        "Shop,007,03/31/2021,Clinic,I1\n",
        encoding="utf-8",
    )
    movements = read_movements(path, columns=POS)
    MOVEMENTS.validate(movements)
    row = movements.iloc[0]
    assert (row["serial"], row["kind"], row["time"]) == ("007", "sold", "2021-03-31")
    assert row["source_row"] == 2


def test_rows_that_are_lost_are_counted_in_a_warning(tmp_path):
    path = tmp_path / "pos.csv"
    path.write_text("serial,kind,time\nA1,sold,soon\n,sold,2021-01-01\n", encoding="utf-8")
    with pytest.warns(RecallGeoWarning, match="1 of 2 rows were set aside and 1 cells lost"):
        assert len(read_movements(path)) == 1


def test_every_shipment_of_the_932_events_leaves_its_receiver_open(shared_data):
    reading = read_movement_files(shared_data / "epcis" / "supply-chain-932-events.json")
    shipped = reading.frame["kind"] == "shipped"
    assert shipped.sum() == 512
    known = resolve_custody(units_of(reading.frame), reading.frame)
    assert known["x_holder"].isna().all()
    told = known["x_custody"].dropna()
    assert told.str.contains("receiver not stated").all()
    assert len(told) == 160


def test_units_of_a_pallet_go_where_the_pallet_goes(shared_data):
    reading = read_movement_files(shared_data / "epcis" / "pharma-chain-1.2.xml")
    known = resolve_custody(units_of(reading.frame), reading.frame)
    assert len(known) == 12 + 3 + 1
    assert known["x_holder"].unique().tolist() == ["urn:epc:id:sgln:039999.999999.0"]


def test_an_event_that_declares_an_error_is_a_correction(shared_data):
    reading = read_movement_files(shared_data / "epcis" / "object-event-error-declaration.json")
    assert (reading.frame["kind"] == "corrected").sum() == 2


def test_all_epcis_documents_keep_the_contract(shared_data):
    for path in sorted((shared_data / "epcis").iterdir()):
        MOVEMENTS.validate(read_movement_files(path).frame)


def test_a_truncated_document_says_where_it_ends(shared_data, tmp_path):
    whole = (shared_data / "epcis" / "supply-chain-932-events.json").read_bytes()
    (tmp_path / "cut.json").write_bytes(whole[:1000])
    with pytest.raises(SourceFormatError, match=r"cut\.json, line \d+: the JSON ends or breaks"):
        read_movement_files(tmp_path / "cut.json")


def test_a_document_type_is_refused_before_anything_is_expanded(tmp_path):
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    for encoding in ("utf-8", "utf-16"):
        (tmp_path / "bomb.xml").write_bytes(bomb.encode(encoding))
        with pytest.raises(SourceFormatError, match="document type"):
            read_movement_files(tmp_path / "bomb.xml")


def test_a_gtin_is_put_together_with_its_check_digit():
    assert parse_epc("urn:epc:id:sgtin:0614141.812345.6789").gtin == "80614141123458"


def test_parties_are_read_and_a_nameless_one_is_reported(tmp_path):
    path = tmp_path / "parties.csv"
    path.write_text(
        "party_id,name,aliases,role,country\ntd,Tech Data,TD SYNNEX; TD,distributor,US\nxx,,,,\n",
        encoding="utf-8",
    )
    with pytest.warns(RecallGeoWarning, match=r"parties\.csv, line 3: a party without a name"):
        parties = read_parties(path)
    PARTIES.validate(parties)
    assert parties.loc["td", ["role", "country"]].tolist() == ["distributor", "US"]
