"""The scripts of a page that compute, run without a browser."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from py_mini_racer import MiniRacer

from wattquery import explorer

ENGINE = ("arrays", "equation", "mixture", "lengths", "factors", "cells", "stored", "study_values", "calls")
SCRIPTS = Path(explorer.__file__).parent / "page" / "scripts" / "engine"
LEVELS = [0.05, 0.25, 0.5, 0.75, 0.95]


class PageEngine:
    """The engine of a page, with the study that it holds."""

    def __init__(self, payload: dict[str, Any]) -> None:
        self.payload = payload
        self.context = MiniRacer()
        for name in ENGINE:
            self.context.eval((SCRIPTS / f"{name}.js").read_text(encoding="utf-8"))
        self.context.eval(f"const study = wattquery.decode({json.dumps(payload)}); const engine = wattquery.engine;")

    def ask(self, expression: str) -> Any:
        """Return the value of an expression, which may name the study and the engine."""
        return json.loads(str(self.context.eval(f"JSON.stringify({expression})")))

    def statistics(self, choice: dict[str, Any], overrides: dict[str, Any]) -> dict[str, Any] | None:
        """Return quantiles, mean and standard deviation of a cell; None where nothing is known."""
        cell = f"engine.cell(study, {json.dumps(choice)}, {json.dumps(overrides)})"
        return self.ask(f"(() => {{ const c = {cell}; return c && engine.statistics(c, {LEVELS}); }})()")

    def call(self, choice: dict[str, Any], overrides: dict[str, Any]) -> dict[str, str]:
        """Return the calls that give the view."""
        return self.ask(f"engine.call(study, {json.dumps(choice)}, {json.dumps(overrides)})")
