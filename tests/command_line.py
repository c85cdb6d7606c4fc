"""A runner of commands that keeps the two streams apart with each release of click."""

from __future__ import annotations

import inspect

from click.testing import CliRunner


def runner() -> CliRunner:
    """Return one. Before 8.2, click mixed the two streams unless told otherwise."""
    apart = "mix_stderr" in inspect.signature(CliRunner).parameters
    return CliRunner(**({"mix_stderr": False} if apart else {}))
