"""What is asked for: names that are no arguments, and values that were once read as something else."""

import numpy as np
import pytest

import wattquery as wq

MODEL = "DeepSeek-R1"


@pytest.mark.parametrize("call", [wq.sweep, wq.estimate])
@pytest.mark.parametrize("precision", [0.001, 8, np.float32(0.01)])
def test_a_number_is_no_precision_of_weights(call, precision):
    with pytest.raises(wq.InputTypeError, match=r"numeric precision of the weights.* got (0\.0|8).*relative_stderr="):
        call(MODEL, precision=precision)


def test_both_precisions():
    with pytest.raises(wq.InputTypeError, match=r"write relative_stderr=0\.01"):
        wq.sweep(MODEL, precision=0.01, relative_stderr=0.01)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("powe_utilization", r"estimate\(\) has no argument 'powe_utilization'.*Did you mean 'power_utilization'"),
        ("samples", r"estimate\(\) has no argument 'samples': it is now called 'draws'"),
        ("models", r"estimate\(\) has no argument 'models'.*Did you mean 'model'"),
        ("draw", r"Did you mean 'draws'"),
    ],
)
def test_an_unknown_argument_is_told_the_nearest_or_its_new_name(name, message):
    with pytest.raises(wq.InputTypeError, match=message):
        wq.estimate(MODEL, **{name: 1})


def test_labels_of_a_blend_have_a_new_name():
    ds = wq.sweep([MODEL, "Llama 3.1 405B"], method="exact", keep_histogram=True)
    with pytest.raises(wq.InputTypeError, match=r"blend\(\) has no argument 'models': it is now called 'labels'"):
        wq.blend(ds, models=2)
    with pytest.raises(wq.InputTypeError, match=r"blend\(\) has no argument 'trimm'.*Did you mean 'trim'"):
        wq.blend(ds, trimm=(0.1, 0.9))
