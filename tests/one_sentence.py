"""Whether a message is one sentence, with at most a question behind it that offers another name."""

from __future__ import annotations

import re

__all__ = ["is_one_sentence"]

_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_QUESTION = re.compile(r" Did you mean [^?]*\?$")


def is_one_sentence(message: str) -> bool:
    """Return whether nothing in a message ends before it does, and a colon or a comma leads to what is to be done.

    Examples
    --------
    >>> is_one_sentence("load must be at most 1, got 2: write 50 % as 0.5."), is_one_sentence("Bad. Fix it.")
    (True, False)
    """
    alone = _QUOTED.sub("''", _QUESTION.sub("", message))
    return (
        alone.endswith((".", ")")) and not re.search(r"[.!?] +[A-Z]", alone) and "\n" not in alone and "  " not in alone
    )
