"""How tiers and support status look: colour, shape and words, the same in every output.

Colour is never the only cue: each tier has a shape of its own too, and lightness falls with
urgency, so a grey print keeps the order.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

__all__ = ["STATUS_SYMBOLS", "TIER_SYMBOLS", "Symbol", "tier_colours", "tier_symbol"]


@dataclass(frozen=True, slots=True)
class Symbol:
    """A mark on a map.

    Parameters
    ----------
    colour : str
        ``#rrggbb``.
    shape : str
        Name of a QGIS simple marker.
    size_mm : float
        Diameter on paper or screen.
    """

    colour: str
    shape: str
    size_mm: float


TIER_SYMBOLS: tuple[Symbol, ...] = (
    Symbol("#7f0000", "star", 4.6),
    Symbol("#c7421a", "triangle", 3.8),
    Symbol("#ec9a29", "diamond", 3.4),
    Symbol("#8fb8de", "square", 2.8),
    Symbol("#c9d6df", "circle", 2.4),
)
"""From the most urgent tier on; further tiers look like the last (judgement)."""

STATUS_SYMBOLS: dict[str, Symbol] = {
    "active": Symbol("#1b6ca8", "circle", 3.0),
    "expired": Symbol("#ec9a29", "diamond", 3.0),
    "none": Symbol("#6b6b6b", "cross_fill", 3.0),
}
"""By support status; a missing status has the mark of no category."""


def tier_symbol(tier: int) -> Symbol:
    """Give the mark of a tier.

    Parameters
    ----------
    tier : int
        0 is the most urgent.

    Examples
    --------
    >>> tier_symbol(0).shape, tier_symbol(99).shape
    ('star', 'circle')
    """
    return TIER_SYMBOLS[min(max(tier, 0), len(TIER_SYMBOLS) - 1)]


def tier_colours(tiers: pd.Series) -> pd.Series:
    """Give the colour of each site's tier.

    Parameters
    ----------
    tiers : Series of Int64
        0 is the most urgent.

    Returns
    -------
    Series of text, named ``colour``
        ``#rrggbb`` on the same index; missing where the tier is.

    Examples
    --------
    >>> tier_colours(pd.Series([0, 7], dtype="Int64")).tolist()
    ['#7f0000', '#c9d6df']
    """
    colours = np.array([symbol.colour for symbol in TIER_SYMBOLS], dtype=object)
    rows = tiers.fillna(0).clip(0, len(colours) - 1).astype(int).to_numpy()
    found = pd.Series(colours[rows], index=tiers.index, dtype="str", name="colour")
    return found.where(tiers.notna())
