"""What all queries share under a load, drawn in NumPy from the table of effects: by name, key and common direction."""

from __future__ import annotations

from typing import Any

import numpy as np

from wattquery.plans.cell import Cell
from wattquery.sensitivity.arguments import study
from wattquery.sweeps.run import Run, prepare
from wattquery.sweeps.settings import settings

MODEL, OTHER = "Llama 3.1 70B", "gpt-oss-120b"
MODELS = [MODEL, OTHER]
HARDWARE = {"hardware": "H100 SXM"}


def run_of(model: Any, **arguments: Any) -> Run:
    """Return a grid as it is computed exactly."""
    return prepare(study(model, **arguments), settings(method="exact"))


def covariance(cells: list[Cell]) -> dict[str, np.ndarray]:
    """Return the covariance of ln E between cells, by name of what all queries share.

    Written from the definition: equal name and key have the draws in common, and loadings say how much of them.
    """
    names = list(dict.fromkeys(one.name for cell in cells for one in cell.factors if one.sign))
    found = {name: np.zeros((len(cells), len(cells))) for name in names}
    for i, cell in enumerate(cells):
        for j, beside in enumerate(cells):
            for one in (factor for factor in cell.factors if factor.sign):
                for two in (factor for factor in beside.factors if (factor.name, factor.key) == (one.name, one.key)):
                    shared = float(np.dot(one.loadings, two.loadings)) if one.loadings else 1.0
                    sigmas = one.distribution.sigma * two.distribution.sigma
                    found[one.name][i, j] += one.sign * two.sign * shared * sigmas
    return found


def lengths_of(cell: Cell, most: int = 60_000) -> tuple[np.ndarray, np.ndarray]:
    """Return ln E at every whole number of output tokens, all that is shared at its median, and their weights."""
    outputs = np.arange(1.0, most)
    distribution = cell.output_tokens.distribution
    weights = distribution.cdf(outputs + 0.5) - distribution.cdf(outputs - 0.5)
    weights[0] = distribution.cdf(1.5)
    inputs = np.full(outputs.size, float(cell.input_tokens.distribution.ppf(0.5)))
    return cell.log_factors + cell.log_length_part(outputs, inputs), weights / weights.sum()


def shared_draws(cells: list[Cell], count: int, rng: np.random.Generator) -> np.ndarray:
    """Return what the shared factors add to ln E of each cell beyond their medians, a row per cell."""
    total = sum(covariance(cells).values())
    return rng.multivariate_normal(np.zeros(len(cells)), total, count, method="eigh").T
