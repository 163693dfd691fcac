"""Made-up registers and layers of any size, the same for the same seed."""

from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import tomli_w

from recallgeo.reference import places
from recallgeo.schema import WGS84
from recallgeo.testing import make_places

__all__ = ["make_layer_frame", "make_recall", "make_register", "write_incident"]

UNITS_PER_CUSTOMER = 8
KINDS = ("school", "kindergarten", "hospital", "university", "data_centre")


def cities(rng: np.random.Generator, count: int) -> pd.DataFrame:
    """Draw cities with the chance of their population, on a new index."""
    table = places()
    weight = table["population"].fillna(500).to_numpy(dtype="float64")
    chosen = rng.choice(len(table), count, p=weight / weight.sum())
    return table.iloc[chosen].reset_index(drop=True)


def make_register(units: int, *, seed: int = 1) -> pd.DataFrame:
    """Make a register as text, with the dirt of real ones.

    One unit in twenty has a city only, one in a hundred no serial, one in two hundred the serial
    of another, one in a thousand a longitude that is no number.
    """
    rng = np.random.default_rng(seed)
    customers = max(1, units // UNITS_PER_CUSTOMER)
    home = cities(rng, customers)
    owner = np.sort(rng.integers(0, customers, units))
    # up to some 5 km round the centre of the city; units of one customer at about three places
    spot = rng.integers(0, 3, units)
    spread = rng.normal(0, 0.02, (customers, 3, 2))
    lon = home["longitude"].to_numpy()[owner] + spread[owner, spot, 0]
    lat = np.clip(home["latitude"].to_numpy()[owner] + spread[owner, spot, 1], -85, 85)
    lon = (lon + 180) % 360 - 180
    serial = np.char.add("S", np.char.zfill(np.arange(units).astype(str), 8)).astype(object)
    table = pd.DataFrame(
        {
            "serial": serial,
            "model": rng.choice(["RX-100", "RX-200", "UPS-1500", "UPS-3000"], units),
            "market": home["country"].to_numpy()[owner],
            "country": home["country"].to_numpy()[owner],
            "city": home["name"].to_numpy()[owner],
            "customer": np.char.add("Customer ", owner.astype(str)),
            "distributor": np.char.add("Distributor ", (owner % 40).astype(str)),
            "built": rng.choice(["2018-03", "2019-11-20", "2020", "2021-W07"], units),
            "support_status": rng.choice(["active", "expired", "none", ""], units),
            "quantity": rng.choice(["1", "1", "1", "4", ""], units),
            "contact_phone": "+00 000",
            "longitude": np.char.mod("%.6f", lon),
            "latitude": np.char.mod("%.6f", lat),
        }
    ).astype(object)
    table.loc[rng.random(units) < 0.05, ["longitude", "latitude"]] = ""
    table.loc[rng.random(units) < 0.01, "serial"] = ""
    table.loc[rng.random(units) < 0.001, "longitude"] = "n.a."
    again = np.flatnonzero(rng.random(units) < 0.005)
    table.loc[again, "serial"] = table["serial"].to_numpy()[rng.integers(0, units, len(again))]
    return table.astype("str")


def make_layer_frame(count: int, *, seed: int = 2) -> gpd.GeoDataFrame:
    """Make sensitive places (PLACES) round the same cities."""
    rng = np.random.default_rng(seed)
    home = cities(rng, count)
    lon = (home["longitude"].to_numpy() + rng.normal(0, 0.02, count) + 180) % 360 - 180
    lat = np.clip(home["latitude"].to_numpy() + rng.normal(0, 0.02, count), -85, 85)
    names = np.char.add("Place ", np.arange(count).astype(str))
    kinds = rng.choice(KINDS, count)
    frame = make_places(list(lon), list(lat), kind=list(kinds), name=list(names))
    return frame.set_crs(WGS84)


def make_recall(units: int) -> dict[str, Any]:
    """Make a recall, as its file holds it, of about half of the register by three kinds of line."""
    half = f"S{units // 2:08d}"
    return {
        "recall": {"id": "SYN-1", "issued": date(2022, 6, 1), "version": 1},
        "scope": [
            {
                "id": "range",
                "hazard": "fire",
                "rule": [{"serial": f"S00000000..{half}", "model": "RX-100, UPS-*"}],
            },
            {
                "id": "window",
                "hazard": "shock",
                "rule": [{"model": "RX-200", "built": "2019-01..2020-06"}],
                "except": [{"serial_last_1": "7"}],
            },
        ],
    }


def write_incident(folder: Path, *, units: int, places: int, draws: int) -> Path:
    """Write an incident and all it names; give its file."""
    make_register(units).to_csv(folder / "register.csv", index=False)
    make_layer_frame(places)[["kind", "name", "geometry"]].to_parquet(folder / "places.parquet")
    incident = {
        "incident": {"name": "made up", "as_of": date(2022, 6, 30), "mock": True},
        "register": [{"files": ["register.csv"]}],
        "recall": {"file": "recall.toml"},
        "layers": {"files": [{"file": "places.parquet"}]},
        "scoring": {"draws": draws},
        "outreach": {"capacity_per_day": {"call": 2000, "partner": 500}},
    }
    for name, data in (("recall.toml", make_recall(units)), ("incident.toml", incident)):
        (folder / name).write_text(tomli_w.dumps(data), encoding="utf-8")
    return folder / "incident.toml"
