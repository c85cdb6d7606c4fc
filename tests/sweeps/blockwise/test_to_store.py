"""What is solved box by box is what is solved at once, to the last digit and label."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import wattquery as wq
from stored_results import same
from wattquery.sweeps.blockwise import laid_out

PAPER: dict[str, Any] = {
    "model": wq.ALL,
    "output_tokens": [100, wq.LogNormal(p5=100, p95=2000)],
    "pue": [1.1, 1.3],
    "levers": ["none", "serving"],
}
LOAD: dict[str, Any] = {
    "model": ["Llama 3.1 8B", "DeepSeek-R1"],
    "hardware": ["H100 SXM", "B200"],
    "load": [0.1, 1.0],
    "workload": ["azure_code", "azure_conversation"],
    "boundary": ["accelerator", "facility"],
}


@pytest.mark.parametrize("method", ["exact", "monte_carlo", "quasi_monte_carlo"])
@pytest.mark.parametrize("keep_histogram", [False, True])
@pytest.mark.parametrize("asked", [PAPER, LOAD], ids=["paper", "load"])
def test_a_store_holds_what_memory_would(
    asked: dict[str, Any], keep_histogram: bool, method: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(laid_out, "MOST_CELLS", 5)
    how = {"method": method, "draws": 512, "threads": 2, "keep_histogram": keep_histogram}
    same(wq.sweep(**asked, **how, store=tmp_path / "a.zarr"), wq.sweep(**asked, **how))
