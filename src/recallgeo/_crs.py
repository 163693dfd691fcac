"""The one test of a frame's coordinate reference system."""

import geopandas as gpd

from recallgeo.errors import CRSError, GeographicCRSError, MissingCRSError

__all__ = ["wgs84_error"]

_WGS84_CODES = ("EPSG:4326", "OGC:CRS84", "EPSG:4979")


def wgs84_error(frame: gpd.GeoDataFrame | gpd.GeoSeries, name: str = "frame") -> CRSError | None:
    """Give the error of a frame that is not in WGS84 longitude and latitude.

    Parameters
    ----------
    frame : GeoDataFrame or GeoSeries
        Any frame with geometry.
    name : str
        What to call it in the message.

    Returns
    -------
    CRSError or None
        `MissingCRSError`, `GeographicCRSError`, or None where the frame is fit.
    """
    crs = frame.crs
    if crs is None:
        hint = "call .set_crs(...) with the CRS the data were surveyed in"
        return MissingCRSError(f"{name}: CRS is missing; {hint}")
    if any(crs.equals(code, ignore_axis_order=True) for code in _WGS84_CODES):
        return None
    return GeographicCRSError(
        f"{name}: CRS is {crs.to_string()[:60]}; expected WGS84 (EPSG:4326), call .to_crs(4326)"
    )
