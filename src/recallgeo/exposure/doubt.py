"""How far the true places of sites may lie from their points, as mixtures of circular normals."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from recallgeo.errors import SchemaError
from recallgeo.geodesy import GEOD
from recallgeo.location.place_error import mixture_of

__all__ = ["REACH_SIGMAS", "Doubt", "chance_in_disk"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

REACH_SIGMAS = 6.0
"""Places farther than their radius and this many sigmas have a chance under 2e-8: left out."""

_CERTAIN_SIGMAS = 8.0
_ASYMPTOTIC_FROM = 30.0
_EQUAL_M = 1e-6
_LEVEL_WHERE_MISSING = "supplied"


@dataclass(frozen=True, slots=True)
class Doubt:
    """Place errors of sites.

    Parameters
    ----------
    weights : float64 array, shape (sites, parts)
        Share of each circular normal; a row sums to 1.
    sigmas_m : float64 array, shape (sites, parts)
        Standard deviation per axis in metres; 0 where the place is certain.

    Examples
    --------
    >>> doubt = Doubt.of(pd.Series(["supplied", "street"]), pd.Series([0.0, 1015.0]))
    >>> doubt.sigmas_m.round(0).tolist()
    [[0.0, 0.0], [85.0, 674.0]]
    """

    weights: Floats
    sigmas_m: Floats

    @classmethod
    def of(cls, match_level: pd.Series, uncertainty_m: pd.Series) -> "Doubt":
        """Give the place errors of match levels and 95 % radii.

        Parameters
        ----------
        match_level : Series of text
            Missing counts as ``supplied``: one circular normal.
        uncertainty_m : Series of float64
            95 % radius in metres; missing or 0 where no doubt is stated.

        Raises
        ------
        SchemaError
            If a radius is negative or infinite.
        """
        radius = uncertainty_m.to_numpy(dtype=float, na_value=np.nan, copy=True)
        wrong = np.isinf(radius) | (radius < 0)
        if wrong.any():
            message = (
                f"uncertainty_m is {radius[wrong][0]} in {int(wrong.sum())} sites; "
                "expected metres, 0 or more, or missing"
            )
            raise SchemaError(message)
        radius = np.nan_to_num(radius)
        codes, levels = pd.factorize(match_level.fillna(_LEVEL_WHERE_MISSING))
        mixtures = [mixture_of(str(level)) for level in levels]
        parts = max((len(mixture.weights) for mixture in mixtures), default=1)
        weights = np.zeros((max(len(mixtures), 1), parts))
        shares = np.zeros_like(weights)
        for row, mixture in enumerate(mixtures):
            weights[row, : len(mixture.weights)] = mixture.weights
            shares[row, : len(mixture.weights)] = mixture.sigma_shares
        return cls(weights[codes], shares[codes] * radius[:, None])

    def __len__(self) -> int:
        """Count the sites."""
        return len(self.weights)

    def take(self, rows: npt.NDArray) -> "Doubt":
        """Give the place errors of some rows."""
        return Doubt(self.weights[rows], self.sigmas_m[rows])

    @property
    def widest_m(self) -> Floats:
        """Largest sigma of each site, metres."""
        return np.asarray(np.where(self.weights > 0, self.sigmas_m, 0.0).max(axis=1))

    @property
    def reach_m(self) -> Floats:
        """How far a true place may lie: `REACH_SIGMAS` of the widest normal."""
        return REACH_SIGMAS * self.widest_m

    def share_within(self, rows: Ints, radius_m: Floats) -> Floats:
        """Give the probability that the error is at most a radius, row by row."""
        sigma = self.sigmas_m[rows]
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            outside = np.exp(-((radius_m[:, None] / sigma) ** 2) / 2)
        outside = np.where(sigma > 0, outside, 0.0)
        return np.asarray(1 - np.einsum("ij,ij->i", self.weights[rows], outside))

    def chance_within(self, rows: Ints, distance_m: Floats, radius_m: float) -> Floats:
        """Give the probability to lie within a radius of points at distances, row by row.

        Parameters
        ----------
        rows : intp array
            Row of the site for each pair.
        distance_m : float64 array
            From the site's point to the other point.
        radius_m : float
            Boundary included.

        Returns
        -------
        float64 array
            Probability, 0 to 1.
        """
        chance = np.zeros(len(rows))
        for part in range(self.weights.shape[1]):
            weight = self.weights[rows, part]
            used = weight > 0
            sigma = self.sigmas_m[rows[used], part]
            chance[used] += weight[used] * chance_in_disk(distance_m[used], radius_m, sigma)
        return np.clip(chance, 0.0, 1.0)

    def displace(
        self, lon: Floats, lat: Floats, uniforms: tuple[Floats, Floats]
    ) -> tuple[Floats, Floats]:
        """Draw true places.

        Parameters
        ----------
        lon, lat : float64 arrays
            Points of the sites in degrees.
        uniforms : two float64 arrays, shape (sites, draws)
            Numbers in [0, 1).

        Returns
        -------
        lon, lat : float64 arrays, shape (sites, draws)
        """
        first, second = uniforms
        below = np.cumsum(self.weights, axis=1)
        part = (first[:, :, None] >= below[:, None, :-1]).sum(axis=2)
        rows = np.arange(len(self))[:, None]
        start = np.concatenate([np.zeros((len(self), 1)), below], axis=1)[rows, part]
        inside = np.clip((first - start) / self.weights[rows, part], 0.0, 1 - 2.0**-53)
        radius = self.sigmas_m[rows, part] * np.sqrt(-2 * np.log1p(-inside))
        shape = first.shape
        x, y, _ = GEOD.fwd(
            np.broadcast_to(lon[:, None], shape).ravel(),
            np.broadcast_to(lat[:, None], shape).ravel(),
            (second * 360.0).ravel(),
            radius.ravel(),
        )
        return np.asarray(x).reshape(shape), np.asarray(y).reshape(shape)


def chance_in_disk(distance_m: Floats, radius_m: float | Floats, sigma_m: Floats) -> Floats:
    """Give the probability that a circular normal falls into a disk.

    Parameters
    ----------
    distance_m : float64 array
        From the normal's centre to the disk's centre.
    radius_m : float or float64 array
        Of the disk, boundary included.
    sigma_m : float64 array
        Standard deviation per axis; at 0 the chance is 0 or 1.

    Returns
    -------
    float64 array
        Probability, 0 to 1.

    Notes
    -----
    ``P = chndtr((r/s)**2, 2, (d/s)**2)``, the noncentral chi-square distribution. Its cost grows
    with d/s, so from d/s = 30 on ``Phi((r - d)/s - s/(2 d))``; beyond 8 s it is 0 or 1.

    Examples
    --------
    >>> chance_in_disk(np.array([0.0, 10.0]), 244.8, np.array([100.0, 0.0])).round(3).tolist()
    [0.95, 1.0]
    """
    from scipy.special import chndtr, ndtr

    radius = np.broadcast_to(np.asarray(radius_m, dtype=np.float64), distance_m.shape)
    chance = (distance_m <= radius + _EQUAL_M).astype(np.float64)
    open_ = np.abs(distance_m - radius) < _CERTAIN_SIGMAS * sigma_m
    d, r, s = distance_m[open_], radius[open_], sigma_m[open_]
    far = d >= _ASYMPTOTIC_FROM * s
    result = np.empty(len(d))
    near = ~far
    result[near] = chndtr((r[near] / s[near]) ** 2, 2.0, (d[near] / s[near]) ** 2)
    result[far] = ndtr((r[far] - d[far]) / s[far] - s[far] / (2 * d[far]))
    chance[open_] = result
    return chance
