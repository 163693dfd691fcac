"""Areas of units: each distinct country, region and city is looked up once."""

import pandas as pd

from recallgeo.location.gazetteer import Gazetteer
from recallgeo.spelling import join_texts, latin_text

__all__ = ["find_areas"]


def find_areas(units: pd.DataFrame, parts: pd.DataFrame, gazetteer: Gazetteer) -> pd.DataFrame:
    """Find the area of each unit.

    Parameters
    ----------
    units : DataFrame
        ``country``, ``region`` and ``city`` as written.
    parts : DataFrame
        As `recallgeo.addresses.normalise_address` gives them, on the same index; its city
        serves where only a whole address is known.
    gazetteer : Gazetteer
        Places to look in.

    Returns
    -------
    DataFrame
        On the same index: `recallgeo.location.gazetteer.AREA_COLUMNS`, ``area_key`` (by which
        units of one area join), and the country's own centre and radius as
        ``country_longitude``, ``country_latitude``, ``country_uncertainty_m``.
    """
    asked = units[["country", "region"]].assign(city=units["city"].fillna(parts["city"]))
    code = asked.groupby(list(asked.columns), dropna=False, sort=False).ngroup()
    distinct = asked[~code.duplicated()].reset_index(drop=True)
    areas = gazetteer.resolve_areas(distinct)
    country = gazetteer.resolve_areas(distinct.assign(region=None, city=None).astype("str"))
    for name in ("longitude", "latitude", "uncertainty_m"):
        areas[f"country_{name}"] = country[name]
    areas["area_key"] = _area_keys(distinct, areas)
    return areas.iloc[code.to_numpy()].set_axis(units.index)


def _area_keys(distinct: pd.DataFrame, areas: pd.DataFrame) -> pd.Series:
    place = areas["place_id"].astype("str").fillna(latin_text(distinct["city"]))
    region = areas["region_code"].fillna(latin_text(distinct["region"]))
    # a found place says its region itself: "Chicago" and "Chicago, Illinois" are one area
    region = region.mask(areas["place_id"].notna())
    country = areas["country"].fillna(latin_text(distinct["country"]))
    texts = pd.DataFrame({"country": country, "region": region, "place": place})
    return join_texts(texts, "|").where(texts.notna().any(axis=1))
