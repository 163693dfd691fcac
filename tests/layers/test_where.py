import pandas as pd
import pytest

from recallgeo.errors import ConfigError
from recallgeo.layers import select_rows

TABLE = pd.DataFrame(
    {
        "STATUS": ["OPEN", "CLOSED", None, " OPEN "],
        "BEDS": ["10", "-999", "", "3.0"],
        "staff": [1.0, 2.0, None, 4.0],
        "full name": ["O'Hara", "b", "c", "d"],
    }
)


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("STATUS = 'OPEN'", [True, False, False, True]),
        ("status = 'OPEN'", [True, False, False, True]),
        ("STATUS != 'CLOSED'", [True, False, True, True]),
        ("STATUS <> 'CLOSED'", [True, False, True, True]),
        ("STATUS in ('OPEN', 'CLOSED')", [True, True, False, True]),
        ("STATUS not in ('OPEN')", [False, True, True, False]),
        ("STATUS is null", [False, False, True, False]),
        ("BEDS is null", [False, False, True, False]),
        ("BEDS IS NOT NULL AND staff = 2", [False, True, False, False]),
        ("BEDS in (10, 3)", [True, False, False, True]),
        ("BEDS = -999", [False, True, False, False]),
        ("staff = 1 or staff = 4 and STATUS = 'CLOSED'", [True, False, False, False]),
        ("(staff = 1 or staff = 4) and STATUS = 'OPEN'", [True, False, False, True]),
        ("not (STATUS = 'OPEN')", [False, True, True, False]),
        ("\"full name\" = 'O''Hara'", [True, False, False, False]),
    ],
)
def test_condition_selects_its_rows(where, expected):
    assert select_rows(TABLE, where).tolist() == expected


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("STATUS == 'OPEN'", "in single quotes should stand"),
        ("STATUS = OPEN", "in single quotes should stand"),
        ("STATUS = 'OPEN' 'x'", "should end"),
        ("STATUS", "lacks 'in'"),
        ("STATUS in ('a'", "lacks ')'"),
        ("and", "field name should stand"),
        ("STATUS = ", "ends where a value"),
        ("STATUS = 'OPEN'; drop", "cannot be read at ';"),
        ("__import__('os')", "no column"),
        ("", "is empty"),
        ("statsu = 'x'", "did you mean 'STATUS'?"),
        ("BEDZ = 1", "did you mean 'BEDS'?"),
        ("(" * 5000 + "BEDS = 1" + ")" * 5000, "more than 50"),
        ("not " * 5000 + "BEDS = 1", "more than 50"),
    ],
)
def test_condition_that_cannot_be_read_says_what_to_write(where, said):
    with pytest.raises(ConfigError) as caught:
        select_rows(TABLE, where)
    assert said in str(caught.value)


def test_condition_leaves_the_table_as_it_was():
    before = TABLE.copy()
    select_rows(TABLE, "STATUS = 'OPEN' and BEDS is null")
    pd.testing.assert_frame_equal(TABLE, before)


def test_condition_on_an_empty_table_selects_nothing():
    assert select_rows(TABLE.iloc[:0], "STATUS = 'OPEN'").empty
