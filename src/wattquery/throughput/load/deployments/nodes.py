"""What nodes draw beside their accelerators: a mean, what is not known of it, and which accelerators share it.

For DGX H100, H200 and B200, 250 W for each accelerator, give or take 60, is a judgement. It lies between what the wall
shows of eight B200 under MLPerf, 1,126 to 1,305 W for each [1]_, less the accelerators, and what eight H100 leave at
most, 8.48 kW of a node whose boards take 5.6 kW [2]_. Nothing was measured of other nodes, so that theirs is scaled:

- with a power rating, by what it leaves beside the boards: those three leave 575, 575 and 788 W for each accelerator,
  of which 250 W are 0.39 on average (224 W and 305 W by that share, both within 60 W of the judgement);
- without one, 250 W, or in proportion to the board where that has less than 700 W: a server of cards has fewer fans,
  no switches of links and fewer ports. From 700 to 1,400 W, budgets of data centres leave about as much beside boards
  (1.0 to 1.2 kW with the building's part [3]_), so that it does not grow there.

References
----------
.. [1] MLCommons, inference results v5.1, https://github.com/mlcommons/inference_results_v5.1
.. [2] Latif et al. 2025, https://arxiv.org/abs/2412.08602
.. [3] SemiAnalysis, constants of InferenceX, https://github.com/SemiAnalysisAI/InferenceX-app
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from wattquery.catalog.facts import Accelerator, accelerators
from wattquery.throughput.load.query_energy import NODE_WATTS

__all__ = ["NODE_WATTS_SD", "SCALED_SD", "NodeDraw", "NodeDraws", "node_draw", "node_notes"]

NODE_WATTS_SD = 60.0
"""Standard deviation of the watts of the nodes that were judged: what "give or take 60" is taken to be [W]."""

SCALED_SD = 0.4
"""Of those that are scaled, relative to them [1]: a judgement, beyond the 0.24 of those that were judged."""

_JUDGED = ("H100 SXM", "H200", "B200")
"""Accelerators whose nodes were judged, by their label in the catalog ``default``."""

_FULL_BOARD_W = 700.0
"""Thermal design power from which a node without a rating draws as much as those that were judged [W]."""


@dataclass(frozen=True)
class NodeDraw:
    """What a node draws beside its accelerators, for each of them and at any time.

    Attributes
    ----------
    node_type
        Which node: accelerators in nodes of one type share the error.
    watts, sd
        Mean and standard deviation [W].
    basis
        ``"judged"``, ``"rated"`` or ``"unrated"``.
    """

    node_type: str
    watts: float
    sd: float
    basis: str


def node_draw(facts: Accelerator) -> NodeDraw:
    """Return what the node of an accelerator draws beside it; NaN where no power of the accelerator is known.

    Parameters
    ----------
    facts
        What is known of the accelerator and its node.

    Examples
    --------
    >>> from wattquery import catalog
    >>> [round(node_draw(catalog.accelerator(name)).watts) for name in ("H100 SXM", "GB200 NVL72", "L40S", "MI355X")]
    [250, 181, 125, 250]
    """
    if facts.tdp_w is None:
        return NodeDraw("", np.nan, np.nan, "unrated")
    if not _is_rated(facts):
        watts = NODE_WATTS * min(facts.tdp_w / _FULL_BOARD_W, 1.0)
        return NodeDraw(f"boards of {facts.tdp_w:g} W", watts, SCALED_SD * watts, "unrated")
    if _is_judged(facts):
        return NodeDraw(_type(facts), NODE_WATTS, NODE_WATTS_SD, "judged")
    watts = _share() * _headroom(facts)
    # Whose numbers are those of a node that was judged is not that node, and shares none of its error.
    return NodeDraw(f"scaled: {_type(facts)}", watts, SCALED_SD * watts, "rated")


@dataclass(frozen=True, eq=False)
class NodeDraws:
    """What the nodes of several instances draw beside their accelerators.

    Attributes
    ----------
    types
        Which node each has.
    watts
        For each accelerator [W].
    relative_sd
        Standard deviation of that, relative to it [1].
    """

    types: NDArray[np.object_]
    watts: NDArray[np.float64]
    relative_sd: NDArray[np.float64]

    @classmethod
    def of(cls, hardware: Sequence[Accelerator], rows: NDArray[np.int64], stated: float | None) -> Self:
        """Return the draws of the nodes of some rows.

        Parameters
        ----------
        hardware, rows
            Accelerators, and which of them each row has.
        stated
            Watts for each accelerator that are stated for all, None for those of `node_draw` [W].
        """
        draws = [node_draw(one) for one in hardware]
        types = np.array([one.node_type for one in draws], dtype=object)[rows]
        watts = np.array([one.watts for one in draws])[rows]
        sd = np.array([one.sd for one in draws])[rows]
        if stated is not None:
            watts, sd = np.full(len(rows), stated), np.full(len(rows), NODE_WATTS_SD)
        with np.errstate(invalid="ignore", divide="ignore"):
            return cls(types, watts, np.where(watts > 0.0, sd / watts, 0.0))


def node_notes(hardware: Sequence[Accelerator], factor: float, stated: float | None) -> list[str]:
    """Return what to say of the nodes of some accelerators, a sentence for each kind of knowledge.

    Parameters
    ----------
    hardware
        The accelerators.
    factor, stated
        Of their power [1], and the watts for each that are stated for all, None for those of `node_draw` [W].
    """
    made = [f"At the node, each accelerator's power counts {factor:g} times: a judgement."]
    if stated is not None:
        return [*made, f"Beside that, {stated:g} W are added for each accelerator at any time."]
    draws: dict[str, dict[str, float]] = {}
    for one in hardware:
        found = node_draw(one)
        if found.watts == found.watts:
            draws.setdefault(found.basis, {})[one.hardware] = found.watts
    return [*made, *(_WORDS[basis].format(_listed(draws[basis])) for basis in _WORDS if basis in draws)]


_WORDS = {
    "judged": "Beside the accelerators, a node draws {} for each at any time: a judgement, give or take 60 W.",
    "rated": "Beside the accelerators, a node is taken to draw {} for each at any time: not measured, but scaled from "
    "DGX H100 and B200 nodes by what its power rating leaves beside its boards, give or take 40 %.",
    "unrated": "Beside the accelerators, a node is taken to draw {} for each at any time: neither measured nor rated, "
    "but 250 W as of DGX H100 and B200 nodes, less in proportion for boards below 700 W, give or take 40 %.",
}


def _listed(watts: dict[str, float]) -> str:
    """Return watts with the accelerators that have them."""
    names: dict[str, list[str]] = {}
    for name, one in watts.items():
        names.setdefault(f"{one:.0f} W", []).append(name)
    return "; ".join(f"{one} ({', '.join(those)})" for one, those in names.items())


def _is_rated(facts: Accelerator) -> bool:
    return facts.node_power_basis == "rating" and facts.node_power_kw is not None and bool(facts.accelerators_per_node)


def _is_judged(facts: Accelerator) -> bool:
    """Return whether an accelerator is, by its name in the tables, one whose node was judged; numbers tell of none."""
    return any(facts == one for one in _judged())


def _type(facts: Accelerator) -> str:
    return f"{facts.accelerators_per_node} x {facts.tdp_w:g} W in {facts.node_power_kw:g} kW"


def _headroom(facts: Accelerator) -> float:
    """Return what the rating of a node leaves for each accelerator beside its board [W]."""
    kilowatts, count, board = facts.node_power_kw, facts.accelerators_per_node, facts.tdp_w
    return max(1e3 * (kilowatts or 0.0) / (count or 1) - (board or 0.0), 0.0)


def _judged() -> Iterable[Accelerator]:
    return (accelerators()[name] for name in _JUDGED)


def _share() -> float:
    """Return the share of the headroom that the nodes which were judged draw on average [1]."""
    return NODE_WATTS / float(np.mean([_headroom(one) for one in _judged()]))
