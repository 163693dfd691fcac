"""Maps in matplotlib: affected sites by tier over country outlines."""

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import geopandas as gpd
import numpy as np
import numpy.typing as npt

from recallgeo.export.symbols import tier_symbol
from recallgeo.geodesy import geodesic_m, lonlat
from recallgeo.reference import demo_streets, outlines
from recallgeo.report.facts import RunFacts, gather_facts
from recallgeo.report.ground import unwrap_longitudes
from recallgeo.report.map_document import LAND, WATER
from recallgeo.report.page_content import RINGS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from recallgeo.export import Run

__all__ = ["draw_map", "plot_sites", "write_map"]

_MARKERS = {"star": "*", "triangle": "^", "diamond": "D", "square": "s", "circle": "o"}
_MARGIN = 0.06
_SMALLEST_SPAN_DEG = 0.02
_WORLD = (-180.0, -60.0, 180.0, 85.0)
_SCALE_SHARE = 0.25
_NEAR_DEG = 0.3  # nearer than this the outlines (1:50 million) are off by more than a street
_STREETS = {"street": ("#ffffff", 1.6), "main": ("#f4d9a0", 2.8), "rail": ("#b8b3ac", 0.8)}
_SOURCE_WIDTH = 110
_NAME_WIDTH = 120
Floats = npt.NDArray[np.float64]
Texts = npt.NDArray[np.object_]
_CITY_DEG = 0.25
_KM = 1000


def plot_sites(
    sites: gpd.GeoDataFrame, *, ax: "Axes | None" = None, title: str = "", source: str = ""
) -> "Axes":
    """Plot affected sites by tier, the most urgent on top.

    Parameters
    ----------
    sites : GeoDataFrame
        RANKED or PLANNED, WGS84; sites without a point are counted in the margin.
    ax : Axes, optional
        Made where missing.
    title, source : str
        Head, and the line at the foot that names data and licences.

    Returns
    -------
    Axes
        Longitude and latitude, true to scale in the middle of the map.
    """
    from matplotlib import pyplot as plt

    if ax is None:
        ax = plt.subplots(figsize=(12, 7), layout="constrained")[1]
    placed = sites[sites.geometry.notna()]
    longitude, latitude = lonlat(placed.geometry)
    longitude = unwrap_longitudes(longitude)
    west, south, east, north = _frame(longitude, latitude)
    _draw_ground(ax, west, south, east, north)
    tiers = placed["tier"].to_numpy(dtype=np.int64)
    status = placed["support_status"].fillna("unknown").to_numpy(dtype=object)
    for tier in sorted(set(tiers), reverse=True):
        own = tiers == tier
        _plot_tier(ax, int(tier), longitude[own], latitude[own], status[own])
    ax.set_xlim(west, east)
    ax.set_ylim(south, north)
    ax.set_aspect(1 / max(0.1, np.cos(np.radians((south + north) / 2))))
    ax.set_anchor("NW")
    ax.set_xticks([])
    ax.set_yticks([])
    ax.set_title(title, loc="left", fontsize=11)
    _draw_scale(ax, west, south, east, north)
    absent = len(sites) - len(placed)
    notes = [f"{absent:,} sites known only by an area are not on the map"] if absent else []
    ax.set_xlabel("\n".join([*notes, *_folded(source)]), fontsize=8, loc="left")
    ax.set_ylabel("")
    _draw_legend(ax, tiers, below=len(notes) + len(_folded(source)))
    return ax


def write_map(run: "Run", path: Path) -> None:
    """Write the map of `draw_map` into a file.

    Parameters
    ----------
    run : Run
        A whole run.
    path : Path
        The file; replaced where it exists.
    """
    with path.open("wb") as file:
        draw_map(run, file)


def draw_map(run: "Run", file: BinaryIO) -> None:
    """Draw the run's sites as a PNG: all of them beside the densest place.

    Parameters
    ----------
    run : Run
        A whole run.
    file : binary file
        Open for writing.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    facts = gather_facts(run)
    planned = run.plan.frame
    with mpl.rc_context({"font.family": "DejaVu Sans"}):
        # no canvas yet: geopandas asks it to draw after each layer, and one drawing is enough
        figure = Figure(figsize=(15, 7.5), layout="constrained", dpi=110)
        whole, near = figure.subplots(1, 2, width_ratios=(3, 2))
        figure.suptitle("\n".join(_title_lines(run, facts)), x=0.01, ha="left", fontsize=12)
        plot_sites(planned, ax=whole, title="All affected sites", source=_source_line(run))
        plot_sites(_densest(planned), ax=near, title="Where most sites stand together")
        figure.savefig(file, format="png", metadata={"Software": None})


def _title_lines(run: "Run", facts: RunFacts) -> list[str]:
    drill = "DRILL   " if facts.mock else ""
    name = facts.name if len(facts.name) <= _NAME_WIDTH else f"{facts.name[:_NAME_WIDTH]}…"
    lines = [f"{drill}{name}".replace("$", r"\$"), facts.headline]
    if run.population.coarse_default:
        lines.append("coarse default population: density only, no counts of people under 5 km")
    return lines


def _source_line(run: "Run") -> str:
    parts = [layer.provenance.attribution or layer.provenance.source for layer in run.layers]
    coarse = " (coarse default)" if run.population.coarse_default else ""
    parts.append(f"population: {run.population.provenance.source}{coarse}")
    parts.append("outlines: Natural Earth")
    return "; ".join(dict.fromkeys(parts))


def _folded(source: str) -> list[str]:
    return textwrap.wrap(source.replace("$", r"\$"), _SOURCE_WIDTH)


def _draw_ground(ax: "Axes", west: float, south: float, east: float, north: float) -> None:
    """Draw land and sea, or streets where the map is nearer than the outlines are true."""
    if max(east - west, north - south) < _NEAR_DEG:
        ax.set_facecolor(LAND)
        streets = demo_streets().cx[west:east, south:north]
        for kind, (colour, width) in _STREETS.items():
            drawn = streets[streets["kind"] == kind]
            if len(drawn):
                drawn.plot(ax=ax, color=colour, linewidth=width, zorder=2)
        return
    ax.set_facecolor(WATER)
    land = outlines()
    for shift in (0.0, 360.0) if east > 180 else (0.0,):  # noqa: PLR2004  # the antimeridian
        shapes = land.geometry.translate(xoff=shift)
        shapes.plot(ax=ax, color=LAND, edgecolor="#a8a29a", linewidth=0.6, zorder=1)


def _plot_tier(ax: "Axes", tier: int, x: Floats, y: Floats, status: Texts) -> None:
    symbol = tier_symbol(tier)
    rings = [RINGS.get(word, RINGS["unknown"]) for word in status]
    ax.scatter(
        x,
        y,
        s=(symbol.size_mm * 2.4) ** 2,
        c=symbol.colour,
        marker=_MARKERS.get(symbol.shape, "o"),
        edgecolors=[ring["colour"] for ring in rings],
        linewidths=[ring["width"] * 0.7 for ring in rings],
        zorder=10 - min(tier, 8),
    )


def _draw_legend(ax: "Axes", tiers: npt.NDArray[np.int64], *, below: int) -> None:
    """Draw the words of tiers and edges under the map, where they hide no site."""
    from matplotlib.lines import Line2D

    numbers, counts = np.unique(tiers, return_counts=True)
    if not len(numbers):
        return
    handles = [
        Line2D(
            [],
            [],
            linestyle="",
            marker=_MARKERS.get(tier_symbol(int(number)).shape, "o"),
            color=tier_symbol(int(number)).colour,
            markersize=tier_symbol(int(number)).size_mm * 2.2,
            label=f"tier {number}: {count:,} sites",
        )
        for number, count in zip(numbers, counts, strict=True)
    ]
    handles += [
        Line2D(
            [],
            [],
            linestyle="",
            marker="o",
            markersize=8,
            markerfacecolor="#e7e5e4",
            markeredgecolor=ring["colour"],
            markeredgewidth=ring["width"],
            label=ring["label"],
        )
        for ring in RINGS.values()
    ]
    ax.legend(
        handles=handles,
        ncols=4,
        fontsize=8,
        frameon=False,
        loc="upper left",
        bbox_to_anchor=(0.0, -0.02 - 0.045 * below),
        borderaxespad=0.0,
    )


def _frame(longitude: Floats, latitude: Floats) -> tuple[float, float, float, float]:
    if not len(longitude):
        return _WORLD
    middle = (longitude.min() + longitude.max()) / 2, (latitude.min() + latitude.max()) / 2
    wide = max(np.ptp(longitude), _SMALLEST_SPAN_DEG) * (0.5 + _MARGIN)
    high = max(np.ptp(latitude), _SMALLEST_SPAN_DEG / 2) * (0.5 + _MARGIN)
    south, north = max(middle[1] - high, -90.0), min(middle[1] + high, 90.0)
    return float(middle[0] - wide), float(south), float(middle[0] + wide), float(north)


def _densest(sites: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Pick the sites of the fullest cell of one degree, and of those around it."""
    placed = sites[sites.geometry.notna()]
    if placed.empty:
        return placed
    points = np.stack(lonlat(placed.geometry), axis=1)
    cells = np.floor(points).astype(int)
    kinds, counts = np.unique(cells, axis=0, return_counts=True)
    fullest = kinds[int(counts.argmax())]
    centre = np.median(points[(cells == fullest).all(axis=1)], axis=0)
    near = (np.abs(points - centre) < _CITY_DEG).all(axis=1)
    return gpd.GeoDataFrame(placed[near])


def _draw_scale(ax: "Axes", west: float, south: float, east: float, north: float) -> None:
    middle = (south + north) / 2
    width_m = float(geodesic_m(west, middle, min(east, west + 179.0), middle)[0])
    if not np.isfinite(width_m) or width_m <= 0:
        return
    rough = width_m * _SCALE_SHARE
    unit = 10 ** np.floor(np.log10(rough))
    length_m = float(unit * max(step for step in (1, 2, 5) if step * unit <= rough))
    span = (min(east, west + 179.0) - west) * length_m / width_m
    x, y = west + (east - west) * 0.04, south + (north - south) * 0.05
    ax.plot([x, x + span], [y, y], color="#222222", linewidth=2, zorder=20)
    text = f"{length_m / _KM:g} km" if length_m >= _KM else f"{length_m:g} m"
    ax.annotate(text, (x + span / 2, y), (0, 4), textcoords="offset points", ha="center", size=8)
