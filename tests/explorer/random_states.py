"""States of a page at random: a label of each axis, and sliders moved; and what the package says there."""

from __future__ import annotations

import ast
import math
import random
from typing import Any

from explorer.page_engine import LEVELS, PageEngine

MOVED = 0.35  # share of the sliders that a state moves


def random_state(rng: random.Random, payload: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a choice and overrides."""
    choice: dict[str, Any] = {axis["name"]: rng.randrange(len(axis["labels"])) for axis in payload["axes"]}
    if payload["engine"]["blends"] and rng.random() < 0.2:
        choice["model"] = "blend:0"
    moved = {slider["name"]: _value(rng, slider) for slider in payload["engine"]["sliders"] if rng.random() < MOVED}
    if "cached_tokens" in moved and "input_tokens" in moved:
        moved["cached_tokens"] = min(moved["cached_tokens"], moved["input_tokens"])
    return choice, moved


def _value(rng: random.Random, slider: dict[str, Any]) -> Any:
    if slider["group"] == "levers":
        return rng.choice(["on", "off", round(rng.uniform(1.0, 5.0), 2)])
    if "values" in slider:
        return rng.choice(slider["values"])
    low, high = slider["minimum"], slider["maximum"]
    value = math.exp(rng.uniform(math.log(low), math.log(high))) if slider["logarithmic"] else rng.uniform(low, high)
    return round(value) if slider["step"] == 1 else round(value, 3)


def said_by(call: str) -> list[float]:
    """Return the quantiles that a call of the package gives [Wh], a call as the page shows it."""
    lines = ast.parse(call)
    last = lines.body.pop()
    assert isinstance(last, ast.Expr)
    names: dict[str, Any] = {}
    exec(compile(lines, "call", "exec"), names)
    found = eval(compile(ast.Expression(last.value), "call", "eval"), names)
    return found if isinstance(found, list) else [found.quantiles[level] for level in LEVELS]


def largest_difference(engine: PageEngine, states: int, seed: int) -> float:
    """Return the largest relative difference of a quantile between the page and the package, over random states."""
    rng = random.Random(seed)
    worst, known = 0.0, 0
    while known < states:
        choice, moved = random_state(rng, engine.payload)
        found = engine.statistics(choice, moved)
        if found is None:
            continue
        known += 1
        said = said_by(engine.call(choice, moved)["python"])
        pairs = zip(found["quantiles"], said, strict=True)
        worst = max(worst, *(abs(one / other - 1.0) for one, other in pairs))
    return worst
