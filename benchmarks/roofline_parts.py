"""The parts of a sweep as small kernels of their own, with nothing else in them: what the machine can do at best.

They share no code with the package. Each is written as plainly as it can be, with the compiler allowed what never
breaks a result's range, over a block of draws that stays in the first-level cache.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

FAST = {"nsz", "arcp", "contract", "afn", "reassoc"}
F = np.float32
U = np.uint64
MASK, HALF = U(0xFFFFFFFF), U(32)
M0, M1, W0, W1 = U(0xD2511F53), U(0xCD9E8D57), U(0x9E3779B9), U(0xBB67AE85)
ROUNDS = 10
LANES = 64
BIAS, SHIFT, MIDDLE = np.int32(0x3F3504F3), np.int32(23), np.uint32(0x80000000)


def part(function: Any) -> Any:
    """Compile a part: without the interpreter's lock, so that two threads run side by side."""
    return njit(nogil=True, error_model="numpy", fastmath=FAST)(function)


@part
def philox(key: int, first: int, out: Any) -> None:
    """Philox4x32-10, four words a counter, 64 counters side by side."""
    for start in range(0, out.size, 4 * LANES):
        block = out[start : start + 4 * LANES]
        for lane in range(LANES):
            c0, c1, c2, c3 = U(first) + U(start // 4 + lane), U(0), U(7), U(9)
            k0, k1 = U(key), U(5)
            for _ in range(ROUNDS):
                p0, p1 = M0 * c0, M1 * c2
                c0, c1, c2, c3 = (p1 >> HALF) ^ c1 ^ k0, p1 & MASK, (p0 >> HALF) ^ c3 ^ k1, p0 & MASK
                k0, k1 = (k0 + W0) & MASK, (k1 + W1) & MASK
            block[lane], block[lane + LANES] = np.uint32(c0), np.uint32(c1)
            block[lane + 2 * LANES], block[lane + 3 * LANES] = np.uint32(c2), np.uint32(c3)


@part
def log(x: Any) -> Any:
    """Cephes' ``logf``: a bit cast, a polynomial of degree eight."""
    bits = F(x).view(np.int32)
    exponent = (bits - BIAS) >> SHIFT
    g = np.int32(bits - (exponent << SHIFT)).view(np.float32) - F(1.0)
    y = ((F(7.0376836e-2) * g - F(1.1514610e-1)) * g + F(1.1676999e-1)) * g - F(1.2420141e-1)
    y = (((y * g + F(1.4249323e-1)) * g - F(1.6668058e-1)) * g + F(2.0000715e-1)) * g - F(2.4999994e-1)
    y = y * g + F(3.3333331e-1)
    return g + y * g * g * g - F(0.5) * g * g + F(exponent) * F(0.6931472)


@part
def exponential(words: Any, out: Any) -> None:
    """Draw unit exponentials, one logarithm a draw."""
    for i in range(out.size):
        out[i] = -log((F(np.int32(words[i] >> np.uint32(1))) + F(0.5)) * F(2.0**-31))


@part
def normal(words: Any, out: Any) -> None:
    """Wichura's PPND7 without branches: both of its sides, a logarithm and a root, and a choice."""
    for i in range(out.size):
        q = (F(np.int32(words[i] ^ MIDDLE)) + F(0.5)) * F(2.0**-32)
        r = F(0.180625) - q * q
        numerator = ((F(59.10937) * r + F(159.29113)) * r + F(50.43427)) * r + F(3.3871327)
        middle = q * numerator / (((F(67.18756) * r + F(78.75776)) * r + F(17.89517)) * r + F(1.0))
        end = min(words[i], ~words[i])
        r = np.sqrt(-log((F(np.int32(end)) + F(0.5)) * F(2.0**-32))) - F(1.6)
        numerator = ((F(0.17023821) * r + F(1.3067285)) * r + F(2.7568154)) * r + F(1.4234373)
        tail = numerator / ((F(0.12021133) * r + F(0.737001643)) * r + F(1.0))
        out[i] = middle if abs(q) <= F(0.425) else (tail if q > F(0.0) else -tail)


@part
def length(exponentials: Any, scale: Any, out: Any) -> None:
    """Logarithm of whole tokens: a rounding, a maximum and a logarithm."""
    for i in range(out.size):
        out[i] = log(max(F(1.0), np.rint(scale * exponentials[i])))


@part
def term(logs: Any, b0: Any, b2: Any, cap: Any, out: Any) -> None:
    """Logarithm of a length less the capped throughput: a multiply-add and a minimum."""
    for i in range(out.size):
        rate = b0 + b2 * logs[i]
        out[i] = logs[i] - (rate if rate < cap else cap)


@part
def index(logs: Any, normals: Any, c0: Any, c1: Any, c2: Any, sigma: Any, out: Any) -> None:
    """Two multiply-adds, a minimum, and the bin as a whole number: the first pass over a cell."""
    for i in range(out.size):
        value = c0 + c1 * logs[i]
        out[i] = np.int32((value if value < c2 else c2) + sigma * normals[i])


@part
def count(indices: Any, counts: Any) -> None:
    """One increment a draw, with unsigned indices: the second pass over a cell."""
    for i in range(indices.size):
        counts[U(indices[i])] += np.uint32(1)


@part
def stream(values: Any, out: Any) -> None:
    """Read and write an array too large for any cache: what memory can move."""
    for i in range(out.size):
        out[i] = values[i] + F(1.0)
