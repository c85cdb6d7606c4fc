"""Nodes of a table moved until their margins, and what energies are made of, are distributed as in the full table.

A node has a place in the order of each quantity: an interval of the cumulative weight. The mean of the full table over
that interval is what the node should have of that quantity, and its lengths are moved there along the gradient of the
logarithm, one quantity after the other, by ever smaller shares of the way. (With lines through the plane as quantities
this is the sliced transport of optimal quantisation.) At last each length is replaced, in its order, by the means of
the full table themselves: the margins and their means are then exact to within half a node.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from wattquery.specs.distributions.base import FloatArray
from wattquery.specs.joint_lengths.interval_means import Margin
from wattquery.specs.joint_lengths.rows import Rows

__all__ = ["Settling"]

CYCLES = 10
"""Forty are no better."""

LAST_SHARE = 0.2
"""Of the way that nodes are moved, in the last cycle; all of it in the first."""

LARGEST_STEP = 0.5
"""Relative change of a length in one move."""

Form = Callable[[FloatArray, FloatArray], tuple[FloatArray, FloatArray, FloatArray]]


def _output(output: FloatArray, inputs: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    return output, np.ones(len(output)), np.zeros(len(output))


def _input(output: FloatArray, inputs: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    return inputs, np.zeros(len(output)), np.ones(len(output))


def _log_linear(weight: float, of_input: int, of_output: int) -> Form:
    """Return (L_out + w L_in) L_in^(m/4) L_out^(n/4): an energy at a throughput that is linear in logarithms."""

    def form(output: FloatArray, inputs: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        tokens = output + weight * inputs
        quantity = tokens * _quarters(inputs, of_input) * _quarters(output, of_output)
        return quantity, output / tokens + of_output / 4.0, weight * inputs / tokens + of_input / 4.0

    return form


def _reciprocal(weight: float, context: float, ratio: float) -> Form:
    """Return (1 + w L_in/L_out) (L_out (1 + b (L_in + L_out/2)) + c L_in): an energy at a reciprocal throughput."""

    def form(output: FloatArray, inputs: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        tokens = output + weight * inputs
        seconds = output * (1.0 + context * (inputs + output / 2.0)) + ratio * inputs
        by_output = output / tokens + output * (1.0 + context * (inputs + output)) / seconds - 1.0
        by_input = weight * inputs / tokens + inputs * (output * context + ratio) / seconds
        return tokens * seconds / output, by_output, by_input

    return form


def _quarters(lengths: FloatArray, count: int) -> FloatArray:
    """Return lengths to the power of so many quarters, of square roots, which are exact on every machine."""
    root = np.sqrt(np.sqrt(lengths))
    power = np.ones(len(lengths))
    for _ in range(abs(count)):
        power = power * root
    return power if count >= 0 else 1.0 / power


FORMS: tuple[Form, ...] = (
    *(_log_linear(w, m, n) for w in (0.0, 1.0 / 30.0, 0.42, 1.0) for m, n in ((2, -1), (2, 1), (3, -2), (1, 0))),
    *(
        _reciprocal(w, b, c)
        for w in (0.0, 0.1, 0.42, 1.0)
        for b, c in ((1e-4, 0.4), (1e-3, 0.8), (1e-2, 0.8), (0.0, 2.0))
    ),
    _log_linear(1.0 / 30.0, 0, 0),
    _output,
    _input,
)
"""Each returns a quantity, and by how many per cent it changes for one per cent of output and of input tokens. Prefill
weights, slopes and ratios of coefficients are spread over those of `stated_error`."""


class Settling:
    """What nodes of a table are moved towards.

    Parameters
    ----------
    rows
        The full table.
    parts
        Margins of output, new and cached tokens, where they are known better than from the rows.
    """

    def __init__(self, rows: Rows, parts: Sequence[Margin] | None = None) -> None:
        output, inputs = np.maximum(rows.output_tokens, 1.0), np.maximum(rows.input_tokens, 1.0)
        self._targets = [Margin.of(form(output, inputs)[0], rows.weights) for form in FORMS]
        self._parts = parts or [Margin.of(part, rows.weights) for part in rows.parts]

    def settled(self, nodes: Rows, cycles: int = CYCLES) -> Rows:
        """Return the nodes, each with the same weight in another place."""
        output, new, cached = nodes.parts
        for cycle in range(cycles):
            share = 1.0 / (1.0 + (1.0 / LAST_SHARE - 1.0) * cycle / max(cycles - 1, 1))
            for form, target in zip(FORMS, self._targets, strict=True):
                inputs = np.maximum(new + cached, 1.0)
                quantity, by_output, by_input = form(np.maximum(output, 1.0), inputs)
                away = target.in_order_of(quantity, nodes.weights) / quantity - 1.0
                step = share * away / (by_output * by_output + by_input * by_input)
                output = output * _factor(step * by_output)
                factor = _factor(step * by_input)
                new, cached = new * factor, cached * factor
        parts = zip(self._parts, (output, new, cached), strict=True)
        return Rows.of_parts((margin.in_order_of(part, nodes.weights) for margin, part in parts), nodes.weights)


def _factor(change: FloatArray) -> FloatArray:
    return 1.0 + np.clip(change, -LARGEST_STEP, LARGEST_STEP)
