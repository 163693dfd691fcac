"""The map of the page: a Bokeh document without data, which the page's script fills."""

import json
import re
from functools import cache
from typing import Any

__all__ = ["LAND", "WATER", "bokeh_scripts", "map_document"]

_ID = re.compile(r'"(p\d+)"')
_TARGET = "map"
WATER, LAND = "#dbe7ee", "#f2efe9"
_BORDER = "#a8a29a"
_STREETS = {"street": ("#ffffff", 2.0), "main": ("#f4d9a0", 3.5), "rail": ("#b8b3ac", 1.2)}
_RING, _PLACE = "#000000", "#5b4a8a"


@cache
def bokeh_scripts() -> tuple[str, ...]:
    """Give the scripts of Bokeh that the page carries, as text.

    Returns
    -------
    tuple of str
        BokehJS without widgets, tables and WebGL; line ends are plain, as a browser hashes them.
    """
    from bokeh.resources import Resources

    raw = Resources(mode="inline", components=["bokeh"], log_level="warn").js_raw
    return tuple(text.replace("\r\n", "\n").replace("\r", "\n") for text in raw)


@cache
def map_document() -> str:
    """Give the map as JSON for ``Bokeh.embed.embed_item``.

    Returns
    -------
    str
        JSON. The ids are renamed in the order of appearance: the same text in every run.

    Examples
    --------
    >>> map_document() == map_document()
    True
    """
    from bokeh.core.types import ID
    from bokeh.embed import json_item

    item = json_item(_figure(), ID(_TARGET))
    text = json.dumps(item, separators=(",", ":"), sort_keys=False)
    names: dict[str, str] = {}
    return _ID.sub(lambda found: f'"{names.setdefault(found[1], f"m{len(names)}")}"', text)


def _figure() -> Any:  # noqa: ANN401  # Bokeh has no types here
    from bokeh.models import PanTool, Range1d, TapTool, WheelZoomTool
    from bokeh.plotting import figure

    wheel = WheelZoomTool(modifiers={"ctrl": True}, zoom_on_axis=False)
    pan = PanTool()
    plot = figure(
        x_range=Range1d(start=0, end=1),
        y_range=Range1d(start=0, end=1),
        tools=[pan, wheel, TapTool()],
        active_drag=pan,
        active_scroll=wheel,
        toolbar_location=None,
        sizing_mode="stretch_both",
        min_border=0,
        outline_line_color=None,
        background_fill_color=WATER,
        lod_threshold=None,
        name="plot",
    )
    plot.axis.visible = False
    plot.grid.visible = False
    _draw_ground(plot)
    _draw_sites(plot)
    return plot


def _draw_ground(plot: Any) -> None:  # noqa: ANN401  # Bokeh has no types here
    land = _source("land", "xs", "ys")
    look = {"fill_color": LAND, "line_color": _BORDER, "line_width": 0.7}
    plot.patches("xs", "ys", source=land, name="land_drawn", **look)
    water = _source("water", "xs", "ys")
    plot.patches("xs", "ys", source=water, name="water_drawn", fill_color=WATER, line_color=None)
    for kind, (colour, width) in _STREETS.items():
        lines = _source(kind, "xs", "ys")
        edge = {"line_color": colour, "line_width": width, "name": f"{kind}_drawn"}
        plot.multi_line("xs", "ys", source=lines, **edge)


def _draw_sites(plot: Any) -> None:  # noqa: ANN401  # Bokeh has no types here
    from bokeh.models import CDSView, HoverTool, IndexFilter

    places = _source("places", "x", "y", "label")
    marks = plot.scatter(
        "x",
        "y",
        source=places,
        size=9,
        marker="x",
        line_color=_PLACE,
        line_width=2,
        name="places_drawn",
    )
    chosen = _source("chosen", "x", "y", "radius")
    doubt = {"fill_color": _RING, "fill_alpha": 0.08, "line_color": _RING, "line_dash": "dashed"}
    plot.circle("x", "y", radius="radius", source=chosen, **doubt)
    names = ("x", "y", "size", "marker", "colour", "ring", "ring_width", "dash", "label", "where")
    sites = _source("sites", *names)
    drawn = plot.scatter(
        "x",
        "y",
        source=sites,
        view=CDSView(filter=IndexFilter(indices=[], name="shown")),
        size="size",
        marker="marker",
        fill_color="colour",
        line_color="ring",
        line_width="ring_width",
        line_dash="dash",
        nonselection_alpha=1.0,
        name="sites_drawn",
    )
    drawn.nonselection_glyph = None
    for colour, width in (("#ffffff", 6), (_RING, 3)):
        ring = {"fill_color": None, "line_color": colour, "line_width": width}
        plot.scatter("x", "y", source=chosen, size=30, marker="circle", **ring)
    site_words = [("site", "@label"), ("place", "@where")]
    plot.add_tools(
        HoverTool(renderers=[drawn], tooltips=site_words, point_policy="snap_to_data"),
        HoverTool(renderers=[marks], tooltips=[("near", "@label")], point_policy="snap_to_data"),
    )
    plot.tools[2].renderers = [drawn]


def _source(name: str, *columns: str) -> Any:  # noqa: ANN401  # Bokeh has no types here
    from bokeh.models import ColumnDataSource

    return ColumnDataSource({column: [] for column in columns}, name=name)
