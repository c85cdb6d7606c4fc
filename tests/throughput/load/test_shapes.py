"""Architectures as the equations see them."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from wattquery.catalog.facts import architectures
from wattquery.throughput.load.shapes import Shape, shape_of, shapes_of


@pytest.mark.parametrize("name", architectures())
def test_every_architecture_of_the_catalog_has_a_whole_shape(name):
    shape = shape_of(architectures()[name])
    assert not any(np.isnan(getattr(shape, one.name)) for one in fields(Shape))
    assert shape.layers > 0
    assert 0 < shape.shared_params <= shape.active_params
    assert shape.full_cache_elements <= shape.cache_elements
    assert 0 < shape.used_share <= 1


def test_a_dense_model_uses_all_it_has():
    shape = shape_of(architectures()["llama-3.1-70b"])
    assert (shape.mixture, shape.used_share, shape.routed_params) == (0.0, 1.0, 0.0)
    assert shape.shared_params == shape.active_params == pytest.approx(69.5e9, rel=0.01)


def test_experts_are_apart_from_what_all_tokens_use():
    shape = shape_of(architectures()["deepseek-v3"])
    assert (shape.mixture, shape.latent, shape.used_share) == (1.0, 1.0, 8 / 256)
    assert shape.shared_params + shape.routed_params * 8 / 256 == pytest.approx(shape.active_params)
    assert shape.shared_params + shape.routed_params == pytest.approx(671e9, rel=0.02)


def test_blocks_count_by_half():
    facts = architectures()["nemotron-h-56b"]
    assert facts.layers_count == "blocks"
    assert shape_of(facts).layers == facts.layers / 2


def test_without_windows_and_selection_all_is_seen():
    assert np.isinf(shape_of(architectures()["llama-3.1-8b"]).window_tokens)
    assert shape_of(architectures()["gpt-oss-120b"]).window_tokens == 128
    assert shape_of(architectures()["deepseek-v3.2"]).selected_tokens == 2048


def test_rows_have_the_shapes_of_their_labels():
    names = ["llama-3.1-70b", "new", "deepseek-v3", "llama-3.1-70b", "nothing"]
    total, active = np.array([1.0, 100.0, np.nan, np.nan, np.nan]), np.array([np.nan, 20.0, np.nan, np.nan, 5.0])
    shapes = shapes_of(names, total, active)
    np.testing.assert_array_equal(shapes.imputed, [0, 1, 0, 0, np.nan])
    assert shapes.layers[0] == shapes.layers[3] == 80
    assert shapes.mixture[1] == 1
    assert np.isnan(shapes.layers[4])


def test_two_sizes_of_one_unknown_label_are_two_architectures():
    shapes = shapes_of(["new", "new"], np.array([8.0, 70.0]), np.array([np.nan, np.nan]))
    assert shapes.active_params[0] == pytest.approx(8e9)
    assert shapes.active_params[1] == pytest.approx(70e9)
