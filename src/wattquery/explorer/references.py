"""What a page cites: public claims, the paper, this package, sources of the rows, and the equation."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import xarray as xr

from wattquery.catalog import PublicClaim, public_claims
from wattquery.catalog.claim_columns import LLM_KINDS
from wattquery.claims.sources import Source, method_source, sources_of
from wattquery.sweeps.provenance import package_version
from wattquery.sweeps.run import Run

__all__ = ["citations_of", "claims_of", "equation_of", "made_of"]

_ABOUT = {"web_search": "web search", **dict.fromkeys(LLM_KINDS, "query")}

_PAPER_SYMBOLS = (
    ("E", "energy of one query", "Wh"),
    ("P_node", "power rating of the node", "kW"),
    ("PU", "power utilization, the drawn share of the rating", "1"),
    ("PUE", "power usage effectiveness of the facility", "1"),
    ("L_out, L_in", "output and input tokens of the query", "tokens"),
    ("w", "weight of one input token relative to one output token", "1"),
    ("TPS", "throughput of the node at these lengths, fitted to benchmark rows", "output tokens/s"),
    ("M_k", "efficiency levers, each at least about 1", "1"),
)

_LOAD_SYMBOLS = (
    ("E", "energy of one query", "Wh"),
    ("c_0, c_out, c_kv, c_in, c_att", "energy of a request, an output token, a read, a prompt token, a pair", "kJ"),
    ("L_out, L_in, L_cached", "output, input and cached input tokens", "tokens"),
    ("R, A", "positions that decoding reads, and pairs of positions of the prefill", "tokens2"),
    ("w", "prefill of a cached token relative to that of a new one", "1"),
    ("PUE", "power usage effectiveness of the facility", "1"),
    ("M_k", "efficiency levers", "1"),
    ("e_j", "what the load model leaves open, in ln E", "1"),
)


def claims_of() -> list[dict[str, Any]]:
    """Return the public claims that have an energy and are of one query or search."""
    return [_claim(one) for one in public_claims() if one.wh is not None and one.kind in _ABOUT and _is_public(one)]


def _is_public(claim: PublicClaim) -> bool:
    return claim.origin == "public"


def _claim(claim: PublicClaim) -> dict[str, Any]:
    sources = sources_of(claim)
    first = sources[0] if sources else None
    return {
        "id": claim.id,
        "title": claim.subject,
        "wh": claim.wh,
        "low": claim.low,
        "high": claim.high,
        "boundary": claim.boundary,
        "year": claim.year,
        "about": _ABOUT[claim.kind],
        "model": claim.model_class,
        "url": "" if first is None else first.url,
        "citation": "" if first is None else first.text,
        "bibtex": "\n\n".join(one.bibtex() for one in sources),
        "second_hand": claim.second_hand,
    }


def made_of(ds: xr.Dataset) -> dict[str, str]:
    """Return what made a Dataset, as texts."""
    attributes = ds.attrs
    known = {
        "version": attributes.get("wattquery_version", package_version()),
        "catalog": attributes.get("catalog", ""),
        "catalog_hash": attributes.get("catalog_hash", ""),
        "preset": attributes.get("preset", ""),
        "method": attributes.get("method", ""),
        "draws": attributes.get("draws", ""),
        "seed": attributes.get("seed", ""),
        "equation": attributes.get("kernel_definition", ""),
    }
    return {"date": datetime.now(UTC).date().isoformat(), **{name: str(value) for name, value in known.items()}}


def citations_of(ds: xr.Dataset, run: Run | None) -> dict[str, Any]:
    """Return how the page is cited, and what its numbers come from."""
    made = made_of(ds)
    year = made["date"][:4]
    paper = method_source()
    line = (
        f"wattquery {made['version']}, energy per LLM query with its uncertainty; catalog {made['catalog']} "
        f"({made['catalog_hash']}), preset {made['preset']}, {made['date']}"
    )
    entry = (
        f"@software{{wattquery{year},\n  author = {{{{The wattquery developers}}}},\n"
        f"  title = {{wattquery: watt-hours per {{LLM}} query, with their uncertainty}},\n"
        f"  version = {{{made['version']}}},\n  year = {{{year}}},\n"
        f"  note = {{catalog {made['catalog']}, {made['catalog_hash']}}}\n}}"
    )
    return {
        "line": line,
        "bibtex": f"{entry}\n\n{paper.bibtex()}",
        "paper": str(paper.text),
        "sources": [{"text": paper.text, "url": paper.url}, *_row_sources(run)],
    }


def _row_sources(run: Run | None) -> list[dict[str, str]]:
    """Return where the benchmark rows of the deployments come from, each once."""
    if run is None or run.lowered.under_load is not None:
        return []
    found = {}
    for deployment in run.lowered.deployments:
        for row in () if deployment is None else deployment.rows:
            source = str(getattr(row, "source", "") or "")
            if source:
                found[source] = {"text": source, "url": source if source.startswith(("https://", "http://")) else ""}
    return list(found.values())


def equation_of(ds: xr.Dataset) -> dict[str, Any]:
    """Return the equation in lines of text, with its symbols and source."""
    under_load = ds.attrs.get("throughput_model") == "load"
    lines = (
        [
            "E = PUE (c_0 + c_out L_out + c_kv R + c_in (L_in - L_cached + w L_cached) + c_att A) / (3.6 M_1 M_2 ...)",
            "ln E is normal, given the lengths, where PUE and levers are lognormal, as the errors e_j are",
        ]
        if under_load
        else [
            "E = PUE P_node PU (L_out + w L_in) / (3.6 TPS(L_in, L_out)) / (M_1 M_2 ...)",
            "ln E is normal, given the lengths, where PUE, PU and levers are lognormal",
        ]
    )
    symbols = _LOAD_SYMBOLS if under_load else _PAPER_SYMBOLS
    paper: Source = method_source()
    return {
        "text": lines,
        "symbols": [{"symbol": one, "meaning": meaning, "unit": unit} for one, meaning, unit in symbols],
        "source": {"text": paper.text, "url": paper.url},
    }
