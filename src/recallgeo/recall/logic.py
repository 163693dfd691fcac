"""Three-valued logic: no, cannot tell, yes. And is the least, or is the greatest."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["NO", "UNSURE", "YES", "States", "negate"]

NO: Final = 0
UNSURE: Final = 1
YES: Final = 2

States = NDArray[np.int8]


def negate(states: States) -> States:
    """Give the opposite; what cannot be told stays so.

    Examples
    --------
    >>> negate(np.array([NO, UNSURE, YES], np.int8)).tolist()
    [2, 1, 0]
    """
    return (YES - states).astype(np.int8)
