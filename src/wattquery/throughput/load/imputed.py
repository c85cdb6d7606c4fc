"""The likely shape of an architecture of which only the numbers of parameters are known."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wattquery.catalog.facts import Architecture, architectures

__all__ = ["cache_sd", "imputed"]

_MIXTURE_FROM = 1.2
"""Ratio of all parameters to those that a token uses from which an architecture has routed experts."""

_GUESSED = ("layers", "hidden_size", "kv_elements_per_token", "q_heads")
_HEAD = 128


def imputed(name: str, total_params_b: float, active_params_b: float) -> Architecture:
    """Return what an architecture of these sizes most likely looks like: full attention, perhaps routed experts.

    ln x = a + b ln(total) + c ln(active) + d [mixture], by least squares over the architectures of the catalog
    ``default``, for the layers, the width, the heads and the elements of the cache; for mixtures, over those alone,
    also for the experts and the parameters that all tokens use.

    Parameters
    ----------
    name
        Its label.
    total_params_b, active_params_b
        Parameters, and those that a token uses [1e9].

    Examples
    --------
    >>> found = imputed("new-70b", 70.0, 70.0)
    >>> 60 < found.layers < 90, 6000 < found.hidden_size < 10000, found.experts
    (True, True, 0)
    """
    active = min(active_params_b, total_params_b)
    mixture = total_params_b > _MIXTURE_FROM * active
    features = _features(total_params_b, active, mixture)
    shape: dict[str, Any] = {one: round(_guess(one, features)) for one in _GUESSED}
    layers = shape["layers"]
    experts: dict[str, Any] = _experts(features, total_params_b, active) if mixture else {"experts": 0}
    return Architecture(
        architecture=name,
        model=name,
        total_params_b=total_params_b,
        active_params_b=active,
        attention_layers=layers,
        full_attention_layers=layers,
        linear_layers=0,
        attention_kind="full GQA",
        head_dim=_HEAD,
        kv_heads=max(round(shape["kv_elements_per_token"] / (2 * _HEAD * layers)), 1),
        kv_elements_per_token_full_layers=shape["kv_elements_per_token"],
        **shape,
        **experts,
    )


@cache
def cache_sd() -> float:
    """Return the standard deviation of the logarithm of the elements of the cache about what `imputed` guesses [1].

    That of the residuals of its regression. It is large: attention with few key-value heads or many, with windows or
    without, makes more of a difference than the size of a model.

    Examples
    --------
    >>> 0.9 < cache_sd() < 1.2
    True
    """
    features, values = _known("kv_elements_per_token")
    apart = values - features @ _coefficients("kv_elements_per_token")
    return math.sqrt(float(apart @ apart) / (len(values) - features.shape[1]))


def _experts(features: NDArray[np.float64], total: float, active: float) -> dict[str, Any]:
    """Return experts that give both numbers of parameters: active = shared + routed k/E."""
    shared = min(_guess("shared_params_b", features), 0.9 * active)
    experts = max(round(_guess("experts", features)), 2)
    routed = total - shared
    return {
        "experts": experts,
        "active_experts": experts * (active - shared) / routed,
        "routed_expert_params_b": routed,
    }


def _guess(quantity: str, features: NDArray[np.float64]) -> float:
    return math.exp(float(features @ _coefficients(quantity)))


@cache
def _coefficients(quantity: str) -> NDArray[np.float64]:
    """Return a, b, c and d of a quantity; see `imputed`."""
    features, values = _known(quantity)
    return np.asarray(np.linalg.lstsq(features, values, rcond=None)[0], dtype=np.float64)


def _known(quantity: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the features of the architectures of which a quantity is known, and its logarithms."""
    rows, values = [], []
    for one in architectures().values():
        value = _value(one, quantity)
        if value and value > 0.0 and one.total_params_b and one.active_params_b:
            rows.append(_features(one.total_params_b, one.active_params_b, bool(one.experts)))
            values.append(math.log(value))
    return np.array(rows), np.array(values)


def _value(facts: Architecture, quantity: str) -> float | None:
    if quantity == "shared_params_b":
        routed, active = facts.routed_expert_params_b, facts.active_params_b
        if not facts.experts or routed is None or facts.active_experts is None or active is None:
            return None
        return active - routed * facts.active_experts / facts.experts
    if quantity == "kv_elements_per_token" and facts.kv_sharded_by_tp is False:
        return None  # a latent cache is far smaller
    value: float | None = getattr(facts, quantity)
    return value


def _features(total: float, active: float, mixture: bool) -> NDArray[np.float64]:
    return np.array([1.0, math.log(total), math.log(active), float(mixture)])
