"""Rank intervals from joint draws."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from recallgeo.errors import ScoringError
from recallgeo.frames import RANKED
from recallgeo.scoring import rank_sites

pytestmark = pytest.mark.filterwarnings("ignore::recallgeo.errors.PartialCoverageWarning")


@dataclass
class FakeDraws:
    index: pd.Index
    columns: dict


@dataclass
class FakeExposure:
    """An exposure in which one site stands in a kindergarten in a share of the draws."""

    frame: pd.DataFrame
    site: str
    share: float

    def draw(self, rng, draws):
        inside = (rng.random((1, draws)) < self.share).astype(float)
        columns = {
            "kindergarten_on_site_prob": inside,
            "kindergarten_within_50_prob": inside,
            "kindergarten_within_250_prob": np.ones((1, draws)),
            "kindergarten_nearest_m": np.where(inside > 0, 0.0, 60.0),
        }
        return FakeDraws(pd.Index([self.site]), columns)


def many(exposed, count=12):
    return exposed(*[{"affected_units": 4 * n + 1} for n in range(count)])


def ranked(frame, model, *, seed=1, draws=100, **options):
    return rank_sites(frame, model, rng=np.random.default_rng(seed), draws=draws, **options).frame


def test_without_draws_the_interval_is_missing_and_says_so(exposed, model):
    frame = rank_sites(many(exposed), model).frame
    assert frame[["rank_best", "rank_worst", "prob_top_k"]].isna().all(axis=None)
    assert set(frame["interval_from"]) == {"not drawn"}


def test_one_sided_data_leave_no_room_for_weights(exposed, model):
    # only the units differ: no weight can change the order
    frame = ranked(many(exposed), model, top_k=3)
    RANKED.validate(frame)
    assert frame["rank_best"].tolist() == frame["rank"].tolist() == frame["rank_worst"].tolist()
    assert frame["prob_top_k"].tolist() == [1.0] * 3 + [0.0] * 9
    assert set(frame["interval_from"]) == {"weights; place not drawn"}


def test_a_missing_value_widens_the_interval(exposed, model):
    sites = [{"affected_units": 4 * n + 1, "support_status": "active"} for n in range(12)]
    sites[5]["support_status"] = None
    frame = ranked(exposed(*sites), model)
    width = frame["rank_worst"] - frame["rank_best"]
    assert width.idxmax() == "s6"
    assert frame.loc["s6", "interval_from"] == "weights, missing values; place not drawn"


def test_units_to_check_are_drawn_from_none_to_all(exposed, model):
    sites = [{"affected_units": 4 * n + 1} for n in range(12)]
    sites[0]["check_units"] = 44  # 1 to 45 units: as many as any
    frame = ranked(exposed(*sites), model, draws=200)
    assert frame.loc["s1", "rank"] == 1
    assert frame.loc["s1", "rank_worst"] >= 11
    assert frame.loc["s1", "interval_from"] == "weights, units to check; place not drawn"


def test_a_drawn_place_moves_a_site_between_tiers(exposed, model):
    exposure = FakeExposure(many(exposed), "s1", 0.3)
    frame = rank_sites(exposure, model, rng=np.random.default_rng(3), draws=400, top_k=1).frame
    assert frame.loc["s1", "rank_best"] == 1
    assert frame.loc["s1", "rank_worst"] == frame.loc["s1", "rank"] > 5
    assert frame.loc["s1", "prob_top_k"] == pytest.approx(0.3, abs=0.08)
    assert frame.loc["s1", "interval_from"] == "weights, place"
    assert frame.loc["s2", "interval_from"] == "weights"


def test_the_interval_holds_the_rank(exposed, model):
    sites = [
        {"affected_units": n % 7, "residents_250": 10.0**n, "check_units": n} for n in range(9)
    ]
    frame = ranked(exposed(*sites), model, draws=40)
    assert (frame["rank_best"] <= frame["rank"]).all()
    assert (frame["rank"] <= frame["rank_worst"]).all()


def test_one_seed_gives_one_result_in_any_order_of_rows(exposed, model):
    sites = [
        {"affected_units": n % 7 + 1, "residents_250": 50.0 * n, "check_units": n % 4}
        for n in range(9)
    ]
    sites[3]["support_status"] = None
    frame = exposed(*sites)
    first, second = ranked(frame, model), ranked(frame.iloc[::-1], model)
    pd.testing.assert_frame_equal(first, second)
    other = ranked(frame, model, seed=2)
    assert not first["prob_top_k"].equals(other["prob_top_k"]) or not first.equals(other)


def test_sites_without_a_point_have_no_interval(exposed, model):
    frame = ranked(exposed({}, {"affected_units": 5}, {"point": False}), model)
    assert frame.loc["s3", ["rank_best", "rank_worst", "prob_top_k"]].isna().all()
    assert frame.loc["s3", "interval_from"] == "not drawn: no point"


def test_draws_without_chance_are_refused(exposed, model):
    with pytest.raises(ScoringError, match="100 draws need chance: pass rng="):
        rank_sites(many(exposed), model, draws=100)


@pytest.mark.parametrize("wrong", [{"draws": -1}, {"top_k": 0}])
def test_impossible_counts_are_refused(exposed, model, wrong):
    with pytest.raises(ScoringError, match="expected 0 or more, and 1 or more"):
        rank_sites(many(exposed), model, **wrong)


def test_a_real_exposure_is_drawn(model):
    """Twelve sites beside a school, placed within 300 m, through `measure_exposure`."""
    import geopandas as gpd

    from recallgeo.exposure import measure_exposure
    from recallgeo.frames import SITES
    from recallgeo.layers import Layer

    index = pd.Index([f"s{n:02}" for n in range(12)], name="site_id")
    sites = SITES.conform(
        gpd.GeoDataFrame(
            {
                "affected_units": range(1, 13),
                "check_units": 0,
                "hazard": "fire",
                "severity": 1.0,
                "support_status": "active",
                "contact_route": "direct",
                "match_level": "street",
                "uncertainty_m": 300.0,
            },
            index=index,
            geometry=gpd.GeoSeries.from_xy(
                [0.0005 * n for n in range(12)], [0.0] * 12, index=index
            ),
            crs=4326,
        )
    )
    school = Layer.from_places(
        gpd.GeoDataFrame({"kind": ["school"]}, geometry=gpd.GeoSeries.from_xy([0], [0]), crs=4326)
    )
    exposure = measure_exposure(sites, [school], None, radii_m=[50, 250])
    ranking = rank_sites(exposure, model, rng=np.random.default_rng(1), draws=100)
    RANKED.validate(ranking.frame)
    assert set(ranking.frame["interval_from"]) == {"weights, place"}
    assert (ranking.frame["rank_worst"] > ranking.frame["rank_best"]).all()
    assert set(ranking.frame.loc[["s00", "s01"], "tier_worst"]) == {2}
