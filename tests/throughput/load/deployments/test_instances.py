"""Instances as rows: labels, sizes, and numbers of cells with a stated precision of the cache."""

from __future__ import annotations

import numpy as np
import pytest

from load_deployments import cases
from wattquery.kernels.load import numbers as place
from wattquery.throughput.load.deployments.instances import SIZES, InstanceRows
from wattquery.throughput.load.shipped_model import shipped

NAMES = "llama-3.1-70b gpt-oss-120b deepseek-v3.2 nemotron-3-nano-30b-a3b"


def numbers_of(**settings):
    instances = InstanceRows.of(cases(NAMES, precision=("FP8", "FP4"), settings=settings))
    fitted = shipped().parameters
    return instances, instances.numbers(fitted.layout, fitted.vector)


def test_all_combinations_in_their_order():
    instances = InstanceRows.of(cases("llama-3.1-8b qwen3-32b", "H100 SXM, B200", accelerators=(None, 3)))
    assert len(instances) == 2 * 2 * (len(SIZES) + 1)
    sizes = sorted({3, *SIZES})
    assert instances.rows.accelerators.tolist() == sizes * 4
    assert list(instances.rows.hardware[[0, len(sizes)]]) == ["H100 SXM", "B200"]
    assert list(instances.rows.architecture[[0, -1]]) == ["llama-3.1-8b", "qwen3-32b"]
    assert (instances.at.instance.tensor_ranks == instances.rows.accelerators).all()
    assert (instances.at.instance.replicas == 1.0).all()


def test_no_precision_is_the_published_one():
    instances = InstanceRows.of(cases(NAMES, precision=("", "FP8")))
    assert list(instances.rows.precision) == ["BF16", "FP8", "FP4", "FP8", "FP8", "FP8", "BF16", "FP8"]


@pytest.mark.parametrize(("kv_precision", "element"), [("BF16", 2.0), ("FP8", 1.0)])
def test_keys_and_values_in_a_stated_precision(kv_precision, element):
    """Capacity and reads alike; not the indexer's keys, nor the states of linear layers."""
    instances, found = numbers_of(kv_precision=kv_precision)
    _, fitted = numbers_of()
    total = found[place.FULL_CACHE_BYTES] + found[place.WINDOW_CACHE_BYTES]
    np.testing.assert_allclose(total, element * instances.at.shape.cache_elements, rtol=1e-14)
    rest = np.delete(np.arange(len(found)), [place.FULL_CACHE_BYTES, place.WINDOW_CACHE_BYTES])
    np.testing.assert_array_equal(found[rest], fitted[rest])
    assert not np.allclose(found[place.FULL_CACHE_BYTES], fitted[place.FULL_CACHE_BYTES])


def test_without_it_they_are_as_the_fit_has_them():
    instances, found = numbers_of()
    np.testing.assert_array_equal(found, shipped_numbers(instances))


def shipped_numbers(instances):
    from wattquery.throughput.load.cells import Cells

    fitted = shipped().parameters
    cells = Cells(fitted.layout, instances.at).numbers(fitted.vector)
    return cells.of(np.arange(len(instances)))


def test_some_of_them():
    instances, _ = numbers_of()
    some = instances.take(np.array([3, 0]))
    assert list(some.rows.architecture) == [instances.rows.architecture[3], instances.rows.architecture[0]]
    assert len(some.at) == len(some) == 2
    assert some.model.tolist() == [1, 0]
