"""Every boundary of the line is balanced from the tables on both sides of it."""

import pandas as pd
import pytest

from recallgeo.errors import LedgerError
from recallgeo.ledger import Ledger
from recallgeo.pipeline.balance import balance_plan, balance_reading, balance_scope
from recallgeo.register import merge_readings
from recallgeo.sources.register import read_register
from recallgeo.testing import make_assets

pytestmark = pytest.mark.xdist_group("liechtenstein")


def scoped(**columns):
    table = make_assets(**columns)
    table["verdict_reason"] = "."
    return table


def reading_of(rows):
    return merge_readings([read_register(pd.DataFrame(rows))])


def test_units_merged_are_balanced_beside_rows():
    reading = reading_of({"serial": ["A1", "A1", "A2"], "city": ["Vaduz", "Triesen", "Balzers"]})
    ledger = Ledger().add(*balance_reading(reading, reading.assets, added=0))
    assert ledger.balance("merge_registers").parts == {"known": 2, "merged": 1}


def test_unit_lost_between_register_and_recall_raises():
    reading = reading_of({"serial": ["A1", "A2"]})
    with pytest.raises(LedgerError, match="movements: 1 rows came in, 2 are accounted for"):
        balance_reading(reading, reading.assets.iloc[:1], added=0)


def test_unit_lost_by_the_recall_raises():
    reading = reading_of({"serial": ["A1", "A2"]})
    ledger = Ledger().add(*balance_reading(reading, reading.assets, added=0))
    lost = scoped(serial=["A1"], verdict=["affected"])
    with pytest.raises(LedgerError, match=r"1 rows came in, but movements\.from_registers"):
        ledger.add(*balance_scope(lost, {}))


def test_verdict_that_is_none_raises():
    with pytest.raises(LedgerError, match="match_recall"):
        balance_scope(scoped(serial=["A1"], verdict=["perhaps"]), {})


def test_affected_units_are_split_by_market():
    table = scoped(serial=["A1", "A2", "A3"], verdict=["affected"] * 3, market=["LI", "AT", None])
    balances = {(b.stage, b.grain): b.parts for b in balance_scope(table, {"LI": 5})}
    assert balances["expected_units", "units"] == {
        "LI": 1,
        "elsewhere": 1,
        "market not stated": 1,
    }


def test_every_stage_of_a_real_run_is_balanced_in_every_grain(liechtenstein):
    stages = {(b.stage, b.grain) for b in liechtenstein.run.ledger.balances}
    assert {
        *(("read_register", "rows"), ("merge_registers", "units"), ("match_recall", "rows")),
        *(("locate_assets", "units"), ("resolve_sites", "units"), ("resolve_sites", "sites")),
        *(("measure_exposure", "sites"), ("rank_sites", "sites"), ("plan_outreach", "sites")),
        ("plan_outreach", "units"),
    } <= stages


def test_site_lost_by_the_plan_raises(liechtenstein):
    from dataclasses import replace

    run = liechtenstein.run
    short = replace(run.plan, frame=run.plan.frame.iloc[1:])
    with pytest.raises(LedgerError, match="plan_outreach"):
        balance_plan(run.located, run.unit_sites, short)
