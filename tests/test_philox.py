"""The counter-based generator against its authors' known answers."""

import numpy as np
import pytest

from recallgeo.philox import hash_ids, key_of, philox4x32, uniform, uniform_pairs


@pytest.mark.parametrize(
    ("counter", "key", "answer"),
    [
        # Random123 1.14, kat_vectors, philox4x32 with 10 rounds
        ([0] * 4, (0, 0), "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
        ([0xFFFFFFFF] * 4, (0xFFFFFFFF, 0xFFFFFFFF), "408f276d 41c83b0e a20bc7c6 6d5451fd"),
        (
            [0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344],
            (0xA4093822, 0x299F31D0),
            "d16cfe09 94fdcceb 5001e420 24126ea1",
        ),
    ],
)
def test_known_answers(counter, key, answer):
    words = philox4x32(tuple(np.array([word], dtype=np.uint64) for word in counter), key)
    assert " ".join(f"{int(word[0]):08x}" for word in words) == answer


def test_a_further_site_changes_no_others_draws():
    few, _ = uniform_pairs(5, hash_ids(["b", "c"]), 10)
    many, _ = uniform_pairs(5, hash_ids(["a", "b", "c"]), 20)
    assert np.array_equal(few, many[1:, :10])


def test_numbers_are_uniform_and_unrelated():
    first, second = uniform_pairs(key_of(np.random.default_rng(1)), hash_ids(range(200)), 500)
    for numbers in (first, second):
        assert 0 <= numbers.min() < 1e-3
        assert 0.999 < numbers.max() < 1
        shares = np.histogram(numbers, bins=10, range=(0, 1))[0] / numbers.size
        assert shares == pytest.approx([0.1] * 10, abs=0.005)
    assert abs(np.corrcoef(first.ravel(), second.ravel())[0, 1]) < 0.01
    assert abs(np.corrcoef(first[:, 0], first[:, 1])[0, 1]) < 0.25


def test_no_site_gives_no_numbers():
    assert uniform_pairs(1, hash_ids([]), 3)[0].shape == (0, 3)


def test_an_ids_numbers_do_not_depend_on_the_others():
    ids = [f"s{n}" for n in range(1000)]
    whole = uniform(7, hash_ids(ids), stream=2, draw=5)
    part = uniform(7, hash_ids(ids[::-3]), stream=2, draw=5)
    assert (whole[::-3] == part).all()


def test_streams_of_an_id_are_uniform_and_unrelated():
    ids = hash_ids(f"s{n}" for n in range(20_000))
    first, second = (uniform(7, ids, stream=stream, draw=0) for stream in (0, 1))
    counts = np.histogram(first, bins=10, range=(0, 1))[0]
    assert (abs(counts - 2000) < 5 * np.sqrt(2000)).all()
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.05
