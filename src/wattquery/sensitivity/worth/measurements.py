"""What can be measured of the shared factors, by what, and how well where the user says nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from wattquery.errors import InputError, InputTypeError, did_you_mean, listed
from wattquery.specs.factors import LENGTH_FACTORS, LOAD_MODEL
from wattquery.specs.scalars import is_number, shown

__all__ = [
    "ALL",
    "IDLE",
    "LENGTHS",
    "LOAD",
    "METERED",
    "RUN",
    "Measurement",
    "component_of",
    "measurements_of",
    "with_errors",
]

RUN, METERED = "benchmark", "metered_benchmark"
"""A run of the deployment that tells its throughput, and one that tells its power as well."""

LOAD = "load_model"
"""All of the load model that a run of the deployment says something of."""

LENGTHS, IDLE = "lengths", "idle_watts"
ALL = "all"

_COMPONENTS = {
    "power_utilization": "power",
    "node_power": "power",
    "throughput_fit": RUN,
    f"{LOAD_MODEL}node": "node_watts",
    f"{LOAD_MODEL}idle": IDLE,
    f"{LOAD_MODEL}cached_weight": "cached_weight",
    **dict.fromkeys(LENGTH_FACTORS, LENGTHS),
}
"""What factors are measured as, where it is not under their own names."""


_LEAST_ERROR = 1e-6
"""No instrument is better, and nothing is narrower by it."""


@dataclass(frozen=True)
class Instrument:
    """What measures a kind of factor.

    Attributes
    ----------
    name
        In words.
    error
        Of one measurement, relative, one standard deviation [1]: a judgement. None for what single runs scatter by.
    """

    name: str
    error: float | None


_INSTRUMENTS = {
    "pue": Instrument("bill", 0.01),
    "power": Instrument("meter", 0.02),
    "node_watts": Instrument("meter of the node", 0.02),
    IDLE: Instrument("meter", 0.02),
    "accelerator_share": Instrument("meter", 0.02),
    "step": Instrument("meter", 0.02),
    "lever": Instrument("A/B test", 0.05),
    "cached_weight": Instrument("A/B test", 0.05),
    RUN: Instrument("benchmark run", 0.05),
    LENGTHS: Instrument("log of requests", 0.01),
}
_RUNS_UNDER_LOAD = {
    RUN: Instrument("benchmark run", None),
    METERED: Instrument("benchmark run with power meters", None),
}


@dataclass(frozen=True)
class Measurement:
    """Something that may be measured.

    Attributes
    ----------
    name
        What a user calls it.
    by
        The instrument.
    factors
        Names of the factors that it says something of.
    components
        What of the answer it says something of.
    error
        Relative, one standard deviation [1]; None for what single runs scatter by.
    """

    name: str
    by: str
    factors: tuple[str, ...]
    components: tuple[str, ...]
    error: float | None


def component_of(factor: str) -> str:
    """Return as what a factor is measured.

    Examples
    --------
    >>> component_of("node_power"), component_of("load_model:stack"), component_of("lever:model")
    ('power', 'load_model', 'lever:model')
    """
    name = factor.split(":")[0] if factor.startswith("throughput_fit") else factor
    return _COMPONENTS.get(name, LOAD if name.startswith(LOAD_MODEL) else name)


def measurements_of(shared: Iterable[str]) -> dict[str, Measurement]:
    """Return what may be measured of the shared factors, by name, with lengths, of which it is always asked."""
    factors: dict[str, list[str]] = {}
    for name in shared:
        factors.setdefault(component_of(name), []).append(name)
    factors.setdefault(LENGTHS, [])
    found = {}
    for component, names in factors.items():
        runs = _RUNS_UNDER_LOAD if component == LOAD else {component: _INSTRUMENTS[component.partition(":")[0]]}
        for name, instrument in runs.items():
            found[name] = Measurement(name, instrument.name, tuple(names), (component,), instrument.error)
    return found


def with_errors(known: Mapping[str, Measurement], measured_to: object) -> dict[str, Measurement]:
    """Return measurements with the errors that a user states.

    Raises
    ------
    InputError, InputTypeError
        If it names no measurement, or an error is not above 0.
    """
    if measured_to is None:
        return dict(known)
    if not isinstance(measured_to, Mapping):
        raise InputTypeError(
            f"measured_to must be a dict of relative errors, got {shown(measured_to)}: write "
            "measured_to={'pue': 0.02} for 2 %."
        )
    found = dict(known)
    for name, error in measured_to.items():
        if name not in known:
            raise InputError(
                f"measured_to names {shown(name)}, which cannot be measured here: name one of {listed(known, 20)}."
                f"{did_you_mean(name, known)}"
            )
        if not is_number(error) or not _LEAST_ERROR <= error <= 1.0:
            raise InputError(
                f"measured_to[{name!r}] must be a relative error from {_LEAST_ERROR:g} to 1, one standard deviation, "
                f"got {shown(error)}: write 2 % as 0.02."
            )
        found[name] = replace(found[name], error=float(error))
    return found
