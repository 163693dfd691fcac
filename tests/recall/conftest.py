"""Units and recalls in a line, for the tests of this folder."""

import json

import pandas as pd
import pytest

from recallgeo.frames import ASSETS
from recallgeo.hazard import Hazard
from recallgeo.recall import Recall, match_recall


def _hazard(name, severity):
    return Hazard(
        name=name,
        words="can harm",
        radius_m=50,
        context_m=250,
        decay_m=50.0,
        severity=severity,
        source="judgement",
    )


HAZARDS = {name: _hazard(name, value) for name, value in (("fire", 1.0), ("mechanical", 0.5))}


def make_units(*rows, index=None):
    """ASSETS of rows given as dicts; components as lists; units u1, u2, ..."""
    table = [
        {
            "source_file": "a.csv",
            "source_row": number,
            **{key: json.dumps(cell) if key == "components" else cell for key, cell in row.items()},
        }
        for number, row in enumerate(rows, start=2)
    ]
    names = index or [f"u{number}" for number in range(1, len(rows) + 1)]
    frame = pd.DataFrame(table, index=pd.Index(names, name="asset_id", dtype="str"))
    return ASSETS.conform(frame)


def make_recall(*rules, exceptions=(), derive=(), **scope):
    """A recall of one scope."""
    table = {"id": "s", "hazard": "fire", "rule": list(rules), "except": list(exceptions), **scope}
    head = {"id": "r", "issued": "2025-01-16"}
    return Recall.from_dict({"recall": head, "derive": list(derive), "scope": [table]})


@pytest.fixture(scope="session")
def hazards():
    return HAZARDS


@pytest.fixture(scope="session")
def units():
    return make_units


@pytest.fixture(scope="session")
def recall_of():
    return make_recall


@pytest.fixture(scope="session")
def match():
    """Match units given as dicts to a recall; gives the SCOPED frame."""

    def run(recall, *rows):
        return match_recall(make_units(*rows), recall, hazards=HAZARDS)

    return run


@pytest.fixture(scope="session")
def verdicts(match):
    """Verdicts of units given as dicts."""

    def run(recall, *rows):
        return match(recall, *rows)["verdict"].tolist()

    return run
