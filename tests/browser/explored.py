"""The studies whose pages are opened in a browser, and how their pages are read and moved."""

from __future__ import annotations

import ast
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np

import wattquery as wq
from wattquery.explorer.exploring import explore
from wattquery.explorer.page import explorer_page

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "\"'><b onmouseover=alert(1)>",
    "\u202eabc\u202c \u0645\u0631\u062d\u0628\u0627",
    '=HYPERLINK("http://x.example")',
    "L" * 400,
    "a\0b\u2028c",
    "javascript:alert(1)",
)


@dataclass(frozen=True)
class Study:
    """A page on the disk, the Dataset that it shows, and what it holds."""

    path: Path
    ds: Any
    payload: dict[str, Any]


class Explored:
    """Pages by the name of their study."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.made = folder, {}

    def __getitem__(self, name: str) -> Study:
        if name not in self.made:
            self.made[name] = self._make(name)
        return self.made[name]

    def _make(self, name: str) -> Study:
        path = self.folder / f"{name}.html"
        if name == "hostile":
            payload = hostile(self["paper"].payload)
            path.write_text(explorer_page(payload), encoding="utf-8")
            return Study(path, None, payload)
        if name.isdigit():
            explore(path=path, **grid_of(int(name)))
            return Study(path, None, payload_in(path))
        ds = STUDIES[name]()
        explore(ds, path)
        return Study(path, ds, payload_in(path))


def paper() -> Any:
    """Return the paper's models, lengths and levers."""
    return wq.sweep(
        wq.ALL,
        output_tokens={"traditional": wq.Exponential(median=300), "long": wq.Exponential(median=5000)},
        input_tokens=[500, 5000],
        pue=[wq.LogNormal(p5=1.05, p95=1.6), 1.1],
        levers=["none", "serving", "model+serving+hardware"],
        catalog="oviedo2026",
        method="exact",
    )


def load() -> Any:
    """Return a study under load, with combinations that have no data."""
    return wq.sweep(
        ["DeepSeek-R1", "gpt-oss-120b"],
        hardware=["H100", "H200", "B200"],
        serving="vLLM",
        precision=["FP8", "FP4"],
        load=[0.05, 0.2, 0.9],
        output_tokens=[100, 1000],
        input_tokens=500,
        catalog="default",
        method="exact",
    )


def stored() -> Any:
    """Return a study that cannot be computed again: its catalog is not known."""
    ds = wq.sweep(
        ["DeepSeek-R1", "Llama 3.1 405B"],
        output_tokens={"traditional": wq.Exponential(median=300), "long": wq.Exponential(median=5000)},
        catalog="oviedo2026",
        draws=20_000,
        seed=1,
    )
    return ds.assign_attrs(catalog="nobody's", catalog_hash="0")


def grid_of(cells: int) -> dict[str, Any]:
    """Return the arguments of a study of so many cells."""
    return {
        "source": ["DeepSeek-R1", "Llama 3.1 405B"],
        "output_tokens": np.arange(100, 100 + 10 * max(1, cells // 20), 10).tolist(),
        "input_tokens": np.arange(500, 1500, 100 if cells > 10 else 200).tolist(),
        "catalog": "oviedo2026",
    }


STUDIES = {"paper": paper, "load": load, "stored": stored}


def hostile(payload: dict[str, Any]) -> dict[str, Any]:
    """Return a payload in which every text that can come from a file tries to be more than text."""
    changed = json.loads(json.dumps(payload))
    changed["title"] = HOSTILE[1]
    for axis in changed["axes"]:
        if axis["name"] in ("model", "output_tokens"):
            kept = axis["labels"][len(HOSTILE) :]
            axis["labels"] = [*HOSTILE[: len(axis["labels"])], *kept]
        axis["definitions"] = dict(zip(axis["labels"], reversed(HOSTILE), strict=False))
        axis["title"] = HOSTILE[0]
    changed["notes"] += HOSTILE
    changed["calls"] = {"python": HOSTILE[1], "shell": HOSTILE[0]}
    for claim, text in zip(changed["claims"], HOSTILE, strict=False):
        claim |= {"title": text, "citation": text, "url": HOSTILE[7], "model": text}
    changed["claims"][-1] |= {"title": HOSTILE[5], "url": 'https://x.example/"><img src=x onerror=alert(1)>'}
    changed["citations"] |= {"line": HOSTILE[1], "bibtex": HOSTILE[0], "paper": HOSTILE[2]}
    changed["citations"]["sources"] = [{"text": text, "url": HOSTILE[7]} for text in HOSTILE]
    changed["equation"]["symbols"] += [{"symbol": text, "meaning": text, "unit": text} for text in HOSTILE]
    for slider in changed["engine"]["sliders"]:
        slider["title"] = HOSTILE[0]
    for lever in changed["engine"]["levers"]:
        lever["title"] = HOSTILE[1]
    for blend in changed["engine"]["blends"]:
        blend |= {"label": HOSTILE[1], "title": HOSTILE[0]}
    return changed


def payload_in(path: Path) -> dict[str, Any]:
    """Return what a page holds."""
    text = path.read_text(encoding="utf-8")
    return json.loads(text.split('<script type="application/json" id="study">')[1].split("</script>")[0])


def fragment(labels: dict[str, str], overrides: dict[str, Any], side: str = "a") -> str:
    """Return the address of a view."""
    keys = {f"{side}.{axis}": label for axis, label in labels.items()}
    return "#" + urlencode(keys | {f"{side}_set.{name}": str(value) for name, value in overrides.items()})


def quantiles(page: Any, place: str = "#answer") -> list[float] | None:
    """Return the quantiles that a page shows, in all their digits; None where it says that nothing is known."""
    text = page.locator(place).get_attribute("data-quantiles")
    return None if text is None else json.loads(text)


def labels_of(study: Study, generator: np.random.Generator) -> dict[str, str]:
    """Return a random label of every axis that has several."""
    return {
        axis["name"]: str(generator.choice(axis["labels"])) for axis in study.payload["axes"] if len(axis["labels"]) > 1
    }


def overrides_of(study: Study, generator: np.random.Generator) -> dict[str, Any]:
    """Return random places of some sliders, and random states of some levers."""
    engine = study.payload["engine"]
    found: dict[str, Any] = {}
    for slider in engine["sliders"]:
        name, low, high = slider["name"], slider["minimum"], slider["maximum"]
        if generator.random() < 0.6:
            continue
        if name.startswith("lever:"):
            found[name] = str(generator.choice(["off", "on", f"{generator.uniform(1, 8):.3g}"]))
        elif slider.get("values"):
            found[name] = float(generator.choice(slider["values"]))
        else:
            # Lengths of a query as there are: at the ends of the sliders a sum over all lengths would take minutes.
            most = min(high, 4000) if name.endswith("_tokens") else high
            least = max(low, most / 100) if slider["logarithmic"] else low
            value = (
                float(np.exp(generator.uniform(*np.log([least, most]))))
                if slider["logarithmic"]
                else generator.uniform(low, most)
            )
            found[name] = float(f"{value:.3g}")
            if slider["step"] == 1:
                found[name] = float(round(found[name]))
    return found


def answered(call: str) -> Any:
    """Run the Python call that a page shows, and return what its last line gives."""
    *before, last = ast.parse(call).body
    names: dict[str, Any] = {}
    exec(compile(ast.Module(before, []), "call", "exec"), names)
    assert isinstance(last, ast.Expr), call
    return eval(compile(ast.Expression(last.value), "call", "eval"), names)
