"""Drivers: what many operating points take of each driver of a query's energy, their rates, power and latencies."""

from __future__ import annotations

import numpy as np

from wattquery.kernels.compiling.compile import kernel
from wattquery.kernels.load.given_batch import NEVER_S, at_running_batch, first_token_alone
from wattquery.kernels.load.numbers import ACCELERATORS
from wattquery.kernels.load.phases import at_the_node, busy_phases, mean_cell, with_idle
from wattquery.kernels.load.query import requests_per_second, unit_joules, unit_phase_joules

__all__ = ["RATES", "fill_log_outputs", "fill_points"]

RATES = ("throughput", "power", "time_per_output_token", "time_to_first_token", "round_s")
"""What `fill_points` writes of the rates of an operating point, in this order: output tokens of the instance
[tokens/s], power of an accelerator, idle time included [W], closed-loop means of the two latencies, and the time of a
round [s]."""


@kernel
def fill_points(numbers, idle_watts, instance, drivers, own_drivers, batch, units, seconds, rates):
    """Fill units and rates of operating points, NaN where a batch is not above 0.

    Parameters
    ----------
    numbers : (instances, numbers)
        Of the cells; see `wattquery.kernels.load.numbers.LOAD_NUMBERS`.
    idle_watts : (instances,)
        Power of one accelerator while nothing runs [W].
    instance : (pairs,)
        Which instance each pair of an instance and lengths has.
    drivers, own_drivers : (pairs, 5)
        Means of `wattquery.kernels.load.query.DRIVERS` over the queries that fill the batch, and over those whose time
        to first token is asked for.
    batch : (pairs, loads)
        Mean numbers of running sequences [1].
    units : (5, pairs, loads)
        Takes what one unit of each driver takes of the accelerators [J]; the first is idle time alone.
    seconds : (5, pairs, loads)
        Takes for how long a unit of each driver occupies accelerators, one after another [s].
    rates : (5, pairs, loads)
        Takes `RATES`.
    """
    for pair in range(instance.size):
        cell = numbers[instance[pair]]
        accelerators, idle = cell[ACCELERATORS], idle_watts[instance[pair]]
        means, own = drivers[pair], own_drivers[pair]
        mean, own_mean = mean_cell(cell, means), mean_cell(cell, own)
        for load in range(batch.shape[1]):
            running = batch[pair, load]
            if not running > 0.0:
                units[:, pair, load] = np.nan
                seconds[:, pair, load] = np.nan
                rates[:, pair, load] = np.nan
                continue
            busy, shares, round_s = busy_phases(cell, means, running)
            requests = requests_per_second(running, round_s, means[1])
            watts = with_idle(busy, running, accelerators * idle)
            times = at_the_node(watts, with_idle(shares, running, 1.0), 0.0, accelerators)
            joules = unit_joules(unit_phase_joules(watts, requests, means))
            occupied = unit_joules(unit_phase_joules(times, requests, means))
            for driver in range(5):
                units[driver, pair, load] = joules[driver]
                seconds[driver, pair, load] = occupied[driver]
            per_token, first, _, step = at_running_batch(mean, means[3], means[1], means[2] / means[1], running)
            first += first_token_alone(own_mean, own[3], step) - first_token_alone(mean, means[3], step)
            total = 0.0
            for phase in range(8):
                total += watts[phase]
            rates[0, pair, load] = requests * means[1]
            rates[1, pair, load] = total / accelerators
            rates[2, pair, load] = per_token
            rates[3, pair, load] = first if first < NEVER_S else np.inf
            rates[4, pair, load] = round_s


@kernel
def fill_log_outputs(numbers, instance, drivers, batch, out):
    """Fill logarithms of what residuals are about: energy of a batch's mean query, power and throughput while busy.

    Parameters
    ----------
    numbers, instance, drivers
        As for `fill_points`.
    batch : (pairs, loads)
        Mean numbers of running sequences; below 1 it is as at 1, while the instance is busy [1].
    out : (4, pairs, loads)
        Takes ln J of the accelerators for one query, ln W of one accelerator, ln(tokens/s) of the instance, and ln s of
        the time per output token in a closed loop.
    """
    for pair in range(instance.size):
        cell, means = numbers[instance[pair]], drivers[pair]
        mean = mean_cell(cell, means)
        for load in range(batch.shape[1]):
            running = max(batch[pair, load], 1.0)
            watts, _, round_s = busy_phases(cell, means, running)
            total = watts[0] + watts[1] + watts[2] + watts[3] + watts[4] + watts[5] + watts[6]
            per_token, _, _, _ = at_running_batch(mean, means[3], means[1], means[2] / means[1], running)
            requests = requests_per_second(running, round_s, means[1])
            out[0, pair, load] = np.log(total / requests)
            out[1, pair, load] = np.log(total / cell[ACCELERATORS])
            out[2, pair, load] = np.log(requests * means[1])
            out[3, pair, load] = np.log(per_token)
