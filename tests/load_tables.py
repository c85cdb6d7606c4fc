"""Small tables of the load model for tests of what is not known, and the full model that they stand for."""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy.linalg import solve_triangular

import wattquery as wq
from wattquery.catalog.facts import accelerators, architectures
from wattquery.specs.distributions import Fixed
from wattquery.throughput.load.deployments import LengthCase, LoadCases, LoadSettings, load_table
from wattquery.throughput.load.deployments.answers import answers_of, running
from wattquery.throughput.load.model import IMPUTED_SDS
from wattquery.throughput.load.residuals.blocks import cross_covariance, kernels_between
from wattquery.throughput.load.shipped_model import shipped

MODELS = ("llama-3.1-70b", "gpt-oss-120b", "qwen3-8b", "llama-3.2-3b")
HARDWARE = ("H100 SXM", "B200", "MI355X", "A30")
SHORT = LengthCase.of(output_tokens=wq.Exponential(median=300), input_tokens=Fixed(500.0))
LONG = LengthCase.of(output_tokens=Fixed(1000.0), input_tokens=Fixed(8000.0))
CACHED = LengthCase.of(output_tokens=Fixed(500.0), input_tokens=Fixed(20_000.0), cached_share=0.9)


def cases(**changes):
    """Return cases of a few labels, some with measured rows and some without."""
    made = {
        "models": MODELS,
        "hardware": HARDWARE,
        "serving": ("vLLM",),
        "precision": ("FP8",),
        "accelerators": (8,),
        "loads": (0.004, 0.1, 0.5, 1.0),
        "lengths": (SHORT, LONG),
        "settings": LoadSettings(),
        **changes,
    }
    made["models"] = tuple(architectures()[name] for name in made["models"])
    made["hardware"] = tuple(accelerators()[name] for name in made["hardware"])
    return LoadCases(**made)


@cache
def usual_table():
    """Return the table of the usual cases."""
    return load_table(cases())


def place(points, pair, load, places):
    """Where one operating point stands for the residuals."""
    made = places.take(np.array([pair]))
    made.log_load[:] = np.log(running(points.batch[pair, load]))
    return made


def residual_covariance(one, other, *, same):
    """Return the posterior covariance of the three outputs of two places, from one large normal distribution."""
    if one.architecture[0] != other.architecture[0]:
        return np.zeros((3, 3))
    posterior = shipped().posterior
    levels = posterior.levels
    found = np.einsum("l,lab->ab", kernels_between(one, other)[:, 0, 0], levels[:-1]) + same * levels[-1]
    known = posterior.known(one.architecture[0])
    if known is not None:
        halves = [
            solve_triangular(
                known.lower,
                cross_covariance(levels[:-1], kernels_between(each, known.places), known.measured)[0].T,
                lower=True,
            )
            for each in (one, other)
        ]
        found = found - halves[0].T @ halves[1]
    return found


def energy_covariance(knowledge, first, second):
    """Return the covariance of ln J of two points (pair, load), before calibration, from the full model."""
    points, moved = knowledge.points, []
    for pair, load in (first, second):
        answers = answers_of(points, np.array([pair]))
        spread, instance = knowledge.spread, points.instance[pair]
        answer = answers.time[0, load] + answers.power[0, load]
        moved.append([getattr(spread, name)[instance] @ answer for name in ("draws", "hardware", "stack")])
    labels = [points.rows.hardware, points.at.labels["stack"]]
    shared = [True, *(each[points.instance[first[0]]] == each[points.instance[second[0]]] for each in labels)]
    found = sum(float(a @ b) for a, b, both in zip(*moved, shared, strict=True) if both)
    places = [place(points, *one, knowledge.places) for one in (first, second)]
    direction = np.array([1.0, 0.0, 1.0])
    found += direction @ residual_covariance(*places, same=first == second) @ direction
    if places[0].architecture[0] == places[1].architecture[0]:
        guessed = np.asarray(points.at.shape.imputed)[points.instance[first[0]]]
        found += guessed * np.sum((direction * IMPUTED_SDS) ** 2)
    return float(found)
