"""Population: people within a radius, and density at a point, from any kind of source."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, get_args

import geopandas as gpd
import numpy as np
import pandas as pd

from recallgeo.errors import ConfigError, SchemaError, nearest_name
from recallgeo.geodesy import lonlat, require_wgs84
from recallgeo.population.grid import Floats, Grid, Ints, Window, curvature_radii_m
from recallgeo.population.scanline import disks_on, sum_disks

if TYPE_CHECKING:
    from recallgeo.provenance import Provenance

__all__ = ["GridSurface", "Population", "Surface", "Values", "When"]

Values = Literal["count", "density", "density_land"]
When = Literal["resident", "day", "night"]

_COLUMNS = {"resident": "residents", "day": "people_day", "night": "people_night"}
_TILE = 512
_POLE = 90.0


class Surface(Protocol):
    """What a population is read from."""

    @property
    def cell_m(self) -> float:
        """Typical side of a cell, metres."""
        ...

    def cell_m_at(self, lon: Floats, lat: Floats) -> Floats:
        """Give the side of the cell at each point, metres."""
        ...

    def density_km2_at(self, lon: Floats, lat: Floats) -> Floats:
        """Give people per square kilometre at each point; NaN where unknown."""
        ...

    def sum_within(self, lon: Floats, lat: Floats, *, radius_m: float) -> tuple[Floats, Floats]:
        """Give people in the known part of each disk, and the square metres of that part."""
        ...


@dataclass(frozen=True, slots=True)
class GridSurface:
    """A grid as a source of people.

    Parameters
    ----------
    grid : Grid
        Cells of people, or of people per square kilometre.
    """

    grid: Grid

    @property
    def cell_m(self) -> float:
        """Side of a square of the area of the grid's middle cell, metres."""
        rows, columns = self.grid.shape
        if self.grid.is_lonlat:
            return float(np.sqrt(self.grid.cell_area_m2(np.array([rows // 2]))[0]))
        middle = self.grid.lonlat_of(np.array([columns / 2]), np.array([rows / 2]))
        return float(self.cell_m_at(*middle)[0])

    def cell_m_at(self, lon: Floats, lat: Floats) -> Floats:
        """Give the side of a square of the cell's area at each point, metres."""
        return np.sqrt(self._cell_m2(lon, lat))

    def _cell_m2(self, lon: Floats, lat: Floats) -> Floats:
        if self.grid.is_lonlat:
            _, row = self.grid.pixel_of(lon, lat)
            rows = np.clip(np.nan_to_num(row), 0, self.grid.shape[0] - 1)
            return self.grid.cell_area_m2(np.floor(rows).astype(np.intp))
        span = disks_on(self.grid, lon, lat, radius_m=100.0).span
        everyone = np.arange(len(lon), dtype=np.intp)
        return span(everyone, np.zeros(len(lon)))[2]

    def density_km2_at(self, lon: Floats, lat: Floats) -> Floats:
        """Give people per square kilometre of the cell at each point; NaN where unknown."""
        column, row = self.grid.pixel_of(lon, lat)
        inside = np.isfinite(column) & np.isfinite(row)
        cells = np.full(len(lon), np.nan)
        asked = np.flatnonzero(inside)
        rows, columns = np.floor(row[asked]).astype(int), np.floor(column[asked]).astype(int)
        tiles, tile = np.unique([rows // _TILE, columns // _TILE], axis=1, return_inverse=True)
        order = np.argsort(tile, kind="stable")
        ends = np.cumsum(np.bincount(tile, minlength=tiles.shape[1]))
        for at in np.split(order, ends[:-1]) if len(asked) else ():
            window = Window(
                int(rows[at].min()),
                int(rows[at].max()) + 1,
                int(columns[at].min()),
                int(columns[at].max()) + 1,
            )
            part = self.grid.read(window)
            cells[asked[at]] = part[rows[at] - window.row, columns[at] - window.column]
        return cells if self.grid.unit == "km2" else cells / self._cell_m2(lon, lat) * 1e6

    def sum_within(self, lon: Floats, lat: Floats, *, radius_m: float) -> tuple[Floats, Floats]:
        """Give people in the known part of each disk, and the square metres of that part."""
        return sum_disks(self.grid, disks_on(self.grid, lon, lat, radius_m=radius_m))


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """People around points.

    Parameters
    ----------
    surface : Surface
        A grid or polygons.
    values : {"count", "density", "density_land"}
        What the source holds; people per km2 of LAND counts the sea share of a coastal cell as
        land, which `source_text` says.
    when : {"resident", "day", "night"}
        Whom it counts.
    provenance : Provenance
        Origin.
    coarse_default : bool
        Whether this is the built-in surface, which is named in every output.
    least_radius_m : float
        No people are given under this radius, metres.

    Examples
    --------
    >>> from recallgeo.population import ArrayReader, Grid
    >>> from recallgeo.provenance import Provenance
    >>> import pyproj
    >>> grid = Grid(crs=pyproj.CRS(4326), transform=(0.01, 0, 0, 0, -0.01, 0.02), shape=(2, 2),
    ...             reader=ArrayReader(np.full((2, 2), 100.0)), unit="km2")
    >>> everywhere = Population(surface=GridSurface(grid), values="density", when="resident",
    ...                         provenance=Provenance(source="made up"))
    >>> centre = gpd.GeoSeries.from_xy([0.01], [0.01], crs=4326)
    >>> everywhere.people_within(centre, radius_m=1000).round(1).tolist()
    [314.2]
    >>> everywhere.density_at(centre).tolist()
    [100.0]
    """

    surface: Surface
    values: Values
    when: When
    provenance: "Provenance"
    coarse_default: bool = False
    least_radius_m: float = 0.0

    def __post_init__(self) -> None:
        """Check the choices."""
        _check_choice("values", self.values, Values)
        _check_choice("when", self.when, When)

    @property
    def cell_m(self) -> float:
        """Typical side of a cell, metres."""
        return self.surface.cell_m

    @property
    def source_text(self) -> str:
        """Name of the source with what a reader must know of it."""
        name = self.provenance.source
        if self.coarse_default:
            return f"coarse default ({name})"
        if self.values == "density_land":
            return f"{name} (per km2 of land, taken for the whole cell: too many on coasts)"
        return name

    def column(self, radius_m: float) -> str:
        """Give the name of the column of people within a radius.

        Parameters
        ----------
        radius_m : float
            Metres.

        Returns
        -------
        str
            ``residents_R``, ``people_day_R`` or ``people_night_R``.
        """
        return f"{_COLUMNS[self.when]}_{radius_m:g}"

    def measure_within(self, points: gpd.GeoSeries, *, radius_m: float) -> pd.DataFrame:
        """Measure the people within a radius, and how much of the disk is known.

        Parameters
        ----------
        points : GeoSeries
            Points, WGS84.
        radius_m : float
            Radius in metres along the ellipsoid, more than 0.

        Returns
        -------
        DataFrame
            On the index of `points`: ``people`` (sum over known cells, the rim by its share of
            area; missing for a missing point, where nothing is known, and for a radius under
            half a cell or under `least_radius_m`) and ``known_share`` (0 to 1).

        Raises
        ------
        MissingCRSError, GeographicCRSError
            If the points are not in WGS84.
        SchemaError
            If the radius is not a positive number.
        """
        require_wgs84(points)
        _check_radius(radius_m)
        lon, lat = lonlat(points)
        table = np.full((len(lon), 2), np.nan)
        asked = _askable(lon, lat)
        if len(asked) and radius_m >= self.least_radius_m:
            fine = radius_m >= self.surface.cell_m_at(lon[asked], lat[asked]) / 2
            asked = asked[fine]
            table[asked] = self._within(lon[asked], lat[asked], float(radius_m))
        return pd.DataFrame(table, index=points.index, columns=["people", "known_share"])

    def _within(self, lon: Floats, lat: Floats, radius_m: float) -> Floats:
        people, known_m2 = self.surface.sum_within(lon, lat, radius_m=radius_m)
        meridional, prime_vertical = curvature_radii_m(lat)
        curved = meridional * prime_vertical
        disk_m2 = 4 * np.pi * curved * np.sin(radius_m / (2 * np.sqrt(curved))) ** 2
        share = np.clip(known_m2 / disk_m2, 0.0, 1.0)
        people[known_m2 <= disk_m2 * 1e-9] = np.nan
        return np.stack([people, share], axis=1)

    def people_within(self, points: gpd.GeoSeries, *, radius_m: float) -> pd.Series:
        """Count the people within a radius, cells on the rim by their share of area.

        Parameters
        ----------
        points : GeoSeries
            Points, WGS84.
        radius_m : float
            Radius in metres along the ellipsoid, more than 0.

        Returns
        -------
        Series of float64, named as `column` says
            On the index of `points`, not rounded; missing as `measure_within` says.
        """
        people = self.measure_within(points, radius_m=radius_m)["people"]
        return people.rename(self.column(radius_m))

    def density_at(self, points: gpd.GeoSeries) -> pd.Series:
        """Give the people per square kilometre at points.

        Parameters
        ----------
        points : GeoSeries
            Points, WGS84.

        Returns
        -------
        Series of float64, named ``density_km2``
            On the index of `points`; missing for a missing point and where nothing is known.
        """
        require_wgs84(points)
        lon, lat = lonlat(points)
        density = np.full(len(lon), np.nan)
        asked = _askable(lon, lat)
        if len(asked):
            density[asked] = self.surface.density_km2_at(lon[asked], lat[asked])
        return pd.Series(density, index=points.index, name="density_km2")


def _askable(lon: Floats, lat: Floats) -> Ints:
    """Rows that have a point on Earth."""
    return np.flatnonzero(np.isfinite(lon) & np.isfinite(lat) & (np.abs(lat) <= _POLE))


def _check_choice(key: str, value: str, choices: object) -> None:
    allowed = get_args(choices)
    if value not in allowed:
        message = f"population {key} is {value!r}; {nearest_name(str(value), allowed)}"
        raise ConfigError(message)


def _check_radius(radius_m: float) -> None:
    if not (np.isfinite(radius_m) and radius_m > 0):
        message = f"radius_m is {radius_m}; expected a number of metres, more than 0"
        raise SchemaError(message)
