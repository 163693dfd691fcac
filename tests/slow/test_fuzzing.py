"""Broken input of every kind: the answer is a result or a `RecallGeoError`, never a crash.

`LedgerError` speaks of a defect of ours, so it counts as a crash here. Each case is made from a
number, which a failure shows; the small size always tries the same numbers.
"""

import copy
import datetime as dt
import gzip
import json
import os
import string
import tomllib
import traceback
import warnings
from collections.abc import Callable
from itertools import count
from pathlib import Path
from time import monotonic
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import tomli_w
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recallgeo.errors import LedgerError, RecallGeoError
from recallgeo.frames import ASSETS
from recallgeo.incident import load_incident
from recallgeo.layers import select_rows
from recallgeo.recall import Recall, match_recall
from recallgeo.register import ColumnMap, build_assets
from recallgeo.scoring import ScoreModel
from recallgeo.scoring.rules import parse_rule
from recallgeo.sources.layers import read_layer
from recallgeo.sources.register import read_register

pytestmark = pytest.mark.slow

FULL = os.environ.get("RECALLGEO_SLOW_SIZE") == "full"
SECONDS = 600.0 if FULL else 8.0
EXAMPLES = 20_000 if FULL else 400
AS_OF = dt.date(2022, 6, 30)

REGISTER = (
    "serial;model;customer;street;house_number;city;country;longitude;latitude;built;quantity\n"
    'A001;M-1;"Smith; Sons";Main Street;12a;Vaduz;LI;9.5215;47.1410;2020-05;1\n'
    "A002;M-1;Übermut GmbH;Straße des 17. Juni;135;Berlin;DE;13,3227;52,5125;20.05.2020;2\n"
    "A002;M-1;Übermut GmbH;Straße des 17. Juni;135;Berlin;DE;13,3227;52,5125;20.05.2020;2\n"
    "=1+1;M-2;東京株式会社;丸の内;1-1;東京;JP;139.7670;35.6814;2021-W07;x\n"
    ";;;;;;;;;;\n"
    "00012;M-3;Nowhere;;;;ZZ;999;-999;0000-00-00;0\n"
).encode()
COLUMNS = {
    "read": {"delimiter": ";", "missing": ["", "n/a"], "date": "%d.%m.%Y"},
    "columns": {
        "serial": "Serial",
        "model": ["Type", "Model"],
        "customer": {"join": ["First", "Last"], "sep": " "},
        "distributor": {"split": "Sold by", "sep": ","},
        "country": {"const": "GB"},
        "ship_to": {"street": "Ship street", "city": "Ship city"},
        "components": [{"repeat": "1..3", "serial": "Pack{n}"}],
    },
    "values": {"premises": {"NHS": "hospital"}},
}
RAW = {
    "Serial": ["A1", "", None],
    "Type": ["", "M", "M"],
    "Model": ["X", "Y", None],
    "First": ["A", "B", ""],
    "Last": ["C", "", ""],
    "Sold by": ["P, Q", ",", ""],
    "Ship street": ["S 1", "", "S 2"],
    "Ship city": ["Bonn", "Rom", ""],
    "Pack1": ["P1", "", ""],
    "Pack2": ["", "P2", ""],
    "Pack3": ["", "", ""],
}
RECALL = tomllib.loads("""
[recall]
id = "R-1"
issued = 2022-06-01
version = 1
expected_units = { US = 100 }
[[derive]]
name = "built_code"
from = "date_code"
format = "DDDYY"
years = "2015..2025"
[[derive]]
name = "plant"
from = "serial_first_2"
table = { AB = "2019-11", AC = "2020" }
[[scope]]
id = "one"
hazard = "fire"
ignore = "-"
severity = { scheme = "CPSC", level = "B", source = "judgement" }
[[scope.rule]]
model = "M-1, M-?"
serial = "A000..A199, A3##"
market = "US, CA"
[[scope.rule]]
built_code = "2019-03..2023-07"
component = { part_number = "BP-12A" }
quote = "as the notice says"
[[scope.except]]
serial_last_1 = "R"
[[scope]]
id = "two"
hazard = "shock"
confirm_with = "the maker"
[[scope.rule]]
keys = ["model", "serial"]
rows = [["172N", "17272885..17274009"], ["172P", "all"]]
""")
INCIDENT = {
    "incident": {"name": "drill", "as_of": AS_OF, "seed": 1, "mock": True},
    "register": [{"files": ["register.csv"], "columns": "columns.toml", "precedence": 1}],
    "recall": {"file": "recall.toml"},
    "location": {"index": "index", "overrides": "register.csv"},
    "layers": {
        "files": [{"file": "schools.geojson", "kind": "school", "completeness": {"school": 0.5}}]
    },
    "population": {"files": [{"file": "p.tif", "values": "count", "when": "day"}]},
    "scoring": {"model": "default", "draws": 20, "top_k": 5},
    "outreach": {"start_on": AS_OF, "capacity_per_day": {"call": 1}, "verify_share": 0.1},
    "output": {"profile": "internal"},
}
SCHOOLS = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"id": "s1", "name": "Resch", "kind": "school", "capacity": 300},
            "geometry": {"type": "Point", "coordinates": [9.52, 47.15]},
        },
        {
            "type": "Feature",
            "properties": {"id": "s2", "name": None, "kind": "school"},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[9.5, 47.1], [9.51, 47.1], [9.51, 47.11], [9.5, 47.1]]],
            },
        },
    ],
}
TABLE = pd.DataFrame({"STATUS": ["OPEN", "", None], "beds": [5.0, None, -999.0], "a b": [1, 2, 3]})

STRANGE: list[Any] = [
    *(None, True, 0, -1, 10**400, 1e308, float("nan"), float("inf"), "", " ", "\x00"),
    *("..", "A..", "..B", "B..A", "A1..B22", "*", "?", "#", "[", "]", "[#", "[#]", ",", "all"),
    *("A000..A999", "9" * 500, "é" * 50, "١٢٣..٤٥٦", "²..³", "2020-02-30", "2020-W99", "0000"),
    *("{n}", "1..0", "0..99999", "a\nb", "/dev/null/x", "**/**", "[a-", "*.csv", "../x", "\u202e"),
    *(AS_OF, dt.datetime(2022, 1, 1, tzinfo=dt.UTC), dt.time(1, 2), [], {}, [[]], [None], {"": ""}),
    *(["a", 1], {"const": 1}, {"split": []}, {"join": ["First"], "sep": ""}, "SERIAL", "serial"),
]  # fmt: skip
SCRAPS = [
    *(b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\r", b"\n", b"\r\n", b'"', b'""', b"'", b";", b","),
    *(b"\t", b"|", b"{", b"}", b"[", b"]", b":", b"null", b"NaN", b"-", b"1e999", b"9" * 400),
    *(b"\xc3", b"\xe2\x80\xae", b"=cmd", b"\x1a", b"\\", b"\\u0000", b"\\ud800", b" ", b"#", b"0"),
]


def mutate_bytes(data: bytes, rng: np.random.Generator) -> bytes:
    """Break a file in one to eight places, as cables, editors and programs do."""
    content = bytearray(data)
    for _ in range(int(rng.integers(1, 9))):
        at, to = sorted(int(place) for place in rng.integers(0, len(content) + 1, 2))
        to = min(to, at + int(rng.integers(1, 60)))
        match int(rng.integers(0, 7)):
            case 0:
                content[at:to] = b""
            case 1:
                content[at:at] = content[at:to]
            case 2 | 3:
                content[at:at] = SCRAPS[int(rng.integers(len(SCRAPS)))]
            case 4:
                content[at:to] = bytes(rng.integers(0, 256, to - at, dtype=np.uint8))
            case 5:
                lines = bytes(content).split(b"\n")
                content = bytearray(b"\n".join(lines[i] for i in rng.permutation(len(lines))))
            case _ if rng.random() < 0.1:
                content = content[:at]
    encoding = ("utf-16", "utf-16-le", "latin-1", "cp932")[int(rng.integers(0, 4))]
    if rng.random() < 0.1:
        content = bytearray(bytes(content).decode("utf-8", "replace").encode(encoding, "replace"))
    return bytes(content)


def mutate_data(data: Any, rng: np.random.Generator) -> Any:
    """Replace, remove, rename or add one to four values of a file that people write."""
    data = copy.deepcopy(data)
    for _ in range(int(rng.integers(1, 5))):
        holders = [node for node in walk(data) if len(node)]
        if not holders:
            break
        node = holders[int(rng.integers(len(holders)))]
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        key = keys[int(rng.integers(len(keys)))]
        strange = copy.deepcopy(STRANGE[int(rng.integers(len(STRANGE)))])
        match int(rng.integers(0, 8)):
            case 0:
                del node[key]
            case 1 if isinstance(node, dict):
                node[str(strange)] = node.pop(key)
            case 2 if isinstance(node[key], str) and node[key]:
                cut = int(rng.integers(0, len(node[key]) + 1))
                node[key] = node[key][:cut] + str(strange) + node[key][cut:]
            case 3 if isinstance(node, list):
                node.append(copy.deepcopy(node[key]))
            case _:
                node[key] = strange
    return data


def walk(node: Any) -> list[Any]:
    """Every table and list of plain data."""
    if not isinstance(node, dict | list):
        return []
    inner = node.values() if isinstance(node, dict) else node
    return [node, *(found for value in inner for found in walk(value))]


def survive(attempt: Callable[[], object]) -> str | None:
    """Give the trace of a crash, None for a result or an error of ours."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            attempt()
    except LedgerError:
        return traceback.format_exc()
    except RecallGeoError as error:
        return None if str(error).strip() else "an error without a message"
    except Exception:  # noqa: BLE001 - whatever else comes out is what is looked for
        return traceback.format_exc()
    return None


def fuzz(attempt: Callable[[np.random.Generator], object]) -> None:
    """Try numbered cases until the time is over, then show one crash of each place."""
    start = 0 if not FULL else int.from_bytes(os.urandom(4))
    crashes: dict[str, str] = {}
    until = monotonic() + SECONDS
    tried = 0
    for number in count(start):
        trace = survive(lambda number=number: attempt(np.random.default_rng(number)))
        tried += 1
        if trace is not None:
            place = [line for line in trace.splitlines() if "recallgeo" in line][-1:]
            kind = trace.strip().splitlines()[-1].split(":")[0]
            crashes.setdefault(f"{place}{kind}", f"case {number}:\n{trace}")
        if monotonic() > until:
            break
    assert tried > 5, "too slow to try anything"
    shown = "\n\n".join(crashes.values())
    assert not crashes, f"{len(crashes)} kinds of crash in {tried} cases\n{shown}"


def test_mutations_are_the_same_for_the_same_number():
    first, second = (mutate_bytes(REGISTER, np.random.default_rng(5)) for _ in range(2))
    assert first == second != REGISTER
    assert mutate_data(RECALL, np.random.default_rng(5)) != RECALL


def test_crash_is_seen(monkeypatch):
    monkeypatch.setattr(f"{__name__}.SECONDS", 0.05)
    with pytest.raises(AssertionError, match="1 kinds of crash"):
        fuzz(lambda rng: [][int(rng.integers(1, 3))])


def write_register(folder: Path, kind: str) -> Path:
    """Write the whole register as a file of a kind."""
    lines = REGISTER.decode().replace('"Smith; Sons"', "Smith").splitlines()
    table = pd.DataFrame([line.split(";") for line in lines[1:]], columns=lines[0].split(";"))
    file = folder / f"whole.{kind}"
    if kind == "csv":
        file.write_bytes(REGISTER)
    elif kind == "csv.gz":
        file.write_bytes(gzip.compress(REGISTER, mtime=0))
    elif kind == "xlsx":
        table.to_excel(file, index=False)
    elif kind == "parquet":
        table.to_parquet(file)
    else:
        points = gpd.points_from_xy([9.5, 13.3, 13.3, 139.7, 0, 0], [47, 52, 52, 35, 0, 0])
        plain = table.drop(columns=["longitude", "latitude"])
        gpd.GeoDataFrame(plain, geometry=points, crs=4326).to_file(file)
    return file


@pytest.mark.parametrize("kind", ["csv", "csv.gz", "xlsx", "parquet", "geojson"])
def test_broken_register_loses_no_row(tmp_path, kind):
    data = write_register(tmp_path, kind).read_bytes()
    file = tmp_path / f"register.{kind}"

    def attempt(rng):
        file.write_bytes(mutate_bytes(data, rng))
        reading = read_register(file, as_of=AS_OF)
        set_aside = int((~reading.set_aside["kept"].astype(bool)).sum())
        assert len(reading.assets) + reading.merged + set_aside == reading.rows_read
        ASSETS.validate(reading.assets)

    fuzz(attempt)


def test_broken_column_map_is_refused_or_reads():
    raw = pd.DataFrame(RAW, dtype="str")

    def attempt(rng):
        columns = ColumnMap.from_dict(mutate_data(COLUMNS, rng))
        reading = build_assets(raw, columns, source_file="t.csv", as_of=AS_OF)
        assert reading.rows_read == 3

    fuzz(attempt)


@pytest.fixture(scope="module")
def assets() -> pd.DataFrame:
    serials = ["A001", "A0R", "AB12", "17272900", None, "é", "A-1-5-0", "9" * 40]
    raw = pd.DataFrame(
        {
            "serial": serials,
            "model": ["M-1", "M-2", "172P", "172N", None, "M-1", "m-1", ""],
            "date_code": ["12319", "99999", None, "x", "00120", "36620", "1", "12319"],
            "market": ["US", "CA", None, "DE", "US", "us", "US", "US"],
            "customer": [f"C{number}" for number in range(8)],
        },
        dtype="str",
    )
    return build_assets(raw, ColumnMap(), source_file="t.csv", as_of=AS_OF).assets


def test_broken_recall_is_refused_or_answers_for_every_unit(assets):
    def attempt(rng):
        scoped = match_recall(assets, Recall.from_dict(mutate_data(RECALL, rng)))
        assert scoped.index.equals(assets.index)
        assert scoped["verdict"].isin(["affected", "check_needed", "not_affected"]).all()

    fuzz(attempt)


def test_broken_recall_forms_are_refused_or_answer(shared_data: Path, assets):
    forms = tomllib.loads((shared_data / "recalls" / "forms.toml").read_text())

    def attempt(rng):
        scopes = rng.permutation(len(forms["scope"]))[:4]
        some = {**forms, "scope": [forms["scope"][number] for number in scopes]}
        match_recall(assets, Recall.from_dict(mutate_data(some, rng)))

    fuzz(attempt)


@pytest.mark.parametrize("level", ["values", "bytes"])
def test_broken_incident_is_refused_or_loads(tmp_path, level):
    for name in ("register.csv", "columns.toml", "recall.toml", "schools.geojson", "p.tif"):
        (tmp_path / name).write_text("")
    (tmp_path / "index").mkdir()
    file = tmp_path / "incident.toml"
    text = tomli_w.dumps(INCIDENT).encode()

    def attempt(rng):
        if level == "bytes":
            file.write_bytes(mutate_bytes(text, rng))
        else:
            file.write_bytes(writable_toml(mutate_data(INCIDENT, rng)))
        load_incident(file)

    fuzz(attempt)


def writable_toml(data: Any) -> bytes:
    """Write what TOML can hold of plain data: there is no null and no half of a pair."""
    plain = json.loads(json.dumps(data, default=str))
    return tomli_w.dumps(without_null(plain)).encode("utf-8", "replace")


def without_null(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: without_null(value) for key, value in node.items() if value is not None}
    if isinstance(node, list):
        return [without_null(value) for value in node if value is not None]
    return node


@pytest.mark.parametrize("level", ["values", "bytes"])
def test_broken_layer_is_refused_or_read(tmp_path, level):
    file = tmp_path / "schools.geojson"
    text = json.dumps(SCHOOLS).encode()

    def attempt(rng):
        if level == "bytes":
            file.write_bytes(mutate_bytes(text, rng))
        else:
            file.write_text(json.dumps(mutate_data(SCHOOLS, rng), default=str))
        layer = read_layer(file, kind="school", extent="LI")
        dropped = sum(n for name, n in layer.counts.items() if name.startswith("dropped"))
        counts = layer.counts
        assert counts["places"] + counts["joined"] + dropped == counts["read"]

    fuzz(attempt)


def test_broken_score_model_is_refused_or_made():
    default = ScoreModel.preset("default").to_dict()

    def attempt(rng):
        ScoreModel.from_dict(mutate_data(default, rng))

    fuzz(attempt)


WORDS = st.sampled_from(
    [
        *("STATUS", "beds", '"a b"', "'OPEN'", "''", "5", "-999", "1.5", "=", "!=", "<>", "(", ")"),
        *(",", "and", "or", "not", "in", "is", "null", "is null", "not in", "'", '"', "status"),
    ]
)
RULE_WORDS = st.sampled_from(
    [
        *("severity", "affected_units", ">=", "<=", ">", "<", "==", "!=", "0.6", "-1e3", "1e999"),
        *('"fire"', '"', "and", "or", "(", ")", "otherwise", "not", ".5", "5.", "nan"),
    ]
)
ANY_TEXT = st.text(max_size=60)
PRINTABLE = st.text(string.printable, max_size=60)
TRIES = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=not FULL,
    suppress_health_check=list(HealthCheck),
    database=None,
)


@TRIES
@given(st.one_of(st.lists(WORDS, max_size=30).map(" ".join), ANY_TEXT, PRINTABLE))
def test_any_where_selects_or_is_refused(where):
    assert survive(lambda: len(select_rows(TABLE, where)) == len(TABLE)) is None


@TRIES
@given(st.one_of(st.lists(RULE_WORDS, max_size=30).map(" ".join), ANY_TEXT, PRINTABLE))
def test_any_rule_reads_back_as_it_is_written_or_is_refused(text):
    def attempt():
        rule = parse_rule(text)
        assert parse_rule(str(rule)) == rule

    assert survive(attempt) is None


@pytest.mark.parametrize("deep", [50, 5_000, 200_000])
def test_deep_brackets_are_refused_or_read(deep):
    brackets = f"{'(' * deep}beds = 5{')' * deep}"
    assert survive(lambda: select_rows(TABLE, brackets)) is None
    assert survive(lambda: select_rows(TABLE, "not " * deep + "beds = 5")) is None
    assert survive(lambda: parse_rule(f"{'(' * deep}severity >= 1{')' * deep}")) is None


EVERY_FIELD = st.dictionaries(
    st.sampled_from(ASSETS.names), st.text(max_size=20) | st.sampled_from(["", "0", "NaN", "-"])
)


@settings(TRIES, max_examples=EXAMPLES // 10)
@given(st.lists(EVERY_FIELD, min_size=1, max_size=20))
def test_any_cells_are_kept_merged_or_set_aside(rows):
    frame = pd.DataFrame(rows, dtype="str")
    if frame.columns.empty:
        return

    def attempt():
        reading = read_register(frame, as_of=AS_OF)
        assert reading.rows_read == len(rows)

    assert survive(attempt) is None
