"""Centre and spread of groups of points, all groups at once."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from recallgeo.geodesy import arc_from_chord, geodesic_m, to_ecef

__all__ = ["Spread", "measure_spread"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_E2 = 0.0066943799901413165  # first eccentricity squared of WGS84
_CHORD_IS_FINE_M = 100_000.0
# Up to 8,000 km an arc from its chord is off by 0.012 % at most (400,000 pairs over the globe);
# within ten times that of the radius the order of two points may be another one.
_CHORD_IS_GOOD_M = 8_000_000.0
_CHORD_ERROR = 0.0012


class Spread(NamedTuple):
    """Centres of groups and how far their points lie from them.

    Parameters
    ----------
    longitude, latitude : float64 arrays
        Centre of each group, degrees.
    radius_m : float64 array
        Distance from the centre that holds the share asked for, metres.
    points : int64 array
        Points of each group.
    """

    longitude: Floats
    latitude: Floats
    radius_m: Floats
    points: Ints


def measure_spread(
    group: npt.ArrayLike, lon: npt.ArrayLike, lat: npt.ArrayLike, *, share: float
) -> Spread:
    """Give the centre of each group of points and the radius that holds a share of them.

    The centre is the mean in geocentric coordinates, so groups across the antimeridian are
    ordinary. The radius is the smallest distance of a point of the group that holds at least
    `share` of them: of fewer than 20 points, 0.95 gives the farthest.

    Parameters
    ----------
    group : array_like of int
        Group of each point, 0 to n - 1, every one at least once.
    lon, lat : array_like of float
        Degrees, WGS84, none missing.
    share : float
        Share of the points, above 0 to 1.

    Returns
    -------
    Spread
        One value a group, in the order of the group numbers.

    Examples
    --------
    >>> spread = measure_spread([0, 0, 1], [0.0, 0.002, 5.0], [0.0, 0.0, 5.0], share=0.95)
    >>> spread.radius_m.round(1).tolist(), spread.points.tolist()
    ([111.3, 0.0], [2, 1])
    """
    groups = np.asarray(group, dtype=np.int64)
    lons, lats = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    count = np.bincount(groups).astype(np.int64)
    ecef = to_ecef(lons, lats)
    mean = np.stack([np.bincount(groups, weights=axis) / count for axis in ecef.T], axis=-1)
    centre_lon = np.degrees(np.arctan2(mean[:, 1], mean[:, 0]))
    across = np.hypot(mean[:, 0], mean[:, 1])
    centre_lat = np.degrees(np.arctan2(mean[:, 2] / (1 - _E2), across))
    # a group of one is its own centre, free of rounding
    alone = count[groups] == 1
    centre_lon[groups[alone]], centre_lat[groups[alone]] = lons[alone], lats[alone]
    centre = to_ecef(centre_lon, centre_lat)[groups]
    distance = arc_from_chord(ecef, centre)
    at = np.cumsum(count) - count + np.ceil(share * count - 1e-9).astype(np.int64) - 1
    radius = distance[np.lexsort((distance, groups))][at]
    # only points about as far as the radius can decide it: of them the distance must be exact
    decides = np.abs(distance - radius[groups]) <= _CHORD_ERROR * radius[groups]
    far = (distance > _CHORD_IS_FINE_M) & (decides | (distance > _CHORD_IS_GOOD_M))
    if far.any():
        distance[far] = geodesic_m(
            lons[far], lats[far], centre_lon[groups[far]], centre_lat[groups[far]]
        )
        radius = distance[np.lexsort((distance, groups))][at]
    return Spread(centre_lon, centre_lat, radius, count)
