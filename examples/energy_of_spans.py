"""Watt-hours for each request of a gateway, as attributes of its spans: duck-typed, without OpenTelemetry.

`EnergyOfSpans` has the methods of a span processor of OpenTelemetry's SDK. At the end of a span that has the attributes
``gen_ai.usage.input_tokens`` and ``gen_ai.usage.output_tokens`` it works out the energy of the request with its
interval, hands them to a sink, such as an exporter of metrics, and adds them up by model. Ended spans cannot be changed
in the SDK, so a gateway that wants the attributes on the span itself has `with_energy` around its handler.

A request of a model that was not prepared, or with lengths that no request has, is counted and gets no number.

Run it: python examples/energy_of_spans.py
"""

from __future__ import annotations

import argparse
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import wattquery as wq

MODEL = ("gen_ai.response.model", "gen_ai.request.model")
INPUT, OUTPUT = "gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens"
CACHED = "gen_ai.usage.cache_read.input_tokens"

Attributes = Mapping[str, Any]


def energy_attributes(cell: wq.PreparedQuery, attributes: Attributes) -> dict[str, Any]:
    """Return what a request took, as attributes of its span [Wh]; input tokens count the cached ones."""
    found = wq.request_energy(cell, attributes[INPUT], attributes[OUTPUT], attributes.get(CACHED, 0))
    return {
        "wattquery.energy_wh": found.energy_wh,
        "wattquery.energy_low_wh": found.low_wh,
        "wattquery.energy_high_wh": found.high_wh,
        "wattquery.energy_level": found.level,
        "wattquery.boundary": found.boundary,
        "wattquery.extrapolated": found.extrapolated,
        "wattquery.support": cell.support,
        "wattquery.version": cell.provenance["wattquery_version"],
    }


@dataclass
class EnergyOfSpans:
    """A span processor that works out energies.

    ``cells`` are prepared queries by the name of the model in spans, and ``sink`` takes a span and its new attributes.
    Totals of expected energies sum; intervals do not, as what is not known is the same for all requests of a model.
    """

    cells: Mapping[str, wq.PreparedQuery]
    sink: Callable[[Any, dict[str, Any]], None] = lambda span, attributes: None
    watt_hours: Counter[str] = field(default_factory=Counter)
    requests: Counter[str] = field(default_factory=Counter)
    without: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def on_start(self, span: Any, parent_context: Any = None) -> None:
        """Do nothing: lengths are not known yet."""

    def on_end(self, span: Any) -> None:
        """Work out the energy of a request; whatever comes, no request may fail by it."""
        attributes = span.attributes or {}
        if INPUT not in attributes or OUTPUT not in attributes:
            return
        model = next((attributes[name] for name in MODEL if name in attributes), "")
        try:
            made = energy_attributes(self.cells[model], attributes)
        except (KeyError, wq.InputError, wq.InputTypeError):
            with self.lock:  # few keys, however many requests go wrong
                self.without["lengths that no request has" if model in self.cells else "a model not prepared"] += 1
            return
        with self.lock:
            self.watt_hours[model] += made["wattquery.energy_wh"]
            self.requests[model] += 1
        self.sink(span, made)

    def shutdown(self) -> None:
        """Do nothing: nothing waits."""

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Return that nothing waits."""
        return True


def with_energy(
    handler: Callable[[Any], Mapping[str, Any]], cells: Mapping[str, wq.PreparedQuery], span_of: Callable[[], Any]
) -> Callable[[Any], Mapping[str, Any]]:
    """Return a handler that puts lengths and energy on the span of its request, by the ``usage`` of the response."""

    def handled(request: Any) -> Mapping[str, Any]:
        response, span = handler(request), span_of()
        usage = response.get("usage") or {}
        cached = (usage.get("prompt_tokens_details") or {}).get("cached_tokens") or 0
        lengths = {INPUT: usage.get("prompt_tokens"), OUTPUT: usage.get("completion_tokens"), CACHED: cached}
        cell = cells.get(str(response.get("model")))
        try:
            made = {} if cell is None else energy_attributes(cell, lengths)
        except (wq.InputError, wq.InputTypeError) as error:
            made = {"wattquery.refused": str(error)}
        for name, value in {**lengths, **made}.items():
            if value is not None:
                span.set_attribute(name, value)
        return response

    return handled


@dataclass
class Span:
    """A stand-in for a span of the SDK."""

    attributes: dict[str, Any] = field(default_factory=dict)

    def set_attribute(self, name: str, value: Any) -> None:
        """Keep an attribute."""
        self.attributes[name] = value


def main(arguments: list[str] | None = None) -> None:
    """Prepare two models, let requests come in, and print what they took."""
    argparse.ArgumentParser(description="Watt-hours of the requests of a gateway.").parse_args(arguments)
    instance = {"hardware": "H100 SXM", "load": 0.5, "workload": "azure_conversation", "precision": "FP8"}
    cells = {
        "llama-3.1-70b": wq.prepare("Llama 3.1 70B", **instance),
        "llama-3.1-8b": wq.prepare("Llama 3.1 8B", **instance),
    }
    usages = [
        ("llama-3.1-70b", 1200, 350, 0),
        ("llama-3.1-70b", 1200, 350, 1000),
        ("llama-3.1-70b", 40_000, 350, 0),
        ("llama-3.1-8b", 1200, 350, 0),
        ("llama-3.1-8b", 1200, 0, 0),
        ("mystery", 1200, 350, 0),
    ]
    print(f"{'model':<15}{'input':>7}{'cached':>7}{'output':>7}{'Wh':>9}{'90 % interval':>19}")

    def show(span: Span, made: dict[str, Any]) -> None:
        lengths = [span.attributes[INPUT], span.attributes[CACHED], span.attributes[OUTPUT]]
        low, high = made["wattquery.energy_low_wh"], made["wattquery.energy_high_wh"]
        far = "  extrapolated" if made["wattquery.extrapolated"] else ""
        row = "".join(f"{one:>7}" for one in lengths)
        print(f"{span.attributes[MODEL[0]]:<15}{row}{made['wattquery.energy_wh']:>9.4f}{low:>9.4f} to {high:.4f}{far}")

    processor = EnergyOfSpans(cells, show)
    for model, inputs, outputs, cached in usages:
        processor.on_end(Span({MODEL[0]: model, INPUT: inputs, OUTPUT: outputs, CACHED: cached}))
    for model, watt_hours in processor.watt_hours.items():
        print(f"{model}: {processor.requests[model]} requests, {watt_hours:.3f} Wh expected")
    for reason, count in processor.without.items():
        print(f"{count} without a number: {reason}")


if __name__ == "__main__":
    main()
