"""Tables of TensorRT-LLM's performance overview, as Markdown or CSV: output rates under maximum load.

Of docs/source/performance/perf-overview.md and docs/source/developer-guide/perf-overview.md of
https://github.com/NVIDIA/TensorRT-LLM, in three layouts:

- since 1.0, a table for each model (the heading) with columns such as ``B200<br/>TP1 (FP4)`` or, on an accelerator that
  the heading or the line above names, ``**2 GPUs**<br/>TP1,PP2 (FP4)``, and rows such as ``1000/1000``;
- of 0.1x, a table for each model and precision with a line ``GPU``, a line ``TP Size`` and rows such as ``128, 2048``;
- before, and as CSV, a row for each rate: ``Model``, ``TP``, ``Input Length``, ``Output Length``, ``Throughput (out
  tok/s)``, under a heading such as ``H100 GPUs (FP8)`` or with columns ``GPU`` and ``Precision``.

Rates are of all accelerators of a run, or of one since 1.2: what the text says. It is refused where it does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from wattquery.errors import InputError, quoted
from wattquery.inputs.names import problem
from wattquery.readers.grids import Cell, cells_of
from wattquery.readers.run import Read, Run
from wattquery.readers.tables import number_of
from wattquery.readers.trtllm_bench import SERVING

__all__ = ["TOOL", "is_mine", "runs"]

TOOL = "TensorRT-LLM performance table"
_MARKS = re.compile(
    r"\bISL\b[^\n]{0,40}\bOSL\b"
    r"|\bInput (?:Length|Tokens)\b[^\n]{0,200}\bOutput (?:Length|Tokens)\b[^\n]{0,200}Throughput",
    re.IGNORECASE,
)
_PER = re.compile(r"per gpu|tok(?:en)?s?\s*/\s*s(?:ec)?\s*/\s*gpu|tps\s*/\s*gpu", re.IGNORECASE)
_STATED = (
    re.compile(r"unit:[\s`*]{0,5}([^`\n]{1,100})", re.IGNORECASE),
    re.compile(r"reported metric is[\s`*]{0,5}([^`\n]{1,100})", re.IGNORECASE),
)
_OUTPUT = re.compile(r"\bout(?:put)?\b", re.IGNORECASE)
_PARALLEL = re.compile(r"\b(TP|DEP|TEP|EP|PP)\s*(\d{1,4})\b", re.IGNORECASE)
_MOST = 100_000


def is_mine(text: str) -> bool:
    """Return whether a text has such tables."""
    return bool(_MARKS.search(text)) and ("|" in text or "," in text)


def runs(text: str, shown: str) -> Iterator[Read]:
    """Yield the run of each rate of a text."""
    found = False
    for cell in cells_of(text, shown):
        rate = number_of(cell.rate)
        if rate is None and not re.search(r"\d", cell.rate):
            continue  # an empty cell, or NA: not measured
        place = f"{quoted(shown, 300)}, line {cell.line}"
        found = True
        try:
            yield _run(cell, rate, place, _is_per_accelerator(cell, text, place))
        except InputError as error:
            yield error
    if not found:
        raise InputError(f"{quoted(shown, 300)} ({TOOL}): none of its cells has a rate: name a table with rates.")


def _run(cell: Cell, rate: float | None, place: str, is_per: bool) -> Run:
    if not rate:
        raise InputError(
            f"{place} ({TOOL}): a rate must be a number above 0, got {quoted(cell.rate)}: correct it, or empty it."
        )
    parallel = {name.upper(): int(count) for name, count in _PARALLEL.findall(cell.parallel)}
    tensor = parallel.get("TP", parallel.get("TEP"))
    width = tensor or parallel.get("DEP") or parallel.get("EP")
    stages = parallel.get("PP")
    counted = width * (stages or 1) if width else None
    if cell.accelerators and counted and cell.accelerators != counted:
        raise InputError(
            f"{place} ({TOOL}): {quoted(cell.parallel)} needs {counted} accelerators, and its column has "
            f"{cell.accelerators}: correct the column."
        )
    count = cell.accelerators or counted
    return Run(
        tool=TOOL,
        place=place,
        line=cell.line,
        output_rate=rate,
        is_per_accelerator=is_per,
        model=_name(cell.model, place),
        hardware=_name(cell.hardware.replace("RTX 6000 Pro", "RTX PRO 6000"), place),  # as its maker calls it
        serving=SERVING,
        precision=_name(cell.precision, place),
        accelerators=count if count and count <= _MOST else None,
        tensor_parallel=tensor or None,
        pipeline_parallel=stages or None,
        expert_parallel=parallel.get("DEP") or parallel.get("TEP") or parallel.get("EP") or None,
        input_tokens=number_of(cell.input_tokens),
        output_tokens=number_of(cell.output_tokens),
        concurrency=number_of(cell.concurrency) or None,
        task="maximum load" if not cell.concurrency else "",
    )


def _is_per_accelerator(cell: Cell, text: str, place: str) -> bool:
    """Return whether rates are those of one accelerator: as their column says, or what stands in the text."""
    said = cell.unit
    if not said:
        said = next((found[1] for one in _STATED if (found := one.search(text))), "")
    if said and not _OUTPUT.search(said):
        raise InputError(
            f"{place} ({TOOL}): its rates are {quoted(said.strip())}, and those of output tokens are needed: convert "
            "them, or leave the table out."
        )
    if not said:
        raise InputError(
            f"{place} ({TOOL}): nothing says whether its rates are per GPU or of all of a run: write 'unit: output "
            "tokens per second per GPU' or 'unit: output tokens per second' below the table."
        )
    return bool(_PER.search(said))


def _name(written: str, place: str) -> str:
    name = written.strip()
    if name and (wrong := problem(name)):
        why = wrong.partition(". ")[0].rstrip(".")
        raise InputError(f"{place} ({TOOL}): {quoted(name)} {why}: correct the table.")
    return name
