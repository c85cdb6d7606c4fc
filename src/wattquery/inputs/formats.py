"""Which format a file has, told by its first bytes: a wrong file is one sentence, and not a page of problems."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Format", "binary_format", "text_format"]

HEAD = 4096


@dataclass(frozen=True)
class Format:
    """A format that is not read, and what to do with a file of it.

    Attributes
    ----------
    name
        What the file is, as the end of "this is ...".
    fix
        A sentence.
    """

    name: str
    fix: str


_UNPACK = "Unpack it, and name the file inside."
_EXPORT = "Open it, and export the table as 'CSV UTF-8'."
_CONVERT = "Convert it: pandas reads it, and DataFrame.to_csv writes CSV."
_TEXT = "Name the text file that you meant."
_ENCODE = "Save it again as UTF-8, or as 'CSV UTF-8'."

# Longer marks first: UTF-32 begins as UTF-16 does.
_MARKS: tuple[tuple[bytes, Format], ...] = (
    (b"\xff\xfe\x00\x00", Format("UTF-32 text", _ENCODE)),
    (b"\x00\x00\xfe\xff", Format("UTF-32 text", _ENCODE)),
    (b"\xff\xfe", Format("UTF-16 text", _ENCODE)),
    (b"\xfe\xff", Format("UTF-16 text", _ENCODE)),
    (b"\x1f\x8b", Format("compressed with gzip", _UNPACK)),
    (b"\x1f\x9d", Format("compressed with compress", _UNPACK)),
    (b"BZh", Format("compressed with bzip2", _UNPACK)),
    (b"\xfd7zXZ\x00", Format("compressed with xz", _UNPACK)),
    (b"]\x00\x00", Format("compressed with lzma", _UNPACK)),
    (b"\x28\xb5\x2f\xfd", Format("compressed with zstd", _UNPACK)),
    (b"\x04\x22\x4d\x18", Format("compressed with lz4", _UNPACK)),
    (b"7z\xbc\xaf\x27\x1c", Format("a 7z archive", _UNPACK)),
    (b"Rar!\x1a\x07", Format("a rar archive", _UNPACK)),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Format("a spreadsheet or document of an old Office (.xls)", _EXPORT)),
    (b"PAR1", Format("a Parquet file", _CONVERT)),
    (b"ARROW1", Format("an Arrow file", _CONVERT)),
    (b"FEA1", Format("a Feather file", _CONVERT)),
    (b"Obj\x01", Format("an Avro file", _CONVERT)),
    (b"SQLite format 3\x00", Format("an SQLite database", "Export the table as CSV.")),
    (b"\x89HDF\r\n\x1a\n", Format("a netCDF or HDF5 file", "Name the file of text that you meant.")),
    (b"CDF\x01", Format("a netCDF file", _TEXT)),
    (b"CDF\x02", Format("a netCDF file", _TEXT)),
    (b"CDF\x05", Format("a netCDF file", _TEXT)),
    (b"\x93NUMPY", Format("a NumPy array", _TEXT)),
    (b"%PDF-", Format("a PDF document", "Copy its table into a spreadsheet, and export that as 'CSV UTF-8'.")),
    (b"{\\rtf", Format("a formatted document (RTF)", "Save it as plain text in UTF-8.")),
    (b"%!PS", Format("a PostScript document", _TEXT)),
    (b"\x89PNG\r\n", Format("a picture (PNG)", _TEXT)),
    (b"\xff\xd8\xff", Format("a picture (JPEG)", _TEXT)),
    (b"GIF8", Format("a picture (GIF)", _TEXT)),
    (b"\x7fELF", Format("a program", _TEXT)),
)
_WORKBOOK = Format("an Excel workbook (.xlsx)", _EXPORT)
_OPEN_DOCUMENT = Format("an OpenDocument spreadsheet (.ods)", _EXPORT)
_ZIP = Format("a zip archive", _UNPACK)
_TAR = Format("a tar archive", _UNPACK)
_POINTER = Format("a pointer to a file in Git LFS", "Fetch its content with: git lfs pull.")
_ANNEX = Format("a pointer to a file in git-annex", "Fetch its content with: git annex get.")
_PAGE = Format("a web page (HTML)", "Download the file itself: the raw one, not the page that shows it.")
_XML = Format("XML", "Export the table as CSV.")
_JSON = Format("JSON", "Convert it: pandas.read_json reads it, and DataFrame.to_csv writes CSV.")
_JSON_LINES = Format(
    "JSON with an object per line (JSONL)",
    "Convert it: pandas.read_json(..., lines=True) reads it, and DataFrame.to_csv writes CSV.",
)
_BINARY = Format("a binary file", _TEXT)
_SIXTEEN = Format("UTF-16 text", _ENCODE)

_HTML = re.compile(rb"<(!doctype\s+html|html|head|body|table|meta|script|div|!--)", re.IGNORECASE)
_ARRAY = re.compile(rb'\[\s*([\[{\]]|"[^"\n]*"\s*[,\]]|-?\d[\d.eE+-]*\s*[,\]]|(true|false|null)\s*[,\]])')
_OBJECT = re.compile(rb'\{\s*("|\}\s*$)')


def binary_format(content: bytes) -> Format | None:
    """Return what a file is if it is not text in UTF-8; None where it may be.

    Examples
    --------
    >>> binary_format(b"PAR1...").name
    'a Parquet file'
    """
    head = content[:HEAD]
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        if b"opendocument.spreadsheet" in head:
            return _OPEN_DOCUMENT
        return _WORKBOOK if b"[Content_Types].xml" in head or b"xl/" in head else _ZIP
    for mark, found in _MARKS:
        if head.startswith(mark):
            return found
    if head[257:262] == b"ustar":
        return _TAR
    if b"\x00" not in head:
        return None
    # Latin letters in two bytes have a NUL at each second place; a stray NUL in text is another problem, of a cell.
    odd, even = head[1::2], head[::2]
    if max(odd.count(0), even.count(0)) > 0.4 * len(odd) and min(odd.count(0), even.count(0)) < 0.1 * len(odd):
        return _SIXTEEN
    controls = sum(one < 32 and one not in b"\t\n\r\f" for one in head)
    return _BINARY if controls > max(1, len(head) // 50) else None


def text_format(content: bytes) -> Format | None:
    """Return what a text is that turned out to be neither a table with commas nor TOML; None where nobody can tell.

    Examples
    --------
    >>> text_format(b'{"model": "Llama 3.1 70B"}').name
    'JSON'
    >>> text_format(b"Model,Hardware")
    """
    head = content[:HEAD].removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith(b"version https://git-lfs.github.com/"):
        return _POINTER
    if head.startswith((b"/annex/objects/", b"../.git/annex/", b".git/annex/")):
        return _ANNEX
    if _HTML.match(head):
        return _PAGE
    if head.startswith(b"<?xml") or (head.startswith(b"<") and b">" in head):
        return _XML
    if _OBJECT.match(head):
        first, _, following = head.partition(b"\n")
        return _JSON_LINES if first.rstrip().endswith(b"}") and _OBJECT.match(following.lstrip()) else _JSON
    return _JSON if _ARRAY.match(head) else None
