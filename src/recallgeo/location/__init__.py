"""Location: from addresses and supplied coordinates to points with an honest radius, offline."""

from recallgeo.location.place_error import PlaceError, mixture_of

__all__ = ["PlaceError", "mixture_of"]
