"""The block driver: a range of draws for a tile of cells, straight into their histograms.

A tile shares its base variates: each random column is drawn once per block and used by every cell that names it.
What a cell counts depends on its own numbers and streams alone, never on the tile, the block or its neighbours.
"""

from __future__ import annotations

import numpy as np

from wattquery.kernels.compile import kernel
from wattquery.kernels.equation import log_energy
from wattquery.kernels.histogram import count
from wattquery.kernels.variates import fill_column

__all__ = ["CELL_COLUMNS", "CELL_NUMBERS", "count_tile"]

CELL_NUMBERS = (
    "log_factors",
    "sigma",
    "intercept",
    "ln_input",
    "ln_output",
    "ln_maximum",
    "prefill_weight",
    "base",
    "span",
)
"""What a cell's row of numbers holds, in this order."""

CELL_COLUMNS = ("normal", "output_tokens", "input_tokens")
"""Which random columns a cell names first; further independent factors follow."""


@kernel
def count_tile(
    cell_numbers,
    cell_columns,
    cell_signs,
    column_codes,
    column_numbers,
    column_streams,
    table_levels,
    table_values,
    start,
    stop,
    block,
    first_bin,
    counts,
):
    """Add the draws ``start`` to ``stop`` of every cell of a tile to ``counts``.

    Parameters
    ----------
    cell_numbers : float64[cells, 9]
        The rows named by `CELL_NUMBERS`: all independent lognormal factors of a cell are merged into one, with
        mean ``log_factors`` and standard deviation ``sigma`` in ln E.
    cell_columns : int64[cells, 3 + extras]
        The columns named by `CELL_COLUMNS`, then those of factors that are not lognormal; -1 where there is none.
    cell_signs : float64[cells, extras]
        +1 for a factor that multiplies the energy, -1 for one that divides it.
    column_codes, column_numbers, column_streams : int64[columns, 4], float64[columns, 5], uint32[columns, 4]
        The random columns, see `wattquery.kernels.variates.fill_column`.
    table_levels, table_values : float64[:]
        The tables of empirical distributions.
    start, stop : int
        The range of draw indices.
    block : int
        Draws held at a time; it bounds the memory and changes no result.
    first_bin : int
        The lattice bin of ``counts[:, 0]``.
    counts : int64[cells, bins]
        Receives the counts.
    """
    columns = column_codes.shape[0]
    extras = cell_signs.shape[1]
    values = np.empty((columns, block))
    logs = np.empty((columns, block))
    energies = np.empty(block)
    while start < stop:
        size = min(block, stop - start)
        for column in range(columns):
            fill_column(
                column_codes[column],
                column_numbers[column],
                table_levels,
                table_values,
                column_streams[column],
                start,
                values[column, :size],
                logs[column, :size],
            )
        for cell in range(counts.shape[0]):
            log_factors, sigma = cell_numbers[cell, 0], cell_numbers[cell, 1]
            b0, b1, b2 = cell_numbers[cell, 2], cell_numbers[cell, 3], cell_numbers[cell, 4]
            ln_maximum, weight = cell_numbers[cell, 5], cell_numbers[cell, 6]
            base, span = cell_numbers[cell, 7], cell_numbers[cell, 8]
            normal = values[cell_columns[cell, 0]]
            outputs, log_outputs = values[cell_columns[cell, 1]], logs[cell_columns[cell, 1]]
            inputs, log_inputs = values[cell_columns[cell, 2]], logs[cell_columns[cell, 2]]
            for i in range(size):
                energies[i] = log_energy(
                    log_factors + sigma * normal[i],
                    outputs[i],
                    log_outputs[i],
                    inputs[i],
                    log_inputs[i],
                    b0,
                    b1,
                    b2,
                    ln_maximum,
                    weight,
                    base,
                    span,
                )
            for extra in range(extras):
                column = cell_columns[cell, 3 + extra]
                if column >= 0:
                    sign = cell_signs[cell, extra]
                    for i in range(size):
                        energies[i] += sign * logs[column, i]
            count(energies[:size], first_bin, counts[cell])
        start += size
