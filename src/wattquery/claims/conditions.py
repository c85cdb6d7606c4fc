"""What a claim is compared with: models, lengths and boundary, stated or assumed."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypedDict

from wattquery import catalog as catalogs
from wattquery.catalog import Catalog, Preset, PublicClaim
from wattquery.claims.boundaries import LADDER
from wattquery.claims.method_choice import method_for
from wattquery.errors import InputError, InputTypeError, did_you_mean, listed, quoted
from wattquery.specs import Distribution, Exponential, Fixed, Lever, ThroughputProportional, as_distribution
from wattquery.specs.arguments import Factor, Spec
from wattquery.specs.scalars import shown
from wattquery.specs.throughput_form import AskedForm
from wattquery.sweeps.frontier import frontier_models
from wattquery.sweeps.no_rows_hint import no_rows_hint

__all__ = ["ComparisonArguments", "Conditions", "conditions"]

FRONTIER = "frontier"
TRADITIONAL = "traditional"
RESERVED = ("quantiles", "keep_histogram", "hardware", "serving")


class ComparisonArguments(TypedDict, total=False):
    """The arguments of `wattquery.sweep` that a comparison passes on, one value each."""

    precision: str | None
    power_utilization: Factor | ThroughputProportional | Spec | None
    pue: Factor | Spec | None
    node_power: Factor | Spec | None
    levers: str | Lever | Spec
    catalog: str | os.PathLike[str] | Catalog | None
    draws: int | None
    relative_stderr: float | None
    seed: int | None
    common_random_numbers: bool
    prefill_weight: float | None
    round_tokens: bool | None
    throughput_model: AskedForm


@dataclass(frozen=True)
class Conditions:
    """The query that a claim is compared with.

    Attributes
    ----------
    models
        Names of the catalog, in equal parts.
    blend
        Whether they stand for the frontier.
    output_tokens
        A distribution [tokens]; `Fixed` where every query has that length.
    input_tokens
        The same [tokens].
    boundary
        What is counted.
    preset
        Where all else comes from.
    arguments
        Further arguments of `wattquery.sweep`.
    assumed
        What the claim does not state, in sentences.
    given
        What the user said instead of the claim: ``"output_tokens"``, ``"boundary"``.
    """

    models: tuple[str, ...]
    blend: bool
    output_tokens: Distribution
    input_tokens: Distribution
    boundary: str
    preset: Preset
    arguments: Mapping[str, Any]
    assumed: tuple[str, ...]
    given: frozenset[str] = frozenset()

    @property
    def catalog(self) -> Catalog:
        """The catalog that throughputs come from."""
        return catalogs.load(self.arguments.get("catalog") or self.preset.catalog)

    def with_length(self, length: float) -> Distribution:
        """Return an output length of the same shape with another median [tokens]."""
        own = self.output_tokens
        if isinstance(own, (Fixed, Exponential)):
            return _length(length, own.is_random)
        return own.scaled(length / float(own.ppf(0.5)))


def conditions(
    claim: PublicClaim,
    *,
    model: str | None = None,
    output_tokens: object = None,
    input_tokens: object = None,
    boundary: str | None = None,
    preset: str | Preset = "v2-code",
    **arguments: Any,
) -> Conditions:
    """Return what a claim is compared with, having said what it does not state.

    Parameters
    ----------
    claim
        The claim.
    model, output_tokens, input_tokens, boundary
        Instead of what the claim says.
    preset
        Where all else comes from.
    **arguments
        Further arguments of `wattquery.sweep`.

    Raises
    ------
    InputError
        If no model of the catalog stands for the claim's, or an argument is not allowed.
    """
    for name in RESERVED:
        if name in arguments:
            raise InputError(f"compare sets {name} itself, got {name}={shown(arguments[name])}. Leave it out.")
    chosen = catalogs.preset(preset)
    assumed: list[str] = []
    models, blend, extra = _models(claim, model, chosen, arguments, assumed)
    arguments |= extra
    if arguments.get("method") is None:
        arguments["method"] = method_for(models, chosen, arguments)
    said = {"output_tokens": output_tokens, "boundary": boundary}
    return Conditions(
        models,
        blend,
        _output(claim, output_tokens, chosen, assumed),
        _input(claim, input_tokens, chosen, assumed),
        _boundary(claim, boundary, assumed),
        chosen,
        arguments,
        tuple(assumed),
        frozenset(name for name, value in said.items() if value is not None),
    )


def _models(
    claim: PublicClaim, model: str | None, preset: Preset, arguments: Mapping[str, Any], assumed: list[str]
) -> tuple[tuple[str, ...], bool, dict[str, Any]]:
    """Return the models, whether they are the frontier, and arguments that they need."""
    catalog = catalogs.load(arguments.get("catalog") or preset.catalog)
    labels = catalog.labels("model")
    if model is not None and not isinstance(model, str):
        raise InputTypeError(f"model must be a name, got {quoted(model)}. Pass one of {listed((FRONTIER, *labels))}.")
    wanted = claim.model_class if model is None else model
    if wanted in ("", FRONTIER):
        if not wanted:
            assumed.append("model: unknown, the frontier blend stands for it")
        return frontier_models(preset), True, {}
    try:
        wanted = catalog.label("model", wanted)
    except InputError:
        subject = f"model = {model!r}" if model is not None else f"{claim.id!r} is about a model of class {wanted!r}"
        raise InputError(
            f"{subject}, which catalog {catalog.name!r} does not have. Pass model= to say what it is to be compared "
            f"with, one of {listed((FRONTIER, *labels))}.{did_you_mean(wanted, (FRONTIER, *labels))}"
            f"{'' if model is None else no_rows_hint(model, catalog.labels('model', measured=True))}"
        ) from None
    if arguments.get("precision") is None and catalog.deployment(wanted) is None:
        precisions = list(dict.fromkeys(row.precision for row in catalog.rows if row.model == wanted))
        if len(precisions) == 1:
            assumed.append(f"precision: {precisions[0]}, the only one that the catalog has of this model")
            return (wanted,), False, {"precision": precisions[0]}
    return (wanted,), False, {}


def _output(claim: PublicClaim, given: object, preset: Preset, assumed: list[str]) -> Distribution:
    workloads = {name: as_distribution(one, "output_tokens") for name, one in preset.output_tokens.items()}
    if isinstance(given, str):
        if given not in workloads:
            raise InputError(
                f"output_tokens must be a workload, a number or a distribution, got {given!r}. Workloads of preset "
                f"{preset.name!r} are {listed(workloads)}.{did_you_mean(given, workloads)}"
            )
        return workloads[given]
    if given is not None:
        return as_distribution(given, "output_tokens")
    if claim.output_tokens is None:
        assumed.append(f"output length: not stated, the preset's {TRADITIONAL} query, {_said(workloads[TRADITIONAL])}")
        return workloads[TRADITIONAL]
    for field in ("output_tokens", "output_is"):
        if field in claim.inferred:
            tokens = f"{claim.output_tokens:,.10g} tokens"
            inferred = tokens if field == "output_tokens" else f"that it is {claim.output_is}"
            assumed.append(f"output length: {inferred}, inferred and not stated by the claim")
    if claim.output_is == "mean":
        assumed.append("output length: its mean is taken as the length of every query")
    return _length(claim.output_tokens, claim.output_is == "median")


def _input(claim: PublicClaim, given: object, preset: Preset, assumed: list[str]) -> Distribution:
    if given is not None:
        return as_distribution(given, "input_tokens")
    if claim.input_tokens is None:
        length = as_distribution(preset.input_tokens, "input_tokens")
        assumed.append(f"input length: not stated, {_said(length)} of the preset")
        return length
    if "input_tokens" in claim.inferred:
        assumed.append(f"input length: {claim.input_tokens:,.10g} tokens, inferred and not stated by the claim")
    return as_distribution(claim.input_tokens, "input_tokens")


def _length(tokens: float, random: bool) -> Distribution:
    return Exponential(median=tokens) if random else as_distribution(tokens, "output_tokens")


def _boundary(claim: PublicClaim, given: str | None, assumed: list[str]) -> str:
    boundary = claim.boundary if given is None else given
    if given is None and boundary == "unknown":
        assumed.append("boundary: unknown, facility is taken")
        return "facility"
    if given is None and "boundary" in claim.inferred:
        assumed.append(f"boundary: {boundary}, inferred and not stated by the claim")
    if not isinstance(boundary, str) or boundary not in LADDER:
        raise InputError(
            f"boundary must be one of {listed(LADDER)}, got {shown(boundary)}.{did_you_mean(boundary, LADDER)}"
        )
    return boundary


def _said(length: Distribution) -> str:
    return f"{length.label} tokens"
