"""Capacity and calendar."""

from datetime import date

import numpy as np
import pytest

from recallgeo.errors import PlanError
from recallgeo.outreach import OutreachPolicy

MONDAY = date(2022, 7, 4)


def test_weekend_is_no_working_day():
    days = OutreachPolicy(start_on=date(2022, 7, 1)).working_days(3)
    assert np.datetime_as_string(days).tolist() == ["2022-07-01", "2022-07-04", "2022-07-05"]


def test_weekend_is_that_of_the_calendar():
    # Thursday 5 March 2026; Friday and Saturday are the weekend in Egypt
    days = OutreachPolicy(start_on=date(2026, 3, 5), calendar="EG").working_days(2)
    assert np.datetime_as_string(days).tolist() == ["2026-03-05", "2026-03-08"]


def test_holiday_of_the_calendar_is_no_working_day():
    # 29 August 2022 was the summer bank holiday in England, not in Scotland
    england = OutreachPolicy(start_on=date(2022, 8, 29), calendar="GB-ENG").working_days(1)
    scotland = OutreachPolicy(start_on=date(2022, 8, 29), calendar="GB-SCT").working_days(1)
    assert str(england[0]) == "2022-08-30"
    assert str(scotland[0]) == "2022-08-29"


def test_holidays_are_known_beyond_the_first_year():
    days = OutreachPolicy(start_on=date(2022, 7, 4), calendar="GB-ENG").working_days(400)
    assert "2023-12-25" not in np.datetime_as_string(days).tolist()


def test_unknown_calendar_names_the_nearest():
    with pytest.raises(PlanError, match="'GB-ENX' is not known; did you mean 'GB-EN"):
        OutreachPolicy(start_on=MONDAY, calendar="GB-ENX")


def test_every_fault_is_named_at_once():
    with pytest.raises(PlanError) as raised:
        OutreachPolicy(start_on=MONDAY, capacity_per_day={"cal": 3, "visit": -1}, verify_share=1.5)
    text = str(raised.value)
    assert "did you mean 'call'?" in text
    assert "capacity of visit is -1" in text
    assert "verify_share is 1.5" in text


def test_capacity_zero_everywhere_is_an_error():
    with pytest.raises(PlanError, match="no channel has capacity"):
        OutreachPolicy(start_on=MONDAY, capacity_per_day={"call": 0})


def test_channel_without_capacity_is_not_used():
    policy = OutreachPolicy(start_on=MONDAY, capacity_per_day={"call": 5, "visit": 0})
    assert policy.channels == ("call",)
