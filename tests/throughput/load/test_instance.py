"""How instances are divided, from what rows say."""

from __future__ import annotations

import numpy as np
import pytest

from load_rows import rows
from wattquery.throughput.load.instance import Instances

DENSE, MIXTURE = np.array([0.0]), np.array([1.0])


def divided(mixture, **columns):
    made = Instances.of(rows(**columns), mixture)
    return {name: float(column[0]) for name, column in vars(made).items()}


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"accelerators": 8}, {"tensor_ranks": 8, "accelerators": 8, "replicas": 1, "stages": 1}),
        ({"accelerators": 8, "tp": 8, "pp": 1}, {"tensor_ranks": 8, "replicas": 1}),
        ({"accelerators": 8, "tp": 2}, {"tensor_ranks": 2, "replicas": 4, "accelerators": 2}),
        ({"accelerators": 8, "tp": 2, "pp": 4}, {"of_a_stage": 2, "stages": 4, "replicas": 1, "accelerators": 8}),
        ({"accelerators": None, "tp": 4, "pp": 2}, {"accelerators": 8, "of_a_stage": 4}),
        ({"accelerators": 16}, {"two_nodes": 1}),
        ({"accelerators": 8, "dp": 2}, {"replicas": 2, "accelerators": 4, "tensor_ranks": 4}),
    ],
)
def test_dense_models(columns, expected):
    found = divided(DENSE, **columns)
    assert {name: found[name] for name in expected} == expected
    assert found["attention_ranks"] == 1


def test_data_parallelism_of_a_mixture_divides_its_attention():
    found = divided(MIXTURE, accelerators=8, tp=1, dp=8)
    assert (found["attention_ranks"], found["accelerators"], found["replicas"]) == (8, 8, 1)
    assert divided(MIXTURE, accelerators=8, tp=2)["attention_ranks"] == 4


def test_accelerators_of_both_pools_count():
    assert divided(DENSE, accelerators=None, prefill_accelerators=4, decode_accelerators=12)["accelerators"] == 16


def test_without_any_number_it_is_not_known():
    assert np.isnan(divided(DENSE, accelerators=None)["accelerators"])
