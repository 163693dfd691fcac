"""Writers of a run's files."""

from recallgeo.export.run import Run

__all__ = ["Run"]
