"""The numbers that are fitted, in one vector of logarithms, and their values for each row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from wattquery.throughput.load.conditions import Conditions
from wattquery.throughput.load.parameter_table import GROUPINGS, parameter_table

__all__ = ["Layout", "Values", "effect_name"]

Numbers = NDArray[np.float64]


def effect_name(parameter: str, grouping: str, label: str) -> str:
    """Return what an effect is called.

    Examples
    --------
    >>> effect_name("layer_s", "stack", "SGLang")
    'layer_s | stack | SGLang'
    """
    return f"{parameter} | {grouping} | {label}"


@dataclass(frozen=True, eq=False)
class Layout:
    """Which numbers a vector of parameters holds: those of the table, and their effects for some labels.

    Attributes
    ----------
    labels
        Labels with effects of their own, by grouping; all others have the effect of the prior mean.
    """

    labels: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, conditions: Conditions) -> Self:
        """Return the layout with effects for all labels of some rows."""
        return cls({one: tuple(sorted(set(conditions.labels[one]) - {""})) for one in GROUPINGS})

    @classmethod
    def of_names(cls, names: Iterable[str]) -> Self:
        """Return the layout of a vector from the names of its numbers, `names`."""
        found: dict[str, set[str]] = {one: set() for one in GROUPINGS}
        for name in names:
            _, grouping, label = [*name.split(" | "), "", ""][:3]
            if grouping:
                found[grouping].add(label)
        return cls({one: tuple(sorted(found[one])) for one in GROUPINGS})

    @cached_property
    def blocks(self) -> Mapping[tuple[str, str], slice]:
        """Where in a vector the effects of a parameter by a grouping stand."""
        made, start = {}, sum(one.sd > 0.0 for one in parameter_table().values())
        for one in parameter_table().values():
            for grouping in one.effects:
                made[one.name, grouping] = slice(start, start := start + len(self.labels[grouping]))
        return made

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Where in a vector the parameters stand that are fitted."""
        return {name: place for place, name in enumerate(self.names[: len(self._fitted)])}

    @cached_property
    def _fitted(self) -> tuple[str, ...]:
        return tuple(one.name for one in parameter_table().values() if one.sd > 0.0)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the numbers of a vector."""
        effects = [
            effect_name(parameter, grouping, label)
            for parameter, grouping in self.blocks
            for label in self.labels[grouping]
        ]
        return (*self._fitted, *effects)

    @cached_property
    def prior(self) -> tuple[Numbers, Numbers]:
        """Prior mean and standard deviation of each number."""
        table = parameter_table()
        own = [(np.log(table[name].mean), table[name].sd) for name in self._fitted]
        effects = [
            table[parameter].effect(grouping, label)
            for parameter, grouping in self.blocks
            for label in self.labels[grouping]
        ]
        mean, sd = np.array([*own, *effects]).T
        return mean, sd

    def vector(self, numbers: Mapping[str, float]) -> Numbers:
        """Return a vector with some numbers by name, and prior means for all others."""
        mean, _ = self.prior
        return np.array([numbers.get(name, one) for name, one in zip(self.names, mean, strict=True)])

    def codes(self, conditions: Conditions) -> Mapping[str, NDArray[np.intp]]:
        """Return which label each row has, by grouping; -1 for one without effects."""
        made = {}
        for grouping, labels in self.labels.items():
            place = {label: number for number, label in enumerate(labels)}
            made[grouping] = np.array([place.get(label, -1) for label in conditions.labels[grouping]], dtype=np.intp)
        return made


class Values:
    """Values of the parameters for each row, from one vector.

    Parameters
    ----------
    layout, codes
        Which numbers the vector holds, and `Layout.codes` of the rows.
    vector
        Logarithms of the parameters and of the factors that effects are; (numbers, rows) where each row has its own.
    """

    def __init__(self, layout: Layout, codes: Mapping[str, NDArray[np.intp]], vector: Numbers) -> None:
        self._layout, self._codes, self._vector = layout, codes, vector

    def __call__(self, name: str) -> Any:
        """Return a parameter in its unit: a number, or one for each row where it has effects."""
        return np.exp(self._log(name))

    def where(self, mask: Any, name: str) -> Any:
        """Return a factor for rows where the mask is 1, and 1 where it is 0; in between, a power of it."""
        return np.exp(mask * self._log(name))

    def odds(self, name: str) -> Any:
        """Return a share s from its odds s/(1 - s)."""
        odds = self(name)
        return odds / (1.0 + odds)

    def _log(self, name: str) -> Any:
        parameter = parameter_table()[name]
        log = self._vector[self._layout.places[name]] if parameter.sd > 0.0 else np.log(parameter.mean)
        for grouping in parameter.effects:
            effects = self._vector[self._layout.blocks[name, grouping]]
            # One more, of labels without effects: they are counted from the end.
            effects = np.concatenate([effects, np.zeros((1, *effects.shape[1:]))])
            codes = self._codes[grouping]
            log = log + (effects[codes] if effects.ndim == 1 else effects[codes, np.arange(len(codes))])
        return log
