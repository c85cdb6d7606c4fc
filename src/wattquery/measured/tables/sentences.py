"""Several sentences of a message as one."""

from __future__ import annotations

import re

from wattquery.errors import continued

__all__ = ["one_sentence"]

_ENDS = re.compile(r"'[^']*'|\"[^\"]*\"|\.\s+([A-Z](?=[a-z]|\s)|\d)")


def one_sentence(text: str) -> str:
    """Return words as one sentence that follows a colon; what stands in quotes stays as it is.

    Examples
    --------
    >>> one_sentence("The total is 'A. B'. Correct it")
    "the total is 'A. B'; correct it."
    """
    made = _ENDS.sub(lambda found: f"; {found[1].lower()}" if found[1] else found[0], continued(text.strip()))
    return made if made.endswith(".") else f"{made}."
