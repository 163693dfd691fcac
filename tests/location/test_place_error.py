"""Place error: the fit is repeated from the measured quantiles."""

import numpy as np
import pytest
from scipy.optimize import brentq, least_squares

from recallgeo.errors import ConfigError
from recallgeo.frames import MATCH_LEVELS
from recallgeo.location.place_error import MEASURED_QUANTILES_M, PlaceError, mixture_of

QUANTILES = np.array([0.5, 0.9, 0.95, 0.99])


def cdf(radius, weight, near, far):
    """Mixture of two circular normals (Rayleigh distances)."""
    return (
        1
        - weight * np.exp(-((radius / near) ** 2) / 2)
        - (1 - weight) * np.exp(-((radius / far) ** 2) / 2)
    )


def scaled(weight, ratio):
    """Sigmas of that ratio for which 95 % lies within 1."""
    near = brentq(lambda k: cdf(1.0, weight, k, k * ratio) - 0.95, 1e-3, 10, xtol=1e-12)
    return near, near * ratio


def refit(shares):
    """Least squares of the cumulative shares at the measured quantiles."""

    def unpack(x):
        weight = 1 / (1 + np.exp(-x[0]))
        return weight, *scaled(weight, 1 + np.exp(x[1]))

    fit = least_squares(
        lambda x: cdf(shares, *unpack(x)) - QUANTILES, [1.5, np.log(5.0)], xtol=1e-12, ftol=1e-12
    )
    return unpack(fit.x)


@pytest.mark.parametrize("level", sorted(MEASURED_QUANTILES_M))
def test_stored_mixture_is_the_least_squares_fit_to_the_measured_quantiles(level):
    measured = np.array(MEASURED_QUANTILES_M[level])
    weight, near, far = refit(measured / measured[2])
    error = mixture_of(level)
    assert error.weights == pytest.approx((weight, 1 - weight), abs=2e-3)
    assert error.sigma_shares == pytest.approx((near, far), rel=5e-3)


@pytest.mark.parametrize("level", sorted(MEASURED_QUANTILES_M))
def test_mixture_meets_every_measured_quantile_within_one_point(level):
    measured = np.array(MEASURED_QUANTILES_M[level])
    shares = [mixture_of(level).share_within(q / measured[2]) for q in measured]
    assert shares == pytest.approx(QUANTILES, abs=0.0101)
    assert shares[0] == pytest.approx(0.5, abs=0.002)


@pytest.mark.parametrize("level", MATCH_LEVELS)
def test_every_level_holds_95_percent_within_its_radius(level):
    assert mixture_of(level).share_within(1.0) == pytest.approx(0.95, abs=1e-5)


def test_one_normal_puts_under_one_percent_of_street_matches_within_50_m():
    assert mixture_of("supplied").share_within(50 / 1015) == pytest.approx(0.007, abs=5e-4)


def test_unknown_level_names_the_nearest():
    with pytest.raises(ConfigError, match="did you mean 'street'"):
        mixture_of("stret")


def test_weights_that_do_not_sum_to_one_are_refused():
    with pytest.raises(ConfigError, match="sum to 1"):
        PlaceError((0.5, 0.4), (0.1, 0.2))
