"""Each of the 35 forms in which real recalls state serials: inside, outside, at both ends."""

import json
from dataclasses import replace

import pytest

from recallgeo.recall import Recall
from recallgeo.sources.recall import read_recall

A, C, N = "affected", "check_needed", "not_affected"


@pytest.fixture(scope="module")
def forms(shared_data) -> Recall:
    return read_recall(shared_data / "recalls" / "forms.toml")


def only(recall, scope_id):
    return replace(recall, scopes=tuple(s for s in recall.scopes if s.id == scope_id))


def test_every_expected_unit_has_its_verdict(forms, shared_data, verdicts):
    lines = (shared_data / "recalls" / "forms-expected.jsonl").read_text(encoding="utf-8")
    cases = [json.loads(line) for line in lines.splitlines()]
    assert len(cases) == 85
    for scope in forms.scopes:
        mine = [case for case in cases if case["scope"] == scope.id]
        found = verdicts(only(forms, scope.id), *(case["unit"] for case in mine))
        assert found == [case["verdict"] for case in mine]


def row(model, **cells):
    return {"model": model, **cells}


APC = {"part_number": "APCRBC140"}

CASES = {
    "01": [({"serial": "8030000"}, A), ({"serial": "8029702"}, N), ({"serial": "AB29703"}, N)],
    "02": [
        (row("fcrg306laf", serial="vf52200000"), A),
        (row("3062AB", serial="VF53000000"), A),
        (row("3062AB", serial="VF52199999"), N),
        (row("3062AB"), C),
    ],
    "03": [
        (row("FCRE3052BW", serial="VF34618193"), A),
        (row("FCRE3052BW", serial="VF34618322"), A),
        (row("FCRE3052BW", serial="VF34618323"), N),
        (row("FCRG3051BB", serial="VF34508592"), A),
        (row("FCRG3051BB", serial="VF34508593"), N),
        ({"serial": "VF34618200"}, C),
        ({"serial": "VF99999999"}, N),
    ],
    "04": [
        (row("790.8DC399", serial="VF50000000"), A),
        (row("8DC", serial="VF12199999"), N),
        (row("9DC", serial="VF50000000"), N),
    ],
    "05": [
        (row("Z720E", serial="1TC720E....080000"), A),
        (row("Z720E", serial="1TC720EABCD010000"), N),
        (row("Z730M", serial="1TC730MXXXX080574"), A),
        (row("Z730M", serial="1TC720EABCD010001"), N),
    ],
    "06": [
        (row("RTV520", serial="A10004"), A),
        (row("RTV520", serial="A10003"), N),
        (row("RTV520", serial="AX0005"), A),
        (row("RTV520", serial="AX0004"), N),
        (row("RTV-X1120", serial="41413"), A),
        (row("RTV-X1120", serial="41490"), N),
        (row("RTV520", serial="0507"), N),
    ],
    "07": [({"serial": "2326"}, A), ({"serial": "23259"}, N), ({"serial": "23X6"}, N), ({}, C)],
    "08": [({"serial": "5542"}, C), ({"serial": "5200999"}, N), ({}, C)],
    "09": [
        (row("BY8708-00", serial="124000000"), A),
        (row("BY8708-00", serial="026000000"), A),
        (row("BY8708-00", serial="913000000"), N),
        (row("BY8708-00"), C),
        (row("OTHER", serial="124000000"), N),
    ],
    "10": [({"serial": "abcdefwy"}, A), ({"serial": "ABCDEFW"}, N), ({}, C)],
    "11": [({"serial": "K"}, A), ({"serial": "KM1"}, N), ({}, C)],
    "12": [
        (row("PA-300C", serial="XXXX25"), A),
        (row("PA-300C", serial="XXXX1Z"), A),
        (row("PA-300C", serial="XXXX30"), C),
        (row("PA-300C", serial="XXXX"), C),
        (row("PA-300C"), C),
    ],
    "13": [
        ({"serial": "072023"}, A),
        ({"serial": "S082023"}, N),
        ({"serial": "S132020"}, C),
        ({"serial": "S"}, C),
    ],
    "14": [
        ({"date_code": "0122"}, A),
        ({"date_code": "0123"}, A),
        ({"date_code": "0223"}, N),
        ({}, C),
    ],
    "15": [
        (row("17310", date_code="00120"), A),
        (row("17310", date_code="36620"), A),
        (row("17310", date_code="36621"), C),
        (row("17310", date_code="6919"), C),
        (row("17311", date_code="00120"), N),
    ],
    "16": [
        (row("PZP01-E001", serial="20220600000", built="2024-07"), A),
        (row("PZP01-E001", serial="20240704020", built="2024-06-30"), A),
        (row("PZP01-E001", serial="20240704021", built="2024-06-30"), N),
        (row("PZP01-E001", serial="20220599999", built="2024-06-30"), N),
        (row("PH11887", serial="20231234", built="2024-06"), N),
        (row("PZB02-E001", serial="202406999", built="2024"), C),
        (row("PZB02-E001", serial="202407", built="2024-01"), N),
    ],
    "17": [
        ({"built": "2020-11-01"}, A),
        ({"built": "2021-12-31"}, A),
        ({"built": "2021"}, A),
        ({"built": "2020-10-31"}, N),
        ({"built": "2022"}, N),
        ({"built": "soon"}, C),
        ({}, C),
    ],
    "18": [
        ({"part_number": "PA110", "serial": "PA147874", "built": "2019-04-30"}, A),
        ({"part_number": "PA110", "serial": "PA147875", "built": "2019-04"}, N),
        ({"part_number": "PA110", "serial": "PA100000", "built": "2019-05"}, N),
        ({"part_number": "PT110", "serial": "PT0053558", "built": "2011-12"}, A),
        ({"part_number": "PT110", "serial": "PT0053558"}, C),
        ({"part_number": "PT110", "built": "2012"}, C),
        ({"part_number": "PT110", "built": "2019"}, N),
    ],
    "19": [
        ({"serial": "SW190035551"}, A),
        ({"serial": "SW190035550"}, N),
        ({"serial": "SVA2001200005001"}, A),
        ({"serial": "SVA2001200007000"}, A),
        ({"serial": "SVA2001200005000"}, N),
    ],
    "20": [
        (row("13110003", serial="31ek30-01xx"), A),
        (row("13110003", serial="31EK3002"), A),
        (row("13110003", serial="31EK30-03"), N),
        (row("13110060", serial="31EK60-01"), A),
    ],
    "21": [
        ({"model_year": "2022", "serial": "XNT808000"}, A),
        ({"model_year": "2022", "serial": "XNT807999"}, N),
        ({"model_year": "2022", "serial": "XNT100101"}, A),
        ({"model_year": "2022", "serial": "XNT101061"}, N),
        ({"serial": "XNT101060"}, C),
    ],
    "22": [({"serial": "R15563P3"}, A), ({"serial": "R15563P4"}, N), ({}, C)],
    "23": [
        ({"components": [{"model": "LG cell", "built": "2017-03"}]}, A),
        ({"components": [{"model": "LG cell", "built": "2017-02"}]}, N),
        ({"components": [{"model": "LG cell", "built": "2018"}]}, C),
        ({"components": [{"model": "LG cell"}]}, C),
        ({"components": [{"model": "SDI cell", "built": "2018-01"}]}, N),
        ({"components": []}, N),
        (
            {
                "components": [
                    {"model": "LG cell", "built": "2019"},
                    {"model": "SDI", "built": "2018-01"},
                ]
            },
            N,
        ),
    ],
    "24": [
        (row("Back-UPS CS 500", serial="AB0251X"), A),
        (row("Back-UPS CS 500", serial="AB0047X"), N),
        (row("Back-UPS CS 500", serial="BB0104X"), A),
        (row("Back-UPS CS 500", serial="BB0103X"), N),
        (row("Back-UPS CS 500", serial="JB0251"), A),
        (row("Back-UPS CS 650", serial="AB0100"), N),
        (row("Back-UPS CS 500"), C),
    ],
    "25": [
        ({"components": [{**APC, "serial": "9A2019L"}]}, A),
        ({"components": [{**APC, "serial": "9A1918L"}]}, N),
        ({"components": [{**APC, "serial": "9A2020L"}]}, N),
        ({"components": [{**APC, "serial": "9AXX19L"}]}, C),
        ({"components": [APC]}, C),
    ],
    "26": [
        ({"components": [{"serial": "11S42T4798"}]}, A),
        ({"components": [{"serial": "11S42T4799"}]}, N),
        ({"components": [{"serial": "11S"}]}, N),
    ],
    "27": [
        ({"components": [{"serial": "6BZLU"}]}, A),
        ({"components": [{"serial": "6BZLT9"}]}, N),
        ({"components": [{"serial": "6EBVA0"}, {"serial": "X"}]}, A),
        ({}, C),
    ],
    "28": [
        (row("NX4812", components=[{"serial": "L3"}]), A),
        (row("NX481", components=[{"serial": "L3"}]), N),
        (row("NX481"), N),
        (row("M2123"), C),
    ],
    "29": [
        (row("172N", serial="17272885"), A),
        (row("172N", serial="17274009"), A),
        (row("172N", serial="17274010"), N),
        (row("172P"), A),
        (row("172Q", serial="17275927"), A),
        (row("172Q", serial="17275934"), A),
        (row("172Q", serial="17275935"), N),
        (row("172R", serial="17272885"), N),
        (row("172Q"), C),
        ({}, C),
        ({"serial": "1"}, C),
    ],
    "30": [
        (row("560XL", serial="9999"), A),
        (row("560XL", serial="5002"), A),
        (row("560XL", serial="500A"), N),
        (row("560XL"), C),
    ],
    "31": [
        ({"serial": "AP0447"}, A),
        ({"serial": "AP0446"}, N),
        ({"serial": "AP0452"}, N),
        ({}, C),
    ],
    "32": [
        ({"gtin": "4050598000582", "part_number": "K6870", "lot": "220706"}, A),
        ({"gtin": "04050598000582", "part_number": "K6870", "lot": "220707"}, N),
        ({"gtin": "04050598000583", "part_number": "K6870"}, N),
    ],
    "33": [
        ({"part_number": "441916", "serial": "CT0174"}, A),
        ({"part_number": "8005"}, A),
        ({"part_number": "8001-1"}, A),
        ({"part_number": "8006"}, N),
        ({"part_number": "8000"}, N),
        ({"serial": "CT0174"}, C),
    ],
    "34": [(row("8100", lot="any"), A), (row("8101"), N), ({"lot": "any"}, C)],
    "35": [
        ({"serial": "JTHBLAAAAA5099597", "built": "2010-06-22"}, A),
        ({"serial": "JTHBLAAAAA5099597", "built": "2010-06-23"}, N),
        ({"serial": "JTHBLAAAAA5046736", "built": "2008"}, N),
        ({"serial": "JTHBMAAAAA5046737", "built": "2008"}, N),
        ({"serial": "JTHBLAAAAA5046737"}, C),
        ({"serial": "JTHBLAAAAA5046737", "built": "2010"}, C),
    ],
}


def test_every_form_has_cases_of_its_own(forms):
    assert sorted(CASES) == [scope.id for scope in forms.scopes]


@pytest.mark.parametrize("scope_id", sorted(CASES))
def test_inside_outside_and_both_ends(scope_id, forms, verdicts):
    units = [unit for unit, _ in CASES[scope_id]]
    found = verdicts(only(forms, scope_id), *units)
    assert list(zip(units, found, strict=True)) == CASES[scope_id]


def test_a_unit_against_all_forms_lists_every_scope_it_is_in(forms, match):
    frame = match(forms, {"serial": "AP0463", "model": "8100"})
    told = frame.iloc[0]
    assert told["verdict"] == A
    assert {"31", "34"} <= set(told["scope_ids"].split("; "))
    assert told["verdict_reason"].startswith("scope 31, rule 1: serial AP0463;")
