"""The exact method on cells drawn at random, and on cells made to be hard, against the naive reference.

A quantile x at level q is right to 1e-6 of itself if P(E <= x (1 - 1e-6)) <= q <= P(E <= x (1 + 1e-6)).
"""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import naive
import wattquery as wq

RELATIVE = 1e-6
LEVELS = (0.001, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 0.999)
HEADER = "Model,Hardware,Quantization,Tokens per Second (TPS),Input Length,Output Length,Power for Node (kW)\n"
ATOMS = 7  # samples of an empirical length


def spec(value: Any) -> Any:
    """Return what a user of the package writes for a naive factor or length: spreads here are wider than physical."""
    if isinstance(value, tuple):
        return wq.unchecked(wq.Empirical(samples=value))
    if isinstance(value, naive.Truncated):
        return wq.unchecked(wq.Truncated(spec(value.of), low=value.low, high=value.high))
    if isinstance(value, naive.Proportional):
        return wq.ThroughputProportional(value.base, value.span)
    if not dataclasses.is_dataclass(value):
        return value
    return wq.unchecked(getattr(wq, type(value).__name__)(**dataclasses.asdict(value)))


def of_sigma(median: float, sigma: float) -> Any:
    """Return a lognormal factor by median and sigma, or a number."""
    if sigma == 0.0:
        return median
    return naive.LogNormal(median * math.exp(-naive.Z95 * sigma), median * math.exp(naive.Z95 * sigma))


def table(folder: Path, slopes: tuple[float, float], around: tuple[float, float]) -> tuple[Path, naive.Throughput]:
    """Return a catalog of three rows whose fit has these coefficients of ln L_in and ln L_out.

    The cap is reached on a line near the lengths ``around``.
    """
    inputs, outputs = around
    rows = []
    for one, other in ((inputs, outputs), (inputs * 8, outputs), (inputs, outputs * 8)):
        rate = 3000.0 * (one / inputs) ** slopes[0] * (other / outputs) ** slopes[1]
        rows.append((one, other, rate))
    path = folder / "rows.csv"
    lines = [f"Ours,8xA,FP8,{rate!r},{one!r},{other!r},10.2\n" for one, other, rate in rows]
    path.write_text(HEADER + "".join(lines), encoding="utf-8")
    return path, naive.least_squares(rows)


def solved(path: Path, of: naive.Cell, levels: tuple[float, ...]) -> Any:
    return wq.sweep(
        "Ours",
        catalog=path,
        throughput_model="log_linear",
        method="exact",
        levers=wq.Lever("mine", spec(of.levers[0])) if of.levers else "none",
        output_tokens=spec(of.output),
        input_tokens=spec(of.input),
        pue=spec(of.pue),
        power_utilization=spec(of.power),
        prefill_weight=of.prefill_weight,
        round_tokens=of.whole,
        quantiles=levels,
    )


def share_below(of: naive.Cell, x: float) -> float:
    """Return P(E <= x), also with lengths from samples."""
    for name in ("output", "input"):
        samples = getattr(of, name)
        if isinstance(samples, tuple):
            # Drawn lengths are rounded, numbers are not.
            lengths = np.maximum(1.0, np.round(samples)).tolist() if of.whole else samples
            return float(np.mean([share_below(dataclasses.replace(of, **{name: one}), x) for one in lengths]))
    return naive.cdf(of, x)


def check(of: naive.Cell, path: Path, levels: tuple[float, ...] = LEVELS) -> None:
    found = solved(path, of, levels)["energy"].values.tolist()
    assert found == sorted(found)
    for level, x in zip(levels, found, strict=True):
        below, upto = share_below(of, x * (1 - RELATIVE)), share_below(of, x * (1 + RELATIVE))
        # The reference has an error of its own, 1e-11 of probability.
        assert below - 1e-11 <= level <= upto + 1e-11, (level, x, below - level, upto - level)


def length_at_random(rng: np.random.Generator, *, most: float) -> Any:
    median = math.exp(rng.uniform(0.0, math.log(most)))
    kind = rng.choice(["exponential", "lognormal", "uniform", "truncated", "samples", "number"])
    if kind == "exponential":
        return naive.Exponential(median)
    if kind == "lognormal":
        return of_sigma(median, rng.uniform(0.1, 0.9))
    if kind == "uniform":
        return naive.Uniform(median * rng.uniform(0.1, 0.9), median * rng.uniform(1.0, 2.0))
    if kind == "truncated":
        return naive.Truncated(naive.Exponential(median), median * rng.uniform(0.05, 0.5), median * rng.uniform(1.1, 6))
    if kind == "samples":
        return tuple((median * rng.uniform(0.2, 4.0, ATOMS)).tolist())
    return median


def middle(length: Any) -> float:
    return float(np.median(length)) if isinstance(length, (tuple, float)) else float(length.ppf(0.5))


def cell_at_random(seed: int, folder: Path, *, both: bool) -> tuple[naive.Cell, Path]:
    """Return a cell, and a catalog for it; where not ``both``, one length at least is a number or a few samples."""
    rng = np.random.default_rng(seed)
    whole = bool(rng.integers(2))
    output = length_at_random(rng, most=20_000.0 if whole else 1e6)
    inputs: Any = math.exp(rng.uniform(0.0, 12.0))
    if both:
        output, inputs = (length_at_random(rng, most=300.0 if whole else 1e5) for _ in range(2))
    elif rng.integers(4) == 0:
        output, inputs = inputs, output
    slopes = float(rng.uniform(-1.2, 0.3)), float(rng.choice([rng.uniform(-0.5, 0.9), 0.999, 1.0 - 1e-5, 0.0]))
    near = (max(1.0, middle(inputs) * rng.uniform(0.3, 3)), max(1.0, middle(output) * rng.uniform(0.3, 3)))
    path, throughput = table(folder, slopes, near)
    smallest = 0.01 if both else 1e-6
    sigma = float(rng.choice([0.0, smallest, max(smallest, 1e-3), math.exp(rng.uniform(math.log(smallest), 1.0)), 3.0]))
    if both and sigma == 0.0 and not whole:
        sigma = 0.05
    proportional = bool(rng.integers(2))
    weight = float(rng.choice([0.0, 1 / 30, 1.0]))
    if slopes[1] > 0.99 and sigma < 1e-4:
        weight = 0.0  # the energy falls and rises within less than the reference looks at
    return naive.Cell(
        throughput,
        10.2,
        output,
        inputs,
        whole,
        pue=of_sigma(1.2, 0.8 * sigma),
        power=naive.Proportional(0.24, 0.56) if proportional else 0.6,
        levers=(of_sigma(3.0, 0.6 * sigma),),
        prefill_weight=weight,
    ), path


@pytest.mark.parametrize("seed", range(40))
def test_one_random_length(seed: int, tmp_path: Path) -> None:
    of, path = cell_at_random(seed, tmp_path, both=False)
    check(of, path, LEVELS[:: 2 if of.whole else 4])


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1000, 1200))
def test_one_random_length_more_often(seed: int, tmp_path: Path) -> None:
    of, path = cell_at_random(seed, tmp_path, both=False)
    check(of, path)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(30))
def test_two_random_lengths(seed: int, tmp_path: Path) -> None:
    """A few are refused, as they need too many components; they must not be wrong instead."""
    of, path = cell_at_random(seed, tmp_path, both=True)
    try:
        solved(path, of, (0.5,))
    except wq.InputError:
        pytest.skip("too many components")
    check(of, path, LEVELS[::4])


HARD: dict[str, dict[str, Any]] = {
    "a token or two": {"output": naive.Exponential(1), "whole": True},
    "a token or two, by a narrow normal": {"output": naive.Exponential(1), "whole": True, "sigma": 1e-6},
    "atoms and a narrow normal": {"output": (1.0, 2.0, 3.0, 500.0), "whole": True, "sigma": 1e-6},
    "a million tokens": {"output": naive.Exponential(1e6)},
    "a million tokens, nothing else random": {"output": naive.Exponential(1e6), "sigma": 0.0},
    "a narrow length and a narrow normal": {"output": naive.Uniform(300, 300.1), "sigma": 1e-4},
    "a narrow length and a narrower normal": {"output": naive.Uniform(300, 300.1), "sigma": 1e-5},
    "a wide length": {"output": naive.LogNormal(1, 1e6)},
    "throughput in proportion to the length": {"slopes": (-0.5, 1.0), "sigma": 1e-3},
    "throughput nearly in proportion to the length": {"slopes": (-0.5, 0.9999), "sigma": 1e-3},
    "throughput that falls quickly with the length": {"slopes": (-0.5, -2.5), "sigma": 0.01},
    "a length cut off on both sides": {"output": naive.Truncated(naive.Exponential(300), 290, 310), "sigma": 3e-3},
    "the cap in the middle, a narrow normal": {"slopes": (-0.5, 0.6), "sigma": 2e-3},
    "the cap in the middle, a narrower normal": {"slopes": (-0.5, 0.6), "sigma": 1e-4},
    "the cap in the middle, nothing else random": {"slopes": (-0.5, 0.6), "sigma": 0.0},
    "a wide normal": {"sigma": 3.0},
}


@pytest.mark.parametrize("name", HARD)
def test_hard_cells(name: str, tmp_path: Path) -> None:
    case = {"output": naive.Exponential(300), "whole": False, "slopes": (-0.5, 0.2), "sigma": 0.3, **HARD[name]}
    path, throughput = table(tmp_path, case["slopes"], (500.0, 300.0 / 8))
    of = naive.Cell(throughput, 10.2, case["output"], 500.0, case["whole"], pue=of_sigma(1.2, case["sigma"]))
    check(of, path, LEVELS[::2])
