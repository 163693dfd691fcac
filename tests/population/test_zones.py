"""People counted in polygons."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

from recallgeo.errors import MissingCRSError, SchemaError
from recallgeo.population import Population, Zones
from recallgeo.provenance import Provenance


def zones_of(shapes, people):
    return Zones(gpd.GeoSeries(shapes, crs=4326), np.asarray(people, dtype=float))


def test_a_disk_takes_the_share_of_area_that_it_covers():
    zones = zones_of([shapely.box(0, -0.01, 0.02, 0.01)], [4000])
    people, known = zones.sum_within(np.array([0.0]), np.array([0.0]), radius_m=500)
    area = 2226.39 * 2211.49
    assert known[0] == pytest.approx(np.pi * 500**2 / 2, rel=1e-4)
    assert people[0] == pytest.approx(4000 * np.pi * 500**2 / 2 / area, rel=1e-4)


def test_a_disk_over_everything_holds_everyone():
    shapes = [shapely.box(179.9, 0, 180, 0.1), shapely.box(-180, 0, -179.9, 0.1)]
    people, _ = zones_of(shapes, [10, 20]).sum_within(
        np.array([-179.99, 179.99]), np.array([0.05, 0.05]), radius_m=50_000
    )
    assert people.tolist() == pytest.approx([30, 30], rel=1e-6)


def test_unknown_counts_and_missing_polygons_are_unknown():
    shapes = [shapely.box(0, 0, 1, 1), None, shapely.box(1, 0, 2, 1)]
    zones = zones_of(shapes, [-999, 5, 8])
    density = zones.density_km2_at(np.array([0.5, 1.5]), np.array([0.5, 0.5]))
    assert np.isnan(density).tolist() == [True, False]


def test_a_radius_below_half_a_polygon_gives_nothing():
    zones = zones_of([shapely.box(0, 0, 0.02, 0.02)], [4000])
    people = Population(
        surface=zones, values="count", when="resident", provenance=Provenance(source="census")
    )
    centre = gpd.GeoSeries.from_xy([0.01], [0.01], crs=4326)
    assert people.people_within(centre, radius_m=1000).isna().tolist() == [True]
    assert people.people_within(centre, radius_m=1200).notna().tolist() == [True]


def test_points_and_missing_crs_are_refused():
    with pytest.raises(SchemaError, match="Point"):
        zones_of([shapely.Point(0, 0)], [1])
    with pytest.raises(MissingCRSError):
        Zones(gpd.GeoSeries([shapely.box(0, 0, 1, 1)]), np.ones(1))
