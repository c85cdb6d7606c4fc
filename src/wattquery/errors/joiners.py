r"""Characters without a form of their own that change how their neighbours are drawn, and so belong in a name.

Emoji are typed with a variation selector and joined to one picture by a zero width joiner; Persian and the scripts of
India need joiners and non-joiners to be spelt right. Anywhere else such a character cannot be seen. Nothing here
imports anything of ours.
"""

from __future__ import annotations

import unicodedata

__all__ = ["JOINERS", "SELECTORS", "shapes"]

JOINERS = "\u200c\u200d"
SELECTORS = "\ufe0e\ufe0f"
"""As text or as a picture: the same emoji, and mostly not even another form of it."""

_KEYCAP = "\u20e3"
_VIRAMA = 9  # its combining class
_NEAR = 8


def shapes(text: str, place: int) -> bool:
    r"""Return whether a joiner or selector in a text is one that its neighbours need.

    Parameters
    ----------
    text
        A name.
    place
        Where the character stands, from 0.

    Examples
    --------
    >>> shapes("\u26a1\ufe0f Flash", 1), shapes("Fl\ufe0fash", 2)
    (True, False)
    >>> shapes("\U0001f469\u200d\U0001f4bb", 1), shapes("GPT\u200d4", 3)
    (True, False)
    """
    one = text[place]
    if (one not in SELECTORS and one not in JOINERS) or place == 0:
        return False
    before, after = text[max(0, place - _NEAR) : place], text[place + 1 : place + 2]
    if one in SELECTORS:
        return _is_emoji(before[-1:]) or (before[-1] in "0123456789#*" and after == _KEYCAP)
    if not after:
        return False
    if one == "\u200d" and _is_emoji(before.rstrip(SELECTORS)[-1:]):
        return _is_emoji(after)
    if unicodedata.combining(before[-1]) == _VIRAMA:
        return unicodedata.category(after) == "Lo"
    letters = before.rstrip("\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652")[-1:]  # vowel signs stand between
    return one == "\u200c" and _is_arabic(letters) and _is_arabic(after)


def _is_emoji(one: str) -> bool:
    """Return whether a character is a picture: a symbol, or a colour of skin that follows one."""
    return one != "" and (unicodedata.category(one) in ("So", "Sm") or "\U0001f3fb" <= one <= "\U0001f3ff")


def _is_arabic(one: str) -> bool:
    return one != "" and unicodedata.bidirectional(one) == "AL" and unicodedata.category(one) == "Lo"
