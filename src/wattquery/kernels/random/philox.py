"""Philox4x32-10: four random 32-bit words from a 128-bit counter and a 64-bit key, with no state in between.

Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011,
https://doi.org/10.1145/2063384.2063405. Because a draw is a function of its index, a block of draws is the same
whoever computes it, and in whatever order.
"""

from __future__ import annotations

import numpy as np

from wattquery.kernels.compiling.compile import kernel

__all__ = [
    "GRANULE",
    "SMALLEST_UNIFORM",
    "TAIL_WORDS",
    "distance_to_end",
    "philox4x32",
    "refined_tail",
    "uniform",
    "uniforms",
    "word_of",
    "words",
]

MULTIPLIER_0 = np.uint64(0xD2511F53)
MULTIPLIER_1 = np.uint64(0xCD9E8D57)
WEYL_0 = np.uint64(0x9E3779B9)
WEYL_1 = np.uint64(0xBB67AE85)
MASK = np.uint64(0xFFFFFFFF)
HALF = np.uint64(32)
ROUNDS = 10
SMALLEST_UNIFORM = 2.0**-53


@kernel
def philox4x32(c0, c1, c2, c3, k0, k1):
    """Return four random words for the counter ``c0..c3`` and the key ``k0, k1``.

    Parameters
    ----------
    c0, c1, c2, c3, k0, k1
        32-bit words, of any type of whole number; higher bits are left out.

    Returns
    -------
    tuple of four uint64
        32-bit words.

    Examples
    --------
    >>> from wattquery.kernels import philox4x32
    >>> [f"{word:08x}" for word in philox4x32(0, 0, 0, 0, 0, 0)]
    ['6627e8d5', 'e169c58d', 'bc57ac4c', '9b00dbd8']
    """
    # A signed argument would make all that follows signed, and the shifts would drag its sign along.
    c0, c1, c2, c3 = np.uint64(c0) & MASK, np.uint64(c1) & MASK, np.uint64(c2) & MASK, np.uint64(c3) & MASK
    k0, k1 = np.uint64(k0) & MASK, np.uint64(k1) & MASK
    for _ in range(ROUNDS):
        product_0 = MULTIPLIER_0 * c0
        product_1 = MULTIPLIER_1 * c2
        c0 = (product_1 >> HALF) ^ c1 ^ k0
        c1 = product_1 & MASK
        c2 = (product_0 >> HALF) ^ c3 ^ k1
        c3 = product_0 & MASK
        k0 = (k0 + WEYL_0) & MASK
        k1 = (k1 + WEYL_1) & MASK
    return c0, c1, c2, c3


# One counter gives four words. The counters of a granule stand side by side, a lane for each, so that the rounds run in
# vector lanes. Timed on a server core, 16 to 256 lanes take the same to within noise (0.4 to 0.6 ns a word); the number
# is part of which draw gets which word, and so of every result that was ever stated.
GRANULE = 256
LANES = 64
SECOND_HALF = np.uint64(0x80000000)
GRANULE_LANES = np.uint64(LANES)
TWO_TO_MINUS_32 = 2.0**-32
TAIL_WORDS = np.uint32(4096)
"""Words closer to either end than this stand for tails rarer than 1e-6, and get 32 bits more."""


@kernel
def word_of(stream, draw, half):
    """Return the random word of one draw: its first (``half`` 0), or the one that refines it in a tail (1)."""
    # The index of a `prange` is unsigned, and unsigned with signed would divide as floating-point numbers.
    draw = np.int64(draw)
    granule, within = draw // GRANULE, draw % GRANULE
    counter = np.uint64(granule) * GRANULE_LANES + np.uint64(within % LANES)
    c3 = np.uint64(stream[3]) ^ (SECOND_HALF if half else np.uint64(0))
    w0, w1, w2, w3 = philox4x32(
        counter & MASK, counter >> HALF, np.uint64(stream[2]), c3, np.uint64(stream[0]), np.uint64(stream[1])
    )
    place = within // LANES
    if place == 0:
        return np.uint32(w0)
    if place == 1:
        return np.uint32(w1)
    return np.uint32(w2) if place == 2 else np.uint32(w3)


@kernel
def _granule_words(stream, granule, out):
    """Fill 256 words: lane j of the granule's 64 counters gives those of draws j, j + 64, j + 128 and j + 192."""
    k0, k1 = np.uint64(stream[0]), np.uint64(stream[1])
    c2, c3 = np.uint64(stream[2]), np.uint64(stream[3])
    first = np.uint64(granule) * GRANULE_LANES
    for lane in range(LANES):
        counter = first + np.uint64(lane)
        w0, w1, w2, w3 = philox4x32(counter & MASK, counter >> HALF, c2, c3, k0, k1)
        out[lane] = np.uint32(w0)
        out[lane + LANES] = np.uint32(w1)
        out[lane + 2 * LANES] = np.uint32(w2)
        out[lane + 3 * LANES] = np.uint32(w3)


@kernel
def words(stream, start, out):
    """Fill ``out`` with the random words of draws ``start, start + 1, ...`` of a stream.

    Parameters
    ----------
    stream : uint32[4]
        Names the stream: two words of key, two of the counter's upper half.
    start : int
        Index of the first draw; a multiple of 256 is fastest.
    out : uint32[:]
        Receives the words.
    """
    start, i = np.int64(start), 0
    while i < out.size:
        draw = start + i
        if draw % GRANULE == 0 and out.size - i >= GRANULE:
            _granule_words(stream, draw // GRANULE, out[i : i + GRANULE])
            i += GRANULE
        else:
            out[i] = word_of(stream, draw, 0)
            i += 1


@kernel
def distance_to_end(word):
    """Return how many words lie between a word and the nearer end of the range."""
    return min(word, ~word)


@kernel
def refined_tail(stream, draw, word):
    """Return the probability between a draw and the nearer end of (0, 1), with 32 bits more than its word has."""
    extra = (np.float64(word_of(stream, draw, 1)) + 0.5) * TWO_TO_MINUS_32
    # Towards the upper end the extra bits run the other way, so that the variate still grows with them.
    share = extra if word == distance_to_end(word) else 1.0 - extra
    return (np.float64(distance_to_end(word)) + share) * TWO_TO_MINUS_32


# Apart from each other: with both in one function the compiler leaves the loop over it scalar, at forty times the cost.
@kernel
def _tail_uniform(stream, draw, word):
    """Return the uniform variate of a draw whose word is near an end."""
    tail = max(refined_tail(stream, draw, word), SMALLEST_UNIFORM)
    return tail if word == distance_to_end(word) else 1.0 - tail


@kernel
def _middle_uniform(word):
    """Return the uniform variate of every other word."""
    return (np.float64(word) + 0.5) * TWO_TO_MINUS_32


@kernel
def uniform(stream, draw):
    """Return the uniform variate of one draw, from 2**-53 to 1 - 2**-53: bit by bit what `uniforms` fills in.

    Parameters
    ----------
    stream : uint32[4]
        Any four words: the stream's name, such as `wattquery.kernels.stream` makes them. Streams that share the first
        three should not differ in the top bit of the fourth alone, where the words that refine tails are.
    draw : int64
        Index of the draw, from 0. The same draw is the same number, on whatever thread and in whatever order.

    Returns
    -------
    float64
        NaN where ``stream`` has not four words.

    Examples
    --------
    >>> import numpy as np
    >>> from wattquery.kernels import uniform
    >>> stream = np.array([42, 0, 0, 0], dtype=np.uint32)
    >>> [round(uniform(stream, draw), 6) for draw in range(3)]
    [0.61296, 0.987719, 0.825867]
    """
    if len(stream) != 4:
        return np.nan
    word = word_of(stream, draw, 0)
    return _tail_uniform(stream, draw, word) if distance_to_end(word) < TAIL_WORDS else _middle_uniform(word)


@kernel
def uniforms(stream, start, word, out):
    """Fill ``out`` with the uniform variates of draws whose words are given, from 2**-53 to 1 - 2**-53.

    u = (word + 1/2) / 2**32, with the half replaced by 32 further bits where u is within 1e-6 of an end.

    Parameters
    ----------
    stream, start
        Where the words come from; see `words`.
    word : uint32[:]
        The words.
    out : float64[:]
        Receives the variates; no longer than ``word``.
    """
    for i in range(out.size):
        if distance_to_end(word[i]) < TAIL_WORDS:
            out[i] = _tail_uniform(stream, start + i, word[i])
        else:
            out[i] = _middle_uniform(word[i])
