"""The form of throughput that a user asks for, by name."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

from wattquery.errors import InputError, did_you_mean, listed, quoted

__all__ = ["AUTO", "FORMS", "AskedForm", "checked_form", "form_for"]

AskedForm: TypeAlias = Literal["auto", "reciprocal", "log_linear"]
"""What ``throughput_model`` takes."""

FORMS: tuple[AskedForm, ...] = get_args(AskedForm)
AUTO: AskedForm = "auto"


def checked_form(throughput_model: object) -> AskedForm:
    """Return the form that is asked for.

    Raises
    ------
    InputError
        If there is none of that name.

    Examples
    --------
    >>> checked_form("reciprocal")
    'reciprocal'
    """
    if isinstance(throughput_model, str) and throughput_model in FORMS:
        return throughput_model
    raise InputError(
        f"throughput_model must be one of {listed(FORMS)}, got {quoted(throughput_model)}."
        f"{did_you_mean(throughput_model, FORMS)} Leave it out for 'auto': log-linear for the paper's catalogs, and "
        "for others reciprocal where rows of three or more lengths give it."
    )


def form_for(throughput_model: object, of_catalog: str) -> AskedForm:
    """Return the form that is asked for; of ``"auto"`` the one that a catalog means by it.

    Examples
    --------
    >>> form_for("auto", "log_linear"), form_for("reciprocal", "log_linear")
    ('log_linear', 'reciprocal')
    """
    form = checked_form(throughput_model)
    return checked_form(of_catalog) if form == AUTO else form
