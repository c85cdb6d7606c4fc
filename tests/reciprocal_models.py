"""Sweeps whose deployments have throughputs of given coefficients, whatever their benchmark rows."""

from __future__ import annotations

from typing import Any

import pytest

import naive
from exact_pairs import model_of
from wattquery.throughput import ThroughputModel

MODEL = "DeepSeek-R1"
RATE = naive.Reciprocal(a=2e-4, b=3e-8, c=2.5e-5, maximum=4300.0)
"""Of a node: 5,000 tokens/s at best, and the throughput that power follows up to is reached within most tests."""


def give_all(monkeypatch: pytest.MonkeyPatch, *rates: naive.Reciprocal | naive.Throughput) -> None:
    """Have deployments fitted to one throughput after another of some, in turn."""
    models = [model_of(one) for one in rates]

    def fitted(wanted: Any, *_: Any, **__: Any) -> list[ThroughputModel]:
        return [models[i % len(models)] for i, _ in enumerate(wanted)]

    monkeypatch.setattr("wattquery.plans.build.fit_throughputs", fitted)
