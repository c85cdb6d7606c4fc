"""What labels are called in the names of random streams."""

from __future__ import annotations

from typing import Any

from wattquery.catalog import Catalog
from wattquery.inputs.ladder import FACILITY
from wattquery.plans.plan import NAMED_AXES
from wattquery.quantities import CATALOG_AXES
from wattquery.specs.axis import Axis
from wattquery.specs.factors import FACTORS
from wattquery.specs.scalars import shortest

__all__ = ["stream_names"]


def stream_names(axis: Axis[Any], catalog: Catalog) -> tuple[str, ...]:
    """Return what the labels of an axis are called in the name of a random stream.

    A number is spelled alike whether its neighbours are whole or not, or a cell would change with its grid; and a model
    as the catalog does, or its draws would change with how a user writes it.
    """
    if axis.name in (*CATALOG_AXES[1:], "accelerators"):  # the name of the deployment has them
        return ("",) * axis.size
    if axis.name == CATALOG_AXES[0] and not isinstance(axis.values[0], str):
        return tuple(str(facts.label) for facts in axis.values)
    if axis.name == CATALOG_AXES[0]:
        pairs = zip(map(str, axis.labels), axis.values, strict=True)
        return tuple(model if catalog.is_spelling("model", label, model) else label for label, model in pairs)
    labels = tuple(label if isinstance(label, str) else shortest(float(label)) for label in axis.labels)
    if axis.name == "boundary":
        plain = (
            str(label) == str(value) == FACILITY.name for label, value in zip(axis.labels, axis.values, strict=True)
        )
        return tuple("" if one else label for one, label in zip(plain, labels, strict=True))
    if axis.name not in NAMED_AXES:
        nothing = _nothing(axis.name)
        return tuple(
            "" if value == nothing else f"{axis.name}={label}" for label, value in zip(labels, axis.values, strict=True)
        )
    return labels


def _nothing(axis: str) -> object:
    """Return the value of an axis that adds nothing: its default."""
    kind = next((kind for kind in FACTORS if kind.axis == axis), None)
    if kind is None:
        return None
    return kind.default if kind.convert is None else kind.convert(kind.default)
