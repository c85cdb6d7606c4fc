"""Numbers of measured rows by what they are of."""

from __future__ import annotations

from collections import Counter

from load_rows import rows
from wattquery.throughput.load.deployments.evidence import Evidence, evidence


def test_rows_are_counted_by_their_labels():
    some = rows(
        architecture=["llama-3.1-8b", "llama-3.1-8b", "gpt-oss-120b"],
        hardware=["H100 SXM", "B200", "H100 SXM"],
        precision=["FP8", "FP8", "FP4"],
        accelerators=[2.0, 4.0, 8.0],
    )
    found = Evidence.of(some)
    assert found.architectures == {"llama-3.1-8b": 2, "gpt-oss-120b": 1}
    assert found.hardware == {"H100 SXM": 2, "B200": 1}
    assert found.precisions == {"FP8": 2, "FP4": 1}
    assert found.in_precision["llama-3.1-8b", "B200", "FP8"] == 1
    assert found.largest == (4.0, 8.0)
    assert found.longest_context == float((some.input_tokens + some.output_tokens).max())
    assert len(found.instances) == len(found.levels[0]) == 3
    assert found.levels[2] == {("llama-3.1-8b", "FP8"), ("gpt-oss-120b", "FP4")}
    assert sum(found.sources.values(), Counter()).total() == 3


def test_those_that_ship():
    assert evidence().largest == (8.0, 16.0)
    assert evidence().precisions["INT8"] == 0
    assert evidence().longest_context == 33_792.0
