"""An accelerator from its data sheet, or one of the tables by its name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from functools import cached_property
from itertools import pairwise
from typing import Any

from wattquery.catalog.facts import Accelerator as Facts
from wattquery.catalog.facts import accelerator, accelerators
from wattquery.catalog.hardware_families import FAMILIES
from wattquery.catalog.own.unknown import refused_name
from wattquery.catalog.records import labels_with_aliases
from wattquery.errors import InputError, InputTypeError, did_you_mean, listed
from wattquery.inputs.names import clean_name
from wattquery.pages.cards import Carded, Part, fields_of
from wattquery.specs.entries import checked_entries
from wattquery.specs.ranges import ranged_number
from wattquery.specs.scalars import is_whole, shown

__all__ = ["Accelerator"]

_REQUIRED = ("memory_gb", "bandwidth_tbps", "fp16_tflops", "tdp_w")
_RATES = ("fp16_tflops", "fp8_tflops", "fp4_tflops")
_NUMBERS = (*_REQUIRED, *_RATES[1:], "idle_w", "link_gbps", "link_inter_node_gbps")

_USUAL_STEP = 3.1
"""Most by which the dense rate grows from one width to half of it in the tables (B300: 4,500 and 13,500 TFLOP/s)."""

_LEAST_BESIDE = 0.1
"""Share of the boards' power that a node's rating leaves beside them at least: the least in the tables is 0.31, of
racks."""

_USUAL_PER_WATT = 2.6
"""Dense 16-bit TFLOP/s for each watt: the most in the tables is 2.25, and with sparsity it is twice that."""


@dataclass(frozen=True, repr=False)
class Accelerator(Carded):
    """An accelerator as its data sheet has it; or, where only a name is given, one of the tables.

    What was measured on an accelerator that the tables do not have is known of no row, so its intervals are wider. Of
    its generation are taken the effects that were measured there, if ``family`` names one.

    Parameters
    ----------
    name : str
        What results call it; without any number, an accelerator of the catalog ``default`` or an alias of it.
    memory_gb : float
        Memory [GB].
    bandwidth_tbps : float
        Bandwidth of the memory [TB/s].
    fp16_tflops : float
        Peak rate of dense products in 16 bits, without sparsity [TFLOP/s].
    fp8_tflops, fp4_tflops : float, optional
        The same in 8 and 4 bits. Where one is left out, products run at the rate of the next wider.
    tdp_w : float
        Thermal design power [W].
    idle_w : float, optional
        Power without load [W].
    link_gbps, link_inter_node_gbps : float, optional
        Bandwidth of the links within and between nodes, in one direction [GB/s]: half of the sum that many data sheets
        print. Within nodes 300 GB/s is assumed where it is left out. The load model does not take that between nodes.
    accelerators_per_node : int, optional
        How many stand in one node [1]. Of larger instances the traffic between nodes is not modelled.
    node_power_kw : float, optional
        Power rating of the node [kW]: what it leaves beside the boards tells what the node draws beside them.
    family : str, optional
        The generation that it belongs to, such as ``"Hopper"``; none when left out.

    Attributes
    ----------
    facts
        The same as `wattquery.catalog.Accelerator`.
    notes
        What was assumed, and what in the numbers is unusual.

    Raises
    ------
    InputError, InputTypeError
        If a number is missing or outside its physical range, or the name is that of an accelerator of the tables with
        numbers beside it.

    Examples
    --------
    >>> import wattquery as wq
    >>> wq.Accelerator("H100").facts.memory_gb
    80.0
    >>> mine = wq.Accelerator(
    ...     "Abacus 2", memory_gb=144, bandwidth_tbps=6, fp16_tflops=1200, fp8_tflops=2400, tdp_w=800, idle_w=110
    ... )
    >>> mine.label, mine.facts.tdp_w
    ('Abacus 2', 800.0)
    >>> wq.Accelerator("Abacus 2", memory_gb=144, fp16_tflops=1200, tdp_w=800)
    Traceback (most recent call last):
    wattquery.errors.InputError: Accelerator 'Abacus 2' lacks bandwidth_tbps of memory_gb [GB], bandwidth_tbps [TB/s], \
fp16_tflops [TFLOP/s] and tdp_w [W], which it needs: add what its data sheet says.
    """

    name: str
    memory_gb: float | None = field(default=None, kw_only=True)
    bandwidth_tbps: float | None = field(default=None, kw_only=True)
    fp16_tflops: float | None = field(default=None, kw_only=True)
    fp8_tflops: float | None = field(default=None, kw_only=True)
    fp4_tflops: float | None = field(default=None, kw_only=True)
    tdp_w: float | None = field(default=None, kw_only=True)
    idle_w: float | None = field(default=None, kw_only=True)
    link_gbps: float | None = field(default=None, kw_only=True)
    link_inter_node_gbps: float | None = field(default=None, kw_only=True)
    accelerators_per_node: int = field(default=8, kw_only=True)
    node_power_kw: float | None = field(default=None, kw_only=True)
    family: str = field(default="", kw_only=True)

    def __post_init__(self) -> None:
        if not isinstance(self.name, str):
            raise InputTypeError(f"Accelerator: name must be text, got {shown(self.name)}: write it in quotes.")
        self._set("name", clean_name(self.name, "Accelerator: name"))
        stated = [one for one in (*_NUMBERS, "node_power_kw") if getattr(self, one) is not None]
        if not stated:
            self._take_known()
            return
        self._check_name()
        owner = f"Accelerator {self.name!r}"
        self._check_complete(owner)
        for one in stated:
            quantity = "node_power" if one == "node_power_kw" else one
            self._set(one, float(ranged_number(quantity, getattr(self, one), f"{owner}: {one}")))
        self._set("accelerators_per_node", _count(self.accelerators_per_node, f"{owner}: accelerators_per_node"))
        self._set("family", _family(self.family, owner))
        self._check_consistent(owner)

    @property
    def label(self) -> str:
        """What results call it."""
        return self.name

    @property
    def is_described(self) -> bool:
        """Whether a user described it, instead of naming one of the tables."""
        return _known(self.name) is None

    @cached_property
    def facts(self) -> Facts:
        """What is known of it."""
        known = _known(self.name)
        if known is not None:
            return known
        entries = {one.name: getattr(self, one.name) for one in fields(self) if one.name != "name"}
        basis = "" if self.node_power_kw is None else "rating"
        return Facts(hardware=self.name, node_power_basis=basis, **entries)

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What was assumed, and what in the numbers is unusual."""
        return () if _known(self.name) is not None else tuple(self._notes())

    def __repr__(self) -> str:
        shown_fields = [
            f"{one.name}={getattr(self, one.name)!r}"
            for one in fields(self)
            if one.name != "name" and getattr(self, one.name) != one.default
        ]
        return f"Accelerator({', '.join([repr(self.name), *shown_fields])})"

    def _card(self) -> tuple[str, list[Part]]:
        return f"Accelerator {self.name}", [fields_of(self, ["facts", "notes"]), self.notes]

    def to_dict(self) -> dict[str, Any]:
        """Return a dict of plain values that JSON and TOML can write, read back by `from_dict`."""
        return {
            one.name: getattr(self, one.name)
            for one in fields(self)
            if one.name == "name" or getattr(self, one.name) != one.default
        }

    @classmethod
    def from_dict(cls, entries: object) -> Accelerator:
        """Return the accelerator that a dict of its arguments describes.

        Raises
        ------
        InputError, InputTypeError
            If it is not a mapping, a key is missing or unknown, or a value is not allowed.
        """
        names = [one.name for one in fields(cls)]
        checked = checked_entries(entries, "Accelerator", names[:1], names[1:])
        return cls(checked.pop("name"), **checked)

    def _set(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)

    def _take_known(self) -> None:
        """Take the facts of the tables, by which this accelerator is spelt from now on."""
        try:
            known = accelerator(self.name)
        except InputError as error:
            own = f"wq.Accelerator({self.name!r}, memory_gb=..., bandwidth_tbps=..., fp16_tflops=..., tdp_w=...)"
            raise refused_name(error, "hardware", self.name, own) from None
        if self.family or self.accelerators_per_node != 8:
            raise InputError(
                f"Accelerator {self.name!r}: family and accelerators_per_node must be left out for one of the tables, "
                f"which know them, got family = {shown(self.family)} and accelerators_per_node = "
                f"{shown(self.accelerators_per_node)}: leave them out."
            )
        self._set("name", known.hardware)
        for one in fields(self):
            if one.name in (*_NUMBERS, "node_power_kw", "accelerators_per_node"):
                self._set(one.name, getattr(known, one.name))

    def _check_name(self) -> None:
        """Refuse the name of an accelerator that the tables have: its rows would be taken for this one's."""
        folded = self.name.casefold()
        for label, aliases in labels_with_aliases("hardware").items():
            if folded in (label.casefold(), *(one.casefold() for one in aliases)):
                raise InputError(
                    f"Accelerator: name must be another than that of {label!r} in the tables, of which rows were "
                    f"measured, where numbers are given, got {self.name!r}: write wq.Accelerator({label!r}) for that "
                    f"one, or choose a name such as {self.name + ' (own)'!r}."
                )

    def _check_complete(self, owner: str) -> None:
        missing = [one for one in _REQUIRED if getattr(self, one) is None]
        if missing:
            raise InputError(
                f"{owner} lacks {' and '.join(missing)} of memory_gb [GB], bandwidth_tbps [TB/s], fp16_tflops "
                "[TFLOP/s] and tdp_w [W], which it needs: add what its data sheet says."
            )

    def _check_consistent(self, owner: str) -> None:
        """Refuse numbers that contradict each other."""
        rates = [(one, getattr(self, one)) for one in _RATES if getattr(self, one) is not None]
        for (wide, slower), (narrow, faster) in pairwise(rates):
            if faster < slower:
                raise InputError(
                    f"{owner}: {narrow} must be at least {wide}, got {faster:g} and {slower:g} TFLOP/s, for products "
                    f"of fewer bits are no slower: leave {narrow} out where there are none, or give both dense rates."
                )
        if self.idle_w is not None and self.tdp_w is not None and self.idle_w >= self.tdp_w:
            raise InputError(
                f"{owner}: idle_w must be below tdp_w, got {self.idle_w:g} and {self.tdp_w:g} W: give the power "
                "without load, or leave it out."
            )
        boards = 1e-3 * self.accelerators_per_node * (self.tdp_w or 0.0)
        # A rating that is just that of the boards may be an ulp below their sum.
        if self.node_power_kw is not None and self.node_power_kw < boards * (1.0 - 1e-9):
            raise InputError(
                f"{owner}: node_power_kw must be at least accelerators_per_node x tdp_w, got {self.node_power_kw:g} "
                f"and {boards:g} kW. Give the rating of a whole node, and how many accelerators stand in one."
            )

    def _notes(self) -> Iterator[str]:
        if self.link_gbps is None:
            yield f"{self.name}: links of 300 GB/s in one direction within a node are assumed"
        if self.link_inter_node_gbps is not None:
            yield (
                f"{self.name}: link_inter_node_gbps changes no result, since the load model has no traffic between "
                "nodes"
            )
        if self.idle_w is None:
            yield f"{self.name}: its power without load is not stated, and taken as the load model has it"
        yield from self._notes_of_node()
        rates = [(one, getattr(self, one)) for one in _RATES if getattr(self, one) is not None]
        for (wide, slower), (narrow, faster) in pairwise(rates):
            if faster > _USUAL_STEP * slower:
                yield f"{self.name}: {narrow} is {faster / slower:.2g} times {wide}: is one of the two with sparsity?"
        if self.fp16_tflops and self.tdp_w and self.fp16_tflops > _USUAL_PER_WATT * self.tdp_w:
            per_watt = self.fp16_tflops / self.tdp_w
            yield (
                f"{self.name}: {per_watt:.2g} dense 16-bit TFLOP/s per watt are more than any accelerator of the "
                "tables has: are they with sparsity?"
            )

    def _notes_of_node(self) -> Iterator[str]:
        """Yield that a rating leaves next to nothing for the host, where it does."""
        boards = self.accelerators_per_node * (self.tdp_w or 0.0)
        beside = 1e3 * (self.node_power_kw or 0.0) - boards
        if self.node_power_kw is not None and beside < _LEAST_BESIDE * boards:
            yield (
                f"{self.name}: node_power_kw leaves {max(beside, 0.0) / self.accelerators_per_node:.3g} W for each "
                f"accelerator beside its board, {100.0 * max(beside, 0.0) / boards:.2g} % of its power: is it the "
                "rating of the whole node?"
            )


def _known(name: str) -> Facts | None:
    return accelerators().get(name)


def _count(value: object, owner: str) -> int:
    if not is_whole(value):
        raise InputTypeError(f"{owner} must be a whole number of 1 or more, got {shown(value)}: count those of a node.")
    return int(ranged_number("accelerators_per_node", value, owner))


def _family(value: object, owner: str) -> str:
    if not isinstance(value, str) or (value and value not in FAMILIES):
        raise InputError(
            f"{owner}: family must be one of {listed(FAMILIES)}, got {shown(value)}: name one, or leave it out, "
            f"so that it shares no measured effects.{did_you_mean(value, FAMILIES)}"
        )
    return value
