"""Locating units: the finest place that the data agree on, or the cause why not."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recallgeo.errors import SchemaError, StaleDataWarning, UnlocatedAssetsWarning
from recallgeo.frames import LOCATED, SCOPED
from recallgeo.keys import short_keys
from recallgeo.location import AddressIndex, locate_assets
from recallgeo.sites import assign_sites
from recallgeo.testing import assert_frame, make_assets

INDEX_ROW = {
    "street": ["Städtle"],
    "house_number": ["49"],
    "postcode": ["9490"],
    "city": ["Vaduz"],
    "country": ["LI"],
    "longitude": [9.5227],
    "latitude": [47.1392],
}
HERE = {key: value[0] for key, value in INDEX_ROW.items() if key not in {"longitude", "latitude"}}


@pytest.fixture(scope="module")
def index():
    return AddressIndex.from_frame(pd.DataFrame(INDEX_ROW), source="vaduz")


def locate(gazetteer, units, **options):
    """Locate units given as dicts, without warnings."""
    columns = dict.fromkeys(key for unit in units for key in unit)
    assets = make_assets(**{key: [unit.get(key) for unit in units] for key in columns})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnlocatedAssetsWarning)
        return locate_assets(assets, gazetteer=gazetteer, **options)


def site_ids(located):
    affected = LOCATED.conform(located.assign(verdict="affected", verdict_reason="."))
    return assign_sites(affected)["site_id"].tolist()


def test_the_finest_evidence_counts(gazetteer, index):
    units = [
        {**HERE, "longitude": 9.52271, "latitude": 47.13921},
        HERE,
        {**HERE, "house_number": "50"},
        {**HERE, "street": None},
        {"city": "Vaduz", "country": "LI"},
        {"country": "LI"},
    ]
    located = locate(gazetteer, units, index=index)
    levels = ["supplied", "address", "street", "postcode", "locality", "country"]
    assert located["match_level"].tolist() == levels
    assert located.geometry.notna().tolist() == [True, True, True, True, False, False]
    assert located["uncertainty_m"].is_monotonic_increasing
    assert located["located_by"].tolist() == ["supplied", *["vaduz"] * 3, *["gazetteer"] * 2]


def test_an_area_keeps_its_centre_but_never_a_point(gazetteer):
    located = locate(gazetteer, [{"city": "Vaduz", "country": "LI"}]).iloc[0]
    assert located.geometry is None
    assert (located["x_area_longitude"], located["x_area_latitude"]) == (9.52154, 47.14151)


def test_a_coarse_coordinate_gives_way_to_a_finer_address(gazetteer, index):
    located = locate(gazetteer, [{**HERE, "longitude": 9.52, "latitude": 47.14}], index=index)
    assert located["match_level"].tolist() == ["address"]


def test_coordinate_and_address_a_little_apart_widen_the_radius(gazetteer, index):
    # 0.01 degrees of latitude are 1,112 m
    unit = {**HERE, "longitude": 9.5227, "latitude": 47.14921}
    located = locate(gazetteer, [unit], index=index).iloc[0]
    assert (located["match_level"], located["geocode_status"]) == ("supplied", "matched")
    assert located["location_flags"] == "coordinate_address_differ"
    assert located["uncertainty_m"] == pytest.approx(1112 + 50, abs=2)


def test_coordinate_and_address_far_apart_are_a_conflict_that_reaches_both(gazetteer, index):
    unit = {**HERE, "longitude": 9.5227, "latitude": 47.23921}
    located = locate(gazetteer, [unit], index=index).iloc[0]
    assert (located["match_level"], located["geocode_status"]) == ("address", "conflict")
    assert located["uncertainty_m"] == pytest.approx(11_120, abs=20)


def test_a_coordinate_in_another_country_falls_back_to_the_area(gazetteer):
    unit = {"city": "Vaduz", "country": "LI", "longitude": 13.4105, "latitude": 52.5244}
    located = locate(gazetteer, [unit]).iloc[0]
    assert (located["match_level"], located["geocode_status"]) == ("locality", "conflict")
    assert located.geometry is None


def test_a_swapped_coordinate_is_repaired_and_flagged(gazetteer):
    unit = {"city": "Vaduz", "country": "LI", "longitude": 47.1392, "latitude": 9.5227}
    located = locate(gazetteer, [unit]).iloc[0]
    assert (located.geometry.x, located.geometry.y) == (9.5227, 47.1392)
    assert located["location_flags"] == "repaired_swapped"
    assert located["longitude"] == 47.1392


def test_a_post_office_box_is_a_status_and_no_point(gazetteer, index):
    unit = {"street": "PO Box 12", "postcode": "9490", "city": "Vaduz", "country": "LI"}
    located = locate(gazetteer, [unit], index=index).iloc[0]
    assert (located["geocode_status"], located["match_level"]) == ("po_box", "locality")
    assert located.geometry is None


def test_an_ambiguous_city_keeps_its_candidates(gazetteer):
    located = locate(gazetteer, [{"city": "Springfield", "country": "US"}]).iloc[0]
    assert (located["geocode_status"], located["match_level"]) == ("ambiguous", "country")
    assert located["x_candidates"] == "Springfield (US-MA); Springfield (US-IL)"


def test_an_address_far_from_its_city_is_a_conflict_without_a_point(gazetteer, index):
    located = locate(gazetteer, [{**HERE, "country": "LI", "city": "Vaduz"}], index=index).iloc[0]
    assert located["geocode_status"] == "matched"
    moved = AddressIndex.from_frame(pd.DataFrame(INDEX_ROW).assign(latitude=46.0), source="moved")
    located = locate(gazetteer, [HERE], index=moved).iloc[0]
    assert (located["geocode_status"], located["match_level"]) == ("conflict", "country")
    assert located.geometry is None


def test_the_country_is_written_as_its_code_and_the_floor_is_found(gazetteer):
    unit = {"street": "Städtle 49, 2nd floor", "city": "Vaduz", "country": "Liechtenstein"}
    located = locate(gazetteer, [unit]).iloc[0]
    assert (located["country"], located["floor"]) == ("LI", "2nd floor")
    assert located["address_key"] == "LI||vaduz|stadtle|49"


def test_a_unit_without_any_place_is_unmatched_and_warned_of(gazetteer):
    with pytest.warns(UnlocatedAssetsWarning, match="1 of 2 units"):
        located = locate_assets(make_assets(country=["LI", None]), gazetteer=gazetteer)
    assert located["geocode_status"].tolist() == ["matched", "unmatched"]


def test_scoped_units_give_a_valid_located_table(gazetteer):
    assets = make_assets(country=["LI"], verdict=["affected"], verdict_reason=["."])
    located = locate_assets(SCOPED.conform(assets), gazetteer=gazetteer)
    assert_frame(located, LOCATED)


def test_no_units_give_an_empty_table(gazetteer):
    empty = locate_assets(SCOPED.empty(), gazetteer=gazetteer)
    assert empty.empty
    assert_frame(empty, LOCATED)


def test_input_and_index_are_unchanged(gazetteer, index):
    assets = make_assets(country=["LI", "DE"], city=["Vaduz", "Berlin"], x_note=["a", "b"])
    before = assets.copy(deep=True)
    located = locate_assets(assets, index=index, gazetteer=gazetteer)
    pd.testing.assert_frame_equal(assets, before)
    assert located.index.equals(assets.index)
    assert located["x_note"].tolist() == ["a", "b"]


def test_any_order_and_any_split_of_the_units_gives_the_same_places(gazetteer, index):
    units = [HERE, {"city": "Berlin", "country": "DE"}, {**HERE, "house_number": "1"}] * 3
    columns = dict.fromkeys(key for unit in units for key in unit)
    assets = make_assets(**{key: [unit.get(key) for unit in units] for key in columns})
    whole = locate_assets(assets, index=index, gazetteer=gazetteer)
    turned = locate_assets(assets.iloc[::-1], index=index, gazetteer=gazetteer)
    halves = [
        locate_assets(part, index=index, gazetteer=gazetteer)
        for part in (assets.iloc[:4], assets.iloc[4:])
    ]
    pd.testing.assert_frame_equal(pd.DataFrame(turned.loc[whole.index]), pd.DataFrame(whole))
    pd.testing.assert_frame_equal(pd.DataFrame(pd.concat(halves)), pd.DataFrame(whole))


def correction(**target):
    return pd.DataFrame(
        [{"longitude": 9.6, "latitude": 47.2, "who": "A", "when": "2026-01-02", "why": "seen"}]
    ).assign(**target)


@pytest.mark.parametrize(
    "target",
    [
        {"asset_id": "a1"},
        {"address_key": "LI|9490|vaduz|stadtle|49"},
        {"site": short_keys(pd.Series(["a1"])).iloc[0]},
    ],
)
def test_a_correction_moves_what_it_names(gazetteer, index, target):
    located = locate(gazetteer, [HERE], index=index, overrides=correction(**target)).iloc[0]
    assert (located.geometry.x, located.geometry.y) == (9.6, 47.2)
    assert (located["located_by"], located["location_flags"]) == ("correction", "corrected")
    assert located["x_correction"] == "seen (2026-01-02)"


SITE = correction(site=short_keys(pd.Series(["a1"])).iloc[0])
PLACED = {"longitude": 9.5227, "latitude": 47.1392, "country": "LI"}


@pytest.mark.parametrize(
    "unit",
    [
        HERE,
        {"city": "Vaduz", "country": "LI"},
        PLACED,
        {**HERE, "customer_id": "7"},
    ],
    ids=["address", "area", "point", "customer id"],
)
def test_a_correction_of_a_site_moves_the_whole_site_and_it_stays_one(gazetteer, index, unit):
    units = [{"customer": "Klinik Süd", **unit}, {**unit, "customer": "KLINIK SÜD"}]
    units += [
        {**unit, "customer": "Klinik Süd"},
        {**unit, "customer": "Schule", "customer_id": "8"},
    ]
    before = site_ids(locate(gazetteer, units, index=index))
    assert before[0] == before[1] == before[2] != before[3]
    located = locate(gazetteer, units, index=index, overrides=SITE)
    assert located["located_by"].eq("correction").tolist() == [True, True, True, False]
    after = site_ids(located)
    assert after == before


def test_a_correction_of_a_site_takes_no_unit_of_elsewhere_or_nobody(gazetteer, index):
    # 0.001 degrees of latitude are 111 m, 0.0001 are 11 m
    units = [
        {**PLACED, "customer": "Klinik"},
        {**PLACED, "customer": "Klinik", "latitude": 47.1393},
        {**PLACED, "customer": "Klinik", "latitude": 47.1402},
        PLACED,
    ]
    located = locate(gazetteer, units, index=index, overrides=SITE)
    moved = [True, True, False, False]
    assert located["located_by"].eq("correction").tolist() == moved


def test_a_correction_of_a_site_of_nobody_s_units_moves_them_all(gazetteer):
    units = [PLACED, PLACED, {**PLACED, "customer": "Klinik"}]
    located = locate(gazetteer, units, overrides=SITE)
    assert located["located_by"].eq("correction").tolist() == [True, True, False]


def test_the_latest_correction_counts(gazetteer):
    both = pd.concat(
        [
            correction(asset_id="a1").assign(when="2026-02-01", longitude=9.7),
            correction(asset_id="a1"),
        ]
    )
    located = locate(gazetteer, [HERE], overrides=both).iloc[0]
    assert located.geometry.x == 9.7


def test_a_correction_that_matches_nothing_is_reported(gazetteer):
    with pytest.warns(StaleDataWarning, match=r"1 of 1 corrections match no unit \(row 1\)"):
        locate(gazetteer, [HERE], overrides=correction(asset_id="gone"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"asset_id": None}, "names none of"),
        ({"asset_id": "a1", "latitude": 91.0}, "no point on the Earth"),
        ({"asset_id": "a1", "asset": 1}, "did you mean 'asset_id'"),
        ({"asset_id": "a1", "when": None}, "no date"),
    ],
)
def test_a_bad_correction_is_refused(gazetteer, change, message):
    with pytest.raises(SchemaError, match=message):
        locate(gazetteer, [HERE], overrides=correction(**change))


TEXT = st.one_of(st.none(), st.text(max_size=12), st.sampled_from(["Vaduz", "LI", "PO Box 1"]))
NUMBER = st.one_of(st.none(), st.floats(-1000, 1000), st.sampled_from([0.0, 91.0, 9.5, 47.1]))


@settings(max_examples=12, deadline=None)
@given(st.lists(st.tuples(TEXT, TEXT, TEXT, TEXT, NUMBER, NUMBER), min_size=1, max_size=4))
def test_whatever_comes_in_every_unit_has_a_status_and_an_honest_radius(gazetteer, rows):
    names = ["street", "city", "country", "address_raw", "longitude", "latitude"]
    units = [dict(zip(names, row, strict=True)) for row in rows]
    located = locate(gazetteer, units)
    assert len(located) == len(units)
    assert located["geocode_status"].notna().all()
    placed = located[located.geometry.notna()]
    assert (placed["uncertainty_m"] >= 10).all()
    assert placed["match_level"].notna().all()
    assert np.isfinite(placed.geometry.x).all()
