"""A whole document in one file: its head with the policy, its styles and scripts, and its body."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from wattquery.pages.escaping import Html, data_for_script, element, escaped, joined
from wattquery.pages.policy import content_security_policy

__all__ = ["page"]

_ENDS = re.compile(r"</(script|style)|<!--|\r", re.IGNORECASE)
"""What ends a style or script early, or is read by a browser as something else than is hashed."""


def page(
    title: str,
    body: Html,
    *,
    styles: Sequence[str] = (),
    scripts: Sequence[str] = (),
    data: Mapping[str, object] | None = None,
    description: str = "",
    language: str = "en",
) -> str:
    """Return an HTML document that needs no network.

    Parameters
    ----------
    title
        What the tab is called.
    body
        What stands in ``body``.
    styles, scripts
        Style sheets and scripts, an element each; scripts stand behind the body. Nothing else is carried out.
    data
        Plain values for the scripts, by the ``id`` of the element that holds them as JSON.
    description
        A sentence for who lists the page.
    language
        Of the words.

    Raises
    ------
    ValueError
        If a style or script would end its own element.

    Examples
    --------
    >>> page("A < B", element("p", "text")).splitlines()[6]
    '<title>A &lt; B</title>'
    """
    for text in (*styles, *scripts):
        if _ENDS.search(text):
            raise ValueError("A style or script must not hold '</script', '</style', '<!--' or a carriage return.")
    policy = content_security_policy(scripts=scripts, styles=styles)
    head = [
        Html('<meta charset="utf-8">'),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", title),
        *([element("meta", name="description", content=description)] if description else []),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="referrer", content="no-referrer"),
        *(Html(f"<style>{text}</style>") for text in styles),
    ]
    blocks = [
        Html(f'<script type="application/json" id="{escaped(name)}">{data_for_script(value)}</script>')
        for name, value in (data or {}).items()
    ]
    code = [Html(f"<script>{text}</script>") for text in scripts]
    lines = [
        "<!doctype html>",
        f'<html lang="{escaped(language)}">',
        "<head>",
        *head,
        "</head>",
        "<body>",
        joined([body, *blocks, *code], Html("\n")),
        "</body>",
        "</html>",
    ]
    return "\n".join(lines) + "\n"
