"""Which sums of the three outputs are measured, and which of them say something new."""

from __future__ import annotations

import numpy as np
import pytest

from residual_tables import of_quantities, places
from wattquery.throughput.load.observations import QUANTITIES
from wattquery.throughput.load.residuals.places import Places, quantity_weights, telling

TPOT, TTFT, SPEED, POWER, JOULES = range(5)


def test_weights_make_the_five_quantities():
    share = np.array([0.2, 0.8, 1.0])
    outputs = np.random.default_rng(0).normal(size=(3, 3))
    found = np.einsum("rqa,ra->rq", quantity_weights(share), outputs)
    expected = [of_quantities(*pair) for pair in zip(outputs, share, strict=True)]
    np.testing.assert_allclose(found, expected, rtol=1e-14)
    assert QUANTITIES == (
        "tpot_s",
        "ttft_s",
        "output_tps_per_accelerator",
        "power_w_per_accelerator",
        "joules_per_output_token",
    )


def test_an_unknown_decode_share_is_one():
    np.testing.assert_array_equal(quantity_weights(np.array([np.nan])), quantity_weights(np.array([1.0])))


@pytest.mark.parametrize(
    ("share", "measured", "kept"),
    [
        (1.0, {TPOT, SPEED}, {TPOT}),
        (0.97, {TPOT, TTFT, SPEED}, {TPOT, TTFT}),
        (0.97, {TPOT, SPEED}, {TPOT}),
        (0.4, {TPOT, SPEED}, {TPOT, SPEED}),
        (1.0, {SPEED, POWER, JOULES}, {SPEED, POWER}),
        (1.0, {POWER, JOULES}, {POWER, JOULES}),
        (1.0, {SPEED, JOULES}, {SPEED, JOULES}),
        (1.0, {TPOT, JOULES}, {TPOT, JOULES}),
        (1.0, {TPOT, SPEED, JOULES, POWER}, {TPOT, POWER}),
        (0.5, {JOULES}, {JOULES}),
        (0.5, {TPOT, TTFT, SPEED, POWER, JOULES}, {TPOT, TTFT, POWER}),
        (0.5, set(), set()),
    ],
)
def test_what_follows_from_the_rest_of_a_row_is_left_out(share, measured, kept):
    row = places(1)
    residuals = np.full((1, 5), np.nan)
    residuals[0, list(measured)] = 0.1 * (1 + np.array(sorted(measured)))
    found = telling(Places(**{**vars(row), "decode_share": np.array([share])}), residuals)
    weights = quantity_weights(np.array([share]))[0]
    np.testing.assert_allclose(found.weights, weights[sorted(kept)])
    np.testing.assert_allclose(found.values, residuals[0, sorted(kept)])


def test_rows_are_counted_anew_among_those_that_are_taken():
    table = places(5)
    residuals = np.full((5, 5), np.nan)
    residuals[[1, 3, 4], TPOT] = [1.0, 3.0, 4.0]
    found = telling(table, residuals)
    np.testing.assert_array_equal(found.rows, [1, 3, 4])
    part = found.of(np.array([False, False, True, True, True]))
    np.testing.assert_array_equal(part.rows, [1, 2])
    np.testing.assert_array_equal(part.values, [3.0, 4.0])


def test_joined_rows_are_those_of_all_parts():
    table = places(6)
    again = Places.joined([table.take(np.arange(2)), table.take(np.arange(2, 6))])
    for name, value in vars(table).items():
        np.testing.assert_array_equal(getattr(again, name), value)
