"""Versions of serving stacks without what stands around them."""

from __future__ import annotations

import pytest

from wattquery.catalog.stack_versions import stack_version


@pytest.mark.parametrize(
    ("written", "version"),
    [
        ("0.11.1", "0.11.1"),
        ("v0.11.1", "0.11.1"),
        ("vLLM 0.14.1", "0.14.1"),
        ("vLLM", ""),
        ("", ""),
        ("vllm/vllm-openai:v0.22.0", "0.22.0"),
        ("sglang:v0.5.9-cu130", "0.5.9"),
        ("lmsysorg/sglang:dev-cu13", "dev"),
        ("tensorrtllm-runtime:0.8.1.post2", "Dynamo 0.8.1.post2"),
    ],
)
def test_versions(written: str, version: str) -> None:
    assert stack_version(written) == version
