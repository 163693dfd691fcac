"""Circles of doubt, lines to what is near, and the places shown."""

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from recallgeo.export.shapes import all_places, because_lines, doubt_circles, places_near
from recallgeo.geodesy import geodesic_m


def circle(lon, lat, radius_m):
    points = gpd.GeoSeries.from_xy([lon], [lat], crs=4326)
    return doubt_circles(points, pd.Series([radius_m])).iloc[0]


@pytest.mark.parametrize(("lon", "lat"), [(0.0, 0.0), (24.9, 60.2), (15.6, 78.2)])
def test_every_vertex_is_one_radius_away(lon, lat):
    xy = shapely.get_coordinates(circle(lon, lat, 1000.0))
    away = geodesic_m(lon, lat, xy[:, 0], xy[:, 1])
    assert away == pytest.approx(1000.0, abs=1e-3)


def test_circle_across_the_antimeridian_is_cut():
    parts = circle(180.0, 0.0, 111_319.49)
    assert [round(side) for side in parts.bounds] == [-180, -1, 180, 1]
    assert max(part.bounds[2] - part.bounds[0] for part in parts.geoms) < 1.01


def test_circle_round_the_pole_holds_it():
    cap = circle(0.0, 89.9, 50_000.0)
    assert cap.bounds[3] == 90.0
    assert cap.covers(shapely.Point(0, 90))


def test_no_point_or_no_radius_gives_no_circle():
    points = gpd.GeoSeries([None, shapely.Point(0, 0), shapely.Point(0, 0)], crs=4326)
    drawn = doubt_circles(points, pd.Series([10.0, None, 0.0]))
    assert drawn.isna().all()


def test_line_runs_from_the_site_to_the_nearest_edge(run):
    places = all_places(run.layers)
    lines = because_lines(run.plan.frame, places, kinds=run.exposure.kinds, radius_m=250)
    by_site = lines.set_index("site_id")
    assert sorted(by_site.index) == ["s1", "s2", "s3"]
    assert by_site.geometry["s1"].wkt == "LINESTRING (9.5 47.1, 9.5 47.10108)"
    assert by_site["place_name"]["s1"] == "School <b>"


def test_line_to_an_edge_is_shortest_in_metres_not_in_degrees():
    place = shapely.Polygon([(0.0, 60.009), (0.016, 60.0), (0.016, 60.02)])
    sites = gpd.GeoDataFrame(
        {
            "rank": pd.array([1], "Int64"),
            "tier": pd.array([1], "Int64"),
            "school_nearest_m": [500.0],
            "school_nearest_id": ["p"],
        },
        geometry=gpd.points_from_xy([0.0], [60.0], crs=4326),
        index=pd.Index(["s"], name="site_id"),
    )
    places = gpd.GeoDataFrame({"place_id": ["p"], "kind": ["school"]}, geometry=[place], crs=4326)
    line = because_lines(sites, places, kinds=["school"], radius_m=1000).geometry.iloc[0]
    xy = shapely.get_coordinates(line)
    length = geodesic_m(xy[0, 0], xy[0, 1], xy[1, 0], xy[1, 1])[0]
    edge = shapely.get_coordinates(shapely.segmentize(place.exterior, 1e-5))
    assert length == pytest.approx(geodesic_m(0.0, 60.0, edge[:, 0], edge[:, 1]).min(), rel=5e-3)


def test_line_across_the_antimeridian_is_cut(run):
    places = all_places(run.layers)
    lines = because_lines(run.plan.frame, places, kinds=["hospital"], radius_m=250)
    assert lines.geometry.iloc[0].bounds == pytest.approx((-180.0, -17.0, 180.0, -17.0))
    assert lines.geometry.iloc[0].length == pytest.approx(0.022)


def test_only_places_near_a_site_are_shown(run):
    places = all_places(run.layers)
    shown = places_near(places, run.plan.frame, kinds=run.exposure.kinds, radius_m=250)
    assert shown["place_id"].tolist() == ["p1", "p2", "h1"]


def test_no_layers_give_no_lines_and_no_places(run):
    places = all_places([])
    assert because_lines(run.plan.frame, places, kinds=["school"], radius_m=250).empty
    assert places_near(places, run.plan.frame, kinds=["school"], radius_m=250).empty
