"""The taxonomy and the hazards as files say them."""

import pytest

from recallgeo.errors import SourceFormatError
from recallgeo.reference import hazards, kinds_from_dict, taxonomy

ENTRY = {
    "label": "depot",
    "plural": "depots",
    "vulnerability": 0.5,
    "tier": "other",
    "hours": "always",
    "footprint_radius_m": 10,
    "capacity_unit": "units",
    "source": "judgement",
}


def test_the_missions_kinds_are_there_and_the_most_vulnerable_come_first():
    kinds = taxonomy()
    assert {"school", "university", "hospital", "data_centre", "kindergarten"} <= set(kinds)
    assert next(iter(kinds)) == "hospital"
    assert len(kinds) == 16


def test_every_kind_states_its_source_and_bounds():
    for kind in taxonomy().values():
        assert kind.source
        assert 0 < kind.vulnerability <= 1
        assert kind.premises_words


def test_no_code_and_no_tag_belongs_to_two_kinds():
    for field in ("osm_tags", "overture", "naics", "isic", "nace", "sic"):
        entries = [entry for kind in taxonomy().values() for entry in getattr(kind, field)]
        assert len(entries) == len(set(entries)), field


def test_codes_are_digits_only():
    for kind in taxonomy().values():
        codes = (*kind.naics, *kind.isic, *kind.nace, *kind.sic)
        assert all(code.isdigit() for code in codes)


def test_words_are_written_plain():
    for kind in taxonomy().values():
        for word in (*kind.premises_words, *kind.guard_words):
            assert word == word.strip().lower()


def test_apartments_count_only_when_they_are_tall():
    tower = taxonomy()["residential_tower"]
    assert tower.osm_tags == ()
    assert ("building", "apartments") in tower.osm_tall_tags
    assert tower.osm_tall_levels == 10


def test_hazards_hold_their_radii():
    assert hazards()["smoke_gas"].radii_m == (250, 1000)
    assert hazards()["shock"].radii_m == (50,)


def test_a_kind_of_ones_own_needs_only_the_words_it_has():
    kind = kinds_from_dict({"kind": {"depot": ENTRY}})["depot"]
    assert kind.osm_tags == kind.premises_words == ()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"vulnerability": 2.0}, "vulnerability is 2.0"),
        ({"tier": "urgent"}, "tier is 'urgent'"),
        ({"footprint_radius_m": 0}, "footprint_radius_m is 0"),
        ({"source": ""}, "source is ''"),
        ({"colour": "red"}, "colour"),
        ({"osm_tags": ["amenity"]}, "depot"),
    ],
)
def test_a_wrong_entry_is_named(change, said):
    with pytest.raises(SourceFormatError, match=said):
        kinds_from_dict({"kind": {"depot": ENTRY | change}})
