"""People around points, from grids and from polygons with counts."""

from recallgeo.population.grid import ArrayReader, Grid, GridReader, GridUnit, Window
from recallgeo.population.surface import GridSurface, Population, Surface, Values, When
from recallgeo.population.zones import Zones

__all__ = [
    "ArrayReader",
    "Grid",
    "GridReader",
    "GridSurface",
    "GridUnit",
    "Population",
    "Surface",
    "Values",
    "When",
    "Window",
    "Zones",
]
