"""The formats that are read, and which of them a file has: told by what stands in it, never by its name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from wattquery.errors import InputError, listed, quoted
from wattquery.readers import (
    aiperf,
    aiperf_csv,
    guidellm,
    inferencex,
    llmperf,
    ml_energy,
    mlperf,
    sglang,
    tensorrt_llm,
    trtllm_bench,
    vllm,
)
from wattquery.readers.documents import Document
from wattquery.readers.entries import Entry
from wattquery.readers.run import Read

__all__ = ["has_table", "place_and_reason", "runs_of"]


@dataclass(frozen=True)
class _Format:
    """A format of JSON: whose it is, how an object of it is told, and what its runs are."""

    tool: str
    is_mine: Callable[[Mapping[str, Any]], bool]
    runs: Callable[[Entry], Iterator[Read]]


@dataclass(frozen=True)
class _Table:
    """A format of text: whose it is, how a text of it is told, and what its runs are."""

    tool: str
    is_mine: Callable[[str], bool]
    runs: Callable[[str, str], Iterator[Read]]


_OBJECTS = (
    _Format(inferencex.TOOL, inferencex.is_mine, inferencex.runs),
    _Format(ml_energy.TOOL, ml_energy.is_mine, ml_energy.runs),
    _Format(guidellm.TOOL, guidellm.is_mine, guidellm.runs),
    _Format(aiperf.TOOL, aiperf.is_mine, aiperf.runs),
    _Format(llmperf.TOOL, llmperf.is_mine, llmperf.runs),
    _Format(trtllm_bench.TOOL, trtllm_bench.is_mine, trtllm_bench.runs),
    _Format(sglang.TOOL, sglang.is_mine, sglang.runs),
    _Format(vllm.TOOL, vllm.is_mine, vllm.runs),
)
"""Of two that an object may be, the first is meant: those with more marks stand above."""

_TABLES = (
    _Table(aiperf_csv.TOOL, aiperf_csv.is_mine, aiperf_csv.runs),
    _Table(mlperf.TOOL, mlperf.is_mine, mlperf.runs),
    _Table(tensorrt_llm.TOOL, tensorrt_llm.is_mine, tensorrt_llm.runs),
)


def runs_of(document: Document) -> list[Read]:
    """Return the runs of a file, in their order; of those that cannot be read the errors.

    Raises
    ------
    InputError
        If no format is recognised.
    """
    if document.text:
        found = [
            run
            for one in _TABLES
            if one.is_mine(document.text)
            for run in _or_error(one.runs(document.text, document.shown))
        ]
    else:
        found = [
            run for line, values in document.entries for run in _or_error(_of_object(document.shown, line, values))
        ]
    if not found and "Tokens per Second (TPS)" in document.text:
        raise InputError(
            f"{quoted(document.shown, 300)}: this is a benchmark table already: pass it as catalog=, or with --catalog."
        )
    if not found:
        raise InputError(
            f"{quoted(document.shown, 300)}: nothing in it is the result of a benchmark that is read, which are those "
            f"of {_tools()}: {_FIX}"
        )
    return found


def place_and_reason(message: str) -> tuple[str, str]:
    """Return where a run stands that cannot be read, and why, from the message of its error.

    Examples
    --------
    >>> place_and_reason("'a.json', entry 2 (LLMPerf): no request completed: run the benchmark again.")
    ("'a.json', entry 2", 'no request completed: run the benchmark again.')
    """
    found = _SAID.fullmatch(message) or _BARE.fullmatch(message)
    return (found[1], found[2]) if found else ("", message)


def _or_error(runs: Iterator[Read]) -> Iterator[Read]:
    """Yield runs, and the error that ends them where one does."""
    try:
        yield from runs
    except InputError as error:
        yield error


def _of_object(shown: str, line: int, values: Mapping[str, Any]) -> Iterator[Read]:
    for one in _OBJECTS:
        if one.is_mine(values):
            yield from one.runs(Entry(values, shown, line, one.tool))
            return
    keys = listed(list(values), 8) if values else "none"
    raise InputError(
        f"{quoted(shown, 300)}, entry {line}: its fields are those of no benchmark that is read ({keys}); results of "
        f"{_tools()} are: {_FIX}"
    )


_FIX = "name such a file, or write its rows as a table (see 'The columns' in docs/catalog.md)."


def _tools() -> str:
    names = [one.tool for one in (*_OBJECTS, *_TABLES)]
    return f"{', '.join(names[:-1])} and {names[-1]}"


def has_table(text: str) -> bool:
    """Return whether a text is a table that a benchmark wrote."""
    return any(one.is_mine(text) for one in _TABLES)


_TOOLS = "|".join(re.escape(one.tool) for one in (*_OBJECTS, *_TABLES))
_SAID = re.compile(rf"(.+) \((?:{_TOOLS})\): (.+)", re.DOTALL)
_BARE = re.compile(r"('.*'(?:, (?:entry|line) \d+)?): (.+)", re.DOTALL)
