"""A model: from its configuration, by its name in the tables, or by its numbers of parameters alone."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from wattquery.catalog.facts import OWN_KEY, Architecture, architecture
from wattquery.catalog.own.config_file import config_of
from wattquery.catalog.own.entries import LEFT_OUT
from wattquery.catalog.own.keys import own_key
from wattquery.catalog.own.matching import same_shapes
from wattquery.catalog.own.shape import architecture_of
from wattquery.catalog.own.unknown import refused_name
from wattquery.catalog.records import labels_with_aliases
from wattquery.errors import InputError, InputTypeError
from wattquery.inputs.names import clean_name
from wattquery.pages.cards import Carded, Part, fields_of
from wattquery.specs.ranges import ranged_number
from wattquery.specs.scalars import shown

__all__ = ["Model", "known_label"]

_USUAL_NAME = "own model"


@dataclass(frozen=True, repr=False)
class Model(Carded):
    """A language model whose facts the load model takes.

    From a ``config.json`` by `from_config`; by a name of the catalog ``default``; or by its numbers of parameters,
    where nothing else is known: it then has the shape that is usual for them, and wider intervals.

    Parameters
    ----------
    name : str
        What results call it; without numbers, a model of the catalog ``default`` or an alias of it.
    total_parameters : float, optional
        All parameters [1e9].
    active_parameters : float, optional
        Those that a token uses [1e9]; all where it is left out.

    Attributes
    ----------
    facts
        What is known of it, see `wattquery.catalog.Architecture`.
    notes
        What was assumed, and what in its configuration was not understood.

    Raises
    ------
    InputError, InputTypeError
        If no model is called so, a number is outside its physical range, or a known name has numbers beside it.

    Examples
    --------
    >>> import wattquery as wq
    >>> wq.Model("llama-3.1-70b").facts.layers
    80
    >>> wq.Model("Secret 2", total_parameters=400, active_parameters=30).facts.active_params_b
    30.0
    """

    name: str
    total_parameters: float | None = field(default=None, kw_only=True)
    active_parameters: float | None = field(default=None, kw_only=True)
    facts: Architecture = field(init=False)
    notes: tuple[str, ...] = field(init=False, default=(), compare=False)

    def __post_init__(self) -> None:
        if not isinstance(self.name, str):
            raise InputTypeError(
                f"Model: name must be text, got {shown(self.name)}: write it in quotes, or pass a config to "
                "wq.Model.from_config."
            )
        self._set("name", clean_name(self.name, "Model: name"))
        if self.total_parameters is None:
            self._take_known()
        else:
            self._take_sizes()

    @classmethod
    def from_config(cls, config: str | os.PathLike[str] | Mapping[str, Any], name: str | None = None) -> Model:
        """Return the model that a configuration in the format of Hugging Face describes.

        Numbers of parameters, the cache and the state are computed from its shape; nothing of it is run. Where a model
        of the catalog ``default`` has this shape, the facts are those of that one, so that what was measured of it
        counts.

        Parameters
        ----------
        config
            The path of a ``config.json`` or of the folder that has one, or its content as a dict.
        name
            What results call it. Left out, it is what the configuration or its folder is called.

        Raises
        ------
        InputError, InputTypeError
            If the file cannot be read or is no configuration of a decoder of text, its numbers are missing or
            contradict each other, or the name is that of another model.

        Examples
        --------
        >>> import wattquery as wq
        >>> config = {
        ...     "model_type": "llama", "hidden_size": 4096, "intermediate_size": 14336, "num_hidden_layers": 30,
        ...     "num_attention_heads": 32, "num_key_value_heads": 8, "vocab_size": 128256, "dtype": "bfloat16",
        ... }
        >>> mine = wq.Model.from_config(config, name="Mine 7.6B")
        >>> mine
        Model('Mine 7.6B', 7.59e9 parameters, 30 layers)
        >>> mine.facts.kv_elements_per_token
        61440
        """
        written = None if name is None else _text(name)
        entries, found_name, owner = config_of(config)
        found, notes = architecture_of(entries, owner)
        understood = not any(LEFT_OUT in note for note in notes)
        twins = same_shapes(found, written or found_name) if understood else []
        # A model of the tables gives its name where no other has this shape.
        label = written or found_name or (twins[0].model if len(twins) == 1 else _USUAL_NAME)
        owner_of_name = known_label(label)
        if owner_of_name and owner_of_name not in [twin.model for twin in twins]:
            if written:
                raise InputError(
                    f"Model.from_config: name must be another than that of {owner_of_name!r} in the tables, whose "
                    f"shape this configuration does not have, got {written!r}: choose a name of its own."
                )
            label = f"{label} (own)"
        if twins:
            found = replace(twins[0], native_precision=found.native_precision, context_tokens=found.context_tokens)
            others = "".join(f", and of {twin.model}" for twin in twins[1:])
            counted = f": the measured rows of {twins[0].model} count" if others else ", whose measured rows count"
            notes = (*notes, f"{label}: its shape is that of {twins[0].model}{others} in the tables{counted}")
        model = object.__new__(cls)
        facts_of_label = found if twins else replace(found, model=label)
        for one, value in (("name", label), ("facts", facts_of_label), ("notes", notes)):
            model._set(one, value)
        model._set("total_parameters", facts_of_label.total_params_b)
        model._set("active_parameters", facts_of_label.active_params_b)
        return model

    @property
    def is_described(self) -> bool:
        """Whether a user described it, by a configuration or its size, instead of naming one of the tables."""
        return bool(self.notes) or self.facts.architecture.startswith(OWN_KEY)

    @property
    def label(self) -> str:
        """What results call it."""
        return self.name

    def __repr__(self) -> str:
        found = self.facts
        words = [] if found.total_params_b is None else [f"{found.total_params_b:.3g}e9 parameters"]
        if found.active_params_b and found.active_params_b != found.total_params_b:
            words.append(f"{found.active_params_b:.3g}e9 active")
        words.append("a usual shape" if found.layers is None else f"{found.layers} {found.layers_count or 'layers'}")
        return f"Model({self.name!r}, {', '.join(words)})"

    def _card(self) -> tuple[str, list[Part]]:
        return repr(self), [fields_of(self.facts), self.notes]

    def _set(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)

    def _take_known(self) -> None:
        if self.active_parameters is not None:
            raise InputError(
                f"Model {self.name!r}: active_parameters must stand beside total_parameters, got them alone: add "
                "total_parameters."
            )
        if not known_label(self.name):
            try:
                architecture(self.name)
            except InputError as error:
                own = (
                    f"wq.Model.from_config('config.json'), or wq.Model({self.name!r}, total_parameters=70) by its size"
                )
                raise refused_name(error, "model", self.name, own) from None
        found = architecture(self.name)
        self._set("name", found.model)
        self._set("facts", found)
        self._set("total_parameters", found.total_params_b)
        self._set("active_parameters", found.active_params_b)

    def _take_sizes(self) -> None:
        if known := known_label(self.name):
            raise InputError(
                f"Model {self.name!r}: total_parameters must be left out for {known!r} of the tables, which know them, "
                f"got {shown(self.total_parameters)}: leave the numbers out, or choose another name."
            )
        owner = f"Model {self.name!r}"
        total = float(ranged_number("total_parameters", self.total_parameters, f"{owner}: total_parameters"))
        written = total if self.active_parameters is None else self.active_parameters
        active = float(ranged_number("active_parameters", written, f"{owner}: active_parameters"))
        if active > total:
            raise InputError(
                f"{owner}: active_parameters must be at most total_parameters, got {active:g} and {total:g} billion: "
                "swap them, or correct one."
            )
        sizes = Architecture("", self.name, total_params_b=total, active_params_b=active)
        self._set("total_parameters", total)
        self._set("active_parameters", active)
        self._set("facts", replace(sizes, architecture=own_key(sizes)))
        self._set("notes", (f"{self.name}: only its numbers of parameters are known; its shape is a usual one",))


def known_label(name: str) -> str:
    """Return the label of the model of the tables that is called so, empty where there is none."""
    folded = name.casefold()
    for label, aliases in labels_with_aliases("model").items():
        if folded == label.casefold() or folded in (one.casefold() for one in aliases):
            return label
    return ""


def _text(name: object) -> str:
    if not isinstance(name, str):
        raise InputTypeError(f"Model.from_config: name must be text, got {shown(name)}: write it in quotes.")
    return clean_name(name, "Model: name")
