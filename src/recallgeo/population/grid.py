"""Grids of people: where a cell lies, how large it truly is, and windows that are read late."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np
import numpy.typing as npt
import pyproj

from recallgeo.errors import SourceFormatError
from recallgeo.geodesy import ECCENTRICITY2, SEMI_MAJOR_M

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["ArrayReader", "Grid", "GridReader", "GridUnit", "Window", "curvature_radii_m"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
GridUnit = Literal["cell", "km2"]


def curvature_radii_m(latitude: Floats) -> tuple[Floats, Floats]:
    """Give the ellipsoid's radii of curvature, along the meridian and across it.

    Parameters
    ----------
    latitude : float64 array
        Degrees, WGS84.

    Returns
    -------
    tuple of two float64 arrays
        Metres: meridional radius and prime vertical radius.

    References
    ----------
    Rapp, *Geometric Geodesy, Part I* (1991), sections 3.4 and 3.5.

    Examples
    --------
    >>> meridional, prime_vertical = curvature_radii_m(np.array([0.0]))
    >>> float(meridional[0].round(1)), float(prime_vertical[0].round(1))
    (6335439.3, 6378137.0)
    """
    w2 = 1 - ECCENTRICITY2 * np.sin(np.radians(latitude)) ** 2
    return SEMI_MAJOR_M * (1 - ECCENTRICITY2) / w2**1.5, SEMI_MAJOR_M / np.sqrt(w2)


@dataclass(frozen=True, slots=True)
class Window:
    """Rows and columns of a grid, the stop excluded; may reach beyond the grid."""

    row: int
    row_stop: int
    column: int
    column_stop: int


class GridReader(Protocol):
    """What gives the cells of a window inside the grid."""

    def read(self, window: Window) -> Floats:
        """Give the cells of a window as float64; NaN where the cell is unknown."""
        ...


@dataclass(frozen=True, slots=True)
class ArrayReader:
    """Cells in memory.

    Parameters
    ----------
    cells : float64 array, shape (rows, columns)
        NaN, infinite and negative cells are unknown.

    Examples
    --------
    >>> ArrayReader(np.array([[1.0, -9999.0]])).read(Window(0, 1, 0, 2)).tolist()
    [[1.0, nan]]
    """

    cells: Floats

    def read(self, window: Window) -> Floats:
        """Give the cells of a window as float64; NaN where the cell is unknown."""
        part = self.cells[window.row : window.row_stop, window.column : window.column_stop]
        return np.where(np.isfinite(part) & (part >= 0), part, np.nan).astype(np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A raster of people in any coordinate reference system.

    Parameters
    ----------
    crs : pyproj.CRS
        Of the grid.
    transform : sequence of 6 floats
        ``x = a * column + b * row + c`` and ``y = d * column + e * row + f`` of a cell's corner,
        in the order a, b, c, d, e, f.
    shape : tuple of int
        Rows and columns.
    reader : GridReader
        What gives the cells.
    unit : {"cell", "km2"}
        Whether a cell holds a number of people, or people per square kilometre of its area.

    Raises
    ------
    SourceFormatError
        Where the transform folds the grid into a line, or the grid has no cell.

    Examples
    --------
    >>> grid = Grid(crs=pyproj.CRS(4326), transform=(1.0, 0.0, 0.0, 0.0, -1.0, 1.0), shape=(1, 2),
    ...             reader=ArrayReader(np.array([[10.0, 20.0]])), unit="cell")
    >>> column, row = grid.pixel_of(np.array([1.5]), np.array([0.5]))
    >>> float(column[0]), float(row[0])
    (1.5, 0.5)
    """

    crs: pyproj.CRS
    transform: "Sequence[float]"
    shape: tuple[int, int]
    reader: GridReader
    unit: GridUnit
    _from_wgs84: pyproj.Transformer = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Check the grid and prepare the way from WGS84."""
        a, b, _, d, e, _ = self.transform
        if a * e - b * d == 0 or min(self.shape) < 1:
            message = f"grid of {self.shape} cells with transform {tuple(self.transform)} is empty"
            raise SourceFormatError(message)
        way = pyproj.Transformer.from_crs("EPSG:4326", self.crs, always_xy=True)
        object.__setattr__(self, "_from_wgs84", way)

    @property
    def is_lonlat(self) -> bool:
        """Whether rows are parallels and columns are meridians, in degrees."""
        _, b, _, d, _, _ = self.transform
        in_degrees = all(axis.unit_name == "degree" for axis in self.crs.axis_info)
        return bool(self.crs.is_geographic and in_degrees and b == 0 and d == 0)

    @property
    def period(self) -> float:
        """Columns around the Earth; infinite where columns are no meridians."""
        return 360 / abs(self.transform[0]) if self.is_lonlat else np.inf

    @property
    def is_round(self) -> bool:
        """Whether the columns close around the Earth."""
        return abs(self.period - self.shape[1]) < 1e-6 * self.shape[1]

    def pixel_of(self, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        """Give fractional column and row of WGS84 positions.

        Parameters
        ----------
        lon, lat : float64 arrays
            Degrees.

        Returns
        -------
        tuple of two float64 arrays
            Columns (the turn around the Earth nearest to the grid) and rows; not finite where the
            position has no place in the grid's CRS.
        """
        x, y = self._from_wgs84.transform(lon, lat)
        a, b, c, d, e, f = self.transform
        right, down = np.asarray(x, float) - c, np.asarray(y, float) - f
        size = a * e - b * d
        column, row = (e * right - b * down) / size, (a * down - d * right) / size
        if self.is_lonlat:
            start = (self.shape[1] - self.period) / 2
            column = start + np.mod(column - start, self.period)
        return column, row

    def lonlat_of(self, column: Floats, row: Floats) -> tuple[Floats, Floats]:
        """Give the WGS84 position of fractional columns and rows."""
        a, b, c, d, e, f = self.transform
        x, y = a * column + b * row + c, d * column + e * row + f
        lon, lat = self._from_wgs84.transform(x, y, direction="INVERSE")
        return np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)

    def latitude_of(self, row: Floats) -> Floats:
        """Give the latitude of fractional rows of a grid of parallels."""
        return np.asarray(self.transform[5] + self.transform[4] * row, dtype=np.float64)

    def cell_area_m2(self, row: Ints) -> Floats:
        """Give the true area of cells of a grid of parallels and meridians, by row.

        Parameters
        ----------
        row : intp array
            Rows.

        Returns
        -------
        float64 array
            Square metres on the ellipsoid, exact (Snyder 1987, equation 3-12).
        """
        edges = np.radians(np.clip(self.latitude_of(np.stack([row, row + 1])), -90, 90))
        north, south = _zone(edges)
        return np.asarray(
            SEMI_MAJOR_M**2 / 2 * abs(np.radians(self.transform[0])) * np.abs(north - south)
        )

    def read(self, window: Window) -> Floats:
        """Read a window; columns close around the Earth, and what lies outside is unknown."""
        rows, columns = self.shape
        cells = np.full((window.row_stop - window.row, window.column_stop - window.column), np.nan)
        top, bottom = max(window.row, 0), min(window.row_stop, rows)
        if top >= bottom:
            return cells
        turns = range(window.column // columns, (window.column_stop - 1) // columns + 1)
        for turn in turns if self.is_round else (0,):
            shift = turn * columns
            left = max(window.column - shift, 0)
            right = min(window.column_stop - shift, columns)
            if left < right:
                into = slice(left + shift - window.column, right + shift - window.column)
                part = self.reader.read(Window(top, bottom, left, right))
                cells[top - window.row : bottom - window.row, into] = part
        return cells


def _zone(phi: Floats) -> Floats:
    """Area function of a zone: q of the authalic latitude."""
    e = np.sqrt(ECCENTRICITY2)
    s = np.sin(phi)
    return np.asarray(
        (1 - ECCENTRICITY2) * (s / (1 - ECCENTRICITY2 * s * s) + np.arctanh(e * s) / e)
    )
