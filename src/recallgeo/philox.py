"""Counter-based random numbers: they depend on the key, the id and the place in its stream alone.

So results do not change with the order or number of sites, blocks or workers. The generator is
Philox-4x32-10 (Salmon et al., *Parallel random numbers: as easy as 1, 2, 3*, SC 2011).
"""

import hashlib
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

__all__ = ["hash_ids", "key_of", "philox4x32", "uniform", "uniform_pairs"]

Floats = npt.NDArray[np.float64]
Words = npt.NDArray[np.uint64]

_M0, _M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_W0, _W1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_HIGH = np.uint64(32)
_ROUNDS = 10


def key_of(rng: np.random.Generator) -> int:
    """Take one 64-bit key from a generator: all that draws take from it.

    Examples
    --------
    >>> key_of(np.random.default_rng(1)) == key_of(np.random.default_rng(1))
    True
    """
    return int(rng.integers(0, 2**64, dtype=np.uint64))


def hash_ids(ids: Iterable[object]) -> Words:
    """Give 64 bits for each id, the same on every machine and in every run (BLAKE2b).

    Examples
    --------
    >>> len(set(hash_ids(["s1", "s2"]).tolist()))
    2
    """
    digests = (hashlib.blake2b(str(name).encode(), digest_size=8).digest() for name in ids)
    return np.frombuffer(b"".join(digests), dtype="<u8").astype(np.uint64)


def uniform_pairs(key: int, sites: Words, draws: int) -> tuple[Floats, Floats]:
    """Give two uniform numbers for each site and draw (Philox 4x32, 10 rounds).

    Parameters
    ----------
    key : int
        64 bits, shared by all sites.
    sites : uint64 array
        As `hash_ids` gives them.
    draws : int
        Draws for each site.

    Returns
    -------
    tuple of two float64 arrays, shape (len(sites), draws)
        In [0, 1), of 53 bits. The first draws of a longer run are those of a shorter one.

    Examples
    --------
    >>> first, _ = uniform_pairs(7, hash_ids(["s1", "s2"]), 3)
    >>> alone, _ = uniform_pairs(7, hash_ids(["s2"]), 3)
    >>> bool((first[1] == alone[0]).all())
    True
    """
    shape = (len(sites), draws)
    counter = (
        np.broadcast_to(np.arange(draws, dtype=np.uint64), shape),
        np.zeros(shape, dtype=np.uint64),
        np.broadcast_to((sites & _LOW)[:, None], shape),
        np.broadcast_to((sites >> _HIGH)[:, None], shape),
    )
    words = philox4x32(counter, (key & 0xFFFFFFFF, key >> 32))
    return _to_unit(words[0], words[1]), _to_unit(words[2], words[3])


def uniform(key: int, ids: Words, *, stream: int, draw: int) -> Floats:
    """Give a number in [0, 1) for each id.

    Parameters
    ----------
    key : int
        64 bits, one for a run.
    ids : uint64 array
        As `hash_ids` gives them.
    stream, draw : int
        What is drawn, and the number of the draw; each below 2**32.

    Examples
    --------
    >>> sites = hash_ids(["a", "b"])
    >>> first, second = uniform(1, sites, stream=0, draw=3)
    >>> bool(second == uniform(1, sites[1:], stream=0, draw=3)[0])
    True
    """
    counter = (ids & _LOW, ids >> _HIGH, np.full_like(ids, stream), np.full_like(ids, draw))
    words = philox4x32(counter, (key & 0xFFFFFFFF, key >> 32))
    return _to_unit(words[0], words[1])


def philox4x32(
    counter: tuple[Words, Words, Words, Words], key: tuple[int, int]
) -> tuple[Words, Words, Words, Words]:
    """Scramble counters of four 32-bit words, held in 64-bit arrays, under a key of two."""
    c0, c1, c2, c3 = counter
    k0, k1 = np.uint64(key[0]), np.uint64(key[1])
    for _ in range(_ROUNDS):
        left, right = _M0 * c0, _M1 * c2
        c0, c1 = (right >> _HIGH) ^ c1 ^ k0, right & _LOW
        c2, c3 = (left >> _HIGH) ^ c3 ^ k1, left & _LOW
        k0 = np.uint64((int(k0) + int(_W0)) & 0xFFFFFFFF)
        k1 = np.uint64((int(k1) + int(_W1)) & 0xFFFFFFFF)
    return c0, c1, c2, c3


def _to_unit(high: Words, low: Words) -> Floats:
    """Join 27 and 26 bits to a number of 53 bits in [0, 1)."""
    bits = ((high >> np.uint64(5)) << np.uint64(26)) | (low >> np.uint64(6))
    return bits.astype(np.float64) / 2.0**53
