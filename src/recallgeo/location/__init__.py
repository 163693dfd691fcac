"""Location: from addresses and supplied coordinates to points with an honest radius, offline."""

from recallgeo.addresses import normalise_address
from recallgeo.location.address_index import AddressIndex
from recallgeo.location.gazetteer import Gazetteer, embedded_gazetteer
from recallgeo.location.locate import locate_assets
from recallgeo.location.overrides import OVERRIDE_COLUMNS, check_overrides
from recallgeo.location.place_error import PlaceError, mixture_of

__all__ = [
    "OVERRIDE_COLUMNS",
    "AddressIndex",
    "Gazetteer",
    "PlaceError",
    "check_overrides",
    "embedded_gazetteer",
    "locate_assets",
    "mixture_of",
    "normalise_address",
]
