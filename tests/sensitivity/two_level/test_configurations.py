"""`ratio`: what two labels share cancels, and what each has of its own does not."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy.special import ndtri

import wattquery as wq
from load_effects import HARDWARE, MODEL, MODELS, OTHER, covariance, run_of
from wattquery.sensitivity import nested, ratio
from wattquery.uncertainty.throughput_draws import DEFAULT_LOG_SIGMA

CREDIBLE = (0.05, 0.5, 0.95)
R1, NEMOTRON, LLAMA = "DeepSeek-R1", "Llama-3.1 Nemotron Ultra 253B", "Llama 3.1 405B"


def log_width(ds: Any, name: str = "ratio_mean") -> Any:
    """Return what the interval of 90 % has for a standard deviation of the logarithm."""
    logs = np.log(ds[name])
    return (logs.sel(credible=0.95) - logs.sel(credible=0.05)) / (2.0 * ndtri(0.95))


def sd_of_difference(cells: Any) -> float:
    total = sum(covariance(list(cells)).values())
    return math.sqrt(total[0, 0] + total[1, 1] - 2.0 * total[0, 1])


class TestUnderLoad:
    def test_two_models_carry_the_residuals_of_both(self) -> None:
        ds = ratio(MODELS, axis="model", load=0.5, **HARDWARE)
        cells = list(run_of(MODELS, load=0.5, **HARDWARE).cells.values())
        found = float(log_width(ds).sel(model=OTHER))
        assert found == pytest.approx(sd_of_difference(cells), rel=1e-9)
        own = [sum(one.distribution.sigma**2 for one in cell.factors if ":arch" in one.name) for cell in cells]
        assert found**2 > sum(own) > 0.0
        # What a merged normal common to all cells would say, as when medians are compared draw by draw.
        assert found > 5.0 * abs(cells[0].sigma - cells[1].sigma)

    def test_loads_of_one_configuration_share_theirs(self) -> None:
        loads = [0.5, 0.4, 0.1]
        ds = ratio(MODEL, axis="load", load=loads, **HARDWARE)
        cells = list(run_of(MODEL, load=loads, **HARDWARE).cells.values())
        for load, cell in zip(loads[1:], cells[1:], strict=True):
            found = float(log_width(ds).sel(load=load))
            assert found == pytest.approx(sd_of_difference([cells[0], cell]), rel=1e-9)
            # As if they were independent:
            assert found < 0.6 * math.hypot(cells[0].sigma, cell.sigma)
        near, far = log_width(ds).values[1:]
        assert near < far

    def test_loads_are_better_known_apart_than_models(self) -> None:
        loads = log_width(ratio(MODEL, axis="load", load=[0.5, 0.4], **HARDWARE))[1]
        models = log_width(ratio(MODELS, axis="model", load=0.5, **HARDWARE))[1]
        assert models > 2.0 * loads

    def test_the_site_cancels(self) -> None:
        wide = ratio(MODELS, axis="model", load=0.5, pue=wq.LogNormal(1.05, 3.0), **HARDWARE)
        known = ratio(MODELS, axis="model", load=0.5, pue=1.1, **HARDWARE)
        np.testing.assert_allclose(wide["ratio"], known["ratio"], rtol=1e-9)

    def test_drawn_and_closed_agree(self) -> None:
        """A PUE that is not lognormal is drawn, although it cancels."""
        drawn = ratio(MODELS, axis="model", load=0.5, pue=wq.Uniform(1.1, 1.5), shared_draws=2**13, **HARDWARE)
        closed = ratio(MODELS, axis="model", load=0.5, pue=1.1, **HARDWARE)
        assert (drawn.attrs["shared_draws"], closed.attrs["shared_draws"]) == (2**13, 0)
        for name in ("ratio", "ratio_mean"):
            one, other = drawn[name].sel(model=OTHER), closed[name].sel(model=OTHER)
            assert np.abs((one - other) / drawn[f"{name}_stderr"].sel(model=OTHER)).max() < 4.0

    def test_where_one_of_both_has_no_data_there_is_no_ratio(self) -> None:
        ds = ratio(
            "DeepSeek-V3.2", axis="accelerators", accelerators=[16, 1, 32], load=0.5, precision="FP8", **HARDWARE
        )
        assert ds["supported"].values.tolist() == [True, False, True]
        assert ds["ratio"].isnull().any(("quantile", "credible")).values.tolist() == [False, True, False]
        none = ratio("DeepSeek-V3.2", axis="accelerators", accelerators=[1, 16], load=0.5, precision="FP8", **HARDWARE)
        assert not none["supported"].any()
        assert none["ratio_mean_stderr"].isnull().all()


class TestPaperForm:
    def test_with_fits_as_known_a_ratio_of_models_is_a_number(self) -> None:
        ds = ratio([R1, NEMOTRON], axis="model", throughput_fit=False)
        plain = wq.sweep([R1, NEMOTRON], method="exact", power_utilization=1.0, pue=1.0)["energy"]
        for level in CREDIBLE:
            np.testing.assert_allclose(ds["ratio"].sel(credible=level), plain / plain[0], rtol=1e-9)
        assert (ds["ratio"].sel(model=R1) == 1.0).all()

    def test_fits_of_two_deployments_are_independent(self) -> None:
        ds = ratio([R1, NEMOTRON], axis="model")
        assert float(log_width(ds).sel(model=NEMOTRON)) == pytest.approx(math.sqrt(2.0) * DEFAULT_LOG_SIGMA, rel=1e-9)

    def test_that_of_one_deployment_cancels(self) -> None:
        ds = ratio(R1, axis="pue", pue={"a": 1.1, "b": 1.32})
        np.testing.assert_allclose(ds["ratio"].sel(pue="b"), 1.2, rtol=1e-9)

    def test_coefficients_that_bend_are_drawn_for_each(self) -> None:
        ds = ratio([R1, LLAMA], axis="model", shared_draws=512, quantiles=[0.5])
        both = nested([R1, LLAMA], shared_draws=512, power_utilization=1.0, pue=1.0, quantiles=[0.5])["energy"]
        widths = [
            float(np.ptp(np.log(one.sel(credible=[0.05, 0.95]).values))) for one in (ds["ratio"][1], both[0], both[1])
        ]
        assert widths[0] == pytest.approx(math.hypot(*widths[1:]), rel=0.15)
        one = ratio(LLAMA, axis="output_tokens", output_tokens=[300, 300.5], shared_draws=256, round_tokens=False)
        assert float(log_width(one)[1]) < 0.01


def test_another_baseline() -> None:
    first = ratio([R1, NEMOTRON], axis="model", throughput_fit=False)
    other = ratio([R1, NEMOTRON], axis="model", baseline=NEMOTRON, throughput_fit=False)
    assert other.attrs["baseline"] == f"model = {NEMOTRON}"
    np.testing.assert_allclose(other["ratio"].sel(model=R1), 1.0 / first["ratio"].sel(model=NEMOTRON), rtol=1e-12)


WRONG = [
    ({"axis": "modl"}, "axis must be one of 'model', 'pue', got 'modl'.* Did you mean 'model'"),
    ({"axis": "hardware"}, "axis must be one of 'model', 'pue', got 'hardware'"),
    ({"axis": "model", "baseline": "R1"}, "baseline must be a label of model, .* got 'R1'"),
    ({"axis": "pue", "baseline": 1.25}, "baseline must be a label of pue, .* got 1.25"),
    ({"axis": "model", "over": "pue"}, r"ratio\(\) has no argument 'over'"),
]


@pytest.mark.parametrize(("arguments", "message"), WRONG)
def test_what_it_refuses(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(wq.InputError, match=message):
        ratio([R1, LLAMA], **{"pue": [1.1, 1.2], **arguments})


def test_one_label_alone_has_no_ratio() -> None:
    with pytest.raises(wq.InputError, match="axis = 'model' needs several labels to compare"):
        ratio(R1, axis="model")
