"""Which rows are left out together, so that nothing of what is predicted was seen in the fit."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wattquery.errors import InputError, did_you_mean, listed, quoted
from wattquery.throughput.load import Observations

__all__ = ["FEWEST_ROWS", "KINDS", "PARTS", "SMALL", "Fold", "checked_kind", "folds", "hashed"]

KINDS = ("architecture", "hardware", "serving", "configuration")
"""What is left out: all rows of a label of one of the first three, or whole configurations of known architectures."""

FEWEST_ROWS = 5
"""Rows of a label that has a fold of its own."""

PARTS = 5
"""Folds of configurations."""

SMALL = "(labels of few rows)"
"""Name of the fold of all labels that have none of their own."""

Rows = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Fold:
    """Rows that are left out of a fit together.

    Attributes
    ----------
    by
        One of `KINDS`.
    name
        The label that is left out, or which part of the configurations.
    rows
        Their numbers, rising.
    """

    by: str
    name: str
    rows: Rows

    def rest(self, count: int) -> Rows:
        """Return the numbers of the rows that are fitted, of so many."""
        return np.setdiff1d(np.arange(count), self.rows)


def checked_kind(by: str) -> str:
    """Return the name of a kind of folds.

    Raises
    ------
    InputError
        If there is none of that name.
    """
    if by not in KINDS:
        raise InputError(
            f"Folds by {quoted(by)} are not known. They go by {listed(KINDS)}.{did_you_mean(str(by), KINDS)}"
        )
    return by


def hashed(key: object) -> str:
    """Return what puts keys into an order that has nothing to do with them, the same on every machine."""
    return hashlib.sha256(str(key).encode()).hexdigest()


def folds(
    rows: Observations, by: str, *, configurations: NDArray[np.object_] | None = None, fewest: int = FEWEST_ROWS
) -> tuple[Fold, ...]:
    """Return the folds of a kind.

    ``"architecture"``, ``"hardware"`` and ``"serving"`` leave out all rows of a label. Chat, reasoning, image and
    quantised variants of one shape have one architecture, so that none of them is fitted while another is predicted.
    Labels with fewer than ``fewest`` rows are left out together, in a last fold called `SMALL`. A label that all rows
    have is not left out: nothing would be there to fit.

    ``"configuration"`` leaves out whole configurations, in `PARTS` folds, and keeps others of the same architecture:
    those of each architecture go in turn to the folds, in the order of a hash of their keys. An architecture with one
    configuration is never left out.

    Parameters
    ----------
    rows
        Operating points.
    by
        One of `KINDS`.
    configurations
        Keys of the configurations, one for each row; needed for those folds alone.
    fewest
        Rows of a label that has a fold of its own [1].

    Raises
    ------
    InputError
        If folds of that kind are not known, or the keys that they need are not given.

    Examples
    --------
    >>> from wattquery.throughput.load import shipped_observations
    >>> [(one.name, len(one.rows)) for one in folds(shipped_observations(), "hardware")][:2]
    [('A100 SXM 40GB', 150), ('A100 SXM 80GB', 175)]
    """
    if checked_kind(by) == "configuration":
        return _by_configuration(rows, configurations)
    labels = getattr(rows, by)
    names, counts = np.unique(labels.astype(str), return_counts=True)
    made = [Fold(by, str(name), np.flatnonzero(labels == name)) for name in names[counts >= fewest]]
    few = np.flatnonzero(np.isin(labels.astype(str), names[counts < fewest]))
    made += [Fold(by, SMALL, few)] if few.size else []
    return tuple(fold for fold in made if len(fold.rows) < len(rows))


def _by_configuration(rows: Observations, keys: NDArray[np.object_] | None) -> tuple[Fold, ...]:
    if keys is None or len(keys) != len(rows):
        raise InputError(
            f"Folds by 'configuration' need the key of the configuration of each of {len(rows)} rows, got "
            f"{'none' if keys is None else len(keys)}. Pass configurations=configuration(rows)."
        )
    parts = np.full(len(rows), -1)
    for architecture in sorted(set(rows.architecture)):
        mine = rows.architecture == architecture
        names = sorted(set(keys[mine]), key=hashed)
        first = int(hashed(architecture), 16)
        for place, name in enumerate(names if len(names) > 1 else ()):
            parts[mine & (keys == name)] = (first + place) % PARTS
    made = (
        Fold("configuration", f"part {part + 1} of {PARTS}", np.flatnonzero(parts == part)) for part in range(PARTS)
    )
    return tuple(fold for fold in made if fold.rows.size)
