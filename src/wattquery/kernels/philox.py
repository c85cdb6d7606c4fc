"""Philox4x32-10: four random 32-bit words from a 128-bit counter and a 64-bit key, with no state in between.

Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011,
https://doi.org/10.1145/2063384.2063405. Because a draw is a function of its index, a block of draws is the same
whoever computes it, and in whatever order.
"""

from __future__ import annotations

import numpy as np

from wattquery.kernels.compile import kernel

__all__ = ["philox4x32", "uniform_from_words", "uniforms"]

MULTIPLIER_0 = np.uint64(0xD2511F53)
MULTIPLIER_1 = np.uint64(0xCD9E8D57)
WEYL_0 = np.uint64(0x9E3779B9)
WEYL_1 = np.uint64(0xBB67AE85)
MASK = np.uint64(0xFFFFFFFF)
HALF = np.uint64(32)
ROUNDS = 10


@kernel
def philox4x32(c0, c1, c2, c3, k0, k1):
    """Return four random words for the counter ``c0..c3`` and the key ``k0, k1``.

    All six arguments and the four results are 32-bit words held in ``uint64``.
    """
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


LOW_BITS_DROPPED = np.uint64(6)
HIGH_PART = 67108864.0  # 2**26
GRANULARITY = 2.220446049250313e-16  # 2**-52


@kernel
def uniform_from_words(high, low):
    """Return the uniform variate (k + 1/2) / 2**52 of two words: never 0, never 1, symmetric about 1/2.

    52 bits and not 53: with 53 the largest value would round to 1.
    """
    top = np.float64(high >> LOW_BITS_DROPPED)
    bottom = np.float64(low >> LOW_BITS_DROPPED)
    return (top * HIGH_PART + bottom + 0.5) * GRANULARITY


@kernel
def uniforms(stream, start, out):
    """Fill ``out`` with the uniform variates of draws ``start, start + 1, ...`` of a stream.

    Parameters
    ----------
    stream : uint32[4]
        Names the stream: two words of key, two of the counter's upper half.
    start : int
        Index of the first draw. Two draws share one counter, so any start is allowed.
    out : float64[:]
        Receives the variates.
    """
    k0, k1 = np.uint64(stream[0]), np.uint64(stream[1])
    c2, c3 = np.uint64(stream[2]), np.uint64(stream[3])
    one = np.uint64(1)
    for i in range(out.size):
        draw = np.uint64(start + i)
        if (draw & one) == np.uint64(0) or i == 0:
            pair = draw >> one
            w0, w1, w2, w3 = philox4x32(pair & MASK, pair >> HALF, c2, c3, k0, k1)
        if (draw & one) == np.uint64(0):
            out[i] = uniform_from_words(w0, w1)
        else:
            out[i] = uniform_from_words(w2, w3)
