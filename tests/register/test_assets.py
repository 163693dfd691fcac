"""Raw cells become units; nothing is lost."""

from datetime import date

import pandas as pd
import pytest

from recallgeo.errors import ConfigError
from recallgeo.frames import ASSETS, SET_ASIDE
from recallgeo.register import ColumnMap, build_assets


def build(columns=None, as_of=None, **cells):
    raw = pd.DataFrame(cells, dtype="str")
    column_map = ColumnMap.from_dict(columns or {})
    return build_assets(raw, column_map, source_file="units.csv", as_of=as_of)


def test_assets_and_lines_keep_their_contracts():
    reading = build(serial=["007", "", "x"], latitude=["51.5N", "", "1"])
    ASSETS.validate(reading.assets)
    SET_ASIDE.validate(reading.set_aside)


def test_leading_zeros_are_kept():
    reading = build(serial=["007"], postcode=["01067"])
    assert reading.assets["serial"].tolist() == ["007"]
    assert reading.assets["postcode"].tolist() == ["01067"]


def test_a_coordinate_that_is_no_number_is_missing_and_its_row_is_kept():
    reading = build(serial=["A1"], latitude=["51.5N"], longitude=["0.1"])
    assert reading.assets["latitude"].isna().all()
    line = reading.set_aside.iloc[0]
    assert (line["column"], line["value"], line["kept"]) == ("latitude", "51.5N", True)
    assert line["source_row"] == 1


def test_coordinates_that_are_not_finite_are_missing():
    reading = build(serial=["A1", "A2", "A3"], latitude=["nan", "inf", "1e999"])
    assert reading.assets["latitude"].isna().all()
    assert len(reading.set_aside) == 3


def test_a_row_that_identifies_nothing_is_set_aside_with_its_text():
    reading = build(serial=["A1", ""], manufacturer=["Acme", "Acme"], quantity=["1", "5"])
    assert len(reading.assets) == 1
    line = reading.set_aside.iloc[0]
    assert not line["kept"]
    assert line["raw"] == ",Acme,5"


def test_a_constant_identifies_no_row():
    columns = {"columns": {"country": {"const": "GB"}}}
    reading = build(columns, serial=["A1", ""], manufacturer=["Acme", "Acme"])
    assert reading.rows_set_aside == 1


def test_a_blank_row_and_a_repeated_header_are_no_rows():
    reading = build(serial=["A1", " ", "serial"], city=["Bonn", "", "city"])
    assert reading.set_aside["cause"].tolist() == ["blank row", "the header again"]
    assert reading.rows_read == len(reading.assets) + reading.rows_set_aside == 3


def test_a_country_that_is_not_known_is_missing_with_its_cause():
    reading = build(serial=["A1", "A2"], country=["Germany", "Germny"])
    assert reading.assets["country"].tolist()[0] == "DE"
    assert reading.assets["country"].isna().tolist() == [False, True]
    assert reading.set_aside["value"].tolist() == ["Germny"]


def test_a_misspelt_support_status_never_becomes_a_status():
    reading = build(serial=["A1", "A2"], support_status=["Active", "actve"])
    assert reading.assets["support_status"].fillna("?").tolist() == ["active", "?"]
    assert reading.set_aside["column"].tolist() == ["support_status"]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2020-01-01", "2024-06-30", "active"),
        ("2020-01-01", "2024-06-29", "expired"),
        ("2024-07-01", "2025", "none"),
        ("", "2024", "?"),
        ("", "2024-06", "?"),
        ("", "2025", "active"),
        ("2024", "2025", "?"),
        ("", "", "?"),
    ],
)
def test_support_follows_from_its_dates_where_they_decide(start, end, expected):
    reading = build(
        as_of=date(2024, 6, 30), serial=["A1"], support_start=[start], support_end=[end]
    )
    assert reading.assets["support_status"].fillna("?").tolist() == [expected]


def test_a_declared_status_that_the_dates_contradict_leaves_a_line():
    reading = build(
        as_of=date(2024, 6, 30), serial=["A1"], support_end=["2020"], support_status=["active"]
    )
    assert reading.assets["support_status"].tolist() == ["expired"]
    assert reading.set_aside["cause"].tolist() == ["the support dates say expired"]


def test_an_id_is_the_source_key_or_the_content_never_the_row_number():
    keyed = build(asset_id=["k1", ""], serial=["A1", "A2"])
    assert keyed.assets.index[0] == "k1"
    plain = build(serial=["A1", "A2"]).assets
    turned = build(serial=["A2", "A1"]).assets
    assert plain.index.tolist() == turned.index.tolist()[::-1]


def test_equal_rows_have_ids_of_their_own():
    reading = build(model=["M", "M"], city=["Bonn", "Bonn"])
    first, second = reading.assets.index
    assert second == f"{first}#2"


def test_digits_that_a_spreadsheet_dropped_make_no_serial():
    reading = build(serial=["1.23E+14"], model=["M"])
    assert reading.assets["serial"].isna().all()
    assert "dropped digits" in reading.set_aside["cause"].iloc[0]


def test_a_thousand_written_with_a_separator_is_not_read_as_one_unit():
    reading = build(model=["M"] * 5, quantity=["1,000", "1.000", "2.0", "3.00", "1,000,000"])
    assert reading.assets["quantity"].tolist() == [pd.NA, pd.NA, 2, 3, pd.NA]
    assert reading.set_aside["cause"].str.startswith("thousands or decimals?").sum() == 3
    assert reading.set_aside["kept"].all()


def test_a_word_for_not_known_is_no_serial():
    reading = build(serial=["n/a", "N/A", "Unknown", "-", "NA1"], model=["M", "M", "n/a", "M", "M"])
    assert reading.assets["serial"].isna().tolist() == [True, True, True, True, False]
    assert reading.assets["model"].tolist()[2] == "n/a"
    assert set(reading.set_aside["cause"]) == {"a word for not known, not a name"}
    assert reading.set_aside["kept"].all()


def test_a_quantity_below_one_is_missing_and_counts_as_one_unit():
    reading = build(model=["M", "M", "M"], quantity=["0", "-2", "3"])
    assert reading.units == 5
    assert len(reading.set_aside) == 2


def test_the_first_address_that_says_anything_is_used_whole():
    columns = {
        "columns": {
            "city": "City",
            "street": "Street",
            "ship_to": {"street": "ShipStreet", "city": "ShipCity"},
            "bill_to": {"street": "BillStreet"},
        }
    }
    reading = build(
        columns,
        serial=["1A", "2A", "3A"],
        Street=["Inn 1", "", ""],
        City=["", "", ""],
        ShipStreet=["Sea 1", "Sea 2", ""],
        ShipCity=["Kiel", "Kiel", ""],
        BillStreet=["Bill 1", "Bill 2", "Bill 3"],
    )
    assets = reading.assets
    assert assets["street"].tolist() == ["Inn 1", "Sea 2", "Bill 3"]
    assert assets["city"].fillna("?").tolist() == ["?", "Kiel", "?"]
    assert assets["address_role"].tolist() == ["install_at", "ship_to", "bill_to"]
    assert assets["x_bill_to_street"].tolist() == ["Bill 1", "Bill 2", "Bill 3"]


def test_role_precedence_is_the_map_s():
    columns = {
        "columns": {
            "role_precedence": ["bill_to"],
            "bill_to": {"street": "BillStreet"},
        }
    }
    reading = build(columns, serial=["1A"], street=["Inn 1"], BillStreet=["Bill 1"])
    assert reading.assets["street"].tolist() == ["Bill 1"]


def test_columns_without_a_rule_stay_as_extras():
    reading = build(serial=["A1"], deviceOwnerWebsite=["w"], Straße=["s"])
    assert reading.assets["x_device_owner_website"].tolist() == ["w"]
    assert reading.assets["x_strasse"].tolist() == ["s"]


def test_an_empty_table_gives_an_empty_frame_of_the_whole_contract():
    reading = build(serial=[])
    ASSETS.validate(reading.assets)
    assert reading.rows_read == 0


def test_a_table_put_together_of_parts_reads_as_one():
    parts = [pd.DataFrame({"serial": [f"A{at}"], "latitude": ["1"]}, dtype="str") for at in (1, 2)]
    raw = pd.concat(parts, ignore_index=True)
    reading = build_assets(raw, ColumnMap(), source_file="units.csv", as_of=None)
    assert reading.assets["serial"].tolist() == ["A1", "A2"]
    assert reading.assets["latitude"].tolist() == [1.0, 1.0]


def test_the_input_is_not_altered():
    raw = pd.DataFrame({"serial": [" A1 ", ""]}, dtype="str")
    before = raw.copy()
    build_assets(raw, ColumnMap(), source_file="units.csv", as_of=None)
    pd.testing.assert_frame_equal(raw, before)


def test_a_mapped_header_that_is_absent_is_named_with_the_nearest_one():
    with pytest.raises(ConfigError, match="'Seriennumer': did you mean 'Seriennummer'"):
        build({"columns": {"serial": "Seriennumer"}}, Seriennummer=["A1"])


def test_a_table_without_any_of_our_names_is_refused():
    with pytest.raises(ConfigError, match="no header is a name of ASSETS"):
        build(foo=["A1"])
