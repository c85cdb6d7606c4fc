"""Benchmark rows that the reciprocal form of throughput has made, exactly or with errors."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from wattquery import catalog
from wattquery.catalog import BenchmarkRow

TRUTH = (4e-5, 2e-8, 3e-5)
"""Seconds per output token, per token of context, per input over output."""

LENGTHS = [(128, 128), (128, 2048), (2048, 128), (2048, 2048), (500, 2000), (1000, 1000), (5000, 500), (20000, 2000)]
"""Input and output tokens."""


def seconds(truth: Any, inputs: Any, outputs: Any) -> Any:
    """Return 1/TPS [s/token], as the documentation writes it."""
    a, b, c = truth
    return a + b * (inputs + outputs / 2) + c * inputs / outputs


def rows(lengths: Any = LENGTHS, truth: Any = TRUTH, factors: Any = 1.0) -> list[BenchmarkRow]:
    """Return a row for each pair of lengths, its rate times a factor."""
    template = dataclasses.replace(catalog.load("oviedo2026").rows[4], model="Ours", node_power=10.2)
    inputs, outputs = np.array(lengths, dtype=float).T
    rates = np.broadcast_to(factors / seconds(truth, inputs, outputs), inputs.shape)
    return [
        dataclasses.replace(template, input_tokens=i, output_tokens=o, tokens_per_second=rate, line=line)
        for line, (i, o, rate) in enumerate(zip(inputs.tolist(), outputs.tolist(), rates.tolist(), strict=True), 2)
    ]
