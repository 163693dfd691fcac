"""How far the true place may lie from the point: a mixture of circular normals per match level.

`uncertainty_m` is a 95 % radius R. Errors of geocoded points are heavy-tailed: most are far
nearer than one normal of the same R would put them. So each level that has measured quantiles
carries two circular normals, ``P(error <= r) = sum_i w_i * (1 - exp(-(r / sigma_i)**2 / 2))``
with ``sigma_i = share_i * R``; levels without data carry one, ``sigma = R / 2.448``.

The shares are least-squares fits of that distribution to `MEASURED_QUANTILES_M` under the
condition ``P(error <= R) = 0.95``; ``tests/location/test_place_error.py`` repeats the fit.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from recallgeo.errors import ConfigError, nearest_name
from recallgeo.frames import MATCH_LEVELS

__all__ = ["MEASURED_QUANTILES_M", "ONE_NORMAL_SHARE", "PlaceError", "mixture_of"]

ONE_NORMAL_SHARE = 1 / math.sqrt(-2 * math.log(0.05))
"""Sigma of one circular normal as a share of its 95 % radius: 1 / 2.448."""

MEASURED_QUANTILES_M: Mapping[str, tuple[float, float, float, float]] = MappingProxyType(
    {
        # 50, 90, 95 and 99 % quantiles of the distance from the true point to what a geocoder
        # of the level returns, on 5.6 million addresses of OpenStreetMap (eight countries).
        # address: spread of points that share number, street, postcode and city
        "address": (15.0, 111.0, 169.0, 578.0),
        # leave-one-out interpolation between the neighbours on the same side
        "interpolated": (5.0, 32.0, 56.0, 167.0),
        # centroid of the street within city and postcode
        "street": (113.0, 638.0, 1015.0, 2072.0),
        # centroid of the postcode from the layer's own addresses
        "postcode": (1092.0, 2876.0, 3665.0, 5723.0),
        # gazetteer point of the city
        "locality": (3459.0, 9145.0, 12539.0, 24389.0),
    }
)
"""Measured errors per match level in metres: 50, 90, 95 and 99 % quantiles."""

_TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class PlaceError:
    """Distribution of a place error, in units of its 95 % radius.

    Parameters
    ----------
    weights : tuple of float
        Share of each circular normal; they sum to 1.
    sigma_shares : tuple of float
        Standard deviation per axis of each, divided by ``uncertainty_m``; more than 0.

    Raises
    ------
    ConfigError
        If the lengths differ, the weights do not sum to 1, or a share is not positive.

    Examples
    --------
    >>> one = PlaceError((1.0,), (ONE_NORMAL_SHARE,))
    >>> round(one.share_within(1.0), 6)
    0.95
    """

    weights: tuple[float, ...]
    sigma_shares: tuple[float, ...]

    def __post_init__(self) -> None:
        """Check that this is a distribution."""
        fits = (
            len(self.weights) == len(self.sigma_shares)
            and abs(sum(self.weights) - 1) < _TOLERANCE
            and all(weight >= 0 for weight in self.weights)
            and all(share > 0 for share in self.sigma_shares)
        )
        if not fits:
            message = (
                f"weights {self.weights} and sigma shares {self.sigma_shares} are no mixture; "
                "give as many positive shares as weights, weights that sum to 1"
            )
            raise ConfigError(message)

    def share_within(self, radius_share: float) -> float:
        """Give the probability that the error is at most a share of the 95 % radius.

        Parameters
        ----------
        radius_share : float
            Radius divided by ``uncertainty_m``, 0 or more.

        Returns
        -------
        float
            Probability, 0 to 1.

        Examples
        --------
        A street centroid with a radius of 1,015 m lies within 50 m of the truth in 13.6 %:

        >>> round(mixture_of("street").share_within(50 / 1015), 4)
        0.1355
        """
        parts = zip(self.weights, self.sigma_shares, strict=True)
        return 1 - sum(
            weight * math.exp(-((radius_share / share) ** 2) / 2) for weight, share in parts
        )


_ONE_NORMAL = PlaceError((1.0,), (ONE_NORMAL_SHARE,))

_FITTED: Mapping[str, PlaceError] = MappingProxyType(
    {
        "address": PlaceError((0.830806, 0.169194), (0.065576, 0.640441)),
        "interpolated": PlaceError((0.860092, 0.139908), (0.067784, 0.697085)),
        "street": PlaceError((0.844355, 0.155645), (0.083417, 0.663561)),
        "postcode": PlaceError((0.707774, 0.292226), (0.206600, 0.532153)),
        "locality": PlaceError((0.788002, 0.211998), (0.201982, 0.588311)),
    }
)


def mixture_of(match_level: str) -> PlaceError:
    """Give the distribution of the place error of a match level.

    Parameters
    ----------
    match_level : str
        One of `recallgeo.frames.MATCH_LEVELS`.

    Returns
    -------
    PlaceError
        Two circular normals where the level was measured; else one of sigma R / 2.448 (supplied,
        building, admin, country: judgement).

    Raises
    ------
    ConfigError
        For an unknown level.

    Examples
    --------
    >>> len(mixture_of("street").weights), len(mixture_of("supplied").weights)
    (2, 1)
    """
    if match_level not in MATCH_LEVELS:
        message = (
            f"match level {match_level!r} is unknown; {nearest_name(match_level, MATCH_LEVELS)}"
        )
        raise ConfigError(message)
    return _FITTED.get(match_level, _ONE_NORMAL)
