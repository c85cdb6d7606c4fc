"""What ships of the scores: to four digits, without small groups, and read back as it was."""

from __future__ import annotations

import pandas as pd
import pytest

from wattquery.errors import InputError
from wattquery.validation import shipped_summary as function
from wattquery.validation.shipped_summary import FEWEST_ROWS_SHIPPED, summary_text


class Folder:
    """Stands for the folder of the room, with one file or none."""

    def __init__(self, text):
        self.text = text

    def joinpath(self, *parts):
        assert parts == ("data", "summary.csv")
        return self

    def is_file(self):
        return self.text is not None

    def read_text(self, encoding):
        return self.text


@pytest.fixture
def ship(monkeypatch):
    """Return a function that puts a text where the file is."""
    return lambda text: monkeypatch.setitem(function.__globals__, "files", lambda room: Folder(text))


def test_scores_are_read_back_to_four_digits(found, ship):
    whole = found.scores.copy()
    whole.loc[::3, "rows"] = FEWEST_ROWS_SHIPPED - 1
    ship(summary_text(whole))
    kept = whole[whole["rows"] >= FEWEST_ROWS_SHIPPED].reset_index(drop=True)
    assert 0 < len(kept) < len(whole)
    pd.testing.assert_frame_equal(function(), kept, rtol=6e-4, check_dtype=False)


def test_labels_that_pandas_takes_for_nothing_stay(found, ship):
    ship(summary_text(found.scores.assign(label="null")))
    assert set(function()["label"]) == {"null"}


def test_without_the_file_the_command_to_make_it_is_named(ship):
    ship(None)
    with pytest.raises(InputError, match="make validation"):
        function()
