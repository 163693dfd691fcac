"""The form of a serial: its width, where letters and digits stand, and which places are masked.

A range counts within one form. Places of letters count A to Z, places of digits 0 to 9, places
of base 36 count 0 to 9 then A to Z; other characters are fixed; masked places are not looked at.
"""

from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from recallgeo.errors import SerialFormatError

__all__ = ["ALPHABETS", "MASK", "Alphabet", "SerialForm", "class_table"]

Alphabet = Literal["own", "base36"]
ALPHABETS: tuple[str, ...] = get_args(Alphabet)

MASK = 0
_DIGIT, _LETTER, _EITHER = ord("0"), ord("A"), ord("a")
_SYMBOLS = {
    _DIGIT: b"0123456789",
    _LETTER: b"ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    _EITHER: b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
}
_INT64_CAPACITY = 2**62


@cache
def class_table(alphabet: Alphabet) -> NDArray[np.uint8]:
    """Give the class of each byte: ``0`` for digits, ``A`` for letters, itself for others.

    Parameters
    ----------
    alphabet : {"own", "base36"}
        In base 36 digits and letters share the class ``a``.
    """
    table = np.arange(256, dtype=np.uint8)
    table[list(_SYMBOLS[_DIGIT])] = _EITHER if alphabet == "base36" else _DIGIT
    table[list(_SYMBOLS[_LETTER])] = _EITHER if alphabet == "base36" else _LETTER
    table.flags.writeable = False
    return table


@dataclass(frozen=True)
class SerialForm:
    """Form of the serials of one counter.

    Parameters
    ----------
    classes : bytes
        One for each byte of the serial: ``0`` digit, ``A`` letter, ``a`` either (base 36), 0 a
        masked place, any other byte itself.

    Examples
    --------
    >>> form = SerialForm.of("AB-0048")
    >>> form.classes, form.capacity
    (b'AA-0000', 6760000)
    >>> form.number("AB-0048"), form.text(10048)
    (10048, 'AB-0048')
    >>> form.fits("AB-00481")
    False
    """

    classes: bytes

    @classmethod
    def of(
        cls, serial: str, alphabet: Alphabet = "own", masked: frozenset[int] = frozenset()
    ) -> "SerialForm":
        """Give the form of one serial.

        Parameters
        ----------
        serial : str
            Normalised text.
        alphabet : {"own", "base36"}
            How its places count.
        masked : frozenset of int
            Places (bytes, from 0) that are not looked at.
        """
        table = class_table(alphabet)
        places = serial.encode()
        return cls(
            bytes(MASK if i in masked else int(table[byte]) for i, byte in enumerate(places))
        )

    @property
    def width(self) -> int:
        """Bytes of a serial of this form."""
        return len(self.classes)

    @cached_property
    def counted(self) -> tuple[int, ...]:
        """Places that count, from the most significant."""
        return tuple(i for i, kind in enumerate(self.classes) if kind in _SYMBOLS)

    @cached_property
    def symbols(self) -> tuple[bytes, ...]:
        """Characters of each counted place, in their order."""
        return tuple(_SYMBOLS[self.classes[i]] for i in self.counted)

    @cached_property
    def capacity(self) -> int:
        """How many numbers the form can hold."""
        capacity = 1
        for symbols in self.symbols:
            capacity *= len(symbols)
        return capacity

    @property
    def looked_at(self) -> tuple[int, ...]:
        """Places that are not masked."""
        return tuple(i for i, kind in enumerate(self.classes) if kind != MASK)

    @property
    def alphabet(self) -> Alphabet:
        """How its places count."""
        return "base36" if _EITHER in self.classes else "own"

    def fits(self, serial: str) -> bool:
        """Tell whether a normalised serial is of this form."""
        places = serial.encode()
        if len(places) != self.width:
            return False
        table = class_table(self.alphabet)
        return all(table[places[i]] == self.classes[i] for i in self.looked_at)

    def number(self, serial: str) -> int:
        """Give the number that a serial of this form stands for.

        Raises
        ------
        SerialFormatError
            If the serial is of another form.
        """
        if not self.fits(serial):
            message = f"{serial!r} is not of the form {self.text(0)!r}"
            raise SerialFormatError(message)
        places, number = serial.encode(), 0
        for place, symbols in zip(self.counted, self.symbols, strict=True):
            number = number * len(symbols) + symbols.index(places[place])
        return number

    def text(self, number: int) -> str:
        """Give the serial of a number, masked places as ``?``."""
        places = bytearray(ord("?") if kind == MASK else kind for kind in self.classes)
        for place, symbol in zip(self.counted, self._digits(number), strict=True):
            places[place] = symbol
        return places.decode()

    def _digits(self, number: int) -> bytes:
        digits = bytearray()
        for symbols in reversed(self.symbols):
            number, digit = divmod(number, len(symbols))
            digits.append(symbols[digit])
        return bytes(reversed(digits))

    def keys(self, places: NDArray[np.uint8]) -> NDArray[Any]:
        """Give the sort keys of serials of this form.

        Parameters
        ----------
        places : array of uint8, one row a serial
            Bytes of serials that fit the form.

        Returns
        -------
        array
            int64 numbers, or bytes of the counted places where the form holds more than 2**62.
        """
        if self.capacity > _INT64_CAPACITY:
            wide = np.ascontiguousarray(places[:, list(self.counted)])
            return wide.view(f"S{len(self.counted)}").ravel()
        numbers = np.zeros(len(places), np.int64)
        for place, symbols in zip(self.counted, self.symbols, strict=True):
            order = np.zeros(256, np.int64)
            order[list(symbols)] = np.arange(len(symbols))
            numbers *= len(symbols)
            numbers += order[places[:, place]]
        return numbers

    def key_array(self, numbers: list[int]) -> NDArray[Any]:
        """Give numbers as an array that compares with `keys`."""
        if self.capacity > _INT64_CAPACITY:
            keys = [self._digits(number) for number in numbers]
            return np.array(keys, dtype=f"S{len(self.counted)}")
        return np.array(numbers, dtype=np.int64)

    def may_overlap(self, other: "SerialForm") -> bool:
        """Tell whether a serial can be of both forms."""
        if self.width != other.width:
            return False
        return all(
            _agree(mine, theirs) for mine, theirs in zip(self.classes, other.classes, strict=True)
        )


def _agree(mine: int, theirs: int) -> bool:
    if mine == theirs or MASK in {mine, theirs}:
        return True
    return {mine, theirs} in ({_EITHER, _DIGIT}, {_EITHER, _LETTER})
