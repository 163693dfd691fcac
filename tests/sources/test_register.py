"""Registers as files: real ones, damaged ones, and the count of their rows."""

import gzip
import io
from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recallgeo.errors import ConfigError, SourceFormatError, SourceUnavailableError
from recallgeo.frames import ASSETS, SET_ASIDE
from recallgeo.register import ColumnMap, ReadOptions, build_assets, merge_readings
from recallgeo.sources.delimited import parse_delimited
from recallgeo.sources.register import read_register
from recallgeo.sources.unpacking import read_bytes

UK = {
    "read": {
        "delimiter": ",",
        "missing": ["", "n/a", "0000-00-00 00:00:00"],
        "datetime": "%Y-%m-%d %H:%M:%S",
        "duplicate_headers": {"connector3Validated": "last"},
        "rejoin_broken_lines": True,
    },
    "columns": {
        "serial": "reference",
        "manufacturer": "deviceManufacturer",
        "model": "deviceModel",
        "site_name": "name",
        "premises": "locationType",
        "customer": "deviceOwnerName",
        "distributor": {"split": "deviceNetworks", "sep": ","},
        "building": ["buildingName", "subBuildingName"],
        "house_number": "buildingNumber",
        "city": "town",
        "region": "county",
        "street": {"join": ["thoroughfare", "street"], "sep": ", "},
        "country": {"const": "GB"},
        "record_date": "dateUpdated",
        "components": [
            {
                "repeat": "1..8",
                "part_number": "connector{n}Type",
                "serial": "connector{n}ID",
            }
        ],
    },
    "values": {
        "premises": {"NHS property": "hospital", "Educational establishment": "school"},
    },
}
DE = {
    "read": {"decimal": ",", "datetime": "%d.%m.%Y"},
    "columns": {
        "asset_id": "Ladeeinrichtungs-ID",
        "customer": "Betreiber",
        "delivered": "Inbetriebnahmedatum",
        "street": "Straße",
        "house_number": "Hausnummer",
        "postcode": "Postleitzahl",
        "city": "Ort",
        "region": "Bundesland",
        "latitude": "Breitengrad",
        "longitude": "Längengrad",
        "country": {"const": "Deutschland"},
    },
}
JP = {
    "columns": {
        "asset_id": "#property",
        "site_name": "name",
        "address_raw": "address",
        "floor": "installationPosition",
        "country": {"const": "JP"},
    },
}


@pytest.fixture(scope="module")
def uk(shared_data):
    file = shared_data / "registers" / "uk-chargepoints-2022.csv"
    return read_register(file, columns=UK, as_of=date(2022, 6, 30))


def write(folder, text, name="units.csv", encoding="utf-8"):
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def test_the_uk_register_holds_3966_devices_two_of_them_rejoined(uk):
    assert uk.rows_read == len(uk.assets) == 3966
    rejoined = uk.set_aside[uk.set_aside["cause"].str.contains("rejoined")]
    assert len(rejoined) == 2
    assert rejoined["kept"].all()
    ASSETS.validate(uk.assets)
    SET_ASIDE.validate(uk.set_aside)


def test_a_rejoined_device_of_the_uk_register_keeps_both_halves(uk):
    device = uk.assets[uk.assets["serial"] == "3229"].iloc[0]
    assert device["street"] == "London Road"
    assert device["premises"] == "Public estate"
    assert '"serial": "125687"' in device["components"]


def test_words_of_the_uk_register_become_kinds_of_premises(uk):
    assert (uk.assets["premises"] == "hospital").sum() > 0
    assert not (uk.assets["premises"] == "NHS property").any()


def test_without_rejoining_the_second_halves_are_set_aside(shared_data):
    columns = UK | {"read": UK["read"] | {"rejoin_broken_lines": False}}
    reading = read_register(shared_data / "registers" / "uk-chargepoints-2022.csv", columns=columns)
    assert (reading.rows_read, len(reading.assets), reading.rows_set_aside) == (3968, 3966, 2)


def test_the_berlin_register_is_read_with_decimal_commas_and_german_dates(shared_data):
    reading = read_register(shared_data / "registers" / "de-berlin-chargers.csv", columns=DE)
    assert reading.rows_read == len(reading.assets) + reading.merged == 4528
    device = reading.assets.loc["1144860"]
    assert (device["latitude"], device["longitude"]) == (52.52979, 13.377059)
    assert (device["delivered"], device["country"]) == ("2025-11-07", "DE")
    assert reading.assets["postcode"].str.len().eq(5).all()


def test_the_takamatsu_workbook_is_read(shared_data):
    reading = read_register(shared_data / "registers" / "jp-takamatsu-aed.xlsx", columns=JP)
    assert reading.rows_read == len(reading.assets) == 450
    assert reading.assets["latitude"].notna().sum() > 400
    assert reading.assets.loc["1", "address_raw"].startswith("高松市番町一丁目10-16")


def test_a_line_number_is_that_of_the_record_s_first_line(tmp_path):
    text = 'serial,city\nA1,Bonn\nA2,"Ulm\nam Rhein"\n\nA3,Kiel\n'
    reading = read_register(write(tmp_path, text))
    assert reading.assets["source_row"].tolist() == [2, 3, 6]
    assert reading.set_aside["source_row"].tolist() == [5]


def test_delimiter_encoding_and_mark_are_found_out(tmp_path):
    expected = ["Köln", "Bonn"]
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"):
        for delimiter in (",", ";", "\t", "|"):
            text = f"serial{delimiter}city\r\n007{delimiter}Köln\r\n008{delimiter}Bonn\r\n"
            reading = read_register(write(tmp_path, text, encoding=encoding))
            assert reading.assets["city"].tolist() == expected, (encoding, delimiter)
            assert reading.assets["serial"].tolist() == ["007", "008"]


def test_lines_in_another_encoding_are_counted(tmp_path):
    path = tmp_path / "units.csv"
    path.write_bytes(b"serial,city\nA1," + "Köln".encode() + b"\nA2," + "Köln".encode("cp1252"))
    reading = read_register(path)
    assert reading.assets["city"].tolist() == ["Köln", "Köln"]
    assert any("1 lines are not UTF-8" in note for note in reading.notes)


def test_nul_bytes_are_removed_and_counted(tmp_path):
    reading = read_register(write(tmp_path, "serial,city\nA\x001,Bonn\n"))
    assert reading.assets["serial"].tolist() == ["A1"]
    assert any("NUL" in note for note in reading.notes)


def test_a_record_with_further_filled_fields_is_set_aside_with_its_text(tmp_path):
    reading = read_register(write(tmp_path, "serial,city\nA1,Bonn\nA2,Ulm,Donau\nA3,Kiel,\n"))
    assert reading.assets["serial"].tolist() == ["A1", "A3"]
    assert reading.set_aside["raw"].tolist() == ["A2,Ulm,Donau"]


def test_a_record_with_too_few_fields_is_kept_with_a_line(tmp_path):
    reading = read_register(write(tmp_path, "serial,model,city\nA1,M,Bonn\nA2,M\nA3,M,Kiel\n"))
    assert reading.assets["serial"].tolist() == ["A1", "A2", "A3"]
    assert reading.set_aside["kept"].tolist() == [True]


def test_a_title_or_total_line_is_no_record(tmp_path):
    reading = read_register(write(tmp_path, "serial,model,city\nA1,M,Bonn\nTotal: 1\n"))
    assert reading.assets["serial"].tolist() == ["A1"]
    assert reading.set_aside["raw"].tolist() == ["Total: 1"]


def test_a_quote_that_is_never_closed_swallows_no_record(tmp_path):
    text = 'serial,model,city\nA1,"5 inch,Bonn\nA2,M,Ulm\nA3,M,Kiel\n'
    reading = read_register(write(tmp_path, text))
    assert reading.assets["serial"].tolist() == ["A1", "A2", "A3"]


def test_two_stray_quotes_swallow_no_record_between_them(tmp_path):
    text = 'serial,model,city\nA1,"5 inch,Bonn\nA2,M,Ulm\nA3,6" inch,Kiel\n'
    reading = read_register(write(tmp_path, text))
    assert reading.assets["serial"].tolist() == ["A1", "A2", "A3"]


def test_a_repeated_header_that_is_mapped_must_be_decided(tmp_path):
    path = write(tmp_path, "serial,city,city\nA1,Bonn,Ulm\n")
    with pytest.raises(ConfigError, match="duplicate_headers"):
        read_register(path)
    for which, city in (("first", "Bonn"), ("last", "Ulm")):
        columns = {"read": {"duplicate_headers": {"city": which}}}
        assert read_register(path, columns=columns).assets["city"].tolist() == [city]


def test_the_header_row_is_the_declared_one(tmp_path):
    path = write(tmp_path, "Export of 2022\nsome,words\nserial,city\nA1,Bonn\n")
    reading = read_register(path, columns={"read": {"header_row": 3}})
    assert reading.assets[["serial", "source_row"]].to_numpy().tolist() == [["A1", 4]]


def test_a_separator_line_of_a_spreadsheet_is_obeyed(tmp_path):
    reading = read_register(write(tmp_path, "sep=|\nserial|city\nA1|Bonn, Ulm\n"))
    assert reading.assets["city"].tolist() == ["Bonn, Ulm"]


def test_a_packed_file_is_unpacked_up_to_a_bound(tmp_path):
    path = tmp_path / "units.csv.gz"
    path.write_bytes(gzip.compress(b"serial,city\nA1,Bonn\n"))
    assert read_register(path).assets["serial"].tolist() == ["A1"]
    path.write_bytes(gzip.compress(b"0" * 10_000))
    with pytest.raises(SourceFormatError, match="unpacks to more than 1,000 bytes"):
        read_bytes(path, most=1000)


def test_a_missing_file_is_named_with_the_nearest_one(tmp_path):
    write(tmp_path, "serial\nA1\n", name="units.csv")
    with pytest.raises(SourceUnavailableError, match=r"did you mean 'units\.csv'"):
        read_register(tmp_path / "unit.csv")


def test_an_empty_register_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="holds no record"):
        read_register(write(tmp_path, "serial,city\n"))


def test_a_folder_is_one_register_in_the_order_of_its_files(tmp_path):
    write(tmp_path, "serial,city\nA2,Ulm\n", name="b.csv")
    write(tmp_path, "serial,city\nA1,Bonn\n", name="a.csv")
    write(tmp_path, "read me", name="notes.md")
    reading = read_register(tmp_path)
    assert reading.assets["serial"].tolist() == ["A1", "A2"]
    assert any("notes.md" in note for note in reading.notes)


def test_parquet_and_frames_give_the_units_of_the_csv(tmp_path):
    frame = pd.DataFrame({"serial": ["007", "8"], "quantity": [1.0, None], "latitude": [52.5, 1]})
    frame.to_parquet(tmp_path / "units.parquet")
    for source in (tmp_path / "units.parquet", frame):
        assets = read_register(source).assets
        assert assets["serial"].tolist() == ["007", "8"]
        assert assets["quantity"].tolist() == [1, pd.NA]
        assert assets["latitude"].tolist() == [52.5, 1.0]


def test_a_vector_file_gives_coordinates(tmp_path):
    import geopandas as gpd

    points = gpd.GeoDataFrame(
        {"serial": ["007"]}, geometry=gpd.points_from_xy([10.0], [50.0]), crs=4326
    ).to_crs(3857)
    points.to_file(tmp_path / "units.gpkg")
    assets = read_register(tmp_path / "units.gpkg").assets
    assert assets["longitude"].round(9).tolist() == [10.0]
    assert assets["latitude"].round(9).tolist() == [50.0]


def test_a_workbook_keeps_zeros_dates_and_merged_cells(tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["serial", "postcode", "built", "city"])
    sheet.append(["007", 1067, date(2020, 3, 4), "Dresden"])
    sheet.append(["008", 1069, None, None])
    sheet.append(["009", None, None, "=A1"])
    sheet["B2"].number_format = sheet["B3"].number_format = "00000"
    sheet.merge_cells("D2:D3")
    book.save(tmp_path / "units.xlsx")
    reading = read_register(tmp_path / "units.xlsx")
    assert reading.assets["postcode"].fillna("?").tolist() == ["01067", "01069", "?"]
    assert reading.assets["built"].fillna("?").tolist() == ["2020-03-04", "?", "?"]
    assert reading.assets["city"].fillna("?").tolist() == ["Dresden", "Dresden", "?"]
    assert reading.set_aside["value"].tolist() == ["=A1"]


def test_what_is_no_workbook_says_so(tmp_path):
    (tmp_path / "units.xlsx").write_bytes(b"serial\nA1\n")
    with pytest.raises(SourceFormatError, match="is no workbook"):
        read_register(tmp_path / "units.xlsx")


DAMAGE = st.text(alphabet='ab1,;"\n\r\x00 é', max_size=60)


@settings(max_examples=100, deadline=None)
@given(body=DAMAGE, rejoin=st.booleans())
def test_rows_kept_and_set_aside_are_the_rows_read_of_any_damaged_file(body, rejoin):
    content = f"serial,model,city\n{body}".encode()
    options = ReadOptions(delimiter=",", rejoin_broken_lines=rejoin)
    table = parse_delimited(content, options, name="units.csv")
    kept_text = "".join(table.cells.fillna("").to_numpy().ravel())
    shown = "".join(table.lines["raw"].dropna()) + kept_text
    assert [shown.count(sign) for sign in "ab1;é"] == [body.count(sign) for sign in "ab1;é"]
    reading = build_assets(table.cells, ColumnMap(), source_file="units.csv", as_of=None)
    merged = merge_readings([reading])
    assert len(merged.assets) + merged.merged + merged.rows_set_aside == len(table.cells)


CELL = st.text(alphabet='ab "\n', max_size=5)


@settings(max_examples=50, deadline=None)
@given(
    rows=st.lists(
        st.tuples(CELL.filter(lambda text: text.strip()), CELL),
        min_size=1,
        max_size=6,
    )
)
def test_what_the_csv_module_writes_is_read_as_it_was(rows):
    buffer = io.StringIO()
    pd.DataFrame(rows, columns=["serial", "city"]).to_csv(buffer, index=False)
    table = parse_delimited(buffer.getvalue().encode(), ReadOptions(delimiter=","), name="u.csv")
    assert [tuple(row) for row in table.cells.to_numpy()] == rows


def test_vector_file_that_is_not_utf8_is_refused_by_name(tmp_path):
    feature = '{"type": "Feature", "properties": {"serial": "A\xff1"}, "geometry": null}'
    text = f'{{"type": "FeatureCollection", "features": [{feature}]}}'
    (tmp_path / "units.geojson").write_bytes(text.encode("latin-1"))
    with pytest.raises(SourceFormatError, match=r"units\.geojson holds text that is not UTF-8"):
        read_register(tmp_path / "units.geojson")


def test_workbook_whose_bytes_were_changed_is_refused_by_name(tmp_path):
    file = tmp_path / "units.xlsx"
    pd.DataFrame({"serial": ["A1"]}).to_excel(file, index=False)
    content = file.read_bytes()
    at = content.index(b"xl/theme/theme1.xml") + 60
    file.write_bytes(content[:at] + b"\x00" * 40 + content[at + 40 :])
    with pytest.raises(SourceFormatError, match=r"units\.xlsx is no workbook"):
        read_register(file)
