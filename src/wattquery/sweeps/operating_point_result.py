"""`OperatingPoint`: the load at which a query takes the least energy while users wait no longer than they should."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from wattquery.pages.cards import Carded, Part
from wattquery.sweeps.load_estimate import LoadEstimate
from wattquery.sweeps.targets import TARGETS, in_words

__all__ = ["OperatingPoint"]

_BINDS = {
    "memory": "memory: no more sequences fit",
    "max_sequences": "max_sequences: the scheduler runs no more",
    "nothing": "nothing: at a higher load a query takes more energy",
}


@dataclass(frozen=True)
class OperatingPoint(Carded):
    """The load, and the instance, at which a query takes the least energy that meets a target.

    Attributes
    ----------
    estimate
        The query at this point: its energy, rates, latencies, support and notes.
    load
        Running sequences as a share of the most that run at once [1].
    targets
        What was asked for, by the names of the arguments.
    binds
        What keeps the load from being higher: targets by name, joined by " and "; ``"memory"``; ``"max_sequences"``; or
        ``"nothing"`` where a query takes more energy at a higher load.
    points
        How many points were compared.
    """

    estimate: LoadEstimate
    load: float
    targets: dict[str, float]
    binds: str
    points: int

    @property
    def concurrency(self) -> float:
        """Mean number of running sequences of the instance [1]."""
        return self.estimate.running_sequences

    @property
    def accelerators(self) -> int:
        """Accelerators of the instance [1]."""
        return self.estimate.accelerators

    @property
    def quantiles(self) -> dict[float, float]:
        """Energy by probability level [Wh]."""
        return self.estimate.quantiles

    @property
    def mean(self) -> float:
        """Mean energy over queries [Wh]."""
        return self.estimate.mean

    @property
    def interactivity(self) -> float:
        """Output tokens per second of one user, in the median [tokens/s]."""
        return self.estimate.interactivity

    @property
    def time_per_output_token(self) -> float:
        """Median of the mean time between two output tokens [s]."""
        return self.estimate.time_per_output_token

    @property
    def time_to_first_token(self) -> float:
        """Median of the mean time to the first token, in a closed loop [s]."""
        return self.estimate.time_to_first_token

    @property
    def support(self) -> str:
        """How far measured rows stand behind the prediction."""
        return self.estimate.support

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that JSON can hold, with units in the keys."""
        return {
            "targets": {f"{name}_{TARGETS[name][1]}": value for name, value in self.targets.items()},
            "load": self.load,
            "binds": self.binds,
            "points": self.points,
            **self.estimate.to_dict(),
        }

    def __str__(self) -> str:
        return self.text()

    def text(self, width: int | None = None) -> str:
        """Return it as text, the numbers no wider than so many columns."""
        title, binds = self._heading()
        return "\n".join([title, f"  {binds}", "", self.estimate.text(width)])

    def _card(self) -> tuple[str, list[Part]]:
        title, binds = self._heading()
        of_estimate, parts = self.estimate._card()
        return title, [binds, of_estimate, *parts]

    def _heading(self) -> tuple[str, str]:
        """Return what the point is, and what binds."""
        wanted = " and ".join(in_words(name, value) for name, value in self.targets.items())
        accelerators = f"{self.accelerators} accelerator{'' if self.accelerators == 1 else 's'}"
        return (
            f"Least energy with {wanted} (medians): load {self.load:.3g}, {self.concurrency:.3g} running sequences on "
            f"{accelerators}",
            f"what binds: {_BINDS.get(self.binds, self.binds)}",
        )
