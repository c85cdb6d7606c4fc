"""BF16 and FP16 are one precision, whichever label measured rows carry."""

from __future__ import annotations

import numpy as np

from load_deployments import cases
from wattquery.throughput.load.deployments import load_table
from wattquery.throughput.load.deployments.instances import InstanceRows


def test_both_have_the_same_energy_rates_and_support():
    """Where vLLM was measured in BF16, TensorRT-LLM in FP16, and neither of a model that was measured in both."""
    table = load_table(
        cases(
            "llama-3.1-70b llama-2-70b qwen3-8b",
            "H100 SXM, A100 SXM 80GB",
            precision=("BF16", "FP16"),
            serving=("vLLM", "TensorRT-LLM"),
            accelerators=(4, 8),
            loads=(0.1, 1.0),
        )
    )
    shape = (3, 2, 2, 2, 2, 2)
    for values in (table.units, table.sigma, table.shift, table.throughput, table.power, table.time_to_first_token):
        both = values.reshape(*values.shape[:-1], *shape)
        np.testing.assert_array_equal(both[..., 0, :, :], both[..., 1, :, :])
    for words in (table.support, table.support_basis):
        both = words.reshape(shape)
        assert (both[..., 0, :, :] == both[..., 1, :, :]).all()
    assert set(table.precision.reshape(shape)[..., 0, :, :].ravel()) == {"BF16"}
    assert set(table.precision.reshape(shape)[..., 1, :, :].ravel()) == {"FP16"}


def test_they_share_all_effects_so_that_their_ratio_is_1():
    table = load_table(cases(precision=("BF16", "FP16")))
    assert table.effects(0, 1) == table.effects(1, 1)


def test_rows_of_the_other_label_count():
    """Llama 3.1 70B on A100 was measured in FP16 alone, on H100 in both: then those of BF16 count."""
    asked = cases(hardware="A100 SXM 80GB, H100 SXM", precision=("BF16",), serving=("TensorRT-LLM",))
    assert list(InstanceRows.of(asked).rows.precision) == ["FP16", "BF16"]
    assert any("rows of either count for both" in note for note in load_table(asked).notes)


def test_other_precisions_stay():
    instances = InstanceRows.of(cases(precision=("FP8", "BF16", "FP4")))
    assert list(instances.rows.precision) == list(instances.precision) == ["FP8", "BF16", "FP4"]
    assert not any("BF16 and FP16" in note for note in load_table(cases()).notes)
