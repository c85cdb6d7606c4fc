"""Pick-freeze sums: how much a call of the kernel does changes no digit, and interrupts are heeded between calls."""

from __future__ import annotations

import pytest

import wattquery as wq
from wattquery.methods import pick_freeze


@pytest.mark.parametrize("method", ["quasi_monte_carlo", "monte_carlo"])
def test_how_much_a_call_does_changes_no_digit(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    real = pick_freeze.pick_freeze

    def counted(*arguments: object) -> None:
        calls.append(1)
        real(*arguments)

    monkeypatch.setattr(pick_freeze, "pick_freeze", counted)
    arguments = {"model": "DeepSeek-R1", "draws": 2**16, "method": method, "second_order": True, "threads": 1}
    whole = wq.sensitivity.sobol(**arguments)
    at_once = len(calls)
    monkeypatch.setattr(pick_freeze, "OUTPUTS_AT_A_TIME", 1)
    divided = wq.sensitivity.sobol(**arguments)
    assert len(calls) - at_once > at_once
    assert divided.identical(whole)
