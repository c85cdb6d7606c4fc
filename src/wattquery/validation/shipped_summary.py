"""The scores of the shipped load model, as its cross-validation left them."""

from __future__ import annotations

import io
from importlib.resources import files
from typing import TYPE_CHECKING

from wattquery.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FEWEST_ROWS_SHIPPED", "shipped_summary", "summary_text"]

FEWEST_ROWS_SHIPPED = 10
"""Rows of a group whose scores ship."""


def shipped_summary() -> pd.DataFrame:
    """Return the scores of the shipped load model on rows that its fits had not seen, by group.

    Returns
    -------
    pandas.DataFrame
        As `wattquery.validation.grouped` returns it, to four digits: ``by`` says what was left out, ``points`` how many
        measured points of a configuration calibrated. Rows of low confidence are in none of it.

    Raises
    ------
    InputError
        If no scores ship, as in a copy of the sources in which they were not made yet.
    """
    import pandas as pd

    file = files("wattquery.validation").joinpath("data", "summary.csv")
    if not file.is_file():
        raise InputError("No scores of the load model ship with this copy. Run `make validation` in its sources.")
    text = io.StringIO(file.read_text(encoding="utf-8"))
    # A label may be a word that pandas takes for a missing number, such as that of an unknown kind.
    return pd.read_csv(text, dtype={"label": str}, keep_default_na=False, na_values=[""])


def summary_text(grouped: pd.DataFrame) -> str:
    """Return what of some scores ships, as CSV."""
    kept = grouped[grouped["rows"] >= FEWEST_ROWS_SHIPPED]
    return kept.to_csv(index=False, float_format="%.4g", lineterminator="\n")
