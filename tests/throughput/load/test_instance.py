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


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"accelerators": 40}, {"accelerators": 28, "of_all": 0.7}),
        ({"accelerators": 40, "decode_accelerators": 8}, {"accelerators": 8, "of_all": 0.2}),
        ({"accelerators": 40, "prefill_accelerators": 8}, {"accelerators": 32, "of_all": 0.8}),
        ({"prefill_accelerators": 8, "decode_accelerators": 32}, {"accelerators": 32, "of_all": 0.8}),
        ({"decode_accelerators": 35}, {"accelerators": 35, "of_all": 0.7}),
        ({"prefill_accelerators": 12}, {"accelerators": 28, "of_all": 0.7}),
        ({}, {"accelerators": 17, "of_all": 17 / 24}),
        ({"accelerators": 40, "tp": 4, "dp": 2, "pp": 5}, {"accelerators": 28, "stages": 1}),
    ],
)
def test_where_prefill_has_accelerators_of_its_own_the_others_are_the_instance(columns, expected):
    found = divided(MIXTURE, **{"accelerators": None, "disaggregated": True, **columns})
    assert {name: found[name] for name in expected} == pytest.approx(expected)


def test_a_dense_model_that_decodes_apart_is_repeated_on_every_eight():
    found = divided(DENSE, accelerators=46, decode_accelerators=32, disaggregated=True)
    assert (found["replicas"], found["accelerators"], found["tensor_ranks"]) == (4, 8, 8)
    assert found["of_all"] == pytest.approx(32 / 46)


def test_together_all_accelerators_decode():
    assert divided(DENSE, accelerators=8)["of_all"] == 1
