"""`sweep` under a load: its dims, its parts, its boundaries, and cells that nothing is known of."""

from __future__ import annotations

import numpy as np
import pytest

import wattquery as wq

CASE = {
    "hardware": ["H100 SXM", "B200"],
    "precision": "FP8",
    "load": [0.1, 1.0],
    "output_tokens": {"short": wq.Exponential(median=300), "long": wq.Exponential(median=5000)},
    "input_tokens": 500,
    "boundary": ["accelerator", "node", "facility"],
    "pue": 1.25,
    "method": "exact",
}


@pytest.fixture(scope="module")
def found():
    return wq.sweep(["Llama 3.1 70B", "Qwen3-235B-A22B"], **CASE)


def test_the_axes_come_in_their_order(found) -> None:
    assert found["energy"].dims == ("model", "hardware", "load", "output_tokens", "boundary", "quantile")
    assert found["power"].dims == found["support"].dims == ("model", "hardware", "load", "output_tokens")
    assert found["throughput"].attrs["long_name"] == "median output throughput of one instance"
    assert set(found["support"].values.ravel()) <= {"measured", "supported"}
    assert bool((found["support_rows"] > 0).all())
    assert found.attrs["throughput_model"] == "load"
    assert found.attrs["kernel_definition"].startswith("log-energy-load-1")


def test_prefill_and_decoding_make_up_the_mean(found) -> None:
    parts = found["energy_prefill"] + found["energy_decode"]
    np.testing.assert_allclose(parts, found["energy_mean"], rtol=1e-14)
    assert bool((found["energy_prefill"] > 0.0).all())
    assert bool((found["energy_decode"] > found["energy_prefill"]).all())  # 500 tokens in, hundreds out


def test_the_ladder_of_boundaries(found) -> None:
    energy = found["energy_mean"]
    node, alone = energy.sel(boundary="node"), energy.sel(boundary="accelerator")
    np.testing.assert_allclose(energy.sel(boundary="facility"), 1.25 * node, rtol=1e-12)
    # 1.05 times and 250 W at any time: more where accelerators draw less.
    assert bool((node > 1.05 * alone).all())
    overhead = node / alone
    assert bool((overhead.sel(load=0.1) > overhead.sel(load=1.0)).all())


def test_a_higher_load_takes_less_energy_and_more_time(found) -> None:
    energy = found["energy"].sel(quantile=0.5)
    assert bool((energy.sel(load=1.0) < energy.sel(load=0.1)).all())
    assert bool((found["time_per_output_token"].sel(load=1.0) >= found["time_per_output_token"].sel(load=0.1)).all())
    np.testing.assert_allclose(found["interactivity"], 1.0 / found["time_per_output_token"], rtol=1e-14)
    share = found["running_sequences"] / found["most_sequences"]
    np.testing.assert_allclose(share, np.broadcast_to(found["load"].values[:, None], share.shape), rtol=1e-12)


def test_power_times_time_is_energy_per_token(found) -> None:
    """Requests per second times the mean energy of a query is the power of the instance, up to what spreads it."""
    short = found.sel(output_tokens="short", boundary="accelerator")
    requests = short["throughput"] / CASE["output_tokens"]["short"].mean()
    watts = 3600.0 * short["energy_mean"] * requests
    power = short["power"] * short["accelerators"]
    assert float(np.abs(np.log(watts / power)).max()) < 0.25


def test_a_load_is_the_same_as_its_running_sequences(found) -> None:
    case = {**CASE, "output_tokens": 300, "boundary": "facility"}
    by_load = wq.sweep("Llama 3.1 70B", **{**case, "hardware": "B200", "load": 0.5})
    running = float(by_load["running_sequences"])
    by_count = wq.sweep("Llama 3.1 70B", **{**case, "hardware": "B200", "load": None, "concurrency": running})
    np.testing.assert_allclose(by_count["energy"], by_load["energy"], rtol=1e-6)


def test_a_model_that_does_not_fit_stays_in_the_grid_with_its_reason() -> None:
    ds = wq.sweep(
        ["Llama 3.1 405B", "Llama 3.1 8B"], hardware="H100 SXM", precision="BF16", accelerators=[1, 8], load=0.5
    )
    assert ds["supported"].values.tolist() == [[False, False], [True, True]]
    lost = ds.sel(model="Llama 3.1 405B", accelerators=1)
    assert np.isnan(lost["energy"]).all()
    assert lost["support"].item() == "none"
    assert "memory" in lost["unsupported_reason"].item()


def test_more_running_sequences_than_fit_are_refused_in_their_cell() -> None:
    ds = wq.sweep("Llama 3.1 70B", hardware="H100 SXM", precision="FP8", accelerators=2, concurrency=[1, 10_000])
    assert ds["supported"].values.tolist() == [True, False]
    assert "256" in ds["unsupported_reason"].values[1]


def test_below_one_running_sequence_a_query_takes_as_much_more() -> None:
    ds = wq.sweep(
        "Llama 3.1 8B",
        hardware="H100 SXM",
        precision="BF16",
        concurrency=[0.01, 0.02],
        boundary="accelerator",
        method="exact",
    )
    energy = ds["energy_mean"]
    # Idle time for each query is as 1/B - 1, and nothing else changes.
    idle = energy.sel(concurrency=0.01) - energy.sel(concurrency=0.02)
    busy = energy.sel(concurrency=0.02) - 49.0 / 50.0 * idle
    assert busy.item() > 0.0
    assert idle.item() > 10.0 * busy.item()


@pytest.mark.parametrize("method", ["monte_carlo", "quasi_monte_carlo"])
def test_sampling_has_the_answer_of_the_exact_method(found, method) -> None:
    draws = {"monte_carlo": 2**17, "quasi_monte_carlo": 2**13}[method]
    case = {**CASE, "method": method, "draws": draws, "seed": 7}
    sampled = wq.sweep(["Llama 3.1 70B", "Qwen3-235B-A22B"], **case)
    z = (sampled["energy"] - found["energy"]) / (sampled["energy_stderr"] + 2e-4 * found["energy"])
    assert float(np.abs(z).max()) < 5.0
    mean = (sampled["energy_mean"] - found["energy_mean"]) / (
        sampled["energy_mean_stderr"] + 2e-4 * found["energy_mean"]
    )
    assert float(np.abs(mean).max()) < 5.0
