"""The scripts of a page that compute, run without a browser."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import quickjs

from wattquery import explorer

ENGINE = ("arrays", "equation", "mixture", "lengths", "factors", "cells", "stored", "study_values", "calls")
SCRIPTS = Path(explorer.__file__).parent / "document" / "scripts" / "engine"
LEVELS = [0.05, 0.25, 0.5, 0.75, 0.95]


class PageEngine:
    """The engine of a page, with the study that it holds."""

    def __init__(self, payload: dict[str, Any]) -> None:
        self.payload = payload
        self.context = quickjs.Context()
        for name in ENGINE:
            self.context.eval((SCRIPTS / f"{name}.js").read_text(encoding="utf-8"))
        self.context.eval(f"globalThis.study = wattquery.decode({json.dumps(payload)}); 0")
        self.context.eval("globalThis.engine = wattquery.engine; 0")

    def ask(self, expression: str) -> Any:
        """Return the value of an expression, which may name the study and the engine."""
        return json.loads(self.context.eval(f"JSON.stringify({expression})"))

    def statistics(self, choice: dict[str, Any], overrides: dict[str, Any] | None = None) -> dict[str, Any] | None:
        """Return quantiles, mean and standard deviation of a cell; None where nothing is known."""
        cell = f"engine.cell(study, {json.dumps(choice)}, {json.dumps(overrides or {})})"
        return self.ask(f"(() => {{ const c = {cell}; return c && engine.statistics(c, {LEVELS}); }})()")

    def call(self, choice: dict[str, Any], overrides: dict[str, Any] | None = None) -> dict[str, str]:
        """Return the calls that give the view."""
        return self.ask(f"engine.call(study, {json.dumps(choice)}, {json.dumps(overrides or {})})")

    def choice(self, **labels: object) -> dict[str, int]:
        """Return a choice by labels, the first of each axis that is not named."""
        found = {axis["name"]: 0 for axis in self.payload["axes"]}
        for axis in self.payload["axes"]:
            if axis["name"] in labels:
                found[axis["name"]] = axis["labels"].index(str(labels[axis["name"]]))
        return found
