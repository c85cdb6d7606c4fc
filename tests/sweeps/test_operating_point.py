"""`operating_point`: the least energy over loads and sizes that meets a target, against a search of a whole grid."""

from __future__ import annotations

import json

import numpy as np
import pytest

import wattquery as wq
from one_sentence import is_one_sentence

MODEL = "Llama 3.1 70B"
CASE = {"hardware": "H100 SXM", "precision": "FP8", "pue": 1.2}
SIZES = [1, 2, 4, 8]


def brute_force(limits, *, accelerators, **arguments):
    """Return energy, concurrency and size of the best cell of a grid of whole numbers of running sequences."""
    ds = wq.sweep(
        MODEL,
        accelerators=accelerators,
        concurrency=list(range(1, 257)),
        method="exact",
        quantiles=[0.5],
        **{**CASE, **arguments},
    )
    energy = ds["energy"].isel(quantile=0)
    for name, most in limits.items():
        energy = energy.where(ds[name] <= most)
    dims = [dim for dim in energy.dims if energy.sizes[dim] > 1]
    best = energy.stack(place=dims)
    return float(best.min()), best.isel(place=int(best.argmin("place"))), ds


@pytest.mark.parametrize(
    ("targets", "arguments"),
    [
        ({"interactivity": 50}, {}),
        ({"interactivity": 90}, {"output_tokens": 1000, "input_tokens": 4000}),
        ({"time_per_output_token": 0.03}, {"workload": "azure_conversation"}),
        ({"interactivity": 20, "time_to_first_token": 0.25}, {}),
        ({"interactivity": 30}, {"precision": ["FP8", "BF16"], "boundary": "accelerator", "pue": None}),
        ({"interactivity": 20}, {"max_sequences": 64}),
    ],
    ids=lambda one: "-".join(one),
)
def test_it_is_the_least_of_a_grid(targets, arguments) -> None:
    limits = {name: value for name, value in targets.items() if name != "interactivity"}
    if "interactivity" in targets:
        limits["time_per_output_token"] = 1.0 / targets["interactivity"]
    least, cell, _ = brute_force(limits, accelerators=SIZES, **arguments)
    found = wq.operating_point(MODEL, **targets, **{**CASE, **arguments})
    # Loads between whole numbers of sequences are looked at as well: it may be less, by what a sequence brings.
    assert least * 0.95 < found.quantiles[0.5] <= least * 1.0005
    assert found.concurrency == pytest.approx(float(cell["concurrency"]), abs=1.5)
    assert found.accelerators == int(cell["accelerators"])
    assert all(getattr(found, name) <= most for name, most in limits.items())


def test_it_is_the_estimate_at_its_load() -> None:
    found = wq.operating_point(MODEL, **CASE, interactivity=50, quantiles=(0.1, 0.5, 0.9))
    again = wq.estimate(
        MODEL, **CASE, load=found.load, accelerators=found.accelerators, method="exact", quantiles=(0.1, 0.5, 0.9)
    )
    assert found.estimate == again
    assert list(found.quantiles) == [0.1, 0.5, 0.9]
    assert found.interactivity == pytest.approx(50.0, rel=1e-3)
    assert found.mean == again.mean
    assert found.support == again.support
    assert found.time_to_first_token == again.time_to_first_token


@pytest.mark.parametrize(
    ("arguments", "binds"),
    [
        ({"interactivity": 50}, "interactivity"),
        ({"time_per_output_token": 0.02}, "time_per_output_token"),
        ({"interactivity": 5, "time_to_first_token": 0.25}, "time_to_first_token"),
        ({"interactivity": 2, "max_sequences": 32}, "max_sequences"),
        ({"interactivity": 2, "accelerators": 2, "input_tokens": 20000}, "memory"),
    ],
)
def test_what_binds(arguments, binds) -> None:
    found = wq.operating_point(MODEL, **CASE, **arguments)
    assert found.binds == binds
    at_most = found.estimate.most_sequences
    if binds in ("memory", "max_sequences"):
        assert (found.load, found.concurrency) == (1.0, at_most)
        assert (at_most == 32) == (binds == "max_sequences")
    else:
        assert found.load < 1.0


def test_sizes_are_those_of_a_node_unless_none_of_them_fits() -> None:
    found = wq.operating_point("DeepSeek-V3", hardware="H100 SXM", precision="FP8", interactivity=5)
    assert found.accelerators > 8  # 671 GB of weights on 640 GB
    assert wq.operating_point(MODEL, **CASE, interactivity=5).accelerators <= 8


def test_text_and_json() -> None:
    found = wq.operating_point(MODEL, **CASE, interactivity=50)
    text = str(found)
    assert text.startswith("Least energy with interactivity of 50 tokens/s per user or more (medians): load ")
    assert "what binds: interactivity" in text
    assert str(found.estimate) in text
    plain = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert plain["targets"] == {"interactivity_tokens_per_s": 50}
    assert (plain["load"], plain["binds"]) == (found.load, "interactivity")
    assert plain["energy_wh"]["0.5"] == found.quantiles[0.5]
    assert plain["points"] > 100


def test_a_sampled_point_is_the_exact_one() -> None:
    """Where no exact method can take a factor, points are sampled with common random numbers."""
    exact = wq.operating_point(MODEL, **CASE, interactivity=50)
    drawn = wq.operating_point(MODEL, **{**CASE, "pue": wq.Uniform(1.15, 1.25)}, interactivity=50, accelerators=SIZES)
    assert drawn.estimate.provenance["method"] == "monte_carlo"
    assert drawn.accelerators == exact.accelerators
    assert drawn.load == pytest.approx(exact.load, rel=1e-3)
    assert drawn.quantiles[0.5] == pytest.approx(exact.quantiles[0.5], rel=0.01)


def test_the_best_that_can_be_reached_is_said() -> None:
    limits = {"time_per_output_token": np.inf}
    _, _, ds = brute_force(limits, accelerators=SIZES)
    # Medians of this model rise at first, as rows nearby bend them: no user is faster for it.
    fastest = float(ds["interactivity"].isel(concurrency=0).max())
    assert fastest < float(ds["interactivity"].max())
    with pytest.raises(wq.InputError) as caught:
        wq.operating_point(MODEL, **CASE, interactivity=5000)
    message = str(caught.value)
    assert "interactivity of 5000 tokens/s per user or more" in message
    assert f"the most is {fastest:.3g} tokens/s per user" in message
    assert "8 accelerators" in message


def test_two_targets_that_exclude_each_other() -> None:
    alone = wq.operating_point(MODEL, **CASE, interactivity=125)
    with pytest.raises(wq.InputError) as caught:
        wq.operating_point(MODEL, **CASE, interactivity=125, time_to_first_token=0.01)
    message = str(caught.value)
    assert "time_to_first_token of 0.01 s or less" in message
    assert "interactivity of 125 tokens/s per user or more" in message
    assert alone.time_to_first_token > 0.01


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({}, ["needs a target", "interactivity=50"]),
        ({"interactivity": 50, "time_per_output_token": 0.02}, ["one target", "leave one of them out"]),
        ({"interactivity": 50, "load": 0.5}, ["load is what operating_point looks for", "leave it out"]),
        ({"interactivity": 50, "concurrency": 4}, ["concurrency is what operating_point looks for"]),
        ({"interactivity": 0}, ["interactivity must be above 0"]),
        ({"interactivity": "fast"}, ["interactivity must be a finite number"]),
        ({"time_per_output_token": 20}, ["time_per_output_token must be within", "20 ms is 0.02"]),
        ({"time_to_first_token": 5e4}, ["time_to_first_token must be within", "500 ms is 0.5"]),
        ({"interactivity": 50, "hardware": ["H100 SXM", "B200"]}, ["'hardware'", "call it once for each"]),
        ({"interactivity": 50, "pue": [1.1, 1.2]}, ["'pue'", "call it once for each"]),
        ({"interactivity": 50, "hardware": None}, ["hardware must be named under a load"]),
        ({"interactivity": 50, "node_power": 10}, ["node_power must be left out under a load"]),
        ({"interactivity": 50, "quantiles": [2.0]}, ["quantiles must be"]),
        ({"interactivity": 50, "interactivty": 50}, ["operating_point() has no argument 'interactivty'"]),
        ({"interactivity": 5, "precision": "BF16", "accelerators": 1}, ["There is no instance", "its weights take"]),
    ],
    ids=lambda one: "-".join(one) if isinstance(one, dict) else "",
)
def test_what_is_refused(arguments, named) -> None:
    with pytest.raises(wq.InputError) as caught:
        wq.operating_point(MODEL, **{**CASE, **arguments})
    message = str(caught.value)
    assert all(word in message for word in named), message
    # What ranges, levels and names of arguments say is the same in all functions.
    shared = ("must be above 0", "must be within", "finite number", "probability levels", "has no argument")
    assert is_one_sentence(message) or any(words in message for words in shared), message


def test_several_models_are_refused() -> None:
    with pytest.raises(wq.InputError, match="call it once for each"):
        wq.operating_point([MODEL, "Llama 3.1 8B"], hardware="H100 SXM", interactivity=50)
