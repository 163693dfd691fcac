"""Shapes drawn for a run: circles of doubt, and lines from a site to what makes it urgent."""

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from recallgeo.export.antimeridian import split_at_antimeridian
from recallgeo.geodesy import GEOD, PointTree, lonlat
from recallgeo.schema import WGS84

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from recallgeo.layers import Layer

__all__ = ["all_places", "because_lines", "doubt_circles", "places_near"]

Shapes = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]

VERTICES = 48
_FARTHEST_M = 19_900_000.0  # just short of the antipode, beyond which a circle is no polygon
_METRES_PER_DEGREE = 110_574.0  # the least length of a degree of latitude


def doubt_circles(points: gpd.GeoSeries, radii_m: pd.Series) -> gpd.GeoSeries:
    """Draw the geodesic circle that holds the true place in 95 %.

    Parameters
    ----------
    points : GeoSeries
        Points, WGS84; missing ones give no circle.
    radii_m : Series of float
        95 % radius in metres; missing or 0 gives no circle.

    Returns
    -------
    GeoSeries
        Polygons of 48 vertices, cut at the antimeridian, on the same index.

    Examples
    --------
    >>> place = gpd.GeoSeries.from_xy([0.0], [0.0], crs=4326)
    >>> circle = doubt_circles(place, pd.Series([111_319.49]))
    >>> [round(side, 2) for side in circle.iloc[0].bounds]
    [-1.0, -1.01, 1.0, 1.01]
    """
    longitude, latitude = lonlat(points)
    radius = np.minimum(radii_m.to_numpy(np.float64, na_value=np.nan), _FARTHEST_M)
    drawn = np.flatnonzero(~np.isnan(longitude) & (radius > 0))
    circles = np.full(len(points), None, dtype=object)
    if len(drawn):
        azimuth = np.linspace(0.0, -360.0, VERTICES, endpoint=False)
        stretch = np.repeat(drawn, VERTICES)
        ring_lon, ring_lat, _ = GEOD.fwd(
            longitude[stretch],
            latitude[stretch],
            np.tile(azimuth, len(drawn)),
            radius[stretch],
        )
        rings = np.column_stack([ring_lon, ring_lat]).reshape(len(drawn), VERTICES, 2)
        circles[drawn] = split_at_antimeridian(np.asarray(shapely.polygons(rings)))
    return gpd.GeoSeries(circles, index=points.index, crs=WGS84)


def all_places(layers: "Sequence[Layer]") -> gpd.GeoDataFrame:
    """Give the places of every layer in one frame, each kind and id once.

    Parameters
    ----------
    layers : sequence of Layer
        Frames of PLACES.

    Returns
    -------
    GeoDataFrame
        PLACES with ``place_id`` as a column, in the order of the layers.
    """
    frames = [layer.frame.reset_index() for layer in layers if len(layer.frame)]
    if not frames:
        columns = ["place_id", "kind", "name"]
        empty = pd.DataFrame({name: pd.Series(dtype="str") for name in columns})
        return gpd.GeoDataFrame(empty, geometry=gpd.GeoSeries([], crs=WGS84))
    both = pd.concat([pd.DataFrame(frame) for frame in frames], ignore_index=True)
    both = both.drop_duplicates(["kind", "place_id"], ignore_index=True)
    return gpd.GeoDataFrame(both, geometry="geometry", crs=WGS84)


def because_lines(
    sites: gpd.GeoDataFrame, places: gpd.GeoDataFrame, *, kinds: "Sequence[str]", radius_m: float
) -> gpd.GeoDataFrame:
    """Draw a line from each site to the nearest place of each kind within a radius.

    Parameters
    ----------
    sites : GeoDataFrame
        RANKED or PLANNED.
    places : GeoDataFrame
        As `all_places` gives them.
    kinds : sequence of str
        Kinds that were measured.
    radius_m : float
        Farthest place that is drawn, metres.

    Returns
    -------
    GeoDataFrame
        ``site_id, rank, tier, kind, place_id, place_name, distance_m`` and the line, from the
        site to the nearest edge of the place, or to a point inside where the site stands on it.
    """
    pairs = [_pairs_of(sites, kind, radius_m) for kind in kinds if f"{kind}_nearest_id" in sites]
    columns = ["site_id", "rank", "tier", "kind", "place_id", "place_name", "distance_m"]
    if not pairs or not sum(map(len, pairs)):
        empty = pd.DataFrame({name: pd.Series(dtype="str") for name in columns})
        return gpd.GeoDataFrame(empty, geometry=gpd.GeoSeries([], crs=WGS84))
    lines = pd.concat(pairs, ignore_index=True)
    known = places[["kind", "place_id", "geometry"]].rename(columns={"geometry": "_place"})
    lines = lines.merge(pd.DataFrame(known), on=["kind", "place_id"], how="inner")
    start = np.asarray(sites.geometry.loc[lines["site_id"]].array, dtype=object)
    end = np.asarray(lines["_place"].array, dtype=object)
    drawn = split_at_antimeridian(_shortest(start, end))
    return gpd.GeoDataFrame(lines[columns], geometry=gpd.GeoSeries(drawn, crs=WGS84))


def places_near(
    places: gpd.GeoDataFrame, sites: gpd.GeoDataFrame, *, kinds: "Sequence[str]", radius_m: float
) -> gpd.GeoDataFrame:
    """Give the places within a radius of a site, and those that are nearest to one.

    Parameters
    ----------
    places : GeoDataFrame
        As `all_places` gives them.
    sites : GeoDataFrame
        RANKED or PLANNED.
    kinds : sequence of str
        Kinds that were measured.
    radius_m : float
        Metres; a large place counts from a point inside it less half its extent.

    Returns
    -------
    GeoDataFrame
        Rows of `places`, in their order.
    """
    if places.empty:
        return places
    distances, _ = PointTree(sites.geometry).nearest(places.geometry.representative_point())
    sides = places.geometry.bounds.to_numpy()
    reach = np.hypot(sides[:, 2] - sides[:, 0], sides[:, 3] - sides[:, 1]) * _METRES_PER_DEGREE
    names = [f"{kind}_nearest_id" for kind in kinds if f"{kind}_nearest_id" in sites]
    nearest = set().union(*(set(sites[name].dropna()) for name in names)) if names else set()
    kept = (distances <= radius_m + reach) | places["place_id"].isin(nearest).to_numpy()
    return gpd.GeoDataFrame(places[kept])


def _pairs_of(sites: gpd.GeoDataFrame, kind: str, radius_m: float) -> pd.DataFrame:
    distance = sites[f"{kind}_nearest_m"]
    name = f"{kind}_nearest_name"
    table = pd.DataFrame(
        {
            "site_id": sites.index.to_numpy(),
            "rank": sites["rank"].array,
            "tier": sites["tier"].array,
            "kind": kind,
            "place_id": sites[f"{kind}_nearest_id"].array,
            "place_name": sites[name].array if name in sites else None,
            "distance_m": distance.round(1).array,
        }
    )
    near = (distance <= radius_m) & sites.geometry.notna() & sites[f"{kind}_nearest_id"].notna()
    return table[near.to_numpy()]


def _shortest(start: Shapes, end: Shapes) -> Shapes:
    """Give the shortest line in a plane whose east and north have one scale at the site."""
    longitude, latitude = shapely.get_x(start), shapely.get_y(start)
    scale = np.maximum(np.cos(np.radians(latitude)), 1e-9)
    local = _map_longitudes(end, lambda east, row: _wrapped(east - longitude[row]) * scale[row])
    origin = np.asarray(shapely.points(np.zeros(len(start)), latitude))
    lines = shapely.shortest_line(origin, local)
    inside = shapely.length(lines) == 0
    if inside.any():
        target = shapely.get_coordinates(shapely.point_on_surface(local[inside]))
        source = shapely.get_coordinates(origin[inside])
        lines[inside] = shapely.linestrings(np.stack([source, target], axis=1))
    return _map_longitudes(lines, lambda east, row: _wrapped(east / scale[row] + longitude[row]))


def _map_longitudes(
    shapes: Shapes, change: "Callable[[Floats, npt.NDArray[np.intp]], Floats]"
) -> Shapes:
    """Change the longitudes of shapes, given each vertex's longitude and shape number."""
    xy, owner = shapely.get_coordinates(shapes, return_index=True)
    moved = np.column_stack([change(xy[:, 0], owner), xy[:, 1]])
    return np.asarray(shapely.set_coordinates(shapes.copy(), moved))


def _wrapped(longitude: Floats) -> Floats:
    return np.asarray((longitude + 180.0) % 360.0 - 180.0)
