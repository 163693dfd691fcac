"""What the tests of programs that use recallgeo need: assertions and small valid tables."""

from collections.abc import Sequence

import geopandas as gpd
import pandas as pd

from recallgeo.frames import ASSETS, PLACES, SITES
from recallgeo.schema import WGS84, FrameSchema

__all__ = ["assert_frame", "make_assets", "make_places", "make_sites"]


def assert_frame(frame: pd.DataFrame, schema: FrameSchema) -> None:
    """Assert that a frame keeps its contract; the failure lists every breach.

    Parameters
    ----------
    frame : DataFrame
        Any table of the line.
    schema : FrameSchema
        Its contract, from `recallgeo.frames`.

    Raises
    ------
    AssertionError
        With a line for each breach.

    Examples
    --------
    >>> from recallgeo.frames import ASSETS
    >>> assert_frame(ASSETS.empty(), ASSETS)
    """
    from recallgeo.errors import CRSError, SchemaError

    try:
        schema.validate(frame)
    except (SchemaError, CRSError) as error:
        raise AssertionError(str(error)) from error


def make_assets(**columns: Sequence[object]) -> pd.DataFrame:
    """Make a valid ASSETS table from the columns given.

    Parameters
    ----------
    **columns : sequences of one length
        Columns of ASSETS, or further ones named ``x_...``.

    Returns
    -------
    DataFrame
        ASSETS, with the keys a1, a2, ...

    Examples
    --------
    >>> make_assets(serial=["007", "008"], country=["FI", "SE"])["serial"].tolist()
    ['007', '008']
    """
    count = len(next(iter(columns.values()), ()))
    origin: dict[str, Sequence[object]] = {
        "source_file": ["register.csv"] * count,
        "source_row": range(2, count + 2),
    }
    index = pd.Index([f"a{number}" for number in range(1, count + 1)], dtype="str")
    table = {name: list(values) for name, values in (origin | columns).items()}
    return ASSETS.conform(pd.DataFrame(table, index=index))


def make_sites(
    lon: Sequence[float], lat: Sequence[float], **columns: Sequence[object]
) -> gpd.GeoDataFrame:
    """Make a valid SITES table of placed sites, one affected unit each unless said.

    Parameters
    ----------
    lon, lat : sequence of float
        Degrees, WGS84.
    **columns : sequences of that length
        Columns of SITES.

    Returns
    -------
    GeoDataFrame
        SITES, with the keys s1, s2, ...

    Examples
    --------
    >>> make_sites([0.0], [0.0], country=["GH"]).index.tolist()
    ['s1']
    """
    index = pd.Index([f"s{number}" for number in range(1, len(lon) + 1)], dtype="str")
    table: dict[str, Sequence[object]] = {
        "affected_units": [1] * len(lon),
        "check_units": [0] * len(lon),
        "match_level": ["supplied"] * len(lon),
        "uncertainty_m": [10.0] * len(lon),
    }
    points = gpd.GeoSeries.from_xy(list(lon), list(lat), index=index, crs=WGS84)
    frame = pd.DataFrame({k: list(v) for k, v in (table | columns).items()}, index=index)
    return gpd.GeoDataFrame(SITES.conform(gpd.GeoDataFrame(frame, geometry=points)))


def make_places(
    lon: Sequence[float], lat: Sequence[float], **columns: Sequence[object]
) -> gpd.GeoDataFrame:
    """Make a valid PLACES table of points, schools unless said.

    Parameters
    ----------
    lon, lat : sequence of float
        Degrees, WGS84.
    **columns : sequences of that length
        Columns of PLACES.

    Returns
    -------
    GeoDataFrame
        PLACES, with the keys p1, p2, ...

    Examples
    --------
    >>> make_places([0.0], [0.0])["kind"].tolist()
    ['school']
    """
    index = pd.Index([f"p{number}" for number in range(1, len(lon) + 1)], dtype="str")
    points = gpd.GeoSeries.from_xy(list(lon), list(lat), index=index, crs=WGS84)
    table: dict[str, Sequence[object]] = {"kind": ["school"] * len(lon)}
    frame = pd.DataFrame({k: list(v) for k, v in (table | columns).items()}, index=index)
    return gpd.GeoDataFrame(PLACES.conform(gpd.GeoDataFrame(frame, geometry=points)))
