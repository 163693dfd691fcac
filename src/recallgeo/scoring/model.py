"""The score model: tiers without trade-off, then a weighted sum inside a tier."""

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields, replace
from os import PathLike
from typing import Any, TypeVar

from recallgeo.errors import ScoringError, nearest_name
from recallgeo.scoring.rules import Otherwise, Rule, parse_rule
from recallgeo.scoring.values import Criterion

__all__ = ["ScoreModel", "Tier"]

_SLACK = 1e-6  # shares written with a few decimals


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """One tier: sites of a lower number always come first.

    Parameters
    ----------
    number : int
        0 is the most urgent.
    label : str
        Words for a reader.
    rule : str
        Rule over measures and columns (`recallgeo.scoring.rules`), or ``"otherwise"``.
    source : str
        Source, or the word "judgement".

    Raises
    ------
    ScoringError
        If the rule cannot be read.

    Examples
    --------
    >>> Tier(number=0, label="accident", rule="incident_reported >= 1", source="judgement").number
    0
    """

    number: int
    label: str
    rule: str
    source: str
    parsed: Rule = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Read the rule."""
        try:
            object.__setattr__(self, "parsed", parse_rule(self.rule))
        except ScoringError as error:
            message = f"tier {self.number}: {error}"
            raise ScoringError(message) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreModel:
    """How sites are put in order.

    Parameters
    ----------
    name : str
        Name of the model, shown on every output.
    tiers : tuple of Tier
        Numbered 0, 1, 2, ...; the first rule that holds decides; the last is ``"otherwise"``.
    criteria : tuple of Criterion
        The weighted sum that orders the sites of one tier.
    concentration : float, default 50
        Concentration of the Dirichlet draws around the weights (judgement): higher is surer.

    Raises
    ------
    ScoringError
        With every fault of the model, each naming its tier or criterion.

    Examples
    --------
    >>> model = ScoreModel.preset("default")
    >>> [tier.number for tier in model.tiers]
    [0, 1, 2, 3]
    >>> model.with_weights(units=0.5).weights["units"]
    0.5
    """

    name: str
    tiers: tuple[Tier, ...]
    criteria: tuple[Criterion, ...]
    concentration: float = 50.0

    def __post_init__(self) -> None:
        """Check the parts together."""
        faults = [*self._tier_faults(), *self._criterion_faults()]
        if not self.concentration > 0:
            faults.append(
                f"concentration is {self.concentration}, expected more than 0, such as 50"
            )
        if faults:
            message = f"score model {self.name!r}: " + "; ".join(faults)
            raise ScoringError(message)

    @property
    def weights(self) -> dict[str, float]:
        """Weights by criterion, their sum 1."""
        total = sum(criterion.weight for criterion in self.criteria)
        return {criterion.name: criterion.weight / total for criterion in self.criteria}

    def with_weights(self, **weights: float) -> "ScoreModel":
        """Give the model with these shares of the sum; the other weights shrink or grow to fit.

        Parameters
        ----------
        **weights : float
            Share of a criterion, 0 to 1; all others keep their proportions to each other. Where
            every weight is given they are relative.

        Raises
        ------
        ScoringError
            If a criterion is unknown, a share is out of its bounds, or nothing is left for the
            others.

        Examples
        --------
        >>> equal = ScoreModel.preset("default").with_weights(severity=0.5, units=0.5)
        >>> equal.weights["severity"], equal.weights["support"]
        (0.5, 0.0)
        """
        known = self.weights
        for name in weights:
            if name not in known:
                message = (
                    f"no criterion {name!r} in model {self.name!r}; {nearest_name(name, known)}"
                )
                raise ScoringError(message)
        rest = sum(weight for name, weight in known.items() if name not in weights)
        left = _weight_left(weights, relative=len(weights) == len(known))
        share = left / rest if rest > 0 else 0.0
        changed = {name: weights.get(name, weight * share) for name, weight in known.items()}
        criteria = (replace(one, weight=float(changed[one.name])) for one in self.criteria)
        return replace(self, criteria=tuple(criteria))

    @classmethod
    def preset(cls, name: str = "default") -> "ScoreModel":
        """Give a model that ships with recallgeo.

        Parameters
        ----------
        name : str
            Such as ``"default"``.

        Raises
        ------
        ScoringError
            If there is no such preset; the message lists those there are.

        Examples
        --------
        >>> ScoreModel.preset("default").criteria[0].name
        'severity'
        """
        from recallgeo.sources.score_model import read_preset

        return read_preset(name)

    @classmethod
    def from_toml(cls, path: str | PathLike[str]) -> "ScoreModel":
        """Read a model from a TOML file: ``name``, ``[[tier]]``, ``[[criterion]]``.

        Parameters
        ----------
        path : path
            A file in the form of the presets (``data/reference/models``).

        Raises
        ------
        SourceError
            If the file cannot be opened.
        ConfigError
            If it is not TOML.
        ScoringError
            If it is not a model.
        """
        from recallgeo.sources.score_model import read_score_model

        return read_score_model(path)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "ScoreModel":
        """Make a model from plain data, as a TOML file holds it.

        Parameters
        ----------
        data : mapping
            ``name``, ``tier`` and ``criterion`` (sequences of mappings), and optionally
            ``concentration`` and ``weights``: ``"relative"`` where the weights do not sum to 1.

        Raises
        ------
        ScoringError
            If a key is unknown or missing, a value has the wrong type, or the weights do not sum.

        Examples
        --------
        >>> model = ScoreModel.preset("default")
        >>> ScoreModel.from_dict(model.to_dict()) == model
        True
        """
        known = {"name", "tier", "criterion", "concentration", "weights"}
        _refuse_unknown(data, known, "score model")
        tiers = [_make(Tier, one, f"tier {at}") for at, one in _tables(data, "tier")]
        criteria = [
            _make(Criterion, _paired(one), f"criterion {one.get('name', at)!r}")
            for at, one in _tables(data, "criterion")
        ]
        model = _make(
            cls,
            {
                "name": data.get("name", "unnamed"),
                "tiers": tuple(tiers),
                "criteria": tuple(criteria),
                "concentration": data.get("concentration", 50.0),
            },
            "score model",
        )
        _check_sum(model.criteria, relative=data.get("weights") == "relative")
        return model

    def to_dict(self) -> dict[str, Any]:
        """Give plain data for TOML, JSON and the manifest; `from_dict` reads it back."""
        return {
            "name": self.name,
            "weights": "relative",
            "concentration": self.concentration,
            "tier": [_plain(tier) for tier in self.tiers],
            "criterion": [_plain(criterion) for criterion in self.criteria],
        }

    def _tier_faults(self) -> list[str]:
        faults = []
        numbers = [tier.number for tier in self.tiers]
        if numbers != list(range(len(numbers))) or not numbers:
            faults.append(f"tiers are numbered {numbers}, expected 0, 1, 2, ... in order")
        last = [isinstance(tier.parsed, Otherwise) for tier in self.tiers]
        if last.count(True) != 1 or not last[-1]:
            faults.append('the last tier alone has rule = "otherwise", so that every site has one')
        return faults

    def _criterion_faults(self) -> list[str]:
        names = [criterion.name for criterion in self.criteria]
        twice = sorted({name for name in names if names.count(name) > 1})
        faults = [f"criterion {name!r} stands there twice" for name in twice]
        if not any(criterion.weight > 0 for criterion in self.criteria):
            faults.append("every weight is 0 or no criterion is there; give one a weight above 0")
        return faults


def _weight_left(weights: Mapping[str, float], *, relative: bool) -> float:
    """Give the share that remains for the criteria that were not named."""
    wrong = {name: weight for name, weight in weights.items() if not 0 <= weight < float("inf")}
    for name, weight in wrong.items():
        message = f"weight of {name!r} is {weight}, expected a share of 0 to 1"
        raise ScoringError(message)
    left = 1.0 - sum(weights.values())
    if not relative and left < -_SLACK:
        message = (
            f"the shares sum to {sum(weights.values()):g}, expected at most 1; "
            "or give every weight, then they are relative"
        )
        raise ScoringError(message)
    return max(left, 0.0)


def _check_sum(criteria: Sequence[Criterion], *, relative: bool) -> None:
    total = sum(criterion.weight for criterion in criteria)
    if relative or abs(total - 1.0) <= _SLACK:
        return
    shown = ", ".join(f"{criterion.name} {criterion.weight:g}" for criterion in criteria)
    message = (
        f"the weights sum to {total:g}, expected 1 ({shown}); "
        'change them, or write weights = "relative" at the top'
    )
    raise ScoringError(message)


def _tables(data: Mapping[str, Any], key: str) -> list[tuple[int, Mapping[str, Any]]]:
    tables = data.get(key, [])
    if isinstance(tables, Sequence) and all(isinstance(one, Mapping) for one in tables):
        return list(enumerate(tables))
    message = f"{key} is {type(tables).__name__}, expected tables: write [[{key}]]"
    raise ScoringError(message)


def _paired(data: Mapping[str, Any]) -> dict[str, Any]:
    """Give the data with the pairs that TOML holds as arrays."""
    paired = dict(data)
    for key in ("bounds", "missing_range"):
        pair = paired.get(key)
        if pair is None:
            continue
        if not (isinstance(pair, Sequence) and len(pair) == 2 and all(map(_is_number, pair))):  # noqa: PLR2004 - a pair
            message = f"criterion {data.get('name')!r}: {key} is {pair!r}, expected [low, high]"
            raise ScoringError(message)
        paired[key] = (float(pair[0]), float(pair[1]))
    return paired


def _is_number(value: object) -> bool:
    """Whether a value is a number that a float can hold; whole numbers of TOML have no end."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return isinstance(value, float) or abs(value) <= _LARGEST_WHOLE


_LARGEST_WHOLE = 2**53  # beyond it floats skip whole numbers
_TYPES: dict[str, tuple[type, ...]] = {
    "number": (int,),
    "weight": (int, float),
    "missing": (int, float),
    "concentration": (int, float),
    "table": (Mapping,),
    "bounds": (tuple,),
    "missing_range": (tuple,),
    "tiers": (tuple,),
    "criteria": (tuple,),
}
_Part = TypeVar("_Part", Tier, Criterion, ScoreModel)


def _make(kind: type[_Part], data: Mapping[str, Any], where: str) -> _Part:
    """Make a part from plain data, naming unknown, missing and mistyped keys."""
    needed = {one.name: one for one in fields(kind) if one.init}
    _refuse_unknown(data, set(needed), where)
    faults = [
        f"key {name!r} is missing"
        for name, one in needed.items()
        if name not in data and one.default is MISSING and one.default_factory is MISSING
    ]
    for name, value in data.items():
        expected = _TYPES.get(name, (str,))
        fits = _is_number(value) if int in expected else isinstance(value, expected)
        if not fits or not isinstance(value, expected):
            wanted = " or ".join(each.__name__ for each in expected)
            faults.append(f"{name} is {value!r:.60}, expected {wanted}")
    table = data.get("table", {})
    if isinstance(table, Mapping) and not all(map(_is_number, table.values())):
        faults.append(f"table is {dict(table)!r}, expected a number for each word")
    if faults:
        message = f"{where}: " + "; ".join(faults)
        raise ScoringError(message)
    return kind(**data)


def _refuse_unknown(data: Mapping[str, Any], known: set[str], where: str) -> None:
    for key in data:
        if key not in known:
            message = f"{where}: unknown key {key!r}; {nearest_name(key, known)}"
            raise ScoringError(message)


def _plain(part: Tier | Criterion) -> dict[str, Any]:
    values = {one.name: getattr(part, one.name) for one in fields(part) if one.init}
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in values.items()
        if value is not None
    }
