"""Derivatives of predictions, against central differences of one parameter at a time."""

from __future__ import annotations

import numpy as np

from load_rows import rows
from wattquery.throughput.load.conditions import Conditions
from wattquery.throughput.load.equations import LoadEquations
from wattquery.throughput.load.fitting.evidence import Evidence
from wattquery.throughput.load.fitting.jacobian import jacobian
from wattquery.throughput.load.parameters import Layout

TABLE = rows(
    architecture=["llama-3.1-70b", "deepseek-v3", "llama-3.1-8b", "qwen3-32b"],
    accelerators=8.0,
    hardware=["H100 SXM", "H200", "B200", "H100 SXM"],
    serving=["vLLM", "SGLang", "TensorRT-LLM", "vLLM"],
    source_id=["a", "b", "c", "a"],
    concurrency=[64.0, 16.0, None, None],
    batch=[None, None, None, 12.0],
    at_maximum_load=[False, False, True, False],
    input_tokens=[1000.0, 2000.0, 500.0, None],
    task="gpqa",
    tpot_s=[0.02, 0.02, None, None],
    ttft_s=[0.5, 0.5, None, None],
    output_tps_per_accelerator=[80.0, 80.0, 900.0, 80.0],
    power_w_per_accelerator=[None, 400.0, None, 500.0],
)


def test_all_effects_at_once_are_each_by_itself():
    at = Conditions.of(TABLE)
    layout = Layout.of(at)
    equations, evidence = LoadEquations(layout, at), Evidence.of(TABLE, at)
    vector = layout.vector({}) + np.random.default_rng(5).normal(scale=0.05, size=len(layout.names))
    found = jacobian(equations, evidence, vector, evidence.predicted(equations.rates(vector)))
    for column in range(len(vector)):
        sides = []
        for step in (1e-4, -1e-4):
            moved = vector.copy()
            moved[column] += step
            sides.append(evidence.predicted(equations.rates(moved)))
        np.testing.assert_allclose(
            found[:, column], (sides[0] - sides[1]) / 2e-4, atol=2e-3, err_msg=layout.names[column]
        )
    assert np.count_nonzero(np.abs(found).sum(axis=0)) > 0.7 * len(vector)
