"""Names to random streams. Plain Python: a stream is named once, before the loop that draws from it."""

from __future__ import annotations

import hashlib
import operator

import numpy as np
from numpy.typing import NDArray

__all__ = ["stream"]


def stream(seed: int, purpose: str, cell: str = "") -> NDArray[np.uint32]:
    """Return the four words that name a random stream: what is drawn and for whom, never by whom.

    They are the BLAKE2b digest of the three names, so that streams with other names have nothing in common.

    Parameters
    ----------
    seed
        As `wattquery.sweep` takes it: a whole number.
    purpose
        What is drawn. A sweep draws ``"output_tokens"`` and ``"input_tokens"``, or ``"workload"`` for both; ``"pue"``,
        ``"power_utilization"``, ``"node_power"``, ``"lever:NAME"``, ``"accelerator_share"`` and ``"step:NAME"`` where
        these are neither fixed nor lognormal; and ``"normal"``, the one standard normal of a cell into which its
        lognormal factors are merged. Any other name is a stream of your own.
    cell
        For whom; empty for the common random numbers that the cells of a sweep share.

    Returns
    -------
    uint32[4]
        What `uniform`, `words` and the others take as their stream.

    Raises
    ------
    TypeError
        If ``seed`` is no whole number, or a name is no text.

    Examples
    --------
    The first queries of ``wq.sweep(..., seed=42)``, wherever the length is exponential with a median of 300 tokens:

    >>> import math
    >>> from wattquery.kernels import exponential, stream, uniform
    >>> lengths = stream(42, "output_tokens")
    >>> [round(exponential(300 / math.log(2), uniform(lengths, draw))) for draw in range(4)]
    [157, 492, 61, 14]
    """
    name = "\x1f".join((str(operator.index(seed)), purpose, cell))
    return np.frombuffer(hashlib.blake2b(name.encode(), digest_size=16).digest(), dtype="<u4").astype(np.uint32)
