"""`PowerProfile`: power of an instance over its load with bands, as attributes and as JSON."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

from wattquery.embedding.profile_reading import checked, json_of
from wattquery.exports.places import place
from wattquery.pages.cards import Carded, Part, Table

__all__ = ["PROFILE", "Band", "PowerProfile"]

PROFILE = "wattquery-power-profile-1"
"""The form of the JSON; it changes when keys or their meaning do."""

Numbers = tuple[float, ...]


class Band(NamedTuple):
    """A number over the loads, with the central interval of what is not known of it.

    Attributes
    ----------
    mean, median, low, high
        Expected value, median, and ends of the interval at each load.
    """

    mean: Numbers
    median: Numbers
    low: Numbers
    high: Numbers


@dataclass(frozen=True, kw_only=True)
class PowerProfile(Carded):
    """Power of an instance over its load.

    All numbers are means over time of an instance in a steady state. The first load is 0 where it was asked for:
    nothing runs, and weights stay loaded.

    Attributes
    ----------
    load
        Mean running sequences over the most that run at once, in rising order [1].
    running_sequences
        The same as a number [1].
    output_tokens_per_s
        Of the instance; 0 without load [tokens/s].
    power_w_per_accelerator
        By what is counted, each for one accelerator of the instance: ``"accelerator"`` alone, its part of the
        ``"node"``, and that at the ``"facility"``, PUE included [W].
    accelerators, accelerators_per_node
        Of the instance, and of one node; None where the latter is not known [1].
    most_sequences
        Most sequences that run at once [1].
    mean_input_tokens, mean_output_tokens
        Of the queries that fill the batch [tokens].
    level
        Probability of the intervals [1].
    support, support_rows, support_basis
        How far measured rows stand behind it, how many, and which.
    assumptions, notes, provenance
        What it is of, what a reader should know, and what made it.
    """

    load: Numbers
    running_sequences: Numbers
    output_tokens_per_s: Band
    power_w_per_accelerator: dict[str, Band]
    accelerators: int
    accelerators_per_node: int | None
    most_sequences: float
    mean_input_tokens: float
    mean_output_tokens: float
    level: float
    support: str
    support_rows: int
    support_basis: str
    assumptions: dict[str, str]
    notes: tuple[str, ...]
    provenance: dict[str, Any]

    def columns(self) -> dict[str, Numbers]:
        """Return what is printed, a column each with its unit: medians, and of the facility also the interval."""
        watts = self.power_w_per_accelerator
        return {
            "load": self.load,
            "running sequences": self.running_sequences,
            "output [tokens/s]": self.output_tokens_per_s.median,
            **{f"{name} [W]": band.median for name, band in watts.items()},
            f"facility P{50.0 * (1.0 - self.level):g} [W]": watts["facility"].low,
            f"facility P{50.0 * (1.0 + self.level):g} [W]": watts["facility"].high,
        }

    def _card(self) -> tuple[str, list[Part]]:
        columns = self.columns()
        rows = [[f"{value:.3g}" for value in row] for row in zip(*columns.values(), strict=True)]
        caption = "Medians; power of one accelerator's part of what is counted"
        return (
            f"{self.assumptions['model']} on {self.accelerators} x {self.assumptions['hardware']}: power over its load",
            [Table(list(columns), rows, caption), self.assumptions, self.notes],
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON, with units in the keys; see `save`."""
        return {
            "schema": PROFILE,
            "assumptions": dict(self.assumptions),
            "accelerators_per_instance": self.accelerators,
            "accelerators_per_node": self.accelerators_per_node,
            "most_running_sequences": self.most_sequences,
            "mean_input_tokens": self.mean_input_tokens,
            "mean_output_tokens": self.mean_output_tokens,
            "level": self.level,
            "load": list(self.load),
            "running_sequences": list(self.running_sequences),
            "output_tokens_per_s_per_instance": _plain(self.output_tokens_per_s),
            "power_w_per_accelerator": {name: _plain(one) for name, one in self.power_w_per_accelerator.items()},
            "support": self.support,
            "support_rows": self.support_rows,
            "support_basis": self.support_basis,
            "notes": list(self.notes),
            "provenance": dict(self.provenance),
        }

    @classmethod
    def from_dict(cls, plain: Any) -> Self:
        """Return what `to_dict` gave.

        Raises
        ------
        InputError
            If it is of another form.
        """
        found = checked(plain, PROFILE)
        return cls(
            load=tuple(found["load"]),
            running_sequences=tuple(found["running_sequences"]),
            output_tokens_per_s=_band(found["output_tokens_per_s_per_instance"]),
            power_w_per_accelerator={name: _band(one) for name, one in found["power_w_per_accelerator"].items()},
            accelerators=found["accelerators_per_instance"],
            accelerators_per_node=found["accelerators_per_node"],
            most_sequences=found["most_running_sequences"],
            notes=tuple(found["notes"]),
            **{name: found[name] for name in _AS_THEY_ARE},
        )

    def save(self, path: str | os.PathLike[str], *, replace: bool = False) -> None:
        """Write it as JSON, without NaN and infinities.

        Parameters
        ----------
        path
            Where it goes.
        replace
            Whether a file that is there is replaced.

        Raises
        ------
        InputError
            If something is there already, or nothing can be written there.
        """
        with place(os.fspath(path), replace).writing() as partial:
            partial.write_text(self.to_json(), encoding="utf-8")

    def to_json(self) -> str:
        """Return the text of `save`."""
        return json.dumps(self.to_dict(), indent=2, allow_nan=False, ensure_ascii=False) + "\n"

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> Self:
        """Return what `save` wrote.

        Raises
        ------
        InputError, InputTypeError
            If the file cannot be read, is no JSON, or of another form.
        """
        return cls.from_dict(json_of(path))


_AS_THEY_ARE = (
    *("mean_input_tokens", "mean_output_tokens", "level", "support", "support_rows", "support_basis"),
    *("assumptions", "provenance"),
)


def _plain(band: Band) -> dict[str, list[float]]:
    return {name: list(values) for name, values in band._asdict().items()}


def _band(plain: Any) -> Band:
    return Band(*(tuple(plain[name]) for name in Band._fields))
