"""The best load over a day, against all numbers of nodes."""

from __future__ import annotations

import numpy as np
import pytest

import wattquery as wq

MODEL, TOKENS = "Llama 3.1 70B", 300
CASE = {
    "hardware": "B200", "accelerators": 8, "precision": "FP8", "pue": 1.2, "output_tokens": TOKENS,
    "input_tokens": 1000,
    "levers": wq.Lever("draft", by_concurrency={16: 4.0, 256: 0.8}, kind="speculation"),
}  # fmt: skip


@pytest.fixture(scope="module")
def curve():
    """Return rate, energy and speed by load: with a lever that helps few sequences, a full batch takes more."""
    loads = np.geomspace(0.05, 256, 800)
    rows = wq.sweep(MODEL, **CASE, concurrency=loads.tolist(), method="exact", quantiles=[0.5])
    energy = rows["energy_mean"].values
    assert energy[-1] > 1.2 * energy.min()
    return rows["throughput"].values / TOKENS * 3600.0, energy, rows["interactivity"].values


@pytest.mark.parametrize("night", [1.0, 0.1], ids=["flat", "quiet nights"])
def test_no_number_of_nodes_takes_less(curve, night) -> None:
    rate, energy, speed = curve
    hourly = np.array([night] * 16 + [1.0] * 8) * 2e6
    days = {}
    for nodes in range(1, 400):
        each = hourly / nodes
        if each.max() <= rate.max() and np.interp(each.max(), rate, speed) >= 20:
            days[nodes] = nodes * np.interp(each, rate, energy * rate).sum()
    ds = wq.plan_capacity(MODEL, **CASE, requests_per_hour=hourly.tolist(), interactivity=20).isel(candidate=0)
    assert len(days) > 10
    assert 1e9 * ds["energy_per_day"].item() <= 1.002 * min(days.values())
    assert ds["binds"].item() == "nothing"
