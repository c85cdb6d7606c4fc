"""Levers by name: factors are those of the table, and names stand for them under a load."""

from __future__ import annotations

import numpy as np
import pytest

import wattquery as wq
from one_sentence import is_one_sentence
from wattquery import catalog
from wattquery.sweeps.measured_levers import known_levers

UNDER_LOAD = {"hardware": "MI355X", "precision": "FP8", "concurrency": [4, 64], "method": "exact"}


def test_factors_are_those_of_the_table() -> None:
    places = {"multi_token_prediction": "MI355X", "fp4_from_fp8": "MI355X", "fp8_from_bf16": "B200"}
    for lever, hardware in places.items():
        made = wq.measured_lever(lever, hardware=hardware)
        rows = catalog.levers().query("lever == @lever and hardware == @hardware")
        assert len(rows) > 3
        for row in rows.itertuples():
            at = made.by_concurrency.at(row.concurrency) if row.quantity == "energy" else made.time_at(row.concurrency)
            assert float(at.ppf(0.5)) == pytest.approx(row.ratio ** (-1 if row.quantity == "energy" else 1), rel=2e-3)
            assert at.sigma == pytest.approx(row.log_sd, rel=1e-2)


def test_names_stand_for_them_under_a_load() -> None:
    assert set(known_levers()) == {"multi_token_prediction", "fp4_from_fp8"}
    name = "multi_token_prediction"
    both = [wq.sweep("DeepSeek-R1", **UNDER_LOAD, levers=one) for one in (name, wq.measured_lever(name))]
    np.testing.assert_array_equal(*(one["energy"].values for one in both))
    assert "measured on MI355X with DeepSeek-V3 / R1 / V3.1, 5 pairs of runs" in both[0].attrs["load_notes"]
    with pytest.raises(wq.InputError, match="depends on the load where none is stated, got 'multi_token_prediction'"):
        wq.sweep("DeepSeek-R1", levers=name)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"name": "multi_token_predict"}, "must be one of 'multi_token_prediction'"),
        ({"name": "larger_batch", "hardware": "H100 SXM"}, "choose one of these by hardware= and model_class="),
        ({"name": "fp4_from_fp8", "hardware": "H100 SXM"}, "was measured with its energy on 'MI355X \\(MoE\\)'"),
        ({"name": "fp8_from_bf16", "hardware": "H100 SXM"}, "saves nowhere"),
    ],
)
def test_what_was_not_measured_is_refused(asked: dict[str, str], said: str) -> None:
    with pytest.raises(wq.InputError, match=said) as caught:
        wq.measured_lever(**asked)
    assert is_one_sentence(str(caught.value))
