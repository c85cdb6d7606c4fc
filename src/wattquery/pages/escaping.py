"""Text from anywhere as HTML that is only text: labels of files, names, notes, addresses."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from wattquery.errors import printable

__all__ = ["Html", "data_for_script", "element", "escaped", "joined", "link", "web_address"]

_NAME = re.compile(r"[a-z][a-z0-9-]*")
_VOID = frozenset({"br", "col", "hr", "img", "input", "link", "meta"})
_FORBIDDEN = re.compile(r"on.*|style|srcdoc")
"""Attributes that hold code or styles, which the policy of a page would not carry out anyway."""

_IN_SCRIPT = str.maketrans({one: f"\\u{ord(one):04x}" for one in "<>&"})


class Html(str):
    """Text that is HTML: what was put together from escaped parts, and is not escaped again."""

    __slots__ = ()


def escaped(text: object) -> Html:
    r"""Return a text as HTML that shows it and does nothing else; HTML stays as it is.

    What nobody can see, or turns the direction of what stands around it, is written out as an escape of Python.

    Parameters
    ----------
    text
        Words from anywhere.

    Examples
    --------
    >>> escaped('<b>"A" & \u202eB</b>')
    '&lt;b&gt;&quot;A&quot; &amp; \\u202eB&lt;/b&gt;'
    """
    if isinstance(text, Html):
        return text
    return Html(html.escape(printable(str(text)), quote=True))


def joined(parts: Iterable[object], separator: object = "") -> Html:
    """Return parts one after the other, each escaped unless it is HTML."""
    return Html(escaped(separator).join(map(escaped, parts)))


def element(name: str, /, *children: object, **attributes: object) -> Html:
    """Return an element with what it holds, all of it escaped unless it is HTML.

    Parameters
    ----------
    name
        The tag, in small letters.
    *children
        What stands in it, in order.
    **attributes
        Its attributes: ``class_`` for ``class``, and ``_`` for ``-``. None leaves one out, True writes its name alone.

    Raises
    ------
    ValueError
        If the name or an attribute cannot stand there: handlers, styles and addresses that are none of the web's.

    Examples
    --------
    >>> element("td", "a < b", class_="number", colspan=2)
    '<td class="number" colspan="2">a &lt; b</td>'
    """
    if _NAME.fullmatch(name) is None or name in ("script", "style"):
        raise ValueError(f"{name!r} is no element that is made here. Scripts and styles are arguments of a page.")
    written = [name]
    for key, value in attributes.items():
        word = key.rstrip("_").replace("_", "-")
        if _NAME.fullmatch(word) is None or _FORBIDDEN.fullmatch(word):
            raise ValueError(f"{word!r} is no attribute that is written here. Use a class, and the page's own script.")
        if word in ("href", "src", "action") and not _may_stand(str(value), word):
            raise ValueError(f"{word} must be an address of the web, a place in the page or an image, got {value!r}.")
        if value is not None and value is not False:
            written.append(word if value is True else f'{word}="{escaped(value)}"')
    opening = f"<{' '.join(written)}>"
    return Html(opening) if name in _VOID else Html(f"{opening}{joined(children)}</{name}>")


def link(address: str, text: object = None) -> Html:
    """Return a link where the address is one of the web, and the text alone where it is not.

    Parameters
    ----------
    address
        An address from anywhere.
    text
        What is shown; the address if left out.

    Examples
    --------
    >>> link("https://doi.org/10.1/x", "source"), link("javascript:alert(1)", "source")
    ('<a href="https://doi.org/10.1/x" rel="noreferrer">source</a>', 'source')
    """
    found = web_address(address)
    shown = address if text is None else text
    return escaped(shown) if found is None else element("a", shown, href=found, rel="noreferrer")


def web_address(address: str) -> str | None:
    """Return an address that starts with http or https and names a host, and None of any other."""
    if not address.isprintable() or " " in address:
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return address if parts.scheme in ("http", "https") and parts.hostname else None


def data_for_script(value: object) -> Html:
    r"""Return plain values as JSON that can stand in a ``script`` element of a page and end it nowhere.

    Raises
    ------
    ValueError
        If it holds a NaN or an infinity, which JSON does not have.

    Examples
    --------
    >>> data_for_script({"label": "</script>"})
    '{"label":"\\u003c/script\\u003e"}'
    """
    text = json.dumps(value, allow_nan=False, ensure_ascii=True, separators=(",", ":"))
    return Html(text.translate(_IN_SCRIPT))


def _may_stand(value: str, attribute: str) -> bool:
    if attribute == "src":
        return value.startswith("data:image/")
    return value.startswith("#") or web_address(value) is not None
