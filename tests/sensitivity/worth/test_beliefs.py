"""Expected intervals in closed form and by quadrature, against simulated measurements."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import wattquery as wq
from simulated_measurements import ends_after
from wattquery.sensitivity.worth.beliefs import Answer, LogProduct, Other, interval_after, interval_before
from wattquery.specs.factors import Factor
from wattquery.uncertainty.shared_draws import SharedDraws

ENDS = (0.05, 0.95)
OUTCOMES = SharedDraws(0, 256)
LAWS = {
    "lognormal": wq.LogNormal(p5=1.05, p95=1.6),
    "truncated": wq.Truncated(wq.Normal(mu=1.2, sigma=0.15), low=1.0),
    "uniform": wq.Uniform(1.1, 1.5),
    "empirical": wq.Empirical([1.1, 1.2, 1.2, 1.25, 1.5]),
}


def answer(law: Any, rest: float, sign: float = 1.0) -> Answer:
    """ln M = ln X + N(0, rest^2), about 0.5 Wh."""
    variances = {"rest": rest**2}
    if isinstance(law, wq.LogNormal):
        return Answer(np.log([0.5]) + law.mu, {**variances, "x": law.sigma**2})
    variates = SharedDraws(0, 512).uniform("x", 3)
    return Answer(np.log([0.5]), variances, others={"x": Other(LogProduct([Factor("x", law, sign)]), variates)})


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("error", [0.02, 0.1])
def test_after_a_measurement_against_a_simulation(law: str, error: float) -> None:
    known = answer(LAWS[law], 0.08)
    found = interval_after(known, {"x": error}, known.without({"x": error}), ENDS, OUTCOMES)
    logs = np.log(0.5 * LAWS[law].ppf((np.arange(10_000) + 0.5) / 10_000))
    ends = ends_after(logs, 0.08, error)
    widths, log_widths = np.exp(ends[:, 1]) - np.exp(ends[:, 0]), ends[:, 1] - ends[:, 0]
    for value, own, every in (
        (found.width, found.width_stderr, widths),
        (found.log_width, found.log_width_stderr, log_widths),
    ):
        # Weighed draws are a sample too: as many of them as are left make some 0.3 % of a width.
        stderr = math.hypot(own, every.std() / math.sqrt(len(every)), 0.003 * every.mean())
        assert abs(value - every.mean()) < 4.0 * stderr


def test_a_narrow_prior_gains_nothing_and_an_exact_measurement_takes_all() -> None:
    for law in LAWS.values():
        known = answer(law, 0.08)
        before = interval_before(known, ENDS)
        poor = interval_after(known, {"x": 1.0}, known.without({"x": 1.0}), ENDS, OUTCOMES)
        assert 0.95 * before.log_width < poor.log_width < 1.002 * before.log_width
        sure = interval_after(known, {"x": 1e-6}, known.without({"x": 1e-6}), ENDS, OUTCOMES)
        assert sure.log_width == pytest.approx(2.0 * 1.6448536 * 0.08, rel=1e-6)


def test_a_product_of_two_is_measured_as_one() -> None:
    both = [Factor("power_utilization", wq.Uniform(0.4, 0.9), 1.0), Factor("node_power", wq.LogNormal(8, 12), 1.0)]
    law = LogProduct(both)
    rng = np.random.default_rng(0)
    logs = np.log(rng.uniform(0.4, 0.9, 10**6)) + wq.LogNormal(8, 12).sigma * rng.standard_normal(10**6)
    assert law.variance == pytest.approx(logs.var(), rel=0.02)
    told = np.array([law.quantile(np.array([0.3]))[0]])
    low, middle, high = law.after(told, 0.02, np.array([0.05, 0.5, 0.95]))[0]
    assert high - low == pytest.approx(2.0 * 1.645 * 0.02, rel=0.03)
    assert middle == pytest.approx(told[0], abs=0.004)


def test_draws_that_are_weighed() -> None:
    """An answer that is its own measurement, known by draws alone, is then known to the error of that."""
    draws = SharedDraws(0, 2**12)
    seen = 0.3 * np.sqrt(2.0) * np.array([math.erf(u - 0.5) for u in draws.uniform("x", 3)]) * 3.0
    known = Answer(np.log(0.5) + seen, {"rest": 0.04**2}, seen={"x": seen}, drawn_variance=float(seen.var()))
    found = interval_after(known, {"x": 0.03}, known.variances, ENDS, OUTCOMES)
    assert found.log_width == pytest.approx(2.0 * 1.645 * 0.05, rel=0.05)
    few = interval_after(known, {"x": 1e-5}, known.variances, ENDS, OUTCOMES)
    assert math.isinf(few.log_width_stderr)
