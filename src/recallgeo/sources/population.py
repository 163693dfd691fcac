"""Population files: rasters in any CRS, and polygons with counts."""

from collections.abc import Mapping
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from recallgeo.errors import (
    MissingCRSError,
    SourceFormatError,
    SourceUnavailableError,
    nearest_name,
)
from recallgeo.population import (
    Grid,
    GridSurface,
    GridUnit,
    Population,
    Values,
    When,
    Window,
    Zones,
)
from recallgeo.provenance import Provenance, sha256_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd
    import rasterio

__all__ = ["default_population", "read_population"]

Floats = npt.NDArray[np.float64]

_RASTER_SUFFIXES = {".tif", ".tiff", ".vrt", ".asc", ".img", ".nc", ".bil"}
_COUNT_COLUMNS = ("population", "people", "residents", "count", "pop")
_COARSE_LEAST_M = 5000.0


class RasterReader:
    """Cells of a raster file, read window by window.

    Parameters
    ----------
    path : Path
        A file that rasterio opens.
    band : int
        Band, from 1.
    decode : mapping of str to float, optional
        ``scale_a`` and ``scale_b``: a code stands for ``a * exp(b * code)``, 0 for 0, 255 for
        unknown.
    """

    def __init__(
        self, path: Path, *, band: int = 1, decode: Mapping[str, float] | None = None
    ) -> None:
        self._path, self._band, self._decode = path, band, decode

    def read(self, window: Window) -> Floats:
        """Give the cells of a window as float64; NaN where the cell is unknown."""
        from rasterio.windows import Window as RasterWindow

        width, height = window.column_stop - window.column, window.row_stop - window.row
        part = RasterWindow(window.column, window.row, width, height)
        with _opened(self._path) as raster:
            cells = raster.read(self._band, window=part, masked=True)
        if self._decode is not None:
            return _decoded(np.asarray(cells.data), self._decode)
        known = np.asarray(cells.filled(0), dtype=np.float64)
        fit = ~np.ma.getmaskarray(cells) & np.isfinite(known) & (known >= 0)
        return np.where(fit, known, np.nan)


def _decoded(codes: npt.NDArray[np.uint8], scale: Mapping[str, float]) -> Floats:
    table = scale["scale_a"] * np.exp(scale["scale_b"] * np.arange(256.0))
    table[0], table[255] = 0.0, np.nan
    return np.asarray(table[codes], dtype=np.float64)


@contextmanager
def _opened(path: Path) -> "Iterator[rasterio.DatasetReader]":
    import rasterio
    from rasterio.errors import RasterioError

    try:
        with rasterio.open(path) as raster:
            yield raster
    except RasterioError as error:
        message = f"{path.name} cannot be read as a raster: {error}; give a whole GeoTIFF"
        raise SourceFormatError(message) from error


def read_population(
    source: str | PathLike[str],
    *,
    values: Values,
    when: When = "resident",
    column: str | None = None,
    provenance: Provenance | None = None,
) -> Population:
    """Open a file of people: a raster, or polygons with counts.

    Parameters
    ----------
    source : path
        A raster (cells are read when they are needed) or a vector file of polygons.
    values : {"count", "density", "density_land"}
        What it holds: people in a cell or polygon, people per km2 of the cell's area, or people
        per km2 of its LAND (which counts the sea share of a coastal cell as land).
    when : {"resident", "day", "night"}
        Whom it counts.
    column : str, optional
        Column of the counts of a vector file; else ``population``, ``people``, ``residents``,
        ``count`` or ``pop``, the first that is there.
    provenance : Provenance, optional
        Licence, attribution and vintage; name and hash are taken from the file where missing.

    Returns
    -------
    Population
        Ready to be asked.

    Raises
    ------
    SourceUnavailableError
        If the file does not exist.
    SourceFormatError
        If it cannot be read, or its counts are not found.
    MissingCRSError
        If it states no CRS.
    ConfigError
        If `values` or `when` is none of its choices.

    Examples
    --------
    >>> read_population("nowhere.tif", values="count")
    Traceback (most recent call last):
    ...
    recallgeo.errors.SourceUnavailableError: population file nowhere.tif does not exist; ...
    """
    path = Path(source)
    if not path.is_file():
        message = f"population file {path.name} does not exist; check the path in the incident"
        raise SourceUnavailableError(message)
    origin = provenance or Provenance(source=path.name, sha256=sha256_of(path))
    if path.suffix.lower() in _RASTER_SUFFIXES:
        unit: GridUnit = "cell" if values == "count" else "km2"
        surface = GridSurface(_open_grid(path, RasterReader(path), unit))
        return Population(surface=surface, values=values, when=when, provenance=origin)
    zones = _open_zones(path, column, values)
    return Population(surface=zones, values=values, when=when, provenance=origin)


def _open_grid(path: Path, reader: RasterReader, unit: GridUnit) -> Grid:
    import pyproj

    with _opened(path) as raster:
        if raster.crs is None:
            message = f"{path.name} states no CRS; write it into the file (gdal_edit.py -a_srs)"
            raise MissingCRSError(message)
        crs = pyproj.CRS.from_user_input(raster.crs.to_wkt())
        transform, shape = tuple(raster.transform)[:6], raster.shape
    return Grid(crs=crs, transform=transform, shape=shape, reader=reader, unit=unit)


def _open_zones(path: Path, column: str | None, values: Values) -> Zones:
    if values != "count":
        message = f"{path.name}: polygons hold values={values!r}; expected 'count', people in each"
        raise SourceFormatError(message)
    frame = _read_polygons(path)
    name = column or next((known for known in _COUNT_COLUMNS if known in frame.columns), None)
    if name not in frame.columns:
        hint = nearest_name(str(column or "population"), map(str, frame.columns))
        message = f"{path.name} has no column {name or 'population'!r} of counts; {hint}"
        raise SourceFormatError(message)
    try:
        people = frame[name].to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError) as error:
        message = f"{path.name}: column {name!r} holds no numbers: {error}"
        raise SourceFormatError(message) from error
    return Zones(frame.geometry.to_crs(4326), people)


def _read_polygons(path: Path) -> "gpd.GeoDataFrame":
    import geopandas as gpd
    from pyogrio.errors import DataSourceError

    try:
        if path.suffix.lower() in {".parquet", ".geoparquet"}:
            frame = gpd.read_parquet(path)
        else:
            frame = gpd.read_file(path)  # noqa: TID251  # this is sources
    except (DataSourceError, ValueError) as error:
        message = f"{path.name} cannot be read as polygons: {error}; give a GeoPackage or GeoJSON"
        raise SourceFormatError(message) from error
    if not hasattr(frame, "crs"):
        message = f"{path.name} has no geometry; give polygons with a count each, or a raster"
        raise SourceFormatError(message)
    if frame.crs is None:
        message = f"{path.name} states no CRS; save it with the CRS it was made in"
        raise MissingCRSError(message)
    return frame


def default_population() -> Population:
    """Open the built-in coarse surface of the world's residents.

    Returns
    -------
    Population
        2.5 arc minutes, usable from 5 km up: no people are given under that radius, only the
        density; `source_text` calls it the coarse default.

    Raises
    ------
    SourceFormatError
        If the file is damaged.

    Notes
    -----
    A code stands for ``scale_a * exp(scale_b * code)`` people per km2 of the whole cell; the two
    numbers are tags of the file.
    """
    from recallgeo.reference import default_population_path

    path = default_population_path()
    with _opened(path) as raster:
        tags = raster.tags()
    try:
        decode = {key: float(tags[key]) for key in ("scale_a", "scale_b")}
    except (KeyError, ValueError) as error:
        message = f"{path.name} has no readable tag {error}; install the package again"
        raise SourceFormatError(message) from error
    grid = _open_grid(path, RasterReader(path, decode=decode), "km2")
    return Population(
        surface=GridSurface(grid),
        values="density",
        when="resident",
        provenance=Provenance(source=path.name, sha256=sha256_of(path)),
        coarse_default=True,
        least_radius_m=_COARSE_LEAST_M,
    )
