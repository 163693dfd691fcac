"""Column maps: every fault at once, with the nearest right name."""

import pytest

from recallgeo.errors import ConfigError
from recallgeo.frames import MOVEMENTS
from recallgeo.register import ColumnMap


def fault(data):
    with pytest.raises(ConfigError) as caught:
        ColumnMap.from_dict(data)
    return str(caught.value)


def test_all_faults_are_told_at_once():
    told = fault({"raed": {}, "columns": {"serail": "a"}, "values": {"premisses": {"a": "b"}}})
    assert "did you mean 'read'?" in told
    assert "did you mean 'serial'?" in told
    assert "did you mean 'premises'?" in told


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"read": {"delimter": ","}}, "did you mean 'delimiter'?"),
        ({"read": {"delimiter": ",,"}}, "expected one character"),
        ({"read": {"encoding": "utf-9"}}, "'utf-9' is no encoding"),
        ({"read": {"decimal": "x"}}, "'x' is none of '.', ','"),
        ({"read": {"datetime": "%d.%m."}}, "holds no year"),
        ({"read": {"datetime": {"bilt": "%Y"}}}, "did you mean 'built'?"),
        ({"read": {"header_row": 0}}, "expected a number from 1"),
        ({"read": {"duplicate_headers": {"a": "second"}}}, "'second' is none of 'first', 'last'"),
        ({"read": {"rejoin_broken_lines": "yes"}}, "neither true nor false"),
        ({"columns": {"serial": 5}}, "5 is no text and no array of texts"),
        ({"columns": {"serial": {"split": "a"}}}, "part = 1"),
        ({"columns": {"serial": {"splt": "a"}}}, "did you mean 'split'?"),
        ({"columns": {"serial": {"join": ["a"], "const": "b"}}}, "must hold one of"),
        ({"columns": {"ship_to": {"cty": "a"}}}, "did you mean 'city'?"),
        ({"columns": {"components": [{"repeat": "8..1", "model": "m{n}"}]}}, "two numbers"),
        ({"columns": {"components": [{"repeat": "1..8", "model": "m"}]}}, "write {n}"),
        ({"role_precedence": ["shipto"]}, "did you mean 'ship_to'?"),
        ({"values": {"premises": {"a": 1}}}, "expected a text, not 1"),
    ],
)
def test_a_fault_is_told_with_what_was_expected(data, told):
    assert told in fault(data)


def test_a_map_of_movements_has_the_fields_of_movements():
    columns = {"columns": {"to_party": "Sold To"}}
    assert ColumnMap.from_dict(columns, schema=MOVEMENTS).headers() == ["Sold To"]
    assert "to_party" in fault(columns)
