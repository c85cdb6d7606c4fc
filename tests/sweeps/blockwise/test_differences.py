"""What differs between a store and a call is said in a sentence each, with both values."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import wattquery as wq
from wattquery.stores.zarr.manifest import MANIFEST
from wattquery.sweeps.blockwise import asked as asked_module

PAPER: dict[str, Any] = {
    "model": ["DeepSeek-R1"],
    "output_tokens": {"a": 100, "b": 200},
    "pue": [1.1, 1.3],
    "node_power": 10.0,
    "method": "exact",
    "threads": 1,
}
OTHERS: list[tuple[dict[str, Any], str]] = [
    ({"seed": 3}, r"seed is 0 in the store and 3 in the call \(pass seed=0\)"),
    ({"quantiles": [0.5]}, r"quantiles is \[0.05, 0.25, 0.5, 0.75, 0.95\] in the store and \[0.5\] in the call"),
    ({"method": "monte_carlo"}, "method is 'exact' in the store and 'monte_carlo' in the call"),
    ({"keep_histogram": True}, "keep_histogram is False in the store and True in the call"),
    ({"prefill_weight": 0.5}, "prefill_weight is 0.0 in the store and 0.5 in the call"),
    (
        {"output_tokens": {"a": 100, "b": 300}},
        "'b' of output_tokens stands for 200 in the store and for 300 in the call",
    ),
    ({"pue": [1.1, 1.2]}, "pue lacks '1.3', which the store has and every call on it must name"),
    ({"pue": 1.1}, "pue is an axis in the store and one value in the call"),
    ({"node_power": 11.0}, "node_power is 10 in the store and 11 in the call"),
    ({"node_power": None}, "node_power is 10 in the store and left out in the call"),
    (
        {"load": 0.5, "hardware": "H100 SXM", "node_power": None},
        "catalog is [^;]*; throughput_model is [^;]*; 'DeepSeek-R1' of model [^;]*; hardware is [^;]*; load is left "
        "out in the store and 0.5 in the call; power_utilization is [^;]*; node_power is 10",
    ),
    ({"preset": "v1", "node_power": None}, "preset is 'v2-code' in the store and 'v1' in the call; node_power is 10"),
    ({"seed": 3, "node_power": 11.0}, "seed is 0 .* in the call .pass seed=0.; node_power is 10"),
]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("differences") / "a.zarr"
    wq.sweep(**PAPER, store=path)
    return path


@pytest.mark.parametrize(("other", "said"), OTHERS)
def test_what_differs_is_said(other: dict[str, Any], said: str, store: Path) -> None:
    with pytest.raises(wq.InputError, match=rf"is of another study: {said}[^;]*\. Make the call agree with the store"):
        wq.sweep(**{**PAPER, **other}, store=store)


def test_of_another_analysis_nothing_else_is_compared(store: Path) -> None:
    said = r"is of another study: analysis is 'sweep' in the store and '{}' in the call\. Make"
    with pytest.raises(wq.InputError, match=said.format("sobol")):
        wq.sensitivity.sobol("DeepSeek-R1", draws=1024, store=store)
    with pytest.raises(wq.InputError, match=said.format("fleet")):
        wq.fleet("mixed", structural=False, shared_draws=256, store=store)


def test_other_equations_are_refused(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asked_module, "KERNEL_DEFINITION", "log-energy-3")
    with pytest.raises(wq.InputError, match="the equations of the method were others when the store was made"):
        wq.sweep(**PAPER, store=store)


def test_another_load_model_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    under_load: dict[str, Any] = {"model": "Llama 3.1 8B", "hardware": ["H100 SXM"], "load": 0.5, "method": "exact"}
    wq.sweep(**under_load, store=tmp_path / "a.zarr")
    monkeypatch.setattr(asked_module, "shipped_fingerprint", lambda: "0" * 16)
    with pytest.raises(wq.InputError, match="the fitted parameters of the load model were others"):
        wq.sweep(**under_load, store=tmp_path / "a.zarr")


def test_versions_are_noted_and_not_compared(store: Path) -> None:
    manifest = json.loads((store / MANIFEST).read_text())
    assert manifest["made by"] == [wq.sweep("DeepSeek-R1", method="exact").attrs["wattquery_version"]]
    assert "version" not in json.dumps(manifest["asked"]).replace("conversation", "")


@pytest.mark.parametrize(
    "changed", [{}, {"axes": {}, "fixed": {}, "draws": 0}, [], {"axes": 3, "fixed": {}, "draws": 0}]
)
def test_a_store_that_does_not_say_is_refused(changed: Any, store: Path, tmp_path: Path) -> None:
    other = tmp_path / "a.zarr"
    other.mkdir()
    manifest = json.loads((store / MANIFEST).read_text())
    (other / "wattquery").mkdir()
    (other / MANIFEST).write_text(json.dumps({**manifest, "asked": changed}))
    with pytest.raises(wq.InputError):
        wq.sweep(**PAPER, store=other)
