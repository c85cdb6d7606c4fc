"""A serving node, simulated event by event, that charges energy to each request through `wattquery.kernels`.

The simulator is compiled code of its own. Requests arrive at random, wait in line for one of the node's slots, and are
answered together (continuous batching). A slot works at the same speed however many others are filled, as decoding is
bound by the memory that weights are read from: the fitted throughput is that of a full node, and a slot has its share.
Power follows the throughput of the moment. Whatever the node draws is charged in equal parts to the requests in it, and
to none while it is empty.

Run it: python examples/serving_simulator.py --requests 100000 --seed 42
"""

from __future__ import annotations

import argparse
import math
from typing import NamedTuple

import numba
import numpy as np

import wattquery as wq
from wattquery.throughput import fit_throughput

NODE_POWER = 10.2  # kW, the rating of 8 x H100
PUE = 1.3
IDLE, SPAN = 0.24, 0.56  # drawn share of the rating: without load, and what full load adds
MEDIAN_OUTPUT, MEDIAN_INPUT, SIGMA_INPUT = 300.0, 500.0, 1.0  # tokens
GAPS, OUTPUTS, INPUTS = 0, 1, 2  # what random numbers are for: a stream each


@numba.njit(parallel=True)
def draw_requests(streams, mean_gap, gaps, outputs, inputs):
    """Fill in the times between arrivals [s] and the lengths [tokens]: each a function of its own number alone."""
    mean_output = MEDIAN_OUTPUT / math.log(2.0)
    for i in numba.prange(gaps.size):
        gaps[i] = wq.kernels.exponential(mean_gap, wq.kernels.uniform(streams[GAPS], i))
        outputs[i] = max(1.0, np.rint(wq.kernels.exponential(mean_output, wq.kernels.uniform(streams[OUTPUTS], i))))
        share = wq.kernels.uniform(streams[INPUTS], i)
        inputs[i] = max(1.0, np.rint(wq.kernels.lognormal(math.log(MEDIAN_INPUT), SIGMA_INPUT, share)))


@numba.njit
def serve(arrivals, inputs, outputs, model, slots, energies):
    """Fill in energies per request [Wh]; return those of the node and of the empty node [Wh], and both times [s].

    ``model`` holds b0, b1, b2 and ln TPS_max.
    """
    request = np.empty(slots, dtype=np.int64)
    left, speed = np.empty(slots), np.empty(slots)  # tokens, tokens/s
    now, idle_time, drawn, drawn_empty = 0.0, 0.0, 0.0, 0.0  # s, s, kW s, kW s
    filled, taken, done = 0, 0, 0
    while done < arrivals.size:
        # The next event: a slot is free and a request is there or comes, or the first of the filled slots is ready.
        ready, first = np.inf, -1
        for k in range(filled):
            if now + left[k] / speed[k] < ready:
                ready, first = now + left[k] / speed[k], k
        enters = filled < slots and taken < arrivals.size and arrivals[taken] <= ready
        event = max(arrivals[taken] if enters else ready, now)
        step = event - now
        if step > 0.0:
            rate = speed[:filled].sum()
            utilization = wq.kernels.power_utilization(IDLE, SPAN, rate, model[3])
            for k in range(filled):
                # What this request costs on a node that is filled, as far as this one is, with others like it.
                energies[request[k]] += wq.kernels.energy(
                    output_tokens=speed[k] * step,
                    input_tokens=inputs[request[k]],
                    throughput=speed[k] * filled,
                    power_utilization=utilization,
                    pue=PUE,
                    node_power=NODE_POWER,
                )
                left[k] -= speed[k] * step
            drawn += PUE * NODE_POWER * utilization * step
            if filled == 0:
                idle_time += step
                drawn_empty += PUE * NODE_POWER * utilization * step
        now = event
        if enters:
            rate = wq.kernels.throughput(*model, inputs[taken], outputs[taken])
            request[filled], left[filled], speed[filled] = taken, outputs[taken], rate / slots
            filled, taken = filled + 1, taken + 1
        else:
            filled, done = filled - 1, done + 1
            request[first], left[first], speed[first] = request[filled], left[filled], speed[filled]
    return drawn / 3.6, drawn_empty / 3.6, now, idle_time


class Run(NamedTuple):
    """What a simulation gives: energies per request [Wh], of the node and of the empty node [Wh], and times [s]."""

    energies: np.ndarray
    node: float
    empty: float
    duration: float
    idle_time: float


def simulate(requests: int, seed: int, model: str = "Llama 3.1 70B", slots: int = 64, load: float = 0.7) -> Run:
    """Return a simulation of one node of a model, whose requests need the share ``load`` of all it can do."""
    fitted = fit_throughput(wq.catalog.load("oviedo2026").deployment(model).rows, model)
    streams = np.zeros((3, 4), dtype=np.uint32)
    streams[:, 0] = seed
    streams[:, 1] = GAPS, OUTPUTS, INPUTS
    gaps, outputs, inputs = np.empty((3, requests))
    draw_requests(streams, 1.0, gaps, outputs, inputs)
    # How long a full node would take for each request says how fast they may come.
    mean_gap = float(np.mean(outputs / fitted.predict(inputs, outputs))) / load
    energies = np.zeros(requests)
    coefficients = (fitted.intercept, fitted.ln_input, fitted.ln_output, fitted.ln_maximum)
    node, empty, duration, idle_time = serve(np.cumsum(gaps) * mean_gap, inputs, outputs, coefficients, slots, energies)
    return Run(energies, node, empty, duration, idle_time)


def main(arguments: list[str] | None = None) -> None:
    """Simulate, and print what requests cost."""
    parser = argparse.ArgumentParser(description="Energy per request of one simulated serving node.")
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--model", default="Llama 3.1 70B", help="as the catalog oviedo2026 has it")
    parser.add_argument("--slots", type=int, default=64, help="most requests that are answered together")
    parser.add_argument("--load", type=float, default=0.7, help="share of what the node can do, below 1")
    given = parser.parse_args(arguments)
    if given.requests < 1 or given.slots < 1 or not 0.0 < given.load < 1.0 or not 0 <= given.seed < 2**32:
        parser.error("--requests and --slots are at least 1, --load is between 0 and 1, --seed is a 32-bit number.")
    run = simulate(given.requests, given.seed, given.model, given.slots, given.load)
    low, median, high = np.quantile(run.energies, [0.05, 0.5, 0.95])
    charged, mean = run.energies.sum(), run.energies.mean()
    error = abs(charged + run.empty - run.node) / run.node
    verdict = "equal to 1e-9" if error < 1e-9 else f"off by {error:.1e}"
    print(f"{given.model}: {given.requests} requests in {run.duration / 3600.0:.2f} h, {given.slots} slots")
    print(f"energy per request [Wh]  median {median:.3f}, P5 .. P95 {low:.3f} .. {high:.3f}, mean {mean:.3f}")
    print(f"energy of the node [Wh]  {run.node:.1f}")
    print(f"charged to requests      {charged:.1f}")
    print(f"while empty              {run.empty:.1f}, in {run.idle_time / run.duration:.2%} of the time")
    print(f"charged + empty, node    {verdict}")
    if error >= 1e-9:
        raise SystemExit("The charges do not add up to the energy of the node.")


if __name__ == "__main__":
    main()
