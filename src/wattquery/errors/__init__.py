"""What goes wrong at the door: one exception for bad input, and the words that every message shares.

A message says what was given, what is allowed, and how to fix it. However it was put together, it is of a length that
can be read and holds nothing that a terminal obeys.

``joiners``  characters that change how their neighbours are drawn, and where they belong in a name
"""

from __future__ import annotations

import difflib
import itertools
import math
import re
import reprlib
import unicodedata
from collections.abc import Iterable, Sequence

from wattquery.errors.joiners import shapes

__all__ = [
    "InputError",
    "InputTypeError",
    "continued",
    "did_you_mean",
    "first_problems",
    "listed",
    "printable",
    "quoted",
]

SHORTEST_PART = 3
"""Characters of a name that are taken for a part of a longer one; fewer are in every second name."""

LONGEST_LINE = 3000
MOST_LINES = 120
MOST_PROBLEMS = 50
"""What a message may have of characters in a line, of lines, and of problems told: more is not read."""

LONGEST_NAME = 200
MOST_COMPARED = 2000
"""Names that are compared letter by letter, which takes their product in time: so long, and so many of them."""

_BITS = 10_000
"""Of a whole number that is written out; Python refuses to beyond 4300 digits."""

_NEW_LINE = re.compile(r"\s*\n\s*")


class InputError(ValueError):
    """Input that has no answer: the message says what was given, what is allowed and how to fix it."""

    def __init__(self, message: object = "") -> None:
        super().__init__(_readable(str(message)))


class InputTypeError(InputError, TypeError):
    """Input of a kind that is not accepted where it was given."""


def printable(text: str, keep: str = "\n\t") -> str:
    r"""Return a text in which all that a reader cannot see, and a terminal may obey, is written out.

    Parameters
    ----------
    text
        Words from anywhere: a file, its name, an argument.
    keep
        Control characters that stay.

    Examples
    --------
    >>> printable("red: \x1b[31m, joined: a\u200bb")
    'red: \\x1b[31m, joined: a\\u200bb'
    """
    if text.isprintable():
        return text
    return "".join(
        one
        if one.isprintable() or one in keep or unicodedata.category(one) == "Zs" or shapes(text, place)
        else _escape(one)
        for place, one in enumerate(text)
    )


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def quoted(value: object, limit: int = 80) -> str:
    """Return a value as Python writes it, on one line and cut to a length that fits a message.

    Examples
    --------
    >>> quoted("FP8"), len(quoted("x" * 1_000_000))
    ("'FP8'", 80)
    """
    if isinstance(value, str):
        text = repr(str(value)) if len(value) <= limit else ""
        room = limit - 5  # quotes and dots
        while not text or (len(text) > limit and room):  # what cannot be seen is written out, and takes more room
            text = repr(f"{str(value)[:room]}...")
            room //= 2
        return text
    text = _NEW_LINE.sub(" ", _represented(value, limit))  # arrays have several lines
    return text if len(text) <= limit else f"{text[: limit - 3]}..."


def _represented(value: object, limit: int) -> str:
    """Return the representation of a value, without writing out what would be cut off."""
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > _BITS:
        digits = round(value.bit_length() * math.log10(2.0))
        return f"a whole number of about {digits:,} digits"  # Python refuses to write it out
    if isinstance(value, (list, tuple, set, frozenset, dict, bytes, bytearray)) and len(value) > limit // 4:
        brief = reprlib.Repr()
        brief.maxlevel, brief.maxstring, brief.maxother = 2, limit, limit
        brief.maxlist = brief.maxtuple = brief.maxset = brief.maxfrozenset = brief.maxdict = limit // 4
        return brief.repr(value if not isinstance(value, (bytes, bytearray)) else bytes(value[: limit + 1]))
    try:
        return repr(value)
    except Exception:  # a user's own class, or numbers of more digits than Python writes
        return f"an object of type {type(value).__name__}"


def listed(names: Iterable[object], limit: int = 12) -> str:
    """Return the names quoted and joined for a message, shortened after ``limit`` of them."""
    items = names if isinstance(names, Sequence) else list(names)
    words = [quoted(name, 120) for name in itertools.islice(items, limit)]
    if len(items) > limit:
        words.append(f"... ({len(items)} in all)")
    return ", ".join(words)


def continued(sentence: str) -> str:
    """Return a sentence as the end of another one: what it begins with is small, unless it is a name.

    Examples
    --------
    >>> continued("Check the spelling."), continued("README has it.")
    ('check the spelling.', 'README has it.')
    """
    return sentence[:1].lower() + sentence[1:] if sentence[1:2].islower() or sentence[1:2] == " " else sentence


def first_problems(problems: Sequence[str], count: int | None = None, limit: int = MOST_PROBLEMS) -> list[str]:
    """Return the first of the problems of a file, a line for each, and how many more there are.

    Parameters
    ----------
    problems
        The problems, or the first of them.
    count
        How many there are in all; as many as are given when left out.
    limit
        How many are told.
    """
    told = list(problems[:limit])
    more = (len(problems) if count is None else count) - len(told)
    return [*told, f"... and {more:,} more. Correct these first, and read the file again."] if more > 0 else told


def did_you_mean(name: object, allowed: Iterable[object]) -> str:
    """Return a sentence that offers the closest allowed name, or nothing when none is close.

    A name that contains what was written comes first: a part of a long name is its most common abbreviation.
    """
    folded = (name if isinstance(name, str) else quoted(name)).casefold().strip()
    if len(folded) > LONGEST_NAME:
        return ""
    by_folded = {str(one).casefold(): str(one) for one in itertools.islice(allowed, 10 * MOST_COMPARED)}
    close = [one for one in by_folded if len(folded) >= SHORTEST_PART and folded in one]
    if not close:  # comparing letter by letter takes its time
        short = [one for one in itertools.islice(by_folded, MOST_COMPARED) if len(one) <= LONGEST_NAME]
        close = difflib.get_close_matches(folded, short, n=1, cutoff=0.5)
    if not close:
        return ""
    offered = by_folded[close[0]]
    if offered == name:  # a number given as text: '1.6' for 1.6
        return f" Did you mean {offered}, without quotes?"
    return f" Did you mean {quoted(offered, 120)}?"


def _readable(message: str) -> str:
    lines = message.split("\n")
    if len(lines) > MOST_LINES:
        rest = len(lines) - MOST_LINES
        lines = [*lines[: MOST_LINES - 2], f"... ({rest:,} lines are left out)", *lines[-2:]]
    return "\n".join(printable(_clipped(line)) for line in lines)


def _clipped(line: str) -> str:
    """Return a line without its middle where it is long: what it ends with is mostly the fix."""
    if len(line) <= LONGEST_LINE:
        return line
    head, tail = LONGEST_LINE - 1000, 900
    return f"{line[:head]} ... ({len(line) - head - tail:,} characters are left out) ... {line[-tail:]}"
