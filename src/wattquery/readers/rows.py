"""From a run to a row of a catalog: its rate scaled to the node, and beside it what the run was.

The columns are those that the catalog ``default`` has for its own rows, so that whatever reads these reads both.
"""

from __future__ import annotations

from wattquery.catalog.facts import Accelerator
from wattquery.catalog.row import BenchmarkRow
from wattquery.errors import InputError, continued
from wattquery.readers.labels import hardware_facts
from wattquery.readers.run import Run

__all__ = ["row_of"]

_DIGITS = 6


def row_of(run: Run) -> BenchmarkRow:
    """Return the row of a run whose labels and accelerators are known.

    Raises
    ------
    InputError
        If a number lies outside its physical range.
    """
    count = run.accelerators or 1
    facts = hardware_facts(run.hardware)
    whole = (facts.accelerators_per_node if facts else None) or count
    rate = run.output_rate * (whole if run.is_per_accelerator else whole / count)
    try:
        return BenchmarkRow(
            model=run.model,
            hardware=run.hardware,
            serving=run.serving,
            precision=run.precision,
            tokens_per_second=_rounded(rate),
            input_tokens=None if run.input_tokens is None else _rounded(run.input_tokens),
            output_tokens=None if run.output_tokens is None else _rounded(run.output_tokens),
            node_power=facts.node_power_kw if facts else None,
            total_parameters=None,
            active_parameters=None,
            architecture="",
            tensor_parallel=run.tensor_parallel,
            batch_size="",
            scaled_power="",
            source=f"{run.tool}: {run.place}",
            comments=run.task,
            confidence="",
            notes="; ".join([*run.notes, *_notes(run, facts, whole, count)]),
            line=run.line,
            others=_others(run, count),
        )
    except InputError as error:
        sentence = str(error).replace("BenchmarkRow: ", "").replace(". ", ": ", 1).replace(". ", ", or ")
        raise InputError(f"{run.place} ({run.tool}): {continued(sentence)}") from None


def _notes(run: Run, facts: Accelerator | None, whole: int, count: int) -> list[str]:
    notes = []
    if not _is_metered(run, count):
        notes.append(f"power is left out, as {run.metered} accelerators were metered and the run had {count}")
    if run.is_per_accelerator:
        notes.append(f"rate is that of one accelerator x {whole}")
    elif whole != count:
        notes.append(f"rate is that of {count} {'accelerator' if count == 1 else 'accelerators'} x {whole}/{count}")
    if facts is None:
        notes.append("node taken to be the accelerators of the run, of power that is not known")
    elif facts.node_power_basis == "derived":
        notes.append("node power derived from TDP")
    return notes


def _is_metered(run: Run, count: int) -> bool:
    """Return whether the power of a run is that of its own accelerators: others beside them may have been idle."""
    return run.metered is None or run.metered == count


def _others(run: Run, count: int) -> tuple[tuple[str, str], ...]:
    """Return what a row says beside its known columns, under headers that are recognised."""
    cells = (
        ("Version", run.version),
        ("Accelerators", str(count)),
        ("Concurrency", _cell(run.concurrency)),
        ("Mean Batch", _cell(run.running)),
        ("TTFT (s)", _cell(run.first_token)),
        ("TPOT (s)", _cell(run.per_token)),
        ("Median TTFT (s)", _cell(run.median_first_token)),
        ("Median TPOT (s)", _cell(run.median_per_token)),
        ("GPU Power (W)", _cell(run.power if _is_metered(run, count) else None)),
        ("System Power (W)", _cell(run.system_power)),
        ("EP Size", "" if run.expert_parallel is None else str(run.expert_parallel)),
        ("PP Size", "" if run.pipeline_parallel is None else str(run.pipeline_parallel)),
        ("DP Size", "" if run.data_parallel is None else str(run.data_parallel)),
        ("DP Attention", {None: "", True: "yes", False: "no"}[run.attention_data_parallel]),
        ("Prefill Apart", "yes" if run.has_prefill_apart else ""),
        ("Speculation", run.speculation),
    )
    return tuple((header, cell) for header, cell in cells if cell)


def _cell(value: float | None) -> str:
    return "" if value is None else f"{_rounded(value):.{_DIGITS}g}"


def _rounded(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")
