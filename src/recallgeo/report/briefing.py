"""The briefing: one self-contained page, no network, the answer first."""

import base64
import hashlib
import json
from importlib import resources
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from recallgeo.export.symbols import tier_symbol
from recallgeo.report.facts import gather_facts
from recallgeo.report.ground import LAND_UNIT_DM, ground_columns
from recallgeo.report.map_document import LAND, WATER, bokeh_scripts, map_document
from recallgeo.report.packing import pack_columns
from recallgeo.report.page_content import RINGS, plain_content
from recallgeo.report.site_columns import SEEN, people_columns, site_columns

if TYPE_CHECKING:
    from recallgeo.export import Run

__all__ = ["PAGE_SITES", "write_briefing"]

PAGE_SITES = 20_000
"""Sites that the page holds: the first in the order of work; the rest is counted."""

_SCRIPTS = ("data.js", "map.js", "filters.js", "detail.js", "page.js")
_MARK_PIXELS = 2.3  # pixels for a millimetre of the symbol, at world scale
_PEOPLE_WORDS = {
    "residents": "residents within {} m",
    "people_day": "people by day within {} m",
    "people_night": "people by night within {} m",
}


def write_briefing(run: "Run", path: str | PathLike[str]) -> None:
    """Write the briefing page of a run: one HTML file that opens without any network.

    The page holds at most `PAGE_SITES` sites, the first in the order of work, and says how many
    more there are. Text of customers is shown as text, whatever it holds. The same run gives the
    same bytes.

    Parameters
    ----------
    run : Run
        A whole run; it may hold no site at all.
    path : path
        The file; replaced where it exists.
    """
    page = _environment().get_template("briefing.html").render(_content(run))
    Path(path).write_text(page, encoding="utf-8", newline="\n")


def _environment() -> Any:  # noqa: ANN401  # jinja2's class, imported late
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("recallgeo.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["shorten"] = _shorten
    return environment


def _shorten(text: object, most: int) -> str:
    words = str(text)
    return words if len(words) <= most else f"{words[:most]}…"


def _content(run: "Run") -> dict[str, Any]:
    from markupsafe import Markup

    facts = gather_facts(run)
    sites = run.plan.frame.head(PAGE_SITES)
    columns = site_columns(run, sites) | ground_columns(run, sites)
    rows = pd.Series(range(len(sites)), index=sites.index, dtype="Int64")
    scripts = [*bokeh_scripts(), _own_script()]
    return plain_content(run, facts, rows) | {
        "facts": facts,
        "page_sites": len(sites),
        "more_sites": len(run.plan.frame) - len(sites),
        "policy": _policy(scripts),
        "style": Markup(_template("briefing.css")),  # noqa: S704  # a file of ours
        "page": Markup(_inert_json(_page(run, list(columns)))),  # noqa: S704  # "<" is escaped
        "map_document": Markup(_inert(map_document())),  # noqa: S704  # "<" is escaped
        "data": pack_columns(columns),
        "scripts": [Markup(script) for script in scripts],  # noqa: S704  # Bokeh's and ours
    }


def _own_script() -> str:
    parts = "\n".join(_template(name) for name in _SCRIPTS)
    return f'(() => {{\n"use strict";\n{parts}\n}})();'


def _template(name: str) -> str:
    folder = resources.files("recallgeo.report") / "templates"
    return (folder / name).read_text(encoding="utf-8")


def _policy(scripts: list[str]) -> str:
    """Give the content security policy: these scripts and no other, no request, no eval."""
    digests = (hashlib.sha256(script.encode("utf-8")).digest() for script in scripts)
    known = " ".join(f"'sha256-{base64.b64encode(digest).decode('ascii')}'" for digest in digests)
    return (
        f"default-src 'none'; script-src {known}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _page(run: "Run", columns: list[str]) -> dict[str, Any]:
    """Give what the script must know beside the columns: words, symbols and bounds."""
    model = run.ranking.model
    labels = {criterion.name: criterion.label or criterion.name for criterion in model.criteria}
    symbols = [tier_symbol(tier.number) for tier in model.tiers]
    people = [(name, found) for name in columns if (found := people_columns(name))]
    return {
        "kinds": list(run.exposure.kinds),
        "seen": list(SEEN),
        "radius": max(run.exposure.radii_m, default=0),
        "tiers": [
            {
                "marker": symbol.shape,
                "colour": symbol.colour,
                "size": round(symbol.size_mm * _MARK_PIXELS, 1),
            }
            for symbol in symbols
        ],
        "tierLabels": [f"tier {tier.number}: {tier.label}" for tier in model.tiers],
        "rings": RINGS,
        "criteria": [
            (name, labels.get(name, name)) for name in map(str, run.ranking.contributions.columns)
        ],
        "people": [
            *((name, _PEOPLE_WORDS[kind].format(radius)) for name, (kind, radius) in people),
            *((name, "people per km2 here") for name in columns if name == "density_km2"),
        ],
        "draws": run.ranking.draws,
        "topK": run.ranking.top_k,
        "landUnit": LAND_UNIT_DM,
        "land": LAND,
        "water": WATER,
    }


def _inert_json(value: object) -> str:
    return _inert(json.dumps(value, ensure_ascii=True, separators=(",", ":")))


def _inert(text: str) -> str:
    """Escape what could end a script element; JSON reads the same."""
    return text.replace("<", "\\u003c")
