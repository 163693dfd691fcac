"""Read an incident file: every wrong key and value at once, with the nearest right name."""

import glob
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from os import PathLike
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from recallgeo.errors import ConfigError, SourceUnavailableError, nearest_name
from recallgeo.incident.model import (
    Incident,
    LayerEntry,
    OutreachEntry,
    PopulationEntry,
    RegisterEntry,
)
from recallgeo.sources.toml import read_toml

__all__ = ["load_incident"]

Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _Incident(_Table):
    name: str = Field(min_length=1)
    as_of: date
    seed: Count = 1
    mock: bool = False
    reports: str | None = None


class _Register(_Table):
    files: list[str] = Field(min_length=1)
    columns: str | None = None
    precedence: int | None = None


class _File(_Table):
    file: str = Field(min_length=1)


class _Location(_Table):
    index: str | list[str] = Field(default_factory=list)
    overrides: str | None = None


class _Layer(_Table):
    file: str
    kind: str | list[str] | dict[str, str] | None = None
    layer: str | None = None
    columns: dict[str, Any] | None = None
    where: str | None = None
    extent: str | None = None
    completeness: dict[str, Share] = Field(default_factory=dict)
    licence: str = ""
    attribution: str = ""


class _Layers(_Table):
    files: list[_Layer] = Field(default_factory=list)


class _Surface(_Table):
    file: str
    values: Literal["count", "density", "density_land"]
    when: Literal["resident", "day", "night"] = "resident"
    licence: str = ""
    attribution: str = ""


class _Population(_Table):
    files: list[_Surface] = Field(default_factory=list)


class _Scoring(_Table):
    model: str = "default"
    draws: Count = 200
    top_k: int = Field(default=50, ge=1)


class _Outreach(_Table):
    start_on: date | None = None
    calendar: str | None = None
    capacity_per_day: dict[str, Count] = Field(
        default_factory=lambda: {"call": 120, "email": 400, "visit": 15, "partner": 40}
    )
    verify_share: Share = 0.10
    log: str | None = None


class _Output(_Table):
    profile: Literal["internal", "partner", "public"] = "internal"


class _Document(_Table):
    incident: _Incident
    registers: list[_Register] = Field(min_length=1, alias="register")
    movements: _Register | None = None
    parties: _File | None = None
    recall: _File
    location: _Location = Field(default_factory=_Location)
    layers: _Layers = Field(default_factory=_Layers)
    population: _Population = Field(default_factory=_Population)
    scoring: _Scoring = Field(default_factory=_Scoring)
    outreach: _Outreach = Field(default_factory=_Outreach)
    output: _Output = Field(default_factory=_Output)


_KEYS: dict[str, type[_Table]] = {
    "": _Document,
    "incident": _Incident,
    "register": _Register,
    "movements": _Register,
    "parties": _File,
    "recall": _File,
    "location": _Location,
    "layers": _Layers,
    "layers.files": _Layer,
    "population": _Population,
    "population.files": _Surface,
    "scoring": _Scoring,
    "outreach": _Outreach,
    "output": _Output,
}


def load_incident(path: str | PathLike[str]) -> Incident:
    """Read an incident file and find the files it names.

    Parameters
    ----------
    path : path
        ``incident.toml``; paths inside are relative to it.

    Returns
    -------
    Incident
        Frozen, with absolute paths.

    Raises
    ------
    ConfigError
        With a line for each unknown key, missing key or unfit value.
    SourceUnavailableError
        With a line for each file that is not there.
    """
    file = Path(path).resolve()
    document = _check(read_toml(file), file.name)
    incident = _build(document, file)
    _require_files(incident)
    return incident


def _check(data: Mapping[str, Any], name: str) -> _Document:
    try:
        return _Document.model_validate(dict(data))
    except ValidationError as error:
        lines = [_explain(detail) for detail in error.errors()]
        message = f"{name} has {len(lines)} faults:\n" + "\n".join(f"  - {line}" for line in lines)
        raise ConfigError(message) from error


def _explain(detail: Any) -> str:  # noqa: ANN401  # pydantic's own mapping of an error
    steps: Sequence[str | int] = detail["loc"]
    where = ".".join(str(step) for step in steps)
    if detail["type"] == "extra_forbidden":
        table = ".".join(str(step) for step in steps[:-1] if not isinstance(step, int))
        known = _KEYS[table].model_fields if table in _KEYS else {}
        return f"unknown key {where!r}; {nearest_name(str(steps[-1]), known)}"
    if detail["type"] == "missing":
        return f"key {where!r} is missing"
    return f"{where} is {detail['input']!r}: {detail['msg'][0].lower()}{detail['msg'][1:]}"


def _build(document: _Document, file: Path) -> Incident:
    folder = file.parent
    head, outreach = document.incident, document.outreach
    index = document.location.index
    return Incident(
        path=file,
        name=head.name,
        as_of=head.as_of,
        seed=head.seed,
        mock=head.mock,
        reports=_join(folder, head.reports),
        registers=tuple(
            _register(folder, entry, number) for number, entry in enumerate(document.registers)
        ),
        movements=_register(folder, document.movements, 0) if document.movements else None,
        parties=_join(folder, document.parties.file) if document.parties else None,
        recall=folder / document.recall.file,
        index=tuple(folder / item for item in ([index] if isinstance(index, str) else index)),
        overrides=_join(folder, document.location.overrides),
        layers=tuple(_layer(folder, entry) for entry in document.layers.files),
        population=tuple(
            PopulationEntry(
                file=folder / entry.file,
                values=entry.values,
                when=entry.when,
                licence=entry.licence,
                attribution=entry.attribution,
            )
            for entry in document.population.files
        ),
        model=_model(folder, document.scoring.model),
        draws=document.scoring.draws,
        top_k=document.scoring.top_k,
        outreach=OutreachEntry(
            start_on=outreach.start_on or head.as_of,
            calendar=outreach.calendar,
            capacity_per_day=outreach.capacity_per_day,
            verify_share=outreach.verify_share,
            log=_join(folder, outreach.log),
        ),
        profile=document.output.profile,
    )


def _join(folder: Path, name: str | None) -> Path | None:
    return folder / name if name else None


def _model(folder: Path, name: str) -> str:
    return str(folder / name) if name.endswith(".toml") else name


def _register(folder: Path, entry: _Register, number: int) -> RegisterEntry:
    return RegisterEntry(
        files=tuple(_expand(folder, entry.files)),
        columns=_join(folder, entry.columns),
        precedence=number if entry.precedence is None else entry.precedence,
    )


def _layer(folder: Path, entry: _Layer) -> LayerEntry:
    extent = entry.extent
    if extent and Path(extent).suffix:
        extent = str(folder / extent)
    return LayerEntry(
        file=folder / entry.file,
        kind=tuple(entry.kind) if isinstance(entry.kind, list) else entry.kind,
        layer=entry.layer,
        columns=entry.columns,
        where=entry.where,
        extent=extent,
        completeness=entry.completeness,
        licence=entry.licence,
        attribution=entry.attribution,
    )


def _expand(folder: Path, patterns: Iterable[str]) -> list[Path]:
    found: list[Path] = []
    for pattern in patterns:
        if glob.has_magic(pattern):
            hits = sorted(folder.glob(pattern))
            # a pattern that finds nothing is kept, so that it is named among the missing files
            found += hits or [folder / pattern]
        else:
            found.append(folder / pattern)
    return found


def _require_files(incident: Incident) -> None:
    log = incident.outreach.log
    absent = {
        name: path for name, path in incident.files.items() if path != log and not _is_there(path)
    }
    folders = {f"index {path.name}": path for path in incident.index}
    absent |= {
        name: path for name, path in folders.items() if not (_is_there(path) and path.is_dir())
    }
    if absent:
        lines = [f"  - {name}: {path}{_neighbour(path)}" for name, path in absent.items()]
        message = f"{incident.path.name} names {len(absent)} files that are not there:\n"
        raise SourceUnavailableError(message + "\n".join(lines)) from FileNotFoundError()


def _is_there(path: Path) -> bool:
    """Whether a file or folder is there; a name that the system refuses, say too long, is not."""
    try:
        return path.exists()
    except OSError:
        return False


def _neighbour(path: Path) -> str:
    folder = path.parent
    if not (_is_there(folder) and folder.is_dir()):
        return f" (there is no folder {folder.name!r})"
    return f" ({nearest_name(path.name, (item.name for item in folder.iterdir()))})"[:300]
