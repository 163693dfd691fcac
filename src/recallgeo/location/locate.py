"""Locate units: every unit gets the finest place that its data agree on, or the cause why not."""

import warnings
from collections.abc import Sequence

import geopandas as gpd
import pandas as pd

from recallgeo.addresses import normalise_address
from recallgeo.errors import StaleDataWarning, UnlocatedAssetsWarning
from recallgeo.frames import ASSETS, SCOPED
from recallgeo.location.address_index import AddressIndex
from recallgeo.location.area_lookup import find_areas
from recallgeo.location.choice import choose_places
from recallgeo.location.coordinates import check_coordinates
from recallgeo.location.flags import join_flags
from recallgeo.location.gazetteer import Gazetteer, embedded_gazetteer
from recallgeo.location.index_lookup import find_in_indexes
from recallgeo.location.overrides import apply_overrides, check_overrides
from recallgeo.schema import WGS84
from recallgeo.spelling import join_texts

__all__ = ["locate_assets"]

_SHOWN = 3


def locate_assets(
    assets: pd.DataFrame,
    *,
    index: AddressIndex | Sequence[AddressIndex] | None = None,
    overrides: pd.DataFrame | None = None,
    gazetteer: Gazetteer | None = None,
) -> gpd.GeoDataFrame:
    """Give every unit the finest place that its data agree on.

    Supplied coordinates are checked against the stated country, city and postcode; then the
    address indexes are asked for number, street and postcode, then the gazetteer for city,
    region and country. Parts that contradict each other give a coarser answer and a flag. An
    area (city, region, country) has a radius and no point.

    Parameters
    ----------
    assets : DataFrame
        ASSETS or SCOPED; not altered.
    index : AddressIndex or sequence of AddressIndex, optional
        Known addresses; of equally fine answers the first index wins, unless they lie apart.
    overrides : DataFrame, optional
        Human corrections, `recallgeo.location.OVERRIDE_COLUMNS`.
    gazetteer : Gazetteer, optional
        Places to look areas up in; the embedded one where missing.

    Returns
    -------
    GeoDataFrame
        LOCATED (without the columns of SCOPED where `assets` had none), WGS84, on the index and
        in the order of `assets`. Further columns: ``x_area_key``, ``x_area_longitude``,
        ``x_area_latitude`` (centre of the area of a unit without a point, for totals and time
        zones, never a site's place), ``x_candidates`` and ``x_correction``.

    Raises
    ------
    SchemaError
        If a frame breaks its contract.

    Warns
    -----
    UnlocatedAssetsWarning
        If units have neither a point nor an area.
    StaleDataWarning
        If corrections match no unit any more.

    Examples
    --------
    >>> units = pd.DataFrame(
    ...     {"source_file": "a.csv", "source_row": [2, 3], "country": ["LI", "LI"],
    ...      "city": ["Vaduz", "Vaduz"], "longitude": [9.52123, None],
    ...      "latitude": [47.14151, None]},
    ...     index=pd.Index(["u1", "u2"], name="asset_id", dtype="str"),
    ... )
    >>> located = locate_assets(units)
    >>> located[["match_level", "uncertainty_m", "geocode_status"]].values.tolist()
    [['supplied', 10.0, 'matched'], ['locality', 12000.0, 'matched']]
    >>> located.geometry.isna().tolist()
    [False, True]
    """
    schema = SCOPED if "verdict" in assets.columns else ASSETS
    units = schema.conform(assets)
    schema.validate(units)
    corrections = None if overrides is None else check_overrides(overrides)
    known = gazetteer or embedded_gazetteer()
    indexes = (index,) if isinstance(index, AddressIndex) else tuple(index or ())
    parts = normalise_address(units)
    areas = find_areas(units, parts, known)
    parts["country"] = areas["country"]
    addresses = find_in_indexes(parts, indexes, areas)
    anchors = _anchors(areas, addresses)
    points = check_coordinates(units["longitude"], units["latitude"], anchors, known)
    placed = choose_places(points, addresses, areas, boxes=parts["po_box"])
    placed["address_key"] = _address_keys(parts)
    # what the gazetteer could not read matters only where it gave the answer
    area_flags = areas["flags"].where(placed["longitude_at"].isna())
    placed["location_flags"] = join_flags(
        area_flags, addresses["flags"], points["flags"], placed["location_flags"]
    )
    if corrections is not None:
        _warn_unmatched(corrections, apply_overrides(placed, corrections, units=units))
    _warn_unlocated(placed)
    return _located(units, parts, placed)


def _anchors(areas: pd.DataFrame, addresses: pd.DataFrame) -> pd.DataFrame:
    """Give the stated city, else the postcode, that a coordinate is checked against."""
    columns = ["longitude", "latitude", "uncertainty_m"]
    city = areas[columns].where(areas["match_level"].eq("locality"))
    address = addresses[columns].where(addresses["status"].eq("matched"))
    return city.where(city["longitude"].notna(), address).assign(country=areas["country"])


def _address_keys(parts: pd.DataFrame) -> pd.Series:
    """Key of an address that names one place: a number, or a building on the street."""
    last = parts["number"].fillna(parts["place"])
    known = (
        last.notna() & parts["street"].notna() & (parts["postcode"].notna() | parts["city"].notna())
    )
    texts = parts[["country", "postcode", "city", "street"]].assign(last=last)
    return join_texts(texts, "|").where(known)


def _located(units: pd.DataFrame, parts: pd.DataFrame, placed: pd.DataFrame) -> gpd.GeoDataFrame:
    table = units.assign(
        country=parts["country"].fillna(units["country"]),
        floor=units["floor"].fillna(parts["floor"]),
    )
    lon, lat = placed["longitude_at"], placed["latitude_at"]
    points = gpd.GeoSeries.from_xy(lon, lat, index=units.index, crs=WGS84)
    missing = lon.isna() | lat.isna()
    points[missing] = None
    columns = [
        *("match_level", "uncertainty_m", "geocode_status", "geocode_score", "located_by"),
        *("location_flags", "address_key"),
    ]
    extras = [name for name in placed.columns if name.startswith("x_")]
    beyond = [name for name in units.columns if name not in SCOPED.names]
    core = [name for name in units.columns if name in SCOPED.names]
    kept = [name for name in beyond if name not in extras and name not in columns]
    joined = pd.concat([table[core], placed[columns], table[kept], placed[extras]], axis=1)
    return gpd.GeoDataFrame(joined, geometry=points)


def _warn_unmatched(overrides: pd.DataFrame, met: pd.Series) -> None:
    lost = overrides.index[met.eq(0)]
    if len(lost):
        rows = ", ".join(str(int(row) + 1) for row in lost[:_SHOWN])
        message = (
            f"{len(lost)} of {len(overrides)} corrections match no unit (row {rows}"
            f"{', ...' if len(lost) > _SHOWN else ''}); renew or remove them"
        )
        warnings.warn(StaleDataWarning(message), stacklevel=3)


def _warn_unlocated(placed: pd.DataFrame) -> None:
    lost = int((placed["longitude_at"].isna() & placed["match_level"].isna()).sum())
    if lost:
        message = f"{lost} of {len(placed)} units have neither a point nor an area"
        warnings.warn(UnlocatedAssetsWarning(message), stacklevel=3)
