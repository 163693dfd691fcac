"""The hotline's question, answered from the files of a finished run."""

import json
import re
from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from rich.console import Console
from rich.text import Text

from recallgeo.errors import ConfigError, SourceUnavailableError
from recallgeo.export import LOG_NAME, roll_forward
from recallgeo.outreach import fold_log
from recallgeo.sources.outreach_log import read_outreach_log
from recallgeo.sources.run_folder import read_run_table

__all__ = ["find_units", "print_answer"]

_SHOWN = 10
_NEAR = 3
_ALIKE = str.maketrans({"O": "0", "I": "1", "B": "8"})
_FIELDS = (
    *("serial", "customer", "site_name", "building", "street", "house_number", "postcode", "city"),
    "address_raw",
)


def print_answer(folder: Path, text: str, *, console: Console) -> None:
    """Print what a run knows of a serial, an address or a customer.

    Parameters
    ----------
    folder : Path
        Folder of a finished run.
    text : str
        What the caller said.
    console : Console
        Where to print.

    Raises
    ------
    SourceUnavailableError
        If the folder holds no finished run.
    ConfigError
        If the text is empty.
    """
    if not text.strip():
        message = "nothing to look up; give a serial, an address or a customer"
        raise ConfigError(message)
    if not (folder / "manifest.json").exists() and not (folder / "commit.json").exists():
        message = f"{folder} holds no finished run (no manifest.json); give its folder with --in"
        raise SourceUnavailableError(message) from FileNotFoundError()
    roll_forward(folder)
    book = _open_book(folder)
    found = find_units(book.units, text)
    if found.empty:
        _print_absent(book, text, console)
        return
    console.print(Text(f"{text}: {len(found):,} unit{'s' * (len(found) > 1)}", style="bold"))
    for asset_id, row in zip(found.index, found.to_dict("records"), strict=True):
        _print_unit(str(asset_id), row, book, console)
        if asset_id == found.index[min(_SHOWN, len(found)) - 1]:
            break
    if len(found) > _SHOWN:
        console.print(f"and {len(found) - _SHOWN:,} more; look up a serial to see one")


@dataclass(frozen=True, slots=True)
class _Book:
    """The tables of a run that the hotline needs."""

    units: pd.DataFrame
    sites: pd.DataFrame
    near: pd.DataFrame
    set_aside: pd.DataFrame
    status: pd.DataFrame
    recall: str


def _open_book(folder: Path) -> _Book:
    units = pd.concat(
        [read_run_table(folder / "assets.parquet"), read_run_table(folder / "not_affected.parquet")]
    )
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    log = folder / LOG_NAME
    return _Book(
        units=units[~units.index.duplicated()],
        sites=read_run_table(folder / "sites.parquet"),
        near=_read_list(folder / "near_misses.csv"),
        set_aside=_read_list(folder / "set_aside.csv"),
        recall=str(manifest["incident"]["recall"]),
        status=fold_log(read_outreach_log(log) if log.exists() else None),
    )


def _read_list(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, encoding="utf-8-sig")


def find_units(units: pd.DataFrame, text: str) -> pd.DataFrame:
    """Find units by serial, else by customer or place, else by every word of either.

    Parameters
    ----------
    units : DataFrame
        Units of a run, with the columns of ASSETS.
    text : str
        What is looked for; letter case does not count.

    Returns
    -------
    DataFrame
        The units found, affected ones first.
    """
    wanted = text.strip().casefold()
    exact = units["serial"].str.strip().str.casefold() == wanted
    if exact.any():
        return _urgent_first(units[exact])
    columns = [name for name in _FIELDS if name in units.columns]
    told = units[columns].fillna("").agg(" ".join, axis=1).str.casefold()
    phrase = told.str.contains(rf"(?<!\w){re.escape(wanted)}(?!\w)", regex=True)
    if phrase.any():
        return _urgent_first(units[phrase])
    hit = pd.Series(data=True, index=units.index)
    for word in wanted.split():
        hit &= told.str.contains(rf"(?<!\w){re.escape(word)}", regex=True)
    return _urgent_first(units[hit])


def _urgent_first(units: pd.DataFrame) -> pd.DataFrame:
    order = units["verdict"].map({"affected": 0, "check_needed": 1, "not_affected": 2})
    return units.iloc[order.argsort(kind="stable")]


def _print_unit(asset_id: str, row: dict[Hashable, Any], book: _Book, console: Console) -> None:
    verdict = str(row["verdict"]).replace("_", " ")
    serial = "no serial" if pd.isna(row["serial"]) else row["serial"]
    style = {"affected": "bold red", "check needed": "yellow"}.get(verdict, "green")
    lines = [f"  {row['verdict_reason']}"]
    near = book.near.loc[book.near["asset_id"] == asset_id, ["scope_id", "why"]]
    lines += [f"  near miss of scope {scope}: {why}" for scope, why in near.to_numpy()]
    site = book.sites[book.sites.index == row.get("site_id")]
    if len(site):
        lines += _site_lines(site.to_dict("records")[0], str(site.index[0]), book.status)
    elif not pd.isna(row.get("site_cause")):
        lines.append(f"  no site: {str(row['site_cause']).replace('_', ' ')}")
    console.print(Text.assemble(f"{serial}: ", (verdict, style), "\n" + "\n".join(lines)))


def _site_lines(site: dict[Hashable, Any], site_id: str, status: pd.DataFrame) -> list[str]:
    rank = "no rank, area only" if pd.isna(site["rank"]) else f"rank {site['rank']}"
    lines = [f"  site {site['name']}, {rank}: {site['reason']}"]
    if pd.isna(site["wave"]):
        lines.append(f"  {site['wave_reason']}")
    else:
        lines.append(f"  wave {site['wave']}, {site['channel']} on {site['due_on']}")
    if site_id in status.index:
        state = status.loc[[site_id]].to_dict("records")[0]
        lines.append(f"  status: {state['state'].replace('_', ' ')} at {state['at']}")
    else:
        lines.append("  status: no contact logged")
    return lines


def _print_absent(book: _Book, text: str, console: Console) -> None:
    """Say where else the text stands; not being found is never safety."""
    held = book.set_aside["raw"].fillna("").str.casefold()
    rows = book.set_aside[held.str.contains(text.strip().casefold(), regex=False)]
    if len(rows):
        head = Text(f"{text}: in {len(rows):,} rows that were set aside", style="bold red")
        console.print(head)
        for row in rows.head(_SHOWN).to_dict("records"):
            console.print(Text(f"  {row['source_file']}, line {row['source_row']}: {row['cause']}"))
    else:
        console.print(Text(f"{text}: not in any register of this run."))
    console.print(
        Text(f"  That is no all-clear: compare the unit with the notice of recall {book.recall}.")
    )
    _print_near_serials(book.units, text, console)


def _print_near_serials(units: pd.DataFrame, text: str, console: Console) -> None:
    from rapidfuzz import process

    serials = pd.Series(units["serial"].dropna().unique(), dtype="str")
    asked = text.strip().upper()
    alike = serials[serials.str.upper().str.translate(_ALIKE) == asked.translate(_ALIKE)]
    near = [serial for serial, _, _ in process.extract(asked, serials.tolist(), score_cutoff=85)]
    shown = list(dict.fromkeys([*alike, *near]))[:_NEAR]
    if shown:
        console.print(Text(f"  did the caller mean {', '.join(shown)}?"))
