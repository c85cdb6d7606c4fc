"""The scores of the load model that ships, as `make validation` found them."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from wattquery.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SCORES", "published_scores"]

SCORES = "data/scores.csv"
"""The table that `make validation` writes in this folder: what `wattquery.validation.grouped` returned."""


def published_scores() -> pd.DataFrame:
    """Return how well the shipped load model said what it was not fitted to.

    Returns
    -------
    pandas.DataFrame
        Scores by what was left out (``by``), how many measured points calibrated (``points``), ``quantity``, ``group``
        and ``label``; see `wattquery.validation.scores`.

    Raises
    ------
    InputError
        If no validation ships with this version.
    """
    import pandas as pd

    file = files(__package__).joinpath(SCORES)
    if not file.is_file():
        raise InputError(
            "No validation ships with this version. A file of scores is needed. Run make validation, or compare "
            "measurements of your own: wattquery validate --measured FILE.csv."
        )
    with file.open("rb") as opened:
        return pd.read_csv(opened, keep_default_na=False, na_values=[""])
