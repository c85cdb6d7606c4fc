"""Public claims of the energy of a query, as facts with their sources. Nothing is computed or compared here."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from wattquery.catalog.claim_columns import (
    CLAIM_COLUMNS,
    LLM_KINDS,
    MODEL_CLASSES,
    UNKNOWN,
    checked_number,
    checked_word,
)
from wattquery.catalog.csv_table import content_of, parse_lines, refused
from wattquery.catalog.shipped import data, load, names
from wattquery.errors import InputTypeError, did_you_mean, listed, quoted
from wattquery.inputs.arguments import refuses_unknown
from wattquery.inputs.files import as_path
from wattquery.inputs.names import clean_name
from wattquery.pages.cards import Carded, Part, fields_of

__all__ = ["PublicClaim", "public_claims", "read_claims"]

SHIPPED = "public_claims.csv"
NUMBERS = ("wh", "low", "high", "input_tokens", "output_tokens", "batch", "power_utilization", "pue")
_Line = tuple[int, dict[str, Any]]
WORDS = ("origin", "kind", "range_is", "statistic", "output_is", "boundary")


@dataclass(frozen=True)
class PublicClaim(Carded):
    """A figure that somebody has published for one query, and what it assumes.

    Attributes
    ----------
    id
        What the table calls it.
    subject
        What the figure is for, and who says so.
    origin
        ``"public"``, or ``"this method"`` for the paper that this package implements: no independent claim.
    kind
        What it counts; the words are in `wattquery.catalog.claim_columns.KINDS`.
    model_class
        A model of a shipped catalog, or ``"frontier"``, ``"large"`` or ``"small"``; empty where unknown.
    wh
        The claim [Wh]; None where its source gives no energy.
    low, high
        Its range [Wh], either end None where not given.
    range_is
        What the range is, ``"IQR"`` or ``"min-max"`` for example; empty without one.
    statistic
        ``"mean"``, ``"median"`` or ``"unknown"``.
    input_tokens, output_tokens
        Lengths that the claim states [tokens]; None where it does not.
    output_is
        Whether the output length is ``"fixed"``, a ``"median"`` or a ``"mean"`` of queries; empty without one.
    boundary
        What is counted: ``"accelerator"``, ``"node"``, ``"facility"``, ``"facility+idle_reserve"`` or ``"unknown"``.
    batch
        Queries served together, as stated; None where it is not.
    power_utilization, pue
        As stated [1]; None where they are not.
    year
        Of the claim.
    source, url
        Where it was read. The address is empty where none is known.
    second_hand
        Whether the claim was read elsewhere than at its author's.
    inferred
        The fields that are our inference, and are not stated by the source.
    notes
        What else is known, in our words.
    line
        Line of the file on which the row starts; 0 for a claim that comes from no file.

    Raises
    ------
    InputError, InputTypeError
        If a number is not one or cannot be true, or a field holds a word that it does not know.

    Examples
    --------
    >>> from wattquery import catalog
    >>> claim = next(one for one in catalog.public_claims() if one.id == "epoch_base")
    >>> claim.wh, claim.output_tokens, claim.boundary, claim.inferred
    (0.301, 500.0, 'facility', ('model_class', 'boundary'))
    """

    id: str
    subject: str
    origin: str = "public"
    kind: str = "llm_query"
    model_class: str = ""
    wh: float | None = None
    low: float | None = None
    high: float | None = None
    range_is: str = ""
    statistic: str = UNKNOWN
    input_tokens: float | None = None
    output_tokens: float | None = None
    output_is: str = ""
    boundary: str = UNKNOWN
    batch: float | None = None
    power_utilization: float | None = None
    pue: float | None = None
    year: int | None = None
    source: str = ""
    url: str = ""
    second_hand: bool = False
    inferred: tuple[str, ...] = ()
    notes: str = ""
    line: int = 0

    def __post_init__(self) -> None:
        owner = f"PublicClaim {quoted(self.id)}"
        for name in ("id", "model_class"):
            label = getattr(self, name)
            if not isinstance(label, str):
                raise InputTypeError(f"{owner}: {name} must be text, got {quoted(label)}. Write it in quotes.")
            if label or name == "id":  # a model that nobody knows is empty
                object.__setattr__(self, name, clean_name(label, f"{owner}: {name}"))
        for name in NUMBERS:
            object.__setattr__(self, name, checked_number(owner, name, getattr(self, name)))
        for name in WORDS:
            checked_word(owner, name, getattr(self, name))

    def _card(self) -> tuple[str, list[Part]]:
        facts = fields_of(self, ["subject"])
        units = {name: f"{name} [Wh]" for name in ("low", "high")} | {"wh": "energy [Wh]"}
        said = self.subject if self.wh is None else f"{self.subject}: {self.wh:.4g} Wh"
        return said, [{units.get(name, name): text for name, text in facts.items()}]

    @property
    def is_llm_query(self) -> bool:
        """Whether it is one query to a language model, and so can be compared with one."""
        return self.kind in LLM_KINDS


@cache
def public_claims() -> tuple[PublicClaim, ...]:
    """Return the claims that ship with the package, those of the paper's own method among them.

    Examples
    --------
    >>> from wattquery import catalog
    >>> claims = catalog.public_claims()
    >>> len(claims), sum(one.origin == "public" for one in claims)
    (134, 115)
    """
    return parse_claims(data(SHIPPED), SHIPPED)


@refuses_unknown
def read_claims(path: str | os.PathLike[str]) -> tuple[PublicClaim, ...]:
    """Read a table of claims with the columns of the shipped one.

    Parameters
    ----------
    path
        A UTF-8 file with a header line and comma-separated cells.

    Raises
    ------
    InputError
        If the file cannot be read, or with one line per problem if its content is not allowed.

    Examples
    --------
    >>> from wattquery import catalog
    >>> catalog.read_claims("nowhere.csv")
    Traceback (most recent call last):
    wattquery.errors.InputError: 'nowhere.csv': there is no such file, and a readable CSV file is needed: check \
the spelling and the folder you run from.
    """
    shown = str(as_path(path))
    return parse_claims(content_of(shown), shown)


def parse_claims(content: bytes, shown: str) -> tuple[PublicClaim, ...]:
    """Return the claims in a file's content; messages call it ``shown``."""
    fields = [column.field for column in CLAIM_COLUMNS]

    def lines_of(columns: Sequence[Sequence[Any]]) -> Iterable[_Line]:
        return ((line, dict(zip(fields, values, strict=True))) for *values, line in zip(*columns, strict=True))

    lines = parse_lines(content, shown, CLAIM_COLUMNS, fields, lines_of, "a claim counts once")
    problems = [*_twice(lines, shown), *(problem for line in lines for problem in _contradictions(line, shown))]
    if problems:
        raise refused(shown, problems)
    return tuple(PublicClaim(**values, line=line) for line, values in lines)


@cache
def _models() -> tuple[str, ...]:
    return tuple(dict.fromkeys(model for name in names() for model in load(name).labels("model")))


def _twice(lines: Iterable[_Line], shown: str) -> list[str]:
    first: dict[str, int] = {}
    return [
        f"{shown}, row {line}, column 'id': {values['id']!r} is that of row {first[values['id']]}; each claim has its "
        "own. Rename one of the two."
        for line, values in lines
        if first.setdefault(values["id"], line) != line
    ]


def _contradictions(line: _Line, shown: str) -> list[str]:
    """Return what cannot be true of one row, though each of its cells may stand."""
    number, values = line

    def wrong(column: str, problem: str, fix: str) -> str:
        return f"{shown}, row {number}, column {column!r}: {problem} {fix}"

    found = []
    known = [*MODEL_CLASSES, *_models()]
    if values["model_class"] and values["model_class"] not in known:
        problem = f"{values['model_class']!r} is not allowed; {listed(known, 24)} or an empty cell is."
        found.append(wrong("model_class", problem, f"Use one of these.{did_you_mean(values['model_class'], known)}"))
    ends = [one for one in (values["low"], values["wh"], values["high"]) if one is not None]
    if ends != sorted(ends):
        found.append(wrong("wh", "low, wh and high do not increase.", "Check the three numbers."))
    has_range = values["low"] is not None or values["high"] is not None
    if has_range != bool(values["range_is"]):
        problem = f"{values['range_is']!r} stands {'beside' if has_range else 'without'} a range."
        found.append(wrong("range_is", problem, "Say what low and high are, or leave all three empty."))
    if (values["output_tokens"] is not None) != bool(values["output_is"]):
        problem = f"{values['output_is']!r} does not go with output_tokens {values['output_tokens']!r}."
        found.append(wrong("output_is", problem, "Give both or neither."))
    columns = [column.field for column in CLAIM_COLUMNS]
    found += [
        wrong("inferred", f"{one!r} is not a column.", f"Name columns.{did_you_mean(one, columns)}")
        for one in values["inferred"]
        if one not in columns
    ]
    return found
