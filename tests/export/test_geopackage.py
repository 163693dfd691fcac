"""The GeoPackage opens in GIS tools with styles, descriptions and a project."""

import io
import json
import os
import shutil
import sqlite3
import subprocess
import zipfile
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree as ET

import pyogrio
import pytest

LAYERS = ["affected_sites", "because", "sensitive_places", "assets", "doubt"]
COUNTS = {"affected_sites": 5, "because": 3, "sensitive_places": 3, "assets": 9, "doubt": 4}


@pytest.fixture(scope="module")
def package(written):
    return written / "incident.gpkg"


def query(path, statement):
    with closing(sqlite3.connect(path)) as database:
        return database.execute(statement).fetchall()


def test_layers_have_their_rows_and_crs(package):
    for name, count in COUNTS.items():
        info = pyogrio.read_info(package, layer=name)
        assert (info["features"], info["crs"]) == (count, "EPSG:4326"), name
        assert info["geometry_name"] == "geom"


def test_package_is_of_version_1_3_with_a_name_for_every_table(package):
    assert query(package, "PRAGMA user_version") == [(10300,)]
    named = {name for (name,) in query(package, "SELECT table_name FROM gpkg_contents")}
    assert named == {*LAYERS, "layer_styles"}


def test_sites_without_a_point_are_announced(package):
    words = query(
        package, "SELECT description FROM gpkg_contents WHERE table_name = 'affected_sites'"
    )
    assert words == [("Sites in rank order; 1 sites without a point are in unplaced.csv",)]


def test_sources_of_the_places_are_named(package):
    [(words,)] = query(
        package, "SELECT description FROM gpkg_contents WHERE table_name = 'sensitive_places'"
    )
    assert "OpenStreetMap (ODbL 1.0)" in words


def test_every_layer_has_one_default_style(package):
    rows = query(
        package,
        "SELECT f_table_name, sum(useAsDefault) FROM layer_styles "
        "WHERE f_geometry_column = 'geom' GROUP BY 1",
    )
    assert dict(rows) == dict.fromkeys(LAYERS, 1)


def test_fields_are_described_with_their_unit(package):
    rows = query(
        package,
        "SELECT column_name, description FROM gpkg_data_columns "
        "WHERE table_name = 'affected_sites'",
    )
    assert dict(rows)["uncertainty_m"] == "radius that holds the true place in 95 % (m)"
    assert len(rows) == len(pyogrio.read_info(package, layer="affected_sites")["fields"])


def test_content_does_not_depend_on_the_clock(package):
    stamps = query(package, "SELECT DISTINCT last_change FROM gpkg_contents")
    assert stamps == [("2022-06-30T00:00:00.000Z",)]


def test_project_names_only_layers_beside_it(package):
    [(content,)] = query(package, "SELECT content FROM qgis_projects")
    with zipfile.ZipFile(io.BytesIO(bytes.fromhex(content))) as archive:
        root = ET.fromstring(archive.read("recallgeo.qgs"))  # noqa: S314 - our own XML
    sources = [element.text for element in root.iter("datasource")]
    assert sources == [f"./incident.gpkg|layername={name}" for name in LAYERS]


PROBE = """
import json, os, sys
from qgis.core import QgsApplication, QgsMapRendererSequentialJob, QgsMapSettings, QgsProject
from qgis.core import QgsRectangle, QgsVectorLayer, QgsCoordinateReferenceSystem
from qgis.PyQt.QtCore import QSize

package, picture = sys.argv[1:]
application = QgsApplication([], False)
application.initQgis()
project = QgsProject.instance()
found = {"read": project.read(f"geopackage:{package}?projectName=recallgeo")}
layers = [node.layer() for node in project.layerTreeRoot().findLayers()]
found["title"] = project.title()
found["crs"] = project.crs().authid()
found["layers"] = [[layer.source().split("=")[1], layer.isValid(), layer.featureCount()]
                   for layer in layers]
found["shown"] = [node.isVisible() for node in project.layerTreeRoot().findLayers()]
alone = QgsVectorLayer(f"{package}|layername=affected_sites", "sites", "ogr")
found["marks"] = [[str(mark.value()), mark.label(), mark.symbol().color().name(),
                   mark.symbol().symbolLayer(0).properties()["name"]]
                  for mark in alone.renderer().categories()]
settings = QgsMapSettings()
settings.setLayers([layers[0]])
settings.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:4326"))
settings.setExtent(QgsRectangle(9.495, 47.095, 9.505, 47.105))
settings.setOutputSize(QSize(200, 200))
job = QgsMapRendererSequentialJob(settings)
job.start()
job.waitForFinished()
image = job.renderedImage()
image.save(picture)
found["centre"] = image.pixelColor(100, 100).name()
found["corner"] = image.pixelColor(3, 3).name()
print(json.dumps(found), flush=True)
os._exit(0)
"""


@pytest.fixture(scope="module")
def seen_by_qgis(package, tmp_path_factory):
    """What QGIS itself finds in a copy of the package in another folder."""
    python = Path("/usr/bin/python3")
    asked = [python, "-c", "import qgis.core"]
    if not python.exists() or subprocess.run(asked, capture_output=True, check=False).returncode:
        pytest.skip("QGIS is not installed (make system-packages)")
    folder = tmp_path_factory.mktemp("moved")
    shutil.copy(package, folder / "incident.gpkg")
    (folder / "probe.py").write_text(PROBE)
    environment = {"QT_QPA_PLATFORM": "offscreen", "HOME": str(folder), "PATH": os.environ["PATH"]}
    done = subprocess.run(
        [python, folder / "probe.py", folder / "incident.gpkg", folder / "map.png"],
        capture_output=True,
        check=False,
        env=environment,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.qgis
def test_qgis_opens_the_project_after_the_folder_was_moved(seen_by_qgis):
    assert seen_by_qgis["read"] is True
    assert seen_by_qgis["title"] == "DRILL: Chargers"
    assert seen_by_qgis["crs"] == "EPSG:3857"
    assert seen_by_qgis["layers"] == [[name, True, COUNTS[name]] for name in LAYERS]
    assert seen_by_qgis["shown"] == [True, True, True, False, True]


@pytest.mark.qgis
def test_qgis_takes_the_default_style_with_shape_and_colour(seen_by_qgis):
    assert seen_by_qgis["marks"] == [
        ["0", "Tier 0: accident reported", "#7f0000", "star"],
        ["1", "Tier 1: very vulnerable", "#c7421a", "triangle"],
        ["2", "Tier 2: people near", "#ec9a29", "diamond"],
        ["3", "Tier 3: other", "#8fb8de", "square"],
    ]


@pytest.mark.qgis
def test_qgis_draws_the_site_in_its_colour(seen_by_qgis):
    assert seen_by_qgis["centre"] == "#7f0000"
    assert seen_by_qgis["corner"] == "#ffffff"
