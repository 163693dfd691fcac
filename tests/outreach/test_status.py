"""The state of a site is that of the instant that came last, in whatever zone it was written."""

import pandas as pd
import pytest

from recallgeo.outreach.status import fold_log


def log(*lines):
    return pd.DataFrame(lines, columns=["site_id", "at", "state"]).astype("str")


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_lines_of_two_time_zones_count_in_the_order_in_which_they_happened(order):
    lines = [
        ("s1", "2022-07-05T10:00+09:00", "repaired"),  # 01:00 UTC
        ("s1", "2022-07-05T02:00Z", "refused"),
    ]
    assert fold_log(log(*(lines[at] for at in order))).loc["s1", "state"] == "refused"


def test_a_day_counts_from_its_start():
    lines = log(("s1", "2022-07-05", "repaired"), ("s1", "2022-07-05T00:00Z", "reached"))
    assert fold_log(lines).loc["s1", "state"] == "repaired"


def test_a_time_that_cannot_be_read_closes_no_site_that_is_open():
    lines = log(("s1", "yesterday", "repaired"), ("s1", "2022-07-05T02:00Z", "attempted"))
    assert fold_log(lines).loc["s1", "state"] == "attempted"
    assert fold_log(lines[:1]).loc["s1"].tolist() == ["repaired", "yesterday"]
