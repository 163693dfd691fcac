"""The demo's sites against the committed ones; a failure draws the difference.

To renew after a change that is meant: `python tests/demo/test_golden.py OUT`, where OUT is the
folder of a demo with seed 1, and say in the commit what moved and why.
"""

import sys
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

GOLDEN = Path(__file__).parent / "golden" / "sites.csv"
EXACT = [
    *("country", "city", "affected_units", "check_units", "scope_ids", "match_level", "hazard"),
    *("premises_kind", "support_status", "tier", "tier_worst", "rank", "wave", "channel"),
]
CLOSE = ["longitude", "latitude", "uncertainty_m", "score"]

pytestmark = pytest.mark.xdist_group("demo")


def golden_columns(out: Path) -> pd.DataFrame:
    """The columns that are held, in the order of site_id."""
    sites = gpd.read_parquet(out / "sites.parquet")
    sites["longitude"], sites["latitude"] = sites.geometry.x, sites.geometry.y
    table = pd.DataFrame(sites[[*EXACT, *CLOSE]]).sort_index()
    table[CLOSE] = table[CLOSE].round(6)
    return table


def draw_difference(old: pd.DataFrame, new: pd.DataFrame, path: Path) -> None:
    """Put both sets of sites on one map, those that differ marked."""
    from matplotlib.figure import Figure

    axes = Figure(figsize=(12, 7)).subplots()
    axes.scatter(old["longitude"], old["latitude"], c="#999999", s=30, label="committed")
    axes.scatter(new["longitude"], new["latitude"], c="#c7421a", s=8, label="now")
    axes.legend()
    axes.figure.savefig(path)


def test_sites_of_the_demo_are_those_committed(demo, tmp_path):
    new = golden_columns(demo.out)
    new.to_csv(tmp_path / "now.csv")
    new = pd.read_csv(tmp_path / "now.csv", index_col="site_id", keep_default_na=False, dtype=str)
    old = pd.read_csv(GOLDEN, index_col="site_id", keep_default_na=False, dtype=str)
    numbers = [
        table[CLOSE].apply(pd.to_numeric, errors="coerce").reindex(old.index)
        for table in (old, new)
    ]
    same = old.index.equals(new.index) and old[EXACT].equals(new[EXACT])
    apart = (numbers[0] - numbers[1]).abs().max().max()
    if not same or apart > 1e-5:
        draw_difference(*numbers, tmp_path / "difference.png")
    assert old.index.tolist() == new.index.tolist(), f"see {tmp_path / 'difference.png'}"
    differing = (old[EXACT] != new[EXACT]).any(axis=1)
    assert not differing.any(), f"{new[differing].head(3).T}\nsee {tmp_path / 'difference.png'}"
    assert apart <= 1e-5, f"see {tmp_path / 'difference.png'}"


if __name__ == "__main__":
    golden_columns(Path(sys.argv[1])).to_csv(GOLDEN, lineterminator="\n")
