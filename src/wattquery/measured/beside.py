"""What a user says beside a source: it fills what rows leave open, and may not contradict them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from wattquery.catalog.own import Accelerator, Model
from wattquery.errors import InputTypeError, quoted
from wattquery.measured.tables.cells import Cells
from wattquery.measured.tables.columns import KEYS, WORDS
from wattquery.measured.tables.names import hardware_of, precision_of, serving_of
from wattquery.measured.tables.own import Own
from wattquery.readers.stated import Stated

__all__ = ["Beside"]

_NAMES = ("canonical_id", "model", "model_as_published")
_FORMS: Mapping[str, Callable[[str], str]] = {
    "hardware": hardware_of,
    "precision": precision_of,
    "serving": serving_of,
}
_COUNT = "n_gpus"


@dataclass(frozen=True)
class Beside:
    """What is said beside a source.

    Attributes
    ----------
    stated
        Labels and the number of accelerators.
    own
        The model and the accelerator, where a user described them.
    """

    stated: Stated = field(default_factory=Stated)
    own: Own = field(default_factory=lambda: Own(sizes_in_names=False))

    @classmethod
    def of(cls, *, model: object, hardware: object, accelerators: object, precision: object, serving: object) -> Beside:
        """Return what arguments say.

        Raises
        ------
        InputError, InputTypeError
            If one of them is not of its kind.
        """
        models, devices = {}, {}
        if isinstance(model, Model):
            models[model.name] = model.facts
            model = model.name
        elif model is not None and not isinstance(model, str):
            raise InputTypeError(f"model must be text or a wattquery.Model, got {quoted(model)}: write it in quotes.")
        if isinstance(hardware, Accelerator):
            devices[hardware.label] = hardware.facts
            hardware = hardware.label
        elif hardware is not None and not isinstance(hardware, str):
            raise InputTypeError(
                f"hardware must be text or a wattquery.Accelerator, got {quoted(hardware)}: write it in quotes."
            )
        stated: Any = (model, hardware, accelerators, precision, serving)
        return cls(Stated(*stated), Own(models, devices, sizes_in_names=False))

    def applied(self, cells: Cells) -> Cells:
        """Return a table of measurements with what is said beside it; a row that contradicts it is one that says so."""
        read = [dict(zip(cells.headers, row, strict=True)) for row in cells.rows if not isinstance(row, str)]
        names = {name.casefold() for row in read if (name := _first(row, _NAMES))}
        headers = tuple(dict.fromkeys((*cells.headers, "model", *_FORMS, _COUNT)))
        rows = tuple(
            one if isinstance(one, str) else self._applied(dict(zip(cells.headers, one, strict=True)), headers, names)
            for one in cells.rows
        )
        return replace(cells, headers=headers, rows=rows)

    def _applied(self, row: dict[str, str], headers: tuple[str, ...], names: set[str]) -> tuple[str, ...] | str:
        if (stated := self.stated.model) is not None:
            written = _first(row, _NAMES)
            if written.casefold() != stated.casefold():
                if len(names) > 1 and not self.own.models:
                    return _contradicts("model", written, stated)
                if len(names) <= 1:
                    row |= {**dict.fromkeys(_NAMES, ""), "architecture": "", "model": stated}
        for name, form in _FORMS.items():
            if (stated := getattr(self.stated, name)) is None:
                continue
            written = _first(row, WORDS[name])
            if not written:
                row[name] = stated
            elif form(written) != form(stated) and written.casefold() != stated.casefold():
                if name == "hardware" and self.own.hardware:
                    continue  # it describes an accelerator, and this row is of another
                return _contradicts(name, written, stated)
        if self.stated.accelerators is not None and not _first(row, KEYS["accelerators"].headers):
            row[_COUNT] = str(self.stated.accelerators)
        return tuple(row.get(header, "") for header in headers)


def _first(row: Mapping[str, str], headers: Iterable[str]) -> str:
    return next((row[one] for one in headers if row.get(one)), "")


def _contradicts(name: str, written: str, stated: str) -> str:
    return f"it says {name} = {quoted(written)}, and {stated!r} was passed: leave out {name}, or pass its rows alone."
