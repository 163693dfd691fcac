"""Areas from names: country, region and city through the embedded gazetteer.

An area has a centre and a radius, never a point of its own. A name that several far places bear
is ambiguous unless the region decides: the biggest of them is wrong in 17.5 % of real names
(1,666 names of a study, more than 30 km off).
"""

from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from recallgeo.geodesy import geodesic_m, to_ecef
from recallgeo.location.cities import choose_cities, find_cities
from recallgeo.location.flags import add_flag
from recallgeo.location.spread import measure_spread
from recallgeo.reference import country_codes, places, regions
from recallgeo.schema import split_list
from recallgeo.spelling import latin_text

if TYPE_CHECKING:
    from scipy.spatial import cKDTree

__all__ = ["AREA_COLUMNS", "Gazetteer", "embedded_gazetteer", "locality_radius_m"]

Floats = npt.NDArray[np.float64]

AREA_COLUMNS: tuple[str, ...] = (
    *("country", "region_code", "place_id", "match_level", "status"),
    *("longitude", "latitude", "uncertainty_m", "flags", "candidates"),
)
"""Columns that `Gazetteer.resolve_areas` gives."""

# 95 % radius of a city's point by its population, the larger of two sets of real addresses (5.6
# million of OpenStreetMap, 3,120 of US facilities); fitted to them, not validated.
_BAND_STARTS = np.array([0.0, 5e3, 15e3, 100e3, 300e3, 1e6, 3e6])
_BAND_RADII_M = np.array([11e3, 12e3, 12e3, 17e3, 21e3, 26e3, 60e3])
_UNKNOWN_CITY_M = 18_000.0
# Territories with a code of their own that registers write as regions of another country (ISO
# 3166-1), where a city of the same name may lie an ocean away.
_TERRITORIES = frozenset(
    country + territory
    for country, territories in {
        "US": ("AS", "GU", "MP", "PR", "VI"),
        "FR": ("BL", "GF", "GP", "MF", "MQ", "NC", "PF", "PM", "RE", "WF", "YT"),
        "NL": ("AW", "BQ", "CW", "SX"),
        "DK": ("FO", "GL"),
        "FI": ("AX",),
    }.items()
    for territory in territories
)
_ADMIN_M = 200_000.0  # judgement, where a region has fewer than five places
_COUNTRY_M = 500_000.0  # judgement, as above
_FEW_PLACES = 5


def locality_radius_m(population: pd.Series) -> Floats:
    """Give the 95 % radius of city points by population.

    Parameters
    ----------
    population : Series of Int64
        Inhabitants, missing where unknown.

    Returns
    -------
    float64 array
        Metres; 18 km where the population is unknown.

    Examples
    --------
    >>> locality_radius_m(pd.Series([800, 200_000, None], dtype="Int64")).tolist()
    [11000.0, 17000.0, 18000.0]
    """
    people = population.to_numpy(dtype="float64", na_value=np.nan)
    band = np.searchsorted(_BAND_STARTS, np.nan_to_num(people), side="right") - 1
    return np.where(np.isnan(people), _UNKNOWN_CITY_M, _BAND_RADII_M[band])


@dataclass(frozen=True)
class Gazetteer:
    """Places, regions and countries with their names.

    Parameters
    ----------
    places, regions : DataFrame
        As `recallgeo.reference` gives them.
    """

    places: pd.DataFrame
    regions: pd.DataFrame

    def resolve_areas(self, asked: pd.DataFrame) -> pd.DataFrame:
        """Find the area that country, region and city name.

        Parameters
        ----------
        asked : DataFrame
            ``country`` (alpha-2 or a name), ``region`` and ``city``, text, missing where
            unknown; best given as distinct rows, with a unique index.

        Returns
        -------
        DataFrame
            On the same index, `AREA_COLUMNS`: ``match_level`` locality, admin, country or
            missing; ``status`` matched, ambiguous, conflict or unmatched; centre, 95 % radius in
            metres, ``flags`` (list) and ``candidates`` (list, where ambiguous).
        """
        country = country_codes(asked["country"])
        territory = country_codes(asked["region"])
        territory = territory.where((country + territory).isin(_TERRITORIES))
        country = territory.fillna(country)
        areas = _unmatched(asked.index).assign(country=country)
        areas["region_code"] = self._resolve_regions(country, asked["region"])
        add_flag(areas, asked["country"].notna() & country.isna(), "country_unknown")
        self._place_countries(areas)
        self._place_regions(areas)
        self._place_cities(areas, asked["city"])
        add_flag(areas, territory.notna(), "country_from_region")
        unread = (
            asked["region"].notna()
            & territory.isna()
            & country.notna()
            & areas["region_code"].isna()
        )
        add_flag(areas, unread & ~areas["match_level"].eq("locality"), "region_unknown")
        return areas[list(AREA_COLUMNS)]

    def tree_of(self, country: str) -> "cKDTree | None":
        """Give the places of a country as a tree of geocentric points, None where it has none.

        Parameters
        ----------
        country : str
            Alpha-2 code.
        """
        from scipy.spatial import cKDTree

        if country not in self._trees:
            rows = self._rows_by_country.get(country, np.empty(0, dtype=np.intp))
            lon, lat = self._lonlat
            self._trees[country] = cKDTree(to_ecef(lon[rows], lat[rows])) if len(rows) else None
        return self._trees[country]

    @cached_property
    def _trees(self) -> "dict[str, cKDTree | None]":
        return {}

    @cached_property
    def _lonlat(self) -> tuple[Floats, Floats]:
        lon, lat = (self.places[name].to_numpy(dtype=float) for name in ("longitude", "latitude"))
        return lon, lat

    @cached_property
    def _rows_by_country(self) -> "dict[str, npt.NDArray[np.intp]]":
        groups = self.places.groupby("country").indices
        return {str(name): np.asarray(rows, dtype=np.intp) for name, rows in groups.items()}

    @cached_property
    def _region_names(self) -> pd.DataFrame:
        """Names that only one region of a country bears."""
        regions = self.regions.reset_index(drop=True)
        aliases = regions["aliases"].map(split_list).explode()
        names = pd.concat([regions["name"], regions["code"], aliases]).dropna().astype("str")
        table = regions.loc[names.index, ["country", "code"]].assign(key=latin_text(names).array)
        table = table.dropna().drop_duplicates()
        alone: pd.DataFrame = table[~table.duplicated(["country", "key"], keep=False)]
        return alone

    def _resolve_regions(self, country: pd.Series, region: pd.Series) -> pd.Series:
        asked = pd.DataFrame({"country": country, "key": latin_text(region)})
        found = asked.merge(self._region_names, on=["country", "key"], how="left")
        return pd.Series(found["code"].array, index=asked.index, dtype="str")

    @cached_property
    def _country_areas(self) -> pd.DataFrame:
        return _area_table(self.places, ["country"], _COUNTRY_M)

    @cached_property
    def _region_areas(self) -> pd.DataFrame:
        placed = self.places[["country", "admin1", "longitude", "latitude"]].dropna(subset="admin1")
        placed = placed.rename(columns={"admin1": "region_code"})
        return _area_table(placed, ["country", "region_code"], _ADMIN_M)

    def _place_countries(self, areas: pd.DataFrame) -> None:
        found = areas[["country"]].merge(self._country_areas, on="country", how="left")
        found["uncertainty_m"] = found["uncertainty_m"].fillna(_COUNTRY_M)
        _settle(areas, found.set_index(areas.index)[areas["country"].notna()], "country")

    def _place_regions(self, areas: pd.DataFrame) -> None:
        keys = ["country", "region_code"]
        found = areas[keys].merge(self._region_areas, on=keys, how="left").set_index(areas.index)
        _settle(areas, found[found["longitude"].notna()], "admin")

    def _place_cities(self, areas: pd.DataFrame, city: pd.Series) -> None:
        asked = pd.DataFrame({"country": areas["country"], "city": city})[city.notna()]
        hits = find_cities(self.places, asked)
        chosen = choose_cities(self.places, hits, areas["region_code"])
        add_flag(areas, city.notna() & ~areas.index.isin(chosen.index), "city_unknown")
        ambiguous = areas.index.isin(chosen.index[chosen["ambiguous"]])
        areas.loc[ambiguous, "status"] = "ambiguous"
        areas["candidates"] = chosen["candidates"].reindex(areas.index)
        add_flag(areas, ambiguous, "city_ambiguous")
        chosen = chosen[~chosen["ambiguous"]]
        far = self._far_from_region(areas.loc[chosen.index], chosen)
        conflict = areas.index.isin(chosen.index[far])
        areas.loc[conflict, "status"] = "conflict"
        add_flag(areas, conflict, "conflict_region_city")
        # neither the region nor the city can be trusted
        self._fall_back_to_country(areas, conflict)
        columns = ["country", "longitude", "latitude", "population"]
        found = self.places[columns].iloc[chosen.loc[~far, "place"].to_numpy()]
        found = found.assign(
            uncertainty_m=locality_radius_m(found["population"]), place_id=found.index
        ).set_index(chosen.index[~far])
        add_flag(
            areas, areas.index.isin(chosen.index[chosen["region_differs"] & ~far]), "region_differs"
        )
        assumed = areas["country"].isna() & areas.index.isin(found.index)
        add_flag(areas, assumed, "country_from_city")
        areas["country"] = areas["country"].fillna(found["country"].reindex(areas.index))
        _settle(areas, found, "locality")

    def _far_from_region(self, areas: pd.DataFrame, chosen: pd.DataFrame) -> pd.Series:
        """Whether the city lies outside the stated region's own radius."""
        lon, lat = (axis[chosen["place"].to_numpy()] for axis in self._lonlat)
        away = geodesic_m(areas["longitude"], areas["latitude"], lon, lat)
        outside = ~(away <= areas["uncertainty_m"].to_numpy())
        return chosen["region_differs"] & outside

    def _fall_back_to_country(self, areas: pd.DataFrame, rows: npt.NDArray[np.bool_]) -> None:
        part = areas.loc[rows].copy()
        self._place_countries(part)
        columns = ["match_level", "longitude", "latitude", "uncertainty_m"]
        areas.loc[rows, columns] = part[columns]


@cache
def embedded_gazetteer() -> Gazetteer:
    """Open the gazetteer of the wheel, once."""
    return Gazetteer(places(), regions())


def _unmatched(index: pd.Index) -> pd.DataFrame:
    """Areas of which nothing is known."""
    texts = ("country", "region_code", "match_level", "flags", "candidates")
    numbers = ("longitude", "latitude", "uncertainty_m")
    columns: dict[str, pd.Series] = {
        name: pd.Series(np.nan, index=index, dtype="str") for name in texts
    }
    columns |= {name: pd.Series(np.nan, index=index, dtype="float64") for name in numbers}
    columns["place_id"] = pd.Series(pd.NA, index=index, dtype="Int64")
    columns["status"] = pd.Series("unmatched", index=index, dtype="str")
    return pd.DataFrame(columns, index=index)


def _settle(areas: pd.DataFrame, found: pd.DataFrame, level: str) -> None:
    """Write what was found at a level into the areas; an ambiguous name stays ambiguous."""
    rows = found.index
    areas.loc[rows, "match_level"] = level
    for name in ("longitude", "latitude", "uncertainty_m"):
        areas.loc[rows, name] = found[name]
    if "place_id" in found.columns:
        areas.loc[rows, "place_id"] = found["place_id"].astype("Int64")
    settled = areas.loc[rows, "status"].eq("unmatched")
    areas.loc[rows[settled], "status"] = "matched"


def _area_table(table: pd.DataFrame, keys: list[str], default_m: float) -> pd.DataFrame:
    """Centre and 95 % radius of the places that share the keys."""
    group = table.groupby(keys, sort=True).ngroup().to_numpy()
    spread = measure_spread(group, table["longitude"], table["latitude"], share=0.95)
    first = np.unique(group, return_index=True)[1]
    areas = table[keys].iloc[first].reset_index(drop=True)
    few = spread.points < _FEW_PLACES
    return areas.assign(
        longitude=spread.longitude,
        latitude=spread.latitude,
        uncertainty_m=np.where(few, default_m, spread.radius_m),
    )
