"""Values that no argument takes: numbers beyond floats and digits, durations, pd.NA, lists without end."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest

import wattquery as wq

MODEL = "DeepSeek-R1"
HUGE = 10**5000
"""Python refuses to write it out."""

DURATION = np.timedelta64("NaT", "s")
"""Which is an integer to NumPy."""


def nested_lists() -> list[Any]:
    found: list[Any] = []
    for _ in range(5000):
        found = [found]
    return found


@pytest.fixture(scope="module")
def swept() -> Any:
    return wq.sweep([MODEL, "Llama 3.1 405B"], pue=[1.1, 1.2], method="exact", keep_histogram=True)


@pytest.mark.parametrize("value", [HUGE, DURATION, Fraction(HUGE, 3), pd.NA], ids=lambda one: type(one).__name__)
def test_values_of_odd_kinds(value, swept):
    for name in ("precision", "relative_stderr", "seed", "threads", "progress"):
        with pytest.raises(wq.InputError, match=name):
            wq.sweep(MODEL, draws=None if name != "seed" else 100, **{name: value})
    for call in (
        lambda: wq.blend(swept, labels=value),
        lambda: wq.warm(value),
        lambda: wq.sensitivity.anova(swept, order=value),
        lambda: wq.sensitivity.given(MODEL, factor="pue", bins=value),
        lambda: wq.sensitivity.given(MODEL, factor="pue", method="exact", keep_histogram=value),
        lambda: wq.sensitivity.moment_independent(MODEL, bins=value),
        lambda: wq.sensitivity.nested(MODEL, over=value),
        lambda: wq.sensitivity.nested(MODEL, progress=value),
        lambda: wq.sensitivity.shapley(queries_per_day=value, baseline=1.0),
        lambda: wq.sensitivity.sobol(MODEL, draws=value),
        lambda: wq.sensitivity.sobol(MODEL, second_order=value),
        lambda: wq.sensitivity.sobol(MODEL, progress=value),
        lambda: wq.sensitivity.sobol(MODEL, level=value),
        lambda: wq.claims.compare("altman_2025", model=value),
        lambda: wq.claims.compare("altman_2025", boundary=value),
        lambda: wq.plot.claims(value),
        lambda: wq.fleet("mixed", load_profile={value: 1.0}),
    ):
        with pytest.raises(wq.InputError) as caught:
            call()
        assert len(str(caught.value)) < 1000


def test_lists_without_end(swept):
    deep = nested_lists()
    for call in (
        lambda: wq.sweep(MODEL, levers=deep),
        lambda: wq.sensitivity.nested(MODEL, over=deep),
        lambda: wq.sensitivity.shapley(queries_per_day=deep, baseline=1.0),
        lambda: wq.blend(swept, labels=range(10**12)),
        lambda: wq.sensitivity.reduction(correlation=range(10**12)),
        lambda: wq.plot.claims(np.array("altman_2025")),
        lambda: wq.warm(np.ones((2, 2))),
    ):
        with pytest.raises(wq.InputError):
            call()
