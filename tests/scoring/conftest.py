"""Hand-built EXPOSED tables."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from recallgeo.frames import EXPOSED
from recallgeo.scoring import ScoreModel

FAR = 50_000.0
PLACE = {
    **{
        f"{kind}_{name}": value
        for kind in ("kindergarten", "school", "data_centre")
        for name, value in {
            "nearest_m": FAR,
            "nearest_id": None,
            "nearest_name": None,
            "on_site_prob": 0.0,
            "within_50_prob": 0.0,
            "within_250_prob": 0.0,
            "count_250": 0,
            "seen": "complete",
        }.items()
    },
    "residents_50": 40.0,
    "residents_250": 1000.0,
    "density_km2": 500.0,
}
SITE = {
    "affected_units": 1,
    "check_units": 0,
    "hazard": "fire",
    "severity": 1.0,
    "incident_reported": False,
    "support_status": "active",
    "contact_route": "direct",
    "match_level": "supplied",
    "uncertainty_m": 10.0,
    "premises_kind": None,
}  # fmt: skip


def build_exposed(*sites, points=True):
    """EXPOSED of sites s1, s2, ...: the quiet site above, with what each one changes.

    A site with ``point=False`` has neither point nor anything that depends on it.
    """
    rows, ids, lons = [], [], []
    for number, site in enumerate(sites, start=1):
        changes = dict(site)
        has_point = changes.pop("point", points)
        ids.append(changes.pop("site_id", f"s{number}"))
        row = {**SITE, **(PLACE if has_point else dict.fromkeys(PLACE)), **changes}
        rows.append(row)
        lons.append(float(number % 90) if has_point else np.nan)
    table = pd.DataFrame(rows, index=pd.Index(ids, name="site_id"), columns=[*SITE, *_names(rows)])
    for name in table.columns:
        family = EXPOSED.column(name)
        if family is None or name in EXPOSED.names:
            continue
        table[name] = table[name].astype({"text": "str"}.get(family.dtype, family.dtype))
    geometry = gpd.GeoSeries(
        [None if np.isnan(lon) else gpd.points_from_xy([lon], [0.0])[0] for lon in lons],
        index=table.index,
        crs=4326,
    )
    return EXPOSED.conform(gpd.GeoDataFrame(table, geometry=geometry))


def _names(rows):
    return [name for name in {**PLACE, **{k: 0 for row in rows for k in row}} if name not in SITE]


@pytest.fixture(scope="session")
def exposed():
    """Builds EXPOSED, see `build_exposed`."""
    return build_exposed


@pytest.fixture(scope="session")
def model():
    return ScoreModel.preset("default")
