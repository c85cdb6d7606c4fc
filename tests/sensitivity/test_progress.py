"""Work that may be long says how far it is: shares that rise to 1, and digits that no thread changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import xarray as xr

import wattquery as wq

CELLS = {"model": ["DeepSeek-R1", "Llama 3.1 405B"], "levers": ["none", "serving"]}
SAMPLED = {**CELLS, "pue": wq.Triangular(1.05, 1.1, 1.6), "draws": 2_000}
ANALYSES: list[Any] = [
    ("tornado", CELLS),
    ("tornado", SAMPLED),
    ("spider", CELLS),
    ("elasticity", {**CELLS, "prefill_weight": 1 / 30}),
    ("given", {**CELLS, "factor": "pue"}),
    ("given", {**SAMPLED, "factor": "output_tokens"}),
    ("moment_independent", {**CELLS, "bins": 4}),
    ("nested", {**CELLS, "shared_draws": 256}),
    ("sobol", {**CELLS, "draws": 2**10}),
    ("worth_measuring", {**CELLS, "shared_draws": 256}),
]
BY_NAME = pytest.mark.parametrize(
    ("name", "arguments"), ANALYSES, ids=[f"{name}{i}" for i, (name, _) in enumerate(ANALYSES)]
)


def function(name: str) -> Callable[..., xr.Dataset]:
    return getattr(wq.sensitivity, name)


@BY_NAME
def test_shares_rise_to_one(name: str, arguments: dict[str, Any]) -> None:
    shares: list[float] = []
    function(name)(**arguments, progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert shares.count(1.0) == 1
    assert len(shares) > 2
    assert 0.0 < shares[0] < 1.0


@BY_NAME
def test_neither_threads_nor_progress_change_a_digit(name: str, arguments: dict[str, Any]) -> None:
    told = function(name)(**arguments, threads=3, progress=lambda share: None)
    xr.testing.assert_identical(told, function(name)(**arguments, threads=1))


@BY_NAME
def test_a_grid_without_data_is_told_to_be_done(name: str, arguments: dict[str, Any]) -> None:
    shares: list[float] = []
    function(name)(**arguments | {"model": "Mistral Large"}, progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_a_function_of_the_users_is_told_of_too() -> None:
    shares: list[float] = []
    wq.sensitivity.sobol_of(lambda x: x, {"x": wq.Uniform(0, 1)}, draws=2**10, progress=shares.append)
    assert shares == [(i + 1) / 16 for i in range(16)]


@BY_NAME
def test_what_is_no_function_is_refused(name: str, arguments: dict[str, Any]) -> None:
    with pytest.raises(wq.InputTypeError, match="progress must be a function of the share that is done"):
        function(name)(**arguments, progress=3)
