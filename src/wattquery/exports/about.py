"""What is to be known of a result beside its numbers: its attributes, and what its variables are, as a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import xarray as xr

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["about"]

SEPARATORS = (" | ", "\n")
"""What stands between the remarks of an attribute: each gets a row."""


def about(result: xr.Dataset) -> pd.DataFrame:
    """Return a table of what a result says of itself.

    Parameters
    ----------
    result
        A result.

    Returns
    -------
    pandas.DataFrame
        ``of`` (a variable; empty for the whole result), ``what`` (an attribute) and ``text``, a row for each remark.
    """
    import pandas as pd

    return pd.DataFrame(list(_rows(result)), columns=["of", "what", "text"])


def _rows(result: xr.Dataset) -> Iterator[tuple[str, str, str]]:
    for what, value in result.attrs.items():
        for remark in _remarks(str(value)):
            yield "", str(what), remark
    for name, variable in result.variables.items():
        for what, value in variable.attrs.items():
            for remark in _remarks(str(value)):
                yield str(name), str(what), remark


def _remarks(text: str) -> list[str]:
    for separator in SEPARATORS:
        if separator in text:
            return text.split(separator)
    return [text]
