"""What an energy counts: factors from one boundary to another, step by step.

The ladder is accelerator, node, facility, facility with idle reserve. Each step up multiplies.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from wattquery import catalog as catalogs
from wattquery.catalog import Preset
from wattquery.errors import InputError, InputTypeError, did_you_mean, listed
from wattquery.inputs.arguments import refuses_unknown
from wattquery.inputs.ladder import CLAIM_LADDER, FACILITY, counts
from wattquery.specs import Distribution, Fixed, as_distribution
from wattquery.specs.ranges import ranged_number
from wattquery.specs.scalars import is_number, shown

__all__ = [
    "LADDER",
    "WITH_PUE",
    "Factors",
    "Restated",
    "Step",
    "central",
    "energy",
    "point_factors",
    "restate",
    "steps",
]

LADDER = tuple(rung.name for rung in CLAIM_LADDER)
WITH_PUE = tuple(name for name in LADDER if counts(name, FACILITY.factor))
STATISTICS = ("median", "mean")


@dataclass(frozen=True)
class Factors:
    """What lies between boundaries, as single numbers.

    Attributes
    ----------
    accelerator_share
        Accelerators over node [1].
    pue
        Facility over node [1].
    idle_reserve
        Facility with idle reserve over facility [1].
    """

    accelerator_share: float
    pue: float
    idle_reserve: float


@dataclass(frozen=True)
class Step:
    """One step between neighbouring boundaries.

    Attributes
    ----------
    source, target
        From where to where.
    name, value
        The factor that lies between them, as `Factors` has it [1].
    multiplied_by
        What the energy is multiplied by [1].
    wh
        What it is after the step [Wh].
    """

    source: str
    target: str
    name: str
    value: float
    multiplied_by: float
    wh: float

    def __str__(self) -> str:
        sign = f"x {self.value:.4g}" if self.multiplied_by == self.value else f"/ {self.value:.4g}"
        return f"{self.source} -> {self.target}: {sign} ({self.name}) = {self.wh:.4g} Wh"


@dataclass(frozen=True)
class Restated:
    """An energy moved from one boundary to another.

    Attributes
    ----------
    given, source
        The energy that was given [Wh], and its boundary.
    wh, target
        The energy at the other boundary [Wh].
    steps
        How it got there.
    """

    given: float
    source: str
    wh: float
    target: str
    steps: tuple[Step, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that JSON can hold, with units in the keys."""
        plain = asdict(self)
        return {
            "given_wh": plain.pop("given"),
            **plain,
            "steps": [asdict(one) for one in self.steps],
        }

    def __str__(self) -> str:
        lines = [f"{self.given:.4g} Wh ({self.source}) is {self.wh:.4g} Wh ({self.target})"]
        return "\n".join([*lines, *(f"  {one}" for one in self.steps)])


def point_factors(preset: str | Preset = "v2-code", statistic: str = "median") -> Factors:
    """Return what lies between boundaries as single numbers; the PUE is that of the preset.

    A mean energy is moved by the mean of a factor, which is independent of it, and a median by its median.
    """
    known = {one.name: one.factor for one in catalogs.boundary_factors(preset)}
    found = {
        "accelerator_share": known["accelerator_share"],
        "pue": catalogs.preset(preset).pue,
        "idle_reserve": known["idle_reserve"],
    }
    return Factors(**{name: central(as_distribution(one, name), statistic) for name, one in found.items()})


def central(distribution: Distribution, statistic: str) -> float:
    """Return the mean of a factor where a mean is moved by it, else its median."""
    return distribution.mean() if statistic == "mean" else float(distribution.ppf(0.5))


def steps(source: str, target: str, factors: Factors, wh: float = 1.0) -> tuple[Step, ...]:
    """Return the steps from one boundary to another, starting from an energy [Wh]."""
    start, end = LADDER.index(_known("source", source)), LADDER.index(_known("target", target))
    way = 1 if end > start else -1
    taken = []
    for place in range(start, end, way):
        rung = CLAIM_LADDER[max(place, place + way)]
        value = getattr(factors, rung.factor)
        up = rung.up(value)
        wh *= up if way > 0 else 1.0 / up
        multiplied_by = value if (way > 0) != rung.is_share else 1.0 / value
        taken.append(Step(LADDER[place], LADDER[place + way], rung.factor, value, multiplied_by, wh))
    return tuple(taken)


@refuses_unknown
def restate(
    wh: float,
    source: str = "facility+idle_reserve",
    target: str = "accelerator",
    *,
    accelerator_share: float | None = None,
    pue: float | None = None,
    idle_reserve: float | None = None,
    statistic: str = "median",
) -> Restated:
    r"""Return an energy at another boundary, with every factor on the way.

    .. math::

        E_{node} = E_{acc} / s, \quad E_{facility} = PUE \cdot E_{node}, \quad E_{reserve} = r \cdot E_{facility}

    Parameters
    ----------
    wh
        Energy at the boundary ``source`` [Wh].
    source, target
        ``"accelerator"``, ``"node"``, ``"facility"`` or ``"facility+idle_reserve"``.
    accelerator_share
        Share :math:`s` of the node's power that the accelerators draw [1]; by default its median, 0.634.
    pue
        Power usage effectiveness [1]; by default the median of preset v2-code, 1.296.
    idle_reserve
        Facility energy with idle reserve over that without, :math:`r` [1]; 1.10 by default.
    statistic
        ``"median"``, or ``"mean"`` where the energy is one: then factors that are left out are means.

    Returns
    -------
    Restated
        The energy, and the steps one by one.

    Raises
    ------
    InputError
        If a number is out of range or a boundary is unknown.

    References
    ----------
    Elsworth et al. 2025, https://arxiv.org/abs/2508.15734, split one figure into these parts.

    Examples
    --------
    >>> import wattquery as wq
    >>> print(wq.claims.restate(0.24, accelerator_share=0.7, pue=1.09, idle_reserve=1.1))
    0.24 Wh (facility+idle_reserve) is 0.1401 Wh (accelerator)
      facility+idle_reserve -> facility: / 1.1 (idle_reserve) = 0.2182 Wh
      facility -> node: / 1.09 (pue) = 0.2002 Wh
      node -> accelerator: x 0.7 (accelerator_share) = 0.1401 Wh
    """
    if not isinstance(statistic, str) or statistic not in STATISTICS:
        raise InputError(f"statistic must be 'median' or 'mean', got {shown(statistic)}. Say what the energy is.")
    points = point_factors(statistic=statistic)
    factors = Factors(
        _given("accelerator_share", accelerator_share, points.accelerator_share),
        _given("pue", pue, points.pue),
        _given("idle_reserve", idle_reserve, points.idle_reserve, "step"),
    )
    given = energy(wh)
    taken = steps(source, target, factors, given)
    return Restated(given, source, taken[-1].wh if taken else given, target, taken)


def _known(name: str, boundary: str) -> str:
    if not isinstance(boundary, str) or boundary not in LADDER:
        raise InputError(
            f"{name} must be a boundary, one of {listed(LADDER)}, got {shown(boundary)}."
            f"{did_you_mean(boundary, LADDER)}"
        )
    return boundary


def energy(wh: object, name: str = "wh") -> float:
    """Return an energy [Wh], or say what is wrong with it."""
    return ranged_number("claimed_energy", wh, name)


def _given(name: str, value: object, default: float, quantity: str = "") -> float:
    if value is None:
        return default
    if not is_number(value) and not isinstance(value, Fixed):
        raise InputTypeError(
            f"{name} must be a number, got {shown(value)}. A claim is moved by single factors: pass one."
        )
    return ranged_number(quantity or name, value, name)
