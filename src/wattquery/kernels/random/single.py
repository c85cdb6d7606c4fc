"""Variates in single precision: branch-free polynomials over a block of random words, which vectorise.

Errors, tested against double precision over the whole range of words: logarithm 3e-7 relative or absolute,
exponential function (less 1) 3e-7 relative, standard normal 1.5e-6 absolute, unit exponential 3e-7. In ln E they are a
thousandth of a lattice bin. Draws within 1e-6 of either end of their range, where 32 bits would be too coarse, are
computed in double precision from 64 bits.
"""

from __future__ import annotations

import math

import numpy as np

from wattquery.kernels.compiling.compile import kernel
from wattquery.kernels.fused import multiply_add
from wattquery.kernels.random.philox import TAIL_WORDS, distance_to_end, refined_tail
from wattquery.kernels.random.variates import standard_normal

__all__ = ["expm1_single", "exponentials", "log_scaled", "log_single", "normals", "scaled_logarithm"]

F = np.float32
SPACING = F(2.0**-32)
MIDDLE_WORD = np.uint32(0x80000000)
EXPONENT_BIAS = np.int32(0x3F3504F3)  # the bits of sqrt(1/2): mantissas are taken from [sqrt(1/2), sqrt(2))
EXPONENT_SHIFT = np.int32(23)
EXPONENT_OF_ONE = np.int32(127)


LOGARITHM = (
    *(1.0, -0.500005844, 0.333352614, -0.249614651),
    *(0.198882775, -0.173259961, 0.16335641, -0.100346084),
)
"""Of g, g**2, ... in ln(1 + g) between the square roots of 1/2 and 2: the error is at most 4e-8, by least squares with
weights that level it."""


def scaled_logarithm(multiple: float) -> tuple[np.float32, ...]:
    """Return the coefficients with which `log_scaled` returns a multiple of the logarithm."""
    return tuple(F(multiple * coefficient) for coefficient in (*LOGARITHM, math.log(2.0)))


@kernel
def _exponent(bits):
    """Return the power of two of the mantissa from sqrt(1/2) to sqrt(2), of the bits of a positive number.

    Numba makes differences and shifts of whole numbers 64 bits wide, of which a vector holds half as many: said to be
    32 bits wide, they are the same numbers in two thirds of the time.
    """
    return np.int32(np.int32(bits - EXPONENT_BIAS) >> EXPONENT_SHIFT)


@kernel
def log_single(x):
    """Return ln x of a positive, normal ``float32``.

    Source of the polynomial: Moshier, Cephes library, function ``logf``, https://www.netlib.org/cephes/
    """
    bits = F(x).view(np.int32)
    exponent = _exponent(bits)
    g = np.int32(bits - (exponent << EXPONENT_SHIFT)).view(np.float32) - F(1.0)
    y = F(7.0376836292e-2)
    y = y * g + F(-1.1514610310e-1)
    y = y * g + F(1.1676998740e-1)
    y = y * g + F(-1.2420140846e-1)
    y = y * g + F(1.4249322787e-1)
    y = y * g + F(-1.6668057665e-1)
    y = y * g + F(2.0000714765e-1)
    y = y * g + F(-2.4999993993e-1)
    y = y * g + F(3.3333331174e-1)
    square = g * g
    scale = F(exponent)
    y = y * g * square + scale * F(-2.12194440e-4) - F(0.5) * square
    return g + y + scale * F(0.693359375)


@kernel
def log_scaled(x, coefficients):
    """Return a multiple of ln x of a positive, normal ``float32``, in half of the time of `log_single`.

    Parameters
    ----------
    x
        The number.
    coefficients
        `scaled_logarithm` of the multiple.
    """
    c0, c1, c2, c3, c4, c5, c6, c7, per_octave = coefficients
    bits = F(x).view(np.int32)
    exponent = _exponent(bits)
    g = np.int32(bits - (exponent << EXPONENT_SHIFT)).view(np.float32) - F(1.0)
    y = multiply_add(c7, g, c6)
    y = multiply_add(y, g, c5)
    y = multiply_add(y, g, c4)
    y = multiply_add(y, g, c3)
    y = multiply_add(y, g, c2)
    y = multiply_add(y, g, c1)
    y = multiply_add(y, g, c0)
    return multiply_add(y, g, F(exponent) * per_octave)


@kernel
def expm1_single(x):
    """Return e**x - 1 of a ``float32``, with all digits near 0; beyond -87 and 88 that of the nearer bound.

    Source of the polynomial: Moshier, Cephes library, function ``expf``, https://www.netlib.org/cephes/
    """
    x = min(max(F(x), F(-87.0)), F(88.0))
    exponent = np.int32(x * F(1.44269504088896341) + F(127.5)) - EXPONENT_OF_ONE
    scale = F(exponent)
    r = x - scale * F(0.693359375) + scale * F(2.12194440e-4)
    y = F(1.9875691500e-4)
    y = y * r + F(1.3981999507e-3)
    y = y * r + F(8.3334519073e-3)
    y = y * r + F(4.1665795894e-2)
    y = y * r + F(1.6666665459e-1)
    y = y * r + F(5.0000001201e-1)
    power = np.int32((exponent + EXPONENT_OF_ONE) << EXPONENT_SHIFT).view(np.float32)
    return (y * r * r + r) * power + (power - F(1.0))


@kernel
def normals(word, stream, start, out):
    """Fill ``out`` with the standard normal quantiles of random words.

    Source: Wichura, Algorithm AS 241, routine PPND7, Applied Statistics 37 (1988) 477-484,
    https://doi.org/10.2307/2347330; beyond 1e-6 its routine PPND16.

    Parameters
    ----------
    word : uint32[:]
        The words of draws ``start, start + 1, ...``.
    stream, start
        Where they come from; tails take further bits from there.
    out : float32[:]
        Receives the variates.
    """
    nearest = MIDDLE_WORD
    for i in range(word.size):
        end = distance_to_end(word[i])
        nearest = min(nearest, end)
        q = (F(np.int32(word[i] ^ MIDDLE_WORD)) + F(0.5)) * SPACING
        r = F(0.180625) - q * q
        numerator = ((F(59.109374720) * r + F(159.29113202)) * r + F(50.434271938)) * r + F(3.3871327179)
        denominator = ((F(67.187563600) * r + F(78.757757664)) * r + F(17.895169469)) * r + F(1.0)
        middle = q * numerator / denominator
        r = np.sqrt(-log_single((F(np.int32(end)) + F(0.5)) * SPACING)) - F(1.6)
        numerator = ((F(0.17023821103) * r + F(1.3067284816)) * r + F(2.7568153900)) * r + F(1.4234372777)
        denominator = (F(0.12021132975) * r + F(0.73700164250)) * r + F(1.0)
        tail = numerator / denominator
        tail = tail if q > F(0.0) else -tail
        out[i] = middle if abs(q) <= F(0.425) else tail
    if nearest >= TAIL_WORDS:
        return
    for i in range(word.size):
        if distance_to_end(word[i]) < TAIL_WORDS:
            value = standard_normal(refined_tail(stream, start + i, word[i]))
            out[i] = value if word[i] < MIDDLE_WORD else -value


@kernel
def exponentials(word, stream, start, out):
    """Fill ``out`` with the quantiles -ln(1 - u) of the unit exponential of random words.

    Below the median as 2 artanh(u / (2 - u)), whose series keeps all digits as u goes to 0. See `normals` for the
    arguments.
    """
    nearest = MIDDLE_WORD
    for i in range(word.size):
        end = distance_to_end(word[i])
        nearest = min(nearest, end)
        v = (F(np.int32(end)) + F(0.5)) * SPACING
        s = v / (F(2.0) - v)
        t = s * s
        series = F(1.0 / 9.0) + t * (F(1.0 / 11.0) + t * F(1.0 / 13.0))
        series = F(1.0) + t * (F(1.0 / 3.0) + t * (F(1.0 / 5.0) + t * (F(1.0 / 7.0) + t * series)))
        below = F(2.0) * s * series
        above = -log_single(v)
        out[i] = below if word[i] < MIDDLE_WORD else above
    if nearest >= TAIL_WORDS:
        return
    for i in range(word.size):
        if distance_to_end(word[i]) < TAIL_WORDS:
            tail = refined_tail(stream, start + i, word[i])
            out[i] = -math.log1p(-tail) if word[i] < MIDDLE_WORD else -math.log(tail)
