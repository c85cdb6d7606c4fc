"""Both forms of the empirical distribution."""

from __future__ import annotations

import math
import sys

import numpy as np
import pytest

from wattquery.errors import InputError, InputTypeError
from wattquery.specs import Empirical

SAMPLE = [3.0, 1.0, 2.0, 2.0, 7.0]
TABLE = {"probabilities": [0, 0.25, 0.5, 1], "values": [10, 20, 20, 60]}


def test_sample_quantiles_are_the_inverted_cdf() -> None:
    p = np.linspace(0, 1, 1001)
    naive = [min(x for x in SAMPLE if sum(one <= x for one in SAMPLE) / 5 >= q) for q in p]
    assert Empirical(SAMPLE).ppf(p).tolist() == naive


@pytest.mark.parametrize("n", [3, 7, 10, 49, 1000])
def test_sample_quantile_at_k_over_n_is_the_kth_value(n: int) -> None:
    sample = Empirical(np.arange(1, n + 1))
    k = np.arange(1, n + 1)
    assert (sample.ppf(k / n) == k).all()
    assert (sample.cdf(k) == k / n).all()


def test_sample_probabilities_mean_support_and_atoms() -> None:
    sample = Empirical(samples=SAMPLE)
    assert sample.cdf([0.9, 1, 2, 6.9, 7]).tolist() == [0, 0.2, 0.6, 0.8, 1]
    assert sample.mean() == np.mean(SAMPLE)
    assert sample.support() == (1, 7)
    assert sample.knots() == ()
    values, weights = sample.atoms()
    assert values.tolist() == [1, 2, 3, 7]
    assert weights.tolist() == [0.2, 0.4, 0.2, 0.2]


def test_table_is_linear_between_its_points() -> None:
    table = Empirical(**TABLE)
    assert table.ppf([0, 0.125, 0.25, 0.3, 0.5, 0.75, 1]).tolist() == [10, 15, 20, 20, 20, 40, 60]
    assert table.cdf([9, 10, 15, 19.999999, 20, 40, 60, 61]) == pytest.approx(
        [0, 0, 0.125, 0.25, 0.5, 0.75, 1, 1], abs=1e-7
    )
    assert table.mean() == pytest.approx(0.25 * 15 + 0.25 * 20 + 0.5 * 40, rel=1e-15)
    assert table.support() == (10, 60)
    assert table.knots() == (0.25, 0.5)
    assert table.atoms() is None


def test_table_keeps_the_digits_of_its_lower_tail() -> None:
    table = Empirical(probabilities=[0, 0.5, 1], values=[0, 1, 2])
    assert float(table.ppf(1e-13)) == pytest.approx(2e-13, rel=1e-15, abs=0)
    assert float(table.cdf(2e-13)) == pytest.approx(1e-13, rel=1e-15, abs=0)


def test_order_and_container_of_a_sample_do_not_matter() -> None:
    made = [
        Empirical(SAMPLE),
        Empirical(sorted(SAMPLE)),
        Empirical(np.array(SAMPLE)),
        Empirical(tuple(SAMPLE)),
    ]
    assert len(set(made)) == 1
    assert len({one.label for one in made}) == 1
    assert made[2].samples == (1.0, 2.0, 2.0, 3.0, 7.0)
    assert all(type(x) is float for x in made[2].samples)
    assert Empirical([0.0]).label == Empirical([-0.0]).label == Empirical(np.array([-0.0])).label


def test_label_is_short_and_tells_contents_apart() -> None:
    label = Empirical(list(range(1000))).label
    assert label == repr(Empirical(list(range(1000)))) == str(Empirical(np.arange(1000)))
    assert label.startswith("Empirical(n=1000, sha=")
    assert len(label) == len("Empirical(n=1000, sha=1a2b3c4d)")
    assert label != Empirical([*range(999), 1000]).label
    table = Empirical(probabilities=[0, 1], values=[0, 1])
    assert table.label != Empirical(samples=[0, 1]).label
    assert table.label != Empirical(probabilities=[0, 1], values=[0, 2]).label


def test_label_is_the_same_on_every_machine() -> None:
    assert sys.byteorder in ("little", "big")  # the hash is over little-endian bytes on both
    assert Empirical([1, 2, 3]).label == "Empirical(n=3, sha=bb79aaf6)"


@pytest.mark.parametrize(
    ("arguments", "error", "parts"),
    [
        ({}, InputError, ["nothing", "samples alone", "one of these two forms"]),
        ({"samples": [1], "values": [1]}, InputError, ["samples and values", "samples alone"]),
        ({"probabilities": [0, 1]}, InputError, ["probabilities", "values together"]),
        ({"samples": []}, InputError, ["samples must", "got []", "at least one"]),
        ({"samples": [1, math.nan]}, InputError, ["samples[1] must be a finite number, got nan", "finite"]),
        ({"samples": np.array([1, math.inf])}, InputError, ["samples[1] must be a finite number, got inf", "finite"]),
        ({"samples": [1, True]}, InputTypeError, ["samples[1] must be", "got True", "finite number"]),
        ({"samples": np.array([True])}, InputTypeError, ["samples[0]", "finite number"]),
        ({"samples": [1, "2"]}, InputTypeError, ["samples[1] must be", "got '2'", "without quotes"]),
        ({"samples": "123"}, InputTypeError, ["'123'", "1-D array", "list("]),
        ({"samples": {1, 2}}, InputTypeError, ["{1, 2}", "list"]),
        ({"samples": [[1, 2], [3, 4]]}, InputTypeError, ["[[1, 2], [3, 4]]", "1-D array"]),
        ({"samples": np.ones((2, 2))}, InputTypeError, ["1-D array"]),
        ({"probabilities": [0, 1], "values": [1, 2, 3]}, InputError, ["2 probabilities", "3 values"]),
        ({"probabilities": [0], "values": [1]}, InputError, ["1 probabilities", "at least 2"]),
        ({"probabilities": [0.1, 1], "values": [1, 2]}, InputError, ["[0.1, 1.0]", "from 0 to 1"]),
        ({"probabilities": [0, 0.9], "values": [1, 2]}, InputError, ["[0.0, 0.9]", "from 0 to 1"]),
        ({"probabilities": [0, 0, 1], "values": [1, 2, 3]}, InputError, ["strictly", "sort"]),
        ({"probabilities": [0, 0.5, 1], "values": [1, 3, 2]}, InputError, ["from 3.0 to 2.0", "Sort"]),
    ],
)
def test_refusals_say_what_must_be_and_what_was_given(arguments: dict, error: type, parts: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        Empirical(**arguments)
    assert type(caught.value) is error
    for part in ["Empirical", *parts]:
        assert part in str(caught.value)
