"""Physical ranges on whole distributions, magnitudes, and what is passed as unchecked."""

from __future__ import annotations

import copy
import pickle
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

import wattquery as wq
from wattquery.errors import InputError, InputTypeError
from wattquery.specs import Distribution, Empirical, Fixed, LogNormal, Normal, Truncated, Uniform, as_distribution
from wattquery.specs.expressions import parse_expression
from wattquery.specs.ranges import outside, ranged, ranged_number
from wattquery.specs.scalars import finite


@pytest.mark.parametrize(
    ("distribution", "below", "above", "atom"),
    [
        (Fixed(1), 0.0, 0.0, None),
        (Fixed(0.9), 1.0, 0.0, 0.9),
        (Fixed(12), 0.0, 1.0, 12.0),
        (Uniform(0.9, 1.9), 0.1, 0.0, None),
        (Uniform(3, 5), 0.0, 0.5, None),
        (Empirical([0.5, 1, 4, 5]), 0.25, 0.25, 0.5),
        (Empirical(probabilities=[0, 0.04, 1], values=[0.6, 1, 2]), 0.04, 0.0, None),
        (Empirical(probabilities=[0, 0.02, 0.04, 1], values=[0.9, 0.9, 1, 2]), 0.04, 0.0, 0.9),
        (Truncated(Empirical(probabilities=[0, 0.02, 0.04, 1], values=[0.9, 0.9, 1, 2]), low=1), 0.0, 0.0, None),
        (Truncated(Normal(1.2, 0.1), low=1), 0.0, 0.0, None),
    ],
)
def test_what_lies_outside_is_counted_on_the_whole_distribution(distribution, below, above, atom):
    found = outside("pue", distribution)
    assert (found.below, found.above) == pytest.approx((below, above), abs=1e-12)
    assert found.atom == atom


@pytest.mark.parametrize(("share", "is_refused"), [(0.0499, False), (0.0501, True)])
def test_five_percent_is_the_limit(share, is_refused):
    assert outside("pue", Uniform(1 - share, 2 - share)).is_refused == is_refused


def test_an_atom_is_refused_however_rare():
    samples = [*np.linspace(1.1, 1.5, 999), 13.0]
    with pytest.raises(InputError, match=r"pue must be within 1 to 4, got Empirical.* with the value 13\."):
        ranged("pue", Empirical(samples))


@pytest.mark.parametrize(
    "number",
    [1e31, -1e31, 1e308, 1e-31, -1e-31, 5e-324, 2.0**-1074, 10**400, 10**5000, -(10**400), Fraction(1, 10**400),
     Fraction(10**400, 3), np.float64(1e40), np.float32(1e38), np.longdouble(1e40), float("inf"), float("nan")],
    ids=lambda number: f"{type(number).__name__}",
)  # fmt: skip
def test_magnitudes_are_bounded(number):
    with pytest.raises(InputError) as caught:
        finite(number, "pue")
    assert str(caught.value).startswith("pue must be ")
    assert len(str(caught.value)) < 250
    with pytest.raises(InputError):
        as_distribution(number, "pue")


@pytest.mark.parametrize("number", [0, -0.0, 1e30, 1e-30, -1e30, Fraction(1, 3), np.float32(1.5), 10**30])
def test_magnitudes_within_the_bound_pass(number):
    assert finite(number, "x") == float(number)


def test_decimals_are_no_numbers_here():
    with pytest.raises(InputTypeError, match="x must be a finite number, got Decimal"):
        finite(Decimal("1e40"), "x")


@pytest.mark.parametrize(
    "wide",
    [LogNormal(1e-3, 1e25), wq.Exponential(1e29), LogNormal(1e-29, 1e29)],
)
def test_what_draws_reach_is_bounded_too(wide):
    with pytest.raises(InputError, match=r"x must stay within magnitudes up to 1e\+30, got .* reaches"):
        as_distribution(wide, "x")
    assert as_distribution(Truncated(wide, low=1, high=2), "x").support() == (1.0, 2.0)


def test_what_draws_reach_towards_zero_is_bounded():
    with pytest.raises(InputError, match=r"input_tokens must have a magnitude from 1e-30, got .* can be as low as"):
        ranged("input_tokens", Truncated(LogNormal(1e-20, 1), high=10))


@pytest.mark.parametrize("distribution", [LogNormal(0.5, 0.9), Fixed(12), Empirical([12, 13]), Uniform(5, 6)])
def test_unchecked_passes_and_stays_what_it_is(distribution):
    with pytest.raises(InputError, match="pue must be within 1 to 4"):
        ranged("pue", distribution)
    meant = wq.unchecked(distribution)
    assert not distribution.outside_range
    assert meant == distribution
    assert meant.label == distribution.label
    for twin in (
        meant,
        copy.deepcopy(meant),
        pickle.loads(pickle.dumps(meant)),
        Distribution.from_dict(meant.to_dict()),
    ):
        assert ranged("pue", twin) == distribution
    assert ranged("pue", meant.to_dict()) == distribution


def test_unchecked_as_text_and_in_dicts():
    assert ranged("pue", parse_expression("wq.unchecked(LogNormal(0.5, 0.9))")) == LogNormal(0.5, 0.9)
    assert ranged_number("prefill_weight", {"distribution": "Fixed", "value": 30, "outside_range": "allow"}) == 30
    with pytest.raises(InputError, match="outside_range must be 'allow', got 'yes'"):
        Distribution.from_dict({"distribution": "Fixed", "value": 30, "outside_range": "yes"})
    with pytest.raises(InputTypeError, match=r"unchecked must be a finite number, .*got '3'"):
        wq.unchecked("3")
    assert "outside_range" not in Fixed(30).to_dict()


def test_unchecked_lifts_no_bound_and_no_sign():
    with pytest.raises(InputError, match="too large"):
        wq.unchecked(1e40)
    with pytest.raises(InputError, match="pue must be above 0, got -1"):
        ranged("pue", wq.unchecked(-1))
    with pytest.raises(InputError, match="queries_per_day must be above 0"):
        ranged_number("queries_per_day", wq.unchecked(0))
    with pytest.raises(InputError, match="prefill_weight must be 0 or more"):
        ranged_number("prefill_weight", wq.unchecked(-1))


def test_levers_and_steps_may_be_below_1_but_not_mostly():
    assert wq.Lever("a", Uniform(0.5, 2)).distribution == Uniform(0.5, 2)
    assert wq.Step("a", LogNormal(0.9, 1.3)).factor == LogNormal(0.9, 1.3)
    for made in (wq.Lever, wq.Step):
        with pytest.raises(InputError, match=r"within 1 to .* for all but 50 %"):
            made("a", LogNormal(0.5, 0.9))


@pytest.mark.parametrize("width", [0.1, 0.2, 0.4, 0.7, 1.0, 1.3, 2.0])
def test_five_percent_outside_are_within_whatever_the_rounding(width):
    assert not outside("pue", Uniform(1.0 - 0.05 * width, 1.0 + 0.95 * width)).is_refused
    assert not outside("power_utilization", Uniform(1.0 - 0.95 * min(width, 1), 1.0 + 0.05 * min(width, 1))).is_refused
    assert outside("pue", Uniform(1.0 - 0.0501 * width, 1.0 + 0.95 * width)).is_refused


def test_a_carbon_intensity_in_kilograms_is_refused_and_none_is_not():
    assert ranged_number("carbon_intensity", 0) == 0.0
    assert ranged_number("carbon_intensity", 4) == 4.0
    with pytest.raises(InputError, match=r"must be within 0, or 1 to 3000 gCO2e/kWh, got 0\.4"):
        ranged_number("carbon_intensity", 0.4)
    with pytest.raises(InputError, match="must be 0 or more, within 0, or 1 to 3000"):
        ranged_number("carbon_intensity", -1)
