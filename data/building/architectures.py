"""The table of architectures: one row per model shape, with everything that reads as its name."""

from __future__ import annotations

from collections.abc import Sequence

from building.cells import Row, tidy, words
from building.report import Report
from building.sources import Sources

_SAME = (
    "developer",
    "release",
    "total_params_b",
    "active_params_b",
    "params_basis",
    "computed_total_b",
    "computed_active_b",
    "routed_expert_params_b",
    "attention_params_b",
    "input_embedding_params_b",
    "layers",
    "attention_layers",
    "full_attention_layers",
    "sliding_attention_layers",
    "linear_layers",
    "attention_kind",
    "linear_kind",
    "window_tokens",
    "sparse_topk_tokens",
    "hidden_size",
    "q_heads",
    "kv_heads",
    "head_dim",
    "kv_elements_per_token",
    "kv_elements_per_token_full_layers",
    "indexer_elements_per_token",
    "recurrent_state_elements_per_sequence",
    "kv_sharded_by_tp",
    "experts",
    "active_experts",
    "shared_experts",
    "moe_layers",
    "expert_inter_size",
    "vocab_size",
    "native_precision",
)
_TEXT = ("developer", "release", "params_basis", "attention_kind", "linear_kind", "native_precision")
COLUMNS = ("architecture", "model", "aliases", *_SAME, "layers_count", "source_id", "reference", "confidence", "notes")
_CONFIDENCE = {"config": "high", "document": "medium"}
_LATENT = "576"


def architectures(raw: Sequence[Row], sources: Sources, report: Report) -> list[Row]:
    """Return the table, in the order of identities."""
    report.received("architectures", "architectures.csv", len(raw))
    made = []
    for row in raw:
        source, place = sources.find(row["source"], row["licence_note"])
        is_hybrid = row["linear_kind"] == "Mamba-2"
        report.take("sizes_from_architectures")
        report.take("blocks", int(is_hybrid))
        report.take("latent", int(row["head_dim"] == _LATENT))
        made.append(
            {
                "architecture": row["canonical_id"],
                "model": row["display_name"],
                "aliases": words(row["canonical_id"], *row["aliases"].split("|"), *_short_names(row)),
                **{name: row[name] if name in _TEXT else tidy(row[name]) for name in _SAME},
                "layers_count": "blocks" if is_hybrid else "layers",
                "source_id": source,
                "reference": place,
                "confidence": _CONFIDENCE[row["verified"]],
                "notes": row["notes"],
            }
        )
    return sorted(made, key=lambda row: row["architecture"])


def _short_names(row: Row) -> list[str]:
    """Return the last part of names such as meta-llama/Llama-3.1-8B, which users write without their publisher."""
    own = {row["canonical_id"].casefold(), row["display_name"].casefold()}
    found = [name.rpartition("/")[2] for name in row["aliases"].split("|") if "/" in name]
    return [name for name in found if name and name.casefold() not in own]
