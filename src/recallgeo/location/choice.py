"""The choice among what coordinates, indexes and gazetteer say of a unit."""

import numpy as np
import pandas as pd

from recallgeo.geodesy import geodesic_m
from recallgeo.location.flags import add_flag

__all__ = ["choose_places"]

DIFFER_M = 5_000.0
"""A coordinate and an address farther apart contradict (judgement)."""

_POSTCODE_DIFFER_M = 50_000.0  # judgement: beyond a postcode's own radius


def choose_places(
    points: pd.DataFrame, addresses: pd.DataFrame, areas: pd.DataFrame, *, boxes: pd.Series
) -> pd.DataFrame:
    """Choose the finest place that the evidence agrees on.

    Where coordinate and address agree (within the sum of their radii) the smaller radius wins.
    Where they are up to 5 km apart the coordinate stands with a radius that reaches the address
    too. Farther apart is a conflict: the address stands, with a radius that reaches the
    coordinate.

    Parameters
    ----------
    points : DataFrame
        From `check_coordinates`.
    addresses : DataFrame
        From `find_in_indexes`, on the same index.
    areas : DataFrame
        From `find_areas`, on the same index.
    boxes : Series of boolean
        Which addresses are post-office boxes.

    Returns
    -------
    DataFrame
        ``longitude_at``, ``latitude_at`` (missing for an area), ``match_level``,
        ``uncertainty_m``, ``geocode_status``, ``geocode_score``, ``located_by``,
        ``location_flags`` (of this step), and the ``x_area_*`` columns.
    """
    placed = _from_areas(points, addresses, areas, boxes)
    good = points["verdict"].eq("good")
    known = addresses["longitude"].notna()
    apart = pd.Series(
        geodesic_m(*(table[name] for table in (points, addresses) for name in _AT)),
        index=points.index,
    )
    reach = points["uncertainty_m"] + addresses["uncertainty_m"]
    is_postcode = addresses["match_level"].eq("postcode")
    limit = is_postcode.map({True: _POSTCODE_DIFFER_M, False: DIFFER_M}) + addresses[
        "uncertainty_m"
    ].where(is_postcode, 0.0)
    both = good & known
    differ = both & (apart > reach)
    conflict = differ & (apart > limit)
    finer = both & ~differ & (addresses["uncertainty_m"] < points["uncertainty_m"])
    by_point = good & ~conflict & ~finer
    by_address = known & ~by_point
    _place(placed, by_address, addresses, addresses["match_level"], addresses["located_by"])
    _place(placed, by_point, points, "supplied", "supplied")
    # a radius that holds both places where they differ
    near = differ & ~conflict & ~is_postcode
    placed.loc[near, "uncertainty_m"] = (apart + addresses["uncertainty_m"])[near]
    placed.loc[conflict, "uncertainty_m"] = (apart + points["uncertainty_m"])[conflict]
    add_flag(placed, near, "coordinate_address_differ", column="location_flags")
    add_flag(placed, differ & ~conflict & is_postcode, "far_from_postcode", column="location_flags")
    add_flag(placed, conflict, "conflict_coordinate_address", column="location_flags")
    contradicted = conflict | points["verdict"].eq("conflict")
    placed.loc[by_address | by_point, "geocode_status"] = "matched"
    placed.loc[contradicted, "geocode_status"] = "conflict"
    placed.loc[by_address, "geocode_score"] = addresses["geocode_score"][by_address]
    placed.loc[by_point, "geocode_score"] = np.nan
    on_area = ~(by_address | by_point)
    for name in ("x_area_longitude", "x_area_latitude"):
        placed[name] = placed[name].where(on_area)
    return placed


_AT = ("longitude", "latitude")


def _place(
    placed: pd.DataFrame,
    rows: pd.Series,
    source: pd.DataFrame,
    level: str | pd.Series,
    by: str | pd.Series,
) -> None:
    placed.loc[rows, "longitude_at"] = source["longitude"][rows]
    placed.loc[rows, "latitude_at"] = source["latitude"][rows]
    placed.loc[rows, "uncertainty_m"] = source["uncertainty_m"][rows]
    placed.loc[rows, "match_level"] = level if isinstance(level, str) else level[rows]
    placed.loc[rows, "located_by"] = by if isinstance(by, str) else by[rows]


def _from_areas(
    points: pd.DataFrame, addresses: pd.DataFrame, areas: pd.DataFrame, boxes: pd.Series
) -> pd.DataFrame:
    """Start from the area alone."""
    known = areas["match_level"].notna()
    status = areas["status"].copy()
    status = status.mask(addresses["status"].isin(["ambiguous", "conflict"]), addresses["status"])
    status = status.mask(boxes.fillna(value=False).astype("bool"), "po_box")
    lost = ~known & status.eq("unmatched")
    status = status.mask(lost & points["verdict"].eq("invalid"), "invalid")
    contradict = addresses["status"].eq("conflict")
    own = areas["match_level"].mask(contradict & known, "country")
    numbers = {
        name: areas[name].mask(contradict, areas[f"country_{name}"])
        for name in ("longitude", "latitude", "uncertainty_m")
    }
    nothing = pd.Series(np.nan, index=areas.index)
    flags = pd.Series(np.nan, index=areas.index, dtype="str")
    placed = pd.DataFrame(
        {
            "longitude_at": nothing,
            "latitude_at": nothing,
            "match_level": own,
            "uncertainty_m": numbers["uncertainty_m"],
            "geocode_status": status,
            "geocode_score": nothing.mask(known & areas["status"].eq("matched"), 1.0),
            "located_by": flags.mask(known, "gazetteer"),
            "location_flags": flags,
            "x_area_key": areas["area_key"],
            "x_area_longitude": numbers["longitude"],
            "x_area_latitude": numbers["latitude"],
            "x_candidates": areas["candidates"],
            "x_correction": flags,
        },
        index=areas.index,
    )
    add_flag(placed, boxes.fillna(value=False), "po_box", column="location_flags")
    return placed
