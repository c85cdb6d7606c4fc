"""What is said where a catalog has no row of a combination that the load model knows: that a load would do."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from wattquery.catalog.records import labels_with_aliases
from wattquery.errors import InputError
from wattquery.sweeps.no_rows_hint import no_rows_hint

__all__ = ["load_hint", "with_load_hint"]


def load_hint(model: object, hardware: object) -> str:
    """Return the sentence that offers a load, empty where the load model does not know the combination.

    Parameters
    ----------
    model, hardware
        What a user wrote on these axes: one label, several of them, or None for none.

    Examples
    --------
    >>> load_hint("Llama 3.1 70B", "H100 SXM")
    ' Under a load no row is needed: pass load=0.5 (--load 0.5 in the shell).'
    >>> load_hint("Llama 3.1 70B", "Abacus")
    ''
    """
    models, accelerators = _labels(model), _labels(hardware)
    if not models or not (_are_known("model", models) and _are_known("hardware", accelerators)):
        return ""
    named = "" if accelerators else ", and a hardware such as 'H100 SXM'"
    return f" Under a load no row is needed: pass load=0.5 (--load 0.5 in the shell){named}."


def with_load_hint(spelling: Callable[[str, str], str], model: object, hardware: object) -> Callable[[str, str], str]:
    """Return a function for the labels of a catalog that offers a load where a model or an accelerator is in no row.

    Parameters
    ----------
    spelling
        Returns the label of an axis that a user's spelling stands for.
    model, hardware
        As in `load_hint`.
    """

    def label(axis: str, written: str) -> str:
        try:
            return spelling(axis, written)
        except InputError as error:
            hint = load_hint(model, hardware) if axis in ("model", "hardware") else ""
            hint += no_rows_hint(written) if axis == "model" else ""
            raise type(error)(f"{error}{hint}") from None

    return label


def _labels(value: object) -> list[object]:
    if value is None:
        return []
    if isinstance(value, Mapping):
        return list(value.values())
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _are_known(axis: str, labels: list[object]) -> bool:
    known = labels_with_aliases(axis)
    folded = {one.casefold() for label, aliases in known.items() for one in (label, *aliases)}
    return all(isinstance(label, str) and label.strip().casefold() in folded for label in labels)
