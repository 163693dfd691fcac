"""Polygons as rings of geocentric corners: distance to the edge, and chance to be inside.

Each question is asked in the plane around the site, so the poles and the antimeridian are
ordinary places. Edges follow straight lines of longitude and latitude, as RFC 7946 says, cut
every 0.02 degrees.

References
----------
Chance inside a polygon: each edge adds an angle less two values of Owen's T; Owen, *Tables for
computing bivariate normal probabilities*, Ann. Math. Stat. 27 (1956).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import shapely

from recallgeo.exposure.doubt import chance_in_disk
from recallgeo.geodesy import GEOD, LocalPlanes, PointTree, arc_from_chord, to_ecef

if TYPE_CHECKING:
    from scipy.spatial import cKDTree

__all__ = ["Outlines", "PlacedEdges", "unwrapped"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
Shapes = npt.NDArray[np.object_]

_STEP_DEGREES = 0.02
_CORNERS = 400_000
_CLASSES_M = (0.0, 50.0, 200.0, 1000.0, 5000.0, np.inf)
_EARTH_M = 6_371_008.8
_QUAD_SEGMENTS = 8
_SMALL = 0.1
_GONE_SIGMAS = 8.0
_WIDE_DEGREES = 180.0


@dataclass(frozen=True, slots=True)
class PlacedEdges:
    """Edges of polygons in the planes of the sites they are paired with.

    Parameters
    ----------
    start, end : float64 arrays, shape (edges, 2)
        Metres east and north of the site; the inside lies to the left.
    pair : intp array
        Pair of each edge, rising.
    """

    start: Floats
    end: Floats
    pair: Ints

    def distance_m(self, pairs: int) -> Floats:
        """Give the distance from each site to its polygon, 0 inside."""
        along = self.end - self.start
        size2 = np.einsum("ij,ij->i", along, along)
        with np.errstate(invalid="ignore", divide="ignore"):
            share = np.where(size2 > 0, -np.einsum("ij,ij->i", self.start, along) / size2, 0.0)
        foot = self.start + np.clip(share, 0.0, 1.0)[:, None] * along
        away = np.hypot(foot[:, 0], foot[:, 1])
        result = np.full(pairs, np.inf)
        starts = np.flatnonzero(np.diff(self.pair, prepend=-1))
        result[self.pair[starts]] = np.minimum.reduceat(away, starts)
        result[self._crossings(pairs) % 2 == 1] = 0.0
        return result

    def _crossings(self, pairs: int) -> Ints:
        """Count the edges that a ray to the east crosses: odd inside."""
        (x1, y1), (x2, y2) = self.start.T, self.end.T
        with np.errstate(invalid="ignore", divide="ignore"):
            at = x1 - y1 * (x2 - x1) / (y2 - y1)
        hit = ((y1 > 0) != (y2 > 0)) & (at > 0)
        return np.bincount(self.pair[hit], minlength=pairs)

    def chance_inside(self, sigma_m: Floats) -> Floats:
        """Give the probability that each site's true place lies inside its polygon.

        Parameters
        ----------
        sigma_m : float64 array
            Standard deviation of a circular normal around the site, for each pair, more than 0.
        """
        along = self.end - self.start
        size = np.hypot(along[:, 0], along[:, 1])
        kept = size > 0
        start, end, pair = self.start[kept], self.end[kept], self.pair[kept]
        unit = along[kept] / size[kept, None]
        high = start[:, 0] * unit[:, 1] - start[:, 1] * unit[:, 0]
        sigma = sigma_m[pair]
        turn = _angle(high, np.einsum("ij,ij->i", end, unit), sigma)
        turn -= _angle(high, np.einsum("ij,ij->i", start, unit), sigma)
        # rings around a pole turn the other way than on the map: the sign is theirs alone
        return np.clip(np.abs(np.bincount(pair, turn, len(sigma_m))), 0.0, 1.0)


def _angle(high: Floats, along: Floats, sigma: Floats) -> Floats:
    """Give the share of a normal between an edge's foot, its point `along`, and infinity less."""
    from scipy.special import owens_t

    with np.errstate(divide="ignore", invalid="ignore"):
        slope = np.where(high == 0, 0.0, along / high)
    distance = np.abs(high) / sigma
    result = np.arctan(slope) / (2 * np.pi)
    near = distance < _GONE_SIGMAS
    result[near] -= owens_t(distance[near], slope[near])
    return result


class Outlines:
    """Polygons that are asked pair by pair.

    Parameters
    ----------
    polygons : object array
        The shapes.
    corners : float64 array, shape (corners, 3)
        Of the shapes in their order, geocentric; rings closed, the inside to the left.
    ring_shape : tuple of two intp arrays
        Ring and polygon of each corner, rising.
    anchors : tuple of two float64 arrays
        Longitude and latitude of a point inside each polygon.
    """

    def __init__(
        self,
        polygons: Shapes,
        corners: Floats,
        ring_shape: tuple[Ints, Ints],
        anchors: tuple[Floats, Floats],
    ) -> None:
        self._polygons, self._corners = polygons, corners
        self._ring, self._shape = ring_shape
        self.lon, self.lat = anchors
        self._anchors = to_ecef(*anchors)
        self._first = np.searchsorted(self._shape, np.arange(len(self._anchors) + 1))
        self.reach_m = self._reach()
        self._widened_m = 0.0

    @classmethod
    def of(cls, polygons: Shapes) -> "Outlines":
        """Prepare polygons in WGS84 degrees; none missing or empty.

        Examples
        --------
        >>> square = shapely.box(-0.001, -0.001, 0.001, 0.001)
        >>> outlines = Outlines.of(np.array([square], dtype=object))
        >>> outlines.distance_m(np.zeros(1), np.zeros(1), np.array([0])).tolist()
        [0.0]
        """
        whole = unwrapped(np.asarray(shapely.force_2d(polygons), dtype=object))
        inside = shapely.point_on_surface(whole)
        anchors = (shapely.get_x(inside), shapely.get_y(inside))
        oriented = shapely.orient_polygons(whole, exterior_cw=False)
        bounds = shapely.bounds(oriented)
        narrow = bounds[:, 2] - bounds[:, 0] < _WIDE_DEGREES
        oriented[narrow] = shapely.segmentize(oriented[narrow], _STEP_DEGREES)
        xy, ring, shape = _rings(oriented)
        return cls(oriented, to_ecef(xy[:, 0], xy[:, 1]), (ring, shape), anchors)

    def __len__(self) -> int:
        """Count the polygons."""
        return len(self._anchors)

    def _reach(self) -> Floats:
        """Give the farthest that a polygon reaches from its anchor, with the bulge of edges."""
        if not len(self):
            return np.zeros(0)
        away = np.linalg.norm(self._corners - self._anchors[self._shape], axis=1)
        edges = np.linalg.norm(np.diff(self._corners, axis=0, append=self._corners[-1:]), axis=1)
        edges[:-1][np.diff(self._ring) != 0] = 0.0
        farthest = np.maximum.reduceat(away, self._first[:-1])
        longest = np.maximum.reduceat(edges, self._first[:-1])
        return np.asarray(farthest + longest**2 / (4 * _EARTH_M))

    @cached_property
    def _tree(self) -> "cKDTree":
        from scipy.spatial import cKDTree

        return cKDTree(self._anchors)

    @cached_property
    def _classes(self) -> list[tuple[Ints, float, "cKDTree"]]:
        """Give the polygons by size, so that one large polygon widens no other's search."""
        from scipy.spatial import cKDTree

        groups = []
        for low, high in pairwise(_CLASSES_M):
            members = np.flatnonzero((self.reach_m >= low) & (self.reach_m < high))
            if len(members):
                widest = float(self.reach_m[members].max())
                groups.append((members, widest, cKDTree(self._anchors[members])))
        return groups

    def bound_m(self, lon: Floats, lat: Floats) -> Floats:
        """Give a distance that the nearest polygon does not exceed: to the nearest anchor."""
        chord, _ = self._tree.query(to_ecef(lon, lat), workers=-1)
        # an arc is at most this much longer than its chord on the most curved part of the Earth
        half = np.clip(chord / (2 * 6_335_000.0), 0.0, 1.0)
        return np.asarray(2 * 6_335_000.0 * np.arcsin(half) * (1 + 1e-6) + 1e-3)

    def count_near(self, lon: Floats, lat: Floats, *, reach_m: Floats) -> Ints:
        """Count the candidates within a reach: a quick bound for planning memory."""
        asked, counts = to_ecef(lon, lat), np.zeros(len(lon), dtype=np.intp)
        for _, widest, tree in self._classes:
            reach = reach_m + widest
            counts += tree.query_ball_point(asked, r=reach, return_length=True, workers=-1)
        return counts

    def candidates(self, lon: Floats, lat: Floats, *, reach_m: Floats) -> tuple[Ints, Ints, Floats]:
        """Pair sites with the polygons that may lie within a reach, and no nearer than given."""
        asked = to_ecef(lon, lat)
        none: Ints = np.empty(0, dtype=np.intp)
        sites, shapes, bounds = [none], [none], [np.empty(0)]
        for members, widest, tree in self._classes:
            hits = tree.query_ball_point(asked, r=reach_m + widest, workers=-1, return_sorted=False)
            sizes = np.fromiter(map(len, hits), dtype=np.intp, count=len(hits))
            if sizes.sum():
                site = np.repeat(np.arange(len(lon)), sizes)
                found = np.fromiter(chain.from_iterable(hits), np.intp, count=int(sizes.sum()))
                shape = members[found]
                bound = np.linalg.norm(asked[site] - self._anchors[shape], axis=1)
                bound -= self.reach_m[shape]
                kept = bound <= reach_m[site]
                sites.append(site[kept])
                shapes.append(shape[kept])
                bounds.append(bound[kept])
        site, shape = np.concatenate(sites), np.concatenate(shapes)
        order = np.lexsort((shape, site))
        return site[order], shape[order], np.maximum(np.concatenate(bounds)[order], 0.0)

    def distance_m(self, lon: Floats, lat: Floats, shape: Ints) -> Floats:
        """Give the distance from sites to polygons pair by pair, 0 inside, metres."""
        result = np.empty(len(shape))
        for part, edges in self.placed(lon, lat, shape):
            result[part] = edges.distance_m(part.stop - part.start)
        return result

    def chance_inside(self, lon: Floats, lat: Floats, shape: Ints, sigma_m: Floats) -> Floats:
        """Give the probability that true places lie inside polygons, pair by pair.

        A polygon that is small beside sigma counts as the disk of its area around its centroid;
        measured on rectangles of 3 to 1, that is off by less than 0.0003.
        """
        _, radius = self.disks
        spread = self.reach_m * (self.reach_m + 4 * self._widened_m)
        small = spread[shape] <= _SMALL * sigma_m**2
        result = np.empty(len(shape))
        away = self._centroid_distance_m(lon[small], lat[small], shape[small])
        result[small] = chance_in_disk(away, radius[shape[small]], sigma_m[small])
        large = np.flatnonzero(~small)
        for part, edges in self.placed(lon[large], lat[large], shape[large]):
            result[large[part]] = edges.chance_inside(sigma_m[large[part]])
        return result

    @cached_property
    def disks(self) -> tuple[Floats, Floats]:
        """Give the centroid of each polygon, geocentric, and the radius of a disk of its area."""
        flat = LocalPlanes(self.lon, self.lat).xy(self._shape, self._corners)
        placed = shapely.transform(self._polygons, lambda _: flat)
        centre = shapely.get_coordinates(shapely.centroid(placed))
        lon, lat = _from_plane(self.lon, self.lat, centre)
        return to_ecef(lon, lat), np.sqrt(shapely.area(placed) / np.pi)

    def _centroid_distance_m(self, lon: Floats, lat: Floats, shape: Ints) -> Floats:
        return arc_from_chord(to_ecef(lon, lat), self.disks[0][shape])

    def crowded(
        self, *, radius_m: float, points: PointTree, point_m: float
    ) -> npt.NDArray[np.bool_]:
        """Say which polygons, widened, meet another one or a widened point."""
        own = self.reach_m + radius_m
        site, other = self.candidates(self.lon, self.lat, reach_m=own + radius_m)[:2]
        meets = np.bincount(site[site != other], minlength=len(self)) > 0
        return meets | (points.count_near(self.lon, self.lat, reach_m=own + point_m) > 0)

    def placed(self, lon: Floats, lat: Floats, shape: Ints) -> Iterator[tuple[slice, PlacedEdges]]:
        """Lay polygons into the planes of sites, some pairs at a time, memory bounded."""
        counts = self._first[shape + 1] - self._first[shape]
        block = np.cumsum(counts) // _CORNERS
        ends = [*(np.flatnonzero(np.diff(block)) + 1), len(shape)]
        start = 0
        for end in ends:
            if end > start:
                part = slice(start, int(end))
                yield part, self._place(lon[part], lat[part], shape[part], counts[part])
            start = int(end)

    def _place(self, lon: Floats, lat: Floats, shape: Ints, counts: Ints) -> PlacedEdges:
        pair = np.repeat(np.arange(len(shape)), counts)
        within = np.arange(len(pair)) - np.repeat(np.cumsum(counts) - counts, counts)
        corner = self._first[shape][pair] + within
        xy = LocalPlanes(lon, lat).xy(pair, self._corners[corner])
        joined = (self._ring[corner][1:] == self._ring[corner][:-1]) & (pair[1:] == pair[:-1])
        return PlacedEdges(xy[:-1][joined], xy[1:][joined], pair[:-1][joined])

    def widened(self, radius_m: float) -> "Outlines":
        """Give the outlines of all that lies within a radius of the polygons."""
        planes = LocalPlanes(self.lon, self.lat)
        flat = planes.xy(self._shape, self._corners)
        placed = shapely.transform(self._polygons, lambda _: flat)
        # the arcs at corners become polygons of equal area
        step = np.pi / (2 * _QUAD_SEGMENTS)
        wide = shapely.buffer(
            placed, radius_m * np.sqrt(step / np.sin(step)), quad_segs=_QUAD_SEGMENTS
        )
        wide = np.asarray(shapely.orient_polygons(wide, exterior_cw=False), dtype=object)
        xy, ring, shape = _rings(wide)
        lon, lat = _from_plane(self.lon[shape], self.lat[shape], xy)
        widened = Outlines(wide, to_ecef(lon, lat), (ring, shape), (self.lon, self.lat))
        widened.reach_m, widened._widened_m = self.reach_m, radius_m
        return widened


def _from_plane(lon: Floats, lat: Floats, xy: Floats) -> tuple[Floats, Floats]:
    """Give the positions of metres east and north of origins."""
    azimuth = np.degrees(np.arctan2(xy[:, 0], xy[:, 1]))
    x, y, _ = GEOD.fwd(lon, lat, azimuth, np.hypot(xy[:, 0], xy[:, 1]))
    return np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)


def unwrapped(polygons: Shapes) -> Shapes:
    """Bring both sides of the antimeridian together: longitudes run on beyond 180 degrees.

    Examples
    --------
    >>> across = shapely.Polygon([(179, 0), (-179, 0), (-179, 1), (179, 1)])
    >>> unwrapped(np.array([across], dtype=object))[0].bounds
    (179.0, 0.0, 181.0, 1.0)
    """
    polygons = polygons.copy()
    bounds = shapely.bounds(polygons)
    wide = np.flatnonzero(bounds[:, 2] - bounds[:, 0] >= _WIDE_DEGREES)
    if len(wide):
        xy, of_wide = shapely.get_coordinates(polygons[wide], return_index=True)
        far = np.full(len(wide), _WIDE_DEGREES)
        np.minimum.at(far, of_wide, np.abs(xy[:, 0]))
        across = wide[far > _WIDE_DEGREES / 2]
        turn = np.array([2 * _WIDE_DEGREES, 0.0])
        polygons[across] = shapely.transform(
            polygons[across], lambda at: np.where(at[:, :1] < 0, at + turn, at)
        )
    return polygons


def _rings(polygons: Shapes) -> tuple[Floats, Ints, Ints]:
    """Give corners with the ring and the polygon of each."""
    parts, of_part = shapely.get_parts(polygons, return_index=True)
    rings, of_ring = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    return xy, ring.astype(np.intp), of_part[of_ring][ring].astype(np.intp)
