"""Product hazards and their radii."""

import pytest

from recallgeo.errors import ConfigError
from recallgeo.hazard import Hazard, radii_in_play

FIRE = Hazard(
    name="fire",
    words="can catch fire",
    radius_m=50,
    context_m=250,
    decay_m=50.0,
    severity=1.0,
    source="judgement",
)
SHOCK = Hazard(
    name="shock",
    words="can give a shock",
    radius_m=0,
    context_m=50,
    decay_m=25.0,
    severity=0.8,
    source="judgement",
)


def test_radius_zero_is_the_premises_and_is_not_measured():
    assert SHOCK.radii_m == (50,)


def test_radii_of_several_hazards_are_measured_once():
    assert radii_in_play([FIRE, SHOCK]) == (50, 250)


def test_every_wrong_bound_is_named_at_once():
    with pytest.raises(ConfigError) as raised:
        Hazard(
            name="x", words="x", radius_m=-1, context_m=0, decay_m=0, severity=2, source="judgement"
        )
    for key in ("radius_m is -1", "context_m is 0", "decay_m is 0", "severity is 2"):
        assert key in str(raised.value)
