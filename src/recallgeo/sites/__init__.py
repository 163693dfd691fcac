"""Sites: one place of one customer that holds affected units or units to check."""

from recallgeo.sites.assign import assign_sites
from recallgeo.sites.resolve import resolve_sites

__all__ = ["assign_sites", "resolve_sites"]
