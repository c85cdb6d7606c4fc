"""What the model says of a typical and a long query, and what moves that most: the numbers of a verdict."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from wattquery.claims.answers import Answers, statistic_of, throughputs
from wattquery.claims.boundaries import LADDER, point_factors, steps
from wattquery.claims.conditions import Conditions
from wattquery.claims.energies import in_digits
from wattquery.claims.evidence import low_batch
from wattquery.histograms import Histogram
from wattquery.sweeps.settings import QUANTILES

__all__ = ["FULL", "Condition", "Query", "beyond_rows", "conditions_by_weight", "query"]

WORTH_SAYING = 0.05
FULL = 8.0
"""The smallest batch of which it was measured what it costs."""


@dataclass(frozen=True)
class Query:
    """What the model says of one query.

    Attributes
    ----------
    name
        ``"typical"``, ``"long"``, or ``"stated"``: with the length that a claim states. Where models are ranked, the
        model.
    models
        Names of the catalog, in equal parts.
    blend
        Whether they stand for the frontier.
    output_tokens, input_tokens
        Lengths, as `wattquery.sweep` takes them [tokens].
    median_output
        Median of the output length [tokens].
    boundary
        What is counted.
    quantiles
        Of the energy, by level [Wh]; a blend is not trimmed.
    mean
        Of the energy [Wh].
    medians
        The median energy of each model [Wh].
    """

    name: str
    models: tuple[str, ...]
    blend: bool
    output_tokens: str
    input_tokens: str
    median_output: float
    boundary: str
    quantiles: Mapping[float, float]
    mean: float
    medians: Mapping[str, float]

    @property
    def median(self) -> float:
        """Half of the queries take less [Wh]."""
        return self.quantiles[0.5]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that JSON can hold, with units in the keys."""
        plain = asdict(self)
        return {
            **{name: plain[name] for name in ("name", "models", "output_tokens", "input_tokens", "boundary")},
            "energy_wh": {f"{level:g}": value for level, value in self.quantiles.items()},
            "energy_mean_wh": self.mean,
            "median_by_model_wh": dict(self.medians),
        }


def query(name: str, asked: Conditions, answers: Answers) -> Query:
    """Return what the model says under some conditions."""
    whole, _ = answers.distribution(asked)
    return Query(
        name,
        asked.models,
        asked.blend,
        asked.output_tokens.label,
        asked.input_tokens.label,
        float(asked.output_tokens.ppf(0.5)),
        asked.boundary,
        _by_level(whole),
        whole.mean(),
        {model: _median_of(model, asked, answers) for model in asked.models} if len(asked.models) > 1 else {},
    )


def _by_level(whole: Histogram) -> dict[float, float]:
    return dict(zip(QUANTILES, whole.quantiles(QUANTILES).tolist(), strict=True))


def _median_of(model: str, asked: Conditions, answers: Answers) -> float:
    alone, _ = answers.distribution(replace(asked, models=(model,), blend=False))
    return statistic_of(alone, "median")


@dataclass(frozen=True)
class Condition:
    """Something that an answer hangs on, and by how much.

    Attributes
    ----------
    name
        ``"length"``, ``"batch"``, ``"model"``, ``"boundary"`` or ``"statistic"``.
    factor
        How many times the energy goes from one end to the other [1].
    text
        The same in words.
    """

    name: str
    factor: float
    text: str

    def __str__(self) -> str:
        return self.text


def conditions_by_weight(
    asked: Query, *, longer: Query | None, boundary_known: bool, batch: float | None, preset: Any
) -> tuple[Condition, ...]:
    """Return what an answer hangs on, what moves it most first.

    Parameters
    ----------
    asked
        The query that the answer is about.
    longer
        The same with a long answer; None where the length is stated.
    boundary_known
        Whether what is compared says what it counts.
    batch
        How many queries the claim serves together, None where it does not say.
    preset
        Where factors between boundaries come from.
    """
    found = [*_length(asked, longer), *_models(asked), _statistic(asked), _batch(batch)]
    if not boundary_known:
        found.append(_boundary(preset))
    return tuple(sorted(found, key=lambda one: -abs(math.log(one.factor))))


def _length(asked: Query, longer: Query | None) -> Iterator[Condition]:
    if longer is not None:
        factor = longer.median / asked.median
        yield Condition(
            "length",
            factor,
            f"the length of the answer: a median of {in_digits(longer.median_output, 3)} output tokens instead of "
            f"{in_digits(asked.median_output, 3)} takes {in_digits(factor)} times as much",
        )


def _models(asked: Query) -> Iterator[Condition]:
    if asked.medians:
        most = max(asked.medians, key=asked.medians.__getitem__)
        least = min(asked.medians, key=asked.medians.__getitem__)
        factor = asked.medians[most] / asked.medians[least]
        yield Condition("model", factor, f"the model: {most} takes {in_digits(factor)} times what {least} does")


def _statistic(asked: Query) -> Condition:
    factor = asked.mean / asked.median
    return Condition(
        "statistic", factor, f"mean or median: the mean over queries is {in_digits(factor)} times the median"
    )


def _batch(batch: float | None) -> Condition:
    """Return what few queries at once cost; below the smallest measured batch no more than that batch is known."""
    at = low_batch(FULL if batch is None else batch)
    own = "" if batch is None else f" (the claim has {batch:g})"
    return Condition(
        "batch",
        at.median,
        f"how many queries are served together: at most {at.measured_at:g}{own} instead of full batches take "
        f"{in_digits(at.median)} times as much at the median of measured configurations",
    )


def _boundary(preset: Any) -> Condition:
    factor = steps(LADDER[0], LADDER[-1], point_factors(preset))[-1].wh
    whole = LADDER[-1].replace("+", " with its ").replace("_", " ")
    return Condition("boundary", factor, f"what is counted: a {whole} takes {in_digits(factor)} times its {LADDER[0]}s")


def beyond_rows(name: str, asked: Conditions) -> Iterator[str]:
    """Yield the note that a query is longer or shorter than what was measured, where many are.

    Parameters
    ----------
    name
        What the query is called.
    asked
        Its conditions.
    """
    shares = {
        model: throughput.share_outside(asked.input_tokens, asked.output_tokens)
        for model, throughput in throughputs(asked).items()
    }
    beyond = [f"{share:.0%} of queries to {model}" for model, share in shares.items() if share > WORTH_SAYING]
    if beyond:
        yield f"{name} query: extrapolated beyond the lengths of the benchmark rows for {', '.join(beyond)}"
