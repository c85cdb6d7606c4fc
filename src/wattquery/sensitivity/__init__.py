"""What drives the answer: which factor, which axis of the grid, which lever, and whether the draws were enough.

>>> import wattquery as wq
>>> shares = wq.sensitivity.sobol("DeepSeek-R1", draws=2**14)["first_order"].sel(scale="log_energy")
>>> shares.round(2).to_series().to_dict()
{'output_tokens': 0.95, 'power_utilization': 0.04, 'pue': 0.01}

Functions take the arguments of `wattquery.sweep` or its Dataset, and return a labelled Dataset.

======================  ======================================================================
``sobol``               how much of the variance within a cell each factor explains
``sobol_of``            the same for any function of random factors
``tornado``             how far the median moves with one factor at a time
``spider``              the median along the quantiles of each factor
``elasticity``          by how many percent the median moves with one percent of a parameter
``given``               the distribution of energies conditional on a bin of one factor
``nested``              quantiles over queries, with credible intervals for what all queries share
``ratio``               how much more one label of an axis takes than another, and how well that is known
``moment_independent``  how much a factor changes the whole distribution
``anova``               how much of the variance over a grid each axis explains
``convergence``         whether the draws of a sweep were enough
``reduction``           the combined factor of several levers, as a distribution
``shapley``             how much of a combined reduction is due to each lever
``worth_measuring``     what to measure next: how much narrower what is not known of the answer becomes
======================  ======================================================================

The rooms are questions: ``variance`` (`sobol`, `sobol_of`), ``one_factor`` (`tornado`, `spider`, `elasticity`,
`given`, `moment_independent`), ``two_level`` (`nested`, `ratio`), ``worth`` (`worth_measuring`), ``grid_variance``
(`anova`) and ``levers`` (`reduction`, `shapley`). Beside them, ``arguments`` checks what users pass, ``random_axes``
what they say in ``over=``, ``remaining_grid`` makes Datasets of what then remains of a grid, ``into_store`` analyses a
grid box by box, ``quantities`` variables with intervals, and ``enough_draws`` has `convergence`.

Names are imported when they are first used. No module has the name of a function, which it would hide.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wattquery.sensitivity.enough_draws import Convergence, convergence
    from wattquery.sensitivity.grid_variance.effects import anova
    from wattquery.sensitivity.levers.combined import reduction
    from wattquery.sensitivity.levers.shapley_shares import shapley
    from wattquery.sensitivity.one_factor.conditioning import given
    from wattquery.sensitivity.one_factor.elasticities import elasticity
    from wattquery.sensitivity.one_factor.moment_independence import moment_independent
    from wattquery.sensitivity.one_factor.one_at_a_time import spider, tornado
    from wattquery.sensitivity.two_level.configurations import ratio
    from wattquery.sensitivity.two_level.nested import nested
    from wattquery.sensitivity.variance.indices import sobol
    from wattquery.sensitivity.variance.indices_of_functions import sobol_of
    from wattquery.sensitivity.worth.measuring import worth_measuring

_HOMES = {
    "Convergence": "enough_draws",
    "anova": "grid_variance.effects",
    "convergence": "enough_draws",
    "elasticity": "one_factor.elasticities",
    "given": "one_factor.conditioning",
    "moment_independent": "one_factor.moment_independence",
    "nested": "two_level.nested",
    "ratio": "two_level.configurations",
    "reduction": "levers.combined",
    "shapley": "levers.shapley_shares",
    "sobol": "variance.indices",
    "sobol_of": "variance.indices_of_functions",
    "spider": "one_factor.one_at_a_time",
    "tornado": "one_factor.one_at_a_time",
    "worth_measuring": "worth.measuring",
}

__all__ = [
    "Convergence",
    "anova",
    "convergence",
    "elasticity",
    "given",
    "moment_independent",
    "nested",
    "ratio",
    "reduction",
    "shapley",
    "sobol",
    "sobol_of",
    "spider",
    "tornado",
    "worth_measuring",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
