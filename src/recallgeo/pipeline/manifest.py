"""The head of the manifest: what went in, under which parameters and versions."""

import platform
from importlib import metadata
from typing import TYPE_CHECKING, Any

from recallgeo import __version__
from recallgeo.provenance import sha256_of
from recallgeo.reference import registry
from recallgeo.sources.recall import recall_files

if TYPE_CHECKING:
    from recallgeo.incident import Incident
    from recallgeo.pipeline.inputs import Inputs

__all__ = ["head_manifest"]

_VERSIONED = ("geopandas", "numpy", "pandas", "pyarrow", "pyogrio", "pyproj", "scipy", "shapely")


def head_manifest(case: "Incident", inputs: "Inputs") -> dict[str, Any]:
    """Give what a run went by, as plain data; `write_run` adds the outputs.

    Parameters
    ----------
    case : Incident
        The incident; its paths stay out, names and hashes go in.
    inputs : Inputs
        For the provenance of layers and population.

    Returns
    -------
    dict
        ``incident, parameters, versions, inputs, layers, population, reference``.
    """
    return {
        "incident": {
            "name": case.name,
            "as_of": case.as_of.isoformat(),
            "seed": case.seed,
            "mock": case.mock,
            "profile": case.profile,
            "recall": inputs.recall.id,
        },
        "parameters": case.parameters() | {"model": inputs.model.to_dict()},
        "versions": {"recallgeo": __version__, "python": platform.python_version()}
        | {name: metadata.version(name) for name in _VERSIONED}
        | {"processor": platform.machine()},
        "inputs": _hashes(case),
        "layers": [layer.provenance.to_dict() for layer in inputs.layers],
        "population": inputs.population.provenance.to_dict(),
        "reference": {name: file.sha256 for name, file in sorted(registry().items())},
    }


def _hashes(case: "Incident") -> dict[str, str]:
    files = {name: path for name, path in case.files.items() if path.is_file()}
    files |= {f"recall table: {path.name}": path for path in recall_files(case.recall)[1:]}
    for number, folder in enumerate(case.index, start=1):
        files |= {
            f"index {number}: {path.relative_to(folder).as_posix()}": path
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }
    return {name: sha256_of(path) for name, path in files.items()}
