"""City names looked up among places: by their own names, then by names in other languages."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from recallgeo.geodesy import geodesic_m
from recallgeo.schema import LIST_SEPARATOR
from recallgeo.spelling import fold_text, latin_text, replace_pattern

__all__ = ["SAME_PLACE_M", "choose_cities", "find_cities"]

SAME_PLACE_M = 15_000.0
"""Places of one name within this distance are one place listed twice (judgement)."""

_CANDIDATES_SHOWN = 5


def find_cities(places: pd.DataFrame, asked: pd.DataFrame) -> pd.DataFrame:
    """Find every place that bears a name asked for.

    Parameters
    ----------
    places : DataFrame
        As `recallgeo.reference.places` gives them.
    asked : DataFrame
        ``country`` (alpha-2; missing means any) and ``city`` (text, none missing); unique index.

    Returns
    -------
    DataFrame
        ``row`` (label of `asked`) and ``place`` (position in `places`), each pair once. The
        whole name goes before its part ahead of a bracket or comma, a place's own name before
        its names in other languages.
    """
    names = _Names(places, asked["country"])
    found = [pd.DataFrame({"row": asked.index[:0], "place": np.array([], dtype=np.intp)})]
    rest = asked
    for spell, kind in _STAGES:
        if rest.empty:
            break
        hits = _match(rest, spell, names.table(kind))
        found.append(hits)
        rest = rest[~rest.index.isin(hits["row"])]
    return pd.concat(found, ignore_index=True)


def choose_cities(places: pd.DataFrame, hits: pd.DataFrame, region: pd.Series) -> pd.DataFrame:
    """Choose among the places that bear a name, or say that none can be chosen.

    Parameters
    ----------
    places : DataFrame
        As `recallgeo.reference.places` gives them.
    hits : DataFrame
        From `find_cities`.
    region : Series of text
        Code of the stated first-level region, on the index of what was asked; missing where
        unknown.

    Returns
    -------
    DataFrame
        One row for each that has a hit, on its label: ``place`` (position; of places listed
        twice the most populous), ``ambiguous``, ``region_differs`` and ``candidates`` (list,
        where ambiguous).
    """
    columns = ["population", "longitude", "latitude", "admin1"]
    rows = places[columns].iloc[hits["place"].to_numpy()]
    table = hits.assign(
        place_id=rows.index.to_numpy(),
        people=rows["population"].fillna(0).to_numpy(dtype=np.int64),
        lon=rows["longitude"].to_numpy(),
        lat=rows["latitude"].to_numpy(),
        inside=(
            rows["admin1"].fillna("").to_numpy()
            == region.reindex(hits["row"]).fillna("-").to_numpy()
        ),
    )
    decided = table.groupby("row")["inside"].transform("any")
    table = table[table["inside"] | ~decided]
    table = table.sort_values(
        ["row", "people", "place_id"], ascending=[True, False, True], kind="stable"
    )
    first = table.drop_duplicates("row").set_index("row")
    lead = first.loc[table["row"]]
    away = geodesic_m(table["lon"], table["lat"], lead["lon"], lead["lat"])
    farthest = pd.Series(away, index=table["row"].to_numpy()).groupby(level=0).max()
    ambiguous = farthest.reindex(first.index) > SAME_PLACE_M
    candidates = _candidate_lists(places, table[table["row"].isin(first.index[ambiguous])])
    return pd.DataFrame(
        {
            "place": first["place"],
            "ambiguous": ambiguous,
            "region_differs": region.reindex(first.index).notna() & ~first["inside"],
            "candidates": candidates.reindex(first.index).astype("str"),
        }
    )


def _candidate_lists(places: pd.DataFrame, table: pd.DataFrame) -> pd.Series:
    shown = table.groupby("row").head(_CANDIDATES_SHOWN)
    rows = places[["name", "country", "admin1"]].iloc[shown["place"].to_numpy()]
    regions = rows["admin1"].where(rows["admin1"].notna(), "?")
    label = rows["name"] + " (" + rows["country"] + "-" + regions + ")"
    labels = pd.Series(label.to_numpy(), index=shown["row"].to_numpy(), dtype="str")
    return labels.groupby(level=0).agg(LIST_SEPARATOR.join)


def _match(
    asked: pd.DataFrame, spell: Callable[[pd.Series], pd.Series], names: pd.DataFrame
) -> pd.DataFrame:
    keyed = pd.DataFrame(
        {"row": asked.index, "country": asked["country"], "key": spell(asked["city"])}
    ).dropna(subset="key")
    anywhere = keyed["country"].isna()
    inside = keyed[~anywhere].merge(names, on=["country", "key"])
    outside = keyed[anywhere].drop(columns="country").merge(names, on="key")
    return pd.concat([inside, outside])[["row", "place"]].drop_duplicates()


def _main_part(names: pd.Series) -> pd.Series:
    """Give the name without postcode, and ahead of a bracket, comma or slash."""
    main = replace_pattern(names, r"\d+|[(,/].*$", " ")
    return latin_text(main)


def _squeezed(names: pd.Series) -> pd.Series:
    """Give the name without spaces, every saint as "st": "Ste Ménehould", "L Aigle"."""
    saints = replace_pattern(latin_text(names), r"\b(?:saint|sankt|sint)(e?s?)\b", r"st\1")
    return replace_pattern(saints, " +", "")


_STAGES: tuple[tuple[Callable[[pd.Series], pd.Series], str], ...] = (
    (fold_text, "own"),
    (latin_text, "own"),
    (fold_text, "other"),
    (latin_text, "other"),
    (_squeezed, "squeezed"),
    (_main_part, "own"),
    (_main_part, "other"),
)


@dataclass(frozen=True)
class _Names:
    """Names of the places of the countries asked for."""

    places: pd.DataFrame
    country: pd.Series

    def table(self, kind: str) -> pd.DataFrame:
        if kind == "squeezed":
            table = self.own.assign(key=_squeezed(self.own["key"]))
            return table.dropna(subset="key").drop_duplicates()
        return self.own if kind == "own" else self.other

    @cached_property
    def rows(self) -> npt.NDArray[np.intp]:
        if self.country.isna().any():
            return np.arange(len(self.places))
        return np.flatnonzero(self.places["country"].isin(self.country.unique()))

    @cached_property
    def own(self) -> pd.DataFrame:
        part = self.places[["name", "ascii_name"]].iloc[self.rows]
        names = pd.concat([part["name"], part["ascii_name"]], ignore_index=True)
        return self._table(names, np.concatenate([self.rows, self.rows]))

    @cached_property
    def other(self) -> pd.DataFrame:
        listed = self.places["alternates"].iloc[self.rows].str.split(LIST_SEPARATOR)
        names = listed.set_axis(self.rows).explode().dropna()
        return self._table(names, names.index.to_numpy(dtype=np.intp))

    def _table(self, names: pd.Series, rows: npt.NDArray[np.intp]) -> pd.DataFrame:
        table = pd.DataFrame(
            {
                "country": self.places["country"].to_numpy()[rows],
                "key": fold_text(names).to_numpy(),
                "place": rows,
            }
        )
        return table.dropna(subset="key").drop_duplicates()
