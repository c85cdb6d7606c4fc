"""The audit of the paper's inputs: what was found, and what each correction moves, one at a time and together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from wattquery import catalog as catalogs
from wattquery.engine.executor import AskedProgress
from wattquery.errors import InputError, did_you_mean, listed, quoted
from wattquery.inputs.arguments import refuses_unknown
from wattquery.paper.corrections import CORRECTED, PUBLISHED, changed_catalog, changed_preset
from wattquery.paper.findings import Change, Finding, all_changes, all_findings, corrections, lines_in_words
from wattquery.paper.headlines import UNITS, headlines, published_headlines
from wattquery.paper.recomputed import Estimated
from wattquery.sweeps.settings import Method, checked_progress

__all__ = ["audit", "findings"]

_DRAWS = {"quasi_monte_carlo": 16_384, "monte_carlo": 1_000_000}
"""Quasi-random ones are twice those of a sweep: with 8,192, the mean with the longest tail tells no error."""

_UNMOVED = 1e-9
"""What a ratio of equal numbers may differ from 1 by, in round-off."""


def findings() -> pd.DataFrame:
    """Return what an audit of the paper's inputs found, a row for each finding.

    Returns
    -------
    pandas.DataFrame
        Index ``finding``. Columns ``title``, ``lines`` (of the table ``oviedo2026``; empty where the preset is
        meant), ``problem``, ``evidence``, ``source``, ``correction`` (what the preset ``corrected`` does about it, or
        empty), ``why_not`` (why nothing is corrected, or empty) and ``what_if`` (what else is computed, in no preset).

    Examples
    --------
    >>> from wattquery import paper
    >>> table = paper.findings()
    >>> table.loc["sixteen-gpus", "lines"]
    '4'
    """
    return pd.DataFrame([_row(finding) for finding in all_findings()]).set_index("finding")


def _row(finding: Finding) -> dict[str, str]:
    return {
        "finding": finding.name,
        "title": finding.title,
        "lines": lines_in_words(finding.lines),
        "problem": finding.problem,
        "evidence": finding.evidence,
        "source": finding.source,
        "correction": finding.correction.words if finding.correction else "",
        "why_not": finding.why_not,
        "what_if": finding.what_if.words if finding.what_if else "",
    }


@refuses_unknown
def audit(
    changes: Iterable[str] | None = None,
    method: Method = "quasi_monte_carlo",
    draws: int | None = None,
    seed: int | None = 42,
    threads: int | None = None,
    progress: AskedProgress = None,
) -> xr.Dataset:
    """Return what each correction of the paper's inputs moves, one at a time and together.

    Every change starts from the preset ``v2-code``. The same random numbers serve all of them, so that a number that
    a change does not touch is the same to the last digit.

    Parameters
    ----------
    changes
        Names of changes, ``"corrected"`` for all corrections together; all of them by default.
    method
        ``"quasi_monte_carlo"`` or ``"monte_carlo"``, as in `wattquery.sweep`: some corrections are distributions that
        end somewhere, which the exact method cannot take.
    draws
        Draws per cell, by default 16,384 quasi-random ones or a million others.
    seed
        Names the random numbers.
    threads
        Number of threads; by default one per core.
    progress
        Called with the share of the work done.

    Returns
    -------
    xarray.Dataset
        Dimensions ``change`` (``v2-code``, each correction, ``corrected`` for all of them together, then each
        what-if, which no preset makes) and ``quantity``. Variables ``value``, ``stderr`` (its sampling error),
        ``ratio`` (to ``v2-code``), ``moves`` (whether the change moves the number at all) and ``published`` (of
        version 2, NaN where there is none). Coordinates ``kind``, ``finding`` and ``words`` of a change and ``unit``
        of a quantity.

    Raises
    ------
    InputError
        If an argument is not allowed.

    Examples
    --------
    >>> from wattquery import paper
    >>> ds = paper.audit(["power-of-deepseek"], draws=1024)
    >>> ds["ratio"].sel(change="power-of-deepseek", quantity="DeepSeek-R1, long, p50").round(3).item()
    0.797
    """
    runs, told = _runs(changes), checked_progress(progress)
    if method == "exact":
        raise InputError(
            "method must be 'quasi_monte_carlo' or 'monte_carlo', got 'exact', which cannot take the corrections that "
            "bound a distribution. Leave method out."
        )
    draws = _DRAWS.get(method) if draws is None else draws
    how: dict[str, Any] = {"method": method, "draws": draws, "seed": seed, "threads": threads}
    values: list[dict[str, Estimated]] = []
    for i, made in enumerate(runs.values()):
        if told is not None:
            told(i / len(runs))
        values.append(headlines(changed_preset(made), changed_catalog(made), **how))
    if told is not None:
        told(1.0)
    return _dataset(values, runs, {"method": method, "draws": draws, "seed": -1 if seed is None else seed})


def _runs(changes: Iterable[str] | None) -> dict[str, tuple[Change, ...]]:
    """Return the changes that are made together, by the label of the run; the paper's own preset is always first."""
    together = corrections()
    runs = {
        **{change.name: (change,) for change in together},
        CORRECTED: together,
        **{change.name: (change,) for change in all_changes() if change not in together},
    }
    if changes is not None:
        wanted = [changes] if isinstance(changes, str) else list(changes)
        for name in wanted:
            if name not in runs:
                raise InputError(
                    f"changes must be names of changes, {listed(runs)}, got {quoted(name)}.{did_you_mean(name, runs)} "
                    "Leave changes out for all of them."
                )
        runs = {name: made for name, made in runs.items() if name in wanted}
    return {PUBLISHED: (), **runs}


def _dataset(
    values: list[dict[str, Estimated]], runs: dict[str, tuple[Change, ...]], how: dict[str, Any]
) -> xr.Dataset:
    names = list(values[0])
    dims = ("change", "quantity")
    value, stderr = (
        np.array([[getattr(run[name], part) for name in names] for run in values]) for part in ("value", "ours")
    )
    ratio = value / value[0]
    known = published_headlines()
    single = {name: changes[0] for name, changes in runs.items() if len(changes) == 1}
    described = {
        PUBLISHED: ("published", "", catalogs.preset(PUBLISHED).title),
        CORRECTED: ("together", "", "All corrections together: preset corrected."),
        **{name: (change.kind, change.finding, change.words) for name, change in single.items()},
    }
    kinds, of, words = zip(*(described[name] for name in runs), strict=True)
    return xr.Dataset(
        {
            "value": (dims, value, {"long_name": "value, in the unit of its quantity"}),
            "stderr": (dims, stderr, {"long_name": "sampling error of the value"}),
            "ratio": (dims, ratio, {"units": "1", "long_name": f"value over that of {PUBLISHED}"}),
            "moves": (dims, np.abs(ratio - 1.0) > _UNMOVED, {"long_name": "whether the change moves the number"}),
            "published": ("quantity", [known.get(name, np.nan) for name in names], {"long_name": "published value"}),
        },
        coords={
            "change": list(runs),
            "kind": ("change", list(kinds)),
            "finding": ("change", list(of)),
            "words": ("change", list(words)),
            "quantity": names,
            "unit": ("quantity", [UNITS.get(name.partition(",")[0], "Wh") for name in names]),
        },
        attrs=how,
    )
