"""From the bytes of a text file to its text, whatever wrote it."""

import codecs
from dataclasses import dataclass

from recallgeo.errors import SourceFormatError

__all__ = ["DecodedText", "decode_text"]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodedText:
    r"""Text of a file.

    Parameters
    ----------
    text : str
        With ``\n`` as the only line end and no NUL.
    encoding : str
        What it was read as.
    notes : tuple of str
        What was repaired: NUL bytes, lines in another encoding.
    """

    text: str
    encoding: str
    notes: tuple[str, ...] = ()


def decode_text(content: bytes, *, name: str, encoding: str | None = None) -> DecodedText:
    r"""Decode a text file.

    UTF-8 and UTF-16 are told by their mark or their zeros. In a file that is not wholly UTF-8
    each line that is not is read as Windows-1252, and counted.

    Parameters
    ----------
    content : bytes
        The file.
    name : str
        Its name, for messages.
    encoding : str, optional
        Declared encoding; nothing else is tried.

    Returns
    -------
    DecodedText

    Raises
    ------
    SourceFormatError
        If the file does not fit its declared or marked encoding.

    Examples
    --------
    >>> decode_text("Köln\r\n".encode("cp1252"), name="units.csv").text
    'Köln\n'
    """
    mark, guess = next(
        ((mark, known) for mark, known in _MARKS if content.startswith(mark)), (b"", None)
    )
    body = content[len(mark) :]
    chosen = encoding or guess or _unmarked_utf16(body)
    notes: list[str] = []
    if chosen in {None, "utf-8"} and encoding is None:
        text, others = _decode_mixed(body)
        chosen = "utf-8" if not others else "utf-8 and windows-1252"
        if others:
            notes.append(f"{name}: {others} lines are not UTF-8 and were read as Windows-1252")
    else:
        text = _decode_as(body, str(chosen), name)
    nuls = text.count("\0")
    if nuls:
        notes.append(f"{name}: {nuls} NUL characters were removed")
        text = text.replace("\0", "")
    return DecodedText(text=_plain_line_ends(text), encoding=str(chosen), notes=tuple(notes))


def _unmarked_utf16(body: bytes) -> str | None:
    """Tell UTF-16 without a mark by the zeros in its first two Latin letters."""
    zeros = [byte == 0 for byte in body[:4]]
    if len(body) % 2 == 0 and zeros == [False, True, False, True]:
        return "utf-16-le"
    if len(body) % 2 == 0 and zeros == [True, False, True, False]:
        return "utf-16-be"
    return None


def _decode_mixed(body: bytes) -> tuple[str, int]:
    try:
        return body.decode("utf-8"), 0
    except UnicodeDecodeError:
        lines = body.split(b"\n")
    texts, others = [], 0
    for line in lines:
        try:
            texts.append(line.decode("utf-8"))
        except UnicodeDecodeError:
            texts.append(line.decode("cp1252", errors="replace"))
            others += 1
    return "\n".join(texts), others


def _decode_as(body: bytes, encoding: str, name: str) -> str:
    try:
        return body.decode(encoding)
    except UnicodeDecodeError as error:
        message = (
            f"{name}, byte {error.start}: not {encoding}; "
            'state the file\'s encoding in the column map, such as [read] encoding = "cp1252"'
        )
        raise SourceFormatError(message) from error


def _plain_line_ends(text: str) -> str:
    """Write every line end as a line feed."""
    if "\r" not in text:
        return text
    return text.replace("\r\r\n", "\n").replace("\r\n", "\n").replace("\r", "\n")
