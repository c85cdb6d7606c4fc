"""The energy of a query in single precision, for loops over many draws: `query_joules`, arranged to vectorise.

All its summands are positive, so that each rounding moves the sum by no more than itself. Lengths are taken from where
a range of positions begins, and not as a difference of its ends, which single precision could not tell. Relative to
`wattquery.kernels.load.query.query_joules` the error is below 2e-6, tested.
"""

from __future__ import annotations

import numpy as np

from wattquery.kernels.compiling.compile import compiled_where_used
from wattquery.kernels.fused import multiply_add

__all__ = [
    "FARTHEST",
    "capped_joules",
    "capped_numbers",
    "caps_of",
    "plain_joules",
    "plain_numbers",
    "twice_capped_joules",
    "twice_capped_numbers",
]

F = np.float32
HALF, NOTHING = F(0.5), F(0.0)

FARTHEST = 1e30
"""In the place of no window: of what lies beyond, there is nothing to multiply it with."""


@compiled_where_used
def caps_of(reach):
    """Return how far layers see that see no more than the top k, and those that see a window; far where none do."""
    top = min(reach[7], FARTHEST) if reach[0] + reach[3] > 0.0 else FARTHEST
    window = min(reach[6], FARTHEST) if reach[1] + reach[4] > 0.0 else FARTHEST
    return top, window


@compiled_where_used
def plain_numbers(units, reach):
    """Return what `plain_joules` takes: of a request, an output token, a new token, a cached one, a read and a pair."""
    read, pair = units[2] * (reach[0] + reach[1] + reach[2]), units[4] * (reach[3] + reach[4] + reach[5])
    return F(units[0]), F(units[1]), F(units[3]), F(units[3] * reach[8]), F(read), F(pair)


@compiled_where_used
def plain_joules(numbers, output, input_, cached):
    """Return the energy of a query with full attention in every layer, of ``float32`` alone."""
    request, per_output, new, reused, read, pair = numbers
    fresh = input_ - cached
    each = multiply_add(read, multiply_add(HALF, output, input_), per_output)
    prompt = multiply_add(reused, cached, multiply_add(new, fresh, request))
    pairs = fresh * multiply_add(HALF, fresh, cached)
    return multiply_add(pair, pairs, multiply_add(each, output, prompt))


@compiled_where_used
def capped_numbers(units, reach):
    """Return what `capped_joules` takes: `plain_numbers` of full attention; cap, read and pair of the other layers."""
    top, window = caps_of(reach)
    seen = 0 if top < FARTHEST else 1
    read, pair = reach[seen], reach[3 + seen]
    reads, pairs = reach[0] + reach[1] + reach[2] - read, reach[3] + reach[4] + reach[5] - pair
    own = (F(units[0]), F(units[1]), F(units[3]), F(units[3] * reach[8]))
    return (*own, F(units[2] * reads), F(units[4] * pairs), F(min(top, window)), F(units[2] * read), F(units[4] * pair))


@compiled_where_used
def capped_joules(numbers, output, input_, cached):
    """Return the energy of a query some of whose layers see no more than one cap says, of ``float32`` alone."""
    request, per_output, new, reused, read, pair, cap, capped_read, capped_pair = numbers
    own = (request, per_output, new, reused, read, pair)
    total = plain_joules(own, output, input_, cached)
    total = multiply_add(capped_read, _seen(input_, output, cap), total)
    return multiply_add(capped_pair, _seen(cached, input_ - cached, cap), total)


@compiled_where_used
def twice_capped_numbers(units, reach):
    """Return what `twice_capped_joules` takes: as `capped_numbers`, with the top k and with the window."""
    top, window = caps_of(reach)
    own = (
        F(units[0]),
        F(units[1]),
        F(units[3]),
        F(units[3] * reach[8]),
        F(units[2] * reach[2]),
        F(units[4] * reach[5]),
    )
    of_top = (F(top), F(units[2] * reach[0]), F(units[4] * reach[3]))
    return (*own, *of_top, F(window), F(units[2] * reach[1]), F(units[4] * reach[4]))


@compiled_where_used
def twice_capped_joules(numbers, output, input_, cached):
    """Return the energy of a query where some layers see the top k and others a window, of ``float32`` alone."""
    total = capped_joules(numbers[:9], output, input_, cached)
    total = multiply_add(numbers[10], _seen(input_, output, numbers[9]), total)
    return multiply_add(numbers[11], _seen(cached, input_ - cached, numbers[9]), total)


@compiled_where_used
def _seen(start, length, cap):
    """Return the integral of min(x, cap) over a length from ``start`` on; see `query.capped_positions`."""
    left = cap - start
    left = left if left > NOTHING else NOTHING
    below = left if left < length else length
    return multiply_add(below, multiply_add(HALF, below, start), cap * (length - below))
