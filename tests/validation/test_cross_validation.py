"""All folds at once: the same table from any number of processes, in one order, with progress."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import fake_load_model as fake
from wattquery.errors import InputError
from wattquery.validation import KINDS, cross_validate


def test_two_processes_give_what_one_gives():
    rows = fake.fake_rows(200, architectures=6)
    told = []
    options = {"configuration": fake.configuration, "points": (1,)}
    alone = cross_validate(rows, KINDS, fake.fit, **options)
    both = cross_validate(
        rows, KINDS, fake.fit, **options, processes=2, told=lambda done, of, fold: told.append((done, of, fold.name))
    )
    pd.testing.assert_frame_equal(alone, both)
    assert [one[0] for one in told] == list(range(1, len(told) + 1))
    assert {one[1] for one in told} == {len(told)} == {6 + 4 + 3 + 5}


def test_every_measured_number_is_predicted_once_by_each_kind(predictions, rows):
    part = predictions[predictions["points"] == 0]
    assert not part.duplicated(["by", "row_id", "quantity"]).any()
    assert dict(part.groupby("by").size()) == dict.fromkeys(KINDS, 5 * len(rows))
    assert set(predictions.loc[predictions["points"] > 0, "by"]) == {"architecture"}


def test_the_start_is_passed_to_each_fit():
    rows = fake.fake_rows(60, architectures=3)
    for start, wanted in ((None, 1.0), (7.0, 7.0)):
        table = cross_validate(rows, "architecture", fake.start_is_none, start=start)
        np.testing.assert_allclose(table["q50"], wanted)


def test_what_cannot_be_done_is_refused():
    rows = fake.fake_rows(40, architectures=4)
    with pytest.raises(InputError, match="configuration was not given"):
        cross_validate(rows, "architecture", fake.fit, points=(1,))
    with pytest.raises(InputError, match="processes must be at least 1, got 0"):
        cross_validate(rows, "architecture", fake.fit, processes=0)
    with pytest.raises(InputError, match="of 10 rows has no folds"):
        cross_validate(rows.take(rows.architecture == "mine-3"), "architecture", fake.fit)
