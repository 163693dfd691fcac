"""Small whole runs, worked through the real line from registers written by hand."""

import dataclasses
import warnings
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from recallgeo.errors import RecallGeoWarning
from recallgeo.incident import load_incident
from recallgeo.pipeline.line import work_incident
from recallgeo.report import write_briefing

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]

BAD_LINES = ("error", "warning")

INCIDENT = """
[incident]
name = "Chargers <drill> & co"
as_of = 2026-03-02
seed = 1
mock = {mock}
[[register]]
files = ["register.csv"]
[recall]
file = "recall.toml"
[layers]
files = [ {{ file = "places.geojson", kind = "school", extent = "extent.geojson" }} ]
[scoring]
draws = 20
[outreach]
start_on = 2026-03-02
capacity_per_day = {{ call = 2, visit = 1, partner = 2, email = 2 }}
"""

RECALL = """
[recall]
id = "R-1"
issued = 2026-03-01
version = 1
expected_units = { FI = 20 }
[[scope]]
id = "battery"
hazard = "fire"
[[scope.rule]]
model = "M-1"
"""

SITES = [
    # customer, longitude, latitude, city, country, reseller, support, units
    ("Alpha school", 24.9400, 60.1700, "Helsinki", "FI", "Kauppa Oy", "active", 2),
    ("Beta office", 24.9450, 60.1720, "Helsinki", "FI", "Kauppa Oy", "expired", 1),
    ("Gamma works", 9.5200, 47.1400, "Vaduz", "LI", "Handel AG", "none", 1),
    ("Delta depot", 16.3700, 48.2100, "Vienna", "AT", "Handel AG", None, 3),
    ("Epsilon hall", None, None, "Turku", "FI", "Kauppa Oy", "expired", 1),
]


def write_inputs(folder: Path, sites, *, mock=True, model="M-1") -> Path:
    """Write an incident with one row for each site."""
    names = ("customer", "longitude", "latitude", "city", "country", "reseller")
    table = pd.DataFrame([site[:6] for site in sites], columns=list(names))
    table["support_status"] = [site[6] for site in sites]
    table["quantity"] = [site[7] for site in sites]
    table["serial"] = [f"SN-{number:04d}" for number in range(len(sites))]
    table["model"] = model
    table["site_name"] = table["customer"]
    table.to_csv(folder / "register.csv", index=False)
    (folder / "incident.toml").write_text(INCIDENT.format(mock=str(mock).lower()))
    (folder / "recall.toml").write_text(RECALL)
    school = gpd.GeoDataFrame(
        {"name": ["North <i>school</i>"]}, geometry=[shapely.Point(24.9401, 60.1701)], crs=4326
    )
    school.to_file(folder / "places.geojson", driver="GeoJSON")
    extent = gpd.GeoDataFrame(geometry=[shapely.box(24.8, 60.1, 25.1, 60.3)], crs=4326)
    extent.to_file(folder / "extent.geojson", driver="GeoJSON")
    return folder / "incident.toml"


@pytest.fixture(scope="session")
def make_run(tmp_path_factory):
    """Work sites through the line: a list of tuples as in `SITES`."""

    def build(sites=SITES, **options):
        folder = tmp_path_factory.mktemp("incident")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RecallGeoWarning)  # gaps are what these runs show
            return work_incident(load_incident(write_inputs(folder, sites, **options)))

    return build


@pytest.fixture(scope="session")
def run(make_run):
    """Four sites on the map, one known by its city, a drill."""
    return make_run()


@pytest.fixture(scope="session")
def empty_run(make_run):
    """A recall that no unit of the register is in."""
    return make_run(model="M-2")


@pytest.fixture(scope="session")
def real_run(run):
    """The same run, no drill."""
    incident = run.manifest["incident"] | {"mock": False}
    return dataclasses.replace(run, manifest=dict(run.manifest) | {"incident": incident})


HOSTILE = {
    "script": '<script>document.title="owned"</script>',
    "end": '</script><img src="https://evil.example/x" onerror="document.title=\'owned\'">',
    "quotes": "\"'`{{ 7*7 }} ${document.title} --> <!-- ]]>",
    "rtl": "\u202eevil\u202c \u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627",
    "long": "W" * 10_000,
}


@pytest.fixture(scope="session")
def hostile_run(make_run):
    """Customers whose names try to become markup, in one city."""
    sites = [
        (name, 24.94 + 0.002 * at, 60.17, name, "FI", name, None, 1)
        for at, name in enumerate(HOSTILE.values())
    ]
    return make_run(sites)


@pytest.fixture(scope="session")
def hostile_names():
    """The names of `hostile_run`, by what they try."""
    return HOSTILE


def replaced(run, frame):
    """The run with other sites; each carries the contributions of a site of the run."""
    plan = dataclasses.replace(run.plan, frame=frame)
    shares = run.ranking.contributions
    shares = shares.iloc[[number % len(shares) for number in range(len(frame))]]
    shares = shares.set_index(frame.index)
    return dataclasses.replace(
        run, plan=plan, ranking=dataclasses.replace(run.ranking, contributions=shares)
    )


@pytest.fixture(scope="session")
def grow():
    """Repeat the sites of a run until it holds so many, each with a key of its own."""

    def grown(run, count):
        frame = run.plan.frame
        ids = pd.Index([f"site-{number:06d}" for number in range(count)], name="site_id")
        rows = [number % len(frame) for number in range(count)]
        return replaced(run, frame.iloc[rows].set_index(ids))

    return grown


@pytest.fixture(scope="session")
def place():
    """Give a run as many sites as there are points; None is a site without one."""

    def placed(run, points):
        frame = run.plan.frame.iloc[[0] * len(points)].copy()
        frame.index = pd.Index([f"site-{number}" for number in range(len(points))], name="site_id")
        shapes = [None if point is None else shapely.Point(point) for point in points]
        frame = frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=4326))
        for name in ("rank", "rank_best", "rank_worst"):
            frame[name] = frame[name].where(frame.geometry.notna())
        return replaced(run, frame)

    return placed


@pytest.fixture(scope="session")
def page_file(run, tmp_path_factory):
    """The briefing of `run`, written once."""
    path = tmp_path_factory.mktemp("page") / "briefing.html"
    write_briefing(run, path)
    return path


@pytest.fixture(scope="session")
def browser():
    """Debian's Chromium; tests are skipped by name where it is absent."""
    if not CHROMIUM.exists():
        pytest.skip("Debian's chromium is absent: make system-packages")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def open_page(browser):
    """Open a page file offline; gives the page, its console errors and its outside requests."""
    contexts = []

    def opened(path, *, width=1440, height=900):
        context = browser.new_context(viewport={"width": width, "height": height}, offline=True)
        contexts.append(context)
        page = context.new_page()
        page.faults, page.requests = [], []
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.on(
            "console",
            lambda line: page.faults.append(line.text) if line.type in BAD_LINES else None,
        )
        page.on("request", lambda request: page.requests.append(request.url))
        page.goto(path.as_uri())
        page.wait_for_selector("body[data-ready=yes]", timeout=20_000)
        return page

    yield opened
    for context in contexts:
        context.close()
