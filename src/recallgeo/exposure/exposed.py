"""Exposure: what surrounds every site, and the same again for places drawn within the doubt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from recallgeo.exposure.chances import Within
from recallgeo.exposure.doubt import Doubt
from recallgeo.exposure.drawing import DrawnPlaces, DrawnQuestion, measure_drawn
from recallgeo.exposure.measures import (
    DEFAULT_FOOTPRINT_M,
    check_radii,
    measure_chances,
    measure_counts,
    nearest_places,
)
from recallgeo.exposure.people import measure_people
from recallgeo.exposure.place_index import SEARCH_LIMIT_M, PlaceIndex
from recallgeo.frames import EXPOSED, SITES
from recallgeo.geodesy import lonlat
from recallgeo.layers import Layer, edge_distance_m, extent_states
from recallgeo.philox import hash_ids, key_of, uniform_pairs
from recallgeo.population import Population
from recallgeo.progress import Progress, silent
from recallgeo.reference import taxonomy

__all__ = ["Draws", "Exposure", "measure_exposure"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

_BLOCK = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Draws:
    """Measures of sites whose place was drawn again.

    Parameters
    ----------
    index : Index
        Sites whose measures can change.
    columns : mapping of str to float64 array, shape (sites, draws)
        Columns of EXPOSED, measured at the drawn places: there ``K_on_site_prob`` and
        ``K_within_R_prob`` are 0 or 1, ``K_expected_R`` is the count. NaN is missing.

    Examples
    --------
    >>> Draws(index=pd.Index(["s1"]), columns={"school_nearest_m": np.array([[1.0, 2.0]])}).draws
    2
    """

    index: pd.Index
    columns: Mapping[str, Floats]

    @property
    def draws(self) -> int:
        """Draws for each site; 0 where nothing can change."""
        return next((values.shape[1] for values in self.columns.values()), 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """What surrounds every site.

    Parameters
    ----------
    frame : GeoDataFrame
        EXPOSED.
    kinds : tuple of str
        Kinds that have columns: those of the layers, and those that customers' own data name.
    radii_m : tuple of int
        Whole metres, from the nearest.
    limit_m : float
        Beyond it nothing is given as nearest.
    population : Population, optional
        The people that were used.
    """

    frame: gpd.GeoDataFrame
    kinds: tuple[str, ...]
    radii_m: tuple[int, ...]
    limit_m: float = SEARCH_LIMIT_M
    population: Population | None = None
    _indexes: Mapping[str, PlaceIndex] = field(repr=False, default_factory=dict)

    def draw(
        self, rng: np.random.Generator, draws: int, *, sites: Sequence[str] | None = None
    ) -> Draws:
        """Draw places within the doubt and measure again.

        Parameters
        ----------
        rng : Generator
            Gives one 64-bit key; the rest comes from each ``site_id``, so a further site changes
            no other's draws, and the first draws of many are those of few.
        draws : int
            Draws for each site, 0 or more.
        sites : sequence of str, optional
            Draw for these only, where memory is short; give the same generator state each time.

        Returns
        -------
        Draws
            Without the sites whose measures cannot change: no point, no doubt, or nothing to
            measure within reach. What a layer can say (``K_seen``) is that of the point as placed.
        """
        key = key_of(rng)
        lon, lat = lonlat(self.frame.geometry)
        doubt = Doubt.of(self.frame["match_level"], self.frame["uncertainty_m"])
        rows = self._changing(lon, lat, doubt)
        if sites is not None:
            rows = rows[self.frame.index[rows].isin(list(sites))]
        index = self.frame.index[rows]
        columns = {name: np.full((len(rows), draws), np.nan) for name in self._drawn_columns()}
        step = max(1, _BLOCK // max(draws, 1))
        for start in range(0, len(rows) if draws else 0, step):
            part = rows[start : start + step]
            uniforms = uniform_pairs(key, hash_ids(self.frame.index[part]), draws)
            places = doubt.take(part).displace(lon[part], lat[part], uniforms)
            for name, values in self._measure_drawn(part, *places).items():
                columns[name][start : start + step] = values
        return Draws(index=index, columns=columns)

    def _changing(self, lon: Floats, lat: Floats, doubt: Doubt) -> Ints:
        """Give the rows of sites whose measures may change with their place."""
        open_ = ~np.isnan(lon) & ~np.isnan(lat) & (doubt.widest_m > 0)
        rows = np.flatnonzero(open_)
        near = np.zeros(len(rows), dtype=bool)
        if self.population is not None:
            near |= self.frame["people_source"].notna().to_numpy()[rows]
        widest = max((self.limit_m, *self.radii_m))
        for kind, index in self._indexes.items():
            asked = np.flatnonzero(~near & self._measured(kind)[rows])
            at = rows[asked]
            reach = doubt.reach_m[at] + widest
            away, _ = index.nearest(lon[at], lat[at], limit_m=float(reach.max(initial=0.0)))
            near[asked] |= away <= reach
        return rows[near]

    def _measured(self, kind: str) -> npt.NDArray[np.bool_]:
        seen, nearest = self.frame[f"{kind}_seen"], self.frame[f"{kind}_nearest_m"]
        return (seen.notna() & ((seen != "outside") | nearest.notna())).to_numpy(dtype=bool)

    def _drawn_columns(self) -> list[str]:
        names = []
        for kind in self._indexes:
            names += [f"{kind}_nearest_m", f"{kind}_on_site_prob"]
            for radius in self.radii_m:
                names += _radius_columns(kind, radius)
        if self.population is not None:
            names.append("density_km2")
            for radius in self.radii_m:
                names += [self.population.column(radius), f"people_expected_{radius}"]
        return names

    def _measure_drawn(self, rows: Ints, lon: Floats, lat: Floats) -> dict[str, Floats]:
        shape = lon.shape
        values: dict[str, Floats] = {}
        at = tuple(part[rows] for part in lonlat(self.frame.geometry))
        for kind, index in self._indexes.items():
            measured = self._measured(kind)[rows]
            premises = (self.frame["premises_kind"] == kind).to_numpy(dtype=bool)[rows]
            question = DrawnQuestion(self.radii_m, _footprint_m(kind), self.limit_m)
            placed = (at[0][measured], at[1][measured])
            around = measure_drawn(index, placed, (lon[measured], lat[measured]), question)
            for name, found in _drawn_columns(kind, around, self.radii_m).items():
                full = np.full(shape, np.nan)
                full[measured] = found
                values[name] = _with_premises(full, name, premises)
        if self.population is not None:
            points = gpd.GeoSeries.from_xy(lon.ravel(), lat.ravel(), crs=4326)
            density = self.population.density_at(points).to_numpy().reshape(shape)
            values["density_km2"] = np.round(density, 6)
            for radius in self.radii_m:
                people = self.population.people_within(points, radius_m=radius).to_numpy()
                drawn = np.round(people.reshape(shape), 6)
                values[self.population.column(radius)] = drawn
                values[f"people_expected_{radius}"] = drawn
        return values

    def summary(self) -> str:
        """Say in a few lines what was measured, and where nothing could be said."""
        placed = int(self.frame.geometry.notna().sum())
        lines = [f"{len(self.frame)} sites, {placed} with a point"]
        for kind in self.kinds:
            seen = self.frame[f"{kind}_seen"].value_counts().sort_index()
            states = ", ".join(f"{state} {count}" for state, count in seen.items())
            near = int(self.frame[f"{kind}_nearest_m"].notna().sum())
            lines.append(f"{kind}: one within {self.limit_m / 1000:g} km of {near} ({states})")
        if self.population is not None:
            lines.append(f"people: {self.population.source_text}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return f"<pre>{escape(self.summary())}</pre>"


def _radius_columns(kind: str, radius: int) -> tuple[str, str, str]:
    return f"{kind}_count_{radius}", f"{kind}_within_{radius}_prob", f"{kind}_expected_{radius}"


def _with_premises(values: Floats, name: str, premises: npt.NDArray[np.bool_]) -> Floats:
    """Let the customer's own data stand: a hospital's unit is on a hospital wherever drawn."""
    if name.endswith("_prob"):
        values[premises] = 1.0
    elif "_expected_" in name:
        values[premises] = np.fmax(values[premises], 1.0)
    return values


def _footprint_m(kind: str) -> float:
    known = taxonomy().get(kind)
    return float(known.footprint_radius_m) if known is not None else DEFAULT_FOOTPRINT_M


def _drawn_columns(kind: str, drawn: DrawnPlaces, radii: tuple[int, ...]) -> dict[str, Floats]:
    values = {f"{kind}_nearest_m": drawn.nearest_m, f"{kind}_on_site_prob": drawn.on_site}
    for column, radius in enumerate(radii):
        count, prob, expected = _radius_columns(kind, radius)
        values[count] = values[expected] = drawn.counts[:, :, column]
        values[prob] = (values[count] > 0).astype(np.float64)
    return values


def measure_exposure(
    sites: gpd.GeoDataFrame,
    layers: Sequence[Layer],
    population: Population | None,
    *,
    radii_m: Sequence[float],
    limit_m: float = SEARCH_LIMIT_M,
    progress: Progress = silent,
) -> Exposure:
    """Measure what surrounds each site.

    Parameters
    ----------
    sites : GeoDataFrame
        SITES.
    layers : sequence of Layer
        Sensitive places; those of one kind are taken together.
    population : Population or None
        The people; without it there are no columns of people.
    radii_m : sequence of float
        Radii of the hazards in play, whole metres.
    limit_m : float
        Beyond it nothing is given as nearest, metres.
    progress : callable
        Told the share done.

    Returns
    -------
    Exposure
        EXPOSED on the index of `sites`. Plain measures are from the point as placed; ``*_prob``
        and ``*_expected`` carry the doubt. Measures are missing where the site has no point, and
        outside what the layers cover, but for places on record near the edge, which count (their
        numbers are lower bounds); 0 means "none recorded". ``K_seen`` is ``partial``
        where the edge of the layers is nearer than the nearest place or the widest radius: the
        nearest is then an upper bound, the counts are lower bounds. Where the customer's own data
        name the kind, ``K_on_site_prob`` is 1 whatever the layers show.

    Raises
    ------
    SchemaError, MissingCRSError, GeographicCRSError
        If the sites break their contract, or a radius is no whole number above 0.

    Examples
    --------
    >>> from recallgeo.layers import Layer
    >>> sites = SITES.conform(gpd.GeoDataFrame(
    ...     {"affected_units": [1], "check_units": [0]}, index=pd.Index(["s1"], name="site_id"),
    ...     geometry=gpd.GeoSeries.from_xy([0.0], [0.0], index=["s1"]), crs=4326))
    >>> schools = Layer.from_places(gpd.GeoDataFrame(
    ...     {"kind": ["school"]}, geometry=gpd.GeoSeries.from_xy([0.001], [0.0]), crs=4326))
    >>> exposure = measure_exposure(sites, [schools], None, radii_m=[250])
    >>> exposure.frame[["school_nearest_m", "school_count_250", "school_seen"]].values.tolist()
    [[111.32, 1, 'undeclared']]
    """
    SITES.validate(sites)
    radii = check_radii(radii_m)
    found = {kind for layer in layers for kind in layer.kinds}
    kinds = tuple(sorted(found | set(sites["premises_kind"].dropna())))
    parts: list[pd.DataFrame] = [sites]
    indexes: dict[str, PlaceIndex] = {}
    for done, kind in enumerate(kinds):
        progress(done / (len(kinds) + 1), f"measure exposure: {kind}")
        indexes[kind] = PlaceIndex(_places_of(layers, kind))
        parts.append(_measure_kind(sites, layers, (kind, indexes[kind]), radii, limit_m))
    progress(len(kinds) / (len(kinds) + 1), "measure exposure: people")
    if population is not None:
        parts.append(measure_people(sites, population, radii_m=radii))
    frame = gpd.GeoDataFrame(EXPOSED.conform(gpd.GeoDataFrame(pd.concat(parts, axis=1))))
    progress(1.0, "measure exposure")
    return Exposure(
        frame=frame,
        kinds=kinds,
        radii_m=radii,
        limit_m=limit_m,
        population=population,
        _indexes={kind: indexes[kind] for kind in kinds if len(indexes[kind])},
    )


def _places_of(layers: Sequence[Layer], kind: str) -> gpd.GeoDataFrame:
    frames = [layer.places_of(kind) for layer in layers]
    frames = [frame for frame in frames if len(frame)]
    if not frames:
        return gpd.GeoDataFrame({"name": []}, geometry=[], crs=4326)
    return gpd.GeoDataFrame(pd.concat(frames))


def _measure_kind(
    sites: gpd.GeoDataFrame,
    layers: Sequence[Layer],
    kind_index: tuple[str, PlaceIndex],
    radii: tuple[int, ...],
    limit_m: float,
) -> pd.DataFrame:
    kind, index = kind_index
    points = gpd.GeoSeries(sites.geometry)
    seen = extent_states(layers, kind, points)
    outside = (seen == "outside").to_numpy(dtype=bool)
    measured = seen.notna().to_numpy(dtype=bool, copy=True)
    measured[outside] = _known_beyond(sites.loc[outside], index, max((*radii, 0)))
    part = sites.loc[measured]
    table = nearest_places(part, index, limit_m=limit_m).add_prefix(f"{kind}_")
    doubtful = _doubtful(part, index, kind, radii)
    # beyond the edge a place on record counts, and its absence says nothing
    silent = outside[measured, None] & (doubtful == 0).to_numpy(dtype=bool)
    table = pd.concat([table, doubtful.mask(silent)], axis=1).reindex(sites.index)
    for radius in radii:
        table[f"{kind}_count_{radius}"] = table[f"{kind}_count_{radius}"].astype("Int64")
    premises = (sites["premises_kind"] == kind).to_numpy(dtype=bool)
    for name in table.columns:
        if name.endswith("_prob") or "_expected_" in name:
            values = table[name].to_numpy(dtype=float, copy=True)
            table[name] = _with_premises(values, name, premises)
    nearest = table[f"{kind}_nearest_m"]
    edge = edge_distance_m(layers, kind, points)
    table[f"{kind}_seen"] = _near_edge(seen, nearest, edge, max((*radii, 0)), limit_m)
    return table


def _known_beyond(
    sites: gpd.GeoDataFrame, index: PlaceIndex, widest_m: float
) -> npt.NDArray[np.bool_]:
    """Find sites outside every extent that a place on record may yet be near."""
    reach = widest_m + sites["uncertainty_m"].fillna(0.0).to_numpy(dtype=float)
    lon, lat = lonlat(gpd.GeoSeries(sites.geometry))
    away, _ = index.nearest(lon, lat, limit_m=float(reach.max(initial=0.0)))
    return np.asarray(away <= reach, dtype=bool)


def _near_edge(
    seen: pd.Series, nearest: pd.Series, edge: pd.Series, widest_m: float, limit_m: float
) -> pd.Series:
    """Call partial what the edge of the layers may cut off."""
    cut = (edge < nearest.fillna(limit_m)) | (edge < widest_m)
    return seen.mask((seen == "complete") & cut, "partial").astype("str")


def _doubtful(
    sites: gpd.GeoDataFrame, index: PlaceIndex, kind: str, radii: tuple[int, ...]
) -> pd.DataFrame:
    """Measure counts, chances and expected counts once for each distinct place and doubt."""
    lon, lat = lonlat(gpd.GeoSeries(sites.geometry))
    doubt = Doubt.of(sites["match_level"], sites["uncertainty_m"])
    alike = np.column_stack([lon, lat, doubt.weights, doubt.sigmas_m])
    _, first, of_site = np.unique(alike, axis=0, return_index=True, return_inverse=True)
    x, y, own = lon[first], lat[first], doubt.take(first)
    counts = measure_counts(index, x, y, radii_m=radii)
    around = [Within(point_m=radius, shape_m=radius) for radius in radii]
    questions = [Within(point_m=_footprint_m(kind), shape_m=0.0), *around]
    any_prob, expected = measure_chances(index, x, y, own, questions=questions)
    columns = {f"{kind}_on_site_prob": any_prob[:, 0]}
    for column, radius in enumerate(radii):
        count, prob, mean = _radius_columns(kind, radius)
        columns[count] = counts[:, column]
        columns[prob] = any_prob[:, column + 1]
        columns[mean] = expected[:, column + 1]
    table = {name: values[of_site.ravel()] for name, values in columns.items()}
    return pd.DataFrame(table, index=sites.index)
