"""The numbers that an audit looks at: the paper's headlines and each model's median, under any preset and catalog."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wattquery.catalog import Catalog, Preset
from wattquery.paper.claims import published
from wattquery.paper.recomputed import Estimated, Quantities
from wattquery.specs import ALL
from wattquery.sweeps.sweep import sweep

__all__ = ["UNITS", "headlines", "published_headlines"]

UNITS = {"frontier": "Wh", "fleet": "GWh/day", "long over traditional": "1"}
"""Units of the numbers, by the beginning of their names; of those of single models, Wh."""

_WORKLOADS = ("traditional", "long")
_STATISTICS = ("p25", "p50", "p75")
_FLEETS = ("traditional", "mixed", "mixed_improved")
_AT_16_BITS = "Llama 3.1 405B"
"""The one model of the paper's table with rows of both 8 and 16 bits."""


def headlines(preset: Preset, catalog: Catalog, **how: Any) -> dict[str, Estimated]:
    """Return the headlines and the models' medians by name, each with its sampling error.

    Parameters
    ----------
    preset, catalog
        The assumptions, and the rows. Node powers are the preset's where the catalog has the name of its own.
    **how
        How to compute, as in `wattquery.sweep`.
    """
    ds = sweep(
        ALL,
        output_tokens=list(_WORKLOADS),
        preset=preset,
        catalog=catalog,
        common_random_numbers=False,
        keep_histogram=True,
        **how,
    )
    quantities = Quantities(ds, preset, {**published(), "draws": 0})
    found = {f"frontier, {w}, {s}": quantities.frontier(w, "none", s) for w in _WORKLOADS for s in _STATISTICS}
    found["long over traditional"] = quantities.long_over_traditional()
    found |= {f"fleet, {part}": quantities.fleet(part) for part in _FLEETS}
    fitted = ds["model"].values[ds["supported"].all("output_tokens").values]
    found |= {f"{model}, {w}, p50": quantities.model(w, str(model), "p50") for model in fitted for w in _WORKLOADS}
    return found | dict(_at_16_bits(preset, catalog, how))


def _at_16_bits(preset: Preset, catalog: Catalog, how: dict[str, Any]) -> Iterator[tuple[str, Estimated]]:
    precision = next(label for label in catalog.labels("precision") if label.endswith("16"))
    ds = sweep(
        [_AT_16_BITS],
        precision=precision,
        output_tokens=["traditional"],
        preset=preset,
        catalog=catalog,
        quantiles=(0.5,),
        **how,
    )
    name = f"{_AT_16_BITS} at 16 bits, traditional, p50"
    yield name, Estimated(ds["energy"].item(), ours=ds["energy_stderr"].item())


def published_headlines() -> dict[str, float]:
    """Return what the paper published of these numbers, version 2, by the same names."""
    table = published()["headline"]["v2"]
    found = {f"frontier, {w}, {s}": text for w, values in table["frontier"].items() for s, text in values.items()}
    found["long over traditional"] = table["long_over_traditional"]
    found |= {f"fleet, {part}": text for part, text in table["fleet"].items()}
    return {name: float(text) for name, text in found.items()}
