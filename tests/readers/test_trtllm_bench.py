"""Reports of `trtllm-bench`."""

from __future__ import annotations

import pytest

from wattquery.readers.entries import Entry
from wattquery.readers.trtllm_bench import runs


@pytest.mark.parametrize(
    ("quantization", "precision"),
    [
        (None, "bfloat16"),
        ("FP8", "FP8"),
        ("FP8_BLOCK_SCALES", "FP8"),
        ("W4A16_AWQ", "INT4"),
        ("W4A8_MXFP4_FP8", "FP4"),
        ("W8A16", "INT8"),
        ("OURS", "OURS"),
    ],
)
def test_the_precision_is_that_of_the_weights(quantization, precision):
    engine = {"model": "M", "dtype": "bfloat16", "quantization": quantization}
    report = {"engine": engine, "world_info": {}, "performance": {"system_output_throughput_tok_s": 5.0}}
    (run,) = runs(Entry(report, "report.json", 1, "trtllm-bench"))
    assert run.precision == precision
