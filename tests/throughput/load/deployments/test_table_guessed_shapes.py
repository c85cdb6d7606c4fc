"""Models of which only the size is known: what is guessed is in the interval, and in a note."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import wattquery as wq
from load_deployments import cases
from wattquery.throughput.load.deployments import load_table
from wattquery.throughput.load.imputed import cache_sd

SIZES = (60.0, 65.0, 68.0, 70.0, 70.5, 71.0, 72.0)


def of_sizes(*sizes, **axes):
    models = tuple(wq.Model("S", total_parameters=one).facts for one in sizes)
    return load_table(replace(cases(**axes), models=models))


def of_architecture(table):
    """Standard deviation of ln E by the effects of the architecture."""
    effects = [one.sigma for one in table.effects(0, 0) if one.name == "load_model:architecture"]
    return np.sqrt(np.square(effects).sum())


@pytest.fixture(scope="module")
def default_sizes():
    return of_sizes(*SIZES, accelerators=(None,))


def test_there_is_no_cliff_where_weights_nearly_fill_the_memory(default_sizes):
    """Of neighbours, the energy differs by less than its interval, and no jump is a factor of 4."""
    mean = default_sizes.units[0].T @ np.array([0.0, 500.0, 500.0 * 1250.0, 1000.0, 5e5])
    jump = np.abs(np.diff(np.log(mean)))
    assert jump.max() < np.log(4.0)
    assert (jump < 2.0 * np.maximum(default_sizes.sigma[0, 1:], default_sizes.sigma[0, :-1])).all()


def test_a_guess_of_seventy_is_like_the_known_one(default_sizes):
    known = load_table(cases(accelerators=(None,)))
    guess = SIZES.index(70.5)
    assert default_sizes.accelerators[guess] == known.accelerators[0] == 2
    assert default_sizes.throughput[guess] == pytest.approx(known.throughput[0], rel=0.3)
    assert default_sizes.sigma[0, guess] > known.sigma[0, 0]


def test_a_guessed_cache_is_in_the_interval_where_it_sets_the_batch():
    by_memory = of_sizes(65.0, accelerators=(1,))
    by_scheduler = of_sizes(65.0, accelerators=(4,))
    assert by_memory.most_sequences[0] < 256.0 == by_scheduler.most_sequences[0]
    assert of_architecture(by_memory) > 0.6 * cache_sd() > of_architecture(by_scheduler)
    every = [one.sigma for one in by_memory.effects(0, 0)]
    assert by_memory.sigma[0, 0] == pytest.approx(np.sqrt(np.square(every).sum()))


def test_at_a_given_concurrency_the_batch_is_no_guess():
    asked = {"accelerators": (1,), "loads": (16.0,), "is_concurrency": True}
    assert of_sizes(65.0, **asked).sigma[0, 0] < 0.6 * of_sizes(65.0, accelerators=(1,)).sigma[0, 0]


def test_what_is_guessed_is_said(default_sizes):
    (note,) = (one for one in default_sizes.notes if "guessed" in one)
    assert "The shape of S is guessed" in note
    assert "2.8 times as many bytes" in note
    assert "B_max with it" in note
    assert "8 sequences in 19 of 20 cases" in note
    given = of_sizes(65.0, accelerators=(1,), loads=(4.0,), is_concurrency=True)
    (note,) = (one for one in given.notes if "guessed" in one)
    assert "B_max" not in note
    assert "19 of 20" not in note
    assert not any("guessed" in one for one in load_table(cases()).notes)
