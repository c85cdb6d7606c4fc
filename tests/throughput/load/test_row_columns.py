"""What is known of rows to operating points."""

from __future__ import annotations

import numpy as np

from wattquery.throughput.load.row_columns import observations_of


def test_what_is_not_known_is_nan_empty_or_no() -> None:
    rows = observations_of(2, {"tp": [None, 2], "task": [None, "chat"], "at_maximum_load": [None, True]})
    assert np.isnan(rows.tp[0])
    assert rows.tp[1] == 2.0
    assert list(rows.task) == ["", "chat"]
    assert list(rows.at_maximum_load) == [False, True]
    assert np.isnan(rows.joules_per_output_token).all()
    assert list(rows.serving) == ["", ""]
    assert not rows.disaggregated.any()


def test_no_rows_are_a_table_of_no_rows() -> None:
    rows = observations_of(0, {})
    assert len(rows) == 0
    assert rows.tp.dtype == np.float64
    assert rows.task.dtype == object
