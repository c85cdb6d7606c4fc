"""Summaries of MLPerf Inference, ``summary.csv`` of a submission round or of one submitter.

Columns, of https://github.com/mlcommons/inference: ``Organization``, ``SystemName``, ``Platform``, ``MlperfModel`` or
``Model``, ``Scenario``, ``Result``, ``number_of_nodes``, ``accelerator_model_name``, ``accelerators_per_node``,
``framework``, ``version``, ``Units``. Results of the benchmarks of language models are tokens per second by the rules,
also where ``Units`` says samples or queries, as it did up to v4.1. Rows in ``Watts`` are the power of the whole system
in the run of the same platform, benchmark and scenario. The table says neither lengths nor precision.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from wattquery.errors import InputError, listed, quoted
from wattquery.inputs.names import problem
from wattquery.readers.run import Read, Run
from wattquery.readers.tables import csv_rows, number_of

__all__ = ["TOOL", "is_mine", "runs"]

TOOL = "MLPerf"
_IN_TOKENS = re.compile(r"llama|mixtral|deepseek|gpt-oss|qwen", re.IGNORECASE)
_SCENARIOS = ("offline", "server", "interactive")
_STACKS = (("vllm", "vLLM"), ("sglang", "SGLang"), ("tensorrt", "TensorRT-LLM"))
_NEEDED = ("Scenario", "Result", "accelerator_model_name", "accelerators_per_node")
_ACCURACY = re.compile(r"-99(?:\.9)?$")
_MOST = 10**6

Row = tuple[int, Mapping[str, str]]


def is_mine(text: str) -> bool:
    """Return whether a text is such a table."""
    first = text.lstrip().partition("\n")[0].replace('"', "").split(",")
    return {"Organization", "Scenario", "Result"} <= {cell.strip() for cell in first}


def runs(text: str, shown: str) -> Iterator[Read]:
    """Yield the runs of language models of a table."""
    rows = _rows(text, shown)
    watts = {_key(row): number_of(row["Result"]) for _, row in rows if _unit(row) == "watts"}
    rates = [(line, row) for line, row in rows if _unit(row) != "watts"]
    mine = [(line, row) for line, row in rates if _is_of_tokens(row)]
    if not mine:
        names = listed(dict.fromkeys(_benchmark(row) for _, row in rates), 8) if rates else "no rows"
        raise InputError(
            f"{quoted(shown, 300)} ({TOOL}): none of its rows is a rate of tokens of a language model, it has {names}: "
            "name a table with such rows."
        )
    passed, seen = len(rates) - len(mine), set()
    for line, row in mine:
        # One run may stand for both targets of accuracy, such as llama2-70b-99 and llama2-70b-99.9.
        same = _ACCURACY.sub("", _benchmark(row)), row["Result"], *_key(row)[:2], row["Scenario"]
        if same not in seen:
            seen.add(same)
            try:
                yield _run(line, row, shown, watts.get(_key(row)), passed)
            except InputError as error:
                yield error


def _run(line: int, row: Mapping[str, str], shown: str, watts: float | None, passed: int) -> Run:
    place = f"{quoted(shown, 300)}, line {line}"
    rate = number_of(row["Result"])
    if not rate:
        raise InputError(
            f"{place} ({TOOL}): 'Result' must be a number above 0, got {quoted(row['Result'])}: leave the row out."
        )
    notes = [f"{passed} rows of other benchmarks were passed over"] if passed else []
    if "tokens" not in _unit(row):
        notes.append("the rate is in tokens/s by the rules of MLPerf")
    framework = row.get("framework", "")
    return Run(
        tool=TOOL,
        place=place,
        line=line,
        output_rate=rate,
        model=_name(_ACCURACY.sub("", _benchmark(row)), "MlperfModel", place),
        hardware=_name(row["accelerator_model_name"], "accelerator_model_name", place),
        serving=next((label for mark, label in _STACKS if mark in framework.casefold()), ""),
        version=framework[:200] if not problem(framework or " ") else "",
        accelerators=_accelerators(row, place),
        system_power=watts or None,
        task=f"MLPerf {row.get('version', '')} {row['Scenario']}".replace("  ", " "),
        notes=tuple(notes),
    )


def _rows(text: str, shown: str) -> list[Row]:
    """Return the records of a table by column."""
    records = csv_rows(text, shown)
    _, header = next(records)
    for name in _NEEDED:
        if name not in header:
            raise InputError(
                f"{quoted(shown, 300)} ({TOOL}): it has no column {name!r}: name the summary as MLCommons publishes it."
            )
    return [(line, {**dict.fromkeys(header, ""), **dict(zip(header, cells, strict=False))}) for line, cells in records]


def _accelerators(row: Mapping[str, str], place: str) -> int:
    per_node, nodes = number_of(row["accelerators_per_node"]), number_of(row.get("number_of_nodes", "") or "1")
    count = (per_node or 0.0) * (nodes or 0.0)
    if not count or not count.is_integer() or count > _MOST:
        raise InputError(
            f"{place} ({TOOL}): 'accelerators_per_node' and 'number_of_nodes' must be whole numbers, got "
            f"{quoted(row['accelerators_per_node'])} and {quoted(row.get('number_of_nodes', ''))}: leave the row out."
        )
    return int(count)


def _name(written: str, column: str, place: str) -> str:
    if wrong := problem(written):
        why = wrong.partition(". ")[0].rstrip(".")
        raise InputError(f"{place} ({TOOL}): {column!r} = {quoted(written)} {why}: leave the row out.")
    return written


def _benchmark(row: Mapping[str, str]) -> str:
    return row.get("MlperfModel") or row.get("Model", "")


def _unit(row: Mapping[str, str]) -> str:
    return row.get("Units", "").strip().casefold()


def _is_of_tokens(row: Mapping[str, str]) -> bool:
    return bool(_IN_TOKENS.search(_benchmark(row))) and row["Scenario"].strip().casefold() in _SCENARIOS


def _key(row: Mapping[str, str]) -> Sequence[str]:
    return tuple(row.get(name, "") for name in ("Organization", "Platform", "Model", "Scenario"))
