"""The table of claims: published, computed, and whether the two agree within what sampling and rounding allow."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import xarray as xr

from wattquery import catalog as catalogs
from wattquery.catalog import Preset
from wattquery.engine.executor import AskedProgress
from wattquery.errors import InputError, listed
from wattquery.inputs.arguments import refuses_unknown
from wattquery.paper.claims import Claim, claims, published
from wattquery.paper.recomputed import Quantities
from wattquery.specs import ALL
from wattquery.sweeps.settings import Method
from wattquery.sweeps.sweep import sweep

__all__ = ["claim_row", "claims_table", "comparable_preset", "reproduce", "swept"]

STANDARD_ERRORS = 3.0


@refuses_unknown
def reproduce(
    preset: str | Preset = "v2-code",
    method: Method = "monte_carlo",
    draws: int | None = None,
    seed: int | None = 42,
    threads: int | None = None,
    progress: AskedProgress = None,
) -> pd.DataFrame:
    """Return a row for each claim of the paper.

    A claim is reproduced if the computed value is within ``allowed`` of the published one: half a unit in the last
    published digit, plus three standard errors of the paper's own estimate (10,000 draws per model, from the
    distribution found here), plus three of ours.

    Parameters
    ----------
    preset
        The assumptions, and through them the published version to compare with.
    method
        As in `wattquery.sweep`.
    draws
        Draws per cell, by default what `wattquery.sweep` makes; not used by ``"exact"``.
    seed
        Names the random numbers.
    threads
        Number of threads; by default one per core.
    progress
        Called with the share of the work done.

    Returns
    -------
    pandas.DataFrame
        Columns ``claim``, ``published``, ``computed``, ``difference``, ``allowed``, ``ok`` (true, false, or missing
        where the method cannot produce the claim), ``unit`` and ``reason`` (why a claim is not reproduced).

    Raises
    ------
    InputError
        If an argument is not allowed.

    References
    ----------
    Oviedo et al., Energy Use of AI Inference, Efficiency Pathways, and Test-Time Scaling, Joule 2026,
    https://arxiv.org/abs/2509.20241

    Examples
    --------
    >>> from wattquery import paper
    >>> table = paper.reproduce(method="exact").set_index("claim")
    >>> table.loc["paper: frontier, traditional, p50", "computed"].round(3)
    np.float64(0.309)
    """
    chosen = comparable_preset(preset)
    ds = swept(chosen, method=method, draws=draws, seed=seed, threads=threads, progress=progress)
    return claims_table(Quantities(ds, chosen, published()))


def comparable_preset(preset: str | Preset) -> Preset:
    """Return a preset that stands for a published version.

    Raises
    ------
    InputError
        If there is none of the name, or it stands for none.
    """
    chosen = catalogs.preset(preset)
    if not chosen.published:
        known = [name for name in catalogs.preset_names() if catalogs.preset(name).published]
        raise InputError(
            f"preset must be one that a published version is compared with, one of {listed(known)}, got "
            f"{chosen.name!r}, which stands for none. Pass one of these."
        )
    return chosen


def swept(preset: Preset, **arguments: Any) -> xr.Dataset:
    """Return the sweep from which all claims are read; more arguments are those of `wattquery.sweep`."""
    return sweep(
        ALL,
        output_tokens=list(preset.output_tokens),
        preset=preset,
        common_random_numbers=False,
        keep_histogram=True,
        **arguments,
    )


def claims_table(quantities: Quantities) -> pd.DataFrame:
    """Return a row for each claim of the version that a preset stands for."""
    preset = quantities.preset
    rows = [claim_row(claim, quantities) for claim in claims(preset.published)]
    table = pd.DataFrame(rows).astype({"ok": "boolean"})
    table.attrs = {"preset": preset.name, "frontier": quantities.frontier_models, **quantities.ds.attrs}
    return table


def claim_row(claim: Claim, quantities: Quantities) -> dict[str, object]:
    """Return the row of one claim."""
    row: dict[str, object] = {
        "claim": claim.name,
        "published": claim.value,
        "computed": float("nan"),
        "difference": float("nan"),
        "allowed": float("nan"),
        "ok": None,
        "unit": claim.unit,
        "reason": "",
    }
    if claim.quantity is None:
        row["reason"] = claim.reason.format(combined=quantities.combined_in_words())
        return row
    kind, *arguments = claim.quantity
    estimated = quantities.estimated(kind, *arguments)
    allowed = claim.half_unit + STANDARD_ERRORS * (estimated.theirs + estimated.ours)
    difference = estimated.value - claim.value
    known = math.isfinite(allowed)
    ok = known and abs(difference) <= allowed
    row |= {"computed": estimated.value, "difference": difference, "allowed": allowed, "ok": ok}
    if not known:
        row["reason"] = "so few draws tell nothing of their own sampling error, so that nothing is shown; raise draws"
    elif not ok:
        row["reason"] = (
            f"with preset {quantities.preset.name} the method gives {estimated.value:.4g}, {abs(difference):.2g} from "
            f"{claim.text}, where {allowed:.2g} is allowed"
        )
    return row
