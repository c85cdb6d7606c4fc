"""Stores in any order of events: begun, ended in the midst, continued, extended, refined, hurt, read."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

import wattquery as wq
from sweeps.blockwise.faults import KilledError, failing, same_values
from wattquery.stores.zarr.location import location
from wattquery.stores.zarr.opened import opened
from wattquery.sweeps.blockwise import laid_out

MODELS = ("DeepSeek-R1", "Llama 3.1 405B", "Llama 3.1 70B")
PUES = (1.1, 1.2, 1.3)
DRAWS = 64


@cache
def in_memory(models: tuple[str, ...], pues: tuple[float, ...], draws: int) -> xr.Dataset:
    """Return what a store must hold."""
    return wq.sweep(list(models), pue=list(pues), draws=draws, threads=1, keep_histogram=True)


class Stores(RuleBasedStateMachine):
    """One store, and what was asked of it."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(laid_out, "MOST_CELLS", 2)
        self.models: tuple[str, ...] = MODELS[:1]
        self.pues: tuple[float, ...] = PUES[:1]
        self.draws = DRAWS

    def teardown(self) -> None:
        """Leave nothing behind."""
        self.patch.undo()
        shutil.rmtree(self.folder)

    def ask(self) -> xr.Dataset:
        """Make the call that stands for all that was asked until now."""
        return wq.sweep(
            list(self.models),
            pue=list(self.pues),
            draws=self.draws,
            threads=1,
            keep_histogram=True,
            store=self.folder / "a.zarr",
        )

    def ask_and_die(self, at: int) -> None:
        """Make it in a process that ends at some write."""
        with pytest.MonkeyPatch.context() as patch:
            failing(patch, at, KilledError())
            with contextlib.suppress(KilledError):
                self.ask()

    @initialize(at=st.integers(0, 80))
    def begin(self, at: int) -> None:
        """Begin the store, and perhaps finish it."""
        self.ask_and_die(at)

    @rule(at=st.integers(0, 60))
    def end_in_the_midst(self, at: int) -> None:
        """Continue, but not to the end."""
        self.ask_and_die(at)

    @rule()
    def come_to_the_end(self) -> None:
        """Continue to the end."""
        self.check(self.ask())

    @rule(axis=st.sampled_from(["model", "pue"]), place=st.integers(0, 2), at=st.integers(0, 100))
    def extend(self, axis: str, place: int, at: int) -> None:
        """Ask for one more label, at any place."""
        if axis == "model" and len(self.models) < len(MODELS):
            new = MODELS[len(self.models)]
            self.models = (*self.models[:place], new, *self.models[place:])
        elif axis == "pue" and len(self.pues) < len(PUES):
            self.pues = (*self.pues[:place], PUES[len(self.pues)], *self.pues[place:])
        self.ask_and_die(at)

    @rule(at=st.integers(0, 100))
    def refine(self, at: int) -> None:
        """Ask for more draws."""
        self.draws = min(4 * DRAWS, 2 * self.draws)
        self.ask_and_die(at)

    @rule(which=st.integers(0, 10**6), cut=st.integers(0, 200))
    def hurt(self, which: int, cut: int) -> None:
        """Cut some chunk."""
        chunks = sorted(path for path in self.folder.glob("a.zarr/*/c/**/*") if path.is_file())
        if chunks:
            path = chunks[which % len(chunks)]
            path.write_bytes(path.read_bytes()[:cut])

    @invariant()
    def what_is_done_is_right(self) -> None:
        """Read the store as it is: each cell that is said to be done has the numbers of all its draws."""
        store = self.folder / "a.zarr"
        try:
            ds = opened(location(store).open(read_only=True), str(store)).load()
        except wq.InputError:  # not there yet, or hurt
            return
        models, pues = ds["model"].values.tolist(), ds["pue"].values.tolist()
        whole = in_memory(tuple(models), tuple(pues), int(ds.attrs["draws"]))
        done = ds["done"].values
        np.testing.assert_array_equal(ds["energy"].values[done], whole["energy"].values[done])

    def check(self, found: xr.Dataset) -> None:
        """Hold a finished store against memory."""
        expected = in_memory(self.models, self.pues, self.draws)
        assert found["model"].values.tolist() == list(self.models)
        assert found["pue"].values.tolist() == list(self.pues)
        names = [str(name) for name in expected.data_vars if name != "histogram"]
        same_values(found, expected[names])
        shared = expected["bin"].values
        histogram: Any = found["histogram"].sel(bin=shared)
        np.testing.assert_array_equal(histogram.values, expected["histogram"].values)


def run(examples: int, steps: int) -> None:
    """Try so many stores, each with at most so many events."""
    run_state_machine_as_test(
        Stores,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
            phases=[Phase.generate],  # a failing run tells enough, and each step takes a second
        ),
    )


def test_stores_in_any_order_of_events() -> None:
    run(3, 5)


@pytest.mark.slow
def test_stores_in_any_order_of_many_events() -> None:
    run(40, 12)
