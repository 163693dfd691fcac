"""A QGIS project that opens the layers of a GeoPackage, kept inside that GeoPackage."""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

import pyproj

from recallgeo.export.styles import LayerStyle, renderer_element

__all__ = ["ProjectLayer", "project_archive"]

_DOCTYPE = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
_MARGIN = 0.05
_LEAST = 0.01
_DEGREES, _MERCATOR = 4326, 3857
_MERCATOR_END = 85.0
"""Web Mercator keeps circles round where it exists; nearer the poles the map is in degrees."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectLayer:
    """One layer of the map.

    Parameters
    ----------
    name : str
        Table of the GeoPackage.
    title : str
        As the map's legend names it.
    geometry : str
        ``Point``, ``Line`` or ``Polygon``.
    style : LayerStyle
        How it is drawn.
    shown : bool, default True
        Whether it is switched on when the map opens.
    """

    name: str
    title: str
    geometry: str
    style: LayerStyle
    shown: bool = True


def project_archive(
    layers: Sequence[ProjectLayer], *, file_name: str, title: str, extent: Sequence[float]
) -> bytes:
    """Give a project as the bytes of a ``.qgz`` file.

    Parameters
    ----------
    layers : sequence of ProjectLayer
        From the top of the map to its bottom.
    file_name : str
        Name of the GeoPackage, beside the project or holding it.
    title : str
        Title of the project.
    extent : sequence of four floats
        West, south, east, north of the first view, degrees.

    Returns
    -------
    bytes
        The same for the same arguments.

    Examples
    --------
    >>> from recallgeo.export.styles import line_style
    >>> layer = ProjectLayer(name="because", title="Why", geometry="Line", style=line_style())
    >>> project_archive([layer], file_name="a.gpkg", title="Map", extent=(0, 0, 1, 1))[:2]
    b'PK'
    """
    root = ET.Element("qgis", version="3.22.0", projectname=title)
    ET.SubElement(root, "homePath", path="")
    ET.SubElement(root, "title").text = title
    crs = ET.SubElement(root, "projectCrs")
    code = _MERCATOR if max(abs(extent[1]), abs(extent[3])) < _MERCATOR_END else _DEGREES
    crs.append(_crs_element(code))
    root.append(_tree(layers, file_name))
    root.append(_canvas(extent, code))
    members = ET.SubElement(root, "projectlayers")
    for layer in layers:
        members.append(_layer_element(layer, file_name))
    order = ET.SubElement(root, "layerorder")
    for layer in layers:
        ET.SubElement(order, "layer", id=_id(layer))
    properties = ET.SubElement(root, "properties")
    paths = ET.SubElement(properties, "Paths")
    ET.SubElement(paths, "Absolute", type="bool").text = "false"
    reference = ET.SubElement(properties, "SpatialRefSys")
    ET.SubElement(reference, "ProjectionsEnabled", type="int").text = "1"
    text = _DOCTYPE + ET.tostring(root, encoding="unicode")
    return _zipped("recallgeo.qgs", text.encode())


def _zipped(name: str, data: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _id(layer: ProjectLayer) -> str:
    return f"recallgeo_{layer.name}"


def _source(layer: ProjectLayer, file_name: str) -> str:
    return f"./{file_name}|layername={layer.name}"


def _tree(layers: Sequence[ProjectLayer], file_name: str) -> ET.Element:
    group = ET.Element("layer-tree-group")
    for layer in layers:
        ET.SubElement(
            group,
            "layer-tree-layer",
            id=_id(layer),
            name=layer.title,
            source=_source(layer, file_name),
            providerKey="ogr",
            checked="Qt::Checked" if layer.shown else "Qt::Unchecked",
            expanded="1",
        )
    return group


def _canvas(extent: Sequence[float], code: int) -> ET.Element:
    west, south, east, north = _in_map_units(extent, code)
    wide = max(east - west, north - south) * _MARGIN
    canvas = ET.Element("mapcanvas", name="theMapCanvas", annotationsVisible="1")
    ET.SubElement(canvas, "units").text = "meters" if code == _MERCATOR else "degrees"
    box = ET.SubElement(canvas, "extent")
    sides = {"xmin": west - wide, "ymin": south - wide, "xmax": east + wide, "ymax": north + wide}
    for name, value in sides.items():
        ET.SubElement(box, name).text = f"{value:.6f}"
    ET.SubElement(canvas, "rotation").text = "0"
    ET.SubElement(canvas, "destinationsrs").append(_crs_element(code))
    return canvas


def _in_map_units(extent: Sequence[float], code: int) -> tuple[float, float, float, float]:
    """Give the extent, at least 0.01 degrees wide and high, in the map's own units."""
    west, south, east, north = extent
    wide, high = max(0.0, _LEAST - east + west) / 2, max(0.0, _LEAST - north + south) / 2
    sides = (west - wide, south - high, east + wide, north + high)
    if code == _DEGREES:
        return sides
    project = pyproj.Transformer.from_crs(_DEGREES, code, always_xy=True)
    return project.transform_bounds(*sides)


def _layer_element(layer: ProjectLayer, file_name: str) -> ET.Element:
    element = ET.Element("maplayer", type="vector", geometry=layer.geometry)
    ET.SubElement(element, "id").text = _id(layer)
    ET.SubElement(element, "datasource").text = _source(layer, file_name)
    ET.SubElement(element, "layername").text = layer.title
    ET.SubElement(element, "srs").append(_crs_element(_DEGREES))
    ET.SubElement(element, "provider", encoding="UTF-8").text = "ogr"
    element.append(renderer_element(layer.style))
    return element


def _crs_element(code: int) -> ET.Element:
    crs = ET.Element("spatialrefsys")
    system = pyproj.CRS.from_epsg(code)
    texts = {
        "wkt": system.to_wkt(),
        "srid": str(code),
        "authid": f"EPSG:{code}",
        "description": system.name,
        "geographicflag": str(system.is_geographic).lower(),
    }
    for name, text in texts.items():
        ET.SubElement(crs, name).text = text
    return crs
