"""Versions of serving stacks in their one form, as the tables of the catalog ``default`` have them."""

from __future__ import annotations

import re

__all__ = ["stack_version"]

_IMAGE = re.compile(r"-(?:cu\d+|amd64|runtime|rocm\d+|mi\d+x)\b")
_DYNAMO = ("tensorrtllm-runtime", "vllm-runtime", "sglang-runtime")


def stack_version(written: str) -> str:
    """Return a version without the name of its container image: of Dynamo images it is the version of Dynamo.

    Parameters
    ----------
    written
        What a source says of the version.

    Examples
    --------
    >>> stack_version("vllm/vllm-openai:v0.22.0"), stack_version("v0.11.1"), stack_version("sglang:v0.5.9-cu130")
    ('0.22.0', '0.11.1', '0.5.9')
    """
    name, colon, tag = written.rpartition(":")
    if not colon:
        return {"vLLM": "", "PyTorch vLLM": ""}.get(written, _bare(re.sub(r"^vLLM (?=\d)", "", written)))
    if tag.startswith(("sglang-", "rocm7")):  # the tag begins with the name, or with what it stands on
        found = re.search(r"(?:sglang-|atom)(\d[\w.]*)", tag)
        tag = found[1] if found else tag
    bare = _bare(_IMAGE.sub("", tag))
    return f"Dynamo {bare}" if name.endswith(_DYNAMO) else bare


def _bare(version: str) -> str:
    return version[1:] if re.match(r"v\d", version) else version
