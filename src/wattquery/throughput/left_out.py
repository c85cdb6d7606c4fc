"""How well a throughput is predicted at lengths that its model has not seen: each pair of lengths left out in turn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from wattquery.catalog import BenchmarkRow, Catalog
from wattquery.catalog import rows as rows_of
from wattquery.errors import InputError
from wattquery.specs.throughput_form import AskedForm
from wattquery.throughput.fitting import fit_throughputs
from wattquery.throughput.forms import FEWEST_LENGTHS
from wattquery.throughput.remarks import loads_at_same_lengths

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["configurations", "left_out", "left_out_errors"]

_FORMS: tuple[AskedForm, ...] = ("reciprocal", "log_linear")
GROUPS = {"4 or 5": (4, 5), "6 or 7": (6, 7), "8 or 9": (8, 9), "10 or more": (10, 10**9), "6 or more": (6, 10**9)}
"""Numbers of lengths that `left_out_errors` takes together."""


_OFFLINE = "offline max throughput"
_CONFIGURATION = ("version", "accelerators", "nodes", "tp", "ep", "dp", "pp", "disaggregated", "speculation")


def configurations() -> Catalog:
    """Return the maximum-load rows of the catalog ``default``, all requests there from the start, by configuration.

    Where the catalog has one deployment, there are as many here as its rows have versions, numbers of accelerators and
    ways to divide the work among them. The best of these differs from length to length, and a model of throughput is to
    be tried on what is measured alike.
    """
    import pandas as pd

    frame = rows_of(table="performance", scenario=_OFFLINE)
    frame = frame[frame["input_tokens"].notna() & frame["output_tokens"].notna() & frame["output_tps"].notna()]
    told = frame[list(_CONFIGURATION)].astype(object).to_dict("records")
    labels = [
        ", ".join(f"{name} {cell}" for name, cell in row.items() if pd.notna(cell) and cell != "") for row in told
    ]
    numbers = ("node_power", "total_parameters", "active_parameters", "tensor_parallel")
    words = ("architecture", "batch_size", "scaled_power", "comments", "confidence", "notes")
    nothing: dict[str, Any] = {**dict.fromkeys(numbers), **dict.fromkeys(words, "")}
    entries = zip(frame.to_dict("records"), labels, strict=True)
    return Catalog(
        f"default, {_OFFLINE}",
        tuple(
            BenchmarkRow(
                model=entry["model"],
                hardware=entry["hardware"],
                serving=f"{entry['serving']}, {label}",
                precision=entry["precision"],
                tokens_per_second=float(entry["output_tps"]),
                input_tokens=float(entry["input_tokens"]),
                output_tokens=float(entry["output_tokens"]),
                source=entry["source_id"],
                line=line,
                **nothing,
            )
            for line, (entry, label) in enumerate(entries, 2)
        ),
        reviewed=True,
    )


def left_out(catalog: Catalog) -> pd.DataFrame:
    """Return what each form of throughput says of every pair of lengths that is left out of its fit.

    Every deployment with four pairs of lengths or more, at one operating point, is fitted once without each of them:
    the shortest and the longest too, so that many predictions are extrapolations.

    Parameters
    ----------
    catalog
        Where rows are from.

    Returns
    -------
    pandas.DataFrame
        A row for each row of a benchmark that was left out: ``model``, ``hardware``, ``serving``, ``precision``,
        ``lengths`` (how many pairs its deployment has), ``input_tokens``, ``output_tokens``, ``tokens_per_second``,
        ``inside`` (whether both lengths lie within those of the other rows), ``fastest`` (the largest of their rates
        [tokens/s]), and ``reciprocal`` and ``log_linear``, what these forms predict from the others [tokens/s], NaN
        where the others do not give a fit.

    Examples
    --------
    >>> from wattquery import catalog
    >>> found = left_out(catalog.load("oviedo2026"))
    >>> sorted(found["model"].unique())
    ['Llama 3.1 405B', 'Llama 3.1 70B', 'Mixtral 8x22B']
    """
    import pandas as pd

    cases = list(_cases(catalog))
    table = pd.DataFrame([case for case, _ in cases])
    for form in _FORMS:
        models = fit_throughputs([(others, "") for _, others in cases], form)
        table[form] = [
            np.nan
            if isinstance(model, InputError)
            else float(model.predict(case["input_tokens"], case["output_tokens"]))
            for (case, _), model in zip(cases, models, strict=True)
        ]
    return table


def left_out_errors(found: pd.DataFrame) -> pd.DataFrame:
    """Return the errors of `left_out` in percent of the measured rate, by the number of lengths of a deployment.

    Returns
    -------
    pandas.DataFrame
        Index: how many pairs of lengths, then ``"inside"``, ``"outside"`` the lengths of the other rows, and ``"all"``.
        Columns: ``rates`` that were left out, and the median and the 90th percentile of the absolute error of each
        form, over the rates of which both forms say something.

    Examples
    --------
    >>> from wattquery import catalog
    >>> left_out_errors(left_out(catalog.load("oviedo2026"))).loc["all", "rates"].item()
    17.0
    """
    import pandas as pd

    both = found.dropna(subset=list(_FORMS))
    parts = {name: both["lengths"].between(*ends) for name, ends in GROUPS.items()}
    parts |= {"inside": both["inside"], "outside": ~both["inside"], "all": both["lengths"] > 0}
    rows: dict[str, dict[str, float]] = {}
    for name, which in parts.items():
        part = both[which]
        row = {"rates": float(len(part))}
        for form in _FORMS:
            errors = 100.0 * (part[form] / part["tokens_per_second"] - 1.0).abs()
            row |= {f"{form}_median": float(errors.median()), f"{form}_p90": float(errors.quantile(0.9))}
        rows[name] = row
    return pd.DataFrame.from_dict(rows, orient="index")


def _cases(catalog: Catalog) -> Iterator[tuple[dict[str, Any], list[BenchmarkRow]]]:
    """Yield what is known of each row that is left out, and the rows of the other lengths."""
    for deployment in catalog.deployments():
        rows = deployment.rows
        pairs = {(row.input_tokens, row.output_tokens) for row in rows}
        unknown = any(length is None for pair in pairs for length in pair)
        if len(pairs) <= FEWEST_LENGTHS or unknown or loads_at_same_lengths(rows):
            continue
        for row in rows:
            pair = row.input_tokens, row.output_tokens
            others = [one for one in rows if (one.input_tokens, one.output_tokens) != pair]
            reach = [
                sorted(ends) for ends in zip(*((one.input_tokens, one.output_tokens) for one in others), strict=True)
            ]
            inside = all(ends[0] <= length <= ends[-1] for ends, length in zip(reach, pair, strict=True))
            yield (
                {
                    "model": deployment.model,
                    "hardware": deployment.hardware,
                    "serving": deployment.serving,
                    "precision": deployment.precision,
                    "lengths": len(pairs),
                    "input_tokens": row.input_tokens,
                    "output_tokens": row.output_tokens,
                    "tokens_per_second": row.tokens_per_second,
                    "inside": inside,
                    "fastest": max(one.tokens_per_second for one in others),
                },
                others,
            )
