"""What a claim is compared with: models, lengths and boundary, stated or assumed; and the model's answer there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import xarray as xr

from wattquery import catalog as catalogs
from wattquery.catalog import Catalog, Preset, PublicClaim
from wattquery.claims.boundaries import LADDER
from wattquery.errors import InputError, InputTypeError, did_you_mean, listed, quoted
from wattquery.histograms import Histogram, mixed
from wattquery.specs import Distribution, Exponential, Fixed, as_distribution
from wattquery.specs.scalars import shown
from wattquery.sweeps.dataset import histogram_of
from wattquery.sweeps.frontier import frontier_models
from wattquery.sweeps.sweep import sweep
from wattquery.throughput import ThroughputModel, fit_throughput
from wattquery.throughput.identifiability import check_identified, log_lengths

__all__ = ["Conditions", "conditions", "distribution", "distributions", "known_lengths", "throughputs"]

FRONTIER = "frontier"
TRADITIONAL = "traditional"
RESERVED = ("quantiles", "keep_histogram", "hardware", "serving")


@dataclass(frozen=True)
class Conditions:
    """One query for which the model is asked.

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
    """

    models: tuple[str, ...]
    blend: bool
    output_tokens: Distribution
    input_tokens: Distribution
    boundary: str
    preset: Preset
    arguments: Mapping[str, Any]
    assumed: tuple[str, ...]

    @property
    def catalog(self) -> Catalog:
        """The catalog that throughputs come from."""
        return catalogs.load(self.arguments.get("catalog") or self.preset.catalog)

    def with_length(self, length: float) -> Distribution:
        """Return an output length of the same shape with another median [tokens]."""
        own = self.output_tokens
        if isinstance(own, (Fixed, Exponential)):
            return _length(length, own.is_random)
        return _scaled(own, length / float(own.ppf(0.5)))


def conditions(
    claim: PublicClaim,
    model: str | None,
    output_tokens: object,
    input_tokens: object,
    boundary: str | None,
    preset: str | Preset,
    arguments: Mapping[str, Any],
) -> Conditions:
    """Return what a claim is compared with, having said what it does not state.

    Raises
    ------
    InputError
        If no model of the catalog stands for the claim's, or an argument is not allowed.
    """
    for name in RESERVED:
        if name in arguments:
            raise InputError(f"{name} came, which compare sets itself. Leave it out.")
    chosen = catalogs.preset(preset)
    assumed: list[str] = []
    models, blend, extra = _models(claim, model, chosen, arguments, assumed)
    output = _output(claim, output_tokens, chosen, assumed)
    given_input = input_tokens if input_tokens is not None else claim.input_tokens
    if given_input is None:
        given_input = chosen.input_tokens
        assumed.append(f"input length: not stated, {_said(as_distribution(given_input, 'input_tokens'))} of the preset")
    elif input_tokens is None and "input_tokens" in claim.inferred:
        assumed.append(f"input length: {given_input:,.10g} tokens, inferred and not stated by the claim")
    return Conditions(
        models,
        blend,
        output,
        as_distribution(given_input, "input_tokens"),
        _boundary(claim, boundary, assumed),
        chosen,
        {**arguments, **extra},
        tuple(assumed),
    )


def distributions(asked: Conditions, lengths: Sequence[Distribution]) -> list[Histogram]:
    """Return the distribution of the energy for each of several output lengths, models in equal parts [Wh]."""
    labels = {f"{place}": one for place, one in enumerate(lengths)}
    ds = _swept(asked, labels)
    return [_mixture(asked, ds.sel(output_tokens=label)) for label in labels]


def distribution(asked: Conditions) -> tuple[Histogram, Histogram | None]:
    """Return the distribution of the energy [Wh], and beside it that of a blend with the preset's trim."""
    ds = _swept(asked, {"asked": asked.output_tokens}).sel(output_tokens="asked")
    whole = _mixture(asked, ds)
    trim = asked.preset.blend_trim
    if not asked.blend or trim is None:
        return whole, None
    parts = [histogram_of(ds.sel(model=one)) for one in asked.models]
    return whole, mixed([one.trimmed(*trim) for one in parts])


def known_lengths(asked: Conditions, lengths: Sequence[float]) -> list[float]:
    """Return those of some output lengths at which the rows of all models determine the throughput."""
    whole = bool(asked.arguments.get("round_tokens", asked.preset.round_tokens))
    inputs = log_lengths([asked.input_tokens], whole=whole)
    models = throughputs(asked)

    def known(length: float) -> bool:
        outputs = log_lengths([asked.with_length(length)], whole=whole)
        try:
            for name, model in models.items():
                check_identified(model, name, inputs, outputs)
        except InputError:
            return False
        return True

    return [one for one in lengths if known(one)]


def _swept(asked: Conditions, lengths: Mapping[str, Distribution]) -> xr.Dataset:
    """Return the sweep over models and lengths at the boundary that is asked for."""
    ds = sweep(
        list(asked.models),
        output_tokens=dict(lengths),
        input_tokens=asked.input_tokens,
        preset=asked.preset,
        boundary=asked.boundary,
        keep_histogram=True,
        **asked.arguments,
    )
    extra = [str(dim) for dim in ds["energy_mean"].dims if dim not in ("model", "output_tokens")]
    if extra:
        raise InputError(
            f"compare takes one value for each argument, and {listed(extra)} came as a list or dict. Pass single "
            "values, and compare once for each."
        )
    if not ds["supported"].values.all():
        absent = [one for one in asked.models if not ds["supported"].sel(model=one).values.all()]
        raise InputError(
            f"catalog {asked.catalog.name!r} has no rows for {listed(absent)} with what was asked. Pass another "
            "model= or precision=."
        )
    return ds


def throughputs(asked: Conditions) -> dict[str, ThroughputModel]:
    """Return the throughput model of each of the models."""
    found = {}
    for one in asked.models:
        deployment = asked.catalog.deployment(one, precision=asked.arguments.get("precision"))
        if deployment is not None:
            found[one] = fit_throughput(deployment.rows, one)
    return found


def _mixture(asked: Conditions, ds: xr.Dataset) -> Histogram:
    return mixed([histogram_of(ds.sel(model=one)) for one in asked.models])


def _models(
    claim: PublicClaim, model: str | None, preset: Preset, arguments: Mapping[str, Any], assumed: list[str]
) -> tuple[tuple[str, ...], bool, dict[str, Any]]:
    """Return the models, whether they are the frontier, and arguments that they need."""
    catalog = catalogs.load(arguments.get("catalog") or preset.catalog)
    labels = catalog.labels("model")
    if model is not None and not isinstance(model, str):
        raise InputTypeError(
            f"model = {quoted(model)} is not a name. Allowed are {listed((FRONTIER, *labels))}. Pass one of them."
        )
    wanted = claim.model_class if model is None else model
    if wanted in ("", FRONTIER):
        if not wanted:
            assumed.append("model: not known, the frontier blend stands for it")
        return frontier_models(preset), True, {}
    if wanted not in labels:
        came = f"model = {model!r}" if model is not None else f"{claim.id!r} is about a model of class {wanted!r}"
        raise InputError(
            f"{came}, which catalog {catalog.name!r} does not have. Pass model= to say what it is to be compared with, "
            f"one of {listed((FRONTIER, *labels))}.{did_you_mean(wanted, (FRONTIER, *labels))}"
        )
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
                f"output_tokens = {given!r} is not a workload. Allowed are {listed(workloads)}, a number or a "
                f"distribution.{did_you_mean(given, workloads)}"
            )
        return workloads[given]
    if given is not None:
        return as_distribution(given, "output_tokens")
    if claim.output_tokens is None:
        assumed.append(f"output length: not stated, the preset's {TRADITIONAL} query, {_said(workloads[TRADITIONAL])}")
        return workloads[TRADITIONAL]
    for field in ("output_tokens", "output_is"):
        if field in claim.inferred:
            shown = (
                f"{claim.output_tokens:,.10g} tokens" if field == "output_tokens" else f"that it is {claim.output_is}"
            )
            assumed.append(f"output length: {shown}, inferred and not stated by the claim")
    if claim.output_is == "mean":
        assumed.append("output length: its mean is taken as the length of every query")
    return _length(claim.output_tokens, claim.output_is == "median")


def _length(tokens: float, random: bool) -> Distribution:
    return Exponential(median=tokens) if random else as_distribution(tokens, "output_tokens")


def _scaled(one: Distribution, factor: float) -> Distribution:
    """Return the distribution of a length times a factor: all of its fields are lengths, but for probabilities."""
    changed: dict[str, Any] = {}
    for field in fields(one):
        value = getattr(one, field.name)
        if isinstance(value, Distribution):
            changed[field.name] = _scaled(value, factor)
        elif value is not None and field.name != "probabilities":
            changed[field.name] = value * factor if isinstance(value, float) else [part * factor for part in value]
    return replace(one, **changed)


def _boundary(claim: PublicClaim, given: str | None, assumed: list[str]) -> str:
    boundary = claim.boundary if given is None else given
    if given is None and boundary == "unknown":
        assumed.append("boundary: not known, facility is taken")
        return "facility"
    if given is None and "boundary" in claim.inferred:
        assumed.append(f"boundary: {boundary}, inferred and not stated by the claim")
    if not isinstance(boundary, str) or boundary not in LADDER:
        raise InputError(
            f"boundary = {shown(boundary)} is not known. Allowed are {listed(LADDER)}.{did_you_mean(boundary, LADDER)}"
        )
    return boundary


def _said(one: Distribution) -> str:
    return f"{one.label} tokens"
