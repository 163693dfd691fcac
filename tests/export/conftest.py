"""A small run, made by hand: six sites, nine units, two partners, two layers."""

from dataclasses import dataclass, field, replace
from datetime import date
from types import SimpleNamespace

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from recallgeo.export import Run
from recallgeo.frames import LOCATED, PARTIES, PLACES, RANKED, SCOPED, SET_ASIDE, SITES
from recallgeo.ledger import Balance, Ledger
from recallgeo.outreach import OutreachPolicy, plan_outreach
from recallgeo.provenance import Provenance
from recallgeo.scoring import Ranking, ScoreModel, Tier

PERSONAL = "Pers0nal"
"""Stands in every personal value, so that a leak can be searched for."""

HOSTILE = f'=HYPERLINK("http://x";"{PERSONAL}") <script>alert(1)</script>\n"Zürich"\t\u202eabc'


@dataclass(frozen=True)
class FakeExposure:
    frame: gpd.GeoDataFrame
    kinds: tuple[str, ...] = ("hospital", "school")
    radii_m: tuple[int, ...] = (50, 250)


@dataclass(frozen=True)
class FakeLayer:
    frame: gpd.GeoDataFrame
    provenance: Provenance
    extent: object = None


@dataclass(frozen=True)
class FakePopulation:
    provenance: Provenance = field(
        default_factory=lambda: Provenance(source="coarse default", licence="CC0")
    )


def point_or_none(pair):
    return None if pair is None else shapely.Point(pair)


APART = [(9.5, 47.1), (9.502, 47.1), (179.99, -17.0), (15.6, 78.2), (24.94, 60.17), None]
"""Two in Vaduz, one each in Fiji, Svalbard and Helsinki, and one known by its city."""

TOGETHER = [(9.5, 47.1), (9.502, 47.1), (9.501, 47.101), (9.503, 47.1), (9.504, 47.1), None]


def make_sites(pairs):
    ids = ["s1", "s2", "s3", "s4", "s5", "s6"]
    count = len(ids)
    frame = gpd.GeoDataFrame(
        {
            "name": [HOSTILE, *[f"{PERSONAL} Customer {n}" for n in range(2, count + 1)]],
            "address": [f"{PERSONAL} street {n}" for n in range(1, count + 1)],
            "city": ["Vaduz", "Vaduz", "Suva", "Longyearbyen", "Helsinki", "Turku"],
            "country": ["LI", "LI", "FJ", "SJ", "FI", "FI"],
            "time_zone": ["Europe/Vaduz"] * count,
            "customer_id": [f"{PERSONAL}-c{n}" for n in range(1, count + 1)],
            "affected_units": pd.array([3, 1, 1, 2, 0, 1], dtype="Int64"),
            "check_units": pd.array([0, 0, 0, 0, 1, 0], dtype="Int64"),
            "scope_ids": ["fire"] * count,
            "hazard": ["fire"] * count,
            "severity": [1.0] * count,
            "incident_reported": pd.array([True, False, False, False, None, False], "boolean"),
            "support_status": ["active", "expired", None, "none", "active", None],
            "partners": ["Alpha Oy", "Alpha Oy; Beta AG", "Beta AG", None, "Beta AG", "Alpha Oy"],
            "contact_route": ["direct", "reseller", "reseller", "none", "direct", "none"],
            "match_level": ["address", "street", "locality", "supplied", "address", "locality"],
            "uncertainty_m": [30.0, 1015.04, 5000.0, None, 30.0, 9000.0],
        },
        geometry=gpd.GeoSeries([point_or_none(pair) for pair in pairs], crs=4326).values,
        index=pd.Index(ids, name="site_id"),
    )
    return SITES.conform(frame)


def make_ranked(sites):
    """School 120 m from s1, school ground under s2, hospital across the antimeridian from s3."""
    count = len(sites)
    extra = {
        "school_nearest_m": [120.44, 0.0, None, None, 12_345.0, None],
        "school_nearest_id": ["p1", "p2", None, None, "p1", None],
        "school_nearest_name": ["School <b>", "Ground", None, None, "School <b>", None],
        "school_count_50": pd.array([0, 1, 0, 0, 0, None], "Int64"),
        "school_count_250": pd.array([1, 2, 0, 0, 0, None], "Int64"),
        "school_within_50_prob": [0.01, 1.0, 0.0, 0.0, 0.0, None],
        "school_within_250_prob": [0.99, 1.0, 0.0, 0.0, 0.0, None],
        "school_expected_50": [0.01, 1.0, 0.0, 0.0, 0.0, None],
        "school_expected_250": [1.0, 1.6, 0.0, 0.0, 0.0, None],
        "school_seen": ["complete", "complete", "outside", "outside", "undeclared", None],
        "hospital_nearest_m": [None, None, 212.9, None, None, None],
        "hospital_nearest_id": [None, None, "h1", None, None, None],
        "hospital_nearest_name": [None, None, "Clinic", None, None, None],
        "hospital_seen": ["outside"] * count,
        "residents_250": [1234.56, 20.0, 3.0, 0.0, 500.0, None],
        "people_source": ["coarse default"] * count,
        "tier": pd.array([0, 1, 1, 3, 2, 3], "Int64"),
        "tier_worst": pd.array([0, 0, 1, 3, 2, 1], "Int64"),
        "score": [0.91234567, 0.8, 0.7, 0.1, 0.5, 0.2],
        "contribution_units": [0.5, 0.4, 0.3, 0.1, 0.2, 0.1],
        "rank": pd.array([1, 2, 3, 5, 4, None], "Int64"),
        "rank_best": pd.array([1, 1, 3, 5, 3, None], "Int64"),
        "rank_worst": pd.array([1, 3, 3, 5, 4, None], "Int64"),
        "prob_top_k": [1.0, 1.0, 1.0, 0.1, 0.5, None],
        "interval_from": ["place"] * count,
        "tie_group": pd.array([1, 2, 3, 5, 4, 6], "Int64"),
        "reason": [f"{PERSONAL} fire near a school"] * count,
    }
    frame = sites.copy()
    for name, values in extra.items():
        frame[name] = pd.Series(values, index=sites.index)
        if all(value is None or isinstance(value, str) for value in values):
            frame[name] = frame[name].astype("str")
    order = ["s1", "s2", "s3", "s5", "s4", "s6"]
    return gpd.GeoDataFrame(RANKED.conform(frame)).loc[order]


def make_ranking(ranked):
    rules = {
        "accident reported": "incident_reported >= 1",
        "very vulnerable": "very_vulnerable_on_site >= 0.5",
        "people near": "vulnerable_on_site >= 0.5",
        "other": "otherwise",
    }
    tiers = [
        Tier(number=number, label=label, rule=rule, source="judgement")
        for number, (label, rule) in enumerate(rules.items())
    ]
    model = replace(ScoreModel.preset("default"), tiers=tuple(tiers))
    contributions = pd.DataFrame(ranked[["contribution_units"]])
    return Ranking(frame=ranked, contributions=contributions, model=model)


def make_scoped():
    """Nine affected or unsure units, and two that are clear."""
    rows = [
        ("a1", "0001", "affected", "Alpha Oy", None, 2),
        ("a2", "0002", "affected", "Alpha Oy", None, None),
        ("a3", "0003", "affected", "Alpha Oy", "Beta AG", 1),
        ("a4", "0004", "affected", "Beta AG", None, 1),
        ("a5", "0005", "affected", None, None, 2),
        ("a6", None, "check_needed", "Beta AG", None, 1),
        ("a7", "0007", "affected", "Alpha Oy", None, 1),
        ("a8", "0008", "affected", "Beta AG", None, 1),
        ("a9", "0009", "check_needed", None, None, 1),
        ("n1", "9001", "not_affected", "Alpha Oy", None, 1),
        ("n2", "9002", "not_affected", None, None, 4),
    ]
    ids, serials, verdicts, distributors, resellers, quantities = zip(*rows, strict=True)
    frame = pd.DataFrame(
        {
            "source_file": "register.csv",
            "source_row": pd.array(range(2, 2 + len(rows)), dtype="Int64"),
            "serial": serials,
            "model": "M-1",
            "quantity": pd.array(quantities, dtype="Int64"),
            "distributor": distributors,
            "reseller": resellers,
            "customer": [f"{PERSONAL} Customer {name}" for name in ids],
            "contact": [f"@{PERSONAL}"] + [f"{PERSONAL} contact"] * (len(rows) - 1),
            "contact_phone": [f"+41 44 {PERSONAL}"] * len(rows),
            "street": f"{PERSONAL} street",
            "x_note": [f"{PERSONAL} note"] * len(rows),
            "verdict": verdicts,
            "verdict_reason": "scope fire",
            "scope_id": "fire",
            "hazard": "fire",
            "severity": 1.0,
        },
        index=pd.Index(ids, name="asset_id"),
    )
    return SCOPED.conform(frame)


UNIT_SITES = {
    "a1": ("s1", "placed"),
    "a2": ("s1", "placed"),
    "a3": ("s2", "placed"),
    "a4": ("s3", "placed"),
    "a5": ("s4", "placed"),
    "a6": ("s5", "placed"),
    "a7": ("s6", "area_only"),
    "a8": (None, "in_channel"),
    "a9": (None, "nowhere"),
}


def make_places():
    schools = gpd.GeoDataFrame(
        {"kind": "school", "name": ["School <b>", "Ground"], "source": "map.pbf"},
        geometry=[shapely.Point(9.5, 47.10108), shapely.box(9.5015, 47.0995, 9.5025, 47.1005)],
        index=pd.Index(["p1", "p2"], name="place_id"),
        crs=4326,
    )
    hospitals = gpd.GeoDataFrame(
        {"kind": "hospital", "name": ["Clinic", "Far away"], "source": "map.pbf"},
        geometry=[shapely.Point(-179.988, -17.0), shapely.Point(0.0, 0.0)],
        index=pd.Index(["h1", "h2"], name="place_id"),
        crs=4326,
    )
    return [PLACES.conform(schools), PLACES.conform(hospitals)]


def build_run(*, profile="internal", mock=True, empty=False, pairs=APART):
    sites = make_sites(pairs)
    ranked = make_ranked(sites)
    scoped = make_scoped()
    if empty:
        sites, ranked = sites.iloc[:0], ranked.iloc[:0]
        scoped = scoped[scoped["verdict"] == "not_affected"]
    sited = pd.DataFrame.from_dict(UNIT_SITES, orient="index", columns=["site_id", "site_cause"])
    unit_sites = sited.astype("str").rename_axis("asset_id")
    located = scoped[scoped["verdict"] != "not_affected"].copy()
    unit_sites = unit_sites.loc[located.index]
    located["geocode_status"] = "matched"
    points = sites.geometry.reindex(unit_sites["site_id"]).to_numpy()
    located["geometry"] = gpd.GeoSeries(points, index=located.index, crs=4326)
    located = LOCATED.conform(gpd.GeoDataFrame(located, geometry="geometry"))
    parties = PARTIES.conform(
        pd.DataFrame(
            {"name": ["Beta AG"], "aliases": ["BETA"], "role": ["reseller"]},
            index=pd.Index(["b"], name="party_id"),
        )
    )
    policy = OutreachPolicy(start_on=date(2022, 7, 4), capacity_per_day={"call": 2, "partner": 2})
    units = located.join(unit_sites)
    plan = plan_outreach(ranked, policy, as_of=date(2022, 6, 30), units=units, parties=parties)
    credit = Provenance(source="map.pbf", licence="ODbL 1.0", attribution="OpenStreetMap")
    set_aside = pd.DataFrame(
        {
            "source_file": ["register.csv"],
            "source_row": pd.array([40], "Int64"),
            "column": ["built"],
            "value": ["=0000"],
            "cause": ["no date"],
            "kept": pd.array([True], "boolean"),
            "raw": [None],
        },
        index=pd.Index(["1"], name="line"),
    )
    near = pd.DataFrame(
        {"scope_id": ["fire"], "field": ["serial"], "value": ["9001"], "why": ["one digit"]},
        index=pd.Index(["n1"], name="asset_id"),
    )
    balance = Balance("match_recall", "units", 12, {"affected": 10, "check_needed": 2})
    return Run(
        recall=SimpleNamespace(id="R-1"),
        assets=scoped,
        scoped=scoped,
        located=located,
        unit_sites=unit_sites,
        sites=sites,
        exposure=FakeExposure(ranked),
        layers=[FakeLayer(frame, credit) for frame in make_places()],
        population=FakePopulation(),
        ranking=make_ranking(ranked),
        plan=plan,
        ledger=Ledger.from_balances([balance]),
        set_aside=SET_ASIDE.conform(set_aside),
        quality=pd.DataFrame({"column": ["serial"], "filled_share": [0.9]}),
        parties=parties,
        near_misses=near,
        manifest={
            "incident": {
                "name": "Chargers",
                "as_of": date(2022, 6, 30),
                "seed": 1,
                "mock": mock,
                "profile": profile,
            },
            "parameters": {"capacity_per_day": {"call": 2}},
            "versions": {"recallgeo": "0.1.0"},
            "inputs": {f"register 1: {PERSONAL}.csv": {"sha256": "0" * 64}},
        },
    )


@pytest.fixture(scope="session")
def make_run():
    """Builder of a run: profile, mock, empty."""
    return build_run


@pytest.fixture(scope="session")
def personal():
    """What stands in every personal value."""
    return PERSONAL


@pytest.fixture(scope="session")
def run():
    """The whole run, for internal use, a drill."""
    return build_run()


@pytest.fixture(scope="session")
def with_possible(run):
    """The same run, with unit a1 put at site s3 as well by a register that is trusted less."""
    other = run.located.loc[["a4"]].set_axis(["z1"]).rename_axis("asset_id")
    other["verdict"] = "check_needed"
    other["verdict_reason"] = "this serial stands at another place by a more trusted row"
    other = other.assign(x_of="a1", site_id="s3", site_cause="possible_place")
    return replace(run, possible=other)


@pytest.fixture(scope="session")
def public_run():
    """The same run for the public, all its sites in one town."""
    return build_run(profile="public", pairs=TOGETHER)


@pytest.fixture(scope="session")
def partner_run():
    """The same run for partners."""
    return build_run(profile="partner")


@pytest.fixture(scope="session")
def written(run, tmp_path_factory):
    """Folder of the whole run, written once; tests only read it."""
    from recallgeo.export import write_run

    folder = tmp_path_factory.mktemp("run")
    write_run(run, folder, report={"briefing.html": lambda _, path: path.write_text("<p>page")})
    return folder
