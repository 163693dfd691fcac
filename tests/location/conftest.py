"""A small gazetteer whose answers a reader can check."""

import pandas as pd
import pytest

from recallgeo.location import Gazetteer

PLACES = [
    (1, "Berlin", "Berlin", "Berlino", "DE", "16", 13.41053, 52.52437, 3_426_354, "Europe/Berlin"),
    (2, "München", "Muenchen", "Munich; Мюнхен", "DE", "02", 11.57549, 48.13743, 1_260_391, None),
    (3, "Springfield", "Springfield", None, "US", "IL", -89.64371, 39.80172, 116_565, None),
    (4, "Springfield", "Springfield", None, "US", "MA", -72.58981, 42.10148, 154_341, None),
    (5, "Vaduz", "Vaduz", None, "LI", "11", 9.52154, 47.14151, 5_197, "Europe/Vaduz"),
    (6, "Schaan", "Schaan", None, "LI", "07", 9.50867, 47.16498, 5_748, "Europe/Vaduz"),
    (7, "Chicago", "Chicago", None, "US", "IL", -87.65005, 41.85003, 2_695_598, None),
    (8, "Boston", "Boston", None, "US", "MA", -71.05977, 42.35843, 653_833, None),
    (12, "Denver", "Denver", None, "US", "CO", -104.98470, 39.73915, 715_522, None),
    (9, "Neustadt", "Neustadt", None, "DE", "02", 11.00000, 49.00000, 900, None),
    (10, "Neustadt", "Neustadt", None, "DE", "02", 11.05000, 49.00000, 3_000, None),
    (11, "London", "London", "Londres", "GB", "ENG", -0.12574, 51.50853, 8_961_989, None),
]
REGIONS = [
    ("DE", "16", "Berlin", "BE"),
    ("DE", "02", "Bavaria", "Bayern; BY"),
    ("US", "IL", "Illinois", None),
    ("US", "MA", "Massachusetts", None),
]


@pytest.fixture(scope="session")
def gazetteer():
    names = ["geonameid", "name", "ascii_name", "alternates", "country", "admin1"]
    names += ["longitude", "latitude", "population", "time_zone"]
    texts = ["name", "ascii_name", "alternates", "country", "admin1", "time_zone"]
    places = pd.DataFrame(PLACES, columns=names).set_index("geonameid")
    places = places.astype(dict.fromkeys(texts, "str") | {"population": "Int64"})
    regions = pd.DataFrame(REGIONS, columns=["country", "code", "name", "aliases"]).astype("str")
    return Gazetteer(places, regions)
