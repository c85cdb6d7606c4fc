"""What the user says of runs beside their files: it fills what these leave open, and may not contradict them.

What neither says is asked for, in one sentence that names the options.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from wattquery.errors import InputError, InputTypeError, quoted
from wattquery.inputs.names import clean_name
from wattquery.readers.labels import label_of
from wattquery.readers.run import Run

__all__ = ["Stated"]

_MOST = 100_000
_LABELS = ("model", "hardware", "precision", "serving")
_EXAMPLES = {"model": "'Llama 3.1 70B'", "hardware": "H200", "accelerators": "4", "precision": "FP8", "serving": "vLLM"}


@dataclass(frozen=True)
class Stated:
    """What the user says of all runs.

    Attributes
    ----------
    model, hardware, precision, serving
        Labels; None where nothing is said.
    accelerators
        How many a run had; None where nothing is said [1].
    """

    model: str | None = None
    hardware: str | None = None
    accelerators: int | None = None
    precision: str | None = None
    serving: str | None = None

    def __post_init__(self) -> None:
        for name in _LABELS:
            value = getattr(self, name)
            if value is None:
                continue
            if not isinstance(value, str):
                raise InputTypeError(f"{name} must be text, got {quoted(value)}: write it in quotes.")
            object.__setattr__(self, name, clean_name(value, name))
        count = self.accelerators
        if count is None:
            return
        from wattquery.specs.scalars import is_whole  # NumPy, which commands that read no file do without

        if not is_whole(count):
            raise InputTypeError(f"accelerators must be a whole number, got {quoted(count)}: write it as 8.")
        if not 1 <= count <= _MOST:
            raise InputError(f"accelerators must be 1 to {_MOST:,}, got {quoted(count)}: write how many a run had.")
        object.__setattr__(self, "accelerators", int(count))

    def completed(self, run: Run) -> Run:
        """Return a run with what is said of it, and with labels in the form of the catalog ``default``.

        Raises
        ------
        InputError
            If both say different things, or neither says what a row needs.
        """
        labels: dict[str, Any] = {name: self._label(run, name) for name in _LABELS}
        count = self._accelerators(run)
        missing = [name for name in _LABELS if not labels[name]]
        if count is None:
            missing = [name for name in _EXAMPLES if name in (*missing, "accelerators")]
        if missing:
            raise InputError(_ask(run, missing))
        return replace(run, accelerators=count, **labels)

    def _label(self, run: Run, name: str) -> str:
        of_file, said = getattr(run, name), getattr(self, name)
        if not said:
            return label_of(name, of_file) if of_file else ""
        label = label_of(name, said)
        # A model goes by many names: what the user calls it is right. Of all else a second word is a contradiction.
        if of_file and name != "model" and label_of(name, of_file).casefold() != label.casefold():
            raise InputError(
                f"{run.place} ({run.tool}): it says {name} = {quoted(of_file)}, and {said!r} was passed: leave out "
                f"{name}, or read this file alone."
            )
        return label

    def _accelerators(self, run: Run) -> int | None:
        if None not in (self.accelerators, run.accelerators) and self.accelerators != run.accelerators:
            raise InputError(
                f"{run.place} ({run.tool}): it says that the run had {run.accelerators} accelerators, and "
                f"{self.accelerators} were passed: leave out accelerators, or read this file alone."
            )
        return run.accelerators if run.accelerators is not None else self.accelerators


def _ask(run: Run, missing: list[str]) -> str:
    """Return the sentence that asks for what a file does not say."""
    names = missing[0] if len(missing) == 1 else f"{', '.join(missing[:-1])} and {missing[-1]}"
    options = " ".join(f"--{name} {_EXAMPLES[name]}" for name in missing)
    arguments = ", ".join(f"{name}={_argument(name)}" for name in missing)
    return (
        f"{run.place} ({run.tool}): the file does not say {names}: pass for example {options} (in Python {arguments})."
    )


def _argument(name: str) -> str:
    example = _EXAMPLES[name].strip("'")
    return example if name == "accelerators" else repr(example)
