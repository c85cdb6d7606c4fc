"""A block of draws of one random column: random words to values and their logarithms.

A column is a row of numbers of the plan: a distribution's kind, up to three parameters, an affine map of the uniform
(that is how truncation is done), for tables a range of a shared array, and whether draws are whole tokens.
"""

from __future__ import annotations

import numpy as np

from wattquery.kernels.compiling.compile import kernel
from wattquery.kernels.random.philox import uniforms, words
from wattquery.kernels.random.single import exponentials, log_single, normals
from wattquery.kernels.random.variates import EXPONENTIAL, FIXED, LOGNORMAL, STANDARD_NORMAL, quantile

__all__ = ["fill_column", "fill_from_words"]

F = np.float32


@kernel
def fill_column(codes, numbers, table_levels, table_values, stream, start, word, uniform, values, logs):
    """Fill ``values`` (and their logarithms) with the draws ``start, start + 1, ...`` of one column.

    Parameters
    ----------
    codes : int64[4]
        Kind, first index and length of its table, and 1 where draws are rounded to whole tokens (at least one).
    numbers : float64[5]
        Three parameters, then offset and factor of the map u -> offset + factor * u.
    table_levels, table_values : float64[:]
        The tables of all columns, one after the other.
    stream : uint32[4]
        The random stream.
    start : int
        Index of the first draw.
    word, uniform : uint32[:], float64[:]
        Room to work in.
    values, logs : float32[:]
        Receive x and ln x; ``logs`` stays untouched for standard normals, which have none.
    """
    if codes[0] != FIXED:
        words(stream, start, word)
    fill_from_words(codes, numbers, table_levels, table_values, stream, start, word, uniform, values, logs)


@kernel
def fill_from_words(codes, numbers, table_levels, table_values, stream, start, word, uniform, values, logs):
    """Fill ``values`` and ``logs`` from random words that are there already, those of a point set for example.

    See `fill_column` for the arguments; ``stream`` and ``start`` give the further bits of draws in a far tail.
    """
    kind, first, size, whole = codes[0], codes[1], codes[2], codes[3]
    p0, p1, p2, offset, factor = numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]
    if kind == FIXED:
        value = max(1.0, np.rint(p0)) if whole else p0
        values[:] = value
        logs[:] = np.log(value)
        return
    complete = offset == 0.0 and factor == 1.0
    if kind == STANDARD_NORMAL:
        normals(word, stream, start, values)
        return
    if kind == EXPONENTIAL and complete:
        exponentials(word, stream, start, values)
        scale = F(p0)
        for i in range(values.size):
            values[i] *= scale
    elif kind == LOGNORMAL and complete:
        normals(word, stream, start, logs)
        for i in range(values.size):
            logs[i] = F(p0 + p1 * logs[i])
        for i in range(values.size):
            values[i] = np.exp(logs[i])
        if not whole:
            return
    else:
        levels = table_levels[first : first + size]
        table = table_values[first : first + size]
        uniforms(stream, start, word, uniform)
        for i in range(values.size):
            values[i] = quantile(kind, p0, p1, p2, levels, table, offset + factor * uniform[i])
    if whole:
        for i in range(values.size):
            values[i] = max(F(1.0), np.rint(values[i]))
    for i in range(values.size):
        logs[i] = log_single(values[i])
