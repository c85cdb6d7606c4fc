"""What configurations leave unsaid because the code of their model type has it: facts by model type."""

from __future__ import annotations

__all__ = ["FULL_EVERY", "NEVER_WINDOWED", "TIED", "UNGATED", "VOCABULARY"]

TIED = (
    "gemma", "gemma2", "gemma3", "gemma3_text", "gemma4", "gemma4_text", "gpt2", "gpt_bigcode", "falcon",
    "bloom", "opt", "mpt", "cohere", "cohere2", "starcoder2", "command_r", "smollm3", "gemma3n", "gemma3n_text",
)  # fmt: skip
"""Types whose input and output embedding are one matrix unless the configuration says otherwise."""

UNGATED = (
    "gpt2", "gpt_neo", "gpt_neox", "gptj", "gpt_bigcode", "falcon", "bloom", "opt", "mpt", "codegen", "starcoder2",
    "phi", "persimmon", "nemotron", "nemotron_h", "arcee", "apertus", "rwkv",
)  # fmt: skip
"""Types whose feed-forward blocks have two matrices and not three."""

FULL_EVERY = {
    "gemma2": 2, "gemma3": 6, "gemma3_text": 6, "gemma4": 6, "gemma4_text": 6, "cohere2": 4, "gpt_oss": 2, "exaone4": 4,
    "llama4": 4, "llama4_text": 4, "gemma3n": 5, "gemma3n_text": 5, "olmo3": 4, "afmoe": 4,
}  # fmt: skip
"""Every how many layers there is one without a window."""

NEVER_WINDOWED = ("qwen2", "qwen2_moe", "qwen3", "qwen3_moe", "qwen2_5_vl", "qwen3_vl", "qwen2_vl", "qwen3_next")
"""Types that use a window only where ``use_sliding_window`` says so."""

VOCABULARY = {"gemma3": 262_208, "gemma3_text": 262_208, "gemma2": 256_000, "gemma": 256_000, "mistral": 32_000}
"""Size of the vocabulary where a configuration leaves it out."""
