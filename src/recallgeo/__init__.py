"""Find recalled units in the field, see who is around them, rank the sites to reach first."""

__version__ = "0.1.0"
