"""What is refused, and the fix that each message names."""

from __future__ import annotations

from typing import Any

import pytest

import wattquery as wq
from wattquery import sensitivity

TWO = wq.sweep("DeepSeek-R1", pue=[1.1, 1.2], method="exact")
SOBOL = [
    ({"factors": ["pu"]}, r"names 'pu', which is random in no cell.*Did you mean 'pue'"),
    ({"factors": ["input_tokens"]}, "make 'input_tokens' a distribution"),
    ({"factors": []}, "must be a list of factors"),
    ({"groups": {"a": ["pue", "output_tokens"], "b": ["pue"]}}, "'pue' in 'a' and in 'b'"),
    ({"groups": {"pue": ["output_tokens"]}}, "Choose another name"),
    ({"groups": ["pue"]}, "groups must be a dict of lists"),
    ({"groups": {"a": ["puee"]}}, "Did you mean 'pue'"),
    ({"draws": 1000}, "draws must be a power of two.*got 1000. Use draws=1024"),
    ({"draws": 2**8}, "at least 1024.*Use draws=1024"),
    ({"draws": 1e5}, "draws must be a whole number, got 100000.0"),
    ({"replicates": 12}, "power of two.*Use replicates=16"),
    ({"replicates": 1}, "at least 4"),
    ({"draws": 10**300}, "draws must be at most 100_000_000_000"),
    ({"draws": 1449}, "Use draws=2048"),
    ({"draws": 1448}, "Use draws=1024"),
    ({"draws": 2**26}, "Use replicates=64, or method='monte_carlo'"),
    ({"estimator": "jansen"}, "Did you mean 'jansen_1999'"),
    ({"method": "exact"}, "must be one of 'quasi_monte_carlo', 'monte_carlo', got 'exact'"),
    ({"level": 95}, "Write 95 % as level=0.95"),
    ({"seed": -1}, "seed must be a whole number of 0 or more, .* got -1"),
    ({"over": "model"}, "axis of length one"),
    ({"over": "modle"}, "Did you mean 'model'"),
    ({"over": 3}, "over must be an axis.*got 3"),
    ({"pue": [1.1, 1.2], "over": {"pue": {1.1: 1.0}}}, "one weight for each label, got none for 1.2"),
    ({"pue": [1.1, 1.2], "over": {"pue": {1.1: 0.9, 1.2: 0.2}}}, "sum of 1"),
    ({"pue": [1.1, 1.2], "over": {"pue": {1.1: 1.0, 1.2: 0.0}}}, "at least two"),
    ({"output_tokens": 300, "pue": 1.2, "power_utilization": 0.7}, "No cell has a random factor"),
    ({"quantiles": [0.5]}, r"sobol\(\) has no argument 'quantiles'; it takes"),
    ({"samples": 1024}, r"sobol\(\) has no argument 'samples': it is now called 'draws'"),
    ({"confidence": 0.9}, "'confidence': it is now called 'level'"),
    ({"output_token": 300}, "Did you mean 'output_tokens'"),
    ({"levers": [[wq.Lever(f"l{i}", wq.LogNormal(1.5, 2)) for i in range(18)]]}, "has points for 20"),
]


@pytest.mark.parametrize(
    ("arguments", "message"), SOBOL, ids=[str(list(one)[-1]) + str(i) for i, (one, _) in enumerate(SOBOL)]
)
def test_sobol(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(wq.InputError, match=message):
        sensitivity.sobol("DeepSeek-R1", **arguments)


def test_many_factors_are_drawn_independently() -> None:
    levers = [[wq.Lever(f"l{i}", wq.LogNormal(1.5, 2)) for i in range(18)]]
    ds = sensitivity.sobol("DeepSeek-R1", levers=levers, method="monte_carlo", draws=2**12)
    assert ds.sizes["factor"] == 21


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: sensitivity.tornado("DeepSeek-R1", factors=["puu"]), "Did you mean 'pue'"),
        (lambda: sensitivity.elasticity("DeepSeek-R1", parameters="pue"), "parameters must be a list, got 'pue'"),
        (lambda: sensitivity.given("DeepSeek-R1", factor="pue", bins=10**300), "at most 100,000"),
        (lambda: sensitivity.anova(TWO, axes=3), "axes must be a list of axes, got 3. The dataset has 'pue'"),
        (lambda: sensitivity.anova(TWO, weights=[1, 2]), r"weights must be a dict by axis, got \[1, 2\]"),
        (lambda: sensitivity.tornado("DeepSeek-R1", ends=(0.1, 0.5, 0.9)), "ends must be two levels"),
        (lambda: sensitivity.tornado("DeepSeek-R1", ends=(0.9, 0.1)), "increasing"),
        (
            lambda: sensitivity.tornado("DeepSeek-R1", method="exakt"),
            "method must be one of 'auto', .* Did you mean 'exact'",
        ),
        (lambda: sensitivity.tornado("DeepSeek-R1", draws=0), "at least 1, got 0"),
        (lambda: sensitivity.tornado("DeepSeek-R1", draws=1e5), "draws must be a whole number, got 100000.0"),
        (lambda: sensitivity.tornado("DeepSeek-R1", draw=5), "no argument 'draw'.*Did you mean 'draws'"),
        (lambda: sensitivity.spider("DeepSeek-R1", levels=[5, 95]), "write 95 % as 0.95"),
        (lambda: sensitivity.spider("DeepSeek-R1", levels="all"), "must be a list"),
        (lambda: sensitivity.elasticity("DeepSeek-R1", parameters=["power"]), "Did you mean"),
        (lambda: sensitivity.given("DeepSeek-R1", factor="input_tokens"), "random in no cell"),
        (lambda: sensitivity.given("DeepSeek-R1", factor="pue", bins=[0.1, 1]), "from 0 to 1"),
        (lambda: sensitivity.given("DeepSeek-R1", factor="pue", bins=0), "at least 1"),
        (lambda: sensitivity.given("DeepSeek-R1", factor="pue", bins="many"), "list of probability levels"),
        (lambda: sensitivity.moment_independent("DeepSeek-R1", bins=5), "even number"),
        (lambda: sensitivity.tornado("DeepSeek-R1", output_tokens=3, pue=1, power_utilization=0.5), "No cell"),
    ],
)
def test_the_others(call: Any, message: str) -> None:
    with pytest.raises(wq.InputError, match=message):
        call()


def test_what_does_not_fit_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """What each analysis keeps of a cell beside the result of a sweep, and the sweep's own where that is too large."""
    monkeypatch.setattr("wattquery.sweeps.memory.available_bytes", lambda threads: 250_000_000)
    with pytest.raises(
        wq.InputError, match=r"1 cell with 3 factors and 262144 replicates needs about .* pass fewer fac"
    ):
        sensitivity.sobol("DeepSeek-R1", draws=2**24, replicates=2**18, threads=1)
    with pytest.raises(wq.InputError, match=r"1 cell with 4000 bins needs .* Shorten an axis, or pass fewer bins"):
        sensitivity.moment_independent("DeepSeek-R1", bins=4000, threads=1)
    monkeypatch.setattr("wattquery.sweeps.memory.available_bytes", lambda threads: 44_000_000)
    monkeypatch.setattr("wattquery.sweeps.memory._RAN", {"exact"})
    many = {"pue": [1.0 + 1e-5 * i for i in range(100)], "input_tokens": list(range(400, 500)), "threads": 1}
    with pytest.raises(wq.InputError, match=r"10,000 cells with 2 factors at 2 levels need .* fewer factors or levels"):
        sensitivity.tornado("DeepSeek-R1", **many)
    with pytest.raises(wq.InputError, match=r"10,000 cells with 6 parameters need .* fewer parameters"):
        sensitivity.elasticity("DeepSeek-R1", **many)
    monkeypatch.setattr("wattquery.sweeps.memory.available_bytes", lambda threads: 1000)
    for analysis in (sensitivity.sobol, sensitivity.tornado, sensitivity.elasticity, sensitivity.nested):
        with pytest.raises(wq.InputError, match=r"Computing 1 cell needs about .* are free"):
            analysis("DeepSeek-R1", threads=1)


def test_unknown_names_of_the_package() -> None:
    assert "sobol" in dir(sensitivity)
    with pytest.raises(AttributeError, match="sobel"):
        sensitivity.sobel  # noqa: B018 - the look-up is what is tested
