"""Rows of predicted and measured numbers that a picture can draw: each once, known, and of few labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from wattquery.errors import InputError, InputTypeError, did_you_mean, listed, quoted
from wattquery.specs.scalars import shown
from wattquery.throughput.load.support import SUPPORTS
from wattquery.validation import Comparison
from wattquery.validation.groups import is_trusted
from wattquery.validation.long_table import LEVELS
from wattquery.validation.side_by_side import COLUMNS

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["NAMES", "WORDS", "checked_rows", "labels_of"]

WORDS = {
    "joules_per_output_token": ("Energy", "energy, accelerators alone [J per output token]"),
    "power_w_per_accelerator": ("Power", "mean power per accelerator [W]"),
    "output_tps_per_accelerator": ("Throughput", "output tokens per second and accelerator [tokens/s]"),
    "tpot_s": ("Time per output token", "mean time per output token [s]"),
    "ttft_s": ("Time to first token", "mean time to the first token [s]"),
}
"""What a quantity is, in a word and with its unit."""

NAMES = {name: name for name in WORDS} | {column: name for name, column in COLUMNS.items()}
"""Of each name that a quantity has in tables, the one that it has in `WORDS`."""

LARGEST = 1e100
"""No number that was measured is larger, or smaller than one over it."""

NEEDED = ("quantity", "measured", *LEVELS)
MADE_BY = "wattquery.validation.compare"

MOST_LABELS = 8


def checked_rows(comparison: object, by: object) -> pd.DataFrame:
    """Return the rows that have both numbers, each once."""
    import pandas as pd

    rows = comparison.rows if isinstance(comparison, Comparison) else comparison
    if not isinstance(rows, pd.DataFrame):
        raise InputTypeError(
            f"comparison must be the result of {MADE_BY}, or a DataFrame of its rows, got {quoted(comparison)}: pass "
            "that result as it is."
        )
    if not rows.columns.is_unique:
        twice = rows.columns[rows.columns.duplicated()].tolist()
        raise InputError(f"Each column must be there once, got {listed(twice)} more than once: leave the others out.")
    missing = [name for name in NEEDED if name not in rows]
    if missing:
        raise InputError(
            f"The rows have no {listed(missing)}; they have {listed([str(name) for name in rows.columns])}. They must "
            f"be those of {MADE_BY}: pass its result as it is."
        )
    if not isinstance(by, str) or by not in rows or by in ("measured", *LEVELS):
        texts = [str(name) for name in rows if not pd.api.types.is_numeric_dtype(rows[name]) and name != "quantity"]
        raise InputError(
            f"by must be a column with labels, such as {listed(texts)}, got {shown(by)}: write one of these."
            f"{did_you_mean(by, texts)}"
        )
    numbers = ["measured", *LEVELS]
    try:
        values = rows[numbers].to_numpy(dtype=np.float64)
    except (TypeError, ValueError):
        raise InputTypeError(
            f"The columns {listed(numbers)} must hold numbers: pass the result of {MADE_BY}."
        ) from None
    with np.errstate(invalid="ignore"):
        kept = ((values > 1.0 / LARGEST) & (values < LARGEST)).all(axis=1) & rows["quantity"].isin(NAMES).to_numpy()
    if "scored" in rows:
        kept &= rows["scored"].to_numpy(dtype=bool)
    if "confidence" in rows:
        kept &= is_trusted(rows)
    rows = rows[kept]
    rows = rows.assign(**{by: rows[by].fillna("not stated").astype(str)})
    if rows.empty:
        raise InputError(
            "No row has a measured number that can be compared with a prediction, so there is nothing to draw. Its "
            "'reason' tells why: pass rows with a measured quantity."
        )
    for name in ("by", "points"):
        ways = list(dict.fromkeys(rows[name].astype(str))) if name in rows else []
        if len(ways) > 1:
            raise InputError(
                f"The rows are predicted in several ways, which {name!r} tells apart: {listed(ways)}. Choose one: "
                f"table[table[{name!r}] == {rows[name].tolist()[0]!r}]."
            )
    return rows


def labels_of(labels: Sequence[str], by: str) -> list[str]:
    """Return the labels that are told apart: those of support from the best, others the most frequent first."""
    order = sorted(set(labels), key=lambda label: (-labels.count(label), label))
    if by == "support":
        order = [*(label for label in SUPPORTS if label in order), *(label for label in order if label not in SUPPORTS)]
    if len(order) > MOST_LABELS:
        raise InputError(
            f"A picture tells at most {MOST_LABELS} labels apart, and {by!r} has {len(order)}: choose another column "
            "for by, or fewer rows."
        )
    return order
