"""Two claims brought to one boundary, and what is left between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from wattquery import catalog as catalogs
from wattquery.catalog import Preset, PublicClaim
from wattquery.catalog.claim_columns import UNKNOWN
from wattquery.claims.boundaries import LADDER, Factors, Restated, energy, point_factors, steps
from wattquery.claims.evidence import evidence
from wattquery.claims.listing import get
from wattquery.errors import InputError, InputTypeError
from wattquery.inputs.arguments import refuses_unknown
from wattquery.pages.cards import Carded
from wattquery.specs.scalars import shown

__all__ = ["Reconciliation", "reconcile"]


@dataclass(frozen=True)
class Reconciliation(Carded):
    """Two claims at one boundary, and what is left between them.

    Attributes
    ----------
    first, second
        Ids of the claims.
    published_ratio
        First over second as published [1].
    restated
        The first at the boundary of the second.
    boundary_ratio
        The part of the ratio that the boundary explains [1].
    left
        The part that it does not: ``published_ratio / boundary_ratio`` [1].
    factors_from
        Where the factors come from.
    left_is
        What the source says about the part that is left; empty where it says nothing.
    notes
        What the two claims do not state, and where they are not alike.
    """

    first: str
    second: str
    published_ratio: float
    restated: Restated
    boundary_ratio: float
    left: float
    factors_from: str
    left_is: str
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that JSON can hold, with units in the keys."""
        return {**asdict(self), "restated": self.restated.to_dict()}

    def __str__(self) -> str:
        title, (steps, left, notes) = self._card()
        return "\n".join([title, *(f"  {one}" for one in (*steps, left)), *(f"  note: {one}" for one in notes)])

    def _card(self) -> tuple[str, tuple[list[str], str, tuple[str, ...]]]:
        said = self.left_is or "its sources do not say what it is"
        return (
            f"{self.first} over {self.second}: {self.published_ratio:.3g}, factors: {self.factors_from}",
            (
                [str(one) for one in self.restated.steps],
                f"boundary explains {self.boundary_ratio:.3g}; left is {self.left:.3g} ({said})",
                self.notes,
            ),
        )


@refuses_unknown
def reconcile(
    first: str | PublicClaim, second: str | PublicClaim, *, own_factors: bool = True, preset: str | Preset = "v2-code"
) -> Reconciliation:
    r"""Return what of the ratio of two claims their boundaries explain, and what is left.

    .. math::

        E_1 / E_2 = (E_1 / E_{1 \to 2}) \cdot (E_{1 \to 2} / E_2)

    Parameters
    ----------
    first
        The claim that is moved: an id or a claim.
    second
        The claim at whose boundary both are then.
    own_factors
        Whether the split that the first claim's own source gives is used, where there is one. Otherwise, the medians
        of what lies between boundaries, or the means where the first claim is a mean.
    preset
        Where the PUE comes from.

    Raises
    ------
    InputError
        If a claim has no energy, or its boundary is unknown.

    Examples
    --------
    >>> import wattquery as wq
    >>> pair = "google_gemini_2025_full", "google_gemini_2025_narrow"
    >>> own, general = wq.claims.reconcile(*pair), wq.claims.reconcile(*pair, own_factors=False)
    >>> round(own.restated.wh, 3), round(own.left, 2), round(general.restated.wh, 3), round(general.left, 2)
    (0.14, 1.4, 0.107, 1.07)
    """
    if not isinstance(own_factors, bool):
        raise InputTypeError(f"own_factors must be True or False, got {shown(own_factors)}. Write one of the two.")
    one, other = _with_boundary(first), _with_boundary(second)
    split = evidence()["split"].get(one.id) if own_factors else None
    statistic = "mean" if one.statistic == "mean" else "median"
    factors = point_factors(preset, statistic) if split is None else _from_split(split)
    given, reached = energy(one.wh), energy(other.wh)
    taken = steps(one.boundary, other.boundary, factors, given)
    wh = taken[-1].wh if taken else given
    stated = evidence()["remainder"].get(other.id, {}).get("stated", "")
    general = f"{statistic}s, and the PUE of preset {catalogs.preset(preset).name}"
    return Reconciliation(
        first=one.id,
        second=other.id,
        published_ratio=given / reached,
        restated=Restated(given, one.boundary, wh, other.boundary, taken),
        boundary_ratio=given / wh,
        left=wh / reached,
        factors_from=general if split is None else split["source"],
        # With other factors than its own, what is left is no longer what the source speaks about.
        left_is=stated if split is not None else "",
        notes=tuple(_notes(one, other, "" if split is not None else statistic)),
    )


def _notes(one: PublicClaim, other: PublicClaim, statistic: str) -> Iterator[str]:
    """Yield what the claims do not state, and in what they differ beside the boundary."""
    for claim in dict.fromkeys((one, other)):
        said = [f"{field} {getattr(claim, field)}" for field in ("boundary", "statistic") if field in claim.inferred]
        if said:
            yield f"{claim.id} does not state its {' and '.join(said)}: inferred"
    if one.statistic != other.statistic:
        yield (
            f"{one.id} is {_as_statistic(one)} and {other.id} {_as_statistic(other)}: part of what is left may be that"
        )
    if one.statistic == UNKNOWN and statistic:
        yield f"{one.id} does not say whether it is a mean or a median: it is moved by medians"


def _as_statistic(claim: PublicClaim) -> str:
    return "of an unknown statistic" if claim.statistic == UNKNOWN else f"a {claim.statistic}"


def _from_split(split: Mapping[str, Any]) -> Factors:
    """Return the factors that a source's own split gives, the overhead spread over node and reserve alike."""
    node = split["accelerators"] + split["host"]
    ready = node + split["idle_reserve"]
    return Factors(split["accelerators"] / node, (ready + split["overhead"]) / ready, ready / node)


def _with_boundary(claim: str | PublicClaim) -> PublicClaim:
    one = claim if isinstance(claim, PublicClaim) else get(claim)
    if one.wh is None:
        raise InputError(f"{one.id!r} has no energy: {one.notes} Choose a claim in Wh.")
    if one.boundary not in LADDER:
        raise InputError(
            f"The boundary of {one.id!r} is {one.boundary!r}, so it cannot be moved to another. Pass its number to "
            "wattquery.claims.restate with the boundary that you assume."
        )
    return one
