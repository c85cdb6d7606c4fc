"""Sentences that answer, made of numbers: of verdicts, and of results by themselves.

Nothing is computed but ratios, and no number is written down.
"""

from __future__ import annotations

from collections.abc import Sequence

from wattquery.catalog import PublicClaim
from wattquery.catalog.claim_columns import UNKNOWN
from wattquery.claims.energies import in_digits
from wattquery.claims.questions import Condition, Query

__all__ = [
    "USUAL",
    "against_sentence",
    "cell_sentence",
    "claim_sentence",
    "fleet_sentence",
    "grid_sentence",
    "hedges",
    "least_sentence",
    "named",
    "span_words",
    "times",
]

_SAME = 1.05
USUAL = "facility"


def times(ratio: float) -> str:
    """Return a ratio as a newspaper would say it.

    Examples
    --------
    >>> times(9.67), times(1.02), times(0.35)
    ('about 9.7 times', 'about the same as', 'about 35 % of')
    """
    if 1.0 / _SAME < ratio < _SAME:
        return "about the same as"
    return f"about {in_digits(ratio)} times" if ratio > 1.0 else f"about {in_digits(100.0 * ratio)} % of"


def named(claim: PublicClaim) -> str:
    """Return a claim within a sentence: its energy, and what it is for."""
    energy = f"{in_digits(claim.wh or 0.0, 3)} Wh"
    if not claim.source:
        return energy
    if claim.subject.startswith("One "):
        return f"{energy} of {_lower(claim.subject)}"
    year = "" if claim.year is None or str(claim.year) in claim.subject else f" in {claim.year}"
    return f'{energy} claimed{year} for "{claim.subject}"'


def claim_sentence(claim: PublicClaim, asked: Query, longer: Query | None, *, mean: bool, condition: Condition) -> str:
    """Return a claim beside the model in one sentence.

    Parameters
    ----------
    claim
        The claim.
    asked
        What the model says at the claim's own conditions, or of a typical query.
    longer
        What it says of a long query, where the claim states no length.
    mean
        Whether the claim is a mean, and is compared with one.
    condition
        What the answer hangs on most.
    """
    central = asked.mean if mean else asked.median
    statistic = "the mean" if mean else "the median"
    assert claim.wh is not None
    ratio = claim.wh / central
    article = "" if not claim.source else "The "
    also = ""
    if longer is not None:
        long_central = longer.mean if mean else longer.median
        also = f" and {times(claim.wh / long_central)} that of a long one ({in_digits(long_central)} Wh)"
    return (
        f"{article}{named(claim)} is {times(ratio)} {statistic} of {_who(asked)} ({in_digits(central)} Wh"
        f"{_counted(asked)}; nine in ten take {_span(asked, 1.0)} Wh){also}; what matters most is {condition.text}."
    )


def against_sentence(
    claim: PublicClaim | None, against: PublicClaim, asked: Query, longer: Query | None, condition: Condition
) -> str:
    """Return how many times another figure a query takes, in one sentence."""
    assert against.wh is not None
    ratio = asked.median / against.wh
    also = "" if longer is None else f" and a long one {times(longer.median / against.wh)} it"
    own = ""
    if claim is not None and claim.wh is not None:
        own = f"; the {named(claim)} would be {times(claim.wh / against.wh)} it"
    return (
        f"At the median, {_who(asked)} takes {times(ratio)} the {named(against)} (nine in ten take "
        f"{_span(asked, against.wh)} times it){also}{own}; what matters most is {condition.text}."
    )


def cell_sentence(who: str, median: float, span: str, boundary: str, condition: str) -> str:
    """Return what one query takes in one sentence.

    Parameters
    ----------
    who
        The query.
    median
        Half of the queries take less [Wh].
    span
        What most of them take, as `span_words` says it.
    boundary
        What is counted.
    condition
        What the answer hangs on most; empty where that is not known.

    Examples
    --------
    >>> cell_sentence("One query to X", 0.631, span_words(0.033, 2.91, 0.05, 0.95), "facility", "its length")
    'One query to X takes 0.63 Wh at the median (nine in ten take 0.033 to 2.9 Wh), counted at the boundary facility; \
what matters most is its length.'
    """
    return (
        f"{who} takes {in_digits(median)} Wh at the median ({span}), counted at the boundary {boundary}"
        f"{_most(condition)}."
    )


def grid_sentence(
    cells: int, least: tuple[str, float, str], most: tuple[str, float, str], boundary: str, condition: str
) -> str:
    """Return what the queries of a grid take in one sentence.

    Parameters
    ----------
    cells
        How many have a number.
    least, most
        The labels of the cell whose median is smallest, and largest; that median [Wh]; its span in words.
    boundary, condition
        As in `cell_sentence`.
    """
    ends = [f"{in_digits(median)} Wh for {label} ({span})" for label, median, span in (least, most)]
    return (
        f"Over {cells:,} cells, the median query takes from {ends[0]} to {ends[1]}, counted at the boundary "
        f"{boundary}{_most(condition)}."
    )


def fleet_sentence(count: int, ends: Sequence[tuple[str, str, str]], condition: str) -> str:
    """Return what fleets take in one sentence.

    Parameters
    ----------
    count
        How many fleets there are.
    ends
        The fleet, or those that take least and most: what it is called, its energy a day, and its interval with what is
        not known.
    condition
        What the answer hangs on most.
    """
    said = [f"{energy} ({interval} with what is not known)" for _, energy, interval in ends]
    if count == 1:
        return f"The fleet {ends[0][0]} takes {said[0]}{_most(condition)}."
    first, last = (f"{end[0]} takes" for end in (ends[0], ends[-1]))
    return f"Of {count:,} fleets {first} least, {said[0]}, and {last} most, {said[-1]}{_most(condition)}."


def least_sentence(catalog: str, ranked: Sequence[Query], longer: Sequence[Query], condition: Condition) -> str:
    """Return which model takes least in one sentence.

    Parameters
    ----------
    catalog
        Where the models have rows.
    ranked
        The query of each model, the least median first.
    longer
        The same of a long query; empty where the length is stated.
    condition
        What the energy hangs on most, the model apart.
    """
    first, second, last = ranked[0], ranked[1], ranked[-1]
    size = "a typical query" if longer else f"a query with {_length(first.output_tokens)} output tokens"
    most = f", {last.name} most with {in_digits(last.median / first.median)} times that" if len(ranked) > 2 else ""
    also = ""
    if longer:
        same = longer[0].name == first.name
        also = "; it is also the first for a long query" if same else f"; for a long query {longer[0].name} takes least"
    return (
        f"Of the {len(ranked):,} models that catalog {catalog} has, {first.name} takes least, "
        f"{in_digits(first.median)} Wh at the median of {size} (nine in ten take {_span(first, 1.0)} Wh"
        f"{_counted(first)}); {second.name} follows with {in_digits(second.median / first.median)} times that{most}"
        f"{also}; beside the model, what matters most is {condition.text}."
    )


def span_words(low: float, high: float, lowest: float, highest: float) -> str:
    """Return what most queries take in words.

    Parameters
    ----------
    low, high
        Two quantiles [Wh].
    lowest, highest
        Their levels.

    Examples
    --------
    >>> span_words(0.021, 1.9, 0.05, 0.95), span_words(0.1, 1.0, 0.25, 0.75)
    ('nine in ten take 0.021 to 1.9 Wh', 'P25 to P75: 0.1 to 1 Wh')
    """
    nine = (round(lowest, 6), round(highest, 6)) == (0.05, 0.95)
    words = "nine in ten take" if nine else f"P{100.0 * lowest:g} to P{100.0 * highest:g}:"
    return f"{words} {in_digits(low)} to {in_digits(high)} Wh"


def _most(condition: str) -> str:
    return f"; what matters most is {condition}" if condition else ""


def hedges(against: PublicClaim) -> list[str]:
    """Return what is not known of a figure that others are held against, in sentences."""
    unknown = [word for word in ("statistic", "boundary") if getattr(against, word) == UNKNOWN]
    said = []
    if unknown:
        said.append(f"{against.id} states no {' and no '.join(unknown)}")
    if against.kind == "web_search":
        year = "" if against.year is None else f" of {against.year}"
        said.append(f"{against.id} is a figure{year}, and nothing here says what a search takes today")
    if against.notes:
        said.append(f"{against.id}: {against.notes}")
    return said


def _counted(asked: Query) -> str:
    """Return what is counted where that is not all that a reader takes for granted."""
    return "" if asked.boundary == USUAL else f" at the boundary {asked.boundary}"


def _who(asked: Query) -> str:
    who = "a frontier model" if asked.blend else " and ".join(asked.models)
    size = {"typical": "a typical query", "long": "a long query"}.get(asked.name)
    if size is None:
        size = f"a query with {_length(asked.output_tokens)} output tokens"
    return f"{size} to {who}"


def _length(label: str) -> str:
    try:
        return f"{float(label):,.10g}"
    except ValueError:
        return label


def _span(asked: Query, unit: float) -> str:
    low, high = (in_digits(asked.quantiles[level] / unit) for level in (0.05, 0.95))
    return f"{low} to {high}"


def _lower(text: str) -> str:
    return text[0].lower() + text[1:]
