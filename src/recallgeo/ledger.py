"""The ledger: every row and unit ends in exactly one line, and sums are conserved.

A `Balance` says how a total splits into parts; it raises where the parts do not add up. A
`Ledger` is a chain of balances: each total equals a part of an earlier balance.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from recallgeo.errors import LedgerError

__all__ = ["Balance", "Grain", "Ledger", "count_units"]

Grain = Literal["rows", "units", "sites"]


def count_units(assets: pd.DataFrame) -> int:
    """Count the units of a frame: the sum of quantities, a missing one counting as one.

    Parameters
    ----------
    assets : DataFrame
        ASSETS or any table that extends it.

    Returns
    -------
    int
        Units.

    Examples
    --------
    >>> count_units(pd.DataFrame({"quantity": pd.array([None, 3], dtype="Int64")}))
    4
    """
    return int(assets["quantity"].fillna(1).sum())


@dataclass(frozen=True, slots=True)
class Balance:
    """How a total splits at a stage.

    Parameters
    ----------
    stage : str
        Stage of the line, such as ``match_recall``.
    grain : {"rows", "units", "sites"}
        What is counted.
    total : int
        What came in.
    parts : mapping of str to int
        Where it went; the parts sum to the total.
    of : str, optional
        Parts that the total is: ``"<stage>.<part>"`` of earlier balances of the same grain, several
        joined by ``" + "``.

    Raises
    ------
    LedgerError
        If the parts do not sum to the total.

    Examples
    --------
    >>> Balance("read_register", "rows", 10, {"kept": 9, "set_aside": 1}).parts["kept"]
    9
    >>> Balance("read_register", "rows", 10, {"kept": 9})
    Traceback (most recent call last):
    ...
    recallgeo.errors.LedgerError: read_register: 10 rows came in, 9 are accounted for (kept 9)
    """

    stage: str
    grain: Grain
    total: int
    parts: Mapping[str, int]
    of: str = ""

    def __post_init__(self) -> None:
        """Check that nothing was lost or doubled."""
        object.__setattr__(self, "parts", {name: int(n) for name, n in self.parts.items()})
        known = sum(self.parts.values())
        if known != self.total or any(count < 0 for count in self.parts.values()):
            shown = ", ".join(f"{name} {count}" for name, count in self.parts.items())
            message = (
                f"{self.stage}: {self.total} {self.grain} came in, "
                f"{known} are accounted for ({shown})"
            )
            raise LedgerError(message)

    def to_dict(self) -> dict[str, Any]:
        """Give plain data for ``ledger.json``."""
        return {
            "stage": self.stage,
            "grain": self.grain,
            "of": self.of or None,
            "total": self.total,
            "parts": dict(self.parts),
        }


@dataclass(frozen=True, slots=True)
class Ledger:
    """Balances of a run, in the order of the stages.

    Parameters
    ----------
    balances : tuple of Balance
        In order.
    made : mapping of str to int
        Units made or shipped per market, as the recall declares; empty where it does not.

    Examples
    --------
    >>> ledger = Ledger().add(Balance("read_register", "rows", 10, {"kept": 9, "set_aside": 1}))
    >>> of = "read_register.kept"
    >>> ledger = ledger.add(Balance("merge", "rows", 9, {"assets": 8, "merged": 1}, of))
    >>> (ledger + ledger).part("merge", "assets", "rows")
    16
    """

    balances: tuple[Balance, ...] = ()
    made: Mapping[str, int] | None = None

    def add(self, *balances: Balance) -> "Ledger":
        """Give the ledger with further balances, each checked against those before it.

        Parameters
        ----------
        *balances : Balance
            In the order of the stages.

        Raises
        ------
        LedgerError
            If a balance's total is not the parts it names, or the balance is there already.
        """
        ledger = self
        for balance in balances:
            ledger._check(balance)
            ledger = Ledger((*ledger.balances, balance), ledger.made)
        return ledger

    def _check(self, balance: Balance) -> None:
        if any((b.stage, b.grain) == (balance.stage, balance.grain) for b in self.balances):
            message = f"{balance.stage}: {balance.grain} are balanced already"
            raise LedgerError(message)
        if not balance.of:
            return
        named = (part.rpartition(".") for part in balance.of.split(" + "))
        expected = sum(self.part(stage, part, balance.grain) for stage, _, part in named)
        if expected != balance.total:
            message = (
                f"{balance.stage}: {balance.total} {balance.grain} came in, "
                f"but {balance.of} gave {expected}"
            )
            raise LedgerError(message)

    def part(self, stage: str, part: str, grain: Grain = "units") -> int:
        """Give one part of a balance.

        Parameters
        ----------
        stage, part : str
            Names as in the balance; part ``"total"`` is its total.
        grain : {"rows", "units", "sites"}
            What is counted.

        Raises
        ------
        LedgerError
            If there is no such balance or part.
        """
        for balance in self.balances:
            if (balance.stage, balance.grain) == (stage, grain):
                if part == "total":
                    return balance.total
                if part in balance.parts:
                    return balance.parts[part]
        message = f"the ledger has no {stage}.{part} of {grain}"
        raise LedgerError(message)

    def balance(self, stage: str, grain: Grain = "units") -> Balance:
        """Give the balance of a stage; raise `LedgerError` where there is none."""
        for balance in self.balances:
            if (balance.stage, balance.grain) == (stage, grain):
                return balance
        message = f"the ledger has no {stage} of {grain}"
        raise LedgerError(message)

    @property
    def unaccounted(self) -> dict[str, int]:
        """Units made less units known to be affected, per market; negative where more are known."""
        known = self.balance("expected_units") if self.made else None
        if known is None or not self.made:
            return {}
        return {market: made - known.parts.get(market, 0) for market, made in self.made.items()}

    def __add__(self, other: "Ledger") -> "Ledger":
        """Add the ledgers of two blocks, balance by balance."""
        if not self.balances or not other.balances:
            return self if self.balances else other
        pairs = {(b.stage, b.grain): b for b in other.balances}
        if [*pairs] != [(b.stage, b.grain) for b in self.balances]:
            message = "ledgers of different lines cannot be added"
            raise LedgerError(message)
        summed = (_sum_balances(mine, pairs[mine.stage, mine.grain]) for mine in self.balances)
        return Ledger(tuple(summed), self.made or other.made)

    def to_dict(self) -> dict[str, Any]:
        """Give plain data for ``ledger.json``: made, unaccounted, balances."""
        return {
            "made": dict(self.made) if self.made else None,
            "unaccounted": self.unaccounted or None,
            "balances": [balance.to_dict() for balance in self.balances],
        }

    @classmethod
    def from_balances(
        cls, balances: Iterable[Balance], *, made: Mapping[str, int] | None = None
    ) -> "Ledger":
        """Chain balances, each checked against those before it.

        Parameters
        ----------
        balances : iterable of Balance
            In the order of the stages.
        made : mapping of str to int, optional
            Units made per market.
        """
        return cls(made=dict(made) if made else None).add(*balances)


def _sum_balances(first: Balance, second: Balance) -> Balance:
    names = list(dict.fromkeys([*first.parts, *second.parts]))
    parts = {name: first.parts.get(name, 0) + second.parts.get(name, 0) for name in names}
    return Balance(first.stage, first.grain, first.total + second.total, parts, first.of)
