"""The paper's figures: what each shows, and where its layout is known from. Nothing is computed here."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CODE", "FIGURES", "FORMATS", "INDEX", "OTHER", "OWN", "PaperFigure"]

CODE = "https://github.com/microsoft/aienergy_simulation"
"""The public analysis code, whose scripts draw the paper's figures."""


@dataclass(frozen=True)
class PaperFigure:
    """A figure of the paper, or one of its own that belongs to a claim of it.

    Attributes
    ----------
    name
        What its files are called.
    number
        What the paper calls it; empty where that is not known.
    title
        What it shows, in a line.
    kind
        Which function of `drawing` draws it.
    workload
        Of its queries; empty for both.
    shows
        What is in it, in sentences.
    layout
        Where its layout is known from, and what is otherwise here.
    """

    name: str
    number: str
    title: str
    kind: str
    workload: str
    shows: str
    layout: str

    @property
    def heading(self) -> str:
        """Number and title."""
        return f"After figure {self.number}. {self.title}" if self.number else self.title


_ORDER = "models in its order; the original has a linear axis and leaves out what is beyond P5 and P95"
_LEVERS = "the original has a linear axis, and no row for all three levers together"

_INPUTS = (
    "Prompts of 500, 1,000 and 5,000 tokens, of which thirty cost as much as a token of the answer. The blend is of "
    "the three models with the highest median at that length, which need not have more than 200 billion parameters."
)

FIGURES = (
    PaperFigure(
        "figure-1a",
        "1a",
        "Energy of a traditional query, by model",
        "models",
        "traditional",
        "Five models with open weights on nodes of eight H100 or H200, FP8, an answer of 300 tokens in the median.",
        f"simulation_traditional_queries.py; {_ORDER}.",
    ),
    PaperFigure(
        "figure-1b",
        "1b",
        "Traditional query: the effect of each lever",
        "levers",
        "traditional",
        "The blend of the three models of more than 200 billion parameters, as it is and with one lever each.",
        f"simulation_traditional_queries.py; {_LEVERS}.",
    ),
    PaperFigure(
        "figure-2a",
        "2a",
        "Energy of a long query, by model",
        "models",
        "long",
        "The same five models with test-time scaling: an answer of 5,000 tokens in the median.",
        f"simulation_long_queries.py; {_ORDER}.",
    ),
    PaperFigure(
        "figure-2b",
        "2b",
        "Long query: the effect of each lever",
        "levers",
        "long",
        "The blend of the three models of more than 200 billion parameters with test-time scaling.",
        f"simulation_long_queries.py; {_LEVERS}.",
    ),
    PaperFigure(
        "figure-3",
        "3",
        "A day of a billion queries",
        "days",
        "",
        "Left: traditional queries only, as they are and with a better serving platform. Right: a tenth of the queries "
        "are long.",
        "simulation_1B_queries_aggregated.py, which draws these two pictures and both lines.",
    ),
    PaperFigure(
        "supplement-input-length-traditional",
        "",
        "Supplement: length of the prompt, traditional query",
        "inputs",
        "traditional",
        _INPUTS,
        "sensitivity_linput_standard_queries.py, with its panels above each other.",
    ),
    PaperFigure(
        "supplement-input-length-long",
        "",
        "Supplement: length of the prompt, long query",
        "inputs",
        "long",
        _INPUTS,
        "sensitivity_linput_long_queries.py, with its panels above each other.",
    ),
    PaperFigure(
        "supplement-power-traditional",
        "",
        "Supplement: power follows throughput, traditional query",
        "power",
        "traditional",
        "Power utilization is 0.24 + 0.56 times the share of the largest throughput, and not a draw of its own.",
        "sensitivity_PU_proportionality_traditional_queries.py, whose two pictures stand above each other.",
    ),
    PaperFigure(
        "supplement-power-long",
        "",
        "Supplement: power follows throughput, long query",
        "power",
        "long",
        "Power utilization is 0.24 + 0.56 times the share of the largest throughput, and not a draw of its own.",
        "sensitivity_PU_proportionality_long_queries.py, whose two pictures stand above each other.",
    ),
    PaperFigure(
        "assumptions",
        "",
        "Node power, PUE and trimming: the blend under each set of assumptions",
        "presets",
        "",
        "v2-code: as the public code runs. v2-text: PUE up to 1.40 and 12.5 kW for DeepSeek-R1, as the article says. "
        "v1: nodes of 11.3 and 14.1 kW, as in the first preprint. untrimmed: v2-code with all queries of each model.",
        "No figure of the paper; versions 1 and 2 of it publish the medians and quartiles of two of these.",
    ),
    PaperFigure(
        "public-estimates",
        "",
        "Public estimates over the model",
        "multiples",
        "",
        "Each estimate over the median of what it is compared with here, at the facility, with the paper's own "
        "assumptions. The paper says 4 to 20 times.",
        "No figure of the paper that we know; it publishes the range, and not which comparison gives which end.",
    ),
)
"""Figures in the order of the paper, the supplement after them, then what belongs to a claim and is no figure of it."""

OTHER = "other-claims"
"""Name of the table of claims that no figure shows."""

INDEX = "index.html"
FORMATS = ("png", "svg", "pdf")

OWN = frozenset(
    [INDEX, *(f"{name}.{ending}" for name in (OTHER, *(one.name for one in FIGURES)) for ending in (*FORMATS, "csv"))]
)
"""Names of files that the folder may have."""
