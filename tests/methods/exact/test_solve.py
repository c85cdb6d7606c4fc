"""The exact method against an independent calculation with SciPy, to 1e-6 relative in quantiles, mean and deviation."""

from __future__ import annotations

import dataclasses
import itertools
from typing import Any

import numpy as np
import pytest

import naive
import wattquery as wq
from small_plans import planned
from wattquery.histograms import Histogram
from wattquery.methods.exact.solve import Exact

RELATIVE = 1e-6
# Input tokens, output tokens, tokens/s per node: the FP8 rows of the shipped table.
ROWS = {
    "DeepSeek-R1": [(1024, 1024, 886.00), (500, 2000, 1300.00), (5000, 500, 378.00)],
    "Llama 3.1 405B": [
        (128, 128, 3732.40),
        (2048, 128, 448.89),
        (5000, 500, 579.14),
        (500, 2000, 3661.85),
        (128, 2048, 4572.23),
        (500, 2000, 2050.00),
        (5000, 500, 480.00),
    ],
    "Llama-3.1 Nemotron Ultra 253B": [(500, 2000, 5200.00), (5000, 500, 720.00)],
}
DEEPSEEK, LLAMA, NEMOTRON = ROWS
NODE_POWER = {DEEPSEEK: 12.8, LLAMA: 10.2, NEMOTRON: 10.2}
LEVERS = {
    "model": naive.LogNormal(1.5, 10),
    "serving": naive.LogNormal(1.5, 5),
    "hardware": naive.LogNormal(1.5, 2.5),
}
COMBINATIONS = ["none", *("+".join(some) for n in (1, 2, 3) for some in itertools.combinations(LEVERS, n))]
PROPORTIONAL = naive.Proportional(0.24, 0.56)
NOT_RANDOM: dict[str, Any] = {"pue": 1.2, "power": 0.6}

TRADITIONAL, LONG = naive.Exponential(300), naive.Exponential(5000)


def cell(model: str, levers: str = "none", **changed: Any) -> naive.Cell:
    """Return a cell of the naive reference, with the paper's factors where none are given."""
    usual: dict[str, Any] = {
        "output": TRADITIONAL,
        "pue": naive.LogNormal(1.05, 1.6),
        "power": naive.LogNormal(0.4, 0.9),
    }
    named = tuple(LEVERS[name] for name in levers.split("+")) if levers != "none" else ()
    return naive.Cell(naive.least_squares(ROWS[model]), NODE_POWER[model], levers=named, **{**usual, **changed})


def spec(value: Any) -> Any:
    """Return what a user of the package writes for a naive factor or length."""
    names = {
        naive.LogNormal: wq.LogNormal,
        naive.Exponential: wq.Exponential,
        naive.Uniform: wq.Uniform,
        naive.Proportional: wq.ThroughputProportional,
    }
    return names[type(value)](**dataclasses.asdict(value)) if type(value) in names else value


def solved(model: str, of: naive.Cell, levers: str = "none", **more: Any) -> Any:
    return wq.sweep(
        model,
        method="exact",
        levers=levers,
        output_tokens=spec(of.output),
        input_tokens=spec(of.input),
        pue=spec(of.pue),
        power_utilization=spec(of.power),
        prefill_weight=of.prefill_weight,
        round_tokens=of.whole,
        **more,
    )


def check(model: str, of: naive.Cell, levers: str = "none", *, few: bool = False) -> None:
    """Compare quantiles (``few`` of them where they are slow to find), mean and deviation."""
    ds = solved(model, of, levers, quantiles=(0.05, 0.95) if few else (0.05, 0.25, 0.5, 0.75, 0.95))
    ours = ds["energy"].values
    expected = [
        naive.quantile(of, level, near=one)
        for level, one in zip(ds["quantile"].values.tolist(), ours.tolist(), strict=True)
    ]
    np.testing.assert_allclose(ours, expected, rtol=RELATIVE, err_msg="quantiles")
    mean, std = naive.moments(of)
    assert ds["energy_mean"].item() == pytest.approx(mean, rel=RELATIVE), "mean"
    assert ds["energy_std"].item() == pytest.approx(std, rel=RELATIVE), "std"
    assert not ds["energy_stderr"].values.any()


@pytest.mark.parametrize("whole", [True, False], ids=["whole", "continuous"])
@pytest.mark.parametrize("output", [TRADITIONAL, LONG], ids=["traditional", "long"])
@pytest.mark.parametrize("model", ROWS)
class TestTheHeadline:
    def test_as_the_paper_has_it(self, model: str, output: naive.Length, whole: bool) -> None:
        check(model, cell(model, output=output, whole=whole))

    def test_with_prefill(self, model: str, output: naive.Length, whole: bool) -> None:
        check(model, cell(model, output=output, whole=whole, prefill_weight=1 / 30))

    def test_with_proportional_power(self, model: str, output: naive.Length, whole: bool) -> None:
        check(model, cell(model, output=output, whole=whole, power=PROPORTIONAL))

    def test_with_prefill_and_proportional_power(self, model: str, output: naive.Length, whole: bool) -> None:
        check(model, cell(model, output=output, whole=whole, power=PROPORTIONAL, prefill_weight=1 / 30))

    def test_without_any_random_factor(self, model: str, output: naive.Length, whole: bool) -> None:
        check(model, cell(model, output=output, whole=whole, **NOT_RANDOM))

    def test_with_proportional_power_alone(self, model: str, output: naive.Length, whole: bool) -> None:
        check(model, cell(model, output=output, whole=whole, pue=1.2, power=PROPORTIONAL, prefill_weight=1 / 30))


@pytest.mark.parametrize("whole", [True, False], ids=["whole", "continuous"])
@pytest.mark.parametrize("levers", COMBINATIONS)
def test_every_lever_combination(levers: str, whole: bool) -> None:
    check(DEEPSEEK, cell(DEEPSEEK, levers, whole=whole), levers)
    check(LLAMA, cell(LLAMA, levers, whole=whole, **NOT_RANDOM, prefill_weight=1 / 30), levers)


@pytest.mark.parametrize("whole", [True, False], ids=["whole", "continuous"])
@pytest.mark.parametrize(
    "output",
    [naive.LogNormal(100, 2000), naive.Uniform(200, 400), naive.Uniform(1, 6.3), naive.Uniform(1500, 9000), 300.4],
    ids=str,
)
@pytest.mark.parametrize("factors", [{}, NOT_RANDOM], ids=["random", "fixed"])
def test_other_output_lengths(output: naive.Length, whole: bool, factors: dict[str, Any]) -> None:
    check(LLAMA, cell(LLAMA, output=output, whole=whole, prefill_weight=1 / 30, **factors))


@pytest.mark.parametrize("whole", [True, False], ids=["whole", "continuous"])
@pytest.mark.parametrize("inputs", [10.0, 128.0, 500.0, 20_000.4])
def test_fixed_input_lengths(inputs: float, whole: bool) -> None:
    """From lengths where every query runs at the cap to lengths where none does."""
    check(LLAMA, cell(LLAMA, input=inputs, whole=whole, power=PROPORTIONAL))


@pytest.mark.parametrize("p95", [1.2 * 1.0003, 1.2 * 1.003, 1.21], ids=["1e-4", "1e-3", "2e-3"])
@pytest.mark.parametrize("whole", [True, False], ids=["whole", "continuous"])
@pytest.mark.parametrize("output", [TRADITIONAL, LONG], ids=["traditional", "long"])
def test_nearly_fixed_factors(output: naive.Length, whole: bool, p95: float) -> None:
    """A narrow normal makes the cdf of whole tokens a stair with round steps."""
    check(DEEPSEEK, cell(DEEPSEEK, output=output, whole=whole, pue=naive.LogNormal(1.2, p95), power=0.6))


RANDOM_INPUTS = {
    "exponential-by-even": (naive.Exponential(30), naive.Uniform(450, 600)),
    "even-by-lognormal": (naive.Uniform(20, 120), naive.LogNormal(300, 600)),
}


@pytest.mark.parametrize("whole", [True, False], ids=["whole", "continuous"])
@pytest.mark.parametrize(
    ("model", "name", "weight", "power"),
    [
        (DEEPSEEK, "exponential-by-even", 0.0, naive.LogNormal(0.4, 0.9)),
        (DEEPSEEK, "even-by-lognormal", 0.0, PROPORTIONAL),
        (LLAMA, "exponential-by-even", 1 / 30, PROPORTIONAL),
    ],
)
def test_random_input_lengths(model: str, name: str, weight: float, power: Any, whole: bool) -> None:
    """The throughput of DeepSeek-R1 reaches its cap near 500 input tokens, whatever the output."""
    output, inputs = RANDOM_INPUTS[name]
    of = cell(model, output=output, input=inputs, whole=whole, prefill_weight=weight, power=power)
    check(model, of, few=True)


@pytest.mark.parametrize("whole", [True, False], ids=["whole", "continuous"])
@pytest.mark.parametrize("model", [DEEPSEEK, LLAMA])
def test_random_input_lengths_alone(model: str, whole: bool) -> None:
    """No factor is random: E is a function of the two lengths."""
    output, inputs = naive.Uniform(200, 260), naive.Uniform(400, 500)
    check(model, cell(model, output=output, input=inputs, whole=whole, **NOT_RANDOM), few=True)


@pytest.mark.parametrize("whole", [True, False], ids=["whole", "continuous"])
@pytest.mark.parametrize("factors", [{}, NOT_RANDOM], ids=["random", "fixed"])
def test_random_input_and_fixed_output(factors: dict[str, Any], whole: bool) -> None:
    of = cell(LLAMA, output=300.0, input=naive.Exponential(500), whole=whole, prefill_weight=1 / 30, **factors)
    check(LLAMA, of, few=True)


def test_nothing_is_random() -> None:
    of = cell(LLAMA, output=300.0, **NOT_RANDOM)
    ds = solved(LLAMA, of)
    np.testing.assert_allclose(ds["energy"].values, naive.moments(of)[0], rtol=1e-12)
    assert ds["energy_std"].item() == pytest.approx(0.0, abs=1e-12)


def test_node_power_and_fixed_levers() -> None:
    of = dataclasses.replace(cell(LLAMA), node_power=naive.LogNormal(9, 12), levers=(1.7,))
    ds = wq.sweep(
        LLAMA, node_power=wq.LogNormal(9, 12), levers=wq.Lever("mine", 1.7), method="exact", quantiles=[0.05, 0.95]
    )
    expected = [naive.quantile(of, level) for level in (0.05, 0.95)]
    np.testing.assert_allclose(ds["energy"].values, expected, rtol=RELATIVE)


@pytest.mark.parametrize(
    ("named", "argument"),
    [
        ("pue", {"pue": wq.Uniform(1.05, 1.6)}),
        ("power_utilization", {"power_utilization": wq.Triangular(0.4, 0.5, 0.9)}),
        ("node_power", {"node_power": wq.Uniform(9, 12)}),
        ("lever mine", {"levers": wq.Lever("mine", wq.Uniform(1.5, 3))}),
    ],
)
def test_a_factor_that_it_cannot_take_is_named(named: str, argument: dict[str, Any]) -> None:
    with pytest.raises(wq.InputError, match=named) as caught:
        wq.sweep(DEEPSEEK, method="exact", **argument)
    message = str(caught.value)
    assert "method='monte_carlo'" in message
    assert "LogNormal" in message
    (given,) = argument.values()
    assert str(getattr(given, "distribution", given)) in message


def test_too_many_components_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wattquery.methods.exact.length_pairs.MOST_COMPONENTS", 1000)
    with pytest.raises(wq.InputError, match="more than 1,000 components") as caught:
        wq.sweep(DEEPSEEK, method="exact", input_tokens=wq.Uniform(100, 900))
    assert "method='monte_carlo'" in str(caught.value)


@pytest.mark.parametrize("factors", [{}, {"pue": 1.2, "power_utilization": wq.ThroughputProportional(0.24, 0.56)}])
@pytest.mark.parametrize("whole", [True, False], ids=["whole", "continuous"])
def test_histograms_say_the_same(factors: dict[str, Any], whole: bool) -> None:
    ds = wq.sweep(list(ROWS), method="exact", keep_histogram=True, round_tokens=whole, **factors)
    np.testing.assert_allclose(ds["histogram"].sum("bin"), 1.0, rtol=1e-12)
    assert ds["histogram"].dtype == np.float64
    for model in ROWS:
        one = ds.sel(model=model)
        histogram = Histogram(int(ds["bin"][0]), one["histogram"].values)
        # Whole tokens with no random factor are points, known to a bin of the lattice.
        tolerance = 1e-3 if whole and factors else 1e-4
        np.testing.assert_allclose(histogram.quantiles(ds["quantile"].values), one["energy"].values, rtol=tolerance)
        assert histogram.mean() == pytest.approx(one["energy_mean"].item(), rel=tolerance)
        assert histogram.std() == pytest.approx(one["energy_std"].item(), rel=tolerance)


def test_threads_change_nothing() -> None:
    levers = ["none", "model", "serving", "model+serving"]
    ours, other = (wq.sweep(NEMOTRON, levers=levers, method="exact", threads=threads) for threads in (1, 4))
    np.testing.assert_array_equal(ours["energy"].values, other["energy"].values)
    assert np.unique(ours["energy"].sel(quantile=0.5)).size == len(levers)


@pytest.mark.parametrize(("fewest", "most"), [(128, 4096), (5, 7), (1, 1), (1000, 1000)])
def test_tasks_are_all_cells_once_in_their_order(fewest: int, most: int) -> None:
    plan = planned(output_tokens=["traditional", 450, "long"], pue=[1.0 + 0.01 * i for i in range(20)])
    tasks = list(Exact((0.5,)).tasks(plan, fewest, most))
    assert [cell for task in tasks for cell in range(task.start, task.stop)] == list(range(plan.cells.size))
    assert all(0 < task.stop - task.start <= max(fewest, most) for task in tasks)
    for task in tasks:
        assert task.share == pytest.approx((task.stop - task.start) / plan.cells.size)
