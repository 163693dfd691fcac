"""Random numbers of a site, criterion and draw: they depend on the key and on those three alone.

So results do not change with the order or number of sites, blocks or workers. The generator is
Philox-4x32-10 of `recallgeo.exposure`.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

from recallgeo.exposure.philox import philox4x32

__all__ = ["hash_labels", "uniform"]

_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
_HASH_KEY = "recallgeo.scores"  # 16 bytes, as pandas' SipHash wants; any constant serves

Words = npt.NDArray[np.uint64]


def hash_labels(labels: pd.Index) -> Words:
    """Give a 64-bit hash of each label, the same on every machine and in every run.

    Examples
    --------
    >>> one, two = hash_labels(pd.Index(["a", "b"]))
    >>> one == hash_labels(pd.Index(["a"]))[0], one == two
    (np.True_, np.False_)
    """
    texts = labels.to_numpy(dtype=object)
    return pd.util.hash_array(texts, hash_key=_HASH_KEY, categorize=False)


def uniform(key: int, labels: Words, *, stream: int, draw: int) -> npt.NDArray[np.float64]:
    """Give a number in [0, 1) for each label.

    Parameters
    ----------
    key : int
        64 bits, one for a run.
    labels : array of uint64
        As `hash_labels` gives them.
    stream, draw : int
        What is drawn, and the number of the draw; each below 2**32.

    Examples
    --------
    >>> sites = hash_labels(pd.Index(["a", "b"]))
    >>> first, second = uniform(1, sites, stream=0, draw=3)
    >>> bool(second == uniform(1, sites[1:], stream=0, draw=3)[0])
    True
    """
    counter = (
        labels & _LOW,
        labels >> _HALF,
        np.full_like(labels, stream),
        np.full_like(labels, draw),
    )
    high, low, _, _ = philox4x32(counter, (key & 0xFFFFFFFF, key >> 32))
    mantissa = ((high << _HALF) | low) >> np.uint64(11)
    return mantissa.astype(np.float64) * 2.0**-53
