"""Sweeps under load against a simulation in NumPy: every named workload, cached tokens, and every boundary.

What one unit takes, and by how much each effect spreads, is taken from the table of the load model; all else is written
from the model's description: which node a query is, what positions see, effects, PUE and steps. 400,000 queries each,
so that some 2,000 comparisons stay within 5 standard errors but for 1 in 1,000 sets of them.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

import wattquery as wq
from load_queries import seen
from wattquery.sweeps.run import prepare
from wattquery.sweeps.settings import settings
from wattquery.sweeps.study import study

DRAWS = 400_000
STANDARD_ERRORS = 5.0
LEVELS = np.array([0.05, 0.25, 0.5, 0.75, 0.95])
MODELS = ["Llama 3.1 70B", "gpt-oss-120b", "DeepSeek-V3.2"]
"""Plain attention, windows, and sparse attention with an indexer."""

Z95 = 1.6448536269514722
LOADS = [0.02, 0.7]
"""Below one running sequence, for some, and well above."""

LOSS = wq.LogNormal(1.02, 1.1)
BOUNDARIES = ["accelerator", "node", "facility", wq.Boundary("facility", steps=[wq.Step("grid", LOSS)])]
PUE = wq.LogNormal(1.1, 1.4)
COMMON = {"hardware": ["H100 SXM"], "load": LOADS, "boundary": BOUNDARIES, "pue": PUE}
LENGTHS = {
    "outputs": {"output_tokens": wq.Exponential(median=300), "input_tokens": 500},
    "outputs, a cached share": {
        "output_tokens": wq.Exponential(median=300),
        "input_tokens": 5000,
        "cached_tokens": 0.8,
    },
    "both, a cached number": {
        "output_tokens": wq.Exponential(median=100),
        "input_tokens": wq.Uniform(300, 4000),
        "cached_tokens": 200,
    },
}
CASES = {name: {"workload": name} for name in wq.workloads.names()} | LENGTHS


def run_of(arguments, **how):
    return prepare(study(MODELS, **COMMON, **arguments), settings(**how))


def tokens_of(rng, length):
    """Whole tokens of a length, which is a number or a distribution of this module."""
    if isinstance(length, wq.Exponential):
        drawn = rng.exponential(length.mean(), DRAWS)
    elif isinstance(length, wq.Uniform):
        drawn = rng.uniform(length.low, length.high, DRAWS)
    else:
        return np.full(DRAWS, float(length))
    return np.maximum(1.0, np.rint(drawn))


def queries_of(rng, arguments):
    """Outputs, inputs and cached tokens of queries."""
    if "workload" in arguments:
        rows = wq.workloads.load(arguments["workload"]).rows
        nodes = rng.choice(rows.weights.size, DRAWS, p=rows.weights / rows.weights.sum())
        outputs, inputs, cached = (np.asarray(one)[nodes] for one in rows.lengths)
        return np.maximum(outputs, 1.0), np.maximum(inputs, 1.0), cached
    outputs, inputs = (tokens_of(rng, arguments[name]) for name in ("output_tokens", "input_tokens"))
    cached = arguments.get("cached_tokens", 0.0)
    return outputs, inputs, np.minimum(cached * inputs if cached < 1.0 else cached, inputs)


def parts_of(units, reach, outputs, inputs, cached):
    """Energy of queries in decoding, and in prefill [kJ]."""
    full, windowed, indexed, full_pairs, windowed_pairs, indexed_pairs, window, top, weight = reach
    request, output, read, new, pair = units
    caps = (top, window, math.inf)
    spans = (inputs, inputs + outputs), (cached, inputs)
    shares = (full, windowed, indexed), (full_pairs, windowed_pairs, indexed_pairs)
    reads, pairs = (
        sum(share * seen(*span, cap) for share, cap in zip(row, caps, strict=True))
        for span, row in zip(spans, shares, strict=True)
    )
    return request + output * outputs + read * reads, new * (inputs - cached + weight * cached) + pair * pairs


def factor_of(rng, plan, number):
    """What a cell's energy is multiplied by: effects of the load model, PUE and the step beyond the facility."""
    place = int(number) % len(BOUNDARIES)
    deployment = int(number) // plan.cells_of_a_deployment
    kind = min(place, 1)
    table = plan.deployments.table
    # Independent normals add up to one.
    sigma = math.hypot(*(effect.sigma for effect in table.effects(deployment, kind)))
    log = rng.normal(table.shift[kind, deployment], sigma, DRAWS)
    for factor, counted in ((PUE, place >= 2), (LOSS, place == 3)):
        if counted:
            low, high = math.log(factor.p5), math.log(factor.p95)
            log += rng.normal(0.5 * (low + high), (high - low) / (2.0 * Z95), DRAWS)
    return np.exp(log) / 3.6


def check(energies, quantiles, mean):
    """Compare simulated energies with quantiles and a mean, by how many standard errors they are apart."""
    shares = np.array([np.count_nonzero(energies < one) for one in quantiles]) / DRAWS
    assert np.abs(shares - LEVELS).max() <= STANDARD_ERRORS * math.sqrt(0.25 / DRAWS)
    assert np.all(np.abs(shares - LEVELS) <= STANDARD_ERRORS * np.sqrt(LEVELS * (1.0 - LEVELS) / DRAWS))
    assert abs(energies.mean() - mean) <= STANDARD_ERRORS * energies.std() / math.sqrt(DRAWS)


@pytest.mark.parametrize("name", CASES)
def test_exact_against_simulated_queries(name):
    arguments = CASES[name]
    rng = np.random.default_rng([14, *name.encode()])
    plan = run_of(arguments, method="exact").plan
    ds = wq.sweep(MODELS, **COMMON, **arguments, method="exact")
    by_cell = {
        key: ds[key].transpose("model", "load", "boundary", ...).values.reshape(plan.size, -1)
        for key in ("energy", "energy_mean", "energy_prefill", "energy_decode")
    }
    energies = plan.load_energies(plan.cells)
    queries = queries_of(rng, arguments)
    assert plan.cells.size >= 2 * len(LOADS) * len(BOUNDARIES)
    parts = {}  # of cells that differ by a boundary alone
    for row, number in enumerate(plan.cells.tolist()):
        given = tuple(energies.units[:, row]), tuple(energies.reach[row])
        if given not in parts:
            parts[given] = parts_of(*given, *queries)
        decode, prefill = parts[given]
        factor = factor_of(rng, plan, number)
        check(factor * (decode + prefill), by_cell["energy"][number], by_cell["energy_mean"][number, 0])
        for key, part in (("energy_prefill", factor * prefill), ("energy_decode", factor * decode)):
            error = STANDARD_ERRORS * part.std() / math.sqrt(DRAWS)
            assert abs(part.mean() - by_cell[key][number, 0]) <= error


@pytest.mark.parametrize("name", ["agent", "azure_conversation", "outputs, a cached share", "both, a cached number"])
def test_monte_carlo_against_exact(name):
    arguments = CASES[name]
    exact = wq.sweep(MODELS, **COMMON, **arguments, method="exact")
    drawn = wq.sweep(MODELS, **COMMON, **arguments, method="monte_carlo", draws=2**17, seed=14)
    for key in ("energy", "energy_mean"):
        apart = np.abs(drawn[key] - exact[key]) / drawn[f"{key}_stderr"]
        assert float(apart.max()) < STANDARD_ERRORS
    np.testing.assert_allclose(drawn["energy_prefill"] + drawn["energy_decode"], drawn["energy_mean"], rtol=1e-12)
