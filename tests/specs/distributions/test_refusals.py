"""What distributions refuse, what they make of numbers, and how they are written and read."""

from __future__ import annotations

import math
import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest

from wattquery.errors import InputError, InputTypeError
from wattquery.specs import (
    Distribution,
    Empirical,
    Exponential,
    Fixed,
    LogNormal,
    Normal,
    Triangular,
    Truncated,
    Uniform,
    as_distribution,
)


@pytest.mark.parametrize(
    ("kind", "arguments", "parts"),
    [
        (
            LogNormal,
            {"p5": 1.6, "p95": 1.05},
            ["p5=1.6, p95=1.05", "0 < p5 < p95", "LogNormal(p5=1.05, p95=1.6)"],
        ),
        (LogNormal, {"p5": 1, "p95": 1}, ["0 < p5 < p95", "Fixed"]),
        (LogNormal, {"p5": 0, "p95": 1}, ["p5=0, p95=1", "0 < p5 < p95"]),
        (LogNormal, {"p5": -1, "p95": 1}, ["p5=-1", "Normal"]),
        (LogNormal, {"p5": 1, "p95": 1e300}, ["1e+300", "too large", "1e-30 to 1e+30"]),
        (Exponential, {"median": 0}, ["median=0", "above 0", "Fixed"]),
        (Exponential, {"median": -3}, ["median=-3", "above 0"]),
        (Uniform, {"low": 2, "high": 1}, ["low=2, high=1", "low < high", "Uniform(low=1, high=2)"]),
        (Uniform, {"low": 1, "high": 1}, ["low < high", "Fixed(1)"]),
        (Triangular, {"low": 1, "mode": 0, "high": 2}, ["mode=0", "low <= mode <= high", "order"]),
        (Triangular, {"low": 1, "mode": 3, "high": 2}, ["mode=3", "low <= mode <= high"]),
        (Triangular, {"low": 1, "mode": 1, "high": 1}, ["low < high", "Fixed"]),
        (Normal, {"mu": 1, "sigma": 0}, ["sigma=0", "above 0", "Fixed(1)"]),
        (Normal, {"mu": 1, "sigma": -1}, ["sigma=-1", "above 0"]),
    ],
)
def test_wrong_values_are_named_with_what_is_allowed(kind: type, arguments: dict, parts: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        kind(**arguments)
    assert type(caught.value) is InputError
    for part in [kind.__name__, *parts]:
        assert part in str(caught.value)


GOOD = [
    (Fixed, {"value": 1}),
    (LogNormal, {"p5": 1, "p95": 2}),
    (Exponential, {"median": 3}),
    (Uniform, {"low": 1, "high": 2}),
    (Triangular, {"low": 1, "mode": 2, "high": 3}),
    (Normal, {"mu": 1, "sigma": 2}),
]
FIELDS = [pytest.param(kind, good, name, id=f"{kind.__name__}-{name}") for kind, good in GOOD for name in good]


@pytest.mark.parametrize(("kind", "good", "name"), FIELDS)
@pytest.mark.parametrize(
    ("bad", "error"),
    [
        (math.nan, InputError),
        (-math.inf, InputError),
        (np.float32("inf"), InputError),
        (10**400, InputError),
        (True, InputTypeError),
        (np.True_, InputTypeError),
        ("1", InputTypeError),
        (None, InputTypeError),
        ([1], InputTypeError),
        (1j, InputTypeError),
        (np.timedelta64(1, "s"), InputTypeError),
    ],
)
def test_only_finite_numbers_are_numbers(kind: type, good: dict, name: str, bad: object, error: type) -> None:
    with pytest.raises(InputError, match=f"{kind.__name__}: {name} must be a finite number, .*got ") as caught:
        kind(**{**good, name: bad})
    assert type(caught.value) is error


@pytest.mark.parametrize(("kind", "good"), GOOD)
@pytest.mark.parametrize("cast", [float, np.int64, np.float64, np.float32, Fraction])
def test_numbers_of_any_library_make_the_same_distribution(kind: type, good: dict, cast: type) -> None:
    one, other = kind(**good), kind(**{name: cast(value) for name, value in good.items()})
    assert one == other
    assert hash(one) == hash(other)
    assert repr(one) == repr(other)
    assert one.label == other.label
    assert all(type(getattr(other, name)) is float for name in good)


@pytest.mark.parametrize(
    ("one", "label"),
    [
        (Fixed(1.1), "1.1"),
        (Fixed(500), "500"),
        (Fixed(-0.0), "0"),
        (Fixed(1e30), "1e+30"),
        (LogNormal(1.05, 1.6), "LogNormal(p5=1.05, p95=1.6)"),
        (Exponential(300.0), "Exponential(median=300)"),
        (Uniform(0, 0.1), "Uniform(low=0, high=0.1)"),
        (Triangular(1, 2, 3), "Triangular(low=1, mode=2, high=3)"),
        (Normal(1.2, 0.1), "Normal(mu=1.2, sigma=0.1)"),
        (Truncated(Normal(1.2, 0.1), low=1), "Truncated(Normal(mu=1.2, sigma=0.1), low=1)"),
        (Truncated(Fixed(1), high=2.5), "Truncated(1, high=2.5)"),
    ],
)
def test_labels_are_golden(one: Distribution, label: str) -> None:
    assert one.label == str(one) == f"{one}" == label


def test_dicts_are_golden() -> None:
    pue = LogNormal(p5=1.05, p95=1.6)
    assert pue.to_dict() == {"distribution": "LogNormal", "p5": 1.05, "p95": 1.6}
    assert Truncated(pue, low=1).to_dict() == {"distribution": "Truncated", "of": pue.to_dict(), "low": 1}
    assert Empirical([2, 1]).to_dict() == {"distribution": "Empirical", "samples": [1, 2]}


@pytest.mark.parametrize(
    ("kind", "entries", "error", "parts"),
    [
        (
            Distribution,
            {"distribution": "Lognormal", "p5": 1, "p95": 2},
            InputError,
            ["Did you mean 'LogNormal'?"],
        ),
        (
            Distribution,
            {"distribution": "Weibull"},
            InputError,
            ["got 'distribution': 'Weibull'", "one of", "'LogNormal'"],
        ),
        (Distribution, {"distribution": 3}, InputError, ["got 'distribution': 3", "one of"]),
        (Distribution, {"p5": 1, "p95": 2}, InputError, ["no 'distribution'", "one of"]),
        (Distribution, [1], InputTypeError, ["[1]", "must be a dict"]),
        (
            LogNormal,
            {"distribution": "Normal", "mu": 1, "sigma": 2},
            InputError,
            ["'Normal'", "one of 'LogNormal'"],
        ),
        (
            Distribution,
            {"distribution": "LogNormal", "p5": 1, "p59": 2},
            InputError,
            ["'p59'", "Did you mean"],
        ),
        (Distribution, {"distribution": "LogNormal", "p5": 1}, InputError, ["without 'p95'", "Add 'p95'"]),
        (Distribution, {"distribution": "Truncated", "low": 1}, InputError, ["without 'of'"]),
        (
            Distribution,
            {"distribution": "LogNormal", "p5": "1", "p95": 2},
            InputTypeError,
            ["p5 must be a finite number, got '1'"],
        ),
    ],
)
def test_refused_dicts(kind: type[Distribution], entries: object, error: type, parts: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        kind.from_dict(entries)
    assert type(caught.value) is error
    for part in parts:
        assert part in str(caught.value)


def test_numbers_dicts_and_distributions_convert() -> None:
    pue = LogNormal(p5=1.05, p95=1.6)
    assert as_distribution(1.1, "pue") == as_distribution(np.float64(1.1), "pue") == Fixed(1.1)
    assert as_distribution(pue, "pue") is pue
    assert as_distribution(pue.to_dict(), "pue") == pue


@pytest.mark.parametrize("bad", ["1.1", True, None, [1.1], {"p5": 1, "p95": 2}, np.array([1.0])])
def test_other_kinds_do_not_convert(bad: object) -> None:
    with pytest.raises(InputTypeError, match=r"^pue must be a finite number, a distribution .* got .*LogNormal\(p5="):
        as_distribution(bad, "pue")


def test_conversion_errors_name_the_argument() -> None:
    with pytest.raises(InputError, match=r"^pue must be a finite number, got nan"):
        as_distribution(math.nan, "pue")
    with pytest.raises(InputError, match=r"^pue: .*Weibull"):
        as_distribution({"distribution": "Weibull"}, "pue")
    with pytest.raises(InputTypeError, match=r"^pue: LogNormal: p5 must be a finite number, got None"):
        as_distribution({"distribution": "LogNormal", "p5": None, "p95": 2}, "pue")


def test_distributions_are_frozen() -> None:
    with pytest.raises(AttributeError):
        Fixed(1).value = 2


def test_slow_libraries_are_not_imported() -> None:
    slow = ("numba", "xarray", "scipy.stats", "scipy.integrate")
    code = f"import sys, wattquery.specs; print([name for name in {slow} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
