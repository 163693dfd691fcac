"""Points of one place joined without chains: a cluster's points lie under 150 m apart."""

import numpy as np
import numpy.typing as npt

from recallgeo.geodesy import to_ecef

__all__ = ["LINK_M", "SPREAD_M", "cluster_points", "link_points"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

LINK_M = 30.0
"""Units of a customer nearer than this stand at one place (judgement)."""

SPREAD_M = 150.0
"""No two units of a site lie this far apart (judgement)."""

_APART = 1e9  # metres between customers in the fourth dimension: they never meet
_MANY = 1_500  # above this many points the clusters are cells of a grid
_CELL_M = 100.0


def link_points(customer: Ints, lon: Floats, lat: Floats) -> tuple[Ints, Ints]:
    """Give every pair of points of one customer that lie within `LINK_M`.

    Parameters
    ----------
    customer : int64 array
        Number of the customer of each point.
    lon, lat : float64 arrays
        Degrees, WGS84, none missing.

    Returns
    -------
    first, second : int64 arrays
        Rows of the pairs.

    Examples
    --------
    >>> lon, lat = np.array([0.0, 0.0001, 0.0002]), np.zeros(3)
    >>> first, second = link_points(np.array([1, 1, 2]), lon, lat)
    >>> first.tolist(), second.tolist()
    ([0], [1])
    """
    from scipy.spatial import cKDTree

    if not len(customer):
        return np.array([], dtype=np.int64), np.array([], dtype=np.int64)
    places = np.column_stack([to_ecef(lon, lat), customer * _APART])
    pairs = cKDTree(places).query_pairs(LINK_M, output_type="ndarray")
    return pairs[:, 0].astype(np.int64), pairs[:, 1].astype(np.int64)


def cluster_points(component: Ints, lon: Floats, lat: Floats) -> Ints:
    """Split components of linked points until no cluster reaches `SPREAD_M`.

    Parameters
    ----------
    component : int64 array
        Component of each point, from 0.
    lon, lat : float64 arrays
        Degrees, WGS84, none missing.

    Returns
    -------
    int64 array
        Cluster of each point; the same partition in whatever order the points come.

    Examples
    --------
    A street of 30 points, 20 m apart, is no place:

    >>> lon = np.arange(30) * 20 / 111319.49
    >>> clusters = cluster_points(np.zeros(30, dtype=int), lon, np.zeros(30))
    >>> sizes = np.bincount(clusters)
    >>> bool((sizes - 1).max() * 20 < 150)
    True
    """
    cluster = np.asarray(component, dtype=np.int64).copy()
    if not len(cluster):
        return cluster
    ecef = to_ecef(lon, lat)
    count = np.bincount(cluster)
    low = np.full((len(count), 3), np.inf)
    high = np.full((len(count), 3), -np.inf)
    np.minimum.at(low, cluster, ecef)
    np.maximum.at(high, cluster, ecef)
    wide = np.flatnonzero((np.linalg.norm(high - low, axis=1) >= SPREAD_M) & (count > 1))
    order = np.argsort(cluster, kind="stable")
    start = np.cumsum(count) - count
    free = len(count)
    for number in wide:
        rows = order[start[number] : start[number] + count[number]]
        # the same order of points, and so of ties, whatever order the units came in
        rows = rows[np.lexsort((ecef[rows, 2], ecef[rows, 1], ecef[rows, 0]))]
        parts = _split(ecef[rows])
        cluster[rows] = np.where(parts == 0, number, free + parts - 1)
        free += int(parts.max())
    return cluster


def _split(ecef: Floats) -> Ints:
    """Split ordered points: complete linkage, or cells of a grid where they are many."""
    distinct, back = np.unique(ecef, axis=0, return_inverse=True)
    if len(distinct) == 1:
        return np.zeros(len(ecef), dtype=np.int64)
    if len(distinct) > _MANY:
        labels = _grid(distinct)
    else:
        from scipy.cluster.hierarchy import fcluster, linkage

        tree = linkage(distinct, method="complete")
        labels = fcluster(tree, t=np.nextafter(SPREAD_M, 0), criterion="distance")
    _, numbers = np.unique(labels, return_inverse=True)
    return numbers[back.ravel()].astype(np.int64)


def _grid(ecef: Floats) -> Ints:
    """Cells on the ground: two tangent axes cut every 80 m, so that a cell stays under 150 m."""
    middle = ecef.mean(axis=0)
    up = middle / np.linalg.norm(middle)
    east = np.cross([0.0, 0.0, 1.0], up)
    size = np.linalg.norm(east)
    east = east / size if size > 0 else np.array([0.0, 1.0, 0.0])
    north = np.cross(up, east)
    cells = np.floor(np.stack([ecef @ east, ecef @ north], axis=1) / _CELL_M)
    _, numbers = np.unique(cells, axis=0, return_inverse=True)
    return numbers.ravel().astype(np.int64)
