"""The frontier: which deployments of a preset's catalog stand for the large models that answer a query."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from wattquery import catalog as catalogs
from wattquery.catalog import Preset
from wattquery.errors import InputError
from wattquery.methods.exact.reach import exact_can
from wattquery.specs import ALL
from wattquery.sweeps.run import prepare
from wattquery.sweeps.settings import settings
from wattquery.sweeps.study import study

__all__ = ["frontier_models"]


def frontier_models(preset: str | Preset = "v2-code") -> tuple[str, ...]:
    """Return the models of the frontier blend: those with the highest median energy of a traditional query.

    Members are chosen once, as the preset describes a query, and not anew for other lengths, levers or powers: a change
    of assumptions would otherwise change the models as well.

    Parameters
    ----------
    preset
        Says how many there are (``blend_top``), and where their throughputs come from.

    Returns
    -------
    tuple of str
        Names of the catalog, the highest median first.

    Raises
    ------
    InputError
        If the preset has no frontier, or its catalog has fewer models with data.

    References
    ----------
    Oviedo et al., Joule 2026, https://arxiv.org/abs/2509.20241: three models in equal parts.

    Examples
    --------
    >>> frontier_models()
    ('DeepSeek-R1', 'Llama 3.1 405B', 'Llama-3.1 Nemotron Ultra 253B')
    """
    return _chosen(catalogs.preset(preset))


@lru_cache(maxsize=64)
def _chosen(preset: Preset) -> tuple[str, ...]:
    if preset.blend_top == 0:
        raise InputError(
            f"Preset {preset.name!r} has no frontier: its catalog {preset.catalog!r} has many deployments of a model, "
            "and which of them stand for a fleet is for you to say. Name the models, each with its hardware, serving "
            "and precision, or take preset='v2-code'."
        )
    asked = study(ALL, preset=preset)
    run = prepare(asked, settings(method="exact", quantiles=(0.5,)))
    if not exact_can(run.plan):  # such as a factor that ends somewhere: medians of models are far enough apart to draw
        run = prepare(asked, settings(method="quasi_monte_carlo", quantiles=(0.5,), seed=0))
    medians = run.computed().statistics.arrays["energy"][:, 0]
    known = run.plan.cells
    if known.size < preset.blend_top:
        raise InputError(
            f"The frontier of preset {preset.name!r} takes {preset.blend_top} models, and its catalog "
            f"{preset.catalog!r} has {known.size} with data. Name the models of the blend instead."
        )
    highest_first = known[np.argsort(medians[known])[::-1]]
    return tuple(str(run.grid.model.labels[cell]) for cell in highest_first[: preset.blend_top])
