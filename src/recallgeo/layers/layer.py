"""A layer of sensitive places: what it holds, where it was collected, how complete it is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

import geopandas as gpd
import pandas as pd
import shapely

from recallgeo.errors import ConfigError, nearest_name
from recallgeo.frames import PLACES
from recallgeo.ledger import Balance
from recallgeo.provenance import Provenance
from recallgeo.reference import taxonomy

__all__ = ["Layer", "concat_places", "require_kinds"]


def require_kinds(kinds: Iterable[str], *, where: str) -> None:
    """Raise for the first kind that the taxonomy does not know.

    Parameters
    ----------
    kinds : iterable of str
        Kinds as written.
    where : str
        What they were written in, for the message.

    Raises
    ------
    ConfigError
        With the nearest known kind.

    Examples
    --------
    >>> require_kinds(["school"], where="completeness")
    >>> require_kinds(["scool"], where="completeness")
    Traceback (most recent call last):
    ...
    recallgeo.errors.ConfigError: completeness names the kind 'scool'; did you mean 'school'?
    """
    known = taxonomy()
    for kind in kinds:
        if kind not in known:
            message = f"{where} names the kind {kind!r}; {nearest_name(str(kind), known)}"
            raise ConfigError(message)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Layer:
    """Sensitive places of one source, after conflation.

    Parameters
    ----------
    frame : GeoDataFrame
        PLACES, one row a facility.
    kinds : tuple of str
        Kinds that the source was searched for, found or not.
    extent : geometry, optional
        Where it was collected, WGS84; None where nobody declared it.
    extent_source : str
        Where the extent comes from, in words; empty without extent.
    completeness : mapping of str to float
        Share of the real places that the layer is declared to hold, by kind, 0 to 1.
    provenance : Provenance
        Source, licence, attribution, vintage, hash.
    counts : mapping of str to int
        ``read`` (features of the source) splits into ``places``, ``joined`` (parts of another
        place) and ``dropped_<cause>``; empty for places in memory.
    kind_counts : mapping of str to int
        Features by kind as the source has them, before geometry and conflation; of an extract
        those whose tag has no life cycle prefix, as osmium-tool counts them.
    notes : mapping of str to int
        What was changed or is missing in features that are kept, such as ``repaired_geometry``.
    columns : mapping of str to str
        Our columns and the source's columns they were read from.

    Raises
    ------
    ConfigError
        If a kind is unknown or a share lies outside 0 to 1.
    LedgerError
        If the counts do not add up.
    """

    frame: gpd.GeoDataFrame
    kinds: tuple[str, ...]
    provenance: Provenance
    extent: shapely.Geometry | None = None
    extent_source: str = ""
    completeness: Mapping[str, float] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    kind_counts: Mapping[str, int] = field(default_factory=dict)
    notes: Mapping[str, int] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check contract, kinds, shares and sums."""
        PLACES.validate(self.frame)
        require_kinds(self.kinds, where="kinds")
        require_kinds(self.completeness, where="completeness")
        for kind, share in self.completeness.items():
            if not 0 <= share <= 1:
                message = f"completeness of {kind!r} is {share!r}; expected a share from 0 to 1"
                raise ConfigError(message)
        if self.counts:
            parts = {name: count for name, count in self.counts.items() if name != "read"}
            Balance(f"read_layer {self.provenance.source}", "rows", self.counts["read"], parts)

    @classmethod
    def from_places(
        cls,
        frame: gpd.GeoDataFrame,
        *,
        kinds: Sequence[str] | None = None,
        extent: shapely.Geometry | None = None,
        completeness: Mapping[str, float] | None = None,
        provenance: Provenance | None = None,
    ) -> "Layer":
        """Make a layer of places in memory.

        Parameters
        ----------
        frame : GeoDataFrame
            Any subset of PLACES with ``kind`` and geometry, WGS84; not altered.
        kinds : sequence of str, optional
            Kinds that were searched for; those of the frame where missing.
        extent : geometry, optional
            Where they were collected, WGS84.
        completeness : mapping of str to float, optional
            Share held, by kind.
        provenance : Provenance, optional
            Origin; ``"places in memory"`` where missing.

        Examples
        --------
        >>> places = gpd.GeoDataFrame({"kind": ["school"]}, geometry=[shapely.Point(9.5, 47.1)],
        ...                           crs=4326)
        >>> Layer.from_places(places).kinds
        ('school',)
        """
        places = gpd.GeoDataFrame(PLACES.conform(frame))
        if not pd.api.types.is_string_dtype(places.index.dtype):
            places.index = pd.Index([f"place/{label}" for label in places.index], dtype="str")
            places.index.name = PLACES.index
        found = places["kind"].dropna().unique().tolist()
        return cls(
            frame=places,
            kinds=tuple(kinds) if kinds is not None else tuple(sorted(found)),
            extent=extent,
            extent_source="given shape" if extent is not None else "",
            completeness=dict(completeness or {}),
            provenance=provenance or Provenance(source="places in memory"),
        )

    def __len__(self) -> int:
        """Count the places."""
        return len(self.frame)

    def places_of(self, kind: str) -> gpd.GeoDataFrame:
        """Give the places of one kind, in the order of the frame."""
        return self.frame.loc[self.frame["kind"] == kind]

    def summary(self) -> str:
        """Say in a few lines what the layer holds, from where, and what was dropped."""
        found = self.frame["kind"].value_counts()
        by_kind = ", ".join(f"{kind} {found.get(kind, 0)}" for kind in self.kinds)
        vintage = f" of {self.provenance.vintage}" if self.provenance.vintage else ""
        lines = [f"{self.provenance.source}{vintage}: {len(self.frame)} places ({by_kind})"]
        if self.counts:
            lines.append("features: " + _listed(self.counts))
        if self.notes:
            lines.append("notes: " + _listed(self.notes))
        lines.append(f"extent: {self.extent_source or 'not declared'}")
        shares = ", ".join(f"{kind} {share:g}" for kind, share in self.completeness.items())
        lines.append(f"completeness: {shares or 'not declared'}")
        if self.provenance.attribution:
            lines.append(f"{self.provenance.attribution} ({self.provenance.licence})")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return f"<pre>{escape(self.summary())}</pre>"


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in counts.items())


def concat_places(layers: Iterable[Layer]) -> gpd.GeoDataFrame:
    """Give the places of several layers as one frame.

    Parameters
    ----------
    layers : iterable of Layer
        In order; of places with one id the first stands.

    Returns
    -------
    GeoDataFrame
        PLACES; empty for no layer.

    Examples
    --------
    >>> len(concat_places([]))
    0
    """
    frames = [layer.frame for layer in layers if len(layer.frame)]
    if not frames:
        return gpd.GeoDataFrame(PLACES.empty())
    together = pd.concat(frames)
    return gpd.GeoDataFrame(PLACES.conform(together.loc[~together.index.duplicated()]))
