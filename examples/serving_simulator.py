"""A serving node, simulated event by event, that charges energy to each request through `wattquery.kernels`.

The simulator is compiled code of its own. Requests arrive at random, wait in line for one of the node's slots, and are
answered together (continuous batching). A slot works at the same speed however many others are filled, as decoding is
bound by the memory that weights are read from: the fitted throughput is that of a full node, and a slot has its share.
Whatever the node draws is charged in equal parts to the requests in it, and to none while it is empty.

Request i has the lengths of draw i of ``wq.sweep(..., seed=SEED)``. On a node that is always full and draws a fixed
share of its rating, each request costs what the sweep's equation says, and the program checks that it does. It also
adds up what the node draws apart from what it charges, and checks that the two are equal.

Run it: python examples/serving_simulator.py --requests 20000 --seed 42
"""

from __future__ import annotations

import argparse
import math
from typing import NamedTuple

import numba
import numpy as np

import wattquery as wq
from wattquery.throughput import fit_throughput

CATALOG = "oviedo2026"
NODE_POWER = 10.2  # kW, the rating of 8 x H100
PUE = 1.3
OUTPUT_TOKENS = wq.Exponential(median=300.0)
PROMPTS = np.array([100.0, 500.0, 2000.0])  # tokens, equally likely
FIXED = (0.6, 0.0)  # base and span of the drawn share: 60 % of the rating, whatever the node does
FOLLOWING = (0.24, 0.56)  # 24 % without load, and 56 % more at the largest throughput
LEVELS = (0.05, 0.5, 0.95)
SAME = 1e-9  # how close two sums of many steps come


@numba.njit(parallel=True)
def draw_requests(gap_stream, output_stream, input_stream, scale, prompts, gaps, outputs, inputs):
    """Fill in the times between arrivals [1] and the lengths [tokens]: each a function of its own number alone."""
    shares = np.arange(1, prompts.size + 1) / prompts.size
    for i in numba.prange(gaps.size):
        gaps[i] = wq.kernels.exponential(1.0, wq.kernels.uniform(gap_stream, i))
        outputs[i] = max(1.0, np.rint(wq.kernels.exponential(scale, wq.kernels.uniform(output_stream, i))))
        share = wq.kernels.uniform(input_stream, i)
        inputs[i] = wq.kernels.quantile(wq.kernels.ATOMS, 0.0, 0.0, 0.0, shares, prompts, share)


@numba.njit
def serve(arrivals, inputs, outputs, watched, model, base, span, slots, energies):
    """Simulate until the first ``watched`` requests are answered, and fill in the energies of all of them [Wh].

    ``model`` holds b0, b1, b2 and ln TPS_max. Returns the energy of the node and what of it was drawn while empty [Wh],
    the time [s], and the mean number of filled slots.
    """
    request = np.empty(slots, dtype=np.int64)
    left, speed = np.empty(slots), np.empty(slots)  # tokens, tokens/s
    now, drawn, drawn_empty, slot_seconds = 0.0, 0.0, 0.0, 0.0  # s, kW s, kW s, s
    filled, taken, answered = 0, 0, 0
    while answered < watched:
        # The next event: a slot is free and a request is there or comes, or the first of the filled slots is ready.
        ready, first = np.inf, -1
        for k in range(filled):
            if now + left[k] / speed[k] < ready:
                ready, first = now + left[k] / speed[k], k
        enters = filled < slots and taken < arrivals.size and arrivals[taken] <= ready
        event = max(arrivals[taken] if enters else ready, now)
        step = event - now
        if step > 0.0:
            utilization = wq.kernels.power_utilization(base, span, speed[:filled].sum(), model[3])
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
            slot_seconds += filled * step
            if filled == 0:
                drawn_empty += PUE * NODE_POWER * utilization * step
        now = event
        if enters:
            rate = wq.kernels.throughput(*model, inputs[taken], outputs[taken])
            request[filled], left[filled], speed[filled] = taken, outputs[taken], rate / slots
            filled, taken = filled + 1, taken + 1
        else:
            answered += request[first] < watched
            filled -= 1
            request[first], left[first], speed[first] = request[filled], left[filled], speed[filled]
    return drawn / 3.6, drawn_empty / 3.6, now, slot_seconds / now


class Run(NamedTuple):
    """What a simulation gives.

    Energies per watched request, charged to all requests, of the node, and of the empty node [Wh]; the time [s]; the
    mean number of filled slots.
    """

    energies: np.ndarray
    charged: float
    node: float
    empty: float
    duration: float
    filled: float

    @property
    def error(self) -> float:
        """How far what was charged and what the empty node drew is from what the node drew [1]."""
        return abs(self.charged + self.empty - self.node) / self.node


def simulate(
    requests: int,
    seed: int,
    model: str = "Llama 3.1 70B",
    slots: int = 64,
    load: float = math.inf,
    power: tuple[float, float] = FIXED,
) -> Run:
    """Return a simulation of one node, whose requests need the share ``load`` of all it can do; inf keeps it full."""
    fitted = fit_throughput(wq.catalog.load(CATALOG).deployment(model).rows, model)
    # Requests go on coming while the last of the watched ones are answered.
    total = requests + 40 * slots + requests // 2
    gaps, outputs, inputs = np.empty((3, total))
    streams = [wq.kernels.stream(seed, purpose) for purpose in ("gaps", "output_tokens", "input_tokens")]
    draw_requests(*streams, OUTPUT_TOKENS.scale, PROMPTS, gaps, outputs, inputs)
    # How long a full node takes for a request says how fast they may come.
    mean_gap = float(np.mean(outputs / fitted.predict(inputs, outputs))) / load
    energies = np.zeros(total)
    arrivals = np.cumsum(gaps) * mean_gap
    found = serve(arrivals, inputs, outputs, requests, fitted.coefficients, *power, slots, energies)
    return Run(energies[:requests], float(energies.sum()), *found)


def closed_form(model: str) -> np.ndarray:
    """Return the quantiles and the mean that the equation gives for a full node [Wh]."""
    ds = wq.sweep(
        model,
        output_tokens=OUTPUT_TOKENS,
        input_tokens=wq.Empirical(samples=PROMPTS),
        power_utilization=FIXED[0],
        pue=PUE,
        node_power=NODE_POWER,
        catalog=CATALOG,
        method="exact",
        quantiles=LEVELS,
    )
    return np.append(ds["energy"].values.ravel(), ds["energy_mean"].values)


def deviations(energies: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Return how many standard errors the levels and the mean of simulated energies are from the expected ones."""
    levels = np.array(LEVELS)
    below = np.mean(energies[:, None] <= expected[:-1], axis=0)
    of_levels = (below - levels) / np.sqrt(levels * (1.0 - levels) / energies.size)
    of_mean = (energies.mean() - expected[-1]) / (energies.std() / math.sqrt(energies.size))
    return np.append(of_levels, of_mean)


def row(name: str, numbers: np.ndarray, run: Run | None = None) -> str:
    """Return a line of the table."""
    line = f"{name:<34}" + "".join(f"{number:8.4f}" for number in numbers)
    return line if run is None else f"{line}{run.filled:8.1f}{run.node:10.1f}{run.charged:10.1f}{run.empty:8.1f}"


def main(arguments: list[str] | None = None) -> None:
    """Simulate, print what requests cost, and check it."""
    parser = argparse.ArgumentParser(description="Energy per request of one simulated serving node.")
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--model", default="Llama 3.1 70B", help=f"as the catalog {CATALOG} has it")
    parser.add_argument("--slots", type=int, default=64, help="most requests that are answered together")
    parser.add_argument("--load", type=float, default=0.7, help="share of what the node can do, below 1")
    options = parser.parse_args(arguments)
    if options.requests < 2 or options.slots < 1 or not 0.0 < options.load < 1.0 or options.seed < 0:
        parser.error("--requests is at least 2, --slots at least 1, --load between 0 and 1, --seed 0 or more.")
    node = (options.requests, options.seed, options.model, options.slots)
    runs = {
        "always full, PU 0.6": simulate(*node),
        f"load {options.load:g}, PU 0.6": simulate(*node, options.load),
        f"load {options.load:g}, PU follows throughput": simulate(*node, options.load, FOLLOWING),
    }
    expected = closed_form(options.model)
    print(f"{options.model}, {options.requests} requests, {options.slots} slots")
    print(f"{'':<34}{'energy per request [Wh]':^32}{'slots':>8}{'energy of the node [Wh]':>28}")
    print(f"{'':<34}{'P5':>8}{'P50':>8}{'P95':>8}{'mean':>8}{'filled':>8}{'all':>10}{'charged':>10}{'empty':>8}")
    print(row("wq.sweep, exact, PU 0.6", expected))
    for name, run in runs.items():
        print(row(name, np.append(np.quantile(run.energies, LEVELS), run.energies.mean()), run))
    worst = np.abs(deviations(runs["always full, PU 0.6"].energies, expected)).max()
    error = max(run.error for run in runs.values())
    print(f"always full against the sweep: within {worst:.1f} standard errors")
    print(f"charged + empty against all: {'equal to 1e-9' if error < SAME else f'off by {error:.1e}'}")
    if error >= SAME or worst > 5.0:
        raise SystemExit("The simulation does not agree with the equation.")


if __name__ == "__main__":
    main()
