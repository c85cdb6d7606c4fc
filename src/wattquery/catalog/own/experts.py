"""Feed-forward blocks: which layers have experts, and how many parameters they take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wattquery.catalog.own.entries import MOST_LAYERS, Entries
from wattquery.catalog.own.layers import FEED_FORWARD, MIXTURE, Layers
from wattquery.catalog.own.model_types import UNGATED
from wattquery.specs.scalars import is_number, is_whole, shown

__all__ = ["FeedForward", "feed_forward_of"]

_MOST_EXPERTS = 100_000
_EXPERTS = (
    "num_local_experts",
    "n_routed_experts",
    "num_experts",
    "moe_num_experts",
    "num_routed_experts",
    "n_experts",
)
_TOP = (
    "num_experts_per_tok", "num_experts_per_token", "moe_top_k", "moe_topk", "moe_k", "top_k_experts",
    "experts_per_token", "num_activated_experts", "num_selected_experts", "moe_router_topk",
)  # fmt: skip
_WIDTH = ("intermediate_size", "ffn_hidden_size", "n_inner", "ffn_dim", "ffn_intermediate_size", "feed_forward_size")
_EXPERT_WIDTH = ("moe_intermediate_size", "expert_intermediate_size", "moe_ffn_hidden_size", "expert_ffn_hidden_size")
_SHARED_WIDTH = (
    "shared_expert_intermediate_size", "moe_shared_expert_intermediate_size", "share_expert_dim",
    "shared_intermediate_size",
)  # fmt: skip
_SHARED = ("n_shared_experts", "num_shared_experts", "num_shared_expert", "moe_num_shared_experts")
_UNGATED_ACTIVATIONS = ("relu2", "xielu")


@dataclass(frozen=True)
class FeedForward:
    """The feed-forward blocks of a model.

    Attributes
    ----------
    shared_params, routed_params
        Parameters of all layers: those that every token uses, routers and shared experts among them, and those of all
        routed experts [1].
    experts, active, shared, layers, width
        As ``experts``, ``active_experts``, ``shared_experts``, ``moe_layers`` and ``expert_inter_size`` of
        `wattquery.catalog.Architecture`; 0 without experts.
    """

    shared_params: int
    routed_params: int
    experts: int = 0
    active: int = 0
    shared: int = 0
    layers: int = 0
    width: int = 0


@dataclass(frozen=True)
class _Experts:
    experts: int
    active: int
    width: int
    shared: int
    shared_width: int
    latent: int


def feed_forward_of(entries: Entries, hidden: int, layers: Layers) -> FeedForward:
    """Return the feed-forward blocks that a configuration describes.

    Raises
    ------
    InputError
        If it lacks a size, or contradicts itself.
    """
    matrices = _matrices(entries)
    found = _experts(entries)
    with_experts = _with_experts(entries, layers, found)
    dense = _dense_params(entries, hidden, layers, with_experts, matrices)
    if found is None or not with_experts:
        return FeedForward(dense, 0)
    inner = found.latent or hidden
    shared = matrices * hidden * found.shared_width + hidden * found.experts
    if found.latent:
        shared += 2 * hidden * found.latent
    if "shared_expert_intermediate_size" in entries:
        shared += hidden  # the gate of the shared expert
    beside = _dense_beside(entries, hidden, matrices)
    count = len(with_experts)
    return FeedForward(
        shared_params=dense + count * (shared + beside),
        routed_params=count * found.experts * matrices * inner * found.width,
        experts=found.experts,
        active=found.active,
        shared=found.shared,
        layers=count,
        width=found.width,
    )


def _matrices(entries: Entries) -> int:
    """Return the matrices of a block: three with a gate, two without."""
    activation = entries.text("hidden_act", "mlp_hidden_act", "activation_function", "hidden_activation")
    ungated = entries.model_type in UNGATED or activation in _UNGATED_ACTIVATIONS
    return 2 if ungated else 3


def _experts(entries: Entries) -> _Experts | None:
    """Return the experts, None without."""
    experts = entries.whole(*_EXPERTS, least=0, most=_MOST_EXPERTS)
    active = entries.whole(*_TOP, least=0, most=10 * _MOST_EXPERTS) or None
    if experts is None and active is not None:
        raise entries.refuse(
            f"num_experts_per_tok is {active:,} while the number of experts is not stated",
            "it is needed to tell how many there are",
            "add num_experts",
        )
    if experts is None or experts < 2 or entries.flag("enable_moe_block") is False:
        return None
    if active is None:
        raise entries.refuse(
            f"there are {experts:,} experts while num_experts_per_tok is not stated",
            "it is needed to tell how many a token uses",
            "add it",
        )
    if active > experts:
        raise entries.refuse(
            f"num_experts_per_tok is {active:,} of {experts:,} experts", "a token uses at most all experts"
        )
    width = entries.whole(*_EXPERT_WIDTH) or entries.needed(*_WIDTH, what="the inner size of its experts")
    shared, shared_width = _shared(entries, width)
    return _Experts(experts, active, width, shared, shared_width, entries.whole("moe_latent_size", least=0) or 0)


def _shared(entries: Entries, width: int) -> tuple[int, int]:
    """Return how many experts all tokens use, and their inner size together."""
    count = entries.whole(*_SHARED, least=0, most=_MOST_EXPERTS)
    stated = entries.whole(*_SHARED_WIDTH, least=0)
    if count is None:
        count = 1 if stated or entries.model_type.startswith("llama4") else 0
    if not count:
        return 0, 0
    if not stated:
        return count, count * width
    # Of one shared expert there, of all together elsewhere.
    return count, count * stated if "moe_shared_expert_intermediate_size" in entries else stated


def _with_experts(entries: Entries, layers: Layers, found: _Experts | None) -> list[int]:
    """Return the places of the layers with experts."""
    count = len(layers.mixers)
    if found is None:
        return []
    if layers.are_blocks:
        return [place for place, one in enumerate(layers.mixers) if one == MIXTURE]
    stated = _stated_layers(entries, count)
    if stated is not None:
        return stated
    first = entries.whole(
        "first_k_dense_replace", "num_dense_layers", "moe_layer_start_index", least=0, most=MOST_LAYERS
    )
    first = first or 0
    if first > count:
        raise entries.refuse(
            f"first_k_dense_replace is {first:,} of {count:,} layers", "at most all layers are without experts"
        )
    step = entries.whole(
        "decoder_sparse_step", "interleave_moe_layer_step", "moe_layer_freq", "moe_layer_interval",
        "expert_layer_period", most=MOST_LAYERS,
    )  # fmt: skip
    offset = entries.whole("expert_layer_offset", least=0, most=MOST_LAYERS)
    dense = _without_experts(entries, count)
    places = list(range(first, count))
    if offset is not None:
        return [place for place in places if place % (step or 1) == offset]
    if step is not None and step > 1:
        places = [place for place in places if (place + 1) % step == 0]
    return [place for place in places if place not in dense]


def _without_experts(entries: Entries, count: int) -> set[int]:
    """Return the places of layers that are listed as without experts."""
    listed = entries.get("mlp_only_layers") or []
    if not isinstance(listed, list) or not all(is_whole(one) and 0 <= one < count for one in listed):
        raise entries.refuse(
            f"mlp_only_layers is {shown(listed)}", f"it must be a list of numbers from 0 to {count - 1}", "correct it"
        )
    return set(listed)


def _stated_layers(entries: Entries, count: int) -> list[int] | None:
    """Return the layers with experts where they are listed, None where they are not."""
    listed = entries.get("moe_layers_enum", "moe_layers")
    if isinstance(listed, str):
        listed = [int(one) if one.strip().isdigit() else one for one in listed.split(",")]
    if isinstance(listed, list) and listed:
        if not all(is_whole(one) and 0 <= one < count for one in listed):
            raise entries.refuse(
                f"the layers with experts are {shown(listed)}",
                f"they are numbers from 0 to {count - 1}",
                "correct them",
            )
        return sorted(set(listed))
    for key, with_experts in (("moe_layer_freq", (1, True)), ("mlp_layer_types", ("sparse", "moe"))):
        if isinstance(entries.get(key), list):
            by_layer = entries.by_layer(key, count) or []
            return [place for place, one in enumerate(by_layer) if one in with_experts]
    return None


def _dense_params(entries: Entries, hidden: int, layers: Layers, with_experts: list[int], matrices: int) -> int:
    """Return the parameters of all blocks without experts."""
    searched = _searched(entries, hidden, layers, matrices)
    if searched is not None:
        return searched
    count = layers.count(FEED_FORWARD) if layers.are_blocks else len(layers.mixers) - len(with_experts)
    if not count:
        return 0
    own = "intermediate_size_mlp" if entries.model_type.startswith("llama4") else "dense_intermediate_size"
    width = entries.whole(own, *_WIDTH)
    if width is None:
        ratio = entries.number("expansion_ratio", "mlp_ratio", "ffn_expansion_ratio") or 4.0
        width = round(ratio * hidden)
        entries.notes.append(f"its feed-forward blocks are taken to be {ratio:g} times as wide as it is")
    return count * matrices * hidden * width


def _dense_beside(entries: Entries, hidden: int, matrices: int) -> int:
    """Return the parameters of a dense block that a layer with experts has beside them."""
    width = entries.whole(*_WIDTH)
    parallel = entries.flag("enable_moe_block") is True or entries.flag("parallel_dense_mlp", "use_residual") is True
    if entries.model_type == "arctic":
        parallel = True
    return matrices * hidden * width if parallel and width else 0


def _searched(entries: Entries, hidden: int, layers: Layers, matrices: int) -> int | None:
    """Return the parameters of blocks that architecture search made of different widths, None for other models."""
    blocks = entries.by_layer("block_configs", len(layers.mixers))
    if blocks is None:
        return None
    total = 0
    for block in blocks:
        ffn = block.get("ffn") if isinstance(block, Mapping) else None
        if not isinstance(ffn, Mapping) or ffn.get("no_op"):
            continue
        total += _searched_params(entries, ffn, hidden, matrices)
    return total


def _searched_params(entries: Entries, ffn: Mapping[str, object], hidden: int, matrices: int) -> int:
    if ffn.get("replace_with_linear"):
        return hidden * hidden
    width, factor = ffn.get("intermediate_size"), ffn.get("ffn_mult")
    if is_whole(width) and width > 0:
        return matrices * hidden * width
    if is_number(factor) and 0.0 < factor < 100.0:
        return matrices * hidden * (-(-int(2 * factor * hidden / 3) // 256) * 256)
    raise entries.refuse(
        f"a feed-forward block is {shown(dict(ffn))}",
        "it needs an intermediate_size or ffn_mult",
        "add one of the two",
    )
