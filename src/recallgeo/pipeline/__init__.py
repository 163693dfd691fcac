"""The straight line from an incident file to a plan."""

from recallgeo.pipeline.line import run_incident

__all__ = ["run_incident"]
