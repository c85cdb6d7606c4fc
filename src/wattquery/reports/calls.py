"""The call that makes a result, as Python that can be run."""

from __future__ import annotations

from collections.abc import Mapping

from wattquery.specs import ALL, Boundary, Distribution, Lever, Step, ThroughputProportional, Workload
from wattquery.specs.python_text import python_text

__all__ = ["call", "written"]

_OURS = (Distribution, Lever, Boundary, Step, ThroughputProportional, Workload)
_WHO = ("progress", "client", "storage_options")
_MOST = 50


def call(function: str, first: object, arguments: Mapping[str, object], result: str = "") -> str:
    r"""Return a call.

    Parameters
    ----------
    function
        Its name in ``wq``.
    first
        The argument without a name; None without one.
    arguments
        The others; what is None, and what says who computes it, is left out.
    result
        What its result is called; empty for nothing.

    Examples
    --------
    >>> call("sweep", ["A", "B"], {"pue": 1.1, "levers": None})
    "import wattquery as wq\n\nwq.sweep(['A', 'B'], pue=1.1)"
    """
    parts = [] if first is None else [written(first)]
    named = {name: value for name, value in arguments.items() if name not in _WHO and value is not None}
    parts += [f"{name}={written(value)}" for name, value in named.items()]
    head = f"{result} = wq.{function}" if result else f"wq.{function}"
    short = f"{head}({', '.join(parts)})"
    if len(short) > 100:
        short = f"{head}(\n    " + ",\n    ".join(parts) + ",\n)"
    return f"import wattquery as wq\n\n{short}"


def written(value: object) -> str:
    """Return a value as Python writes it, with ``wq.`` in front of what is ours."""
    if value is ALL:
        return "wq.ALL"
    if isinstance(value, _OURS):
        return python_text(value) or f"wq.{value!r}"
    if isinstance(value, Mapping):
        inside = [f"{key!r}: {written(one)}" for key, one in list(value.items())[:_MOST]]
        return f"{{{', '.join([*inside, *_more(value)])}}}"
    if isinstance(value, (list, tuple)):
        inside = [written(one) for one in value[:_MOST]]
        return f"[{', '.join([*inside, *_more(value)])}]"
    return repr(str(value) if hasattr(value, "__fspath__") else value)


def _more(values: Mapping[object, object] | list[object] | tuple[object, ...]) -> list[str]:
    left = len(values) - _MOST
    return [f"...  # and {left:,} more"] if left > 0 else []
