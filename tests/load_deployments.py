"""Cases of the load model's tables for tests."""

from __future__ import annotations

import wattquery as wq
from wattquery.catalog.facts import accelerators, architectures
from wattquery.throughput.load.deployments import LengthCase, LoadCases, LoadSettings

FIXED = LengthCase.of(output_tokens=wq.Fixed(500), input_tokens=wq.Fixed(1000))
CHAT = LengthCase.of(output_tokens=wq.Exponential(median=300), input_tokens=wq.Fixed(500))


def cases(models="llama-3.1-70b", hardware="H100 SXM", settings=None, **axes):
    """Return cases of labels, one of each axis where nothing else is said."""
    return LoadCases(
        models=tuple(architectures()[one] for one in models.split()),
        hardware=tuple(accelerators()[one] for one in hardware.split(", ")),
        settings=LoadSettings(**(settings or {})),
        **{
            "serving": ("vLLM",),
            "precision": ("FP8",),
            "accelerators": (4,),
            "loads": (0.5,),
            "lengths": (FIXED,),
            **axes,
        },
    )
