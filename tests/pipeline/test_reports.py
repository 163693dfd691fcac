"""Accidents already reported mark every site that they may be about."""

import geopandas as gpd
import pandas as pd
import pytest

from recallgeo.frames import LOCATED, SITES
from recallgeo.pipeline.reports import mark_incidents


def _marked(tmp_path, text):
    sites = SITES.conform(
        gpd.GeoDataFrame(
            {
                "name": ["Klinik Nord, Haus A", "Klinik Nord, Haus B", "Haus Ost"],
                "affected_units": [1, 1, 1],
                "check_units": [0, 0, 0],
            },
            index=pd.Index(["s1", "s2", "s3"], name="site_id"),
            geometry=gpd.points_from_xy([9.52, 9.53, 9.51], [47.14, 47.15, 47.16], crs=4326),
        )
    )
    units = pd.DataFrame(
        {
            "serial": ["A1", "A1", "A3"],
            "customer": ["Klinik Nord", "Klinik Nord", "Haus Ost"],
            "city": ["Vaduz", "Vaduz", "Schaan"],
        },
        index=pd.Index(["u1", "u2", "u3"], name="asset_id"),
    )
    located = gpd.GeoDataFrame(LOCATED.conform(units))
    held = pd.DataFrame({"site_id": ["s1", "s2", "s3"]}, index=units.index)
    path = tmp_path / "reports.csv"
    path.write_text(text, encoding="utf-8")
    marked, lines = mark_incidents(gpd.GeoDataFrame(sites), located, held, path)
    return marked.index[marked["incident_reported"]].tolist(), lines


@pytest.mark.parametrize(
    ("text", "sites"),
    [
        ("serial\na3\n", ["s3"]),
        ("serial\nA1\n", ["s1", "s2"]),
        ("customer,city\nKLINIK NORD,Vaduz\n", ["s1", "s2"]),
        ("customer,city\nHaus Ost,\n", ["s3"]),
        ("customer,city\nHaus Ost,Vaduz\n", []),
    ],
)
def test_report_marks_every_site_that_it_may_be_about(tmp_path, text, sites):
    found, lines = _marked(tmp_path, text)
    assert found == sites
    assert len(lines) == (0 if sites else 1)


def test_report_that_names_nothing_is_a_line(tmp_path):
    found, lines = _marked(tmp_path, "serial,customer,city\nA3,,\n,,\n")
    assert found == ["s3"]
    assert lines["source_row"].tolist() == [3]
    assert lines["kept"].all()
