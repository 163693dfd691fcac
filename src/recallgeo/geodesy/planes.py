"""Planes around origins, in which distance and azimuth from the origin are true."""

import numpy as np

from recallgeo.geodesy.ellipsoid import ECCENTRICITY2, SEMI_MAJOR_M, Floats, Ints, to_ecef

__all__ = ["LocalPlanes"]


class LocalPlanes:
    """Planes around origins: true distance and azimuth from each, azimuthal equidistant.

    Lengths across the azimuth are off by a relative ``(distance / 6,371 km)**2 / 6``: 2.6e-6 at
    25 km.

    Parameters
    ----------
    lon, lat : float64 arrays
        Origins in degrees, WGS84, none missing.

    Examples
    --------
    >>> planes = LocalPlanes(np.zeros(1), np.zeros(1))
    >>> planes.xy(np.array([0]), to_ecef([1.0], [0.0])).round(2).tolist()
    [[111319.49, 0.0]]
    """

    def __init__(self, lon: Floats, lat: Floats) -> None:
        lam, phi = np.radians(lon), np.radians(lat)
        w2 = 1 - ECCENTRICITY2 * np.sin(phi) ** 2
        twice = 2 * SEMI_MAJOR_M * np.sqrt(1 - ECCENTRICITY2) / w2
        self._turn = np.stack([np.cos(lam), np.sin(lam), np.cos(phi), np.sin(phi), twice])
        self._origin = to_ecef(lon, lat)

    def xy(self, plane: Ints, places: Floats) -> Floats:
        """Lay places on planes, pair by pair.

        Parameters
        ----------
        plane : intp array
            Row of the origin for each place.
        places : float64 array, shape (n, 3)
            Geocentric coordinates in metres, as `to_ecef` gives them.

        Returns
        -------
        float64 array, shape (n, 2)
            Metres east and north of the origin.
        """
        origin = self._origin[plane]
        cos_lam, sin_lam, cos_phi, sin_phi, twice = self._turn[:, plane]
        x, y, z = (places - origin).T
        outward = x * cos_lam + y * sin_lam
        east = y * cos_lam - x * sin_lam
        north = z * cos_phi - outward * sin_phi
        flat = np.hypot(east, north)
        # twice the mean radius of curvature turns chord into arc: to 3e-7 up to 200 km
        share = np.minimum(np.sqrt(x * x + y * y + z * z) / twice, 1.0)
        with np.errstate(invalid="ignore", divide="ignore"):
            stretch = np.where(flat > 0, twice * np.arcsin(share) / flat, 0.0)
        return np.stack([east * stretch, north * stretch], axis=-1)
