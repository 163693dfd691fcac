import numpy as np

from recallgeo.report.ground import ground_columns, mercator_dm, unwrap_longitudes
from recallgeo.report.packing import NO_NUMBER


def test_half_the_equator_is_20_037_508_metres_and_3_decimetres():
    x, y = mercator_dm(np.array([180.0]), np.array([0.0]))
    assert (x[0], y[0]) == (200_375_083, 0)


def test_poles_stop_at_85_degrees():
    _, y = mercator_dm(np.array([0.0, 0.0]), np.array([90.0, 85.0]))
    assert y[0] == y[1]


def test_missing_point_stays_missing():
    x, y = mercator_dm(np.array([np.nan, 1.0]), np.array([np.nan, 1.0]))
    assert x[0] == y[0] == NO_NUMBER
    assert x[1] != NO_NUMBER


def test_sites_on_both_sides_of_the_antimeridian_lie_together():
    assert unwrap_longitudes(np.array([178.0, -178.0])).tolist() == [178.0, 182.0]


def test_sites_round_the_world_stay_where_they_are():
    around = np.array([-120.0, -60.0, 0.0, 60.0, 120.0])
    assert unwrap_longitudes(around).tolist() == around.tolist()


def test_one_site_or_none_stays_where_it_is():
    assert unwrap_longitudes(np.array([-179.0])).tolist() == [-179.0]
    assert unwrap_longitudes(np.array([])).tolist() == []


def test_streets_are_drawn_only_where_a_site_stands_among_them(run):
    planned = run.plan.frame
    assert len(ground_columns(run, planned)["street_x"]) > 100
    away = planned[planned["city"] == "Vaduz"]
    assert len(ground_columns(run, away)["street_x"]) == 0


def test_the_school_near_a_site_is_on_the_ground(run):
    columns = ground_columns(run, run.plan.frame)
    assert columns["place_name"].tolist() == ["North <i>school</i>"]
