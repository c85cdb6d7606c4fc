"""The longest context that a model was made for."""

from __future__ import annotations

from collections.abc import Mapping

from wattquery.catalog.own.entries import Entries
from wattquery.specs.scalars import is_number

__all__ = ["context_of"]

_KEYS = ("max_position_embeddings", "n_positions", "max_seq_len", "max_sequence_length", "seq_length", "n_ctx")
_MOST = 10**9

_INCLUDED = ("llama3", "longrope", "su", "default", "mrope")
"""Kinds of scaled positions whose factor is in the stated number of positions already, as serving systems take it."""

_STARTS = ("original_max_position_embeddings", "max_position_embeddings")
"""Keys of the positions that a factor counts from, in the settings of the scaling."""


def context_of(entries: Entries) -> int | None:
    """Return the longest context of a configuration, None where it states none [tokens].

    Positions that are scaled by a factor reach so much further; where both are stated, the longer one counts.

    Examples
    --------
    >>> context_of(Entries({"max_position_embeddings": 4096}, "config"))
    4096
    >>> context_of(Entries({"n_positions": 4096, "rope_scaling": {"type": "linear", "factor": 4.0}}, "config"))
    16384
    """
    stated = entries.whole(*_KEYS, most=_MOST)
    scaling = entries.get("rope_scaling", "rope_parameters")
    if stated is None or not isinstance(scaling, Mapping):
        return stated
    kind, factor = scaling.get("rope_type", scaling.get("type")), scaling.get("factor")
    if kind in _INCLUDED or not is_number(factor) or not 1.0 <= factor < _MOST:
        return stated
    starts = (scaling.get(key) for key in _STARTS)
    start = next((one for one in starts if is_number(one) and 0 < one < _MOST), stated)
    return max(stated, int(start * factor))
