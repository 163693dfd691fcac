"""How a table is opened and how its cells are read: the ``[read]`` part of a column map."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from recallgeo.errors import ConfigError, nearest_name
from recallgeo.register.column_rules import text_tuple

__all__ = ["EXCEL_DAYS", "ReadOptions"]

EXCEL_DAYS = "excel"
"""Date format of spreadsheets: days since 1899-12-30."""

_YEARS = ("%Y", "%y", "%G", "%x", "%c")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """How a table is opened and how its cells are read.

    Parameters
    ----------
    delimiter : str, optional
        Between the fields of a text file; found out where missing.
    encoding : str, optional
        Of a text file; UTF-8 and UTF-16 are found out, other lines are read as Windows-1252.
    missing : tuple of str
        Words that stand for no value, besides the empty cell.
    datetimes : mapping of str to tuple of str
        Field to the `strptime` formats of its dates, ``""`` for every other field; the word
        ``excel`` for a spreadsheet's day numbers. ISO dates are always read.
    decimal : str, default "."
        Decimal sign, ``.`` or ``,``.
    sheet : str, optional
        Sheet of a workbook or layer of a file with several; the first where missing.
    header_row : int, optional
        Line of the headers, counted from 1; the first that is not blank where missing.
    duplicate_headers : mapping of str to str
        Which of several columns of one header is used: ``first`` or ``last``.
    rejoin_broken_lines : bool, default False
        Whether neighbouring broken lines that fit the header together become one record.

    Examples
    --------
    >>> ReadOptions(decimal=",").header_row is None
    True
    """

    delimiter: str | None = None
    encoding: str | None = None
    missing: tuple[str, ...] = ()
    datetimes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    decimal: str = "."
    sheet: str | None = None
    header_row: int | None = None
    duplicate_headers: Mapping[str, str] = field(default_factory=dict)
    rejoin_broken_lines: bool = False

    @classmethod
    def from_dict(
        cls, data: Mapping[str, Any], *, fields: Iterable[str], faults: list[str]
    ) -> Self:
        """Read the ``[read]`` table; faults are added to the list instead of raised.

        Parameters
        ----------
        data : mapping
            Content of the table.
        fields : iterable of str
            Our names, for the date formats of single fields.
        faults : list of str
            Gets a line for each fault.
        """
        readers = {
            "delimiter": _read_delimiter,
            "encoding": _read_encoding,
            "missing": text_tuple,
            "datetime": lambda value: _read_datetimes(value, list(fields)),
            "decimal": lambda value: _read_choice(value, (".", ",")),
            "sheet": _read_text,
            "header_row": _read_row,
            "duplicate_headers": _read_duplicates,
            "rejoin_broken_lines": _read_flag,
        }
        options: dict[str, Any] = {}
        for key, value in data.items():
            if key not in readers:
                faults.append(f"[read] {key}: no such key; {nearest_name(key, readers)}")
                continue
            try:
                options["datetimes" if key == "datetime" else key] = readers[key](value)
            except ConfigError as error:
                faults.append(f"[read] {key}: {error}")
        return cls(**options)

    def date_formats(self, name: str) -> tuple[str, ...]:
        """Give the declared date formats of a field."""
        return self.datetimes.get(name, self.datetimes.get("", ()))


def _read_text(value: object) -> str:
    if not isinstance(value, str) or not value:
        message = f"{value!r} is no text"
        raise ConfigError(message)
    return value


def _read_delimiter(value: object) -> str:
    if not isinstance(value, str) or len(value) != 1 or value in '"\r\n':
        message = f'{value!r} cannot separate fields; expected one character such as ";"'
        raise ConfigError(message)
    return value


def _read_encoding(value: object) -> str:
    import codecs

    try:
        return codecs.lookup(_read_text(value)).name
    except LookupError as error:
        message = f'{value!r} is no encoding; expected a name such as "utf-8" or "shift_jis"'
        raise ConfigError(message) from error


def _read_choice(value: object, choices: Sequence[str]) -> str:
    if value not in choices:
        shown = ", ".join(repr(choice) for choice in choices)
        message = f"{value!r} is none of {shown}"
        raise ConfigError(message)
    return str(value)


def _read_row(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        message = f"{value!r} is no line; expected a number from 1"
        raise ConfigError(message)
    return value


def _read_flag(value: object) -> bool:
    if not isinstance(value, bool):
        message = f"{value!r} is neither true nor false"
        raise ConfigError(message)
    return value


def _read_duplicates(value: object) -> dict[str, str]:
    if not isinstance(value, Mapping):
        message = f'{value!r} is no table; expected {{ header = "last" }}'
        raise ConfigError(message)
    return {str(key): _read_choice(which, ("first", "last")) for key, which in value.items()}


def _read_datetimes(value: object, fields: list[str]) -> dict[str, tuple[str, ...]]:
    tables = value if isinstance(value, Mapping) else {"": value}
    result = {}
    for name, formats in tables.items():
        if name and name not in fields:
            message = f"no such field {name!r}; {nearest_name(str(name), fields)}"
            raise ConfigError(message)
        result[str(name)] = tuple(_read_format(text) for text in text_tuple(formats))
    return result


def _read_format(text: str) -> str:
    if text != EXCEL_DAYS and not any(code in text for code in _YEARS):
        message = f'{text!r} holds no year; expected a format such as "%d.%m.%Y", or "excel"'
        raise ConfigError(message)
    return text
