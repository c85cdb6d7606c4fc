"""Fits: parameters that made the rows are found again, and rows that ship are fitted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from load_rows import rows
from wattquery.errors import InputError
from wattquery.throughput.load.conditions import Conditions
from wattquery.throughput.load.equations import LoadEquations
from wattquery.throughput.load.fitting.fit import fit_parameters
from wattquery.throughput.load.fitting.selection import left_out
from wattquery.throughput.load.observations import QUANTITIES
from wattquery.throughput.load.parameters import Layout
from wattquery.throughput.load.shipped_rows import shipped_observations


def planted():
    """Return rows that a vector of parameters makes without noise, with that vector."""
    generator = np.random.default_rng(3)
    names = ["llama-3.1-70b", "llama-3.1-8b", "qwen3-32b", "qwen3-235b-a22b"]
    count = 240
    table = rows(
        architecture=[names[i] for i in generator.integers(0, 4, count)],
        hardware=[["H100 SXM", "B200"][i] for i in generator.integers(0, 2, count)],
        accelerators=8.0,
        concurrency=list(2.0 ** generator.integers(0, 9, count)),
        input_tokens=list(100.0 * 2.0 ** generator.integers(0, 7, count)),
        output_tokens=list(100.0 * 2.0 ** generator.integers(0, 5, count)),
    )
    at = Conditions.of(table)
    layout = Layout.of(at)
    _, sd = layout.prior
    truth = layout.vector({}) + 0.5 * sd * generator.normal(size=len(sd))
    rates = LoadEquations(layout, at).rates(truth)
    latencies = ("tpot_s", "ttft_s", "output_tps_per_accelerator")
    return replace(table, **{name: np.exp(rates.of(name)) for name in latencies}), layout, truth


def test_predictions_that_made_the_rows_are_found_again():
    table, layout, truth = planted()
    at = Conditions.of(table)
    found = fit_parameters(table, steps=40)
    assert found.layout.names == layout.names
    for name in ("tpot_s", "ttft_s"):
        errors = np.abs(found.rates(at).of(name) - np.log(table.measured(name)))
        before = np.abs(found.rates(at, layout.vector({})).of(name) - np.log(table.measured(name)))
        assert np.median(errors) < 0.03
        assert np.median(before) > 0.1  # the prior alone is far from it
    z = (found.vector - truth) / np.sqrt(np.diag(found.covariance))
    assert np.sqrt(np.mean(z**2)) < 1.5


def test_a_fit_that_starts_where_another_ended_stays():
    table, _, _ = planted()
    one = fit_parameters(table, steps=40)
    again = fit_parameters(table.take(np.arange(len(table)) > 2), start=one.numbers(), steps=2)
    sd = np.sqrt(np.diag(one.covariance))
    assert (np.abs(again.vector - one.vector) < sd).all()


@pytest.mark.slow
def test_rows_that_ship():
    """Typical errors of the fit itself, as a guard: predictive ones are those of the validation."""
    table = shipped_observations()
    # Of pools that decode apart little is told, and the rest shall not hide behind them.
    used = (left_out(table, Conditions.of(table)) == "") & ~table.disaggregated
    table = table.take(used)
    found = fit_parameters(table)
    rates = found.rates(Conditions.of(table))
    errors = {name: np.abs(rates.of(name) - np.log(table.measured(name))) for name in QUANTITIES}
    typical = {name: float(np.nanmedian(error)) for name, error in errors.items()}
    assert typical["tpot_s"] < 0.12
    assert typical["ttft_s"] < 0.28
    assert typical["output_tps_per_accelerator"] < 0.12
    assert typical["power_w_per_accelerator"] < 0.1
    assert typical["joules_per_output_token"] < 0.1


def test_draws_differ_by_about_the_errors_of_the_fit():
    table, _, _ = planted()
    table = replace(table, tpot_s=table.tpot_s * np.exp(0.1 * np.random.default_rng(0).normal(size=len(table))))
    one = fit_parameters(table)
    drawn = [
        fit_parameters(table, start=one.numbers(), generator=np.random.default_rng(seed)).vector for seed in range(3)
    ]
    z = (np.array(drawn) - one.vector) / np.sqrt(np.diag(one.covariance))
    # From prior means that lie where the prior might, and from architectures that weigh more or less.
    assert 0.5 < np.sqrt(np.mean(z**2)) < 1.5
    again = fit_parameters(table, start=one.numbers(), generator=np.random.default_rng(0)).vector
    np.testing.assert_array_equal(again, drawn[0])


def test_without_usable_rows_there_is_no_fit():
    with pytest.raises(InputError, match="none of the 2 rows can be used"):
        fit_parameters(rows(hardware=["abacus", "abacus"], concurrency=8.0))
