"""`LoadEstimate`: the statistics of one cell under a load, with the rates, latencies and power of its instance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from wattquery.errors import InputError
from wattquery.specs.load import UnderLoad
from wattquery.sweeps.coordinates import coordinates, counted, in_words
from wattquery.sweeps.estimate_result import Estimate
from wattquery.sweeps.load_dataset import energy_parts, load_notes, table_of
from wattquery.sweeps.measured_points import measured_words
from wattquery.sweeps.outside_range import OUTSIDE_RANGE
from wattquery.sweeps.run import Computed
from wattquery.sweeps.support_words import support_words
from wattquery.sweeps.workload_notes import workload_notes
from wattquery.throughput.load.deployments import remedy
from wattquery.throughput.remarks import in_factors, in_tokens

__all__ = ["LoadEstimate", "estimated_under_load"]

_LATENCIES = {"time_per_output_token": "s", "time_to_first_token": "s"}
_MEDIANS = {"throughput": "tokens_per_s", "power": "w", **_LATENCIES}
"""What is random of an instance and told by its median and the spread of its logarithm, with the unit in keys."""


@dataclass(frozen=True)
class LoadEstimate(Estimate):
    """The energy of one query on an instance under a load.

    Beside what `Estimate` has; ``throughput`` is that of one instance, and ``throughput_stderr`` the standard deviation
    of ln TPS of what the load model predicts.

    Attributes
    ----------
    energy_prefill, energy_decode
        Mean energy of the prompt, cached tokens included, and of the output, idle time included [Wh].
    accelerators
        Of the instance [1].
    running_sequences, most_sequences
        Mean number of sequences that run at a time, and the most that fit [1].
    power
        Median power of one accelerator [W].
    time_per_output_token, time_to_first_token
        Medians of closed-loop means, no percentiles over requests [s].
    log_stderrs
        Standard deviation of the logarithm of each of these medians, by name [1].
    support, support_rows, support_basis
        How far measured rows stand behind the prediction, how many, and which.
    """

    energy_prefill: float
    energy_decode: float
    accelerators: int
    running_sequences: float
    most_sequences: float
    power: float
    time_per_output_token: float
    time_to_first_token: float
    log_stderrs: dict[str, float]
    support: str
    support_rows: int
    support_basis: str

    @property
    def interactivity(self) -> float:
        """Output tokens per second of one user [tokens/s]."""
        return 1.0 / self.time_per_output_token

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that JSON can hold, with units in the keys; None for an error without information."""
        plain = super().to_dict()
        last = {name: plain.pop(name) for name in ("notes", "provenance")}
        return {
            **plain,
            "energy_prefill_wh": self.energy_prefill,
            "energy_decode_wh": self.energy_decode,
            "accelerators": self.accelerators,
            "running_sequences": self.running_sequences,
            "most_sequences": self.most_sequences,
            **{f"{name}_{unit}": getattr(self, name) for name, unit in _MEDIANS.items()},
            "interactivity_tokens_per_s": self.interactivity,
            **{f"{name}_ln_stderr": self.log_stderrs[name] for name in _MEDIANS},
            "support": self.support,
            "support_rows": self.support_rows,
            "support_basis": self.support_basis,
            **last,
        }

    @property
    def _model(self) -> str:
        """What the printed text calls the model: its label, without what it stands for."""
        return self.assumptions["model"].partition(": ")[0]

    def _facts(self) -> dict[str, str]:
        """Return what is printed below the table, a line each."""
        within = {name: f"within {in_factors(sigma)}" for name, sigma in self.log_stderrs.items()}
        token, first = _in_seconds(self.time_per_output_token), _in_seconds(self.time_to_first_token)
        return {
            **self.assumptions,
            "mean energy": f"{self.energy_prefill:.3g} Wh prefill + {self.energy_decode:.3g} Wh decode",
            "running sequences": f"{self.running_sequences:.3g} of at most {self.most_sequences:.3g}",
            "throughput": f"{in_tokens(self.throughput)} tokens/s per instance, {within['throughput']}",
            "power": f"{self.power:.0f} W per accelerator, {within['power']}",
            "time per output token": f"{token}, {within['time_per_output_token']}",
            "interactivity": f"{in_tokens(self.interactivity)} tokens/s per user",
            "time to first token": f"{first} in a closed loop, {within['time_to_first_token']}",
            "support": support_words(self.support, self.support_rows, self.support_basis),
        }


def estimated_under_load(computed: Computed, statistics: dict[str, Any]) -> LoadEstimate:
    """Return the only cell of a run under a load.

    Parameters
    ----------
    computed
        The run.
    statistics
        Those of its cell by name.

    Raises
    ------
    InputError
        If nothing is predicted of the combination; the message says why.
    """
    cell, lowered = computed.run.study, computed.run.lowered
    table = table_of(lowered)
    labels = coordinates(cell.grid, lowered)
    assumptions = {name: in_words(label.values, label.attributes) for name, label in labels.items()}
    if table.reason[0]:
        raise InputError(
            f"Nothing can be predicted of {cell.grid.model.labels[0]} on {cell.grid.hardware.labels[0]}, for "
            f"{table.reason[0]}: {remedy(table.reason[0])}."
        )
    parts = energy_parts(cell.grid, lowered, computed.statistics.arrays)
    outside = computed.attributes.get(OUTSIDE_RANGE)
    return LoadEstimate(
        assumptions={**assumptions, **_settings(cell.load)},
        statistics=statistics,
        throughput=float(table.throughput[0]),
        throughput_stderr=float(table.log_sds["throughput"][0]),
        notes=(
            *load_notes(cell.grid, lowered, cell.preset),
            *([] if outside is None else [f"outside physical ranges: {outside}"]),
            *workload_notes(cell.grid),
        ),
        boundary=counted(cell.grid),
        provenance=computed.attributes,
        **{name: values[0].item() for name, values in parts.items()},
        accelerators=int(table.accelerators[0]),
        running_sequences=float(table.batch[0]),
        most_sequences=float(table.most_sequences[0]),
        **{name: float(getattr(table, name)[0]) for name in ("power", *_LATENCIES)},
        log_stderrs={name: float(table.log_sds[name][0]) for name in _MEDIANS},
        support=str(table.support[0]),
        support_rows=int(table.support_rows[0]),
        support_basis=str(table.support_basis[0]),
    )


def _settings(load: UnderLoad | None) -> dict[str, str]:
    """Return what was asked for beside the axes, as text."""
    if load is None:
        return {}
    said = {
        "kv_precision": load.kv_precision or "as the serving system keeps keys and values",
        "max_sequences": f"{load.max_sequences:,}",
        "speculation": load.speculation,
    }
    if words := measured_words(load):
        said["measured"] = words
    if load.batch_workload is not None:
        said["batch_workload"] = " + ".join(
            f"{workload.label}" if share == 1.0 else f"{share:.3g} {workload.label}"
            for share, workload in load.batch_workload
        )
    return said


def _in_seconds(seconds: float) -> str:
    return f"{1000.0 * seconds:.3g} ms" if seconds < 1.0 else f"{seconds:.3g} s"
