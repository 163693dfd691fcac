"""``exposure.parquet``: what surrounds the sites, one row a site, kind and radius."""

import re

import numpy as np
import pandas as pd
from pandas.api.types import pandas_dtype

__all__ = ["long_exposure"]

_PEOPLE = re.compile(r"(residents|people_day|people_night|people_expected)_(\d+)")
_PER_RADIUS = {
    "count": ("{kind}_count_{radius}", "Int64"),
    "within_prob": ("{kind}_within_{radius}_prob", "float64"),
    "expected": ("{kind}_expected_{radius}", "float64"),
}
_PER_KIND = {
    "nearest_m": ("{kind}_nearest_m", "float64"),
    "nearest_id": ("{kind}_nearest_id", "str"),
    "nearest_name": ("{kind}_nearest_name", "str"),
    "on_site_prob": ("{kind}_on_site_prob", "float64"),
    "seen": ("{kind}_seen", "str"),
}


def long_exposure(exposed: pd.DataFrame) -> pd.DataFrame:
    """Turn the wide EXPOSED table into a long one.

    Parameters
    ----------
    exposed : DataFrame
        EXPOSED or any table that extends it, index ``site_id``.

    Returns
    -------
    DataFrame
        ``site_id, kind, radius_m, count, within_prob, expected, nearest_m, nearest_id,
        nearest_name, on_site_prob, seen, people, people_source``: sites in their order, kinds by
        name, radii from the nearest. People stand under the kinds ``residents``, ``people_day``,
        ``people_night`` and ``people_expected``. A kind without a radius has one row.

    Examples
    --------
    >>> wide = pd.DataFrame(
    ...     {"school_nearest_m": [120.0], "school_count_250": [1], "residents_250": [40.0]},
    ...     index=pd.Index(["s1"], name="site_id"),
    ... )
    >>> long_exposure(wide)[["kind", "radius_m", "count", "people"]].values.tolist()
    [['residents', 250, <NA>, 40.0], ['school', 250, 1, nan]]
    """
    pairs = _kind_radii(exposed) + _people_radii(exposed)
    pairs = sorted(pairs, key=lambda pair: (pair[0], pair[1] or 0))
    blocks = [_block(exposed, kind, radius, n) for n, (kind, radius) in enumerate(pairs)]
    if not blocks:
        blocks = [_block(exposed.iloc[:0], "none", None, 0)]
    table = pd.concat(blocks, ignore_index=True)
    order = np.lexsort((table["_pair"].to_numpy(), table["_site"].to_numpy()))
    return table.iloc[order].drop(columns=["_pair", "_site"]).reset_index(drop=True)


def _kind_radii(exposed: pd.DataFrame) -> list[tuple[str, int | None]]:
    names = [str(name) for name in exposed.columns]
    matches = [re.fullmatch(r"([a-z][a-z_]*)_nearest_m", name) for name in names]
    kinds = [found[1] for found in matches if found]
    pairs: list[tuple[str, int | None]] = []
    for kind in kinds:
        radii = [re.fullmatch(rf"{kind}_count_(\d+)", name) for name in names]
        found = sorted(int(radius[1]) for radius in radii if radius)
        pairs += [(kind, radius) for radius in found] or [(kind, None)]
    return pairs


def _people_radii(exposed: pd.DataFrame) -> list[tuple[str, int | None]]:
    matches = [_PEOPLE.fullmatch(str(name)) for name in exposed.columns]
    return [(found[1], int(found[2])) for found in matches if found]


def _block(exposed: pd.DataFrame, kind: str, radius: int | None, pair: int) -> pd.DataFrame:
    block = pd.DataFrame({"site_id": exposed.index.astype("str")})
    block["kind"] = pd.Series(kind, block.index, dtype="str")
    block["radius_m"] = pd.Series(pd.NA if radius is None else radius, block.index, dtype="Int64")
    for name, (pattern, dtype) in {**_PER_RADIUS, **_PER_KIND}.items():
        block[name] = _values(exposed, pattern.format(kind=kind, radius=radius), dtype)
    is_people = _PEOPLE.fullmatch(f"{kind}_{radius}") is not None
    block["people"] = _values(exposed, f"{kind}_{radius}" if is_people else "", "float64")
    block["people_source"] = _values(exposed, "people_source" if is_people else "", "str")
    return block.assign(_pair=pair, _site=np.arange(len(exposed)))


def _values(exposed: pd.DataFrame, name: str, dtype: str) -> pd.Series:
    if name in exposed.columns:
        return exposed[name].astype(pandas_dtype(dtype)).reset_index(drop=True)
    missing = pd.NA if dtype == "Int64" else np.nan
    return pd.Series(missing, index=range(len(exposed)), dtype=pandas_dtype(dtype))
