"""A load model whose errors are known: medians that are right, and measured rows that scatter around them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.special import ndtri

from wattquery.throughput.load import QUANTITIES, Observations
from wattquery.throughput.load.row_columns import observations_of

SCATTER = 0.2
"""Standard deviation of logarithms of what is measured around what is true."""

TRUE = dict(zip(QUANTITIES, (0.02, 0.5, 400.0, 500.0, 1.25), strict=True))


def labels(numbers, names):
    return [names[int(number) % len(names)] for number in numbers]


def fake_rows(count=600, architectures=12, seed=0, common=0.0, scatter=SCATTER):
    """Return rows of a truth that is the same for all, with normal errors.

    ``common`` is the standard deviation of what all rows of an architecture share.
    """
    generator = np.random.default_rng(seed)
    number = np.arange(count)
    of_architecture = number % architectures
    shared = common * generator.standard_normal(architectures)[of_architecture]
    measured = {
        quantity: true * np.exp(shared + scatter * generator.standard_normal(count)) for quantity, true in TRUE.items()
    }
    dense, moe = "llama-3.1-8b", "deepseek-v3"
    names = [dense, moe, *(f"mine-{one}" for one in range(2, architectures))]
    return observations_of(
        count,
        {
            "row_id": [f"R{one:04d}" for one in number],
            "source_id": ["mine"] * count,
            "architecture": labels(of_architecture, names),
            "hardware": labels(number // 7, ["H100 SXM", "H200", "B200", "L40S"]),
            "serving": labels(number // 5, ["vLLM", "SGLang", "TensorRT-LLM"]),
            "precision": ["FP8"] * count,
            "total_params_b": [8.0] * count,
            "active_params_b": [8.0] * count,
            "accelerators": [1.0] * count,
            "concurrency": [float(2 ** (one % 10)) for one in number // 11],
            "confidence": ["low" if one % 50 == 49 else "high" for one in number],
            **{quantity: list(values) for quantity, values in measured.items()},
        },
    )


def configuration(rows: Observations):
    keys = np.empty(len(rows), dtype=object)
    keys[:] = [" ".join(one) for one in zip(rows.architecture, rows.hardware, rows.serving, strict=True)]
    return keys


@dataclass(frozen=True)
class FakePredictions:
    medians: dict
    support: np.ndarray
    spread: float

    def quantile(self, quantity, probability):
        return self.medians[quantity] * np.exp(self.spread * ndtri(probability))


@dataclass(frozen=True)
class FakeModel:
    """Predicts the medians of the rows that it was fitted to; one of a calibrated row is that which was measured."""

    medians: dict = field(default_factory=lambda: dict(TRUE))
    seen: frozenset = frozenset()
    spread: float = SCATTER

    def predict(self, rows, *, given=None):
        for quantity in QUANTITIES:
            assert np.isnan(rows.measured(quantity)).all(), "what was measured must be hidden"
        support = np.array(
            ["supported" if one in self.seen else "extrapolated" for one in rows.architecture], dtype=object
        )
        medians = {quantity: np.full(len(rows), self.medians[quantity]) for quantity in QUANTITIES}
        if given is not None:
            own, theirs = configuration(rows), configuration(given)
            for quantity in QUANTITIES:
                for row, key in enumerate(own):
                    medians[quantity][row] = np.median(given.measured(quantity)[theirs == key])
        return FakePredictions(medians, support, self.spread)


def fit(rows, *, start=None):
    """Fit to rows: the median of each quantity."""
    return FakeModel(
        {quantity: float(np.median(rows.measured(quantity))) for quantity in QUANTITIES}, frozenset(rows.architecture)
    )


def true_model(rows, *, start=None):
    """Return the truth, whatever the rows."""
    return FakeModel(seen=frozenset(rows.architecture))


def start_is_none(rows, *, start=None):
    """Say whether a start was passed, as the median of a quantity."""
    return FakeModel(dict.fromkeys(QUANTITIES, 1.0 if start is None else start), frozenset(rows.architecture))
