"""The demo's input files: everything that a real incident has, made up and seeded."""

import json
from datetime import date
from importlib import resources
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from recallgeo.demo.register import COUNTRIES, make_units, soil_register
from recallgeo.geodesy import PointTree
from recallgeo.location import AddressIndex
from recallgeo.provenance import Provenance
from recallgeo.recall import Recall, match_recall
from recallgeo.reference import demo_addresses, demo_places, places, regions, registry
from recallgeo.sources.register import read_register

__all__ = ["AS_OF", "write_demo_inputs"]

AS_OF = date(2026, 3, 2)
_SEARCH_M = 120.0
_CITIES_PER_COUNTRY = 12


def write_demo_inputs(folder: Path, *, seed: int = 1) -> Path:
    """Write the demo's incident and everything it names.

    Parameters
    ----------
    folder : Path
        Made where it is missing.
    seed : int
        The same seed gives the same files.

    Returns
    -------
    Path
        The incident file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    units = make_units(demo_addresses(), _beside_places(), _cities(), rng=rng)
    _write_table(soil_register(units, rng=rng), folder / "register.csv")
    _write_template(folder / "columns.toml")
    _write_template(folder / "parties.csv")
    _write_template(folder / "recall.toml", made="")
    _write_template(folder / "recall.toml", made=_units_made(units, folder))
    _write_template(folder / "incident.toml", seed=str(seed), as_of=AS_OF.isoformat())
    _write_index(folder / "index")
    _write_layer(folder)
    return folder / "incident.toml"


def _write_template(path: Path, **values: str) -> None:
    text = resources.files("recallgeo.demo").joinpath("templates", path.name).read_text("utf-8")
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    path.write_text(text, encoding="utf-8", newline="\n")


def _write_table(table: pd.DataFrame, path: Path) -> None:
    table.to_csv(path, sep=";", index=False, lineterminator="\n")


def _units_made(units: pd.DataFrame, folder: Path) -> str:
    """Count the recalled units by market as the factory's book has them, clean and complete."""
    book = folder / "factory-book.csv"
    _write_table(units, book)
    assets = read_register(book, columns=folder / "columns.toml", as_of=AS_OF).assets
    scoped = match_recall(assets, Recall.from_toml(folder / "recall.toml"))
    book.unlink()
    counts = scoped.loc[scoped["verdict"] == "affected", "market"].value_counts().sort_index()
    return ", ".join(f"{market} = {count}" for market, count in counts.items())


def _cities() -> pd.DataFrame:
    """Pick the larger cities of the demo's countries, with the names of their regions."""
    gazetteer = places()
    table = gazetteer[gazetteer["country"].isin(COUNTRIES) & gazetteer["population"].notna()]
    table = table.sort_values("population", ascending=False, kind="stable")
    table = table.groupby("country").head(_CITIES_PER_COUNTRY).sort_index()
    names = regions().drop_duplicates(["country", "code"]).set_index(["country", "code"])["name"]
    keys = pd.MultiIndex.from_frame(table[["country", "admin1"]])
    table = table.assign(region=names.reindex(keys).to_numpy())
    # the Finnish customers stand at the real addresses
    return table[table["country"] != "FI"].reset_index(drop=True)


def _beside_places() -> pd.DataFrame:
    """Pick the address nearest to each school, university and clinic of the demo's extract."""
    addresses = demo_addresses()
    sensitive = demo_places()
    points = gpd.GeoSeries.from_xy(addresses["longitude"], addresses["latitude"], crs=4326)
    centres = sensitive.geometry.representative_point()
    distances, rows = PointTree(points).nearest(centres)
    near = np.unique(rows[distances <= _SEARCH_M])
    return addresses.iloc[near].reset_index(drop=True)


def _write_index(folder: Path) -> None:
    origin = registry()["demo-addresses.parquet"]
    source = Provenance(
        source=origin.name,
        licence=origin.licence,
        attribution=origin.attribution,
        vintage=origin.vintage,
        sha256=origin.sha256,
    )
    addresses = demo_addresses().assign(country="FI")
    AddressIndex.from_frame(addresses, source=source).save(folder)


def _write_layer(folder: Path) -> None:
    sensitive = demo_places()
    sensitive.to_parquet(folder / "helsinki-places.parquet")
    addresses = demo_addresses()
    box = (
        float(addresses["longitude"].min()),
        float(addresses["latitude"].min()),
        float(addresses["longitude"].max()),
        float(addresses["latitude"].max()),
    )
    feature = {
        "type": "Feature",
        "properties": {"name": "central Helsinki"},
        "geometry": json.loads(shapely.to_geojson(shapely.box(*box))),
    }
    text = json.dumps({"type": "FeatureCollection", "features": [feature]})
    (folder / "helsinki-extent.geojson").write_text(text + "\n", encoding="utf-8")
