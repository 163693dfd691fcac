"""Liechtenstein, worked through once: a seeded register at its real addresses."""

import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from recallgeo.errors import PartialCoverageWarning
from recallgeo.export import Run
from recallgeo.location import AddressIndex
from recallgeo.pipeline import run_incident
from recallgeo.sources.osm_addresses import read_osm_addresses

RECALL = """
[recall]
id = "LI-1"
issued = 2022-06-01
version = 1
expected_units = { LI = 300 }
[[scope]]
id = "store"
hazard = "toxic"
severity = { scheme = "CPSC", level = "A", source = "judgement" }
[[scope.rule]]
model = "T-1"
serial = "LI0000..LI0199"
"""
INCIDENT = """
[incident]
name = "Liechtenstein"
as_of = 2022-06-30
seed = 7
mock = true
[[register]]
files = ["register.csv"]
[recall]
file = "recall.toml"
[location]
index = "index"
[layers]
files = [{{ file = "{osm}", completeness = {{ school = 0.9 }} }}]
[population]
files = [{{ file = "{population}", values = "density_land" }}]
[scoring]
draws = 20
[outreach]
capacity_per_day = {{ call = 20, visit = 5, letter = 50 }}
"""


@dataclass(frozen=True)
class Worked:
    incident: Path
    out: Path
    run: Run


def write_liechtenstein(folder: Path, data: Path) -> Path:
    """Write the incident: 320 units, the first at five addresses that were computed apart."""
    addresses = read_osm_addresses(data / "osm/liechtenstein-2015.osm.pbf", country="LI")
    addresses["country"] = "LI"
    AddressIndex.from_frame(addresses, source="liechtenstein-2015.osm.pbf").save(folder / "index")
    rng = np.random.default_rng(7)
    named = addresses.dropna(subset=["street", "city"])
    named = named[~named.duplicated(["street", "house_number", "city"], keep=False)]
    chosen = named.iloc[np.sort(rng.choice(len(named), 315, replace=False))]
    five = pd.DataFrame(
        [
            ("Dorfstrasse", "24", "Triesen"),
            ("Dominik Banzer-Strasse", "11", "Triesen"),
            ("Haberacherstrasse", "21", "Triesenberg"),
            ("Im Steinort", "6", "Triesenberg"),
            ("Egerta", "56", "Balzers"),
        ],
        columns=["street", "house_number", "city"],
    )
    table = pd.concat([five, chosen[["street", "house_number", "city"]]], ignore_index=True)
    table.insert(0, "serial", [f"LI{number:04d}" for number in range(len(table))])
    table["model"] = "T-1"
    table["market"] = "LI"
    table["customer"] = [f"Customer {number:03d}" for number in range(len(table))]
    table["support_status"] = rng.choice(["active", "expired"], len(table))
    table["contact_phone"] = "+423 555 0000"
    table["country"] = "LI"
    # dirt: a missing serial, a missing model, a street that is not there, a city only, a typo
    table.loc[10, "serial"] = ""
    table.loc[11, "model"] = ""
    table.loc[12, "street"] = "Nirgendwostrasse"
    table.loc[13, ["street", "house_number"]] = ""
    table.loc[14, "support_status"] = "actve"
    table.to_csv(folder / "register.csv", index=False)
    (folder / "recall.toml").write_text(RECALL)
    text = INCIDENT.format(
        osm=(data / "osm/liechtenstein-2015.osm.pbf").as_posix(),
        population=(data / "population/swiss-liechtenstein-gpwv4-density.tif").as_posix(),
    )
    (folder / "incident.toml").write_text(text)
    return folder / "incident.toml"


@pytest.fixture(scope="session")
def liechtenstein(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Worked:
    folder = tmp_path_factory.mktemp("liechtenstein")
    incident = write_liechtenstein(folder, shared_data)
    with warnings.catch_warnings():
        # no unit of this register has a date of building or a critical place near it
        warnings.simplefilter("ignore", PartialCoverageWarning)
        run = run_incident(incident, out=folder / "out")
    return Worked(incident, folder / "out", run)
