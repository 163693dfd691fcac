"""Numbers by site, criterion and draw."""

import numpy as np
import pandas as pd

from recallgeo.scoring.chance import hash_labels, uniform


def test_a_label_s_numbers_do_not_depend_on_the_others():
    ids = pd.Index([f"s{n}" for n in range(1000)])
    whole = uniform(7, hash_labels(ids), stream=2, draw=5)
    part = uniform(7, hash_labels(ids[::-3]), stream=2, draw=5)
    assert (whole[::-3] == part).all()


def test_numbers_look_uniform_and_streams_differ():
    labels = hash_labels(pd.Index([f"s{n}" for n in range(20_000)]))
    first, second = (uniform(7, labels, stream=stream, draw=0) for stream in (0, 1))
    counts = np.histogram(first, bins=10, range=(0, 1))[0]
    assert (abs(counts - 2000) < 5 * np.sqrt(2000)).all()
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.05
