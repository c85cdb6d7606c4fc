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


def _weighted_sum(output: FloatArray, inputs: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    total = output + inputs / 30.0
    return total, output / total, inputs / 30.0 / total


def _fitted(output: FloatArray, inputs: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    total, by_output, by_input = _weighted_sum(output, inputs)
    return total * np.sqrt(inputs) / np.sqrt(np.sqrt(output)), by_output - 0.25, by_input + 0.5


def _fitted_decode(output: FloatArray, inputs: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    quantity = output / np.sqrt(np.sqrt(output)) * np.sqrt(inputs)
    return quantity, np.full(len(output), 0.75), np.full(len(output), 0.5)


def _fitted_to_inputs(output: FloatArray, inputs: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    return output * np.sqrt(inputs), np.ones(len(output)), np.full(len(output), 0.5)


def _context(output: FloatArray, inputs: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    mean = inputs + output / 2.0
    return output * mean, 1.0 + output / 2.0 / mean, inputs / mean


def _reciprocal(output: FloatArray, inputs: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    total = output * (1.0 + (inputs + output / 2.0) / 10_000.0) + 0.4 * inputs
    by_output = output * (1.0 + (inputs + output) / 10_000.0)
    return total, by_output / total, inputs * (output / 10_000.0 + 0.4) / total


FORMS: tuple[Form, ...] = (
    _weighted_sum,
    _fitted,
    _fitted_decode,
    _fitted_to_inputs,
    _context,
    _reciprocal,
    _output,
    _input,
)
"""Each returns a quantity, and by how many per cent it changes for one per cent of output and of input tokens. Square
roots stand for powers near them, since they are exact on every machine."""


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
