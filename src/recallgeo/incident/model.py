"""What an incident file says: frozen, with every path made absolute."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal

__all__ = ["Incident", "LayerEntry", "OutreachEntry", "PopulationEntry", "RegisterEntry"]

Profile = Literal["internal", "partner", "public"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterEntry:
    """One register: files read under one column map.

    Parameters
    ----------
    files : tuple of Path
        Files in the order named; patterns are expanded, sorted by name.
    columns : Path, optional
        Column map; headers equal to the names of ASSETS need none.
    precedence : int
        Smaller wins where one serial stands at two places; file order where not stated.
    """

    files: tuple[Path, ...]
    columns: Path | None = None
    precedence: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerEntry:
    """One file of sensitive places, as `recallgeo.read_layer` takes it.

    `licence` and `attribution` are for files that do not state their own; they reach every output.
    """

    file: Path
    kind: str | tuple[str, ...] | Mapping[str, str] | None = None
    layer: str | None = None
    columns: Mapping[str, Any] | None = None
    where: str | None = None
    extent: str | None = None
    completeness: Mapping[str, float] = field(default_factory=dict)
    licence: str = ""
    attribution: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PopulationEntry:
    """One population source, as `recallgeo.read_population` takes it."""

    file: Path
    values: Literal["count", "density", "density_land"]
    when: Literal["resident", "day", "night"] = "resident"
    licence: str = ""
    attribution: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutreachEntry:
    """How the outreach is worked, as `recallgeo.OutreachPolicy` takes it."""

    start_on: date
    calendar: str | None = None
    capacity_per_day: Mapping[str, int] = field(default_factory=dict)
    verify_share: float = 0.10
    log: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One incident: the inputs and parameters of a run.

    Parameters
    ----------
    path : Path
        The incident file.
    name : str
        Name of the incident, as it heads the briefing.
    as_of : date
        Day for which support, age and plan are worked out.
    seed : int
        Seed of every draw.
    mock : bool
        A drill: marked on every output.
    reports : Path, optional
        Accidents already reported: columns ``serial``, or the address columns of ASSETS.
    registers : tuple of RegisterEntry
        In the order of precedence.
    movements : RegisterEntry, optional
        Channel events.
    parties : Path, optional
        Our own sites and partners.
    recall : Path
        The recall file.
    index : tuple of Path
        Folders of address indexes.
    overrides : Path, optional
        Corrections of places by people.
    layers : tuple of LayerEntry
        Sensitive places.
    population : tuple of PopulationEntry
        The people; the coarse default serves where it is empty.
    model : str
        Name of a score model, or a path to one (ends in ``.toml``).
    draws : int
        Draws for rank intervals; 0 for none.
    top_k : int
        The k of ``prob_top_k``.
    outreach : OutreachEntry
        How the outreach is worked.
    profile : {"internal", "partner", "public"}
        Who will see the output.
    """

    path: Path
    name: str
    as_of: date
    recall: Path
    registers: tuple[RegisterEntry, ...]
    outreach: OutreachEntry
    seed: int = 1
    mock: bool = False
    reports: Path | None = None
    movements: RegisterEntry | None = None
    parties: Path | None = None
    index: tuple[Path, ...] = ()
    overrides: Path | None = None
    layers: tuple[LayerEntry, ...] = ()
    population: tuple[PopulationEntry, ...] = ()
    model: str = "default"
    draws: int = 200
    top_k: int = 50
    profile: Profile = "internal"

    @property
    def files(self) -> dict[str, Path]:
        """Every input file, by the name it has in the manifest; none is read here."""
        named: dict[str, Path] = {}

        def add(title: str, path: Path | None) -> None:
            if path is None:
                return
            name, number = title, 2
            while name in named:
                name, number = f"{title} ({number})", number + 1
            named[name] = path

        add("incident", self.path)
        add("recall", self.recall)
        entries = [(f"register {n}", entry) for n, entry in enumerate(self.registers, start=1)]
        entries += [("movements", self.movements)] if self.movements else []
        for title, entry in entries:
            for file in entry.files:
                add(f"{title}: {file.name}", file)
            add(f"{title} columns", entry.columns)
        add("reports", self.reports)
        add("parties", self.parties)
        add("overrides", self.overrides)
        add("outreach log", self.outreach.log)
        for n, layer in enumerate(self.layers, start=1):
            add(f"layer {n}: {layer.file.name}", layer.file)
            if layer.extent and Path(layer.extent).suffix:
                add(f"layer {n} extent", Path(layer.extent))
        for n, surface in enumerate(self.population, start=1):
            add(f"population {n}: {surface.file.name}", surface.file)
        if self.model.endswith(".toml"):
            add("score model", Path(self.model))
        return named

    def parameters(self) -> dict[str, Any]:
        """Give the parameters as plain data for the manifest; no path of this machine."""
        return {
            "as_of": self.as_of.isoformat(),
            "seed": self.seed,
            "draws": self.draws,
            "top_k": self.top_k,
            "model": Path(self.model).name,
            "start_on": self.outreach.start_on.isoformat(),
            "calendar": self.outreach.calendar,
            "capacity_per_day": dict(self.outreach.capacity_per_day),
            "verify_share": self.outreach.verify_share,
            "profile": self.profile,
        }
