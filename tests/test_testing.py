"""The helpers that users' tests call."""

import pytest

from recallgeo.frames import ASSETS, PLACES, SITES
from recallgeo.testing import assert_frame, make_assets, make_places, make_sites


def test_made_tables_keep_their_contracts():
    assert_frame(make_assets(serial=["1", None], x_colour=["red", "blue"]), ASSETS)
    assert_frame(make_sites([0.0, 1.0], [0.0, 0.0], name=["A", "B"]), SITES)
    assert_frame(make_places([0.0], [0.0], kind=["hospital"]), PLACES)


def test_breach_is_an_assertion_that_names_it():
    with pytest.raises(AssertionError, match="'serial' is missing"):
        assert_frame(make_assets(serial=["1"]).drop(columns="serial"), ASSETS)
