"""The deployments of a catalog with the throughput model of each, for people and for programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from wattquery.catalog import Catalog, Deployment
from wattquery.catalog.table import CATALOG_AXES
from wattquery.errors import InputError
from wattquery.inputs.garbage import without_collection
from wattquery.specs.throughput_form import AUTO, form_for
from wattquery.throughput import ThroughputModel, fit_throughputs
from wattquery.throughput.identifiability import hardly_varied
from wattquery.throughput.remarks import ABOUT_ROWS, in_tokens

__all__ = ["Fitted", "fitted_deployments"]

_MOST_LINES = 40
_COEFFICIENTS = {
    "log_linear": ("intercept", "ln_input", "ln_output"),
    "reciprocal": ("per_token_s", "per_context_s", "per_ratio_s"),
}
_FEW = "from so few rows the error of the throughput cannot be told"


@dataclass(frozen=True)
class Fitted:
    """A deployment and its throughput model.

    Attributes
    ----------
    deployment
        What is served, and its rows.
    throughput
        Its model; None where the rows do not give one.
    problem
        Why they do not; empty where they do.
    """

    deployment: Deployment
    throughput: ThroughputModel | None
    problem: str

    @property
    def title(self) -> str:
        """The model and its precision."""
        return f"{self.deployment.model}, {self.deployment.precision}"

    @property
    def notes(self) -> list[str]:
        """What a reader should know: rows that physics asks about or that scatter, and lengths that hardly vary."""
        questions = list(self.deployment.questions)
        if self.throughput is None:
            return questions
        about = [said(self.throughput, self.deployment.rows) for said in ABOUT_ROWS]
        return [*questions, *filter(None, about), *hardly_varied(self.throughput)]

    @property
    def thin(self) -> bool:
        """Whether the rows are too few to tell an error."""
        return self.throughput is None or self.throughput.degrees_of_freedom == 0

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, with units in the keys."""
        deployment, model = self.deployment, self.throughput
        entries: dict[str, Any] = {axis: getattr(deployment, axis) for axis in CATALOG_AXES}
        entries |= {
            "rows": len(deployment.rows),
            "lines": [row.line for row in deployment.rows],
            "node_power_kw": deployment.node_power,
            "thin_data": self.thin,
            "problem": self.problem,
            "notes": list(self.notes),
            "throughput": None,
        }
        if model is not None:
            entries["throughput"] = {
                "kind": model.kind,
                **dict(zip(_COEFFICIENTS[model.form], model.fitted, strict=True)),
                "maximum_tokens_per_s": model.maximum,
                "residual_standard_error": model.residual_standard_error,
                "degrees_of_freedom": model.degrees_of_freedom,
                "input_range_tokens": model.input_range,
                "output_range_tokens": model.output_range,
            }
        return entries

    def lines(self) -> list[str]:
        """Return the deployment as text."""
        deployment, model = self.deployment, self.throughput
        where = ", ".join(str(row.line) for row in deployment.rows[:_MOST_LINES])
        where += ", ..." if len(deployment.rows) > _MOST_LINES else ""
        facts = {
            "hardware": deployment.hardware,
            "serving": deployment.serving,
            "rows": f"{len(deployment.rows)} (file rows {where})",
        }
        if model is None:
            facts["throughput"] = f"none: {self.problem}"
        else:
            facts["throughput"] = _equation(model)
            facts["error"] = _error(model)
            facts["lengths"] = f"{_range(model.input_range)} input, {_range(model.output_range)} output tokens"
        power = deployment.node_power
        facts["node power"] = "not known, or not the same in all rows" if power is None else f"{power:g} kW"
        flag = f"  [thin data: {_FEW}]" if self.thin and model is not None else ""
        notes = [f"  note: {note}" for note in self.notes]
        return [f"{self.title}{flag}", *(f"  {name:<10}  {text}" for name, text in facts.items()), *notes]


def fitted_deployments(catalog: Catalog) -> list[Fitted]:
    """Return every deployment of a catalog, in the order of its rows.

    Axes that the catalog pools are not told apart, as in a sweep that does not name them.
    """
    with without_collection():
        deployments = catalog.deployments()
        form = form_for(AUTO, catalog.throughput_model)
        models = fit_throughputs([(one.rows, one.model) for one in deployments], form)
        return [_fitted(one, model) for one, model in zip(deployments, models, strict=True)]


def _fitted(deployment: Deployment, model: ThroughputModel | InputError) -> Fitted:
    if isinstance(model, InputError):
        return Fitted(deployment, None, str(model))
    return Fitted(deployment, model, "")


def _equation(model: ThroughputModel) -> str:
    cap = f"{in_tokens(model.maximum)} tokens/s"
    if model.kind == "single_row":
        return f"single row: {cap} for all lengths"
    if model.kind == "larger_of_two":
        return f"larger of two rows: {cap} for all lengths"
    first, second, third = model.fitted
    if model.form == "reciprocal":
        return f"reciprocal: 1/TPS = {first:.3g} + {second:.3g} (L_in + L_out/2) + {third:.3g} L_in/L_out s"
    return f"regression: ln TPS = {first:.3f} {second:+.3f} ln L_in {third:+.3f} ln L_out, at most {cap}"


def _error(model: ThroughputModel) -> str:
    if model.degrees_of_freedom == 0:
        return "not known, 0 degrees of freedom"
    degrees = "1 degree" if model.degrees_of_freedom == 1 else f"{model.degrees_of_freedom} degrees"
    return f"residual standard error {model.residual_standard_error:.3f} of ln TPS, {degrees} of freedom"


def _range(lengths: tuple[float, float] | None) -> str:
    if lengths is None:
        return "not known"
    low, high = lengths
    return f"{low:g}" if low == high else f"{low:g} to {high:g}"
