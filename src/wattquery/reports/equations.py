"""Equations as MathML, with their symbols, units, source and limits."""

from __future__ import annotations

from wattquery.claims.sources import method_source
from wattquery.pages import Html, element, joined, link
from wattquery.quantities import QUANTITIES
from wattquery.reports.content import Table
from wattquery.reports.tables import table_html

__all__ = ["FLEET", "QUERY", "UNDER_LOAD", "equation_html"]

QUERY, UNDER_LOAD, FLEET = "query", "load", "fleet"

Symbol = tuple[str, str, str]
"""A symbol, what it stands for, and its unit."""

_WORDS = {
    QUERY: "E = PUE * P_node * PU * (L_out + w L_in) / (3.6 * TPS(L_in, L_out) * product of M_k over all levers k)",
    UNDER_LOAD: (
        "E = PUE * (c_0 + c_out L_out + c_kv K + c_in (L_in - (1 - w) L_cached) + c_att A) * exp(sum of e_j) / "
        "(3600 * product of M_k over all levers k)"
    ),
    FLEET: "G = N * product of the overheads O_j * sum over classes c of s_c * mean of E_c",
}
"""The equations in a line, for who does not see them."""

_LIMITS = {
    QUERY: (
        "Holds for serving with the batches of the benchmark rows that throughput is fitted to, and is extrapolated "
        "beyond their lengths. At the boundary of the facility; at that of the node without PUE. Training, networks "
        "and devices of users are not counted."
    ),
    UNDER_LOAD: (
        "Holds for one instance that serves one model at a steady load. Its coefficients depend on the model, the "
        "accelerator, the serving system and how many sequences run; e_j is what the load model leaves open. Latencies "
        "are means in a closed loop, no percentiles over requests."
    ),
    FLEET: (
        "The mean over queries, which is above the median of one. What all queries share (PUE, power, throughput fits, "
        "levers) is one unknown number for the whole fleet, so that its interval does not shrink with more queries."
    ),
}

_LOAD_PAGE = "docs/load-model.md of wattquery: the derivation, the fit and its errors"


def equation_html(name: str) -> Html:
    """Return an equation with all that is to be known of it.

    Parameters
    ----------
    name
        ``QUERY``, ``UNDER_LOAD`` or ``FLEET``.
    """
    made = {QUERY: _query, UNDER_LOAD: _load, FLEET: _fleet}[name]()
    equation = element("math", made, display="block", alttext=_WORDS[name], aria_label=_WORDS[name])
    rows = tuple(_symbols(name))
    table = Table("Symbols and units", ("symbol", "stands for", "unit"), rows, frozenset({0, 1, 2}))
    source = method_source()
    said = _LOAD_PAGE if name == UNDER_LOAD else joined([source.text, ", ", link(source.url)])
    return joined(
        [
            element("div", equation, class_="equation"),
            element("p", element("strong", "Limits. "), _LIMITS[name]),
            element("p", element("strong", "Source. "), said),
            table_html(table),
        ],
        Html("\n"),
    )


def _symbols(name: str) -> list[Symbol]:
    if name == FLEET:
        return [
            ("G", "expected energy of the fleet per day", "GWh/day"),
            ("N", "queries of all classes in a day", "1/day"),
            ("O_j", "overhead factors of the scenario", "1"),
            ("s_c", "share of a class of queries", "1"),
            _symbol("energy_mean", "E_c"),
        ]
    shared = [_symbol(one) for one in ("energy", "pue", "output_tokens", "input_tokens", "lever_factor")]
    if name == QUERY:
        return [*shared, *map(_symbol, ("prefill_weight", "node_power", "power_utilization", "throughput"))]
    return [
        *shared,
        _symbol("cached_tokens"),
        ("w", "prefill of a cached token relative to that of a new one", "1"),
        ("c_0", "idle time, below one running sequence", "J"),
        ("c_out, c_in", "host, weights and arithmetic of decoding; prefill without its attention", "J/token"),
        ("c_kv, c_att", "reads of keys and values; attention of prefill", "J/token2"),
        ("K, A", "positions whose keys and values are read, and pairs of positions in prefill", "1"),
        _symbol("load_model", "e_j"),
    ]


def _symbol(name: str, symbol: str = "") -> Symbol:
    quantity = QUANTITIES[name]
    return symbol or quantity.symbol, quantity.long_name, quantity.unit or "1"


def _name(text: str) -> Html:
    """Return a symbol, what stands behind ``_`` below the line."""
    letter, _, index = text.partition("_")
    return element("msub", element("mi", letter), element("mi", index)) if index else element("mi", letter)


def _row(*parts: Html | str) -> Html:
    written = [one if isinstance(one, Html) else element("mo", one) for one in parts]
    return element("mrow", joined(written))


def _product() -> Html:
    return element("munder", element("mo", "∏"), element("mi", "k"))


def _fenced(*parts: Html | str) -> Html:
    return _row("(", *parts, ")")


def _query() -> Html:
    above = _row(
        *(_name("PUE"), "·", _name("P_node"), "·", _name("PU"), "·"),
        _fenced(_name("L_out"), "+", _name("w"), _name("L_in")),
    )
    rate = _row(_name("TPS"), _fenced(_name("L_in"), ",", _name("L_out")))
    below = _row(element("mn", "3.6"), "·", rate, "·", _product(), _name("M_k"))
    return _row(_name("E"), "=", element("mfrac", above, below))


def _load() -> Html:
    new = _fenced(_name("L_in"), "\u2212", _fenced(element("mn", "1"), "\u2212", _name("w")), _name("L_cached"))
    parts = _fenced(
        *(_name("c_0"), "+", _name("c_out"), _name("L_out"), "+", _name("c_kv"), _name("K"), "+"),
        *(_name("c_in"), new, "+", _name("c_att"), _name("A")),
    )
    effects = element("msup", element("mi", "e"), _row("∑", _name("e_j")))
    below = _row(element("mn", "3600"), "·", _product(), _name("M_k"))
    return _row(_name("E"), "=", element("mfrac", _row(_name("PUE"), "·", parts, "·", effects), below))


def _fleet() -> Html:
    overheads = element("munder", element("mo", "∏"), element("mi", "j"))
    classes = element("munder", element("mo", "∑"), element("mi", "c"))
    return _row(_name("G"), "=", _name("N"), "·", overheads, _name("O_j"), "·", classes, _name("s_c"), _name("E_c"))
