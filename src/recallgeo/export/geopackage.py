"""``incident.gpkg``: the layers of a run with styles, field descriptions and a QGIS project."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import shapely

from recallgeo.export.geoparquet import typed_columns
from recallgeo.export.qgis_project import ProjectLayer, project_archive
from recallgeo.export.readable import describe_field
from recallgeo.export.styles import LayerStyle, qml_text

__all__ = ["MapLayer", "write_geopackage"]

VERSION = "1.3"
"""QGIS 3.22 warns at each opening of a newer one."""

_STYLES = """
CREATE TABLE layer_styles (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    f_table_catalog TEXT(256), f_table_schema TEXT(256), f_table_name TEXT(256),
    f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
    useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30), update_time DATETIME)
"""
_COLUMNS = """
CREATE TABLE gpkg_data_columns (
    table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT,
    description TEXT, mime_type TEXT, constraint_name TEXT,
    CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name),
    CONSTRAINT gdc_tn UNIQUE (table_name, name))
"""
_CONSTRAINTS = """
CREATE TABLE gpkg_data_column_constraints (
    constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT, min NUMERIC,
    min_is_inclusive BOOLEAN, max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
    CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value))
"""
_PROJECTS = "CREATE TABLE qgis_projects (name TEXT PRIMARY KEY, metadata BLOB, content BLOB)"
_SCHEMA_DEFINITION = "http://www.geopackage.org/spec120/#extension_schema"


@dataclass(frozen=True, slots=True, kw_only=True)
class MapLayer:
    """One layer of a GeoPackage.

    Parameters
    ----------
    name : str
        Name of the table.
    title : str
        As a legend names it.
    description : str
        What a row is, what is left out, and whom to name as the source.
    frame : GeoDataFrame
        Rows in order, WGS84; a named index is a field too.
    geometry : str
        ``Point``, ``LineString`` or ``Polygon``; of the latter two, the multi-part type.
    styles : sequence of LayerStyle
        The first is the default.
    shown : bool, default True
        Whether the map opens with it switched on.
    """

    name: str
    title: str
    description: str
    frame: gpd.GeoDataFrame
    geometry: str
    styles: Sequence[LayerStyle]
    shown: bool = True


def write_geopackage(layers: Sequence[MapLayer], path: Path, *, title: str, as_of: str) -> None:
    """Write layers with styles, field descriptions and a QGIS project into one GeoPackage.

    Parameters
    ----------
    layers : sequence of MapLayer
        From the top of the map to its bottom.
    path : Path
        The file; it must not exist.
    title : str
        Title of the QGIS project.
    as_of : str
        ISO date that stands as the time of the last change, so that content does not depend on
        the clock.

    References
    ----------
    OGC 12-128r18, *GeoPackage 1.3.1*, with the schema extension (F.9). Styles and project are
    stored as QGIS 3 itself stores them.
    """
    stamp = f"{as_of[:10]}T00:00:00.000Z"
    with _fixed_clock(stamp):
        for layer in layers:
            _write_layer(layer, path)
    extent = _extent(layers[0].frame)
    with closing(sqlite3.connect(path)) as database, database:
        _add_styles(database, layers, stamp)
        _describe_fields(database, layers)
        archive = project_archive(
            [_project_layer(layer) for layer in layers],
            file_name=path.name,
            title=title,
            extent=extent,
        )
        database.execute(_PROJECTS)
        metadata = f'{{"last_modified_time": "{stamp[:19]}", "last_modified_user": "recallgeo"}}'
        row = ("recallgeo", metadata, archive.hex())
        database.execute("INSERT INTO qgis_projects VALUES (?, ?, ?)", row)
        database.execute("UPDATE gpkg_contents SET last_change = ?", (stamp,))


@contextmanager
def _fixed_clock(stamp: str) -> Iterator[None]:
    """Let GDAL write this time instead of the clock's; the commit brings the file to the disk."""
    options = {"OGR_CURRENT_DATE": stamp, "OGR_SQLITE_SYNCHRONOUS": "OFF"}
    before = {name: pyogrio.get_gdal_config_option(name) for name in options}
    pyogrio.set_gdal_config_options(options)
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(before)


def _write_layer(layer: MapLayer, path: Path) -> None:
    frame = layer.frame
    if frame.index.name is not None:
        frame = frame.reset_index()
    multiple = {"Point": "Point", "LineString": "MultiLineString", "Polygon": "MultiPolygon"}
    pyogrio.write_dataframe(
        typed_columns(frame),
        path,
        layer=layer.name,
        driver="GPKG",
        geometry_type=multiple[layer.geometry],
        promote_to_multi=layer.geometry != "Point",
        dataset_options={"VERSION": VERSION},
        layer_options={"DESCRIPTION": layer.description, "IDENTIFIER": layer.title},
    )


def _extent(frame: gpd.GeoDataFrame) -> tuple[float, float, float, float]:
    shapes = np.asarray(frame.geometry.array, dtype=object)
    filled = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
    if not len(filled):
        return (-180.0, -60.0, 180.0, 80.0)
    west, south, east, north = (float(side) for side in shapely.total_bounds(filled))
    return (west, south, east, north)


def _add_styles(database: sqlite3.Connection, layers: Sequence[MapLayer], stamp: str) -> None:
    database.execute(_STYLES)
    rows = [
        (layer.name, "geom", style.name, qml_text(style), number == 0, style.name, stamp)
        for layer in layers
        for number, style in enumerate(layer.styles)
    ]
    database.executemany(
        "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, "
        "f_geometry_column, styleName, styleQML, useAsDefault, description, owner, update_time) "
        "VALUES ('', '', ?, ?, ?, ?, ?, ?, '', ?)",
        rows,
    )
    database.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, "
        "srs_id) VALUES ('layer_styles', 'attributes', 'layer_styles', 'QGIS styles', ?, 0)",
        (stamp,),
    )


def _describe_fields(database: sqlite3.Connection, layers: Sequence[MapLayer]) -> None:
    """Put the meaning and unit of each field where GIS tools look for them."""
    rows = []
    for layer in layers:
        for name in [layer.frame.index.name, *layer.frame.columns]:
            column = describe_field(str(name))
            if column is not None and name != layer.frame.geometry.name:
                words = f"{column.doc} ({column.unit})" if column.unit else column.doc
                rows.append((layer.name, name, name, name, words))
    for statement in (_COLUMNS, _CONSTRAINTS):
        database.execute(statement)
    database.executemany(
        "INSERT INTO gpkg_data_columns (table_name, column_name, name, title, description) "
        "VALUES (?, ?, ?, ?, ?)",
        rows,
    )
    extensions = [
        (table, None, "gpkg_schema", _SCHEMA_DEFINITION, "read-write")
        for table in ("gpkg_data_columns", "gpkg_data_column_constraints")
    ]
    database.execute(
        "CREATE TABLE IF NOT EXISTS gpkg_extensions (table_name TEXT, column_name TEXT, "
        "extension_name TEXT NOT NULL, definition TEXT NOT NULL, scope TEXT NOT NULL, "
        "CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name))"
    )
    database.executemany("INSERT INTO gpkg_extensions VALUES (?, ?, ?, ?, ?)", extensions)


def _project_layer(layer: MapLayer) -> ProjectLayer:
    kinds: Mapping[str, str] = {"Point": "Point", "LineString": "Line", "Polygon": "Polygon"}
    return ProjectLayer(
        name=layer.name,
        title=layer.title,
        geometry=kinds[layer.geometry],
        style=layer.styles[0],
        shown=layer.shown,
    )
