"""Precisions as kernels see them: bytes of a weight, peak rates, and formats of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from wattquery.catalog.facts import OWN_KEY
from wattquery.throughput.load.known import TABLES, Known

__all__ = ["WEIGHT_BYTES", "KernelClasses"]

WEIGHT_BYTES = {"FP8": 1.0, "FP4": 0.5625, "INT4": 0.54, "INT8": 1.0, "BF16": 2.0, "FP16": 2.0}
"""Bytes of a weight with its share of the scales, by precision [bytes]."""

_SIXTEEN_BITS = 2.0
_BLOCK_FP8 = ("deepseek", "qwen3", "kimi", "glm", "minimax")
"""Families whose FP8 weights have scales by block."""


@dataclass(frozen=True, eq=False)
class KernelClasses:
    """The precision of each row, for kernels.

    Attributes
    ----------
    shared_bytes, expert_bytes
        Of a weight that every token uses, and of a routed expert [bytes]; NaN where the precision is not known.
    fp8, fp4, int4, int8
        1 where weights are in this precision, else 0.
    mxfp4
        1 where weights of 4 bits are of the format of gpt-oss, else 0.
    block_fp8
        1 where FP8 weights have scales by block, else 0.
    """

    shared_bytes: Any
    expert_bytes: Any
    fp8: Any
    fp4: Any
    int4: Any
    int8: Any
    mxfp4: Any
    block_fp8: Any

    @classmethod
    def of(
        cls,
        precision: NDArray[np.object_],
        names: NDArray[np.object_],
        sixteen_bits: NDArray[np.float64],
        *,
        known: Known = TABLES,
    ) -> Self:
        """Return the classes of rows.

        Parameters
        ----------
        precision, names
            Labels of the precision and the architecture.
        sixteen_bits
            Where all weights but those of experts stay in 16 bits; see `Shape`.
        known
            The architectures that are known.
        """
        number = {one: (precision == one).astype(float) for one in ("FP8", "FP4", "INT4", "INT8")}
        weights = np.array([WEIGHT_BYTES.get(one, np.nan) for one in precision])
        in_blocks = {name: _in_blocks(name, known) for name in dict.fromkeys(names)}
        block = np.array([in_blocks[name] for name in names], dtype=float)
        return cls(
            shared_bytes=np.where(sixteen_bits > 0.0, _SIXTEEN_BITS, weights),
            expert_bytes=weights,
            fp8=number["FP8"],
            fp4=number["FP4"],
            int4=number["INT4"],
            int8=number["INT8"],
            mxfp4=number["FP4"] * (sixteen_bits > 0.0),
            block_fp8=number["FP8"] * block,
        )


def _in_blocks(name: str, known: Known) -> bool:
    """Return whether the FP8 weights of an architecture have scales by block."""
    own = known.architectures.get(name) if name.startswith(OWN_KEY) else None
    if own is not None:
        return "block" in own.native_precision
    return any(family in name for family in _BLOCK_FP8)
