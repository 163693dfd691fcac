"""Draws measured one by one equal draws asked of the trees."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

from recallgeo.exposure import drawing
from recallgeo.exposure.drawing import DrawnQuestion, measure_drawn
from recallgeo.exposure.place_index import PlaceIndex


@pytest.mark.parametrize("lon", [10.0, 180.0])
@pytest.mark.parametrize("spread", [0.0005, 0.01, 0.5])
def test_both_ways_agree(monkeypatch, lon, spread):
    rng = np.random.default_rng(13)
    at = np.column_stack([lon + rng.uniform(-0.05, 0.05, 60), 50 + rng.uniform(-0.05, 0.05, 60)])
    shapes = [*shapely.points(at[:30])]
    shapes += [
        shapely.Point(xy).buffer(r, 3) for xy, r in zip(at[30:], [0.002] * 29 + [0.02], strict=True)
    ]
    index = PlaceIndex(gpd.GeoDataFrame(geometry=shapes, crs=4326))
    placed = (lon + rng.uniform(-0.05, 0.05, 20), 50 + rng.uniform(-0.05, 0.05, 20))
    drawn = tuple(part[:, None] + rng.normal(0, spread, (20, 30)) for part in placed)
    question = DrawnQuestion((50.0, 1000.0), 80.0, 3000.0)
    found = []
    for few in (1000, -1):
        monkeypatch.setattr(drawing, "_FEW", few)
        found.append(measure_drawn(index, placed, drawn, question))
    one_by_one, trees = found
    assert np.array_equal(one_by_one.on_site, trees.on_site)
    assert np.array_equal(one_by_one.counts, trees.counts)
    assert one_by_one.nearest_m == pytest.approx(trees.nearest_m, abs=0.011, nan_ok=True)
    assert trees.counts.max() > 0
    assert np.isfinite(trees.nearest_m).any()


def test_no_places_or_no_draws_give_nothing():
    question = DrawnQuestion((50.0,), 80.0, 3000.0)
    nowhere = PlaceIndex(gpd.GeoDataFrame(geometry=[], crs=4326))
    point = (np.zeros(1), np.zeros(1))
    drawn = measure_drawn(nowhere, point, (np.zeros((1, 3)), np.zeros((1, 3))), question)
    assert np.isnan(drawn.nearest_m).all()
    assert drawn.counts.shape == (1, 3, 1)
