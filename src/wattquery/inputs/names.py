r"""Names and labels as users write them: those that look alike are alike, and each can be seen.

Whatever a name comes from (a cell of a table, a key of a file, an option, an argument, a label of an axis), it passes
`clean_name` once. Nothing here knows what is named.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from wattquery.errors import InputError, InputTypeError, listed, printable, quoted
from wattquery.errors.joiners import JOINERS, SELECTORS, shapes

__all__ = ["alike", "clean_keys", "clean_label", "clean_name", "name_of_file", "problem"]

LONGEST_STEM = 200
LONGEST = 1000
"""Characters of a name: some thousands make a page of each message and coordinate."""

_CALLED = {
    "Cc": "a control character",
    "Cf": "a character without a form of its own",
    "Cs": "half of a character",
    "Co": "a character for private use",
    "Cn": "no character",
    "Zl": "a line separator",
    "Zp": "a paragraph separator",
}
# What fonts draw nothing for, though its category is that of letters and marks (Unicode: default ignorable).
_BLANK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U0001d159\U000e0100-\U000e01ef]"
)
_BLANKS = re.compile(r"\s+")
_SELECTORS = re.compile(f"[{SELECTORS}]")
_JOINERS = re.compile(f"[{JOINERS}]")
_MISSING = re.compile(r"nan|#(n/a|ref!|name\?|value!|div/0!|num!|null!|spill!|calc!)", re.IGNORECASE)

# Letters of other scripts that fonts draw like Latin ones, and dashes that look like a hyphen.
_DRAWN_ALIKE = str.maketrans(
    "\u0410\u0412\u0415\u0405\u0406\u0408\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425\u0423\u0430\u0435\u0455"
    "\u0456\u0458\u043e\u0440\u0441\u0445\u0443\u0501\u051b\u051d\u04bb\u0391\u0392\u0395\u0396\u0397\u0399\u039a"
    "\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03bf\u03bd\u03f2\u0131\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
    "\u2043\ufe63\u2018\u2019\u02bc\u2032\u201c\u201d\u00d7",
    "ABESIJKMHOPCTXYaesijopcxydqwhABEZHIKMNOPTYXovci--------" + "-''''\"\"x",
)
_FORMS = ("<wide>", "<narrow>", "<font>", "<compat>", "<noBreak>")


def clean_name(text: str, owner: str) -> str:
    r"""Return a name in its one form: composed (NFC), without outer blanks, inner ones as single spaces.

    Parameters
    ----------
    text
        What was written.
    owner
        What it names, for messages: ``"model"``.

    Raises
    ------
    InputError
        If it is empty, overlong, or holds a character that cannot be seen.

    Examples
    --------
    >>> clean_name(" Llama\u00a03.1  70B ", "model")
    'Llama 3.1 70B'
    >>> problem("Llama\u200b 3.1 70B").partition(",")[0]
    'holds U+200B (zero width space) as character 6'
    """
    clean, wrong = _cleaned(str(text))
    if wrong:
        raise InputError(f"{owner} = {quoted(text)} {wrong}")
    return clean


def problem(text: str) -> str:
    """Return what is wrong with a name, as the end of a sentence that begins with it; empty where it can be used."""
    return _cleaned(text)[1]


def name_of_file(stem: str) -> str:
    r"""Return what a thing is called that has no name but that of its file, whatever the file is called.

    Examples
    --------
    >>> name_of_file("mine\x1b")
    'mine\\x1b'
    """
    written = printable(stem, keep="")[:LONGEST_STEM]
    clean, wrong = _cleaned(written)
    return ascii(stem)[:LONGEST_STEM] if wrong else clean


def clean_label(label: Any, owner: str) -> Any:
    """Return a label in its one form if it is text, and as it is if not."""
    return clean_name(label, owner) if isinstance(label, str) else label


def clean_keys(entries: Mapping[Any, Any], owner: str) -> dict[Any, Any]:
    """Return a mapping whose keys have their one form, refused where that makes two of them the same.

    Raises
    ------
    InputTypeError, InputError
        If a key is neither text nor a number, cannot be used as a name, or comes twice.

    Examples
    --------
    >>> clean_keys({"chat ": 1, "long": 2}, "shares")
    {'chat': 1, 'long': 2}
    """
    found: dict[Any, Any] = {}
    for written, value in entries.items():
        if written is None or written != written:
            raise InputTypeError(f"{owner} has the key {quoted(written)}. Keys must be names. Write text in quotes.")
        made = clean_label(written, f"{owner}: key")
        if made in found:
            twice = [one for one in entries if clean_label(one, owner) == made]
            raise InputError(
                f"{owner} has the keys {listed(twice)}, which are one name: {quoted(made)}. Each name may come once. "
                "Drop or rename all but one."
            )
        found[made] = value
    return found


def alike(labels: Iterable[str], *, loosely: bool = False) -> list[list[str]]:
    """Return the groups of different labels that readers take for the same.

    Parameters
    ----------
    labels
        Names in their one form.
    loosely
        Whether labels that differ in case, blanks, hyphens and underscores alone count as the same; otherwise those
        do that are drawn alike, such as a Cyrillic and a Latin A.

    Examples
    --------
    >>> alike(["GPT", "GP\u0422", "Llama 3"])
    [['GPT', 'GP\u0422']]
    >>> alike(["Llama-3 70B", "llama 3 70b"], loosely=True)
    [['Llama-3 70B', 'llama 3 70b']]
    """
    groups: dict[str, list[str]] = {}
    different = dict.fromkeys(labels)
    if not loosely and all(map(str.isascii, different)):
        return []  # as in most tables, which may have a million labels
    for label in different:
        drawn = _drawn(label)
        groups.setdefault(re.sub(r"[\s_-]+", "", drawn.casefold()) if loosely else drawn, []).append(label)
    return [group for group in groups.values() if len(group) > 1]


@lru_cache(maxsize=4096)
def _cleaned(text: str) -> tuple[str, str]:
    """Return a name in its one form, and what is wrong with it."""
    if len(text) > 4 * LONGEST:
        return "", _overlong(len(text))
    stripped = text.strip()
    if not stripped:
        return "", "is empty. A name of at least one visible character is needed. Write one, or leave it out."
    if _MISSING.fullmatch(stripped):
        return "", "is what programs write where a value is missing, and no name. A name is needed. Write it."
    if stripped.isascii() and stripped.isprintable():
        clean = _BLANKS.sub(" ", stripped)
    else:
        for place, one in enumerate(text, 1):
            if (one.isprintable() and not _BLANK.match(one)) or shapes(text, place - 1):
                continue
            category = unicodedata.category(one)
            outer = one.isspace() and not (text[:place].strip() and text[place:].strip())
            if not outer and category != "Zs":
                return "", _unseen(one, category, place)
        # A selector after an emoji is typed by some keyboards and not by others.
        clean = _BLANKS.sub(" ", unicodedata.normalize("NFC", _SELECTORS.sub("", stripped)))
        if unicodedata.combining(clean[0]):
            return "", "begins with a mark that belongs on a letter. A name of visible characters is needed. Type it."
    return (clean, "") if len(clean) <= LONGEST else ("", _overlong(len(clean)))


def _unseen(one: str, category: str, place: int) -> str:
    called = unicodedata.name(one, "").lower() or _CALLED.get(category, "a blank")
    return (
        f"holds U+{ord(one):04X} ({called}) as character {place}, which cannot be seen. A name of visible characters "
        "is needed. Type it anew."
    )


def _overlong(length: int) -> str:
    return f"has {length:,} characters. Names of at most {LONGEST:,} are allowed. Shorten it."


def _drawn(label: str) -> str:
    """Return a label with Latin letters in the place of others that are drawn like them."""
    if label.isascii():
        return label
    plain = "".join(
        unicodedata.normalize("NFKC", one) if unicodedata.decomposition(one).startswith(_FORMS) else one
        for one in _JOINERS.sub("", label).translate(_DRAWN_ALIKE)
    )
    return unicodedata.normalize("NFC", plain)
