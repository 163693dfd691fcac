"""People inside a disk on a grid: the disk is cut into lines, and lines are summed exactly.

Along a row of cells the sum between two fractional columns is read from running sums; across
rows it is integrated by Gauss-Legendre nodes in the disk's own angle. So a cell on the rim
counts by the share of its area inside, and the cost does not grow with the columns covered.

On a grid of parallels and meridians each line is the exact geodesic disk's, poles and the
antimeridian included. On any other grid the disk becomes an ellipse by the local Jacobian.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from recallgeo.geodesy import GEOD, to_ecef
from recallgeo.population.grid import Floats, Grid, Ints, Window, curvature_radii_m

__all__ = ["Disks", "disks_on", "sum_disks"]

_TILE = 512
_CELLS = 4_000_000
_NODES = 1_000_000
_POLE = 90.0
_A_MEAN = 6_371_008.8


class Disks(Protocol):
    """Disks of one radius in the pixels of a grid."""

    @property
    def column(self) -> Floats:
        """Fractional column of the centre."""
        ...

    @property
    def top(self) -> Floats:
        """Fractional row where the disk starts."""
        ...

    @property
    def bottom(self) -> Floats:
        """Fractional row where it ends."""
        ...

    @property
    def reach(self) -> Floats:
        """Columns that it reaches to either side, at least."""
        ...

    def span(self, disk: Ints, row: Floats) -> tuple[Floats, Floats, Floats]:
        """Give the middle column, half width, and square metres a pixel of a line."""
        ...


@dataclass(frozen=True, slots=True)
class _LonLatDisks:
    """Geodesic disks on parallels and meridians."""

    grid: Grid
    column: Floats
    top: Floats
    bottom: Floats
    reach: Floats
    across: Floats
    up: Floats
    chord: Floats

    def span(self, disk: Ints, row: Floats) -> tuple[Floats, Floats, Floats]:
        latitude = np.clip(self.grid.latitude_of(row), -90.0, 90.0)
        meridional, prime_vertical = curvature_radii_m(latitude)
        line = to_ecef(np.zeros_like(latitude), latitude)
        across, up = np.maximum(line[:, 0], 0.0), line[:, 2]
        # half the longitude: the chord from the centre to the line's end is the disk's chord
        rest = self.chord[disk] ** 2 - (across - self.across[disk]) ** 2 - (up - self.up[disk]) ** 2
        size = 4 * across * self.across[disk]
        with np.errstate(divide="ignore", invalid="ignore"):
            sin2 = np.where(size > 0, rest / size, np.where(rest >= 0, 1.0, 0.0))
        half = 2 * np.arcsin(np.sqrt(np.clip(sin2, 0.0, 1.0)))
        a, e = abs(self.grid.transform[0]), abs(self.grid.transform[4])
        area = meridional * prime_vertical * np.cos(np.radians(latitude))
        return self.column[disk], np.degrees(half) / a, area * np.radians(a) * np.radians(e)


@dataclass(frozen=True, slots=True)
class _EllipseDisks:
    """Disks turned into ellipses by the local Jacobian."""

    column: Floats
    top: Floats
    bottom: Floats
    reach: Floats
    row: Floats
    slope: Floats
    ratio: Floats
    half_rows: Floats
    pixel_m2: Floats

    def span(self, disk: Ints, row: Floats) -> tuple[Floats, Floats, Floats]:
        down = row - self.row[disk]
        height = np.sqrt(np.maximum(self.half_rows[disk] ** 2 - down**2, 0.0))
        middle = self.column[disk] + self.slope[disk] * down
        return middle, self.ratio[disk] * height, self.pixel_m2[disk]


def disks_on(grid: Grid, lon: Floats, lat: Floats, *, radius_m: float) -> Disks:
    """Lay disks of one radius on a grid.

    Parameters
    ----------
    grid : Grid
        Any grid.
    lon, lat : float64 arrays
        Centres in degrees, WGS84, none missing.
    radius_m : float
        Radius in metres along the ellipsoid.

    Returns
    -------
    Disks
        Rows they reach, and their spans line by line.
    """
    if grid.is_lonlat:
        return _lonlat_disks(grid, lon, lat, radius_m)
    return _ellipse_disks(grid, lon, lat, radius_m)


def _lonlat_disks(grid: Grid, lon: Floats, lat: Floats, radius_m: float) -> Disks:
    column, row = grid.pixel_of(lon, lat)
    latitude = np.clip(grid.latitude_of(row), -90.0, 90.0)
    ends = []
    for sign in (1.0, -1.0):
        # the arc along the meridian, with the radius of its middle; 1 + 1e-9 keeps both ends in
        middle = np.clip(latitude + sign * np.degrees(radius_m / _A_MEAN) / 2, -90, 90)
        step = np.degrees(radius_m / curvature_radii_m(middle)[0]) * (1 + 1e-9)
        ends.append(np.clip(latitude + sign * step, -90.0, 90.0))
    lines = [(end - grid.transform[5]) / grid.transform[4] for end in ends]
    meridional, prime_vertical = curvature_radii_m(latitude)
    radius = np.sqrt(meridional * prime_vertical)
    centre = to_ecef(np.zeros_like(latitude), latitude)
    has_pole = (ends[0] >= _POLE) | (ends[1] <= -_POLE)
    cosine = np.cos(np.radians(latitude))
    with np.errstate(divide="ignore"):
        widest = np.where(has_pole, 1.0, np.sin(radius_m / radius) / np.maximum(cosine, 1e-12))
    reach = np.degrees(np.arcsin(np.clip(widest * 1.01, 0, 1))) / abs(grid.transform[0])
    reach = np.where(has_pole | (widest * 1.01 >= 1), grid.period / 2, reach)
    return _LonLatDisks(
        grid=grid,
        column=column,
        top=np.minimum(*lines),
        bottom=np.maximum(*lines),
        reach=reach,
        across=np.maximum(centre[:, 0], 0.0),
        up=centre[:, 2],
        chord=2 * radius * np.sin(radius_m / (2 * radius)),
    )


def _ellipse_disks(grid: Grid, lon: Floats, lat: Floats, radius_m: float) -> Disks:
    column, row = grid.pixel_of(lon, lat)
    sides = []
    for azimuth in (90.0, 270.0, 0.0, 180.0):
        turned = np.full_like(lon, azimuth)
        east, north, _ = GEOD.fwd(lon, lat, turned, np.full_like(lon, radius_m * 0.7))
        sides.append(np.stack(grid.pixel_of(np.asarray(east), np.asarray(north))))
    by_east = (sides[0] - sides[1]) / (1.4 * radius_m)
    by_north = (sides[2] - sides[3]) / (1.4 * radius_m)
    # G = J J^T holds the ellipse: offset p lies inside where p G^-1 p <= radius^2
    g_columns = by_east[0] ** 2 + by_north[0] ** 2
    g_both = by_east[0] * by_east[1] + by_north[0] * by_north[1]
    g_rows = by_east[1] ** 2 + by_north[1] ** 2
    pixels_m2 = np.abs(by_east[0] * by_north[1] - by_east[1] * by_north[0])
    half_rows = radius_m * np.sqrt(g_rows)
    with np.errstate(divide="ignore", invalid="ignore"):
        return _EllipseDisks(
            column=column,
            top=row - half_rows,
            bottom=row + half_rows,
            reach=radius_m * np.sqrt(g_columns),
            row=row,
            slope=g_both / g_rows,
            ratio=pixels_m2 / g_rows,
            half_rows=half_rows,
            pixel_m2=1 / pixels_m2,
        )


def sum_disks(grid: Grid, disks: Disks) -> tuple[Floats, Floats]:
    """Sum the people inside disks, and the known area.

    Parameters
    ----------
    grid : Grid
        The grid the disks were laid on.
    disks : Disks
        As `disks_on` gives them.

    Returns
    -------
    people : float64 array
        Sum over the known cells; 0 where none is known.
    known_m2 : float64 array
        Area of the disk that known cells cover, square metres.
    """
    people, known = np.zeros(len(disks.top)), np.zeros(len(disks.top))
    fit = np.isfinite(disks.column) & np.isfinite(disks.top) & np.isfinite(disks.reach)
    inside = fit & (disks.bottom > 0) & (disks.top < grid.shape[0])
    asked: Ints = np.flatnonzero(inside)
    middle_row = (disks.top[asked] + disks.bottom[asked]) / 2
    tile_row = np.floor(middle_row / _TILE).astype(np.int64)
    tile_column = np.floor(disks.column[asked] / _TILE).astype(np.int64)
    order = np.lexsort((tile_column, tile_row))
    changes = (np.diff(tile_row[order]) != 0) | (np.diff(tile_column[order]) != 0)
    for group in np.split(asked[order], np.flatnonzero(changes) + 1):
        if len(group):
            _sum_tile(grid, disks, group, people, known)
    return people, known


def _sum_tile(grid: Grid, disks: Disks, group: Ints, people: Floats, known: Floats) -> None:
    """Add one tile's disks, band of rows by band of rows, so that memory stays bounded."""
    first = int(np.floor((disks.column[group] - disks.reach[group]).min())) - 1
    last = int(np.ceil((disks.column[group] + disks.reach[group]).max())) + 1
    if not grid.is_round:
        first, last = max(first, 0), min(last, grid.shape[1])
    if first >= last:
        return
    top = max(int(np.floor(disks.top[group].min())), 0)
    bottom = min(int(np.ceil(disks.bottom[group].max())), grid.shape[0])
    height = max(1, _CELLS // (last - first))
    for start in range(top, bottom, height):
        window = Window(start, min(start + height, bottom), first, last)
        _sum_band(disks, group, _Band.of(grid, window), (people, known))


@dataclass(frozen=True, slots=True)
class _Band:
    """Cells of a window with their running sums along each row."""

    grid: Grid
    window: Window
    cells: Floats
    sums: Floats
    seen: Floats
    seen_sums: Floats

    @classmethod
    def of(cls, grid: Grid, window: Window) -> "_Band":
        raw = grid.read(window)
        unknown = np.isnan(raw)
        cells, seen = np.where(unknown, 0.0, raw), (~unknown).astype(np.float64)
        return cls(grid, window, cells, _running(cells), seen, _running(seen))

    def between(self, row: Ints, left: Floats, right: Floats) -> tuple[Floats, Floats]:
        """Sum cells and known cells of rows between fractional columns."""
        (i, part), (j, rest) = self._split(left), self._split(right)
        people = self.sums[row, j] + rest * self.cells[row, j]
        people -= self.sums[row, i] + part * self.cells[row, i]
        seen = self.seen_sums[row, j] + rest * self.seen[row, j]
        seen -= self.seen_sums[row, i] + part * self.seen[row, i]
        return people, seen

    def _split(self, column: Floats) -> tuple[Ints, Floats]:
        inside = np.clip(column - self.window.column, 0.0, self.cells.shape[1])
        cell = np.minimum(inside.astype(np.intp), self.cells.shape[1] - 1)
        return cell, inside - cell


def _running(cells: Floats) -> Floats:
    sums = np.zeros((cells.shape[0], cells.shape[1] + 1))
    np.cumsum(cells, axis=1, out=sums[:, 1:])
    return sums


def _nodes_a_row(rows: float) -> int:
    """Nodes in each row: many where the disk is a few cells high, so that 0.5 % is kept."""
    return next((nodes for most, nodes in ((4, 8), (16, 6), (64, 4)) if rows <= most), 2)


def _sum_band(disks: Disks, group: Ints, band: _Band, sums: tuple[Floats, Floats]) -> None:
    first = np.maximum(np.floor(disks.top[group]).astype(np.int64), band.window.row)
    stop = np.minimum(np.ceil(disks.bottom[group]).astype(np.int64), band.window.row_stop)
    lines = np.maximum(stop - first, 0)
    nodes = _nodes_a_row(float((disks.bottom[group] - disks.top[group]).max()))
    block = np.cumsum(lines) * nodes // _NODES
    for members in np.split(np.arange(len(group)), np.flatnonzero(np.diff(block)) + 1):
        counts = lines[members]
        disk = np.repeat(group[members], counts)
        if not len(disk):
            continue
        within = np.arange(len(disk)) - np.repeat(np.cumsum(counts) - counts, counts)
        row = np.repeat(first[members], counts) + within
        people, known = _sum_lines(disks, disk, row, band, nodes)
        size = len(sums[0])
        sums[0][:] += np.bincount(disk, people, size)
        sums[1][:] += np.bincount(disk, known, size)


def _sum_lines(
    disks: Disks, disk: Ints, row: Ints, band: _Band, nodes: int
) -> tuple[Floats, Floats]:
    """Integrate over the rows of disks; the angle makes the rim's square root smooth."""
    middle = (disks.top[disk] + disks.bottom[disk]) / 2
    half = (disks.bottom[disk] - disks.top[disk]) / 2
    start = np.arcsin(np.clip((row - middle) / half, -1.0, 1.0))
    end = np.arcsin(np.clip((row + 1 - middle) / half, -1.0, 1.0))
    unit, weight = np.polynomial.legendre.leggauss(nodes)
    people, known = np.zeros(len(disk)), np.zeros(len(disk))
    cell_m2 = band.grid.cell_area_m2(row) if band.grid.is_lonlat else None
    for at, share in zip((unit + 1) / 2, weight / 2, strict=True):
        angle = start + (end - start) * at
        column, width, pixel_m2 = disks.span(disk, middle + half * np.sin(angle))
        height = half * np.cos(angle) * (end - start) * share
        found, seen = band.between(row - band.window.row, column - width, column + width)
        known += seen * height * pixel_m2
        if band.grid.unit == "km2":
            people += found * height * pixel_m2 / 1e6
        else:
            people += found * height * (1.0 if cell_m2 is None else pixel_m2 / cell_m2)
    return people, known
