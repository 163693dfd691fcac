"""Open score models: the presets that ship with recallgeo, and files that people write."""

from os import PathLike
from pathlib import Path, PurePosixPath

from recallgeo.errors import ScoringError, nearest_name
from recallgeo.reference import reference_path, registry
from recallgeo.scoring.model import ScoreModel
from recallgeo.sources.toml import read_toml

__all__ = ["preset_names", "read_preset", "read_score_model"]


def read_score_model(path: str | PathLike[str]) -> ScoreModel:
    """Read a score model from TOML.

    Parameters
    ----------
    path : path
        ``name``, ``[[tier]]`` and ``[[criterion]]``, in the form of the presets.

    Raises
    ------
    SourceUnavailableError
        If the file cannot be opened.
    ConfigError
        If it is not TOML.
    ScoringError
        If it is not a model; the message begins with the file's name.

    Examples
    --------
    >>> read_score_model(reference_path("models/default.toml")).name
    'default'
    """
    file = Path(path)
    data = read_toml(file)
    try:
        return ScoreModel.from_dict({"name": file.stem, **data})
    except ScoringError as error:
        message = f"{file.name}: {error}"
        raise ScoringError(message) from error


def read_preset(name: str) -> ScoreModel:
    """Read a model that ships with recallgeo.

    Parameters
    ----------
    name : str
        One of `preset_names`.

    Raises
    ------
    ScoringError
        If there is no such preset.

    Examples
    --------
    >>> read_preset("defualt")
    Traceback (most recent call last):
    ...
    recallgeo.errors.ScoringError: no score model 'defualt'; did you mean 'default'?
    """
    known = preset_names()
    if name not in known:
        message = f"no score model {name!r}; {nearest_name(name, known)}"
        raise ScoringError(message)
    return read_score_model(reference_path(f"models/{name}.toml"))


def preset_names() -> list[str]:
    """Give the names of the models that ship with recallgeo.

    Examples
    --------
    >>> "default" in preset_names()
    True
    """
    names = (PurePosixPath(name) for name in registry())
    return sorted(name.stem for name in names if name.parent == PurePosixPath("models"))
