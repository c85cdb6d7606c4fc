"""A catalog: benchmark rows under a name, and the deployments that labels pick out of them.

No file is read here and nothing is fitted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, islice, product
from operator import attrgetter
from typing import TYPE_CHECKING, cast

from wattquery.catalog.content_hash import content_hash
from wattquery.catalog.naming import Spellings
from wattquery.catalog.physics.tables import Question, caveats_of, notes_on, questions_of
from wattquery.catalog.pooling import pooled_axes
from wattquery.catalog.row import BenchmarkRow
from wattquery.errors import InputError, InputTypeError, did_you_mean, listed
from wattquery.inputs.names import clean_label
from wattquery.quantities import CATALOG_AXES

__all__ = ["CATALOG_AXES", "Catalog", "Deployment"]

_labels_of = attrgetter(*CATALOG_AXES)
_MOST_LISTED = 12

_Key = tuple[str, ...]


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
    questions
        What physics asks of its rows, or their table says of them, a note for each kind of question.
    """

    model: str
    hardware: str
    serving: str
    precision: str
    rows: tuple[BenchmarkRow, ...] = field(repr=False)
    node_power: float | None
    questions: tuple[str, ...] = field(default=(), repr=False, compare=False)


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
        Sixteen hexadecimal digits that change when a fact does; computed when first read where it is left out.
    origin
        Where the rows are from.
    known
        By axis, labels with their aliases: what else users write for them. A label may be in no row: it is known, and
        nothing was measured of it.
    power_notes
        By hardware, what is to be said of the node power of its rows, such as that no rating was found.
    throughput_model
        The form of throughput that ``"auto"`` stands for: ``"auto"`` itself, for what the rows allow, or one by name.
    reviewed
        Whether its rows were held against physics when the table was made, as those of shipped tables are.

    Labels are matched without regard to case where none is spelt exactly so.

    Raises
    ------
    InputError
        If there are no rows, an axis cannot be pooled, no row has the default precision, or rows say what no machine
        can do.
    """

    name: str
    rows: tuple[BenchmarkRow, ...] = field(repr=False)
    pooled: tuple[str, ...] = ()
    default_precision: str | None = None
    content_hash: str = field(default_factory=str)
    origin: str = ""
    known: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict, repr=False, compare=False)
    power_notes: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    throughput_model: str = "auto"
    reviewed: bool = field(default=False, repr=False, compare=False)
    _asked: Mapping[int, Question] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", clean_label(self.name, "Catalog: name"))
        rows = tuple(self.rows) if isinstance(self.rows, Iterable) else (self.rows,)
        if not all(isinstance(row, BenchmarkRow) for row in rows):
            raise InputTypeError(
                "rows must be a sequence of wattquery.catalog.BenchmarkRow, got an object of type "
                f"{type(self.rows).__name__}. Read them from a file: wattquery.catalog.read_csv(path)."
            )
        object.__setattr__(self, "rows", rows)
        object.__setattr__(self, "pooled", pooled_axes(self.pooled))
        if not self.rows:
            raise InputError(f"Catalog {self.name!r} has no rows. At least one is needed. Add a row.")
        if self.default_precision is not None:
            default = self._spellings["precision"].label(self.default_precision, "default_precision")
            object.__setattr__(self, "default_precision", default)
        asked = caveats_of(self.rows) if self.reviewed else questions_of(self.rows, self.origin or self.name)
        object.__setattr__(self, "_asked", asked)
        if not self.content_hash:
            object.__delattr__(self, "content_hash")  # made by __getattr__: it takes longer than all else of a table

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> str:
            if name != "content_hash" or "rows" not in self.__dict__:
                raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
            digest = content_hash(self.rows, self.pooled, self.default_precision)
            object.__setattr__(self, "content_hash", digest)
            return digest

    @cached_property
    def _places(self) -> dict[_Key, list[int]]:
        """Where the rows of each combination of all labels stand: the only walk over the rows for their labels."""
        places: defaultdict[_Key, list[int]] = defaultdict(list)
        for place, key in enumerate(map(_labels_of, self.rows)):
            places[key].append(place)
        return dict(places)

    @cached_property
    def _labels(self) -> dict[str, dict[str, None]]:
        """The labels of each axis, in the order of first appearance."""
        return {axis: dict.fromkeys(key[i] for key in self._places) for i, axis in enumerate(CATALOG_AXES)}

    @cached_property
    def _spellings(self) -> dict[str, Spellings]:
        """What users may write for the labels of each axis."""
        return {axis: Spellings(axis, self.name, self.labels(axis), self.known.get(axis)) for axis in CATALOG_AXES}

    @cached_property
    def _indexes(self) -> dict[_Key, dict[_Key, list[_Key]]]:
        """By axes that are named and their labels: the combinations of all labels that fit; see `_fitting`."""
        return {}

    def _fitting(self, named: Mapping[str, str | None]) -> list[_Key]:
        """Return the combinations of all labels that have those that are named, indexed once for each set of axes."""
        axes = tuple(axis for axis in CATALOG_AXES if axis in named)
        index = self._indexes.get(axes)
        if index is None:
            index = self._indexes[axes] = {}
            which = [CATALOG_AXES.index(axis) for axis in axes]
            for key in self._places:
                index.setdefault(tuple(key[i] for i in which), []).append(key)
        return index.get(tuple(str(named[axis]) for axis in axes), [])

    def labels(self, axis: str, *, measured: bool = False) -> tuple[str, ...]:
        """Return the labels of an axis: those of its rows, by first appearance, and then those known beside.

        Parameters
        ----------
        axis
            One of `CATALOG_AXES`.
        measured
            Whether to leave out labels that no row has.

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
                f"axis must be one of {listed(CATALOG_AXES)}, got {axis!r}.{did_you_mean(axis, CATALOG_AXES)}"
            )
        return tuple(
            self._labels[axis] if measured else {**self._labels[axis], **dict.fromkeys(self.known.get(axis, ()))}
        )

    def label(self, axis: str, written: str) -> str:
        """Return the label that a user's spelling stands for: without regard to case, or an alias.

        Parameters
        ----------
        axis
            One of `CATALOG_AXES`.
        written
            What was written.

        Raises
        ------
        InputError
            If it stands for no label of the axis, or for several.

        Examples
        --------
        >>> from wattquery import catalog
        >>> catalog.load("oviedo2026").label("model", "deepseek-r1")
        'DeepSeek-R1'
        """
        return self._spellings[axis].label(written)

    def is_spelling(self, axis: str, written: str, label: str) -> bool:
        """Return whether something written is how one may write a label of an axis."""
        if written == label:
            return True
        try:
            return self.label(axis, written) == label
        except InputError:
            return False

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
            If a label is not known, or several deployments remain.

        Examples
        --------
        >>> from wattquery import catalog
        >>> catalog.load("oviedo2026").deployment("Llama 3.1 405B").serving
        'TensorRT-LLM | not stated'
        >>> catalog.load("oviedo2026").deployment("Mistral Large", precision="FP8") is None
        True
        """
        labels_by_axis = {"model": model, "hardware": hardware, "serving": serving, "precision": precision}
        named: dict[str, str | None] = {
            axis: self._spellings[axis].label(label)
            for axis, label in labels_by_axis.items()
            if label is not None or axis == "model"
        }
        if precision is None and self.default_precision is not None:
            named["precision"] = self.default_precision
        keys = self._fitting(named)
        if not keys:
            return None
        labels = {axis: dict.fromkeys(key[i] for key in keys) for i, axis in enumerate(CATALOG_AXES)}
        unsettled = [axis for axis in CATALOG_AXES if len(labels[axis]) > 1 and axis not in self.pooled]
        if unsettled:
            raise InputError(self._several(str(named["model"]), keys, unsettled))
        return self._deployment(keys)

    def over(self, labels: Sequence[Sequence[str | None]]) -> list[Deployment | None]:
        """Return the deployment of every combination of labels, as `deployment` does one by one.

        Parameters
        ----------
        labels
            For each of `CATALOG_AXES` labels as the catalog spells them; None for one that is left out.

        Examples
        --------
        >>> from wattquery import catalog
        >>> models = ["Mistral Large", "DeepSeek-R1"]
        >>> [one is None for one in catalog.load("oviedo2026").over([models, [None], [None], ["FP8"]])]
        [True, False]
        """
        if any(None in of_axis for of_axis in labels):
            return [self.deployment(*each) for each in product(*labels)]  # type: ignore[arg-type]  # a model is named
        # All of a large catalog are a hundred thousand combinations, of which one in a hundred has rows.
        combinations = cast("Iterable[_Key]", product(*labels))  # None is in none of them
        return [self._deployment([each]) if each in self._places else None for each in combinations]

    def deployments(self) -> list[Deployment]:
        """Return every deployment, in the order of first appearance.

        Axes that the catalog pools are not told apart, as in a sweep that does not name them; precisions are where
        one of them is the default, which a precision that is left out would stand for.

        Examples
        --------
        >>> from wattquery import catalog
        >>> [(one.model, one.precision) for one in catalog.load("oviedo2026").deployments()][:2]
        [('Mixtral 8x22B', 'FP16'), ('Mistral Large', 'FP16')]
        """
        default = self.default_precision is not None
        apart = [
            i for i, axis in enumerate(CATALOG_AXES) if axis not in self.pooled or (axis == "precision" and default)
        ]
        if len(apart) == len(CATALOG_AXES):
            return [self._deployment([key]) for key in self._places]
        groups: dict[_Key, list[_Key]] = {}
        for key in self._places:
            groups.setdefault(tuple(key[i] for i in apart), []).append(key)
        return [self._deployment(keys) for keys in groups.values()]

    def _deployment(self, keys: Sequence[_Key]) -> Deployment:
        """Return the deployment that some combinations of labels make up, its rows in the order of the catalog."""
        places = self._places[keys[0]]
        model, hardware, serving, precision = keys[0]
        if len(keys) > 1:
            places = sorted(chain.from_iterable(self._places[key] for key in keys))
            joined = (" | ".join(dict.fromkeys(labels)) for labels in zip(*keys, strict=True))
            model, hardware, serving, precision = joined
        rows = tuple([self.rows[place] for place in places])
        powers = {row.node_power for row in rows}
        power = powers.pop() if len(powers) == 1 else None
        return Deployment(model, hardware, serving, precision, rows, power, notes_on(self._asked, places))

    def _several(self, model: str, keys: Sequence[_Key], unsettled: Sequence[str]) -> str:
        lines = [
            "  " + ", ".join(f"{axis}={label!r}" for axis, label in zip(CATALOG_AXES[1:], key[1:], strict=True))
            for key in islice(keys, _MOST_LISTED)
        ]
        if len(keys) > _MOST_LISTED:
            lines.append(f"  and {len(keys) - _MOST_LISTED:,} more")
        deployments = "\n".join(lines)
        fix = ", ".join(f"{axis}={keys[0][CATALOG_AXES.index(axis)]!r}" for axis in unsettled)
        return (
            f"model={model!r} has {len(keys)} deployments in catalog {self.name!r}:\n{deployments}\n"
            f"One is needed, and {' and '.join(unsettled)} would tell which. Pass for example {fix}."
        )
