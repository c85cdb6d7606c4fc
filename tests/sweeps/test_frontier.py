"""The frontier is the models with the highest medians of a traditional query, chosen once."""

import dataclasses

import pytest

import wattquery as wq
from wattquery import catalog
from wattquery.sweeps.frontier import frontier_models


def test_members_are_those_of_the_highest_medians():
    ds = wq.sweep(wq.ALL, method="exact")
    medians = ds["energy"].sel(quantile=0.5).to_series().dropna().sort_values(ascending=False)
    assert list(frontier_models()) == list(medians.index[:3])


def test_a_preset_may_take_another_number_of_models():
    two = dataclasses.replace(catalog.preset("v2-code"), blend_top=2)
    assert frontier_models(two) == frontier_models()[:2]


def test_more_models_than_the_catalog_has_are_refused():
    many = dataclasses.replace(catalog.preset("v2-code"), blend_top=50)
    with pytest.raises(wq.InputError, match="takes 50 models, and its catalog 'oviedo2026' has 5 with data"):
        frontier_models(many)


def test_the_frontier_of_a_preset_that_the_exact_method_cannot_take():
    assert frontier_models("corrected") == frontier_models()
