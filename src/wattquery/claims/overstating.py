"""`overstated`: how many times public estimates exceed the model, comparison by comparison."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pandas as pd

from wattquery import catalog as catalogs
from wattquery.catalog import Preset, PublicClaim
from wattquery.catalog.claim_columns import UNKNOWN
from wattquery.claims.answers import Answers, statistic_of
from wattquery.claims.conditions import Conditions, conditions
from wattquery.claims.evidence import evidence
from wattquery.claims.listing import get
from wattquery.engine.executor import AskedProgress
from wattquery.inputs.arguments import refuses_unknown
from wattquery.sweeps.settings import checked_progress

__all__ = ["overstated"]

COMPARATOR, CITED = "comparator of the paper", "widely cited"
STATED = {
    COMPARATOR: "the claim; that the paper compares with it",
    CITED: "the claim",
}


@refuses_unknown
def overstated(
    preset: str | Preset = "v2-code", *, threads: int | None = None, progress: AskedProgress = None
) -> pd.DataFrame:
    """Return, comparison by comparison, how many times public estimates exceed the model's median.

    The paper says 4 to 20 times, and not which comparison gives which end. Its comparators are known from a reader's
    notes, and that each is set against the median of its model at the facility is inference. So is the choice of the
    rows in column ``end``: those whose ratio is nearest to the published 4 and 20.

    Parameters
    ----------
    preset
        The assumptions of the model.
    threads
        Number of threads; by default one per core.
    progress
        Called with the share of the work done, from 0 to 1. With true it is shown on a terminal or in a notebook.

    Returns
    -------
    pandas.DataFrame
        Indexed by the id of the claim. ``group``: comparator of the paper, or widely cited. ``claim_wh`` [Wh], its
        ``statistic`` and ``boundary``, and ``boundary_is``: stated, inferred or unknown. ``model``,
        ``output_tokens``, ``input_tokens`` [tokens]: what it is compared with. ``model_wh``: the median
        there, at the facility [Wh], and ``ratio`` to it [1]. ``model_wh_at_boundary`` and ``ratio_at_boundary``: the
        same at the boundary of the claim, NaN where that is unknown. ``ratio_to_headline``: over the frontier's
        traditional query [1]. ``end``: which published end the ratio comes nearest to. ``stated``: what the sources
        say; ``inference``: what was assumed here.

    References
    ----------
    Oviedo et al., Joule 2026, https://arxiv.org/abs/2509.20241

    Examples
    --------
    >>> import wattquery as wq
    >>> table = wq.claims.overstated()
    >>> ends = table.loc[table["end"] != "", ["claim_wh", "model_wh", "ratio", "end"]]
    >>> ends.round(2)  # doctest: +NORMALIZE_WHITESPACE
                     claim_wh  model_wh  ratio end
    id
    cmp_iea_mixtral      1.25      0.06  19.45  20
    cmp_iea_r1           2.25      0.63   3.57   4
    """
    chosen = catalogs.preset(preset)
    progress = checked_progress(progress)
    answers = Answers(threads)
    headline = _median(answers, conditions(PublicClaim("headline", "", wh=1.0), preset=chosen))
    groups = evidence()["overstated"]
    members = [(COMPARATOR, name) for name in groups["comparators"]]
    members += [(CITED, name) for name in groups["widely_cited"]]
    rows = []
    for group, name in members:
        row = _row(get(name), chosen, answers)
        more = {"group": group, "ratio_to_headline": row["claim_wh"] / headline, "stated": STATED[group]}
        rows.append(row | more)
        if progress is not None:
            progress(len(rows) / len(members))
    ends = dict(_ends(rows, (groups["low"], groups["high"])))
    for row in rows:
        row["end"] = ends.get(row["id"], "")
    return pd.DataFrame(rows, columns=["id", *_COLUMNS]).set_index("id")


_COLUMNS = (
    "subject",
    "group",
    "claim_wh",
    "statistic",
    "boundary",
    "boundary_is",
    "model",
    "output_tokens",
    "input_tokens",
    "model_wh",
    "ratio",
    "model_wh_at_boundary",
    "ratio_at_boundary",
    "ratio_to_headline",
    "end",
    "stated",
    "inference",
)


def _row(claim: PublicClaim, preset: Preset, answers: Answers) -> dict[str, Any]:
    """Return one comparison at the facility, and one at the claim's own boundary."""
    assert claim.wh is not None
    asked = conditions(claim, boundary="facility", preset=preset)
    facility = _median(answers, asked)
    known = claim.boundary != UNKNOWN
    own = _median(answers, conditions(claim, preset=preset)) if known else math.nan
    model = "frontier blend" if asked.blend else asked.models[0]
    inferred = [f"that it stands against {model}, at the median and at the facility", *asked.assumed]
    if claim.inferred:
        inferred.append(f"of the claim: {', '.join(claim.inferred)}")
    return {
        "id": claim.id,
        "subject": claim.subject,
        "claim_wh": claim.wh,
        "statistic": claim.statistic,
        "boundary": claim.boundary,
        "boundary_is": UNKNOWN if not known else "inferred" if "boundary" in claim.inferred else "stated",
        "model": model,
        "output_tokens": asked.output_tokens.label,
        "input_tokens": asked.input_tokens.label,
        "model_wh": facility,
        "ratio": claim.wh / facility,
        "model_wh_at_boundary": own,
        "ratio_at_boundary": claim.wh / own,
        "inference": "; ".join(inferred),
    }


def _median(answers: Answers, asked: Conditions) -> float:
    return statistic_of(answers.distribution(asked)[0], "median")


def _ends(rows: list[dict[str, Any]], published: tuple[float, float]) -> Iterator[tuple[str, str]]:
    """Yield the comparator of the paper whose ratio is nearest to each published end, and that end."""
    compared = [row for row in rows if row["group"] == COMPARATOR]
    for end in published:
        nearest = min(compared, key=lambda row: abs(math.log(row["ratio"] / end)))
        yield nearest["id"], f"{end:g}"
