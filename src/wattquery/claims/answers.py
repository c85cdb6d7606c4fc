"""The model's answers under the conditions of claims; what several claims ask is computed once."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wattquery.claims.conditions import Conditions
from wattquery.engine.executor import Progress
from wattquery.errors import InputError, listed
from wattquery.histograms import Histogram, mixed
from wattquery.specs import Distribution
from wattquery.specs.throughput_form import AUTO, form_for
from wattquery.sweeps.dataset import histogram_of
from wattquery.sweeps.sweep import sweep
from wattquery.throughput import ThroughputModel, fit_throughput
from wattquery.throughput.identifiability import check_identified, log_lengths

__all__ = ["Answers", "known_lengths", "statistic_of", "throughputs"]

_Energy = Mapping[str, float]
"""The mean and the median, by name [Wh]."""


class Answers:
    """What the model says, for the claims of one list.

    Many claims state neither a length nor a boundary, and so put the same question: the preset's query to the frontier
    at the facility. Its answer, and the energies at other lengths, are kept for the next of them.

    Parameters
    ----------
    threads
        Number of threads that compute; by default one per core.
    """

    def __init__(self, threads: int | None = None) -> None:
        self._threads = threads
        self._distributions: dict[Hashable, tuple[Histogram, Histogram | None]] = {}
        self._energies: dict[Hashable, _Energy] = {}

    def distribution(
        self, conditions: Conditions, progress: Progress | None = None
    ) -> tuple[Histogram, Histogram | None]:
        """Return the distribution of the energy [Wh], and beside it that of a blend with the preset's trim."""
        question = _question(conditions, conditions.output_tokens)
        if question not in self._distributions:
            swept = self._swept(conditions, [conditions.output_tokens], progress)
            self._distributions[question] = _whole_and_trimmed(conditions, swept)
        return self._distributions[question]

    def at_lengths(
        self, conditions: Conditions, lengths: Sequence[float], progress: Progress | None = None
    ) -> Mapping[str, NDArray[np.float64]]:
        """Return the mean and the median of the energy [Wh] for output lengths of these medians [tokens]."""
        distributions = [conditions.with_length(length) for length in lengths]
        questions = [_question(conditions, length) for length in distributions]
        paired = zip(questions, distributions, strict=True)
        missing = {question: length for question, length in paired if question not in self._energies}
        if missing:
            swept = self._swept(conditions, list(missing.values()), progress)
            self._energies.update(zip(missing, _energies(conditions, swept), strict=True))
        energies = [self._energies[question] for question in questions]
        return {name: np.array([energy[name] for energy in energies]) for name in ("mean", "median")}

    def _swept(self, conditions: Conditions, lengths: Sequence[Distribution], progress: Progress | None) -> xr.Dataset:
        """Return the sweep over models and output lengths, with histograms."""
        ds = sweep(
            list(conditions.models),
            output_tokens={f"{place}": length for place, length in enumerate(lengths)},
            input_tokens=conditions.input_tokens,
            preset=conditions.preset,
            boundary=conditions.boundary,
            keep_histogram=True,
            threads=self._threads,
            progress=progress,
            **conditions.arguments,
        )
        extra = [str(dim) for dim in ds["energy_mean"].dims if dim not in ("model", "output_tokens")]
        if extra:
            raise InputError(
                f"compare takes one value for each argument, got several for {listed(extra)}. Pass single values, and "
                "compare once for each."
            )
        if not ds["supported"].values.all():
            absent = [model for model in conditions.models if not ds["supported"].sel(model=model).values.all()]
            raise InputError(
                f"catalog {conditions.catalog.name!r} has no rows for {listed(absent)} under these conditions. Pass "
                "another model= or precision=."
            )
        return ds


def _question(conditions: Conditions, length: Distribution) -> Hashable:
    """Return what tells questions apart: all that a sweep is given."""
    arguments = tuple((name, _hashable(value)) for name, value in sorted(conditions.arguments.items()))
    models = conditions.models, conditions.blend
    return models, length, conditions.input_tokens, conditions.boundary, conditions.preset, arguments


def _hashable(value: object) -> Hashable:
    """Return a value itself, or what it is in memory: arguments stay the same from claim to claim."""
    try:
        hash(value)
    except TypeError:
        return id(value)
    return value


def _whole_and_trimmed(conditions: Conditions, ds: xr.Dataset) -> tuple[Histogram, Histogram | None]:
    parts = _parts(conditions, ds, 0)
    trim = conditions.preset.blend_trim
    if not conditions.blend or trim is None:
        return mixed(parts), None
    return mixed(parts), mixed([part.trimmed(*trim) for part in parts])


def _energies(conditions: Conditions, ds: xr.Dataset) -> list[_Energy]:
    """Return the mean and the median at each output length of a sweep."""
    mixtures = [mixed(_parts(conditions, ds, place)) for place in range(ds.sizes["output_tokens"])]
    return [{name: statistic_of(mixture, name) for name in ("mean", "median")} for mixture in mixtures]


def _parts(conditions: Conditions, ds: xr.Dataset, place: int) -> list[Histogram]:
    """Return the distribution of each model at one output length."""
    at_length = ds.isel(output_tokens=place)
    return [histogram_of(at_length.isel(model=model)) for model in range(len(conditions.models))]


def known_lengths(conditions: Conditions, lengths: Sequence[float]) -> list[float]:
    """Return those of some output lengths at which the rows of all models determine the throughput."""
    whole = bool(conditions.arguments.get("round_tokens", conditions.preset.round_tokens))
    inputs = log_lengths([conditions.input_tokens], whole=whole)
    models = throughputs(conditions)

    def known(length: float) -> bool:
        outputs = log_lengths([conditions.with_length(length)], whole=whole)
        try:
            for name, model in models.items():
                check_identified(model, name, inputs, outputs)
        except InputError:
            return False
        return True

    return [length for length in lengths if known(length)]


def statistic_of(histogram: Histogram, statistic: str) -> float:
    """Return the mean or the median of a distribution."""
    return histogram.mean() if statistic == "mean" else float(histogram.quantiles(0.5))


def throughputs(conditions: Conditions) -> dict[str, ThroughputModel]:
    """Return the throughput model of each of the models."""
    precision = conditions.arguments.get("precision")
    deployments = {name: conditions.catalog.deployment(name, precision=precision) for name in conditions.models}
    form = form_for(conditions.arguments.get("throughput_model", AUTO), conditions.catalog.throughput_model)
    return {name: fit_throughput(one.rows, name, form) for name, one in deployments.items() if one is not None}
