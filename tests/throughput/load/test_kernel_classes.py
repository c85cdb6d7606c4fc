"""Precisions as kernels see them."""

from __future__ import annotations

import numpy as np

from wattquery.throughput.load.kernel_classes import WEIGHT_BYTES, KernelClasses

PRECISION = np.array(["FP8", "FP4", "FP4", "BF16", "INT8", "FP9", "FP8"], dtype=object)
NAMES = np.array(["deepseek-v3", "qwen3-32b", "gpt-oss-120b", "qwen3-32b", "x", "x", "llama-3.1-8b"], dtype=object)


def test_the_classes_of_rows():
    made = KernelClasses.of(PRECISION, NAMES, np.array([0, 0, 1, 0, 0, 0, 0.0]))
    np.testing.assert_array_equal(made.expert_bytes, [1, 0.5625, 0.5625, 2, 1, np.nan, 1])
    np.testing.assert_array_equal(made.shared_bytes, [1, 0.5625, 2, 2, 1, np.nan, 1])
    np.testing.assert_array_equal(made.block_fp8, [1, 0, 0, 0, 0, 0, 0])
    np.testing.assert_array_equal(made.mxfp4, [0, 0, 1, 0, 0, 0, 0])
    np.testing.assert_array_equal(made.fp4, [0, 1, 1, 0, 0, 0, 0])
    np.testing.assert_array_equal(made.int8, [0, 0, 0, 0, 1, 0, 0])


def test_every_precision_of_the_catalog_has_bytes():
    from wattquery.catalog.records import records

    assert {row["precision"] for row in records("precisions")} == set(WEIGHT_BYTES)
