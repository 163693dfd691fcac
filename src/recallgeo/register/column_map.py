"""Column maps: how the headers of somebody else's table become our columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Self

from recallgeo.errors import ConfigError, nearest_name
from recallgeo.frames import ADDRESS_FIELDS, ASSETS
from recallgeo.register.column_rules import ColumnRule, ComponentRule, parse_rule, text_tuple
from recallgeo.register.read_options import ReadOptions
from recallgeo.schema import FrameSchema

__all__ = ["ROLES", "ColumnMap", "Role"]

Role = Literal["install_at", "ship_to", "bill_to"]

ROLES: tuple[Role, ...] = ("install_at", "ship_to", "bill_to")
"""Address roles, the one that says most about where a unit stands first."""

ROLE_FIELDS = (*ADDRESS_FIELDS, "longitude", "latitude")
"""Fields that an address role may hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMap:
    """How a table is read and which of its columns become which of ours.

    Parameters
    ----------
    read : ReadOptions
        How the file is opened and its cells are read.
    columns : mapping of str to ColumnRule
        Our name to the rule that fills it. A header equal to one of our names maps to itself.
    components : tuple of ComponentRule
        Blocks of columns that become the list of parts of a unit.
    words : mapping of str to mapping of str to str
        Field to a map from the words of the table to ours; letter case does not count.
    roles : mapping of str to mapping of str to ColumnRule
        Further addresses of a unit, by role.
    role_precedence : tuple of str
        Which address is used where several are given, first one first.

    Examples
    --------
    >>> columns = ColumnMap.from_dict({"columns": {"serial": "Seriennummer"}})
    >>> columns.columns["serial"].headers
    ('Seriennummer',)
    """

    read: ReadOptions = field(default_factory=ReadOptions)
    columns: Mapping[str, ColumnRule] = field(default_factory=dict)
    components: tuple[ComponentRule, ...] = ()
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    roles: Mapping[str, Mapping[str, ColumnRule]] = field(default_factory=dict)
    role_precedence: tuple[str, ...] = ROLES

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], *, schema: FrameSchema = ASSETS) -> Self:
        """Check the content of a ``columns.toml`` and build the map.

        Parameters
        ----------
        data : mapping
            Tables ``read``, ``columns``, ``values`` as in the file.
        schema : FrameSchema, default ASSETS
            Contract whose columns are filled; MOVEMENTS and PARTIES have column maps too.

        Returns
        -------
        ColumnMap

        Raises
        ------
        ConfigError
            With a line for each fault: an unknown key and the nearest known one, a value of the
            wrong kind, a rule that cannot fill its field.

        Examples
        --------
        >>> ColumnMap.from_dict({"columns": {"serail": "S/N"}})
        Traceback (most recent call last):
        ...
        recallgeo.errors.ConfigError: the column map cannot be used:
          - [columns] serail: no such field; did you mean 'serial'?
        """
        reader = _MapReader(schema)
        result = reader.read(data)
        if reader.faults:
            lines = "\n".join(f"  - {fault}" for fault in reader.faults)
            message = f"the column map cannot be used:\n{lines}"
            raise ConfigError(message)
        return cls(**result)

    def headers(self) -> list[str]:
        """Give every header that the map names, in order, each once."""
        rules = [
            *self.columns.values(),
            *(r for role in self.roles.values() for r in role.values()),
        ]
        named = [header for rule in rules for header in rule.headers]
        named += [header for rule in self.components for header in rule.headers()]
        return list(dict.fromkeys(named))


class _MapReader:
    """Reads the tables of a column map and gathers what is wrong with them."""

    def __init__(self, schema: FrameSchema) -> None:
        self.faults: list[str] = []
        self._schema = schema
        self._fields = [schema.index, *schema.names]

    def read(self, data: Mapping[str, Any]) -> dict[str, Any]:
        known = ["columns", "read", "role_precedence", "values"]
        self._refuse_unknown("", data, known)
        columns = dict(self._table(data, "columns", "[columns]"))
        precedence = columns.pop("role_precedence", data.get("role_precedence"))
        roles = {role: self._role(role, columns.pop(role)) for role in ROLES if role in columns}
        components = columns.pop("components", []) if self._takes("components") else []
        if isinstance(components, str | Mapping):
            columns["components"], components = components, []
        return {
            "read": ReadOptions.from_dict(
                self._table(data, "read", "[read]"), fields=self._fields, faults=self.faults
            ),
            "columns": self._rules("[columns]", columns, self._fields),
            "components": tuple(self._components(components)),
            "words": self._values(self._table(data, "values", "[values]")),
            "roles": roles,
            "role_precedence": self._precedence(precedence),
        }

    def _takes(self, name: str) -> bool:
        return name in self._fields

    def _table(self, data: Mapping[str, Any], key: str, where: str) -> Mapping[str, Any]:
        value = data.get(key, {})
        if isinstance(value, Mapping):
            return value
        self.faults.append(f"{where} is {value!r}; expected a table")
        return {}

    def _refuse_unknown(self, where: str, data: Mapping[str, Any], known: Sequence[str]) -> None:
        for key in data:
            if key not in known:
                at = f"{where} {key}".strip()
                self.faults.append(f"{at}: no such key; {nearest_name(key, known)}")

    def _rules(
        self, where: str, table: Mapping[str, Any], fields: Sequence[str]
    ) -> dict[str, ColumnRule]:
        rules = {}
        for name, value in table.items():
            if name not in fields and not name.startswith(self._schema.extra):
                self.faults.append(f"{where} {name}: no such field; {nearest_name(name, fields)}")
                continue
            column = self._schema.column(name)
            try:
                rules[name] = parse_rule(
                    value, is_list=column is not None and column.dtype == "list"
                )
            except ConfigError as error:
                self.faults.append(f"{where} {name}: {error}")
        return rules

    def _role(self, role: str, table: object) -> dict[str, ColumnRule]:
        if not isinstance(table, Mapping):
            self.faults.append(f"[columns.{role}] is {table!r}; expected a table of address fields")
            return {}
        return self._rules(f"[columns.{role}]", table, ROLE_FIELDS)

    def _precedence(self, value: object) -> tuple[str, ...]:
        if value is None:
            return ROLES
        try:
            names = text_tuple(value)
        except ConfigError as error:
            self.faults.append(f"role_precedence: {error}")
            return ROLES
        for name in names:
            if name not in ROLES:
                self.faults.append(f"role_precedence {name!r}: {nearest_name(name, ROLES)}")
        return (*names, *(role for role in ROLES if role not in names))

    def _components(self, value: object) -> list[ComponentRule]:
        if not isinstance(value, list):
            self.faults.append(f"[[columns.components]] is {value!r}; expected tables")
            return []
        rules = []
        for table in value:
            try:
                rules.append(ComponentRule.from_dict(table))
            except ConfigError as error:
                self.faults.append(f"[[columns.components]] {error}")
        return rules

    def _values(self, tables: Mapping[str, Any]) -> dict[str, dict[str, str]]:
        result = {}
        for name, table in tables.items():
            where = f"[values.{name}]"
            if name not in self._fields and not name.startswith(self._schema.extra):
                self.faults.append(f"{where}: no such field; {nearest_name(name, self._fields)}")
            elif not isinstance(table, Mapping):
                self.faults.append(f"{where} is {table!r}; expected a table of words")
            elif wrong := [word for word, ours in table.items() if not isinstance(ours, str)]:
                self.faults.append(
                    f"{where} {wrong[0]!r}: expected a text, not {table[wrong[0]]!r}"
                )
            else:
                result[name] = {str(word): ours for word, ours in table.items()}
        return result
