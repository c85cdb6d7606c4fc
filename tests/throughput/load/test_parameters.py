"""Vectors of parameters, and their values for rows."""

from __future__ import annotations

import numpy as np
import pytest

from load_rows import rows
from wattquery.throughput.load.conditions import Conditions
from wattquery.throughput.load.parameter_table import parameter_table
from wattquery.throughput.load.parameters import Layout, Values, effect_name

ROWS = rows(
    hardware=["H100 SXM", "B200", "H100 SXM"],
    serving=["vLLM", "SGLang", "SGLang"],
    source_id=["a", "b", ""],
    batch=1.0,
    task="gpqa",
    input_tokens=[None, None, 5.0],
)
AT = Conditions.of(ROWS)
LAYOUT = Layout.of(AT)


def values(numbers, at=AT):
    return Values(LAYOUT, LAYOUT.codes(at), LAYOUT.vector(numbers))


def test_a_layout_has_the_labels_of_its_rows():
    assert LAYOUT.labels["hardware"] == ("B200", "H100 SXM")
    assert LAYOUT.labels["source"] == ("a", "b")
    assert LAYOUT.labels["task"] == ("gpqa",)
    assert len(set(LAYOUT.names)) == len(LAYOUT.names) == len(LAYOUT.prior[0]) == len(LAYOUT.prior[1])


def test_a_layout_is_known_from_its_names():
    again = Layout.of_names(LAYOUT.names)
    assert again.names == LAYOUT.names
    assert again.labels == LAYOUT.labels


def test_without_effects_a_value_is_its_prior_mean():
    assert values({})("memory_efficiency") == pytest.approx(0.8)
    assert values({})("link_efficiency") == pytest.approx(0.4)
    np.testing.assert_allclose(values({})("input_tokens"), [350, 350, 400])


def test_effects_are_factors_of_their_rows():
    found = values({effect_name("layer_s", "hardware", "B200"): 0.1, effect_name("layer_s", "stack", "SGLang"): -0.3})
    np.testing.assert_allclose(found("layer_s"), 70e-6 * np.exp([0.0, -0.2, -0.3]))


def test_a_parameter_that_is_not_fitted_carries_effects():
    assert "compute_speed" not in LAYOUT.names
    found = values({effect_name("compute_speed", "hardware_family", "Blackwell"): 0.2})
    np.testing.assert_allclose(found("compute_speed"), np.exp([0.0, 0.2, 0.0]))


def test_unknown_labels_have_the_prior_mean():
    at = Conditions.of(rows(hardware="L4", serving="mystery", batch=1.0, source_id="z"))
    found = values(dict.fromkeys(LAYOUT.names, 0.5), at)
    np.testing.assert_allclose(found("compute_speed"), 1.0)


def test_a_factor_where_a_mask_is_one():
    found = values({"compute_fp8": np.log(0.7)})
    np.testing.assert_allclose(found.where(np.array([0.0, 1.0, 0.5]), "compute_fp8"), [1.0, 0.7, 0.7**0.5])


def test_odds_are_a_share():
    assert values({"overlap_odds": np.log(3.0)}).odds("overlap_odds") == pytest.approx(0.75)


def test_blocks_and_places_cover_the_vector():
    covered = [*LAYOUT.places.values(), *(i for one in LAYOUT.blocks.values() for i in range(one.start, one.stop))]
    assert sorted(covered) == list(range(len(LAYOUT.names)))
    assert [LAYOUT.names[i] for i in LAYOUT.places.values()] == list(LAYOUT.places)
    assert len(LAYOUT.places) == sum(one.sd > 0 for one in parameter_table().values())
    for (parameter, grouping), block in LAYOUT.blocks.items():
        expected = tuple(effect_name(parameter, grouping, label) for label in LAYOUT.labels[grouping])
        assert LAYOUT.names[block] == expected
