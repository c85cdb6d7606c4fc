"""Text that a spreadsheet shows as it is: no cell of a file may become a formula in the hands of its reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wattquery.errors import printable

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["inert", "inert_table"]

STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - the wide forms, which some versions take as well
"""What makes a spreadsheet read a cell as a formula, blanks before it or not."""


def inert(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: an apostrophe goes before what it would.

    Control characters that nobody sees are written out, as everywhere else.

    Examples
    --------
    >>> inert("=HYPERLINK(A1)"), inert("DeepSeek-R1"), inert("-5 %")
    ("'=HYPERLINK(A1)", 'DeepSeek-R1', "'-5 %")
    """
    text = printable(text, keep="\n\t\r")
    return f"'{text}" if text.lstrip(" \u00a0").startswith(STARTS) else text


def inert_table(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose text is inert, that of its header too. Numbers, also negative ones, stay what they are."""
    columns = []
    for place in range(frame.shape[1]):
        values = frame.iloc[:, place]
        if values.dtype.kind not in "biufM":
            plain = np.empty(len(values), dtype=object)
            known: dict[str, str] = {}  # assumptions are one text in a million rows
            plain[:] = [
                (known.get(one) or known.setdefault(one, inert(one))) if isinstance(one, str) else one for one in values
            ]
            values = type(values)(plain, index=values.index, dtype=object)
        columns.append(values)
    found = type(frame)(dict(enumerate(columns)), index=frame.index)
    return found.set_axis([inert(str(name)) for name in frame.columns], axis=1)
