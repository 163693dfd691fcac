"""Maps in matplotlib: affected sites by tier over country outlines."""

from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import geopandas as gpd
import numpy as np

from recallgeo.export.symbols import tier_symbol
from recallgeo.geodesy import geodesic_m, lonlat
from recallgeo.reference import outlines
from recallgeo.report.facts import gather_facts

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from recallgeo.export import Run

__all__ = ["draw_map", "plot_sites", "write_map"]

_MARKERS = {"star": "*", "triangle": "^", "diamond": "D", "square": "s", "circle": "o"}
_MARGIN = 0.06
_SMALLEST_SPAN_DEG = 0.02
_WORLD = (-180.0, -60.0, 180.0, 85.0)
_SCALE_SHARE = 0.25
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
    west, south, east, north = _frame(placed)
    land = outlines()
    land.plot(ax=ax, color="#f2efe9", edgecolor="#a8a29a", linewidth=0.6, zorder=1)
    for tier in sorted(placed["tier"].unique(), reverse=True):
        _plot_tier(placed[placed["tier"] == tier], int(tier), ax)
    ax.set_xlim(west, east)
    ax.set_ylim(south, north)
    ax.set_aspect(1 / max(0.1, np.cos(np.radians((south + north) / 2))))
    ax.set_facecolor("#dbe7ee")
    ax.set_title(title, loc="left")
    ax.tick_params(labelsize=8)
    _draw_scale(ax, west, south, east, north)
    absent = len(sites) - len(placed)
    notes = [f"{absent:,} sites known only by an area are not on the map"] if absent else []
    ax.set_xlabel("\n".join([*notes, source]), fontsize=8, loc="left")
    if len(placed):
        ax.legend(loc="upper right", fontsize=9, framealpha=0.9)
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
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    facts = gather_facts(run)
    planned = run.plan.frame
    with mpl.rc_context({"font.family": "DejaVu Sans"}):
        figure = Figure(figsize=(15, 7.5), layout="constrained", dpi=110)
        FigureCanvasAgg(figure)
        whole, near = figure.subplots(1, 2, width_ratios=(3, 2))
        drill = "DRILL   " if facts.mock else ""
        figure.suptitle(f"{drill}{facts.name}: {facts.headline}", x=0.01, ha="left")
        plot_sites(planned, ax=whole, title="All affected sites", source=_source_line(run))
        plot_sites(_densest(planned), ax=near, title="Where most sites stand together")
        figure.savefig(file, format="png", metadata={"Software": None})


def _source_line(run: "Run") -> str:
    parts = [layer.provenance.attribution or layer.provenance.source for layer in run.layers]
    coarse = " (coarse default)" if run.population.coarse_default else ""
    parts.append(f"population: {run.population.provenance.source}{coarse}")
    parts.append("outlines: Natural Earth")
    return "; ".join(dict.fromkeys(parts))


def _plot_tier(sites: gpd.GeoDataFrame, tier: int, ax: "Axes") -> None:
    symbol = tier_symbol(tier)
    expired = sites["support_status"].isin(["expired", "none"]).to_numpy(dtype=bool)
    ax.scatter(
        sites.geometry.x,
        sites.geometry.y,
        s=(symbol.size_mm * 2.6) ** 2,
        c=symbol.colour,
        marker=_MARKERS.get(symbol.shape, "o"),
        edgecolors=["#000000" if ended else "#ffffff" for ended in expired],
        linewidths=0.8,
        label=f"tier {tier}: {len(sites):,} sites (black edge: support ended)",
        zorder=10 - tier,
    )


def _frame(placed: gpd.GeoDataFrame) -> tuple[float, float, float, float]:
    if placed.empty:
        return _WORLD
    west, south, east, north = placed.total_bounds
    wide = max(east - west, _SMALLEST_SPAN_DEG) * _MARGIN
    high = max(north - south, _SMALLEST_SPAN_DEG / 2) * _MARGIN
    return west - wide, max(south - high, -90.0), east + wide, min(north + high, 90.0)


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
