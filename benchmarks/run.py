"""Time each stage, and our readers, writers and searches beside their peers.

    python benchmarks/run.py [--sizes 1000,100000] [--large] [--rounds 3]

Work and peer take turns within each round, so that a slow minute of the machine slows both; the
table gives medians over the rounds, and the ratio of ours to the peer's (under 1: ours is
faster). ``--large`` adds a million rows. The first round of each size is not counted.
"""

import argparse
import gc
import platform
import statistics
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy.spatial import cKDTree
from synthetic import make_layer_frame, make_recall, make_register

from recallgeo.errors import RecallGeoWarning
from recallgeo.export.geojson import write_geojson
from recallgeo.export.geoparquet import write_geoparquet
from recallgeo.exposure import measure_exposure
from recallgeo.geodesy import PointTree, to_ecef
from recallgeo.hazard import radii_in_play
from recallgeo.layers import Layer
from recallgeo.location import locate_assets
from recallgeo.outreach import OutreachPolicy, plan_outreach
from recallgeo.provenance import Provenance
from recallgeo.recall import Recall, match_recall
from recallgeo.reference import hazards
from recallgeo.scoring import ScoreModel, rank_sites
from recallgeo.sites import assign_sites, resolve_sites
from recallgeo.sources.population import default_population
from recallgeo.sources.register import read_register

AS_OF = date(2022, 6, 30)
PLACES = 20_000
DRAWS = 50
WARM_UP = 1


@dataclass(frozen=True)
class Race:
    """One piece of work, and what does the nearest thing elsewhere."""

    name: str
    rows: int
    ours: Callable[[], object]
    peer: Callable[[], object] | None = None
    peer_name: str = ""
    times: dict[str, list[float]] = field(default_factory=lambda: {"ours": [], "peer": []})

    def turn(self) -> None:
        """Do ours, then the peer's."""
        for side, work in (("ours", self.ours), ("peer", self.peer)):
            if work is None:
                continue
            gc.collect()
            began = time.perf_counter()
            work()
            self.times[side].append(time.perf_counter() - began)

    def row(self) -> str:
        """Give the line of the table."""
        ours = statistics.median(self.times["ours"][WARM_UP:])
        cells = [self.name, f"{self.rows:,}", f"{ours:.3f}", f"{self.rows / ours:,.0f}"]
        if self.peer is None:
            return line([*cells, "", "", ""])
        peer = statistics.median(self.times["peer"][WARM_UP:])
        return line([*cells, self.peer_name, f"{peer:.3f}", f"{ours / peer:.2f}"])


def line(cells: list[str]) -> str:
    """Give a line of a markdown table."""
    return f"| {' | '.join(cells)} |"


def stage_races(raw: pd.DataFrame, units: int) -> Iterator[Race]:
    """Give a race for each stage, on the tables that the stages before it give."""
    layer = Layer(
        frame=make_layer_frame(PLACES),
        kinds=("data_centre", "hospital", "kindergarten", "school", "university"),
        provenance=Provenance(source="made up"),
    )
    recall, people = Recall.from_dict(make_recall(units)), default_population()
    radii = radii_in_play(hazards()[scope.hazard] for scope in recall.scopes)
    assets = read_register(raw, as_of=AS_OF).assets
    scoped = match_recall(assets, recall)
    in_scope = scoped[scoped["verdict"] != "not_affected"]
    located = locate_assets(in_scope)
    joined = located.join(assign_sites(located))
    sites = resolve_sites(located)
    exposure = measure_exposure(sites, [layer], people, radii_m=radii)
    model = ScoreModel.preset("default")
    ranking = rank_sites(exposure, model)
    policy = OutreachPolicy(start_on=AS_OF, capacity_per_day={"call": 2000, "partner": 500})

    def rank(draws: int) -> object:
        return rank_sites(exposure, model, rng=np.random.default_rng(1), draws=draws)

    yield Race("match_recall", len(assets), lambda: match_recall(assets, recall))
    yield Race("locate_assets", len(in_scope), lambda: locate_assets(in_scope))
    yield Race("assign_sites", len(located), lambda: assign_sites(located))
    yield Race("resolve_sites", len(located), lambda: resolve_sites(located))
    yield Race(
        f"measure_exposure, {PLACES:,} places, {len(radii)} radii",
        len(sites),
        lambda: measure_exposure(sites, [layer], people, radii_m=radii),
    )
    yield Race("rank_sites, no draws", len(sites), lambda: rank(0))
    yield Race(f"rank_sites, {DRAWS} draws", len(sites), lambda: rank(DRAWS))
    yield Race(
        "plan_outreach",
        len(sites),
        lambda: plan_outreach(ranking, policy, as_of=AS_OF, units=joined),
    )


def file_races(raw: pd.DataFrame, folder: Path) -> Iterator[Race]:
    """Give races of readers, writers and the nearest search with what does a part of their work."""
    register = folder / "register.csv"
    raw.to_csv(register, index=False)
    yield Race(
        "read_register (CSV)",
        len(raw),
        lambda: read_register(register, as_of=AS_OF),
        lambda: pd.read_csv(register, dtype="str"),
        "pandas.read_csv, text only",
    )
    located = raw[pd.to_numeric(raw["longitude"], errors="coerce").notna()]
    points = gpd.GeoSeries.from_xy(
        located["longitude"].astype(float), located["latitude"].astype(float), crs=4326
    )
    places = make_layer_frame(PLACES).geometry
    tree = PointTree(places)
    tree.nearest(points[:1])
    bare = cKDTree(to_ecef(places.x.to_numpy(), places.y.to_numpy()))
    lon, lat = points.x.to_numpy(), points.y.to_numpy()
    yield Race(
        "PointTree.nearest, geodesic",
        len(points),
        lambda: tree.nearest(points),
        lambda: bare.query(to_ecef(lon, lat)),
        "scipy cKDTree, chords only",
    )
    frame = gpd.GeoDataFrame(located.drop(columns=["longitude", "latitude"]), geometry=points)
    frame.index = pd.Index([f"u{number}" for number in range(len(frame))], name="asset_id")
    yield Race(
        "write GeoJSON",
        len(frame),
        lambda: write_geojson(frame, folder / "ours.geojson"),
        lambda: frame.to_file(folder / "peer.geojson", driver="GeoJSON"),
        "geopandas to_file",
    )
    yield Race(
        "write GeoParquet",
        len(frame),
        lambda: write_geoparquet(frame, folder / "ours.parquet"),
        lambda: frame.to_parquet(folder / "peer.parquet", write_covering_bbox=True),
        "geopandas to_parquet",
    )


def main() -> None:
    """Race and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sizes", default="1000,100000", help="rows, joined by commas")
    parser.add_argument("--large", action="store_true", help="a million rows too")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    sizes = [int(size) for size in options.sizes.split(",")] + [1_000_000] * options.large
    print(
        f"{platform.machine()}, Python {platform.python_version()}, medians of {options.rounds}\n"
    )
    print(line(["work", "rows", "s", "rows/s", "peer", "peer s", "ratio"]))
    print(line(["---", "---:", "---:", "---:", "---", "---:", "---:"]))
    for size in sizes:
        raw = make_register(size)
        with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
            warnings.simplefilter("ignore", RecallGeoWarning)
            races = [*file_races(raw, Path(folder)), *stage_races(raw, size)]
            for _ in range(WARM_UP + options.rounds):
                for race in races:
                    race.turn()
        for race in races:
            print(race.row(), flush=True)


if __name__ == "__main__":
    main()
