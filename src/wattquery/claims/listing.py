"""The claims that ship, chosen by what they are. Nothing is computed, and neither Numba nor xarray is imported."""

from __future__ import annotations

import math
import numbers
from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING

from wattquery.catalog import PublicClaim, public_claims
from wattquery.catalog.claim_columns import BOUNDARIES, CLAIM_COLUMNS, KINDS, ORIGINS
from wattquery.errors import InputError, InputTypeError, did_you_mean, listed, quoted
from wattquery.inputs.arguments import refuses_unknown
from wattquery.inputs.names import clean_name

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["chosen", "get", "table"]


@refuses_unknown
def get(claim: str) -> PublicClaim:
    """Return a claim by its id.

    Parameters
    ----------
    claim
        As the column ``id`` of `table` has it.

    Raises
    ------
    InputError
        If no claim is called so.

    Examples
    --------
    >>> import wattquery as wq
    >>> claim = wq.claims.get("google_gemini_2025_full")
    >>> claim.wh, claim.statistic, claim.boundary
    (0.24, 'median', 'facility+idle_reserve')
    """
    if not isinstance(claim, str):
        raise InputTypeError(f"claim must be an id, got {quoted(claim)}. wattquery.claims.table() lists them.")
    claim = clean_name(claim, "claim")
    found = next((one for one in public_claims() if one.id == claim), None)
    if found is None:
        ids = [one.id for one in public_claims()]
        raise InputError(
            f"There is no claim {claim!r}.{did_you_mean(claim, ids)} wattquery.claims.table() lists {len(ids)} ids; "
            "where a claim is compared, a number of Wh will do as well."
        )
    return found


def chosen(
    kind: str | None = None,
    model_class: str | None = None,
    boundary: str | None = None,
    origin: str | None = None,
    year: int | None = None,
) -> tuple[PublicClaim, ...]:
    """Return the claims that are all of this; see `table`."""
    classes = dict.fromkeys(one.model_class for one in public_claims())
    _check("kind", kind, KINDS)
    _check("model_class", model_class, classes)
    _check("boundary", boundary, BOUNDARIES)
    _check("origin", origin, ORIGINS)
    if year is not None and not _is_whole(year):
        raise InputTypeError(f"year must be a whole number, got {quoted(year)}. Write for example year=2025.")
    wanted = {"kind": kind, "model_class": model_class, "boundary": boundary, "origin": origin, "year": year}
    filters = {name: value for name, value in wanted.items() if value is not None}
    return tuple(
        claim for claim in public_claims() if all(getattr(claim, name) == value for name, value in filters.items())
    )


@refuses_unknown
def table(
    kind: str | None = None,
    model_class: str | None = None,
    boundary: str | None = None,
    origin: str | None = None,
    year: int | None = None,
) -> pd.DataFrame:
    """Return the claims as a table, one row each.

    Parameters
    ----------
    kind
        ``"llm_query"``, ``"fleet_mean"``, ``"image"`` and others.
    model_class
        A model of a catalog, or ``"frontier"``, ``"large"``, ``"small"``; empty for those whose model is unknown.
    boundary
        ``"accelerator"``, ``"node"``, ``"facility"``, ``"facility+idle_reserve"`` or ``"unknown"``.
    origin
        ``"public"``, or ``"this method"`` for the paper's own figures.
    year
        Of the claim.

    Returns
    -------
    pandas.DataFrame
        The fields of `wattquery.catalog.PublicClaim` as columns, indexed by ``id``. Energies in Wh, NaN where a
        source gives none.

    Raises
    ------
    InputError
        If a word is not one of those that the table uses.

    Examples
    --------
    >>> import wattquery as wq
    >>> found = wq.claims.table(boundary="facility+idle_reserve")
    >>> found[["wh", "statistic", "year"]]  # doctest: +NORMALIZE_WHITESPACE
                               wh statistic  year
    id
    google_gemini_2025_full  0.24    median  2025
    """
    import pandas as pd

    claims = chosen(kind, model_class, boundary, origin, year)
    fields = [column.field for column in CLAIM_COLUMNS]
    frame = pd.DataFrame([asdict(one) for one in claims], columns=fields).set_index("id")
    numbers = ["wh", "low", "high", "input_tokens", "output_tokens", "batch", "power_utilization", "pue"]
    frame[numbers] = frame[numbers].astype("float64")
    return frame


def _is_whole(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        return False
    try:
        return bool(math.floor(value) == value)
    except (OverflowError, TypeError, ValueError):  # infinite, NaN, or no point in time
        return False


def _check(name: str, value: str | None, allowed: Iterable[str]) -> None:
    words = list(allowed)
    if value is not None and (not isinstance(value, str) or value not in words):
        raise InputError(f"{name} must be one of {listed(words, 24)}, got {quoted(value)}.{did_you_mean(value, words)}")
