"""Whole lines of a file, block by block: gzip is unpacked on the way, and no block is larger than `LARGEST_LINE`."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from wattquery.errors import InputError, continued
from wattquery.inputs.files import opened
from wattquery.inputs.formats import HEAD, binary_format

__all__ = ["LARGEST_LINE", "WANTED", "blocks", "head_of", "unpacked"]

WANTED = "A log in CSV, JSON with an object per line (JSONL) or Parquet"

BLOCK = 2**23
"""Bytes that are read at once; what is made of them takes some ten times as much."""

LARGEST_LINE = 2**25
"""Bytes of a line, or of what stands between two quotes."""

GZIP = b"\x1f\x8b"
MARK = b"\xef\xbb\xbf"


@contextmanager
def unpacked(path: str, file: str) -> Iterator[IO[bytes]]:
    """Open a file, which may be packed with gzip, for reading bytes in order.

    Raises
    ------
    InputError
        If it is no regular file, or cannot be read or unpacked, also later on.
    """
    try:
        with opened(path, WANTED) as raw:
            packed = raw.read(2) == GZIP
            raw.seek(0)
            if not packed:
                yield raw
                return
            with gzip.GzipFile(fileobj=raw) as content:
                yield content  # type: ignore[misc]  # read like any other
    except (OSError, EOFError, zlib.error) as error:
        said = getattr(error, "strerror", None) or str(error) or "it ends too early"
        raise InputError(f"{file} cannot be read to its end ({said}): copy it again, whole.") from None


def head_of(content: IO[bytes]) -> bytes:
    """Return the first bytes of a file, by which its format is told."""
    return content.read(HEAD).removeprefix(MARK)


def blocks(content: IO[bytes], file: str, *, quotes: bool = False) -> Iterator[tuple[int, bytes]]:
    """Yield blocks of whole lines, each with the number of its first line.

    Parameters
    ----------
    content
        A file.
    file
        Its name, for messages.
    quotes
        Whether a line goes on where a quote is open.

    Raises
    ------
    InputError
        If it is no text in UTF-8, or a line is too long.
    """
    rest, line, piece = b"", 1, content.read(BLOCK).removeprefix(MARK)
    while piece:
        following = content.read(BLOCK)
        rest += piece
        # The last line may lack its end.
        cut = _end(rest, quotes) if following else len(rest)
        if cut:
            yield line, _text(rest[:cut], line, file)
            line += rest.count(b"\n", 0, cut)
            rest = rest[cut:]
        elif len(rest) > LARGEST_LINE:
            ends = "a quote that is not closed" if quotes and b"\n" in rest else "a line"
            raise InputError(
                f"{file} has {ends} of more than {LARGEST_LINE:,} bytes from line {line} on: a line for each request "
                "is needed."
            )
        piece = following


def _end(content: bytes, quotes: bool) -> int:
    """Return where the last whole line ends."""
    cut = content.rfind(b"\n") + 1
    if not quotes or b'"' not in content:
        return cut
    while cut and content.count(b'"', 0, cut) % 2:
        cut = content.rfind(b"\n", 0, content.rfind(b'"', 0, cut)) + 1
    return cut


def _text(content: bytes, line: int, file: str) -> bytes:
    if content.isascii():
        return content
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        wrong = line + content.count(b"\n", 0, error.start)
        other = binary_format(content) if line == 1 else None
        what = f": this is {other.name}" if other else ""
        fix = continued(other.fix) if other else "save it again as UTF-8."
        raise InputError(
            f"{file} is not UTF-8 text (byte 0x{content[error.start]:02x} in line {wrong}){what}, and only that is "
            f"read: {fix}"
        ) from None
    return content
