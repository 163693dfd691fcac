"""A drill with made-up units at real addresses, worked through the whole line."""

from recallgeo.demo.files import AS_OF, write_demo_inputs

__all__ = ["AS_OF", "write_demo_inputs"]
