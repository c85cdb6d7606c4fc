"""What was measured: model, accelerators, stack, division, load and lengths of one row, as the catalog names them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from wattquery.catalog.records import labels_with_aliases
from wattquery.catalog.stack_versions import stack_version
from wattquery.errors import did_you_mean, listed, quoted
from wattquery.measured.tables.names import (
    architecture_of,
    hardware_of,
    native_precision,
    precision_in,
    precision_of,
    serving_of,
    sizes_in,
)
from wattquery.measured.tables.own import NOTHING_OWN, Own
from wattquery.measured.tables.row import Row
from wattquery.measured.tables.sources import WITHOUT_SPECULATION, source_of
from wattquery.throughput.load.dates import decimal_years

__all__ = ["setting_of"]

Values = Mapping[str, float | None]

NOMINAL = 0.9
"""Mean over nominal length of requests whose lengths are drawn between 0.8 and 1 times nominal."""

_KIND = re.compile(r"dense|moe|mixture|hybrid|mamba", re.IGNORECASE)
_MANY = re.compile(r"(\d+)\s*[x\u00d7*]\s*(\S.*)", re.IGNORECASE)
_LENGTHS = re.compile(r"\b(\d+(?:\.\d+)?)(k?)\s*/\s*(\d+(?:\.\d+)?)(k?)\s*$", re.IGNORECASE)
_YES, _NO = ("true", "yes", "on", "1", "1.0"), ("false", "no", "off", "0", "0.0", "disabled")
_UNKNOWN = ("", "unknown", "not stated", "not known", "n/a", "na", "nan", "?", "-")
_METHOD = re.compile(r"mtp|multi.?token|eagle|medusa|hydra|n.?gram|draft|look.?ahead|speculat|nextn", re.IGNORECASE)
_UNSTATED = re.compile(r"other/unstated:\s*(.*)", re.IGNORECASE)
_BENCH = "LLM-Inference-Bench"
_RATIO = 0.01
_MARKS = {
    "cached_input": re.compile(r"input tokens come from the cache|cached_input"),
    "not_a_serving_stack": re.compile(r"not a serving stack|not_a_serving_stack"),
    "pool_sizes_unknown": re.compile(r"pool sizes not recorded|pool_sizes_unknown"),
    "probably_speculative": re.compile(r"probably multi-token prediction|probably_speculative"),
    "near_peak": re.compile(r"above 55 % of peak|>55 % of peak|near_peak"),
    "kv_cache_exceeds_memory": re.compile(r"KV cache of the full batch exceeds|kv_cache_exceeds_memory"),
    "not_validated": re.compile(r"not validated|not_validated"),
}


def setting_of(row: Row, values: Values, own: Own = NOTHING_OWN) -> dict[str, Any]:
    """Return what a row says of what was measured, by the fields of `wattquery.throughput.load.Observations`.

    Parameters
    ----------
    row
        The row; what makes it useless is added to its `Row.wrong`.
    values
        What was measured, by field, for numbers of accelerators that only two totals tell.
    own
        Models and accelerators that are known before those of the catalog.
    """
    made = {"row_id": row.word("row_id"), **_model(row, own), "hardware": _hardware(row, own), **_stack(row)}
    made["precision"] = _precision(row, made["architecture"])
    made |= _instance(row, values)
    made |= _load(row)
    made |= _lengths(row)
    phase = row.word("phase")
    if phase and "both" not in phase.casefold():
        row.wrong.append(f"phase {quoted(phase)} counts a part of the work: rates of both together are compared.")
    made["source_id"] = source_of(row.word("source"))
    made["date"] = decimal_years(row.word("date"))
    confidence = row.word("confidence").casefold()
    made["confidence"] = confidence if confidence in ("high", "medium", "low") else ""
    said = f"{row.word('flags')} {row.word('notes')}"
    made["flags"] = "|".join(mark for mark, pattern in _MARKS.items() if pattern.search(said))
    return made


def _model(row: Row, own: Own) -> dict[str, Any]:
    """Return the architecture; of one that is not known its own name, with the sizes that the row states."""
    kind = row.word("architecture")
    names = [row.word("canonical_id"), row.word("model"), row.word("model_as_published")]
    if kind and not _KIND.search(kind):  # the tables that ship have the name of the shape there
        names.insert(0, kind)
    names = [name for name in names if name]
    if not names:
        row.wrong.append("No model is named: write one in the column 'model'.")
        return {"architecture": ""}
    if (described := own.architecture(*names)) is not None:
        return {"architecture": described.architecture}
    if found := architecture_of(*names):
        return {"architecture": found}
    total, active = row.key("total_params_b"), row.key("active_params_b")
    if total is None and own.sizes_in_names and not row.has("total_params_b"):
        total, from_name = sizes_in(*names)
        active = active or from_name
        if total is not None:
            row.unscored.append(f"Its size is read from the name {quoted(names[0])}.")
    if active is None and re.search("dense", kind, re.IGNORECASE):
        active = total
    if active is not None and total is not None and active > total:
        row.wrong.append(f"active_params_b {active:g} is more than total_params_b {total:g}: correct one of them.")
    if active is not None and active == total and re.search("moe|mixture", kind, re.IGNORECASE):
        row.unscored.append("Not all parameters of a mixture of experts are active: how many are is not known.")
        active = None
    return {"architecture": names[0], "total_params_b": total, "active_params_b": active}


def _hardware(row: Row, own: Own) -> str:
    name = row.word("hardware")
    found = own.hardware_of(name) or hardware_of(name) if name else ""
    if not name:
        row.wrong.append("No accelerator is named: write one in the column 'hardware'.")
    elif not found and (many := _MANY.fullmatch(name)) and hardware_of(many[2]):
        row.wrong.append(
            f"hardware {quoted(name)} holds a number: write {quoted(many[2])} there and {many[1]} in n_gpus."
        )
    elif not found:
        known = list(labels_with_aliases("hardware"))
        near = did_you_mean(name, known).removeprefix(" Did you mean ").removesuffix("?")
        likely = f", perhaps {near}" if near else ""
        row.wrong.append(f"hardware {quoted(name)} is not known{likely}: the catalog default has {listed(known, 6)}.")
    return found


def _stack(row: Row) -> dict[str, Any]:
    name, version = row.word("serving"), row.word("version")
    if unstated := _UNSTATED.fullmatch(name):
        name, version = "not stated", version or unstated[1]
    speculation = row.word("speculation").casefold()
    plain = not speculation and source_of(row.word("source")) in WITHOUT_SPECULATION
    # One vLLM of its own kind, twice as fast as the one of its time elsewhere.
    is_bench = _BENCH in row.word("origin") or row.word("source") == _BENCH.casefold()
    return {
        "serving": serving_of(name or "not stated"),
        "version": _BENCH if is_bench else stack_version(version),
        "speculation": "off" if plain else _speculation(row, speculation),
    }


def _speculation(row: Row, said: str) -> str:
    """Return whether decoding was speculative; a method of it says so as well."""
    if said in _NO:
        return "off"
    if said in _YES or _METHOD.search(said):
        return "on"
    if said not in _UNKNOWN:
        row.wrong.append(f"speculation {quoted(said)} tells nothing: write True, False, or the name of the method.")
    return "unknown"


def _is_apart(row: Row, made: Mapping[str, Any]) -> bool:
    """Return whether prefill has accelerators of its own; who counts both pools says so as well."""
    said = row.word("disaggregated").casefold()
    if said in _UNKNOWN:
        return made["prefill_accelerators"] is not None and made["decode_accelerators"] is not None
    if said not in (*_YES, *_NO):
        row.wrong.append(f"disaggregated {quoted(said)} is neither True nor False: write one of them.")
    return said in _YES


def _precision(row: Row, architecture: str) -> str:
    """Return the precision of the weights: as stated, as the model's name says, or as they were published."""
    stated = row.word("precision")
    if stated:
        found = precision_of(stated)
        if not found:
            row.wrong.append(
                f"precision {quoted(stated)} is not known: {listed(labels_with_aliases('precision'))} are; write one "
                "of these."
            )
        return found
    if found := precision_in(row.word("model_as_published"), row.word("model")):
        return found
    found = native_precision(architecture)
    if found:
        row.unscored.append(f"precision is not stated: {found} is assumed, in which its weights were published.")
    return found


def _instance(row: Row, values: Values) -> dict[str, Any]:
    made: dict[str, Any] = {name: row.key(name) for name in ("accelerators", "nodes", "tp", "ep", "dp", "pp")}
    made |= {name: row.key(name) for name in ("prefill_accelerators", "decode_accelerators")}
    made["disaggregated"] = _is_apart(row, made)
    if made["accelerators"] is None:
        made["accelerators"] = _accelerators(made, values)
    count, tp, pp = made["accelerators"], made["tp"], made["pp"] or 1.0
    if tp is None or count is None or made["disaggregated"]:
        return made
    if tp * pp > count:
        row.wrong.append(
            f"tp x pp is {tp * pp:g} and the accelerators are {count:g}: they cannot be fewer; correct one of them."
        )
    elif count % (tp * pp):
        row.wrong.append(
            f"{count:g} accelerators are no whole number of instances of tp x pp = {tp * pp:g}: correct one of them."
        )
    return made


def _accelerators(made: Mapping[str, Any], values: Values) -> float | None:
    """Return the number of accelerators where a plain rule tells it: a total over one's share, pools, the division."""
    for total, each in (("power_w_total", "power_w_per_accelerator"), ("output_tps", "output_tps_per_accelerator")):
        whole, part = values[total], values[each]
        if whole is not None and part is not None:
            ratio = whole / part
            if round(ratio) >= 1 and abs(ratio / round(ratio) - 1.0) < _RATIO:
                return float(round(ratio))
    pools = made["prefill_accelerators"], made["decode_accelerators"]
    if None not in pools:
        return float(sum(pools))
    if made["tp"] is None or made["disaggregated"]:
        return None
    return float(made["tp"] * (made["pp"] or 1.0) * (made["dp"] or 1.0))


def _load(row: Row) -> dict[str, Any]:
    """Return the load: a mean batch where it was measured, else what clients kept up."""
    batch, concurrency, most = row.key("batch"), row.key("concurrency"), row.key("batch_maximum")
    scenario, task = row.word("scenario").casefold(), row.word("task").casefold()
    if scenario.startswith("steady state") and batch is None:
        batch, concurrency = concurrency, None
    if batch is None and concurrency is None:
        concurrency = most
    offline = scenario.startswith("offline") or task.endswith(" offline")
    return {"batch": batch, "concurrency": concurrency, "at_maximum_load": offline}


def _lengths(row: Row) -> dict[str, Any]:
    """Return the mean lengths, those that the task states in plain numbers where no column does."""
    task = row.word("task")
    lengths = {"input_tokens": row.key("input_tokens"), "output_tokens": row.key("output_tokens")}
    if row.word("lengths_basis").endswith("0.9x"):
        lengths = {name: None if length is None else NOMINAL * length for name, length in lengths.items()}
    if stated := _LENGTHS.search(task):
        numbers = (float(stated[i]) * (1024.0 if stated[i + 1] else 1.0) for i in (1, 3))
        for name, number in zip(lengths, numbers, strict=True):
            if lengths[name] is None and not row.has(name) and 1.0 <= number <= 1e7:
                lengths[name] = number
    return {"task": task, **lengths}
