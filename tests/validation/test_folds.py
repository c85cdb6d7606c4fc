"""Folds leave out all of a label, small labels together, and configurations without their architectures."""

from __future__ import annotations

import numpy as np
import pytest

import fake_load_model as fake
from wattquery.errors import InputError
from wattquery.throughput.load import shipped_observations
from wattquery.validation import KINDS, folds
from wattquery.validation.folds import PARTS, SMALL, hashed


@pytest.mark.parametrize("by", ["architecture", "hardware", "serving"])
def test_all_rows_of_a_label_are_left_out_at_once_and_each_row_once(by):
    rows = shipped_observations()
    made = folds(rows, by)
    np.testing.assert_array_equal(np.sort(np.concatenate([fold.rows for fold in made])), np.arange(len(rows)))
    labels = getattr(rows, by)
    for fold in made:
        assert set(labels[fold.rows]).isdisjoint(labels[fold.rest(len(rows))])
        assert fold.by == by


def test_twins_of_one_shape_are_one_architecture():
    """DeepSeek-R1, V3 and V3.1 are one; so are chat and image variants that the catalog files under one shape."""
    made = {fold.name: fold for fold in folds(shipped_observations(), "architecture")}
    assert len(made["deepseek-v3"].rows) > 1000
    assert not any("r1" in name.lower() for name in made)


def test_labels_of_few_rows_are_left_out_together():
    rows = fake.fake_rows(23, architectures=10)
    made = folds(rows, "architecture", fewest=3)
    assert [len(fold.rows) for fold in made] == [3, 3, 3, 14]
    assert made[-1].name == SMALL
    assert len(folds(rows, "architecture", fewest=1)) == 10


def test_a_label_that_all_rows_have_is_not_left_out():
    rows = fake.fake_rows(40, architectures=2)
    assert folds(rows.take(rows.hardware == "B200"), "hardware") == ()


@pytest.fixture(scope="module")
def by_configuration():
    rows = fake.fake_rows(2000, architectures=9)
    keys = fake.configuration(rows)
    return rows, keys, folds(rows, "configuration", configurations=keys)


def test_configurations_are_whole_and_their_architectures_known(by_configuration):
    rows, keys, made = by_configuration
    assert len(made) == PARTS
    np.testing.assert_array_equal(np.sort(np.concatenate([fold.rows for fold in made])), np.arange(len(rows)))
    for fold in made:
        rest = fold.rest(len(rows))
        assert set(keys[fold.rows]).isdisjoint(keys[rest])
        assert set(rows.architecture[fold.rows]) <= set(rows.architecture[rest])


def test_parts_are_the_same_in_any_order_of_the_rows(by_configuration):
    rows, keys, made = by_configuration
    order = np.random.default_rng(1).permutation(len(rows))
    again = folds(rows.take(order), "configuration", configurations=keys[order])
    for one, other in zip(made, again, strict=True):
        assert set(rows.row_id[one.rows]) == set(rows.row_id[order][other.rows])


def test_an_architecture_of_one_configuration_is_never_left_out():
    rows = fake.fake_rows(400, architectures=4)
    keys = fake.configuration(rows)
    alone = rows.architecture == "mine-3"
    keys[alone] = "its only one"
    left_out = np.concatenate([fold.rows for fold in folds(rows, "configuration", configurations=keys)])
    assert set(rows.architecture[left_out]) == set(rows.architecture) - {"mine-3"}


def test_of_two_configurations_one_always_stays():
    """By a hash of their keys alone, both would be left out together for a fifth of the architectures."""
    rows = fake.fake_rows(400, architectures=50)
    halves = np.where(np.arange(400) % 100 < 50, "one", "other")
    keys = np.array([f"{name} {half}" for name, half in zip(rows.architecture, halves, strict=True)], dtype=object)
    for fold in folds(rows, "configuration", configurations=keys):
        assert set(rows.architecture[fold.rows]) <= set(rows.architecture[fold.rest(400)])


def test_hashes_do_not_change():
    assert hashed("a")[:8] == "ca978112"


def test_unknown_kinds_and_missing_keys_are_refused():
    rows = fake.fake_rows(20)
    with pytest.raises(InputError, match=r"Folds by 'hardwear' are not known.*Did you mean 'hardware'"):
        folds(rows, "hardwear")
    for keys in (None, fake.configuration(rows)[:5]):
        with pytest.raises(InputError, match=r"key of the configuration of each of 20 rows, got (none|5)"):
            folds(rows, "configuration", configurations=keys)
    assert KINDS == ("architecture", "hardware", "serving", "configuration")
