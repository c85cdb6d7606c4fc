"""What a page may load and carry out: nothing but what stands in it, told by its hash."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256

__all__ = ["content_security_policy"]


def content_security_policy(*, scripts: Sequence[str] = (), styles: Sequence[str] = ()) -> str:
    """Return the content security policy of a page that needs no network.

    Parameters
    ----------
    scripts, styles
        The text of each element that is carried out, exactly as it stands in the page. Images are those that stand in
        the page; all else is refused by the browser, scripts of attributes among it.

    Examples
    --------
    >>> content_security_policy()
    "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'"
    """
    rules = ["default-src 'none'", "img-src data:"]
    rules += [f"{name} {' '.join(map(_hash, texts))}" for name, texts in _told(scripts, styles) if texts]
    return "; ".join([*rules, "base-uri 'none'", "form-action 'none'"])


def _told(scripts: Sequence[str], styles: Sequence[str]) -> list[tuple[str, Sequence[str]]]:
    return [("script-src", scripts), ("style-src", styles)]


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
