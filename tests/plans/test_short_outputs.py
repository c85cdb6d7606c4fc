"""Energies without a finite variance are refused: where a prompt weighs the more, the shorter the output."""

from __future__ import annotations

from typing import Any

import pytest

import naive
import wattquery as wq
from reciprocal_models import MODEL, RATE, give_all

WITHOUT_END = {
    "exponential": wq.Exponential(300),
    "even": wq.Uniform(0, 600),
    "triangular": wq.Triangular(0, 100, 600),
}
FINITE = {
    "lognormal": wq.LogNormal(1, 5000),
    "cut": wq.Truncated(wq.Exponential(300), low=1, high=5000),
    "number": 300,
    "observed": wq.Empirical(samples=[20, 100, 900]),
}


def swept(output_tokens: Any, **arguments: Any) -> Any:
    usual = {"prefill_weight": 1 / 30, "round_tokens": False, "method": "exact"}
    return wq.sweep(MODEL, output_tokens=output_tokens, **{**usual, **arguments})


@pytest.mark.parametrize("name", WITHOUT_END)
def test_what_has_no_finite_variance_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    give_all(monkeypatch, RATE)
    with pytest.raises(wq.InputError, match="no finite variance") as caught:
        swept(WITHOUT_END[name])
    message = str(caught.value)
    assert str(WITHOUT_END[name]) in message
    for way in ("round_tokens=True", "prefill_weight=0"):
        assert way in message


@pytest.mark.parametrize("name", FINITE)
def test_other_lengths_are_taken(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    give_all(monkeypatch, RATE)
    assert swept(FINITE[name])["energy_std"].item() >= 0.0


@pytest.mark.parametrize("ways", [{"round_tokens": True}, {"prefill_weight": 0.0}], ids=str)
def test_the_ways_out(ways: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    give_all(monkeypatch, RATE)
    assert swept(WITHOUT_END["exponential"], **ways)["energy_std"].item() > 0.0


def test_other_throughputs_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    for rate in (naive.Reciprocal(2e-4, 3e-8, 0.0, 4300.0), naive.Throughput(8.6, -0.3, -0.15, 900.0)):
        give_all(monkeypatch, rate)
        assert swept(WITHOUT_END["exponential"])["energy_std"].item() > 0.0
