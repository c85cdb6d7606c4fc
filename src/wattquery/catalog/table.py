"""A catalog: benchmark rows under a name, and the deployments that labels pick out of them.

No file is read here and nothing is fitted.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from wattquery.catalog.row import BenchmarkRow
from wattquery.errors import InputError, InputTypeError, did_you_mean, listed

__all__ = ["CATALOG_AXES", "Catalog", "Deployment", "content_hash", "pooled_axes"]

CATALOG_AXES = ("model", "hardware", "serving", "precision")
"""The axes whose labels come from a catalog."""

_PROSE = ("comments", "notes", "line")  # rewording a note, or moving a row down, changes no result


@dataclass(frozen=True)
class Deployment:
    """A model as it is served: the rows that its throughput is known from.

    Attributes
    ----------
    model, hardware, serving, precision
        Its labels; where rows of several were pooled, these joined by ``" | "``.
    rows
        Its benchmark rows, in the order of the catalog.
    node_power
        The node power that all its rows agree on [kW]; None where they do not, or do not know it.
    """

    model: str
    hardware: str
    serving: str
    precision: str
    rows: tuple[BenchmarkRow, ...] = field(repr=False)
    node_power: float | None


@dataclass(frozen=True)
class Catalog:
    """Benchmark rows under a name.

    Attributes
    ----------
    name
        What the catalog is called.
    rows
        Its rows.
    pooled
        Axes whose labels are taken together when a deployment is asked for without naming them.
    default_precision
        The precision that is meant when none is named; None when there is none.
    content_hash
        Sixteen hexadecimal digits that change when a fact does; computed when left out.
    origin
        Where the rows came from.

    Raises
    ------
    InputError
        If there are no rows, an axis cannot be pooled, or no row has the default precision.
    """

    name: str
    rows: tuple[BenchmarkRow, ...] = field(repr=False)
    pooled: tuple[str, ...] = ()
    default_precision: str | None = None
    content_hash: str = ""
    origin: str = ""

    def __post_init__(self) -> None:
        rows = tuple(self.rows) if isinstance(self.rows, Iterable) else (self.rows,)
        if not all(isinstance(row, BenchmarkRow) for row in rows):
            raise InputTypeError(
                f"rows of the type {type(self.rows).__name__} are not benchmark rows. Allowed is a sequence of "
                "wattquery.catalog.BenchmarkRow. Read them from a file: wattquery.catalog.read_csv(path)."
            )
        object.__setattr__(self, "rows", rows)
        object.__setattr__(self, "pooled", pooled_axes(self.pooled))
        if not self.rows:
            raise InputError(f"Catalog {self.name!r} has no rows. At least one is needed. Add a row.")
        if self.default_precision is not None:
            self._known("default_precision", "precision", self.default_precision)
        if not self.content_hash:
            digest = content_hash(self.rows, self.pooled, self.default_precision)
            object.__setattr__(self, "content_hash", digest)

    def labels(self, axis: str) -> tuple[str, ...]:
        """Return the labels of an axis (one of `CATALOG_AXES`), in the order of first appearance.

        Raises
        ------
        InputError
            If ``axis`` is not an axis of a catalog.

        Examples
        --------
        >>> from wattquery import catalog
        >>> catalog.load("oviedo2026").labels("precision")
        ('FP16', 'FP8')
        """
        if not isinstance(axis, str) or axis not in CATALOG_AXES:
            raise InputError(
                f"axis={axis!r} is not an axis of a catalog. Allowed are {listed(CATALOG_AXES)}."
                f"{did_you_mean(axis, CATALOG_AXES)} Pass one of them."
            )
        return _distinct(self.rows, axis)

    def deployment(
        self,
        model: str,
        hardware: str | None = None,
        serving: str | None = None,
        precision: str | None = None,
    ) -> Deployment | None:
        """Return what the labels pick out, or None where the catalog has no rows for them.

        A label left out is the only one there is. Of several, all are pooled where the catalog says so; a
        precision left out is the catalog's default precision where it has one.

        Raises
        ------
        InputError
            If a label is in no row at all, or several deployments remain.

        Examples
        --------
        >>> from wattquery import catalog
        >>> catalog.load("oviedo2026").deployment("Llama 3.1 405B").serving
        'TensorRT-LLM | not stated'
        >>> catalog.load("oviedo2026").deployment("Mistral Large", precision="FP8") is None
        True
        """
        asked = {"model": model, "hardware": hardware, "serving": serving, "precision": precision}
        given = {axis: label for axis, label in asked.items() if label is not None or axis == "model"}
        for axis, label in given.items():
            self._known(axis, axis, label)
        if precision is None and self.default_precision is not None:
            given["precision"] = self.default_precision
        rows = tuple(row for row in self.rows if all(getattr(row, axis) == given[axis] for axis in given))
        if not rows:
            return None
        labels = {axis: _distinct(rows, axis) for axis in CATALOG_AXES}
        unsettled = [axis for axis in CATALOG_AXES if len(labels[axis]) > 1 and axis not in self.pooled]
        if unsettled:
            raise InputError(self._several(model, rows, unsettled))
        powers = {row.node_power for row in rows}
        joined = {axis: " | ".join(labels[axis]) for axis in CATALOG_AXES}
        return Deployment(**joined, rows=rows, node_power=powers.pop() if len(powers) == 1 else None)

    def _known(self, argument: str, axis: str, label: object) -> None:
        labels = self.labels(axis)
        if not isinstance(label, str):
            raise InputTypeError(
                f"{argument}={label!r} is not a name. Allowed in catalog {self.name!r} are {listed(labels)}. "
                "Pass one of them as a str."
            )
        if label not in labels:
            raise InputError(
                f"{argument}={label!r} is in no row of catalog {self.name!r}. Allowed are {listed(labels)}."
                f"{did_you_mean(label, labels)} Pass one of them, or add rows for it."
            )

    def _several(self, model: str, rows: Sequence[BenchmarkRow], unsettled: Sequence[str]) -> str:
        present = dict.fromkeys(tuple(getattr(row, axis) for axis in CATALOG_AXES[1:]) for row in rows)
        deployments = "\n".join(
            "  " + ", ".join(f"{axis}={label!r}" for axis, label in zip(CATALOG_AXES[1:], one, strict=True))
            for one in present
        )
        fix = ", ".join(f"{axis}={getattr(rows[0], axis)!r}" for axis in unsettled)
        return (
            f"model={model!r} has {len(present)} deployments in catalog {self.name!r}:\n{deployments}\n"
            f"One is needed, and {' and '.join(unsettled)} would tell which. Pass for example {fix}."
        )


def pooled_axes(pooled: Iterable[str]) -> tuple[str, ...]:
    """Return the axes as a tuple, each of them one that can be pooled.

    Raises
    ------
    InputError
        If one is not ``"hardware"``, ``"serving"`` or ``"precision"``, or a lone name was given.

    Examples
    --------
    >>> from wattquery.catalog.table import pooled_axes
    >>> pooled_axes(["hardware"])
    ('hardware',)
    """
    allowed = CATALOG_AXES[1:]
    if isinstance(pooled, str):
        raise InputTypeError(
            f"pooled={pooled!r} is a lone name. A list of {listed(allowed)} is allowed. Pass pooled=[{pooled!r}]."
        )
    if not isinstance(pooled, Iterable):
        raise InputTypeError(
            f"pooled is of the type {type(pooled).__name__}. Allowed is a list of {listed(allowed)}. Leave it out, or "
            "pass one."
        )
    axes = tuple(pooled)
    for axis in axes:
        if not isinstance(axis, str) or axis not in allowed:
            raise InputError(
                f"pooled has {axis!r}. Allowed are {listed(allowed)}.{did_you_mean(axis, allowed)} "
                "Leave it out or correct it."
            )
    return axes


def content_hash(rows: Sequence[BenchmarkRow], pooled: Iterable[str], default_precision: str | None) -> str:
    """Return 16 hexadecimal digits of the SHA-256 of the facts, and of how they are pooled.

    Comments, notes and line numbers are left out: they change no result.

    Examples
    --------
    >>> from wattquery import catalog
    >>> from wattquery.catalog.table import content_hash
    >>> shipped = catalog.load("oviedo2026")
    >>> content_hash(shipped.rows, shipped.pooled, shipped.default_precision) == shipped.content_hash
    True
    """
    facts = [{name: value for name, value in dataclasses.asdict(row).items() if name not in _PROSE} for row in rows]
    canonical = json.dumps([facts, sorted(pooled), default_precision], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def _distinct(rows: Iterable[BenchmarkRow], axis: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(getattr(row, axis) for row in rows))
