"""Words for what a power was measured of."""

from __future__ import annotations

import pytest

from wattquery.measured.tables.scopes import accelerators_in, boundary_of


@pytest.mark.parametrize(
    ("scope", "boundary"),
    [
        ("GPU only (Zeus/NVML), steady state", "accelerator"),
        ("GPU only (Zeus/NVML)", "accelerator"),
        ("GPU only (nvidia-smi), all 8 GPUs of the node", "accelerator"),
        ("GPU boards only (NVML, DCGM or amd-smi), all GPUs of the run", "accelerator"),
        ("busiest GPU board only (other sampled GPUs idle, left out)", "accelerator"),
        ("active accelerators in the most efficient data centres", "accelerator"),
        ("nvidia-smi", "accelerator"),
        ("GPU boards; no CPU, fans, PSU or PUE", "accelerator"),
        ("accelerators of the system", "accelerator"),
        ("whole node, AC wall power (SPEC PTDaemon analyser)", "node"),
        ("AC", "node"),
        ("wall", "node"),
        ("server power by IPMI", "node"),
        ("GPU + CPU + DRAM", "node"),
        ("GPUs and host", "node"),
        ("full stack incl. host, idle capacity, PUE", "facility"),
        ("facility", "facility"),
        ("back of the envelope", ""),
        ("", ""),
    ],
)
def test_boundary(scope: str, boundary: str) -> None:
    assert boundary_of(scope) == boundary


def test_how_many_accelerators_are_counted() -> None:
    assert accelerators_in("all 8 GPUs of the node") == 8
    assert accelerators_in("GPU boards only, all GPUs of the run") is None
    assert accelerators_in("all 99999999999999999999 GPUs") == 999999
