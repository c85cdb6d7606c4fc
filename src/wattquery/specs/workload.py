"""Workloads: how many tokens go in and come out of a query, together, as a table of weighted nodes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from wattquery.errors import InputError, InputTypeError, did_you_mean, listed
from wattquery.inputs.names import clean_name
from wattquery.pages.cards import Carded, Part, Table
from wattquery.specs.distributions.base import FloatArray
from wattquery.specs.distributions.convert import as_distribution
from wattquery.specs.entries import checked_entries
from wattquery.specs.joint_lengths.lattice import lattice
from wattquery.specs.joint_lengths.partition import compressed
from wattquery.specs.joint_lengths.rows import COLUMNS, Rows, merged, read_rows
from wattquery.specs.joint_lengths.stated_error import weighted_quantiles
from wattquery.specs.scalars import finite, is_whole, shown

__all__ = ["MOST_NODES", "Workload"]

MOST_NODES = 1024
"""Of a workload: each is a row of the table that draws pick from, and a term of the sum of the exact method."""

Of = str | Callable[[FloatArray, FloatArray, FloatArray], FloatArray]
Numbers = Sequence[float] | FloatArray


@dataclass(frozen=True, repr=False, eq=False)
class Workload(Carded):
    """A joint table of output, input and cached tokens: which lengths come together in one query, and how often.

    A draw picks one node by its weight and takes its lengths as they are, which may be means of many requests and no
    whole tokens. Two workloads are equal when their nodes are: the same rows in any order, whatever their name.

    Parameters
    ----------
    output_tokens : sequence of float
        Generated tokens of each node [tokens]: a list, a 1-D array or a pandas Series. Nodes without any are left out,
        and a note says how many.
    input_tokens : sequence of float or float
        Prompt tokens of each node, cached ones included [tokens].
    cached_tokens : sequence of float or float, optional
        How many of the input tokens are in a cache already [tokens].
    weights : sequence of float, optional
        How often each node comes, relative to the others [1]. Equally often when left out.
    name : str, optional
        What results call it.
    quantile_error : float, optional
        Largest relative error of a quantile, P5 to P95, of the nodes against the full table that they stand for [1],
        for prefill weights of 0 to 1 and throughputs like those of the shipped catalogs; 0 where they are the full
        table.
    independent : bool, optional
        Whether the lengths are taken to be independent because only their margins are known.
    origin : str, optional
        Where the lengths come from.
    notes : sequence of str, optional
        What has to be known about them.

    Raises
    ------
    InputError, InputTypeError
        If there are more than 1,024 nodes, the columns are of different lengths, a length is negative, not finite or
        beyond any context, or cached tokens exceed input tokens.

    Examples
    --------
    >>> import wattquery as wq
    >>> chat = wq.Workload([100, 400], [2000, 50], weights=[3, 1], name="chat")
    >>> chat, chat.mean("output_tokens"), chat.quantile(0.5, "input_tokens")
    (Workload('chat', 2 nodes), 175.0, 2000.0)
    """

    output_tokens: Numbers
    input_tokens: Numbers | float
    cached_tokens: Numbers | float | None = None
    weights: Numbers | None = None
    name: str = field(default="", kw_only=True)
    quantile_error: float = field(default=0.0, kw_only=True)
    independent: bool = field(default=False, kw_only=True)
    origin: str = field(default="", kw_only=True)
    notes: Sequence[str] = field(default=(), kw_only=True)

    def __post_init__(self) -> None:
        rows, without_output = read_rows(self.output_tokens, self.input_tokens, self.cached_tokens, self.weights)
        rows = merged(rows)
        if len(rows) > MOST_NODES:
            raise InputError(
                f"Workload: at most {MOST_NODES:,} different rows are allowed, got {len(rows):,}. Compress them: "
                "wq.Workload.from_pairs(output_tokens, input_tokens)."
            )
        self._set(
            name=_text(self.name, "name") and clean_name(self.name, "Workload: name"),
            quantile_error=_error(self.quantile_error),
            independent=_flag(self.independent),
            origin=_text(self.origin, "origin"),
            notes=_notes(self.notes, without_output),
            **{name: tuple(getattr(rows, name).tolist()) for name in (*COLUMNS, "weights")},
        )

    def _set(self, **values: object) -> None:
        for name, value in values.items():
            object.__setattr__(self, name, value)

    @classmethod
    def from_pairs(
        cls,
        output_tokens: object,
        input_tokens: object,
        cached_tokens: object = None,
        weights: object = None,
        *,
        name: str = "",
        nodes: int = MOST_NODES,
        origin: str = "",
        notes: Sequence[str] = (),
    ) -> Workload:
        """Return the workload of any number of requests, compressed to nodes where there are more different ones.

        Mean lengths are those of all requests. ``quantile_error`` of the result says how far quantiles are off: it is
        measured on the margins and on what the energy is proportional to, for many prefill weights and throughputs.
        n requests take a time of n log n.

        Parameters
        ----------
        output_tokens, input_tokens, cached_tokens, weights
            As for `Workload`, a value for each request: lists, arrays, columns of a DataFrame.
        name, origin, notes
            As for `Workload`.
        nodes : int, optional
            How many nodes there may be, 1 to 1,024.

        Raises
        ------
        InputError, InputTypeError
            As for `Workload`, or if ``nodes`` is not 1 to 1,024.

        Examples
        --------
        >>> import numpy as np
        >>> import wattquery as wq
        >>> rng = np.random.default_rng(1)
        >>> output, input = np.ceil(rng.exponential(300, 5000)), np.ceil(rng.lognormal(6, 1, 5000))
        >>> mine = wq.Workload.from_pairs(output, input, name="mine")
        >>> mine, bool(np.isclose(mine.mean("input_tokens"), input.mean())), 0.0 < mine.quantile_error < 0.05
        (Workload('mine', 1024 nodes), True, True)
        """
        if not is_whole(nodes) or not 1 <= nodes <= MOST_NODES:
            kind = InputError if is_whole(nodes) else InputTypeError
            raise kind(f"nodes must be a whole number from 1 to {MOST_NODES:,}, got {shown(nodes)}. Leave it out.")
        rows, without_output = read_rows(output_tokens, input_tokens, cached_tokens, weights)
        rows, error = merged(rows), 0.0
        if len(rows) > nodes:
            rows, error = compressed(rows, nodes)
        said = _notes(notes, without_output)
        return cls(*rows.lengths, rows.weights, name=name, quantile_error=error, origin=origin, notes=said)

    @classmethod
    def from_margins(
        cls,
        output_tokens: object,
        input_tokens: object,
        *,
        cached_share: object = 0.0,
        name: str = "",
        origin: str = "",
        notes: Sequence[str] = (),
    ) -> Workload:
        """Return the workload of lengths of which only the margins are known: they are taken to be independent.

        Parameters
        ----------
        output_tokens, input_tokens : Distribution, float or mapping
            Distribution of each length [tokens], such as the quantiles of a log:
            ``wq.Empirical(probabilities=..., values=...)``.
        cached_share : float, optional
            Cached share of the input tokens of every query [1].
        name, origin, notes
            As for `Workload`.

        Raises
        ------
        InputError, InputTypeError
            If a distribution is none, reaches below 0 or beyond any context, or the share is not within 0 to 1.

        Examples
        --------
        >>> import wattquery as wq
        >>> chat = wq.Workload.from_margins(wq.Exponential(median=300), wq.LogNormal(50, 5000), name="chat")
        >>> chat, chat.independent, round(chat.quantile(0.5, "input_tokens"))
        (Workload('chat', 1003 nodes), True, 500)
        """
        share = finite(cached_share, "Workload: cached_share")
        if not 0.0 <= share <= 1.0:
            raise InputError(f"Workload: cached_share must be within 0 to 1, got {share:g}. Write 95 % as 0.95.")
        margins = [as_distribution(output_tokens, "Workload: output_tokens")]
        margins += [as_distribution(input_tokens, "Workload: input_tokens")]
        rows, error = lattice(margins[0], margins[1], share)
        said = _notes(notes, 0)
        return cls(
            *rows.lengths,
            rows.weights,
            name=name,
            quantile_error=error,
            independent=all(margin.is_random for margin in margins),
            origin=origin,
            notes=said,
        )

    @classmethod
    def from_dict(cls, entries: object) -> Workload:
        """Return the workload that `to_dict` wrote, or that a TOML file says.

        Raises
        ------
        InputError, InputTypeError
            If it is not a mapping, a key is missing or unknown, or a value is not allowed.
        """
        optional = ("cached_tokens", "weights", "name", "quantile_error", "independent", "origin", "notes")
        return cls(**checked_entries(entries, "Workload", ("output_tokens", "input_tokens"), optional))

    def to_dict(self) -> dict[str, Any]:
        """Return a dict of plain values that JSON and TOML can write, read back by `from_dict`."""
        entries: dict[str, Any] = {name: list(getattr(self, name)) for name in (*COLUMNS, "weights")}
        entries |= {"name": self.name, "quantile_error": self.quantile_error, "independent": self.independent}
        return entries | {"origin": self.origin, "notes": list(self.notes)}

    def __repr__(self) -> str:
        name = repr(self.name) if self.name else f"sha={self.digest[:8]}"
        return f"Workload({name}, {self.size} node{'s' if self.size > 1 else ''})"

    def __str__(self) -> str:
        return self.label

    def _card(self) -> tuple[str, list[Part]]:
        names = [name for name in COLUMNS if name != "cached_tokens" or self.has_cached_tokens]
        rows = [[name.replace("_", " "), f"{self.mean(name):,.0f}"] for name in names]
        facts = {"nodes": f"{self.size:,}", "origin": self.origin or "not stated"}
        return str(self), [Table(["length", "mean [tokens]"], rows), facts, self.notes]

    def __eq__(self, other: object) -> bool:
        return self._nodes == other._nodes if isinstance(other, Workload) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.digest)

    @property
    def label(self) -> str:
        """The name; without one, the number of nodes and a hash of their numbers, the same on every machine."""
        return self.name or f"Workload(n={self.size}, sha={self.digest[:8]})"

    @property
    def size(self) -> int:
        """Number of nodes."""
        return len(self.rows)

    @cached_property
    def digest(self) -> str:
        """A hash of the nodes and their weights, the same on every machine."""
        columns = (*self.rows.lengths, self.rows.weights)
        return hashlib.blake2b(b"".join(one.astype("<f8").tobytes() for one in columns), digest_size=16).hexdigest()

    @cached_property
    def rows(self) -> Rows:
        """The nodes as arrays, in the order of L_out + 0.42 L_in."""
        arrays = [np.asarray(getattr(self, name), np.float64) for name in (*COLUMNS, "weights")]
        for array in arrays:
            array.flags.writeable = False
        return Rows(*arrays)

    @property
    def _nodes(self) -> tuple[object, ...]:
        return tuple(getattr(self, name) for name in (*COLUMNS, "weights"))

    @property
    def has_cached_tokens(self) -> bool:
        """Whether any input token comes from a cache."""
        return bool(self.rows.cached_tokens.any())

    def mean(self, of: Of = "output_tokens") -> float:
        """Return the mean of a length, or of what a function makes of the lengths.

        Parameters
        ----------
        of : str or callable
            ``"output_tokens"``, ``"input_tokens"``, ``"cached_tokens"``, or a function of the three arrays.

        Examples
        --------
        >>> import wattquery as wq
        >>> wq.Workload([100, 300], [1000, 10]).mean(lambda output, input, cached: output * (input + output / 2))
        76500.0
        """
        return float(np.sum(self.rows.weights * self._of(of)) / np.sum(self.rows.weights))

    def quantile(self, p: ArrayLike, of: Of = "output_tokens") -> Any:
        """Return quantiles of a length: the smallest value that is not exceeded with probability p.

        Parameters
        ----------
        p : float or array of float
            Probabilities [1]; outside 0 to 1 there is no quantile, and NaN is returned.
        of : str or callable
            As for `mean`.
        """
        return weighted_quantiles(self._of(of), self.rows.weights, p)

    def share_outside(self, input_range: tuple[float, float] | None, output_range: tuple[float, float] | None) -> float:
        """Return the share of queries of which a length lies outside a range [1]; 1 where a range is not known.

        Parameters
        ----------
        input_range, output_range
            Smallest and largest length [tokens], both within.

        Examples
        --------
        >>> import wattquery as wq
        >>> wq.Workload([100, 300], [1000, 10]).share_outside((128, 2048), (1, 200))
        0.5
        """
        if input_range is None or output_range is None:
            return 1.0
        output, inputs, _ = self.rows.lengths
        outside = (inputs < input_range[0]) | (inputs > input_range[1])
        outside |= (output < output_range[0]) | (output > output_range[1])
        return float(np.sum(self.rows.weights[outside]) / np.sum(self.rows.weights))

    def _of(self, of: Of) -> FloatArray:
        if callable(of):
            return np.asarray(of(*self.rows.lengths), np.float64)
        if not isinstance(of, str) or of not in COLUMNS:
            raise InputError(
                f"of must be one of {listed(COLUMNS)} or a function of the three, got {shown(of)}. Name one of "
                f"these.{did_you_mean(of, COLUMNS)}"
            )
        return np.asarray(getattr(self.rows, of))


def _notes(notes: object, without_output: int) -> tuple[str, ...]:
    if isinstance(notes, str) or not isinstance(notes, Sequence):
        raise InputTypeError(f"Workload: notes must be a list of sentences, got {shown(notes)}. Write it in [].")
    said = tuple(_text(note, "notes") for note in notes)
    if not without_output:
        return said
    rows = "1 row" if without_output == 1 else f"{without_output:,} rows"
    return (*said, f"{rows} without output tokens left out")


def _text(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise InputTypeError(f"Workload: {name} must be text, got {shown(value)}. Write it in quotes.")
    return value.strip()


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise InputTypeError(f"Workload: independent must be True or False, got {shown(value)}. Give one of the two.")
    return value


def _error(value: object) -> float:
    error = finite(value, "Workload: quantile_error")
    if error < 0.0:
        raise InputError(f"Workload: quantile_error must be 0 or more, got {shown(value)}. Write 1 % as 0.01.")
    return error
