"""Layers of sensitive places from any file: one door for extracts, vector files and tables."""

import re
import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TypeAlias

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from recallgeo.errors import (
    ConfigError,
    OfflineError,
    PartialCoverageWarning,
    nearest_name,
)
from recallgeo.layers import Layer, build_places, require_kinds, resolve_extent, select_rows
from recallgeo.provenance import Provenance, sha256_of
from recallgeo.reference import taxonomy
from recallgeo.sources.osm import OSM_ATTRIBUTION, OSM_LICENCE, read_osm_places, tags_of
from recallgeo.sources.vector import Features, read_features

__all__ = ["OSM_SUFFIXES", "read_layer"]

OSM_SUFFIXES = (".pbf", ".osm", ".osm.bz2", ".osm.gz", ".o5m")

Kinds: TypeAlias = str | Sequence[str] | Mapping[str, str]
ColumnSource: TypeAlias = str | Mapping[str, str]
Extent: TypeAlias = str | PathLike[str] | shapely.Geometry | gpd.GeoDataFrame | gpd.GeoSeries

_CODE = re.compile(r"[A-Za-z]{2}(-[A-Za-z0-9]{1,3})?")
_OURS = (
    *("kind", "name", "operator", "capacity", "capacity_unit", "hours"),
    *("status", "vintage", "source_id", "place_id", "parts"),
)
_COORDINATES = ("longitude", "latitude")
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class _Extent:
    shape: shapely.Geometry | None
    words: str


def read_layer(  # noqa: PLR0913  the public contract: every part of a layer can be declared
    source: str | PathLike[str],
    *,
    kind: Kinds | None = None,
    layer: str | None = None,
    columns: Mapping[str, ColumnSource] | None = None,
    where: str | None = None,
    extent: Extent | None = None,
    completeness: Mapping[str, float] | None = None,
) -> Layer:
    r"""Read sensitive places from an OpenStreetMap extract, a vector file or a table of points.

    Parameters
    ----------
    source : path
        ``.osm.pbf``, ``.osm``; GeoPackage, GeoJSON, Shapefile, FlatGeobuf, GML, KML, GeoParquet;
        CSV, TSV. Nothing is fetched.
    kind : str, sequence of str, or mapping, optional
        Of an extract: the kinds to read, all where missing. Of another file: the kind of every
        feature; or a mapping from the values of the column mapped to ``kind`` to kinds, other
        values being dropped and counted; where missing, that column holds kinds.
    layer : str, optional
        Layer of a file that has several.
    columns : mapping, optional
        Ours to theirs: ``longitude, latitude, kind, name, operator, capacity, capacity_unit, hours,
        status, vintage, source_id, place_id, parts``; ``{"const": value}`` for a fixed value.
        Columns that bear our names, in any letter case, need no entry (``id`` serves as
        ``source_id``).
    where : str, optional
        Which features count, under the file's own names: ``"STATUS = 'OPEN'"``; see
        `recallgeo.layers.select_rows`.
    extent : str, path, geometry or GeoDataFrame, optional
        Where the layer was collected: a country code, a file with the shape, or the shape. An
        extract brings its box; another file has none unless it is given.
    completeness : mapping of str to float, optional
        Share of the real places that the layer holds, by kind, 0 to 1, from your own knowledge.

    Returns
    -------
    Layer
        After conflation; its counts say what became of each feature.

    Raises
    ------
    SourceUnavailableError, SourceFormatError, OfflineError
        If the file is missing, is not what its name says, or is an address of the network.
    MissingCRSError, GeographicCRSError
        If a file states no CRS, or coordinates that must be degrees are none.
    ConfigError
        If a kind, column, layer, condition, extent or share is wrong.

    Warns
    -----
    PartialCoverageWarning
        If the layer holds no place at all.

    Examples
    --------
    >>> import tempfile
    >>> rows = "id,name,lon,lat,status\n1,Resch,9.52,47.15,Open\n2,Old,9.53,47.16,Closed\n"
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "schools.csv")
    ...     _ = file.write_text(rows)
    ...     schools = read_layer(file, kind="school", completeness={"school": 1.0})
    >>> schools.frame["name"].to_dict()
    {'schools/1': 'Resch'}
    >>> dict(schools.counts)
    {'read': 2, 'places': 1, 'joined': 0, 'dropped_closed': 1}
    """
    path = _local_path(source)
    require_kinds(completeness or {}, where="completeness")
    given = _read_extent(extent)
    if path.name.casefold().endswith(OSM_SUFFIXES):
        unfit = {"layer": layer, "columns": columns, "where": where}
        _refuse_for_osm(path.name, unfit, kind)
        names = [kind] if isinstance(kind, str) else (None if kind is None else list(kind))
        result = _read_osm(path, names, given, completeness or {})
    else:
        table = _read_table(path, layer, columns or {})
        result = _read_vector(path, table, kind, where, given, completeness or {})
    if result.frame.empty:
        message = f"{path.name} holds no place of the kinds {', '.join(result.kinds)}"
        warnings.warn(message, PartialCoverageWarning, stacklevel=2)
    return result


def _local_path(source: str | PathLike[str]) -> Path:
    if "://" in str(source) or str(source).startswith("/vsi"):
        message = f"{str(source)[:60]!r} is an address; fetch the file first and give its path"
        raise OfflineError(message)
    return Path(source)


def _read_extent(extent: Extent | None) -> _Extent:
    if extent is None:
        return _Extent(None, "")
    if isinstance(extent, (str, PathLike)) and not _CODE.fullmatch(str(extent)):
        path = _local_path(extent)
        shapes = read_features(path).frame
        shape, _ = resolve_extent(gpd.GeoSeries(shapes.geometry.make_valid()))
        return _Extent(shape, f"shape of {path.name}")
    if isinstance(extent, PathLike):
        extent = str(extent)
    return _Extent(*resolve_extent(extent))


def _refuse_for_osm(name: str, unfit: Mapping[str, object], kind: Kinds | None) -> None:
    for key, value in unfit.items():
        if value is not None:
            message = f"{key} does not apply to the extract {name}; its tags say what counts: kind="
            raise ConfigError(message)
    if isinstance(kind, Mapping):
        message = f"kind of the extract {name} is a mapping; expected kinds, or nothing for all"
        raise ConfigError(message)
    if kind is not None:
        require_kinds([kind] if isinstance(kind, str) else kind, where="kind")


def _read_osm(
    path: Path, kinds: Sequence[str] | None, given: _Extent, completeness: Mapping[str, float]
) -> Layer:
    found = read_osm_places(path, kinds=kinds)
    known = taxonomy()
    searched = tuple(name for name in (kinds or known) if tags_of(known[name]))
    frame = found.built.frame
    vintage = found.vintage
    frame["vintage"] = pd.Series(vintage or np.nan, index=frame.index, dtype="str")
    return Layer(
        frame=frame,
        kinds=searched,
        extent=given.shape if given.shape is not None else found.box,
        extent_source=given.words or found.box_source,
        completeness=dict(completeness),
        provenance=Provenance(
            source=path.name,
            licence=OSM_LICENCE,
            attribution=OSM_ATTRIBUTION,
            vintage=vintage,
            sha256=sha256_of(path),
        ),
        counts=found.built.counts,
        kind_counts=found.built.kind_counts,
        notes=found.built.notes,
    )


def _read_table(
    path: Path, layer: str | None, columns: Mapping[str, ColumnSource]
) -> tuple[Features, Mapping[str, ColumnSource]]:
    wrong = [name for name in columns if name not in (*_OURS, *_COORDINATES)]
    if wrong:
        hint = nearest_name(wrong[0], (*_OURS, *_COORDINATES))
        message = f"columns maps {wrong[0]!r}, which is none of ours; {hint}"
        raise ConfigError(message)
    places = {name: columns[name] for name in _COORDINATES if name in columns}
    for name, theirs in places.items():
        if not isinstance(theirs, str):
            message = f"columns.{name} is {theirs!r}; expected the name of a column"
            raise ConfigError(message)
    lon, lat = (str(places[name]) if name in places else None for name in _COORDINATES)
    return read_features(path, layer=layer, longitude=lon, latitude=lat), columns


def _read_vector(
    path: Path,
    table: tuple[Features, Mapping[str, ColumnSource]],
    kind: Kinds | None,
    where: str | None,
    given: _Extent,
    completeness: Mapping[str, float],
) -> Layer:
    features, columns = table
    dropped = Counter(features.dropped)
    frame = features.frame
    if where is not None:
        chosen = select_rows(pd.DataFrame(frame.drop(columns="geometry")), where)
        dropped["where"] = int((~chosen).sum())
        frame = gpd.GeoDataFrame(frame.loc[chosen])
    ours, used = _our_columns(frame, columns, path.name)
    ours, searched = _with_kind(ours, kind, path.name)
    unknown = ours["kind"].isna()
    dropped["other_kind"] = int(unknown.sum())
    ours = gpd.GeoDataFrame(ours.loc[~unknown])
    built = build_places(ours, source=path.name, dropped=+dropped, notes=features.notes)
    vintages = built.frame["vintage"].dropna()
    return Layer(
        frame=built.frame,
        kinds=searched,
        extent=given.shape,
        extent_source=given.words,
        completeness=dict(completeness),
        provenance=Provenance(
            source=path.name,
            vintage=str(vintages.max()) if len(vintages) else "",
            sha256=sha256_of(path),
        ),
        counts=built.counts,
        kind_counts=built.kind_counts,
        notes=built.notes,
        columns=features.columns | used,
    )


def _our_columns(
    frame: gpd.GeoDataFrame, columns: Mapping[str, ColumnSource], source: str
) -> tuple[gpd.GeoDataFrame, dict[str, str]]:
    """Give the frame under our names, and which of its columns served."""
    names = [str(name) for name in frame.columns if name != "geometry"]
    by_case: dict[str, str] = {}
    for name in names:
        by_case.setdefault(name.casefold(), name)
    by_case.setdefault("source_id", by_case.get("id", ""))
    data: dict[str, pd.Series] = {}
    used: dict[str, str] = {}
    for ours in _OURS:
        theirs = columns.get(ours, by_case.get(ours, ""))
        if isinstance(theirs, Mapping):
            data[ours] = pd.Series(_constant(ours, theirs), index=frame.index, dtype="str")
        elif theirs in names:
            data[ours], used[ours] = frame[theirs], theirs
        elif theirs:
            message = f"{source} has no column {theirs!r}; {nearest_name(theirs, names)}"
            raise ConfigError(message)
    table = pd.DataFrame(data, index=frame.index)
    return gpd.GeoDataFrame(table, geometry=frame.geometry), used


def _constant(ours: str, value: Mapping[str, str]) -> str:
    if set(value) != {"const"}:
        message = (
            f"columns.{ours} is {dict(value)!r}; expected a column's name or {{const = '...'}}"
        )
        raise ConfigError(message)
    return str(value["const"])


def _with_kind(
    ours: gpd.GeoDataFrame, kind: Kinds | None, source: str
) -> tuple[gpd.GeoDataFrame, tuple[str, ...]]:
    """Give every feature its kind, missing where it has none of those searched for."""
    known = tuple(taxonomy())
    if isinstance(kind, str):
        require_kinds([kind], where="kind")
        return ours.assign(kind=pd.Series(kind, index=ours.index, dtype="str")), (kind,)
    if "kind" not in ours.columns:
        message = (
            f"{source}: of which kind are its places? give kind = one of {', '.join(known)}, "
            "or name the column that says it: columns = {kind = '...'}"
        )
        raise ConfigError(message)
    written = ours["kind"].astype("str").where(ours["kind"].notna()).str.strip()
    if isinstance(kind, Mapping):
        require_kinds(kind.values(), where="kind")
        kinds, searched = written.map(dict(kind)), set(kind.values())
    else:
        searched = set(kind) if kind is not None else set(written.dropna()) & set(known)
        require_kinds(sorted(searched), where="kind")
        kinds = written.where(written.isin(searched))
    if len(ours) and kinds.isna().all():
        values = ", ".join(repr(value) for value in sorted(written.dropna().unique())[:_SHOWN])
        message = f"{source}: no value of its kind column ({values}) is a kind; map them with kind="
        raise ConfigError(message)
    result = ours.assign(kind=kinds.astype("str"))
    return result, tuple(name for name in known if name in searched)
