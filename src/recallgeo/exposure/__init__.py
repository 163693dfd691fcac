"""What surrounds each site: sensitive places, people, and the doubt of the place inside."""

from recallgeo.exposure.exposed import Draws, Exposure, measure_exposure
from recallgeo.exposure.measures import (
    DEFAULT_FOOTPRINT_M,
    chance_on_site,
    chances_within,
    count_places_within,
    nearest_places,
    on_grounds,
)
from recallgeo.exposure.people import expect_people, measure_people
from recallgeo.exposure.place_index import SEARCH_LIMIT_M, PlaceIndex

__all__ = [
    "DEFAULT_FOOTPRINT_M",
    "SEARCH_LIMIT_M",
    "Draws",
    "Exposure",
    "PlaceIndex",
    "chance_on_site",
    "chances_within",
    "count_places_within",
    "expect_people",
    "measure_exposure",
    "measure_people",
    "nearest_places",
    "on_grounds",
]
