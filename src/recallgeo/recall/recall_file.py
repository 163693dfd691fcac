"""From the plain data of a recall file to a `Recall`: keys checked by pydantic, rules read."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Annotated, Any

import pydantic
from pydantic import BaseModel, ConfigDict, ValidationError

from recallgeo.errors import (
    ConfigError,
    RecallGeoError,
    ScopeError,
    SerialFormatError,
    nearest_name,
)
from recallgeo.recall.date_code import CodeTable, DateCode, Derive, read_years
from recallgeo.recall.field_name import FIELD_NAMES, Field, FieldKind, resolve_field
from recallgeo.recall.line_values import Item, read_items
from recallgeo.recall.model import Line, Recall, Rule, RuleTable, Scope
from recallgeo.recall.serial_form import Alphabet
from recallgeo.recall.severity import Severity

__all__ = ["build_recall"]

_Text = Annotated[str, pydantic.Field(min_length=1)]
_Count = Annotated[int, pydantic.Field(ge=0)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class _Head(_Table):
    id: _Text
    issued: date
    version: Annotated[int, pydantic.Field(ge=1)] = 1
    expected_units: dict[str, _Count] = {}


class _Derive(_Table):
    name: Annotated[str, pydantic.Field(pattern=r"^[a-z][a-z0-9_]*$")]
    from_: Annotated[str, pydantic.Field(alias="from")]
    format: str | None = None
    table: dict[str, str | date] | None = None
    years: str | int | None = None


class _Severity(_Table):
    scheme: str
    level: str
    source: str


class _Rule(BaseModel):
    model_config = ConfigDict(extra="allow")

    keys: list[str] | None = None
    rows: list[list[Any]] | None = None
    rows_file: str | None = None
    component: dict[str, Any] | list[dict[str, Any]] | None = None
    alphabet: Alphabet = "own"
    quote: str = ""
    confirmed: bool = True


class _Scope(_Table):
    id: _Text
    hazard: _Text
    severity: _Severity | None = None
    remedy: str = ""
    ignore: Annotated[str, pydantic.StringConstraints(strip_whitespace=False)] = ""
    confirm_with: str = ""
    rule: list[_Rule] = []
    except_: Annotated[list[_Rule], pydantic.Field(alias="except")] = []


class _File(_Table):
    recall: _Head
    derive: list[_Derive] = []
    scope: Annotated[list[_Scope], pydantic.Field(min_length=1)]


_RULE_KEYS = tuple(_Rule.model_fields)
_MODELS: dict[str, type[BaseModel]] = {
    "recall": _Head, "derive": _Derive, "scope": _Scope, "severity": _Severity,
}  # fmt: skip


def build_recall(data: Mapping[str, Any]) -> Recall:
    """Check plain data against the format and build the recall.

    Parameters
    ----------
    data : mapping
        As TOML gives it, tables of ranges in place.

    Returns
    -------
    Recall
        Frozen.

    Raises
    ------
    ConfigError
        If a key is unknown or a value is of the wrong kind.
    ScopeError, SerialFormatError
        If a rule cannot mean what it says.
    """
    try:
        file = _File.model_validate(dict(data))
    except ValidationError as error:
        raise ConfigError(_explain(error)) from error
    faults = _Faults()
    derives = _build_derives(file.derive, faults)
    kinds: dict[str, FieldKind] = {derive.name: derive.kind for derive in derives}
    scopes = tuple(_build_scope(scope, kinds, faults) for scope in file.scope)
    _check_ids(scopes, faults)
    faults.raise_all()
    return Recall(
        id=file.recall.id,
        issued=file.recall.issued,
        version=file.recall.version,
        scopes=scopes,
        derives=tuple(derives),
        expected_units=dict(file.recall.expected_units),
    )


class _Faults:
    """Faults of a file, collected with their places and raised once."""

    def __init__(self) -> None:
        self._errors: list[tuple[str, RecallGeoError]] = []

    @contextmanager
    def at(self, place: str) -> Iterator[None]:
        try:
            yield
        except RecallGeoError as error:
            self._errors.append((place, error))

    def raise_all(self) -> None:
        if not self._errors:
            return
        lines = [f"{place}: {error}" for place, error in self._errors]
        kinds = {type(error) for _, error in self._errors}
        kind: Callable[[str], RecallGeoError] = ScopeError
        if len(kinds) == 1 and kinds <= {SerialFormatError, ConfigError}:
            kind = kinds.pop()
        if len(lines) == 1:
            raise kind(lines[0]) from self._errors[0][1]
        shown = "\n".join(f"  - {line}" for line in lines[:20])
        more = f"\n  and {len(lines) - 20} more" if len(lines) > 20 else ""  # noqa: PLR2004  # as above
        message = f"the recall file has {len(lines)} faults:\n{shown}{more}"
        raise kind(message) from self._errors[0][1]


def _build_derives(tables: Sequence[_Derive], faults: _Faults) -> list[Derive]:
    derives: dict[str, Derive] = {}
    for table in tables:
        with faults.at(f"derive {table.name!r}"):
            if table.name in {*derives, *FIELD_NAMES, *_RULE_KEYS}:
                message = f"the name {table.name!r} is taken; choose another"
                raise ScopeError(message)
            code = _code_of(table)
            source = resolve_field(table.from_)
            if source.kind == "list":
                message = f"{table.from_!r} is a list; derive from one text"
                raise ScopeError(message)
            derives[table.name] = Derive(name=table.name, source=source, code=code)
    return list(derives.values())


def _code_of(table: _Derive) -> DateCode | CodeTable:
    if (table.format is None) == (table.table is None):
        message = "write either format or table"
        raise ScopeError(message)
    if table.table is not None:
        return CodeTable({code: str(meaning) for code, meaning in table.table.items()})
    years = read_years(str(table.years)) if table.years is not None else None
    return DateCode(str(table.format), years)


def _build_scope(table: _Scope, kinds: Mapping[str, FieldKind], faults: _Faults) -> Scope:
    place = f"scope {table.id!r}"
    severity = None
    with faults.at(place):
        if table.severity is not None:
            severity = Severity(**table.severity.model_dump())
        if not table.rule:
            message = 'no [[scope.rule]]; write one, such as model = "all" for every unit'
            raise ScopeError(message)
    reader = _RuleReader(kinds, table.ignore, faults)
    return Scope(
        id=table.id,
        hazard=table.hazard,
        severity=severity,
        remedy=table.remedy,
        confirm_with=table.confirm_with,
        rules=reader.read_all(table.rule, f"{place}, rule"),
        exceptions=reader.read_all(table.except_, f"{place}, exception"),
    )


def _check_ids(scopes: Sequence[Scope], faults: _Faults) -> None:
    ids = [scope.id for scope in scopes]
    for name in sorted({name for name in ids if ids.count(name) > 1}):
        with faults.at(f"scope {name!r}"):
            message = "two scopes have this id; give each its own"
            raise ScopeError(message)
    for name in ids:
        if ";" in name:
            with faults.at(f"scope {name!r}"):
                message = "the id holds ';', which separates ids in tables; leave it out"
                raise ScopeError(message)


class _RuleReader:
    """Reads the rules of one scope."""

    def __init__(self, kinds: Mapping[str, FieldKind], ignore: str, faults: _Faults) -> None:
        self._kinds = kinds
        self._ignore = ignore.upper()
        self._faults = faults

    def read_all(self, rules: Sequence[_Rule], place: str) -> tuple[Rule, ...]:
        return tuple(self._read(rule, f"{place} {i}", i) for i, rule in enumerate(rules, start=1))

    def _read(self, rule: _Rule, place: str, number: int) -> Rule:
        lines = self._lines(rule.model_extra or {}, rule.alphabet, place)
        parts = rule.component if isinstance(rule.component, list) else [rule.component or {}]
        components = [self._lines(part, rule.alphabet, f"{place}, component") for part in parts]
        table = None
        with self._faults.at(place):
            table = self._table(rule, place)
            if not rule.model_extra and not any(parts) and table is None:
                message = 'the rule says nothing; write a line such as serial = "A1..A9"'
                raise ScopeError(message)
        return Rule(
            number=number,
            lines=lines,
            components=tuple(part for part in components if part),
            table=table,
            quote=rule.quote,
            confirmed=rule.confirmed,
        )

    def _lines(self, table: Mapping[str, Any], alphabet: Alphabet, place: str) -> tuple[Line, ...]:
        lines = []
        for name, value in table.items():
            with self._faults.at(f"{place}, {name}"):
                field = self._field(name)
                lines.append(Line(field=field, items=read_items(value, field, alphabet)))
        return tuple(lines)

    def _field(self, name: str) -> Field:
        try:
            return resolve_field(name, self._kinds, ignore=self._ignore)
        except ScopeError as error:
            near = nearest_name(name, _RULE_KEYS)
            if near.startswith("did you mean") and "did you mean" not in str(error):
                message = f"unknown key {name!r} of a rule; {near}"
                raise ScopeError(message) from error
            raise

    def _table(self, rule: _Rule, place: str) -> RuleTable | None:
        if rule.rows_file is not None:
            message = "rows_file is opened by Recall.from_toml; here, give keys and rows"
            raise ScopeError(message)
        if rule.keys is None and rule.rows is None:
            return None
        if not rule.keys or not rule.rows:
            message = "a table needs keys = [...] and rows = [[...]], neither of them empty"
            raise ScopeError(message)
        if len(set(rule.keys)) < len(rule.keys):
            message = f"keys = {rule.keys!r} holds a name twice; give each key its own column"
            raise ScopeError(message)
        fields = tuple(self._field(name) for name in rule.keys)
        rows = []
        for number, row in enumerate(rule.rows, start=1):
            with self._faults.at(f"{place}, row {number}"):
                rows.append(_read_row(row, fields, rule.alphabet))
        return RuleTable(keys=fields, rows=tuple(rows))


def _read_row(
    row: Sequence[object], fields: Sequence[Field], alphabet: Alphabet
) -> tuple[tuple[Item, ...], ...]:
    if len(row) != len(fields):
        message = f"{len(row)} cells for {len(fields)} keys; give each key one cell"
        raise ScopeError(message)
    return tuple(read_items(cell, field, alphabet) for cell, field in zip(row, fields, strict=True))


def _explain(error: ValidationError) -> str:
    lines = [_explain_one(fault) for fault in error.errors()]
    if len(lines) == 1:
        return f"the recall file: {lines[0]}"
    return "the recall file has faults:\n" + "\n".join(f"  - {line}" for line in lines)


def _explain_one(fault: Any) -> str:  # noqa: ANN401  # pydantic's ErrorDetails
    path = [part for part in fault["loc"] if part != "function-after"]
    place = _shown_path(path)
    if fault["type"] == "extra_forbidden":
        owner = next((str(p) for p in reversed(path[:-1]) if isinstance(p, str)), "")
        model = _MODELS.get(owner, _File)
        known = [field.alias or name for name, field in model.model_fields.items()]
        return f"unknown key {place}; {nearest_name(str(path[-1]), known)}"
    if fault["type"] == "missing":
        return f"{place} is missing; add it"
    return f"{place} = {fault['input']!r}: {fault['msg'][:1].lower()}{fault['msg'][1:]}"


def _shown_path(path: Sequence[str | int]) -> str:
    shown = ""
    for part in path:
        shown += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    return shown.lstrip(".")
