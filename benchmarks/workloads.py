"""The grids that are timed: as arguments of `wattquery.sweep`, and as plain numbers that any peer can work from.

The numbers are computed here from the benchmark rows, and not taken from the package's own lowering: a peer that
agrees with the package then agrees by two ways to the same cell.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Any

import numpy as np

import wattquery as wq

MODELS = ("Llama 3.1 405B", "Llama 3.1 70B", "Mixtral 8x22B", "DeepSeek-R1", "Llama-3.1 Nemotron Ultra 253B")
OUTPUT_MEDIANS = (300.0, 5000.0, 1000.0, 2000.0)
NODE_POWER = 10.2  # kW
POWER_UTILIZATION = (0.4, 0.9)
PUES = ((1.05, 1.6), (1.05, 1.4))
LEVERS = {"model": (1.5, 10.0), "serving": (1.5, 5.0), "hardware": (1.5, 2.5), "routing": (1.5, 5.0)}
COMBINATIONS = (
    "none",
    "serving",
    "model",
    "hardware",
    "routing",
    "model+serving",
    "model+hardware",
    "serving+hardware",
    "model+serving+hardware",
    "model+serving+hardware+routing",
)
SIX_FACTOR_LEVERS = ("model", "serving", "hardware")
Z95 = 1.6448536269514722


@dataclass(frozen=True)
class CellNumbers:
    """One cell as a peer needs it; a factor is (mu, sigma, sign) of its logarithm.

    ``ln E = constant + sum of factors + ln L - min(b0 + b2 ln L, cap)``, with L the whole tokens of an exponential.
    """

    constant: float
    factors: tuple[tuple[float, float, float], ...]
    b0: float
    b2: float
    cap: float
    scale: float

    @property
    def mean(self) -> float:
        """Mean of all factors together, in ln E."""
        return self.constant + math.fsum(sign * mu for mu, _, sign in self.factors)

    @property
    def sigma(self) -> float:
        """Standard deviation of all factors merged into one normal."""
        return math.sqrt(math.fsum(sigma**2 for _, sigma, _ in self.factors))

    @property
    def length_term(self) -> tuple[float, float, float, float]:
        """What decides the length term: cells with the same numbers share it."""
        return self.scale, self.b0, self.b2, self.cap


def axes(cells: int) -> dict[str, tuple[Any, ...]]:
    """Return the labels of a grid of exactly ``cells`` cells: levers vary fastest, input lengths take what is left.

    1,200 cells are 5 models x 4 workloads x 3 input lengths x 2 PUEs x 10 combinations of levers.
    """
    limits = {"levers": len(COMBINATIONS), "pue": len(PUES), "model": len(MODELS), "output": len(OUTPUT_MEDIANS)}
    sizes, rest = _divided(cells, limits)
    return {
        "model": MODELS[: sizes["model"]],
        "output": OUTPUT_MEDIANS[: sizes["output"]],
        "input": _lengths(rest),
        "pue": PUES[: sizes["pue"]],
        "levers": COMBINATIONS[: sizes["levers"]],
    }


def six_factor_axes(cells: int) -> dict[str, tuple[Any, ...]]:
    """Return the labels of a grid of exactly ``cells`` cells, in each of which the same six factors are random.

    1,200 cells are 5 models x 4 workloads x 3 input lengths x 4 power utilizations x 5 PUEs.
    """
    limits = {"pue": 5, "power": 4, "model": len(MODELS), "output": len(OUTPUT_MEDIANS)}
    sizes, rest = _divided(cells, limits)
    return {
        "model": MODELS[: sizes["model"]],
        "output": OUTPUT_MEDIANS[: sizes["output"]],
        "input": _lengths(rest),
        "power": tuple((0.3 + 0.05 * i, 0.9) for i in range(sizes["power"])),
        "pue": tuple((1.05, 1.2 + 0.1 * i) for i in range(sizes["pue"])),
    }


def _divided(cells: int, limits: dict[str, int]) -> tuple[dict[str, int], int]:
    """Return the sizes of axes, the first the largest that divides what is left, and what is left after all."""
    sizes = {}
    for name, limit in limits.items():
        sizes[name] = next(size for size in range(limit, 0, -1) if cells % size == 0)
        cells //= sizes[name]
    return sizes, cells


def _lengths(count: int) -> tuple[float, ...]:
    return tuple((500.0 + np.arange(count) * max(1.0, 4500.0 // max(1, count - 1))).tolist())


def sweep_arguments(cells: int) -> dict[str, Any]:
    """Return what to pass to `wattquery.sweep` for a grid of ``cells`` cells."""
    labels = axes(cells)
    return {
        "model": list(labels["model"]),
        "output_tokens": [wq.Exponential(median=median) for median in labels["output"]],
        "input_tokens": list(labels["input"]),
        "power_utilization": wq.LogNormal(*POWER_UTILIZATION),
        "pue": [wq.LogNormal(*ends) for ends in labels["pue"]],
        "node_power": NODE_POWER,
        "levers": list(labels["levers"]),
    }


def large_arguments(cells: int) -> dict[str, Any]:
    """Return what to pass to `wattquery.sweep` for a grid of ``cells`` cells, rounded down to full input lengths.

    3 models x 50 workloads x 100 PUEs, with as many input lengths as it takes; below 15,000 cells, fewer PUEs.
    """
    models, outputs = MODELS[:3], np.linspace(100.0, 1000.0, 50)
    pues = min(100, max(1, cells // 150))
    inputs = max(1, cells // (150 * pues))
    return {
        "model": list(models),
        "output_tokens": [wq.Exponential(median=median) for median in outputs.tolist()],
        "input_tokens": np.linspace(100.0, 2000.0, inputs).round(3).tolist(),
        "pue": np.linspace(1.05, 1.5, pues).tolist(),
    }


def under_load_arguments(loads: int, lengths: str = "named") -> dict[str, Any]:
    """Return what to pass to `wattquery.sweep` for a grid of 60 cells at each of some loads, all of them different.

    ``lengths`` are ``"named"``, an exponential output after one input, or ``"workload"``: 1,024 nodes of joint lengths
    each, in as many cells.
    """
    labels = axes(1200)
    outputs = [wq.Exponential(median=median) for median in labels["output"]]
    by_lengths: dict[str, dict[str, Any]] = {
        "named": {"output_tokens": outputs, "input_tokens": list(labels["input"])},
        "workload": {"workload": list(wq.workloads.names()[:3]), "precision": ["BF16", "FP8"], "accelerators": [8, 16]},
    }
    return {
        "model": ["Llama 3.1 405B", "Llama 3.1 70B", "Mixtral 8x22B", "DeepSeek-R1", "gpt-oss-120b"],
        "hardware": "B200",
        "load": [(i + 1) / loads for i in range(loads)],
        "pue": wq.LogNormal(*PUES[0]),
        **by_lengths[lengths],
    }


def cell_numbers(cells: int) -> list[CellNumbers]:
    """Return the same grid as numbers, in the order in which a sweep lays out its cells."""
    labels = axes(cells)
    fits = {model: _throughput(model) for model in labels["model"]}
    grid = []
    for model, median, tokens, pue, levers in itertools.product(*labels.values()):
        b0, b1, b2, cap = fits[model]
        names = [] if levers == "none" else levers.split("+")
        factors = [
            (*_lognormal(*POWER_UTILIZATION), 1.0),
            (*_lognormal(*pue), 1.0),
            *((*_lognormal(*LEVERS[name]), -1.0) for name in names),
        ]
        constant = math.log(NODE_POWER / 3.6)
        numbers = CellNumbers(constant, tuple(factors), b0 + b1 * math.log(tokens), b2, cap, median / math.log(2.0))
        grid.append(numbers)
    return grid


def six_factor_arguments(cells: int) -> dict[str, Any]:
    """Return what to pass to `wattquery.sensitivity.sobol` for the grid of `six_factor_axes`."""
    labels = six_factor_axes(cells)
    return {
        "model": list(labels["model"]),
        "output_tokens": [wq.Exponential(median=median) for median in labels["output"]],
        "input_tokens": list(labels["input"]),
        "power_utilization": [wq.LogNormal(*ends) for ends in labels["power"]],
        "pue": [wq.LogNormal(*ends) for ends in labels["pue"]],
        "node_power": NODE_POWER,
        "levers": "+".join(SIX_FACTOR_LEVERS),
    }


def six_factor_numbers(cells: int) -> list[CellNumbers]:
    """Return the grid of `six_factor_axes` as numbers, in the order in which a result lays out its cells."""
    labels = six_factor_axes(cells)
    fits = {model: _throughput(model) for model in labels["model"]}
    grid = []
    for model, median, tokens, power, pue in itertools.product(*labels.values()):
        b0, b1, b2, cap = fits[model]
        levers = tuple((*_lognormal(*LEVERS[name]), -1.0) for name in SIX_FACTOR_LEVERS)
        factors = ((*_lognormal(*power), 1.0), (*_lognormal(*pue), 1.0), *levers)
        constant = math.log(NODE_POWER / 3.6)
        grid.append(CellNumbers(constant, factors, b0 + b1 * math.log(tokens), b2, cap, median / math.log(2.0)))
    return grid


def _lognormal(p5: float, p95: float) -> tuple[float, float]:
    """Return mu and sigma of the lognormal with these percentiles."""
    sigma = math.log(p95 / p5) / (2.0 * Z95)
    return math.log(p5) + Z95 * sigma, sigma


def _throughput(model: str) -> tuple[float, float, float, float]:
    """Return b0, b1, b2 and ln of the cap: least squares over three rows or more, else the largest row."""
    deployment = wq.catalog.load("oviedo2026").deployment(model, hardware=None, serving=None, precision=None)
    logs = [math.log(row.tokens_per_second) for row in deployment.rows]
    if len(logs) < 3:
        return max(logs), 0.0, 0.0, max(logs)
    design = [[1.0, math.log(row.input_tokens), math.log(row.output_tokens)] for row in deployment.rows]
    (b0, b1, b2), *_ = np.linalg.lstsq(np.array(design), np.array(logs), rcond=None)
    return float(b0), float(b1), float(b2), max(logs)
