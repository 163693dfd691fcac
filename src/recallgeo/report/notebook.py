"""A run as a notebook shows it: the answer, what is not known, the first sites."""

from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd

from recallgeo.report.facts import gather_facts

if TYPE_CHECKING:
    from recallgeo.export import Run

__all__ = ["run_html"]

_FIRST = 5
_MOST_LETTERS = 120
_COLUMNS = ("rank", "tier", "name", "city", "country", "affected_units", "check_units", "due_on")
_RED = "#991b1b"


def run_html(run: "Run") -> str:
    """Give a run as a small piece of HTML, without script, picture or outside request.

    Parameters
    ----------
    run : Run
        A whole run; it may hold no site.

    Returns
    -------
    str
        Headline, what is not known, and the first sites in the order of work; text of customers
        is escaped and cut at 120 letters.
    """
    facts = gather_facts(run)
    drill = f'<strong style="color:{_RED}">DRILL</strong> ' if facts.mock else ""
    unknown = "".join(f"<li>{_text(sentence)}</li>" for sentence in facts.unknown)
    more = facts.sites - min(facts.sites, _FIRST)
    return (
        f"<div><p>{drill}{_text(facts.name)}, recall {_text(facts.recall_id)}, as of "
        f"{_text(facts.as_of)}</p><p><strong>{_text(facts.headline)}</strong></p>"
        f'<ul style="color:{_RED}">{unknown}</ul>{_table(run.plan.frame)}'
        f"<p>{more:,} more sites in <code>run.plan.frame</code>.</p></div>"
    )


def _table(planned: pd.DataFrame) -> str:
    first = planned.head(_FIRST)[list(_COLUMNS)]
    head = "".join(f"<th>{name.replace('_', ' ')}</th>" for name in _COLUMNS)
    rows = (
        "<tr>" + "".join(f"<td>{_text(cell)}</td>" for cell in row) + "</tr>"
        for row in first.itertuples(index=False)
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _text(cell: Any) -> str:  # noqa: ANN401  # a cell of any dtype
    if pd.isna(cell):
        return ""
    words = str(cell)
    return escape(words if len(words) <= _MOST_LETTERS else f"{words[:_MOST_LETTERS]}…")
