"""What users write for models and hardware, and what it stands for."""

from __future__ import annotations

import pytest

from wattquery.catalog.physics.known import known_architecture, known_hardware


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Llama3.1-8B", "Llama 3 / 3.1 8B"),
        ("Meta-Llama-3-70B", "Llama 3 / 3.1 / 3.3 70B"),
        ("meta-llama/Meta-Llama-3.1-70B-Instruct", "Llama 3 / 3.1 / 3.3 70B"),
        ("llama3-70b", "Llama 3 / 3.1 / 3.3 70B"),
        ("DeepSeek-R1 (FP8)", "DeepSeek-V3 / R1 / V3.1"),
        ("gpt oss 120b", "gpt-oss-120b"),
    ],
)
def test_models_as_users_write_them(written, name):
    assert known_architecture(written).name == name


@pytest.mark.parametrize("written", ["Llama 3 18B", "Ours 8B", "Llama", "8B", "", "-", "(FP8)", "meta-", "x" * 1000])
def test_models_that_nobody_knows(written):
    assert known_architecture(written) is None


@pytest.mark.parametrize(
    ("written", "name", "count"),
    [
        ("H100-80GB", "H100 SXM", None),
        ("8xH100-80G", "H100 SXM", 8),
        ("8 H100", "H100 SXM", 8),
        ("B200 (8)", "B200", 8),
        ("A100 (40 GB)", "A100 SXM 40GB", None),
        ("4x A100 (40GB)", "A100 SXM 40GB", 4),
        ("MI300X x8", "MI300X", 8),
        ("H100 SXM5 80GB", "H100 SXM", None),
    ],
)
def test_hardware_as_users_write_it(written, name, count):
    device, counted = known_hardware(written)
    assert (device.name, counted) == (name, count)


@pytest.mark.parametrize("written", ["TPU v6e-256", "8 GPUs", "p5.48xlarge", "Ours", "(8)", "8 ", "9" * 400 + "xH100"])
def test_hardware_that_nobody_knows(written):
    assert known_hardware(written) is None
