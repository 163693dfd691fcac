"""EXPOSED: columns, what layers can say, premises, and draws."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely

from recallgeo.errors import SchemaError
from recallgeo.exposure import measure_exposure
from recallgeo.frames import EXPOSED, SITES
from recallgeo.layers import Layer
from recallgeo.population import ArrayReader, Grid, GridSurface, Population
from recallgeo.provenance import Provenance
from recallgeo.testing import make_places, make_sites

RADII = (50, 250)


def sites_of(positions, **columns):
    ids = [f"s{row}" for row in range(len(positions))]
    geometry = [None if at is None else shapely.Point(at) for at in positions]
    table = {"affected_units": 1, "check_units": 0, "match_level": "supplied", **columns}
    frame = gpd.GeoDataFrame(
        table, index=pd.Index(ids, name="site_id"), geometry=geometry, crs=4326
    )
    return gpd.GeoDataFrame(SITES.conform(frame))


def layer_of(shapes, kind="school", **options):
    ids = pd.Index([f"{kind}/{row}" for row in range(len(shapes))], dtype="str", name="place_id")
    places = gpd.GeoDataFrame({"kind": [kind] * len(shapes)}, index=ids, geometry=shapes, crs=4326)
    options.setdefault("kinds", [kind])
    return Layer.from_places(places, **options)


@pytest.fixture
def people():
    grid = Grid(
        crs=pyproj.CRS(4326),
        transform=(0.001, 0, -0.1, 0, -0.001, 0.1),
        shape=(200, 200),
        reader=ArrayReader(np.add.outer(np.zeros(200), np.arange(200.0))),
        unit="km2",
    )
    return Population(
        surface=GridSurface(grid),
        values="density",
        when="resident",
        provenance=Provenance(source="slope.tif"),
    )


def test_columns_are_those_of_the_contract(people):
    sites = sites_of([(0.0, 0.0), None], uncertainty_m=[30.0, np.nan])
    exposure = measure_exposure(
        sites, [layer_of([shapely.Point(0.0004, 0)])], people, radii_m=[250, 50]
    )
    EXPOSED.validate(exposure.frame)
    added = [name for name in exposure.frame.columns if name not in sites.columns]
    expected = ["nearest_m", "nearest_id", "nearest_name", "on_site_prob"]
    for radius in RADII:
        expected += [f"count_{radius}", f"within_{radius}_prob", f"expected_{radius}"]
    for name in [*(f"school_{part}" for part in [*expected, "seen"]), "residents_250"]:
        assert name in added
        assert EXPOSED.column(name) is not None
    assert exposure.kinds == ("school",)
    assert exposure.radii_m == RADII
    assert exposure.frame.loc["s0", "school_count_50"] == 1
    assert exposure.frame.loc["s0", "density_km2"] == 100.0
    assert exposure.frame.loc["s0", "people_source"] == "slope.tif"
    lost = exposure.frame.loc["s1", added]
    assert lost.isna().all()
    assert "1 with a point" in exposure.summary()


def test_without_layers_and_population_nothing_is_invented():
    exposure = measure_exposure(sites_of([(0, 0)]), [], None, radii_m=RADII)
    added = exposure.frame.drop(columns=SITES.empty().columns)
    assert added.columns.tolist() == ["density_km2", "people_source"]
    assert added.isna().all(axis=None)
    assert exposure.draw(np.random.default_rng(0), 5).index.tolist() == []


def test_no_site_gives_the_columns_alone(people):
    layer = layer_of([shapely.Point(0, 0)])
    empty = measure_exposure(sites_of([(0, 0)]).iloc[:0], [layer], people, radii_m=RADII)
    assert len(empty.frame) == 0
    assert "school_count_50" in empty.frame.columns
    EXPOSED.validate(empty.frame)


def test_outside_the_extent_nothing_is_known_and_inside_zero_is_none_recorded():
    box = shapely.box(-1, -1, 1, 1)
    layer = layer_of([shapely.Point(0.9, 0.9)], extent=box, completeness={"school": 1.0})
    positions = [(0, 0), (2, 2), (0.899, 0.9), (0.9999, 0)]
    frame = measure_exposure(sites_of(positions), [layer], None, radii_m=RADII).frame
    assert frame["school_seen"].tolist() == ["complete", "outside", "complete", "partial"]
    assert frame["school_count_250"].tolist() == [0, pd.NA, 1, 0]
    assert frame["school_nearest_m"].notna().tolist() == [False, False, True, False]
    assert frame["school_within_250_prob"].isna().tolist() == [False, True, False, False]


def test_an_empty_layer_still_says_none_recorded():
    layer = layer_of([], extent=shapely.box(-1, -1, 1, 1), completeness={"school": 0.97})
    frame = measure_exposure(sites_of([(0, 0)]), [layer], None, radii_m=RADII).frame
    assert frame.loc["s0", "school_count_50"] == 0
    assert frame.loc["s0", "school_on_site_prob"] == 0.0
    assert frame.loc["s0", "school_seen"] == "complete"


def test_premises_known_from_the_customer_are_certain():
    layer = layer_of([shapely.Point(0.1, 0)])
    sites = sites_of([(0, 0), None, (0, 0)], premises_kind=["school", "school", None])
    frame = measure_exposure(sites, [layer], None, radii_m=RADII).frame
    assert frame["school_on_site_prob"].tolist()[:2] == [1.0, 1.0]
    assert frame["school_on_site_prob"].tolist()[2] == 0.0
    assert frame["school_within_50_prob"].tolist() == [1.0, 1.0, 0.0]
    assert frame["school_expected_50"].tolist() == [1.0, 1.0, 0.0]
    assert frame["school_count_50"].tolist() == [0, pd.NA, 0]


def test_premises_of_a_kind_without_layer_have_columns():
    sites = sites_of([(0, 0), (1, 1)], premises_kind=["hospital", None])
    exposure = measure_exposure(sites, [layer_of([shapely.Point(0, 0)])], None, radii_m=RADII)
    assert exposure.kinds == ("hospital", "school")
    assert exposure.frame["hospital_on_site_prob"].fillna(-1).tolist() == [1.0, -1.0]
    assert exposure.frame["hospital_seen"].tolist() == ["outside", "outside"]


def test_doubt_turns_counts_into_chances_and_none_leaves_them():
    layer = layer_of([shapely.Point(0.0004, 0), shapely.box(0.001, 0, 0.002, 0.001)])
    sites = sites_of([(0, 0)] * 3, uncertainty_m=[0.0, np.nan, 500.0])
    frame = measure_exposure(sites, [layer], None, radii_m=RADII).frame
    plain = frame.iloc[:2]
    assert (plain["school_within_50_prob"] == 1.0).all()
    assert (plain["school_expected_250"] == plain["school_count_250"]).all()
    assert 0 < frame["school_within_50_prob"].iloc[2] < 1
    assert (frame["school_count_250"] == 2).all()


def test_people_are_expected_over_the_doubt(people):
    sites = sites_of([(0.0, 0.0), (0.0, 0.0)], uncertainty_m=[0.0, 2000.0])
    frame = measure_exposure(sites, [], people, radii_m=[250]).frame
    # density rises evenly to the east, so the mean over any doubt is the plain sum
    assert frame["people_expected_250"].tolist() == pytest.approx(
        frame["residents_250"].tolist(), rel=1e-3
    )
    at_edge = sites_of([(-0.1, 0.0)], uncertainty_m=[2000.0])
    frame = measure_exposure(at_edge, [], people, radii_m=[250]).frame
    assert frame["people_expected_250"].iloc[0] > 2 * frame["residents_250"].iloc[0]
    assert frame["people_source"].iloc[0].endswith("covers part of the circle")


def exposure_for_draws(people=None, extra=()):
    layer = layer_of([shapely.Point(0.003, 0.0), shapely.box(-0.01, -0.001, -0.002, 0.001)])
    positions = [(0.0, 0.0), (0.0, 0.0), None, (0.001, 0.0), *extra]
    sites = sites_of(
        positions,
        uncertainty_m=[500.0, 0.0, np.nan, 500.0, *[300.0] * len(extra)],
        premises_kind=[None, None, None, "school", *[None] * len(extra)],
    )
    return measure_exposure(sites, [layer], people, radii_m=RADII)


def test_draws_leave_out_what_cannot_change(people):
    draws = exposure_for_draws(people).draw(np.random.default_rng(1), 50)
    assert draws.index.tolist() == ["s0", "s3"]
    assert draws.draws == 50
    for name, values in draws.columns.items():
        assert values.shape == (2, 50), name
        assert EXPOSED.column(name) is not None
    assert {"school_nearest_m", "school_on_site_prob", "residents_250", "density_km2"} <= set(
        draws.columns
    )


def test_draws_agree_with_the_closed_form():
    exposure = exposure_for_draws()
    draws = exposure.draw(np.random.default_rng(2), 20_000)
    for name in ("school_on_site_prob", "school_within_250_prob", "school_expected_250"):
        mean = draws.columns[name].mean(axis=1)
        assert mean == pytest.approx(exposure.frame.loc[draws.index, name].to_list(), abs=0.012)
    assert (draws.columns["school_on_site_prob"][1] == 1.0).all()


def test_a_further_site_changes_no_others_draws(people):
    few = exposure_for_draws(people).draw(np.random.default_rng(3), 20)
    more = exposure_for_draws(people, extra=[(0.01, 0.01)]).draw(np.random.default_rng(3), 30)
    part = exposure_for_draws(people).draw(np.random.default_rng(3), 20, sites=["s3"])
    assert more.index.tolist() == ["s0", "s3", "s4"]
    for name, values in few.columns.items():
        assert np.array_equal(values, more.columns[name][:2, :20], equal_nan=True)
        assert np.array_equal(values[1:], part.columns[name], equal_nan=True)


def test_no_draws_give_empty_columns():
    draws = exposure_for_draws().draw(np.random.default_rng(4), 0)
    assert draws.columns["school_nearest_m"].shape == (2, 0)


def test_row_order_changes_nothing_and_input_stays(people):
    rng = np.random.default_rng(12)
    positions = rng.uniform(-0.05, 0.05, (30, 2))
    sites = sites_of([tuple(at) for at in positions], uncertainty_m=rng.uniform(0, 900, 30))
    layer = layer_of([shapely.Point(at) for at in rng.uniform(-0.05, 0.05, (40, 2))])
    before = sites.copy()
    frame = measure_exposure(sites, [layer], people, radii_m=RADII).frame
    turned = measure_exposure(sites.iloc[::-1], [layer], people, radii_m=RADII).frame.iloc[::-1]
    pd.testing.assert_frame_equal(pd.DataFrame(turned), pd.DataFrame(frame), rtol=1e-9)
    pd.testing.assert_frame_equal(sites, before)


def test_sites_that_break_their_contract_are_refused():
    with pytest.raises(SchemaError, match="SITES"):
        measure_exposure(gpd.GeoDataFrame(geometry=[], crs=4326), [], None, radii_m=RADII)
    with pytest.raises(SchemaError, match="radii_m"):
        measure_exposure(sites_of([(0, 0)]), [], None, radii_m=[0])


def test_place_on_record_just_beyond_the_edge_counts_and_absence_there_says_nothing():
    # a school 100 m east of the site, a box that ends 50 m west of the site
    degree_m = 111_319.49
    sites = make_sites([0.0, 0.02], [0.0, 0.0])
    school = make_places([100 / degree_m], [0.0])
    west = shapely.box(-1.0, -1.0, -50 / degree_m, 1.0)
    layer = Layer.from_places(school, kinds=["school"], extent=west)
    frame = measure_exposure(sites, [layer], None, radii_m=[50, 250]).frame
    assert frame["school_seen"].tolist() == ["outside", "outside"]
    assert frame.loc["s1", "school_nearest_m"] == pytest.approx(100, abs=0.02)
    assert frame.loc["s1", "school_count_250"] == 1
    assert pd.isna(frame.loc["s1", "school_count_50"])
    assert frame.loc["s2", ["school_nearest_m", "school_count_250"]].isna().all()
