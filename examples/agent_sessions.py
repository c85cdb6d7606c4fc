"""Energy of sessions of an agent whose context grows: a loop of one's own in Numba around a prepared cell.

Each turn sends the whole conversation again. What was sent before is in the cache, unless the pause was too long and
the cache is gone. The loop draws lengths and pauses by random numbers that belong to the turn, and asks the kernel of
the cell for each of them.

Run it: python examples/agent_sessions.py --sessions 20000
"""

from __future__ import annotations

import argparse

import numba
import numpy as np

import wattquery as wq

energy = wq.kernels.prepared_energy
quantile = wq.kernels.prepared_quantile


@numba.njit(nogil=True)
def simulate(coefficients, stream, turns, kept, z, expected, low, high, tokens):
    """Fill in the energy of each session [Wh] and its input tokens: the expected one, and both ends of its interval.

    ``kept`` is how likely the cache is still there at the next turn. What is not known is the same for all turns, so
    that ends add up to ends.
    """
    for session in range(expected.size):
        context, cached = 3000.0, 0.0  # tokens of the system prompt and tools, and of them in the cache
        for turn in range(turns):
            draw = 3 * (session * turns + turn)
            context += np.rint(wq.kernels.lognormal(6.0, 1.0, wq.kernels.uniform(stream, draw)))
            answer = 1.0 + np.rint(wq.kernels.exponential(250.0, wq.kernels.uniform(stream, draw + 1)))
            expected[session] += energy(coefficients, context, answer, cached)
            low[session] += quantile(coefficients, -z, context, answer, cached)
            high[session] += quantile(coefficients, z, context, answer, cached)
            tokens[session] += context
            cached = context if wq.kernels.uniform(stream, draw + 2) < kept else 0.0
            context += answer


def sessions(cell: wq.PreparedQuery, count: int, turns: int, kept: float, seed: int = 42) -> np.ndarray:
    """Return four columns by session: expected energy, both ends of its 90 % interval [Wh], and input tokens."""
    found = np.zeros((4, count))
    simulate(cell.coefficients, wq.kernels.stream(seed, "sessions"), turns, kept, 1.6448536269514722, *found)
    return found


def main(arguments: list[str] | None = None) -> None:
    """Simulate sessions with a cache that is kept for longer and longer, and print what they take."""
    parser = argparse.ArgumentParser(description="Energy of sessions of an agent.")
    parser.add_argument("--sessions", type=int, default=20_000)
    parser.add_argument("--turns", type=int, default=12)
    options = parser.parse_args(arguments)
    if options.sessions < 1 or options.turns < 1:
        parser.error("--sessions and --turns are 1 or more.")
    cell = wq.prepare("Qwen3-235B-A22B", hardware="H200", load=0.5, workload="agent")
    print(f"{cell.assumptions['model'].split(':')[0]}, {options.turns} turns, {cell.boundary} boundary, {cell.support}")
    print(f"{'cache kept':<12}{'input tokens':>14}{'Wh per session':>16}{'90 % interval':>18}")
    for kept in (0.0, 0.9, 1.0):
        expected, low, high, tokens = sessions(cell, options.sessions, options.turns, kept).mean(axis=1)
        print(f"{kept:<12.0%}{tokens:>14,.0f}{expected:>16.2f}{low:>10.2f} to {high:.2f}")


if __name__ == "__main__":
    main()
