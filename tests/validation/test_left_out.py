"""A fit without a fold has not seen it, and measured points that calibrate are not predicted themselves."""

from __future__ import annotations

import numpy as np

import fake_load_model as fake
from wattquery.validation import folds
from wattquery.validation.left_out import left_out
from wattquery.validation.measured_points import calibrating


def test_a_fit_without_a_fold_has_not_seen_it():
    rows = fake.fake_rows(120, architectures=4)
    (fold, *_) = folds(rows, "architecture")
    table = left_out(rows, fold, fake.fit)
    assert set(table["support"]) == {"extrapolated"}
    others = np.setdiff1d(np.arange(120), fold.rows)
    part = table[table["quantity"] == "tpot_s"]
    np.testing.assert_allclose(part["q50"], np.median(rows.tpot_s[others]))
    assert list(part["row_id"]) == list(rows.row_id[fold.rows])


def test_given_points_calibrate_the_others_of_their_configuration_alone():
    rows = fake.fake_rows(600, architectures=3)
    keys = fake.configuration(rows)
    (fold, *_) = folds(rows, "architecture")
    table = left_out(rows, fold, fake.fit, configurations=keys, points=(1, 2))
    mine = rows.take(fold.rows)
    for points in (1, 2):
        given = set(mine.row_id[calibrating(mine, keys[fold.rows], points)])
        part = table[(table["points"] == points) & (table["quantity"] == "ttft_s")].set_index("row_id")
        assert given
        assert given.isdisjoint(part.index)
        place = {name: number for number, name in enumerate(rows.row_id)}
        for name in part.index:
            same = [place[one] for one in given if keys[place[one]] == keys[place[name]]]
            assert len(same) == points
            np.testing.assert_allclose(part.loc[name, "q50"], np.median(rows.ttft_s[same]))


def test_other_folds_take_no_points():
    rows = fake.fake_rows(300, architectures=3)
    (fold, *_) = folds(rows, "hardware")
    table = left_out(rows, fold, fake.fit, configurations=fake.configuration(rows), points=(1,))
    assert set(table["points"]) == {0}
