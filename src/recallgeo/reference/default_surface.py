"""The coarse default population surface: where it is and how its codes are read.

One byte a cell of 2.5 arc minutes: 0 is no people, 255 is unknown, any other code stands for
``a * exp(b * code)`` persons per square kilometre of the full cell. The constants stand in the
file's own tags ``scale_a`` and ``scale_b``; `recallgeo.sources` decodes it.
"""

from functools import cache
from pathlib import Path

from recallgeo.errors import SourceFormatError
from recallgeo.reference.files import reference_path

__all__ = ["default_population_coding", "default_population_path"]


def default_population_path() -> Path:
    """Give the path of the coarse default population surface.

    Returns
    -------
    Path
        A GeoTIFF, WGS84, 8640 x 3600 cells from 85 N to 65 S, log-coded bytes.

    Examples
    --------
    >>> default_population_path().suffix
    '.tif'
    """
    return reference_path("population.tif")


@cache
def default_population_coding() -> tuple[float, float]:
    """Give the constants a and b of its code: density = a * exp(b * code) per km2.

    Returns
    -------
    tuple of float
        ``a`` in persons per square kilometre, and ``b``.

    Raises
    ------
    SourceFormatError
        If the file's tags do not hold them.

    Examples
    --------
    >>> a, b = default_population_coding()
    >>> 0 < a < 1 and 0 < b < 1
    True
    """
    import rasterio

    with rasterio.open(default_population_path()) as raster:
        tags = raster.tags()
    try:
        return float(tags["scale_a"]), float(tags["scale_b"])
    except (KeyError, ValueError) as error:
        message = f"population.tif: tag {error} is missing or no number; reinstall recallgeo"
        raise SourceFormatError(message) from error
