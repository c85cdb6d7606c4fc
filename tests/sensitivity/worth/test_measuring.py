"""`worth_measuring`: against `nested`, against what is left when a factor is known, and what it says of itself."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy.special import ndtri

import wattquery as wq
from load_effects import run_of
from simulated_measurements import ends_after
from wattquery.sensitivity import nested, worth_measuring
from wattquery.uncertainty.throughput_draws import DEFAULT_LOG_SIGMA

R1, LLAMA = "DeepSeek-R1", "Llama 3.1 405B"
ENDS = (0.05, 0.95)
TRUNCATED = wq.Truncated(wq.Normal(mu=1.2, sigma=0.1), low=1.0)
LOADED = {"hardware": "H100 SXM", "load": 0.5}


def log_width(ds: Any) -> Any:
    """Return the width of the interval of ln E that `nested` gives for the mean."""
    return np.log(ds["energy_mean"].sel(credible=0.95) / ds["energy_mean"].sel(credible=0.05)).item()


def of(ds: Any, name: str, variable: str = "width_ratio") -> float:
    return float(ds[variable].sel(measurement=name).item())


def test_the_paper_s_form_in_closed_form() -> None:
    ds = worth_measuring(R1, measured_to={"pue": 0.03})
    pue, power = wq.LogNormal(p5=1.05, p95=1.6).sigma ** 2, wq.LogNormal(p5=0.4, p95=0.9).sigma ** 2
    fit = DEFAULT_LOG_SIGMA**2
    for name, left in (
        ("pue", power + fit + pue * 0.03**2 / (pue + 0.03**2)),
        ("power", pue + fit + power * 0.02**2 / (power + 0.02**2)),
        ("benchmark", pue + power + fit * 0.05**2 / (fit + 0.05**2)),
    ):
        sigma = math.sqrt(left)
        assert math.log(of(ds, name)) == pytest.approx(2.0 * ndtri(0.95) * sigma, rel=1e-9)
        # The mean is what it is, whatever a measurement says: ends are those of lognormals that have it.
        median = nested(R1)["energy_mean"].sel(credible=0.5).item()
        mean = median * math.exp(0.5 * (pue + power + fit))
        width = mean * math.exp(-0.5 * left) * 2.0 * math.sinh(ndtri(0.95) * sigma)
        before = np.diff(ds["interval_before"].values)[0]
        assert of(ds, name, "width_reduction") == pytest.approx(before - width, rel=1e-9)
    left = sum(s * e**2 / (s + e**2) for s, e in ((pue, 0.03), (power, 0.02), (fit, 0.05)))
    assert math.log(of(ds, "all")) == pytest.approx(2.0 * ndtri(0.95) * math.sqrt(left), rel=1e-9)
    np.testing.assert_allclose(ds["interval_before"], nested(R1)["energy_mean"].sel(credible=[0.05, 0.95]), rtol=1e-12)
    assert of(ds, "pue", "variance_share") == pytest.approx(pue / (pue + power + fit))
    assert ds["width_ratio_stderr"].sel(measurement="all").item() == 0.0
    assert ds.attrs["shared_draws_method"] == "closed form"


def test_a_sampled_answer_is_that_of_nested_and_an_exact_bill_is_a_known_site() -> None:
    case: dict[str, Any] = {"model": LLAMA, "pue": TRUNCATED}
    ds = worth_measuring(**case, measured_to={"pue": 1e-6})
    before = nested(**case)
    error = before["energy_mean_stderr"].sel(credible=[0.05, 0.95]).values
    apart = ds["interval_before"].values - before["energy_mean"].sel(credible=[0.05, 0.95]).values
    assert (np.abs(apart) < 4.0 * error).all()
    known = nested(LLAMA, pue=1.2)
    noise = np.sum(known["energy_mean_stderr"] / known["energy_mean"]).item()
    assert math.log(of(ds, "pue")) == pytest.approx(log_width(known), abs=4.0 * noise)
    # A Student's t: the energy has no mean, and the width of its logarithm is known all the same.
    assert math.isnan(of(ds, "benchmark", "width_reduction"))
    assert 0.0 < of(ds, "benchmark", "narrower") < of(ds, "power", "narrower")
    assert "no mean over it" in ds.attrs["notes"]
    assert 0.0 < of(ds, "pue", "width_ratio_stderr") < 0.05


def test_a_benchmark_of_a_fit_against_a_simulation() -> None:
    """At one length the throughput is all that is not known: a univariate t, below its cap."""
    case: dict[str, Any] = {"output_tokens": 300, "pue": 1.2, "power_utilization": wq.LogNormal(0.5, 0.6)}
    ds = worth_measuring(LLAMA, **case, shared_draws=2**11)
    (cell,) = run_of(LLAMA, **case).cells.values()
    model, at = cell.model, np.log([500.0, 300.0])
    t = np.random.default_rng(2).standard_t(model.degrees_of_freedom, 20_000)
    logs = np.minimum(model.log_rate(*at) + model.log_error(*at) * t, model.ln_maximum)
    ends = ends_after(-logs, case["power_utilization"].sigma, 0.05)
    every = ends[:, 1] - ends[:, 0]
    error = math.hypot(every.std() / math.sqrt(len(every)), 0.004 * every.mean())
    found, own = of(ds, "benchmark"), of(ds, "benchmark", "width_ratio_stderr")
    assert abs(math.log(found) - every.mean()) < 4.0 * math.hypot(error, own / found)
    assert every.mean() < 0.9 * math.log(ds["width_ratio_before"].item())


@pytest.mark.parametrize("level", [0.5, 0.99])
def test_the_ranking_does_not_hang_on_the_level(level: float) -> None:
    case: dict[str, Any] = {"model": R1, "pue": TRUNCATED, "levers": "model+serving"}
    ds = worth_measuring(**case, level=level, seed=3)
    usual = worth_measuring(**case)
    assert ds["measurement"].values.tolist() == usual["measurement"].values.tolist()
    assert ds["measurement"].values.tolist()[0] == "lever:model"
    assert ds["measurement"].values.tolist()[-2:] == ["lengths", "all"]
    assert (ds["width_ratio_before"].item() < usual["width_ratio_before"].item()) is (level < 0.9)


def test_of_lengths_nothing_is_said_that_nobody_stated() -> None:
    ds = worth_measuring(R1)
    assert math.isnan(of(ds, "lengths"))
    assert "length_uncertainty=0.2" in ds["unmeasured"].sel(measurement="lengths").item()
    fixed: dict[str, Any] = {"model": R1, "pue": 1.2, "power_utilization": 0.5, "throughput_fit": False}
    sure = worth_measuring(**fixed, length_uncertainty=0.2, measured_to={"lengths": 0.05})
    means = [
        wq.sweep(R1, method="exact", output_tokens=wq.Exponential(median=300 * x), input_tokens=500 * x)["energy_mean"]
        for x in (math.exp(-0.2), math.exp(0.2))
    ]
    elasticity = math.log(means[1].item() / means[0].item()) / 0.4
    assert of(sure, "lengths", "variance_share") == 1.0
    wide = 2.0 * ndtri(0.95) * elasticity
    assert math.log(sure["width_ratio_before"].item()) == pytest.approx(wide * 0.2, rel=1e-3)
    left = 0.2 * 0.05 / math.hypot(0.2, 0.05)
    assert math.log(of(sure, "lengths")) == pytest.approx(wide * left, rel=1e-3)
    shared = worth_measuring(**fixed, scopes={"output_tokens": "shared"}, measured_to={"lengths": 0.1})
    assert math.log(of(shared, "lengths")) < 0.25 * math.log(shared["width_ratio_before"].item())


def test_what_cannot_be_told_says_why() -> None:
    ds = worth_measuring(R1, measured_to={"pue": 0.5})
    assert "pue: an error of 0.5 adds little, as it is known to 0.13 already" in ds.attrs["notes"]
    assert 0.0 < of(ds, "pue", "narrower") < 0.01
    split = worth_measuring("Llama 3.1 70B", **LOADED, scopes={"load_model:run": "query"})
    assert math.isnan(of(split, "benchmark"))
    assert "drawn per query" in split["unmeasured"].sel(measurement="benchmark").item()
    assert of(split, "pue", "narrower") > 0.0


def test_the_median_has_the_same_ratio_where_all_is_lognormal() -> None:
    mean, median = (worth_measuring(R1, of=one) for one in ("mean", "median"))
    np.testing.assert_allclose(mean["width_ratio"], median["width_ratio"], rtol=1e-12)
    ends = nested(R1, quantiles=[0.5])["energy"].sel(quantile=0.5, credible=[0.05, 0.95])
    np.testing.assert_allclose(median["interval_before"], ends, rtol=1e-12)


def test_a_grid_says_nothing_of_cells_without_data() -> None:
    ds = worth_measuring(["Mistral Large", R1], pue=[1.2, TRUNCATED])
    assert ds["width_ratio"].dims == ("model", "pue", "measurement")
    assert ds["supported"].values.tolist() == [[False, False], [True, True]]
    assert ds["width_ratio"].sel(model="Mistral Large").isnull().all()
    # A PUE that is known already is measured for nothing.
    assert ds["narrower"].sel(model=R1, measurement="pue").values[0] == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"measured_to": {"pu": 0.1}}, "measured_to names 'pu', .* Did you mean 'pue'"),
        ({"measured_to": {"pue": 0}}, r"measured_to\['pue'\] must be .* from 1e-06 to 1, .* got 0:"),
        ({"measured_to": {"pue": -0.1}}, "from 1e-06 to 1, .* got -0.1"),
        ({"measured_to": {"pue": 2}}, "got 2: write 2 % as 0.02"),
        ({"measured_to": 0.02}, "measured_to must be a dict"),
        ({"length_uncertainty": 0}, "length_uncertainty must be above 0"),
        ({"length_uncertainty": 0.1, "scopes": {"output_tokens": "shared"}}, "says again"),
        ({"of": "max"}, "of must be one of 'mean', 'median'"),
        ({"pue": 1.2, "power_utilization": 0.5, "throughput_fit": False}, "Nothing that all queries share is unknown"),
    ],
)
def test_refusals(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(wq.InputError, match=message):
        worth_measuring(R1, **arguments)
