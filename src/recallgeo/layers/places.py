"""From the features of a source to PLACES: kinds, life cycle, capacity, geometry, each counted."""

import hashlib
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from recallgeo.frames import PLACES
from recallgeo.layers.conflation import conflate_places
from recallgeo.layers.shapes import clean_shapes
from recallgeo.reference import taxonomy

__all__ = ["BuiltPlaces", "build_places", "life_cycle"]

_CLOSED = frozenset(
    {
        *("abandoned", "ceased", "closed", "decommissioned", "defunct", "demolished", "disused"),
        *("dissolved", "inactive", "razed", "removed", "shut"),
    }
)
_PLANNED = frozenset({"construction", "future", "planned", "proposed"})
_CLOSED_WORDS = frozenset({"permanently closed", "closed permanently", "out of service"})
_PLANNED_WORDS = frozenset({"under construction", "proposed to open", "not yet open"})
_UNKNOWN_WORDS = frozenset(
    {"", "-", "--", "n/a", "na", "none", "null", "nan", "not available", "unknown", "nicht bekannt"}
)
_DATE = re.compile(r"(\d{4})(?:[-/](\d{2})(?:[-/](\d{2}))?)?(?!\d)")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+")

Texts = npt.NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class BuiltPlaces:
    """Places of a source, and what became of each of its features.

    Parameters
    ----------
    frame : GeoDataFrame
        PLACES, conflated.
    counts : dict of str to int
        ``read, places, joined, dropped_<cause>``; they add up.
    kind_counts : dict of str to int
        Features by kind before anything but `where` was dropped.
    notes : dict of str to int
        What was changed or is missing in features that are kept.
    """

    frame: gpd.GeoDataFrame
    counts: dict[str, int]
    kind_counts: dict[str, int]
    notes: dict[str, int]


def build_places(
    features: gpd.GeoDataFrame,
    *,
    source: str,
    dropped: Mapping[str, int] | None = None,
    notes: Mapping[str, int] | None = None,
) -> BuiltPlaces:
    """Turn features under our column names into PLACES.

    Closed and planned features are dropped and counted, as are those without a usable geometry;
    a capacity that is no number, or negative (-999), is missing. Vulnerability and hours come from
    the taxonomy where the source has none.

    Parameters
    ----------
    features : GeoDataFrame
        Columns of PLACES as far as known, ``kind`` always and of the taxonomy; WGS84. A column
        ``place_id`` names them, else ``source_id``, else their content.
    source : str
        Name of the source, for ids and the column ``source``.
    dropped : mapping of str to int, optional
        Features that the source has and that were dropped before, by cause.
    notes : mapping of str to int, optional
        Notes so far.

    Returns
    -------
    BuiltPlaces
        Ordered by `place_id`.

    Examples
    --------
    >>> features = gpd.GeoDataFrame(
    ...     {"kind": ["hospital"] * 2, "status": ["OPEN", "CLOSED"], "capacity": ["-999", "5"]},
    ...     geometry=[shapely.Point(9.5, 47.1), shapely.Point(9.6, 47.1)], crs=4326)
    >>> build_places(features, source="hospitals.csv").counts
    {'read': 2, 'places': 1, 'joined': 0, 'dropped_closed': 1}
    """
    causes: Counter[str] = Counter(dropped or {})
    noted: Counter[str] = Counter(notes or {})
    read = len(features) + sum(causes.values())
    kind_counts = features["kind"].value_counts().sort_index()
    table = _clean_texts(features.reset_index(drop=True))
    cause = life_cycle(table["status"]).to_numpy(dtype=object, copy=True)
    cleaned = clean_shapes(np.asarray(table.geometry.array, dtype=object).copy())
    cause = np.where(cause == "", cleaned.causes, cause)
    noted.update(cleaned.notes)
    causes.update(cause[cause != ""].tolist())
    table = table.set_geometry(gpd.GeoSeries(cleaned.shapes, index=table.index, crs=4326))
    table = gpd.GeoDataFrame(table.loc[cause == ""])
    table["capacity"] = _read_capacity(table["capacity"], noted)
    table["vintage"] = _read_dates(table["vintage"], noted)
    table = _complete(table, source)
    frame = conflate_places(table)
    counts = {"read": read, "places": len(frame), "joined": len(table) - len(frame)}
    counts |= {f"dropped_{name}": causes[name] for name in sorted(causes) if causes[name]}
    by_kind = {str(kind): int(count) for kind, count in kind_counts.items()}
    return BuiltPlaces(frame, counts, by_kind, {key: noted[key] for key in sorted(+noted)})


def life_cycle(status: pd.Series) -> pd.Series:
    """Say which statuses mean that a place is closed or only planned.

    Parameters
    ----------
    status : Series of text
        As the source says; temporary closures and unknown words count as open.

    Returns
    -------
    Series of text
        ``"closed"``, ``"planned"`` or empty, on the index of `status`.

    Examples
    --------
    >>> life_cycle(pd.Series(["CLOSED", "Open, but proposed to close", "Proposed", None])).tolist()
    ['closed', '', 'planned', '']
    """
    cycles = {text: _cycle(str(text)) for text in status.dropna().unique()}
    return status.map(cycles).astype("str").fillna("")


def _cycle(text: str) -> str:
    words = " ".join(text.casefold().replace("_", " ").split())
    if words in _CLOSED or words in _CLOSED_WORDS:
        return "closed"
    if words in _PLANNED or words in _PLANNED_WORDS:
        return "planned"
    return ""


def _clean_texts(features: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give every text column of PLACES, stripped, unknown words missing; capacity still as read."""
    table = {}
    for name in (*PLACES.names, "place_id"):
        if name == "geometry":
            continue
        known = name in features.columns
        values = features[name] if known else pd.Series(np.nan, features.index)
        if name not in {"capacity", "vulnerability"}:
            texts = values.astype("str").where(values.notna()).str.strip()
            values = texts.mask(texts.str.casefold().isin(_UNKNOWN_WORDS)).astype("str")
        table[name] = values
    return gpd.GeoDataFrame(table, geometry=features.geometry)


def _read_capacity(values: pd.Series, notes: Counter[str]) -> pd.Series:
    written = values.notna()
    if not pd.api.types.is_numeric_dtype(values.dtype):
        texts = values.astype("str").where(written).str.strip()
        written &= texts.str.len() > 0
        grouped = texts.str.fullmatch(_THOUSANDS, na=False)
        texts = texts.mask(grouped, texts.str.replace(",", "", regex=False))
        whole = texts.where(texts.str.fullmatch(_NUMBER, na=False))
        values = pd.to_numeric(whole.str.replace(",", ".", regex=False), errors="coerce")
    numbers = values.astype("float64")
    numbers = numbers.where(np.isfinite(numbers) & (numbers >= 0))
    notes["capacity_unreadable"] += int((written & numbers.isna()).sum())
    return numbers


def _read_dates(values: pd.Series, notes: Counter[str]) -> pd.Series:
    """Give dates as ISO text at the precision known; missing where they cannot be read."""
    dates = {}
    for text in values.dropna().unique():
        found = _DATE.match(str(text))
        dates[text] = "-".join(part for part in found.groups() if part) if found else None
    read = values.map(dates).astype("str")
    notes["vintage_unreadable"] += int((values.notna() & read.isna()).sum())
    return read


def _complete(table: gpd.GeoDataFrame, source: str) -> gpd.GeoDataFrame:
    kinds = taxonomy()
    used = table["kind"].unique()
    vulnerability = table["kind"].map({kind: kinds[kind].vulnerability for kind in used})
    hours = table["kind"].map({kind: kinds[kind].hours for kind in used})
    table["vulnerability"] = table["vulnerability"].astype("float64").fillna(vulnerability)
    table["hours"] = table["hours"].fillna(hours).astype("str")
    table["status"] = table["status"].str.casefold()
    table["source"] = source
    stem = source.partition(".")[0] + "/"
    ids = table["place_id"].fillna(stem + table["source_id"])
    table.index = pd.Index(_unique(ids, table, stem), dtype="str", name=PLACES.index)
    return gpd.GeoDataFrame(PLACES.conform(table.drop(columns="place_id")))


def _unique(ids: pd.Series, table: gpd.GeoDataFrame, stem: str) -> pd.Series:
    """Fill and number ids by content, never by row: ``stem/<hash>``, and ``x``, ``x#2``."""
    unclear = ids.isna() | ids.duplicated(keep=False)
    if not unclear.any():
        return ids
    content = pd.Series(_content_hashes(table.loc[unclear]), index=table.index[unclear])
    ids = ids.fillna(stem + content)
    order = pd.DataFrame({"id": ids[unclear], "content": content}).sort_values(["id", "content"])
    occurrence = order.groupby("id").cumcount() + 1
    numbered = order["id"].where(occurrence == 1, order["id"] + "#" + occurrence.astype("str"))
    ids.loc[numbered.index] = numbered
    return ids


def _content_hashes(table: gpd.GeoDataFrame) -> list[str]:
    middle = shapely.point_on_surface(np.asarray(table.geometry.array, dtype=object))
    places = shapely.get_coordinates(middle).round(6) + 0.0
    names = table["name"].fillna("")
    content = zip(table["kind"], names, *places.T.tolist(), strict=True)
    return [hashlib.sha256(repr(cells).encode()).hexdigest()[:12] for cells in content]
