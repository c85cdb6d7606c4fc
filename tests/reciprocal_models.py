"""Sweeps whose deployments have throughputs of given coefficients, whatever their benchmark rows."""

from __future__ import annotations

from typing import Any

import pytest

import exact_pairs
import naive
from wattquery.throughput import ReciprocalModel, ThroughputModel

MODEL = "DeepSeek-R1"
RATE = naive.Reciprocal(a=2e-4, b=3e-8, c=2.5e-5, maximum=4300.0)
"""Of a node: 5,000 tokens/s at best, and the throughput that power follows up to is reached within most tests."""


def model_of(rate: naive.Reciprocal) -> ReciprocalModel:
    """Return the package's form of a naive throughput."""
    return ReciprocalModel(
        per_token=rate.a,
        per_context=rate.b,
        per_ratio=rate.c,
        maximum=rate.maximum,
        minimum=1.0,
        residual_standard_error=0.05,
        degrees_of_freedom=3,
        n_rows=6,
        input_range=(1.0, 1e5),
        output_range=(1.0, 1e5),
        centre=(6.0, 6.0),
        coefficient_covariance=((1e-3, 0.0, 0.0), (0.0, 1e-3, 0.0), (0.0, 0.0, 1e-3)),
    )


def give_all(monkeypatch: pytest.MonkeyPatch, *rates: naive.Reciprocal | naive.Throughput) -> None:
    """Have deployments fitted to one throughput after another of some, in turn."""
    models: list[ThroughputModel] = [
        model_of(one) if isinstance(one, naive.Reciprocal) else exact_pairs.model_of(one) for one in rates
    ]

    def fitted(wanted: Any, *_: Any, **__: Any) -> list[ThroughputModel]:
        return [models[i % len(models)] for i, _ in enumerate(wanted)]

    monkeypatch.setattr("wattquery.plans.build.fit_throughputs", fitted)
    monkeypatch.setattr(ReciprocalModel, "log_error", lambda self, x, y: 0.0 * (x + y))
