"""A run of several instances to one of them: what rates and concurrencies are divided by.

Data parallelism has two forms. Copies of the whole model are instances of their own, which requests are shared among.
In a mixture of experts, attention alone may be copied, while each expert stands once: that is one instance.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Division", "copies_in_words", "instances_of"]


@dataclass(frozen=True)
class Division:
    """How the accelerators of a run are divided.

    Attributes
    ----------
    accelerators
        Of all instances together [1].
    tensors, stages, experts, data
        Accelerators that layers, stages and experts are split over, and copies of the model or of its attention; None
        for what is not stated [1].
    is_attention_copied
        Whether data parallelism is that of attention; None where it is not stated.
    is_mixture
        Whether the model is a mixture of experts.
    """

    accelerators: int
    tensors: int | None = None
    stages: int | None = None
    experts: int | None = None
    data: int | None = None
    is_attention_copied: bool | None = None
    is_mixture: bool = False


def instances_of(run: Division) -> tuple[int, str, str]:
    """Return how many instances a run had, what is to be said of it, and why it cannot be told; mostly one.

    Examples
    --------
    >>> instances_of(Division(8, tensors=2))
    (4, '8 accelerators are 4 instances of 2: rate and concurrency are shared among them', '')
    >>> instances_of(Division(8, tensors=1, experts=8, is_mixture=True))[0]
    1
    """
    count = run.accelerators
    if run.tensors is None:
        said = f"parallelism is not stated: {_accelerators(count)} count as one instance" if count > 1 else ""
        return 1, said, ""
    split = run.tensors * (run.stages or 1)
    each = split * (run.data or 1) if run.is_mixture and run.is_attention_copied is not False else split
    if split > count or each > count:
        return 1, "", f"its layers are split over {max(split, each)} accelerators, and the run had {count}: correct one"
    if _is_one(run):
        return 1, "", ""
    if count % each:
        why = f"{count} accelerators are no whole number of instances of {each}, by what it says of its parallelism"
        return 1, "", f"{why}: write how many the run had, all instances together"
    instances = count // each
    return instances, copies_in_words(count, instances) if instances > 1 else "", ""


def copies_in_words(accelerators: int, instances: int) -> str:
    """Return what is said of a run of several instances."""
    each = accelerators // instances
    return (
        f"{accelerators} accelerators are {instances} instances of {each}: rate and concurrency are shared among them"
    )


def _is_one(run: Division) -> bool:
    """Return whether all accelerators are one instance whose attention alone is copied."""
    if not run.is_mixture or run.is_attention_copied is False or (run.data or 1) > 1:
        return False
    return bool(run.is_attention_copied) or (run.experts or 1) * (run.stages or 1) >= run.accelerators


def _accelerators(count: int) -> str:
    return "1 accelerator" if count == 1 else f"{count} accelerators"
