"""The error tree."""

import pytest

from recallgeo import _optional, errors


def test_every_error_has_the_root_and_a_builtin():
    for name in errors.__all__:
        item = getattr(errors, name)
        if isinstance(item, type) and issubclass(item, Exception):
            root = errors.RecallGeoWarning if name.endswith("Warning") else errors.RecallGeoError
            assert issubclass(item, root)


def test_missing_package_gives_the_install_line():
    with (
        pytest.raises(errors.MissingDependencyError, match=r"pip install 'recallgeo\[scale\]'"),
        _optional.needs("scale"),
    ):
        import no_such_package  # noqa: F401  # the point of the test


def test_ambiguous_address_keeps_its_candidates():
    error = errors.AmbiguousAddressError("Springfield: name the region", ["IL", "MA"])
    assert error.candidates == ("IL", "MA")
