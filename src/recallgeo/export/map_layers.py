"""The layers of ``incident.gpkg``, from a run."""

from typing import TYPE_CHECKING

import geopandas as gpd

from recallgeo.export.geopackage import MapLayer
from recallgeo.export.readable import mark_drill, readable_units, tier_labels
from recallgeo.export.shapes import all_places, because_lines, doubt_circles, places_near
from recallgeo.export.styles import (
    circle_style,
    line_style,
    place_style,
    status_style,
    tier_style,
)

if TYPE_CHECKING:
    from recallgeo.export.run import Run

__all__ = ["area_layer", "attributions", "incident_layers"]

_PLACE_FIELDS = (
    *("place_id", "kind", "name", "operator", "capacity", "capacity_unit", "hours"),
    *("status", "source", "source_id", "vintage", "geometry"),
)


def attributions(run: "Run") -> list[str]:
    """Give whom to name beside the outputs: layers and population, each once, in order."""
    sources = [*(layer.provenance for layer in run.layers), run.population.provenance]
    words = [_credit(source.attribution or source.source, source.licence) for source in sources]
    return list(dict.fromkeys(words))


def incident_layers(
    run: "Run",
    sites: gpd.GeoDataFrame,
    planned: gpd.GeoDataFrame,
    units: gpd.GeoDataFrame,
) -> list[MapLayer]:
    """Give the five layers, from the top of the map to its bottom.

    Parameters
    ----------
    run : Run
        For its layers, radii and tiers.
    sites : GeoDataFrame
        Readable sites in rank order; those without a point are left out.
    planned : GeoDataFrame
        PLANNED in rank order.
    units : GeoDataFrame
        Units with their site.
    """
    placed = sites[sites.geometry.notna()]
    labels = tier_labels(run)
    away = len(sites) - len(placed)
    points = MapLayer(
        name="affected_sites",
        title="Affected sites",
        description=f"Sites in rank order; {away} sites without a point are in unplaced.csv",
        frame=placed,
        geometry="Point",
        styles=[tier_style(labels), status_style()],
    )
    around = _around(run, planned)
    return [points, *around, _units(run, units, labels), _doubt(run, placed)]


def area_layer(areas: gpd.GeoDataFrame, *, fewest: int) -> MapLayer:
    """Give the one layer of the public profile."""
    return MapLayer(
        name="affected_sites",
        title="Affected sites by area",
        description=f"Hexagons (H3) with at least {fewest} sites of {fewest} customers each",
        frame=areas,
        geometry="Polygon",
        styles=[circle_style()],
    )


def _around(run: "Run", planned: gpd.GeoDataFrame) -> list[MapLayer]:
    radius_m = float(max(run.exposure.radii_m, default=0))
    kinds = run.exposure.kinds
    places = all_places(run.layers)
    lines = because_lines(planned, places, kinds=kinds, radius_m=radius_m)
    near = places_near(places, planned, kinds=kinds, radius_m=radius_m)
    near = near[[name for name in _PLACE_FIELDS if name in near]]
    near = near.set_geometry(near.geometry.representative_point())
    credit = "; ".join(attributions(run))
    return [
        MapLayer(
            name="because",
            title="Why: nearest sensitive places",
            description=f"Lines from a site to the nearest place of a kind, up to {radius_m:g} m",
            frame=mark_drill(run, lines),
            geometry="LineString",
            styles=[line_style()],
        ),
        MapLayer(
            name="sensitive_places",
            title="Sensitive places",
            description=f"Places within {radius_m:g} m of a site or nearest to one, each as a "
            f"point inside it. Sources: {credit}",
            frame=near,
            geometry="Point",
            styles=[place_style(sorted(near["kind"].dropna().unique()))],
        ),
    ]


def _units(run: "Run", units: gpd.GeoDataFrame, labels: dict[int, str]) -> MapLayer:
    return MapLayer(
        name="assets",
        title="Units",
        description="Affected units and units to check; a unit known only by an area has no point",
        frame=readable_units(run, units),
        geometry="Point",
        styles=[tier_style(labels)],
        shown=False,
    )


def _doubt(run: "Run", placed: gpd.GeoDataFrame) -> MapLayer:
    circles = doubt_circles(placed.geometry, placed["uncertainty_m"])
    fields = ["rank", "tier", "tier_label", "match_level", "uncertainty_m"]
    drawn = gpd.GeoDataFrame(placed[fields], geometry=circles)
    return MapLayer(
        name="doubt",
        title="Doubt: holds the true place in 95 %",
        description="Geodesic circles of the 95 % radius; a site placed exactly has none",
        frame=mark_drill(run, drawn[circles.notna()]),
        geometry="Polygon",
        styles=[circle_style()],
    )


def _credit(words: str, licence: str) -> str:
    return f"{words} ({licence})" if licence and licence not in words else words
