"""The block driver: a range of draws for a tile of cells, straight into their histograms.

What cells share is made once: each random column per block, the merged normal, and the part of ln E that depends on
the lengths. What a cell counts depends on its own numbers and streams alone, never on the tile or the block.
"""

from __future__ import annotations

import numpy as np

from wattquery.kernels.compiling.compile import kernel
from wattquery.kernels.equation import (
    LENGTH_FORM_NUMBERS,
    cached_of_input,
    is_load_form,
    is_reciprocal,
    log_length_part,
    reciprocal_length_part,
    units_and_reach,
)
from wattquery.kernels.histogram import BINS_PER_UNIT, count, index
from wattquery.kernels.load.single_query import (
    FARTHEST,
    capped_joules,
    capped_numbers,
    caps_of,
    plain_joules,
    plain_numbers,
    twice_capped_joules,
    twice_capped_numbers,
)
from wattquery.kernels.random.columns import fill_column
from wattquery.kernels.random.single import log_scaled, log_single, scaled_logarithm

__all__ = ["TERM_NUMBERS", "count_apart", "count_tile"]

TERM_NUMBERS = (*LENGTH_FORM_NUMBERS, "prefill_weight", "base", "span")
"""What a term's row of numbers holds, in this order."""

PREFILL_WEIGHT, BASE, SPAN = 23, 24, 25
IN_BINS = scaled_logarithm(BINS_PER_UNIT)

F = np.float32


@kernel
def fill_log_linear(numbers, outputs, log_outputs, inputs, log_inputs, out):
    """Fill ``out`` with the part of ln E that depends on the lengths, in bins, where ln TPS is linear in their logs."""
    b0, b1, b2, ln_maximum = numbers[0], numbers[1], numbers[2], numbers[3]
    weight, base, span = numbers[PREFILL_WEIGHT], numbers[BASE], numbers[SPAN]
    for i in range(out.size):
        part = log_length_part(
            np.float64(outputs[i]),
            np.float64(log_outputs[i]),
            np.float64(inputs[i]),
            np.float64(log_inputs[i]),
            b0,
            b1,
            b2,
            ln_maximum,
            weight,
            base,
            span,
        )
        out[i] = F(part * BINS_PER_UNIT)


@kernel
def fill_reciprocal(numbers, outputs, inputs, out):
    """Fill ``out`` with the part of ln E that depends on the lengths, in bins, where 1/TPS is linear in them.

    The logarithm has single precision, as those of the lengths have.
    """
    ln_maximum, a, b, c = numbers[3], numbers[4], numbers[5], numbers[6]
    weight, base, span = numbers[PREFILL_WEIGHT], numbers[BASE], numbers[SPAN]
    for i in range(out.size):
        part = reciprocal_length_part(
            a, b, c, ln_maximum, np.float64(outputs[i]), np.float64(inputs[i]), weight, base, span
        )
        out[i] = log_single(F(part)) * F(BINS_PER_UNIT)


@kernel
def fill_load(numbers, outputs, inputs, out):
    """Fill ``out``, which holds cached tokens, with the part of ln E that depends on the lengths, in bins, under load.

    All is done in single precision.
    """
    units, reach = units_and_reach(numbers)
    top, window = caps_of(reach)
    if top >= FARTHEST and window >= FARTHEST:
        plain = plain_numbers(units, reach)
        for i in range(out.size):
            out[i] = log_scaled(plain_joules(plain, outputs[i], inputs[i], out[i]), IN_BINS)
    elif top >= FARTHEST or window >= FARTHEST:
        capped = capped_numbers(units, reach)
        for i in range(out.size):
            out[i] = log_scaled(capped_joules(capped, outputs[i], inputs[i], out[i]), IN_BINS)
    else:
        twice = twice_capped_numbers(units, reach)
        for i in range(out.size):
            out[i] = log_scaled(twice_capped_joules(twice, outputs[i], inputs[i], out[i]), IN_BINS)


@kernel
def fill_cached(numbers, inputs, out):
    """Fill ``out`` with how many tokens of a prompt are cached; see `wattquery.kernels.equation.cached_of_input`."""
    share, number = F(numbers[21]), F(numbers[22])
    for i in range(out.size):
        out[i] = cached_of_input(share, number, inputs[i])


@kernel
def fill_term(numbers, columns, signs, values, logs, out):
    """Fill ``out`` with the part of ln E that depends on the lengths and on factors that are not lognormal, in bins."""
    outputs, log_outputs = values[columns[0]], logs[columns[0]]
    inputs, log_inputs = values[columns[1]], logs[columns[1]]
    if is_load_form(numbers):
        if columns[2] >= 0:
            out[:] = values[columns[2], : out.size]
        else:
            fill_cached(numbers, inputs, out)
        fill_load(numbers, outputs, inputs, out)
    elif is_reciprocal(numbers):
        fill_reciprocal(numbers, outputs, inputs, out)
    else:
        fill_log_linear(numbers, outputs, log_outputs, inputs, log_inputs, out)
    for extra in range(signs.size):
        column = columns[3 + extra]
        if column >= 0:
            scale = F(signs[extra] * BINS_PER_UNIT)
            for i in range(out.size):
                out[i] += scale * logs[column, i]


@kernel
def _needed(cell_terms, term_columns, columns):
    """Return which columns some cells draw from; the first, their normal, always."""
    needed = np.zeros(columns, dtype=np.bool_)
    needed[0] = True
    for cell in range(cell_terms.size):
        for place in range(term_columns.shape[1]):
            column = term_columns[cell_terms[cell], place]
            if column >= 0:
                needed[column] = True
    return needed


@kernel
def count_tile(
    cell_numbers,
    cell_terms,
    windows,
    term_numbers,
    term_columns,
    term_signs,
    column_codes,
    column_numbers,
    column_streams,
    table_levels,
    table_values,
    start,
    stop,
    block,
    indices,
    counts,
):
    """Add the draws ``start`` to ``stop`` of every cell of a tile to ``counts``.

    Parameters
    ----------
    cell_numbers : float64[cells, 2]
        Mean and standard deviation in ln E of all independent fixed and lognormal factors of a cell.
    cell_terms : int64[cells]
        The term of each cell; cells of one term should follow each other.
    windows : int64[cells, 2]
        The first lattice bin of a cell and the number of its bins, which depend on the cell alone.
    term_numbers : float64[terms, 26]
        The rows named by `TERM_NUMBERS`.
    term_columns : int64[terms, 3 + extras]
        The columns of output, input and cached tokens, then of factors that are not lognormal; -1 where there is none.
    term_signs : float64[terms, extras]
        +1 for a factor that multiplies the energy, -1 for one that divides it.
    column_codes, column_numbers, column_streams : int64[columns, 4], float64[columns, 5], uint32[columns, 4]
        The random columns, see `wattquery.kernels.random.columns.fill_column`. The first is the merged normal.
    table_levels, table_values : float64[:]
        The tables of empirical distributions.
    start, stop : int
        The range of draw indices.
    block : int
        Draws for which the shared columns are made at a time; it bounds the memory and changes no result.
    indices : uint16[:] or uint32[:]
        Room for the bins of the draws of one pass, of which a block may have several.
    counts : uint32[:]
        Receives the counts, the bins of one cell after those of another.
    """
    columns, block = column_codes.shape[0], min(block, stop - start)
    values = np.empty((columns, block), dtype=np.float32)
    logs = np.empty((columns, block), dtype=np.float32)
    needed = _needed(cell_terms, term_columns, columns)
    term = np.empty(block, dtype=np.float32)
    word = np.empty(block, dtype=np.uint32)
    uniform = np.empty(block)
    while start < stop:
        size = min(block, stop - start)
        for column in range(columns):
            if needed[column]:
                fill_column(
                    column_codes[column],
                    column_numbers[column],
                    table_levels,
                    table_values,
                    column_streams[column],
                    start,
                    word[:size],
                    uniform[:size],
                    values[column, :size],
                    logs[column, :size],
                )
        filled, end = -1, 0
        for cell in range(cell_terms.size):
            if cell_terms[cell] != filled:
                filled = cell_terms[cell]
                fill_term(term_numbers[filled], term_columns[filled], term_signs[filled], values, logs, term[:size])
            constant = F(cell_numbers[cell, 0] * BINS_PER_UNIT - windows[cell, 0])
            slope = F(cell_numbers[cell, 1] * BINS_PER_UNIT)
            first, end = end, end + windows[cell, 1]
            last = F(windows[cell, 1] - 1)
            for begin in range(0, size, indices.size):
                here = slice(begin, min(begin + indices.size, size))
                bins = indices[: here.stop - begin]
                index(constant, slope, values[0, here], term[here], last, bins)
                count(bins, counts[first:end])
        start += size


@kernel
def count_apart(
    cell_numbers,
    cell_terms,
    windows,
    term_numbers,
    term_columns,
    term_signs,
    column_codes,
    column_numbers,
    column_streams,
    table_levels,
    table_values,
    start,
    stop,
    block,
    indices,
    counts,
):
    """Add the draws of every cell of a tile to ``counts``, each cell with streams of its own.

    As `count_tile`, but ``column_streams`` is uint32[cells, columns, 4].
    """
    end = 0
    for cell in range(cell_terms.size):
        one, first, end = slice(cell, cell + 1), end, end + windows[cell, 1]
        count_tile(
            cell_numbers[one],
            cell_terms[one],
            windows[one],
            term_numbers,
            term_columns,
            term_signs,
            column_codes,
            column_numbers,
            column_streams[cell],
            table_levels,
            table_values,
            start,
            stop,
            block,
            indices,
            counts[first:end],
        )
