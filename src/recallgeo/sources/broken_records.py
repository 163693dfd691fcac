"""Records of a delimited file whose lines are not all of one width, told apart with care."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice

import pandas as pd

from recallgeo.register.set_aside import join_lines, row_lines

__all__ = ["Records", "split_records"]

_QUOTE = '"'
_LONGEST_RECORD = 200  # lines; judgement: a longer one is a stray quote
_LEAST_SURE_WIDTH = 3  # fields; below, a quoted cell looks like a record too easily; judgement
_FEWEST_FIELDS = 2  # of a record that is kept; judgement: one field may be a title or a total
_MOST_PIECES = 5  # of one broken record; judgement


@dataclass(slots=True)
class _Piece:
    """What stands in one line, or in several where quotes hold them together."""

    row: int
    lines: int
    fields: list[str]
    raw: str
    stray: bool = False


@dataclass(slots=True, kw_only=True)
class Records:
    """Records told apart; lines are counted from 1 at the first line of the body.

    Parameters
    ----------
    width : int
        Fields of the header.
    rows : list of int
        First line of each record.
    fields : list of list of str
        Cells of each record, as many as the header.
    lost : list of tuple
        Line, cause and text of what is no record.
    repaired : list of tuple
        Line and cause of what was kept after a repair.
    trimmed : int
        Records that ended in empty fields beyond the header.
    """

    width: int
    rows: list[int] = field(default_factory=list)
    fields: list[list[str]] = field(default_factory=list)
    lost: list[tuple[int, str, str]] = field(default_factory=list)
    repaired: list[tuple[int, str]] = field(default_factory=list)
    trimmed: int = 0

    def columns(self) -> list[list[str]]:
        """Give the cells by column."""
        if not self.fields:
            return [[] for _ in range(self.width)]
        return [list(column) for column in zip(*self.fields, strict=True)]

    def set_aside(self, name: str, *, first_line: int) -> pd.DataFrame:
        """Give the lines for SET_ASIDE."""
        shift = first_line - 1
        lost = row_lines(
            [row + shift for row, _, _ in self.lost],
            cause=[cause for _, cause, _ in self.lost],
            source_file=name,
            raw=[raw for _, _, raw in self.lost],
        )
        repaired = row_lines(
            [row + shift for row, _ in self.repaired],
            cause=[cause for _, cause in self.repaired],
            source_file=name,
            kept=True,
        )
        return join_lines([lost, repaired])

    def notes(self, name: str) -> list[str]:
        """Say what was found."""
        counts = (
            (len(self.repaired), "records were repaired"),
            (self.trimmed, "records ended in empty fields beyond the header"),
        )
        return [f"{name}: {count} {what}" for count, what in counts if count]

    def keep(self, piece: _Piece, fields: list[str]) -> None:
        """Add a record."""
        self.rows.append(piece.row)
        self.fields.append(fields)
        if piece.stray:
            self.repaired.append((piece.row, "a quote that is never closed was read as text"))

    def lose(self, piece: _Piece, cause: str) -> None:
        """Set a piece aside."""
        self.lost.append((piece.row, cause, piece.raw))


def split_records(body: str, delimiter: str, width: int, *, rejoin: bool) -> Records:
    r"""Tell the records of a damaged file apart.

    A quoted field may hold line breaks. A quote that is never closed, or closed only by
    swallowing whole records, is text. A record with further empty fields loses those; one with
    further filled fields is set aside: a delimiter stands inside one of its fields, and which
    one is unknown. A record with too few fields keeps them, the rest is missing, unless it is
    the second half of the record before it or holds one field only.

    Parameters
    ----------
    body : str
        Text after the header, line feeds as line ends.
    delimiter : str
        Between fields.
    width : int
        Fields of the header.
    rejoin : bool
        Whether neighbouring lines that are too short and fit the header together become one
        record.

    Returns
    -------
    Records

    Examples
    --------
    >>> records = split_records('1,a\n\n2,"b\nc"\n3,d,e\n', ",", 2, rejoin=False)
    >>> records.rows, records.fields
    ([1, 3], [['1', 'a'], ['2', 'b\nc']])
    >>> [row for row, cause, raw in records.lost]
    [2, 5]
    """
    records = Records(width=width)
    short: list[_Piece] = []
    for piece in _pieces(_lines_of(body), delimiter, width):
        if short and (len(piece.fields) >= width or not _touches(short[-1], piece)):
            _place_short(records, short, rejoin=rejoin)
            short = []
        if not piece.raw.strip():
            records.lose(piece, "blank row")
        elif len(piece.fields) < width:
            short.append(piece)
        else:
            _place_whole(records, piece)
    _place_short(records, short, rejoin=rejoin)
    return records


def _lines_of(body: str) -> list[str]:
    lines = body.split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def _touches(first: _Piece, second: _Piece) -> bool:
    return first.row + first.lines == second.row and bool(second.raw.strip())


def _pieces(lines: Sequence[str], delimiter: str, width: int) -> Iterator[_Piece]:
    at = 0
    while at < len(lines):
        line = lines[at]
        if _QUOTE in line:
            piece = _quoted_piece(lines, at, delimiter, width)
        else:
            piece = _Piece(at + 1, 1, line.split(delimiter), line)
        yield piece
        at += piece.lines


def _quoted_piece(lines: Sequence[str], at: int, delimiter: str, width: int) -> _Piece:
    """Read a record with quotes, which may hold line breaks."""
    stray = _Piece(at + 1, 1, lines[at].split(delimiter), lines[at], stray=True)
    given = min(_LONGEST_RECORD, len(lines) - at)
    ahead = (f"{line}\n" for line in islice(lines, at, at + given))
    reader = csv.reader(chain(ahead, ["\n"]), delimiter=delimiter)
    try:
        fields = next(reader)
    except csv.Error:
        return stray
    used = reader.line_num
    if used > given:
        return stray
    taken = lines[at : at + used]
    if used > 1 and (len(fields) != width or not _is_one_record(taken, delimiter, width)):
        return stray
    return _Piece(at + 1, used, fields, "\n".join(taken))


def _is_one_record(lines: Sequence[str], delimiter: str, width: int) -> bool:
    """Tell whether quotes truly hold lines together: they close before a delimiter or the end.

    Where each line would be a whole record of three fields or more without the quote, it is
    taken as stray all the same: a unit read twice is better than one swallowed.
    """
    reader = csv.reader((f"{line}\n" for line in lines), delimiter=delimiter, strict=True)
    try:
        next(reader)
    except csv.Error:
        return False
    whole = all(len(line.split(delimiter)) == width for line in lines)
    return not (whole and width >= _LEAST_SURE_WIDTH)


def _place_whole(records: Records, piece: _Piece) -> None:
    extra = piece.fields[records.width :]
    if any(text.strip() for text in extra):
        found = len(piece.fields)
        cause = f"{found} fields, the header has {records.width}: a delimiter inside a field"
        records.lose(piece, cause)
        return
    records.trimmed += bool(extra)
    records.keep(piece, piece.fields[: records.width])


def _place_short(records: Records, run: Sequence[_Piece], *, rejoin: bool) -> None:
    """Place neighbouring pieces that are too short: rejoined, kept, or set aside."""
    at = 0
    while at < len(run):
        count = _pieces_that_fit(run[at:], records.width)
        pieces = run[at : at + count]
        if count > 1 and rejoin:
            cause = f"a record broken over {count} lines was rejoined"
            records.repaired.append((pieces[0].row, cause))
            records.keep(pieces[0], _joined_fields(pieces))
        else:
            _keep_short(records, pieces[0])
            for piece in pieces[1:]:
                records.lose(piece, "the rest of a broken record; set rejoin_broken_lines = true")
        at += count


def _pieces_that_fit(run: Sequence[_Piece], width: int) -> int:
    """Count the pieces from the first on that make one record of the header's width."""
    total = len(run[0].fields)
    for count, piece in enumerate(run[1:_MOST_PIECES], 2):
        total += len(piece.fields) - 1
        if total == width:
            return count
        if total > width:
            break
    return 1


def _joined_fields(pieces: Sequence[_Piece]) -> list[str]:
    fields = list(pieces[0].fields)
    for piece in pieces[1:]:
        fields[-1] = f"{fields[-1]}\n{piece.fields[0]}"
        fields += piece.fields[1:]
    return fields


def _keep_short(records: Records, piece: _Piece) -> None:
    found = len(piece.fields)
    if found < min(_FEWEST_FIELDS, records.width - 1):
        records.lose(piece, f"one field, the header has {records.width}: no record")
        return
    cause = f"{found} fields, the header has {records.width}: the rest was read as missing"
    records.repaired.append((piece.row, cause))
    records.keep(piece, [*piece.fields, *[""] * (records.width - found)])
