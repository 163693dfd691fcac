"""Names of things in EPCIS: URNs and GS1 Digital Links to GTIN, serial, lot and container.

References
----------
GS1 EPC Tag Data Standard 2.0, sections 6 and 7 (URNs); GS1 Digital Link URI Syntax 1.3.
"""

import re
from dataclasses import dataclass
from urllib.parse import unquote

__all__ = ["EpcName", "parse_epc", "short_word"]

_SGTIN = re.compile(r"urn:epc:(?:id|class|idpat):(sgtin|lgtin):(\d+)\.(\d+)\.(.+)")
_LINK = re.compile(r"https?://[^/]+(?:/[^/]+)*?/01/(\d{8,14})((?:/[^/?#]+)*)")
_GTIN_LENGTH = 14
_CONTAINERS = ("urn:epc:id:sscc:", "/00/")


@dataclass(frozen=True, slots=True, kw_only=True)
class EpcName:
    """What an identifier says; missing parts are None.

    Parameters
    ----------
    gtin, serial, lot : str or None
        Of a trade item.
    container : str or None
        Of a logistic unit, as written.
    """

    gtin: str | None = None
    serial: str | None = None
    lot: str | None = None
    container: str | None = None

    @property
    def parent(self) -> str | None:
        """Name under which other events call this thing a parent."""
        if self.container is not None:
            return self.container
        return f"{self.gtin}.{self.serial}" if self.gtin and self.serial else self.serial


def parse_epc(text: str) -> EpcName:
    """Read an EPC URN, a class URN or a Digital Link.

    What is neither a trade item nor a logistic unit keeps its whole text as serial: it names one
    thing, though no register will hold it.

    Examples
    --------
    >>> parse_epc("urn:epc:id:sgtin:0614141.107346.2017").gtin
    '10614141073464'
    >>> parse_epc("https://id.gs1.org/01/04012345123456/21/A%2F1").serial
    'A/1'
    """
    urn = _SGTIN.fullmatch(text)
    if urn is not None:
        gtin = _gtin(urn[2], urn[3])
        value = unquote(urn[4])
        if urn[1] == "lgtin":
            return EpcName(gtin=gtin, lot=value)
        return EpcName(gtin=gtin, serial=None if value == "*" else value)
    link = _LINK.match(text)
    if link is not None:
        parts = link[2].strip("/").split("/")
        keys = dict(zip(parts[::2], map(unquote, parts[1::2]), strict=False))
        gtin = link[1].zfill(_GTIN_LENGTH)
        return EpcName(gtin=gtin, serial=keys.get("21"), lot=keys.get("10"))
    if any(sign in text for sign in _CONTAINERS):
        return EpcName(container=text)
    return EpcName(serial=text)


def _gtin(company: str, item: str) -> str:
    """Put a GTIN-14 together: indicator, company, item, check digit (GS1 modulo 10)."""
    digits = f"{item[0]}{company}{item[1:]}"
    total = sum(int(digit) * (3 if at % 2 == 0 else 1) for at, digit in enumerate(digits))
    return f"{digits}{-total % 10}"


def short_word(text: str) -> str:
    """Give the last word of a vocabulary term.

    Examples
    --------
    >>> short_word("urn:epcglobal:cbv:bizstep:shipping")
    'shipping'
    >>> short_word("https://ref.gs1.org/cbv/BizStep-shipping")
    'shipping'
    """
    return re.split(r"[:/-]", text)[-1]
