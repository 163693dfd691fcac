"""Sites: who shares a place, who has none, and what their units say together."""

import warnings

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recallgeo.errors import LedgerError, SchemaError
from recallgeo.frames import LOCATED, PARTIES, SITES
from recallgeo.ledger import count_units
from recallgeo.sites import assign_sites, resolve_sites
from recallgeo.sites.clusters import cluster_points
from recallgeo.sites.lists import join_distinct
from recallgeo.testing import assert_frame

DEGREE_M = 111_319.49  # of longitude on the equator
KEY = "LI|9490|vaduz|stadtle|49"


def make_units(*units, **everywhere):
    """LOCATED from dicts; `east_m` places a unit on the equator, metres east of 0."""
    rows = []
    for number, given_row in enumerate(units):
        base = {"source_file": "r.csv", "source_row": number + 2, "verdict": "affected"}
        base |= {"verdict_reason": ".", "geocode_status": "matched", "customer": "Klinik"}
        row = base | everywhere | given_row
        if "east_m" in row:
            row = {"match_level": "supplied", "uncertainty_m": 10.0} | row
        else:
            row = {"match_level": "locality", "uncertainty_m": 12_000.0} | row
        rows.append(row)
    table = pd.DataFrame(rows, index=pd.Index([f"u{n:03}" for n in range(len(rows))]))
    east = pd.to_numeric(table.get("east_m", pd.Series(np.nan, index=table.index)))
    points = gpd.GeoSeries.from_xy(east / DEGREE_M, east * 0, index=table.index, crs=4326)
    points[east.isna()] = None
    table = table.drop(columns="east_m", errors="ignore").rename_axis("asset_id")
    return LOCATED.conform(gpd.GeoDataFrame(table, geometry=points))


def sites_of(*units, parties=None, **everywhere):
    return assign_sites(make_units(*units, **everywhere), parties=parties)["site_id"].tolist()


def causes_of(*units, parties=None, **everywhere):
    return assign_sites(make_units(*units, **everywhere), parties=parties)["site_cause"].tolist()


def test_units_of_a_customer_within_30_m_share_a_site():
    first, near, far = sites_of({"east_m": 0}, {"east_m": 29}, {"east_m": 200})
    assert first == near != far


def test_units_of_two_customers_never_share_a_site():
    first, second = sites_of({"east_m": 0}, {"east_m": 0, "customer": "Schule"})
    assert first != second


def test_spellings_and_the_key_of_a_customer_are_one():
    ids = sites_of(
        {"east_m": 0, "customer": "Klinik Süd", "customer_id": "7"},
        {"east_m": 0, "customer": "KLINIK SÜD"},
        {"east_m": 0, "customer": "Klinikum Süd", "customer_id": "7"},
    )
    assert len(set(ids)) == 1


def test_one_address_is_one_site_though_only_one_unit_has_a_point():
    units = [{"address_key": KEY, "east_m": 0}, {"address_key": KEY}]
    assert len(set(sites_of(*units))) == 1
    assert causes_of(*units) == ["placed", "placed"]


def test_two_addresses_in_one_city_are_two_sites_without_points():
    ids = sites_of({"address_key": KEY}, {"address_key": KEY.replace("49", "5")}, city="Vaduz")
    assert len(set(ids)) == 2


def test_an_address_without_postcode_joins_its_only_namesake():
    bare = "LI||vaduz|stadtle|49"
    assert len(set(sites_of({"address_key": KEY}, {"address_key": bare}))) == 1
    other = {"address_key": KEY.replace("9490", "9999")}
    assert len(set(sites_of({"address_key": KEY}, other))) == 2


def test_one_address_with_far_points_is_split():
    ids = sites_of({"address_key": KEY, "east_m": 0}, {"address_key": KEY, "east_m": 400})
    assert ids[0] != ids[1]


def test_coarse_points_at_one_centroid_do_not_join():
    coarse = {"match_level": "postcode", "uncertainty_m": 3_665.0, "east_m": 0}
    ids = sites_of(
        {**coarse, "address_key": KEY}, {**coarse, "address_key": KEY.replace("49", "5")}
    )
    assert ids[0] != ids[1]


def test_area_units_join_by_customer_and_area():
    here = {"city": "Vaduz", "country": "LI"}
    ids = sites_of(here, here, {**here, "customer": "Schule"}, {**here, "city": "Schaan"})
    assert ids[0] == ids[1]
    assert len(set(ids)) == 3


def test_a_street_of_units_20_m_apart_is_no_single_site():
    units = [{"east_m": 20 * n} for n in range(100)]
    sites = pd.Series(sites_of(*units))
    east = pd.Series([20 * n for n in range(100)])
    reach = east.groupby(sites).agg(lambda part: part.max() - part.min())
    assert reach.max() < 150
    assert len(reach) < 40


def test_many_points_are_cut_by_a_grid_and_stay_under_150_m():
    rng = np.random.default_rng(1)
    lon, lat = rng.uniform(0, 0.01, 3000), 60 + rng.uniform(0, 0.01, 3000)
    cluster = cluster_points(np.zeros(3000, dtype=np.int64), lon, lat)
    east, north = lon * DEGREE_M * 0.5, lat * DEGREE_M
    for axis in (east, north):
        part = pd.Series(axis).groupby(cluster)
        assert (part.max() - part.min()).max() < 150
    assert len(np.unique(cluster)) > 20


def test_no_customer_but_a_sure_point_is_a_site():
    assert causes_of({"east_m": 0, "customer": None}) == ["placed"]


def test_no_customer_in_an_area_is_nowhere():
    assert causes_of({"customer": None, "city": "Vaduz", "country": "LI"}) == ["nowhere"]


def test_a_customer_without_any_area_is_still_a_site_to_call():
    unit = {"match_level": None, "uncertainty_m": None, "geocode_status": "unmatched"}
    assert causes_of(unit, {**unit, "customer": None}) == ["area_only", "nowhere"]


def test_a_post_office_box_of_a_customer_is_an_area():
    assert causes_of({"geocode_status": "po_box", "city": "Nairobi"}) == ["area_only"]


def test_units_out_of_scope_have_neither_site_nor_cause():
    units = assign_sites(make_units({"east_m": 0, "verdict": "not_affected"}))
    assert units.isna().all(axis=None)


@pytest.fixture
def parties():
    rows = {"name": ["Tech Data", "Ours"], "aliases": ["TD; Tech-Data AG", None]}
    rows |= {"role": ["distributor", "own"], "street": ["Lagerweg 1", None]}
    rows |= {"postcode": ["9490", None], "city": ["Vaduz", None], "country": ["LI", None]}
    return PARTIES.conform(pd.DataFrame(rows, index=pd.Index(["p1", "p2"], name="party_id")))


def test_a_partner_as_customer_or_at_its_address_is_in_the_channel(parties):
    units = [
        {"east_m": 0, "customer": "tech data ag"},
        {"east_m": 0, "address_key": "LI|9490|vaduz|lagerweg|1"},
        {"east_m": 0, "address_key": "LI||vaduz|lagerweg|1"},
        {"east_m": 0, "address_key": "LI|9999|vaduz|lagerweg|1"},
        {"east_m": 0, "customer": "Ours"},
    ]
    found = assign_sites(make_units(*units), parties=parties)
    assert found["site_cause"].tolist() == [*["in_channel"] * 3, "placed", "in_channel"]
    assert found["channel_party"].tolist()[:3] == ["p1"] * 3
    assert found["site_id"].notna().tolist() == [False, False, False, True, False]


def test_movements_that_end_with_a_partner_are_in_the_channel():
    units = make_units({"east_m": 0}, {"east_m": 0}).assign(
        x_in_channel=pd.array([True, None], dtype="boolean")
    )
    assert assign_sites(units)["site_cause"].tolist() == ["in_channel", "placed"]


def test_the_site_id_rests_on_the_smallest_key_and_survives_new_units():
    first = sites_of({"east_m": 0})
    more = sites_of({"east_m": 0}, {"east_m": 5}, {"east_m": 1000})
    assert more[0] == more[1] == first[0]


def test_a_frame_that_breaks_its_contract_is_refused():
    with pytest.raises(SchemaError, match="verdict"):
        assign_sites(make_units({"east_m": 0}).drop(columns="verdict"))


def test_a_site_says_what_its_units_say_together():
    site = resolve_sites(
        make_units(
            {"east_m": 0, "uncertainty_m": 56.0, "quantity": 3, "severity": 0.5, "hazard": "shock",
             "scope_id": "b", "scope_ids": "b", "support_status": "active", "built": "2020-03",
             "record_date": "2021", "building": "B", "distributor": "Tech Data; Also"},
            {"east_m": 5, "verdict": "check_needed", "severity": 1.0, "hazard": "fire",
             "scope_id": "a", "scope_ids": "a; b", "support_status": "expired", "built": "2019",
             "record_date": "2022-01", "building": "A", "reseller": "Also",
             "street": "Städtle 49", "postcode": "9490", "city": "Vaduz", "country": "LI"},
            site_name="Haus Süd",
        )
    ).iloc[0]  # fmt: skip
    assert (site["affected_units"], site["check_units"]) == (3, 1)
    assert (site["hazard"], site["severity"], site["scope_ids"]) == ("fire", 1.0, "a; b")
    assert (site["support_status"], site["oldest_built"]) == ("expired", "2019")
    assert (site["record_date"], site["buildings"]) == ("2022-01", "A; B")
    assert (site["partners"], site["contact_route"]) == ("Also; Tech Data", "reseller")
    assert site["name"] == "Klinik, Haus Süd"
    assert site["address"] == "Städtle 49, 9490 Vaduz, LI"
    # the second unit is placed better
    assert site["uncertainty_m"] == 10.0
    assert site.geometry.x == pytest.approx(5 / DEGREE_M)


def test_unknown_support_stays_missing_and_a_phone_makes_the_route_direct():
    site = resolve_sites(make_units({"east_m": 0, "contact_phone": "1"})).iloc[0]
    assert pd.isna(site["support_status"])
    assert site["contact_route"] == "direct"


def test_premises_are_declared_before_they_are_guessed_from_a_name():
    sites = resolve_sites(
        make_units(
            {"east_m": 0, "premises": "school", "customer": "General Hospital"},
            {"east_m": 500, "customer": "General Hospital"},
            {"east_m": 900, "customer": "Acme"},
        )
    )
    pairs = sites[["premises_kind", "premises_evidence"]].fillna("-").to_numpy().tolist()
    assert sorted(pairs) == [["-", "-"], ["hospital", "name"], ["school", "declared"]]


@pytest.mark.parametrize("turned", [False, True])
def test_the_most_vulnerable_of_declared_word_and_trade_code_counts(turned):
    units = [{"east_m": 0, "premises": "Shopping centre"}, {"east_m": 0, "industry_code": "622110"}]
    sites = resolve_sites(make_units(*(units[::-1] if turned else units)))
    pairs = sites[["premises_kind", "premises_evidence"]].to_numpy().tolist()
    assert pairs == [["hospital", "industry_code"]]


def test_a_word_that_says_the_same_as_the_code_is_the_evidence():
    unit = {"east_m": 0, "premises": "hospital", "industry_code": "622110"}
    assert resolve_sites(make_units(unit))["premises_evidence"].tolist() == ["declared"]


def test_a_name_never_beats_what_is_declared():
    units = [{"east_m": 0, "premises": "Shopping centre"}, {"east_m": 0, "site_name": "Hospital"}]
    assert resolve_sites(make_units(*units))["premises_evidence"].tolist() == ["declared"]


def test_the_time_zone_is_that_of_the_nearest_place_of_the_country():
    sites = resolve_sites(
        make_units(
            {"country": "US", "x_area_longitude": -118.2, "x_area_latitude": 34.0},
            {"country": "LI", "customer": "B", "match_level": "country"},
            {"country": "US", "customer": "C", "match_level": "country",
             "x_area_longitude": -95.0, "x_area_latitude": 38.0},
        )
    )  # fmt: skip
    zones = sites["time_zone"].fillna("-").tolist()
    assert sorted(zones) == ["-", "America/Los_Angeles", "Europe/Vaduz"]


def test_sites_hold_exactly_the_units_that_have_one():
    units = make_units({"east_m": 0, "quantity": 4}, {"customer": None}, {"east_m": 900})
    assigned = assign_sites(units)
    sites = resolve_sites(units, unit_sites=assigned)
    held = count_units(units[assigned["site_id"].notna()])
    assert int(sites["affected_units"].sum() + sites["check_units"].sum()) == held == 5
    wrong = units.assign(verdict=["affected", "affected", "not_affected"])
    with pytest.raises(LedgerError, match="5 units have a site, sites hold 4"):
        resolve_sites(wrong, unit_sites=assigned)


def test_no_units_give_no_sites():
    sites = resolve_sites(LOCATED.empty())
    assert sites.empty
    assert_frame(sites, SITES)


UNIT = st.fixed_dictionaries(
    {
        "customer": st.sampled_from(["A", "B", None]),
        "east_m": st.sampled_from([None, 0, 20, 45, 70, 95, 120, 145, 400]),
        "address_key": st.sampled_from([None, KEY, "LI||vaduz|stadtle|49"]),
        "city": st.sampled_from(["Vaduz", None]),
        "verdict": st.sampled_from(["affected", "check_needed", "not_affected"]),
        "quantity": st.sampled_from([None, 1, 5]),
    }
)


@settings(max_examples=12, deadline=None)
@given(st.lists(UNIT, min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing_and_no_unit_is_lost(units, random):
    located = make_units(*units)
    order = list(located.index)
    random.shuffle(order)
    assigned, turned = assign_sites(located), assign_sites(located.loc[order])
    pd.testing.assert_frame_equal(turned.loc[located.index], assigned)
    in_scope = located["verdict"].ne("not_affected")
    assert assigned["site_cause"].notna().equals(in_scope)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sites = resolve_sites(located.loc[order], unit_sites=turned)
    pd.testing.assert_frame_equal(
        pd.DataFrame(sites), pd.DataFrame(resolve_sites(located, unit_sites=assigned))
    )
    assert_frame(sites, SITES)
    assert set(assigned["site_id"].dropna()) == set(sites.index)


def test_values_of_a_list_stand_once_each_in_order():
    group = pd.Series(["s", "s", "t"])
    first, second = pd.Series(["b; a", "a", None]), pd.Series([None, "c", ""])
    assert join_distinct(group, first, second).to_dict() == {"s": "a; b; c"}


def test_words_of_custody_put_a_unit_into_the_channel():
    units = make_units({"east_m": 0}, {"east_m": 0})
    told = units.assign(x_in_channel=["in channel, end user unknown", None])
    assert assign_sites(told)["site_cause"].tolist() == ["in_channel", "placed"]
