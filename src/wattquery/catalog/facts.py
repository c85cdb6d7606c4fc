"""What is known of one model architecture or one accelerator, typed, by its label or an alias."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from functools import cache
from typing import Any, TypeVar

from wattquery.catalog.records import records, words
from wattquery.catalog.shipped import DEFAULT, load
from wattquery.inputs.arguments import refuses_unknown

__all__ = ["OWN_KEY", "Accelerator", "Architecture", "accelerator", "accelerators", "architecture", "architectures"]

T = TypeVar("T")

OWN_KEY = "own:"
"""How `Architecture.architecture` begins where a user described it; no table has such a name."""


@dataclass(frozen=True)
class Architecture:
    """A model architecture: chat, reasoning and quantised variants of one shape share it.

    Numbers that are not known are None, words empty.

    Attributes
    ----------
    architecture, model
        What the tables call it among themselves, and the label of the axis ``model``. That of a user's own begins with
        ``own:``.
    aliases
        What else it is called.
    developer, release
        Who made it, and the year and month in which it came out.
    total_params_b, active_params_b
        Parameters, and those that a token uses [1e9].
    computed_active_b
        Those that a token uses, computed from the shape [1e9].
    routed_expert_params_b, input_embedding_params_b
        Parameters of all routed experts, and of the input embedding [1e9].
    layers, attention_layers, full_attention_layers, sliding_attention_layers, linear_layers
        Numbers of layers: all, those with attention, of these without and with a window, and those with a linear
        recurrence [1].
    layers_count
        ``"blocks"`` where attention and feed-forward blocks count as a layer each, else ``"layers"``.
    attention_kind, linear_kind
        Their kinds in words.
    window_tokens, sparse_topk_tokens
        Tokens that a sliding window and a sparse attention see; 0 where there is none [tokens].
    hidden_size, q_heads, kv_heads, head_dim
        Shape of the attention [1].
    kv_elements_per_token, kv_elements_per_token_full_layers
        Elements of the key-value cache per token, in all layers and in those without a window [1]: times the bytes of
        an element, it is the size of the cache.
    indexer_elements_per_token, recurrent_state_elements_per_sequence
        Elements of the keys of a sparse attention's indexer per token, and of the fixed state of a sequence [1].
    kv_sharded_by_tp
        Whether tensor parallelism divides the cache; a latent cache is repeated on each accelerator.
    experts, active_experts, shared_experts, moe_layers, expert_inter_size
        Routed experts, those that a token uses, experts that all use, layers that have them, and their inner size [1].
    vocab_size
        Size of the vocabulary [1].
    context_tokens
        Tokens of the longest context that the model was made for, as its configuration states it; the tables do not
        know it [tokens].
    native_precision
        Precision in which the weights were published.
    source_id, confidence
        Where the facts are from, see `wattquery.catalog.source`, and how far they are to be trusted.
    """

    architecture: str
    model: str
    aliases: tuple[str, ...] = ()
    developer: str = ""
    release: str = ""
    total_params_b: float | None = None
    active_params_b: float | None = None
    computed_active_b: float | None = None
    routed_expert_params_b: float | None = None
    input_embedding_params_b: float | None = None
    layers: int | None = None
    attention_layers: int | None = None
    full_attention_layers: int | None = None
    sliding_attention_layers: int | None = None
    linear_layers: int | None = None
    layers_count: str = ""
    attention_kind: str = ""
    linear_kind: str = ""
    window_tokens: int | None = None
    sparse_topk_tokens: int | None = None
    hidden_size: int | None = None
    q_heads: int | None = None
    kv_heads: int | None = None
    head_dim: int | None = None
    kv_elements_per_token: int | None = None
    kv_elements_per_token_full_layers: int | None = None
    indexer_elements_per_token: int | None = None
    recurrent_state_elements_per_sequence: int | None = None
    kv_sharded_by_tp: bool | None = None
    experts: int | None = None
    active_experts: int | None = None
    shared_experts: int | None = None
    moe_layers: int | None = None
    expert_inter_size: int | None = None
    vocab_size: int | None = None
    context_tokens: int | None = None
    native_precision: str = ""
    source_id: str = ""
    confidence: str = ""


@dataclass(frozen=True)
class Accelerator:
    """An accelerator, with the node that it stands in.

    Numbers that are not known are None, words empty.

    Attributes
    ----------
    hardware
        The label of the axis ``hardware``.
    aliases
        What else it is called.
    accelerators_per_node
        How many stand in one node; in one rack where accelerators are linked over it [1].
    memory_gb, bandwidth_tbps
        Memory [GB] and its bandwidth [TB/s].
    fp16_tflops, fp8_tflops, fp4_tflops
        Peak rates of dense products, without sparsity [TFLOP/s].
    tdp_w, idle_w
        Thermal design power, and measured power without load [W].
    node_power_kw, node_power_basis
        Power rating of the node [kW], and whether it is a ``"rating"`` that was found or ``"derived"``.
    link_gbps, link_inter_node_gbps
        Bandwidth of the links within and between nodes, in one direction [GB/s].
    year
        Year in which it came out.
    source_id, confidence
        Where the facts are from, see `wattquery.catalog.source`, and how far they are to be trusted.
    family
        Of a user's own: the generation whose measured effects it is taken to share, such as ``"Hopper"``; empty for
        none. Those of the tables are told by their names.
    """

    hardware: str
    aliases: tuple[str, ...] = ()
    accelerators_per_node: int | None = None
    memory_gb: float | None = None
    bandwidth_tbps: float | None = None
    fp16_tflops: float | None = None
    fp8_tflops: float | None = None
    fp4_tflops: float | None = None
    tdp_w: float | None = None
    idle_w: float | None = None
    node_power_kw: float | None = None
    node_power_basis: str = ""
    link_gbps: float | None = None
    link_inter_node_gbps: float | None = None
    year: int | None = None
    source_id: str = ""
    confidence: str = ""
    family: str = ""


@refuses_unknown
def architecture(name: str) -> Architecture:
    """Return a model architecture.

    Parameters
    ----------
    name
        A label of the axis ``model`` of the catalog ``default``, in any case, or another name of it.

    Raises
    ------
    InputError
        If no architecture is called so.

    Examples
    --------
    >>> from wattquery import catalog
    >>> found = catalog.architecture("llama-3.1-405b")
    >>> found.model, found.layers, found.kv_elements_per_token
    ('Llama 3.1 405B', 126, 258048)
    """
    found: Architecture = _all(Architecture, "architectures", "model")[load(DEFAULT).label("model", name)]
    return found


@refuses_unknown
def accelerator(name: str) -> Accelerator:
    """Return an accelerator.

    Parameters
    ----------
    name
        A label of the axis ``hardware`` of the catalog ``default``, in any case, or another name of it.

    Raises
    ------
    InputError
        If no accelerator is called so.

    Examples
    --------
    >>> from wattquery import catalog
    >>> found = catalog.accelerator("nvidia h100")
    >>> found.hardware, found.tdp_w, found.node_power_kw, found.node_power_basis
    ('H100 SXM', 700.0, 10.2, 'rating')
    """
    found: Accelerator = _all(Accelerator, "accelerators", "hardware")[load(DEFAULT).label("hardware", name)]
    return found


def architectures() -> Mapping[str, Architecture]:
    """Return all model architectures by `Architecture.architecture`.

    Examples
    --------
    >>> from wattquery.catalog.facts import architectures
    >>> architectures()["llama-3.1-405b"].model
    'Llama 3.1 405B'
    """
    return _all(Architecture, "architectures", "architecture")


def accelerators() -> Mapping[str, Accelerator]:
    """Return all accelerators by `Accelerator.hardware`.

    Examples
    --------
    >>> from wattquery.catalog.facts import accelerators
    >>> accelerators()["H100 SXM"].memory_gb
    80.0
    """
    return _all(Accelerator, "accelerators", "hardware")


@cache
def _all(kind: type[T], table: str, label: str) -> Mapping[str, T]:
    """Return all records of a table by their label."""
    return {record[label]: _made(kind, record) for record in records(table)}


def _made(kind: Any, record: Mapping[str, str]) -> Any:
    """Return a record as an object whose fields are columns."""
    entries = {
        one.name: _value(str(one.type), record[one.name])
        for one in fields(kind)
        if one.name in record and (record[one.name] or one.default is MISSING)
    }
    return kind(**entries)


def _value(kind: str, cell: str) -> Any:
    if kind.startswith("tuple"):
        return words(cell)
    if kind.startswith("bool"):
        return cell in ("True", "1")
    number = {"int": int, "float": float}.get(kind.partition(" ")[0])
    return cell if number is None else number(float(cell))
