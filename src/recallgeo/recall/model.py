"""A recall notice as a value: scopes of rules, each rule lines that must all hold."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from os import PathLike
from typing import TYPE_CHECKING, Any

from recallgeo.recall.date_code import Derive
from recallgeo.recall.field_name import Field
from recallgeo.recall.line_values import Anything, Item
from recallgeo.recall.severity import Severity

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Line", "Recall", "Rule", "RuleTable", "Scope"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a rule: a field and the values of which it must have one.

    Parameters
    ----------
    field : Field
        What is looked at.
    items : tuple of Item
        Values, patterns, ranges.
    """

    field: Field
    items: tuple[Item, ...]

    @property
    def holds_always(self) -> bool:
        """Whether ``all`` is among the values."""
        return any(isinstance(item, Anything) for item in self.items)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTable:
    """Lines as a table: a row holds where all its cells hold; any row suffices.

    Parameters
    ----------
    keys : tuple of Field
        What the columns look at.
    rows : tuple of tuple of tuple of Item
        Cells, each with its values.
    """

    keys: tuple[Field, ...]
    rows: tuple[tuple[tuple[Item, ...], ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Lines that must all hold.

    Parameters
    ----------
    number : int
        Place in its scope, from 1.
    lines : tuple of Line
        In the order of the file.
    components : tuple of tuple of Line
        For each, one and the same part of the unit meets all of it.
    table : RuleTable, optional
        One row of it must hold too.
    quote : str
        The sentence of the notice.
    confirmed : bool
        False for a draft that nobody has checked against the notice.
    """

    number: int
    lines: tuple[Line, ...] = ()
    components: tuple[tuple[Line, ...], ...] = ()
    table: RuleTable | None = None
    quote: str = ""
    confirmed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which units have one hazard: any rule suffices, exceptions take out.

    Parameters
    ----------
    id : str
        Name within the recall.
    hazard : str
        Key of a hazard, such as ``"fire"``.
    rules, exceptions : tuple of Rule
        In the order of the file.
    severity : Severity, optional
        Declared grade; else the hazard's own severity serves.
    remedy : str
        What the owner gets, such as ``"repair"``.
    confirm_with : str
        Where a match must be confirmed before it counts as affected; empty for nowhere.
    """

    id: str
    hazard: str
    rules: tuple[Rule, ...]
    exceptions: tuple[Rule, ...] = ()
    severity: Severity | None = None
    remedy: str = ""
    confirm_with: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """A notice with one or more scopes.

    Parameters
    ----------
    id : str
        The notice's number.
    issued : date
        Day of issue.
    version : int
        1 for the first text of the notice.
    scopes : tuple of Scope
        In the order of the file.
    derives : tuple of Derive
        Fields computed from codes.
    expected_units : mapping of str to int
        Units made or shipped, per market.

    Examples
    --------
    >>> recall = Recall.from_dict({
    ...     "recall": {"id": "25-090", "issued": "2025-01-16"},
    ...     "scope": [{"id": "ups", "hazard": "fire", "rule": [{"serial": "AB0048..AB0251"}]}],
    ... })
    >>> recall.scopes[0].rules[0].lines[0].field.name
    'serial'
    >>> print(recall.summary())
    recall 25-090 of 2025-01-16, version 1: 1 scope, 1 rule
    """

    id: str
    issued: date
    version: int = 1
    scopes: tuple[Scope, ...] = ()
    derives: tuple[Derive, ...] = ()
    expected_units: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Recall":
        """Build a recall from the plain data of a recall file.

        Parameters
        ----------
        data : mapping
            As TOML gives it; ``rows_file`` is opened by `from_toml` only.

        Raises
        ------
        ConfigError
            If a key is unknown or a value is of the wrong kind; every fault is named at once.
        ScopeError, SerialFormatError
            If a rule cannot mean what it says.
        """
        from recallgeo.recall.recall_file import build_recall

        return build_recall(data)

    @classmethod
    def from_toml(cls, path: str | PathLike[str]) -> "Recall":
        """Read a recall file, and the tables of ranges that it names.

        Parameters
        ----------
        path : path
            A TOML file; paths in it are relative to it.

        Raises
        ------
        SourceError
            If a file cannot be read.
        ConfigError, ScopeError
            As `from_dict`.
        """
        from recallgeo.sources.recall import read_recall

        return read_recall(path)

    @classmethod
    def from_frame(
        cls,
        rows: "pd.DataFrame",
        *,
        id: str,  # noqa: A002  # the name of the recall file's key
        issued: date,
        hazard: str,
        scope: str = "table",
    ) -> "Recall":
        """Build a recall of one scope from a table of values.

        Parameters
        ----------
        rows : DataFrame
            A row a case; columns are fields, cells are values as in a rule.
        id, issued, hazard : str, date, str
            As in the recall file.
        scope : str
            Name of the scope.

        Raises
        ------
        ScopeError
            If a cell is missing or cannot be read.

        Examples
        --------
        >>> import pandas as pd
        >>> ranges = pd.DataFrame({"model": ["172N", "172P"], "serial": ["1000..1999", "all"]})
        >>> recall = Recall.from_frame(ranges, id="x", issued=date(2025, 1, 16), hazard="fire")
        >>> len(recall.scopes[0].rules[0].table.rows)
        2
        """
        cells = rows.astype(object).where(rows.notna(), "").to_numpy().tolist()
        rule = {"keys": [str(name) for name in rows.columns], "rows": cells}
        head = {"id": id, "issued": issued}
        table = {"id": scope, "hazard": hazard, "rule": [rule]}
        return cls.from_dict({"recall": head, "scope": [table]})

    @property
    def hazards(self) -> tuple[str, ...]:
        """Hazards of the scopes, each once, in the order of the file."""
        return tuple(dict.fromkeys(scope.hazard for scope in self.scopes))

    @property
    def unconfirmed(self) -> tuple[str, ...]:
        """The rules that nobody has confirmed, as ``scope <id>, rule <n>``."""
        return tuple(
            f"scope {scope.id}, {word} {rule.number}"
            for scope in self.scopes
            for word, rules in (("rule", scope.rules), ("exception", scope.exceptions))
            for rule in rules
            if not rule.confirmed
        )

    @property
    def is_draft(self) -> bool:
        """Whether a rule is unconfirmed; a run refuses a draft."""
        return bool(self.unconfirmed)

    def summary(self) -> str:
        """Give one line of what the notice holds."""
        scopes, rules = len(self.scopes), sum(len(scope.rules) for scope in self.scopes)
        drafts = f", {len(self.unconfirmed)} unconfirmed" if self.is_draft else ""
        return (
            f"recall {self.id} of {self.issued.isoformat()}, version {self.version}: "
            f"{_counted(scopes, 'scope')}, {_counted(rules, 'rule')}{drafts}"
        )


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
