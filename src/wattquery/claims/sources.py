"""Where a claim comes from: its primary source where one is known, where it was read, and both as BibTeX."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from wattquery.catalog import PublicClaim

__all__ = ["METHOD", "Source", "method_source", "sources_of"]

METHOD = "oviedo2026"
"""The paper whose method the model is."""

_BESIDE = ("claims", "prefixes", "type", "states", "kind")
_SPECIAL = re.compile(r"([&%$#_])")
_VERBATIM = ("url", "doi", "eprint")


@dataclass(frozen=True)
class Source:
    """A publication that a number comes from.

    Attributes
    ----------
    key
        What BibTeX calls it.
    role
        ``"primary"``: where the figure was published; ``"read in"``: where it was read instead; ``"method"``: the paper
        that the model follows.
    second_hand
        Whether the figure was read elsewhere than here, or here although it is somebody else's.
    text
        Author, title and place, in a line.
    url
        Its address; empty where none is known.
    note
        What else is to be said of it.
    entry
        BibTeX: its type, and fields by name.
    """

    key: str
    role: str
    second_hand: bool
    text: str
    url: str
    note: str
    entry: tuple[str, Mapping[str, str]] = field(repr=False)

    def bibtex(self) -> str:
        """Return the entry as BibTeX."""
        kind, fields = self.entry
        lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items())
        return f"@{kind}{{{self.key},\n{lines}\n}}"

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that JSON can hold, BibTeX among them."""
        plain = asdict(self)
        plain.pop("entry")
        return {**plain, "bibtex": self.bibtex()}

    def __str__(self) -> str:
        mark = " [second hand]" if self.second_hand else ""
        parts = [f"{self.role}{mark}: {self.text}", self.url, self.note]
        return ", ".join(filter(None, parts[:2])) + (f" ({self.note})" if self.note else "")


def sources_of(claim: PublicClaim) -> tuple[Source, ...]:
    """Return where a claim is from: the primary source first where one is known, then where it was read.

    Examples
    --------
    >>> from wattquery.claims.listing import get
    >>> [(one.role, one.second_hand, one.key) for one in sources_of(get("google_search_2009"))]
    [('primary', True, 'hoelzle2009'), ('read in', True, 'google_search_2009')]
    """
    return tuple(_sources(claim))


def method_source() -> Source:
    """Return the paper whose method the model is."""
    return _published(METHOD, "method", False, "")


def _sources(claim: PublicClaim) -> Iterator[Source]:
    key = _primary_key(claim.id)
    if key is not None:
        entry = _primary()[key]
        read = "the figure was read elsewhere" if claim.second_hand else ""
        notes = [entry["kind"], f"counts {entry['states']}" if "states" in entry else "", read]
        yield _published(key, "primary", claim.second_hand, "; ".join(filter(None, notes)))
        if not claim.second_hand:
            return
    if claim.source:
        yield _row(claim, primary_known=key is not None)


def _row(claim: PublicClaim, *, primary_known: bool) -> Source:
    """Return where the table of claims says that a claim was read."""
    unknown = "the primary source is not known here" if claim.second_hand and not primary_known else ""
    year = {} if claim.year is None else {"year": str(claim.year)}
    note = "read second hand" if claim.second_hand else ""
    fields = {"title": claim.subject, "howpublished": claim.source, **year, "url": claim.url, "note": note}
    role = "read in" if claim.second_hand else "primary"
    return Source(claim.id, role, claim.second_hand, claim.source, claim.url, unknown, ("misc", _clean(fields)))


def _published(key: str, role: str, second_hand: bool, note: str) -> Source:
    entry = _primary()[key]
    fields = {name: str(value) for name, value in entry.items() if name not in _BESIDE}
    if "eprint" in fields:
        fields["archiveprefix"] = "arXiv"
    if second_hand:
        fields["note"] = "figure read second hand"
    place = entry.get("journal") or entry.get("howpublished") or entry.get("institution") or entry.get("booktitle", "")
    eprint = f"arXiv {entry['eprint']}" if "eprint" in entry else ""
    where = ", ".join(filter(None, [place, str(entry["year"]) if str(entry["year"]) not in place else "", eprint]))
    text = f"{_names(entry['author'])}, {entry['title']}, {where}"
    return Source(key, role, second_hand, text, entry.get("url", ""), note, (entry["type"], _clean(fields)))


def _names(author: str) -> str:
    """Return authors as a line of text has them."""
    plain = author.replace('{\\"o}', "ö").replace("{", "").replace("}", "")
    names = [one.split(",")[0] for one in plain.split(" and ")]
    if len(names) > 2 or names[-1] == "others":
        return f"{names[0]} et al."
    return " and ".join(names)


def _clean(fields: Mapping[str, str]) -> dict[str, str]:
    """Return the fields that there are, with what LaTeX would obey written out; braces of an entry stay."""
    return {
        name: value if name in _VERBATIM else _SPECIAL.sub(r"\\\1", value) for name, value in fields.items() if value
    }


def _primary_key(claim_id: str) -> str | None:
    for key, entry in _primary().items():
        if claim_id in entry.get("claims", ()) or claim_id.startswith(tuple(entry.get("prefixes", ()))):
            return key
    return None


@cache
def _primary() -> Mapping[str, Any]:
    return tomllib.loads(files(__package__).joinpath("primary.toml").read_text(encoding="utf-8"))
