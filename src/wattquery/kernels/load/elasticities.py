"""How time, power and latencies of an instance at a load answer to the numbers of its cell."""

from __future__ import annotations

from typing import Any

import numpy as np

from wattquery.kernels.compiling.compile import compiled_where_used, kernel
from wattquery.kernels.load.fixed_batch import at_batch
from wattquery.kernels.load.given_batch import NEVER_S, at_running_batch
from wattquery.kernels.load.numbers import (
    AGE,
    BUSY_POWER,
    COMPUTE_POWER,
    COMPUTE_S_PER_SEQUENCE,
    EXPERT_WEIGHTS_S,
    FIRST_PASS,
    FIRST_TOKEN_S,
    FIRST_WEIGHTS_S,
    FULL_ATTENTION_S,
    FULL_CACHE_BYTES,
    HOST_POWER,
    HOST_S,
    HOST_S_PER_SEQUENCE,
    INTERFERENCE,
    KEY_VALUE_BANDWIDTH,
    LAUNCH_S,
    LINK_S_PER_SEQUENCE,
    MEMORY_POWER,
    OVERLAP,
    POWER_LIMIT_W,
    PREFILL_S_PER_TOKEN,
    PREFILLS_SHARED,
    PREFILLS_WAITED,
    PRODUCT_POWER,
    SHARED_WEIGHTS_S,
    STATE_BYTES,
    STEPS_PER_TOKEN,
    STEPS_WAITED,
)
from wattquery.kernels.load.phases import mean_cell
from wattquery.kernels.load.power import host_share, power, product_share

__all__ = ["ANSWERS", "BATCH", "MOVED", "fill_elasticities", "log_answers"]

ANSWERS = ("round_s", "power_w_per_accelerator", "tpot_s", "ttft_s")
"""What answers, in this order: time of a round, mean power of an accelerator, mean time per output token and mean time
to first token."""

_OF_THE_FIRST_TOKEN = (
    FIRST_TOKEN_S,
    STEPS_WAITED,
    PREFILLS_SHARED,
    PREFILLS_WAITED,
    FIRST_PASS,
    LAUNCH_S,
    FIRST_WEIGHTS_S,
)
"""Numbers to which the time to first token alone answers."""

MOVED = (
    HOST_S,
    HOST_S_PER_SEQUENCE,
    LINK_S_PER_SEQUENCE,
    SHARED_WEIGHTS_S,
    EXPERT_WEIGHTS_S,
    KEY_VALUE_BANDWIDTH,
    COMPUTE_S_PER_SEQUENCE,
    OVERLAP,
    AGE,
    STEPS_PER_TOKEN,
    FULL_CACHE_BYTES,
    STATE_BYTES,
    PREFILL_S_PER_TOKEN,
    FULL_ATTENTION_S,
    INTERFERENCE,
    POWER_LIMIT_W,
    HOST_POWER,
    BUSY_POWER,
    MEMORY_POWER,
    COMPUTE_POWER,
    PRODUCT_POWER,
    *_OF_THE_FIRST_TOKEN,
)
"""Numbers that fitted parameters move, by their places in `wattquery.kernels.load.numbers.LOAD_NUMBERS`.

The cache and the attention are those of layers with and without a window together, which move as one."""

BATCH = len(MOVED)
"""Place of the batch after them."""

_MOVED = np.array(MOVED)
_OF_ALL = len(MOVED) - len(_OF_THE_FIRST_TOKEN)
_STEP = 1e-4
"""Of logarithms: small enough for the derivative, large against the rounding of doubles."""


@compiled_where_used
def log_answers(cell: Any, drivers: Any, batch: Any) -> Any:
    """Return the logarithms of `ANSWERS` of a cell as `mean_cell` makes it.

    Parameters
    ----------
    cell
        From `wattquery.kernels.load.phases.mean_cell`.
    drivers
        Means of `wattquery.kernels.load.query.DRIVERS` over the queries that fill the batch.
    batch
        B, mean number of running sequences, at least 1 [1].
    """
    inputs, outputs, context = drivers[3], drivers[1], drivers[2] / drivers[1]
    per_token, _, round_s = at_batch(cell, inputs, outputs, context, batch)
    host = host_share(cell, context, batch, round_s)
    products = product_share(cell, inputs, outputs, context, batch, round_s)
    watts = power(cell, inputs / outputs, context, batch, round_s, host, products)
    return np.log(round_s), np.log(watts), np.log(per_token), _log_first_token(cell, drivers, batch)


@compiled_where_used
def _log_first_token(cell: Any, drivers: Any, batch: Any) -> Any:
    """Return the logarithm of the time to first token; what it is at most where no number of clients is enough."""
    _, first, _, _ = at_running_batch(cell, drivers[3], drivers[1], drivers[2] / drivers[1], batch)
    return np.log(np.minimum(first, NEVER_S))


@kernel
def fill_elasticities(numbers: Any, instance: Any, drivers: Any, batch: Any, out: Any) -> None:
    """Fill in d ln(answer) / d ln(number) by forward differences.

    Parameters
    ----------
    numbers : array (instances, numbers)
        Of the cells; see `wattquery.kernels.load.numbers.LOAD_NUMBERS`.
    instance : array (pairs,)
        Which of them each pair of instance and lengths has.
    drivers : array (pairs, 5)
        Means of `wattquery.kernels.load.query.DRIVERS` over the queries that fill the batch.
    batch : array (pairs, loads)
        B [1]; below 1 all is as at 1, the time in which the instance is busy.
    out : array (pairs, loads, answers, numbers + 1)
        For each of `ANSWERS`, by each of `MOVED` and by the batch.
    """
    for pair in range(batch.shape[0]):
        of_pair = drivers[pair]
        cell = mean_cell(numbers[instance[pair]], of_pair)
        for load in range(batch.shape[1]):
            running = max(batch[pair, load], 1.0)
            here = log_answers(cell, of_pair, running)
            for move in range(BATCH):
                place = _MOVED[move]
                kept = cell[place]
                cell[place] = kept * (1.0 + _STEP)
                if move < _OF_ALL:
                    there = log_answers(cell, of_pair, running)
                else:
                    there = (here[0], here[1], here[2], _log_first_token(cell, of_pair, running))
                cell[place] = kept
                for answer in range(4):
                    out[pair, load, answer, move] = (there[answer] - here[answer]) / _STEP
            there = log_answers(cell, of_pair, running * (1.0 + _STEP))
            for answer in range(4):
                out[pair, load, answer, BATCH] = (there[answer] - here[answer]) / _STEP
