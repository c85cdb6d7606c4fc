"""The scalar kernels as NumPy ufuncs: one pass over arrays of any shapes that broadcast, no temporary arrays, labels.

Nothing is compiled before a ufunc is asked for by name. Each has one loop, ``float64`` in (``int64`` out for
`bin_index`): NumPy casts whole numbers and single precision on the way in, so that no further types are compiled.
They can be called from other compiled code too, on scalars and arrays, where arguments go by position.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from typing import Any, overload

import numpy as np
from numba.np.ufunc.dufunc import DUFunc

from wattquery.kernels import histogram, scalars
from wattquery.kernels.compiling.cache import keep_on_disk
from wattquery.kernels.compiling.compile import check_compiled
from wattquery.kernels.random import variates

__all__ = [
    "Ufunc",
    "bin_index",
    "energy",
    "exponential",
    "gaussian",
    "log_factors",
    "lognormal",
    "power_utilization",
    "reciprocal_throughput",
    "standard_normal",
    "throughput",
]


class Ufunc(DUFunc):
    """A Numba ufunc that takes its arguments by name as well, and says which quantity it returns.

    NumPy's ``out=``, ``casting=`` and ``order=`` work as they always do, ``where=`` does not, and ``ufunc`` is the
    `numpy.ufunc` itself. A labelled array gives a labelled array, whose ``attrs`` are those of the
    result: xarray by itself would copy those of the first argument, and call an energy tokens.

    Parameters
    ----------
    function
        The scalar kernel.
    result
        Its type, as Numba calls it.
    attributes
        What the ``attrs`` of a labelled result become.

    Raises
    ------
    TypeError
        When called, if an argument is missing, is no real number and no array of them, or is ``where=``.
    """

    attributes: dict[str, str]
    """The ``attrs`` of a labelled result."""

    def __init__(self, function: Callable[..., Any], result: str, attributes: dict[str, str]) -> None:
        # Numba adds the error model of NumPy by itself here.
        super().__init__(function, targetoptions={"nopython": True, "fastmath": False})
        self.attributes = attributes
        self.parameters = inspect.signature(function)
        keep_on_disk(self._dispatcher)  # type: ignore[attr-defined]  # set in compiled code, which has no stub
        self.add(f"{result}({', '.join(['float64'] * len(self.parameters.parameters))})")
        self.disable_compile()

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel to other processes by name, and be made anew there."""
        return _named, (self.__name__,)

    @overload
    def __call__(self, *args: float, **keywords: float) -> float: ...
    @overload
    def __call__(self, *args: Any, **keywords: Any) -> Any: ...
    def __call__(self, *args: Any, **keywords: Any) -> Any:
        """Return the result for numbers, arrays or labelled arrays."""
        named = {name: keywords.pop(name) for name in self.parameters.parameters if name in keywords}
        if named or len(args) < self.nin:
            bound = self.parameters.bind(*args, **named)
            bound.apply_defaults()
            args = bound.args
        if "where" in keywords:
            raise TypeError(
                "where= is not possible with a ufunc that Numba made, such as this one. Leave it out, and choose "
                "among the results with numpy.where or DataArray.where."
            )
        try:
            # NaN says it, as everywhere in this folder; whether the processor notices depends on the loop's remainder.
            with np.errstate(invalid="ignore"):
                values = super().__call__(*args, **keywords)
        except TypeError:
            self._refuse_what_is_no_number(args)
            raise
        # Told by what they have, for kernels import no xarray.
        if hasattr(values, "attrs") and hasattr(values, "dims") and not hasattr(values, "data_vars"):
            values.attrs = dict(self.attributes)
        return values

    def _refuse_what_is_no_number(self, args: tuple[Any, ...]) -> None:
        """Raise an error that names the argument, where one is the reason that a call failed."""
        for name, value in zip(self.parameters.parameters, args, strict=False):
            kind = getattr(value, "dtype", None) or np.asarray(value).dtype
            if not np.can_cast(kind, np.float64):
                raise TypeError(
                    f"{name} must be a real number or an array of real numbers, got {value!r} of type {kind}"
                ) from None


# The rows of `wattquery.quantities`, which kernels may not import; a test compares the two.
_ENERGY = {"long_name": "energy per query", "units": "Wh", "boundary": "facility"}
_UTILIZATION = {"long_name": "drawn share of the node power rating", "units": "1", "boundary": "node"}
_THROUGHPUT = {"long_name": "output throughput of one node", "units": "tokens/s", "boundary": "node"}
_BIN = {"long_name": "index of the energy bin: ln(E / 1 Wh) in [k/1024, (k + 1)/1024)", "units": "1"}
_NORMAL = {"long_name": "standard normal variate", "units": "1"}

_FACTORS = {"long_name": "logarithm of the factors of the energy other than the lengths", "units": "ln(Wh/s)"}
_VARIATE: dict[str, str] = {}  # in the unit of a parameter, which is not known here

_MADE_OF: dict[str, tuple[Callable[..., Any], str, dict[str, str]]] = {
    "bin_index": (histogram.bin_index, "int64", _BIN),
    "energy": (scalars.energy, "float64", _ENERGY),
    "exponential": (scalars.exponential, "float64", _VARIATE),
    "gaussian": (scalars.gaussian, "float64", _VARIATE),
    "log_factors": (scalars.log_factors, "float64", _FACTORS),
    "lognormal": (scalars.lognormal, "float64", _VARIATE),
    "power_utilization": (scalars.power_utilization, "float64", _UTILIZATION),
    "reciprocal_throughput": (scalars.reciprocal_throughput, "float64", _THROUGHPUT),
    "standard_normal": (variates.standard_normal, "float64", _NORMAL),
    "throughput": (scalars.throughput, "float64", _THROUGHPUT),
}

bin_index: Ufunc
energy: Ufunc
exponential: Ufunc
gaussian: Ufunc
log_factors: Ufunc
lognormal: Ufunc
power_utilization: Ufunc
reciprocal_throughput: Ufunc
standard_normal: Ufunc
throughput: Ufunc


def _named(name: str) -> Any:
    """Return the ufunc of that name."""
    return getattr(sys.modules[__name__], name)


def __getattr__(name: str) -> Any:
    if name not in _MADE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    check_compiled(f"wattquery.kernels.ufuncs.{name}")
    made = globals()[name] = Ufunc(*_MADE_OF[name])
    return made


def __dir__() -> list[str]:
    return __all__
